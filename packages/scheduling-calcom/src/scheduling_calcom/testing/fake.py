"""The fake Cal.com: it remembers what it is told and goes wrong when it is told to."""

import datetime as dt
import threading
from collections.abc import Callable

import attrs

from scheduling_calcom.testing import routes
from scheduling_calcom.testing.faults import Fault, Kind
from scheduling_calcom.testing.hooks import Delivery, announce
from scheduling_calcom.testing.messages import (
    Answer,
    Asked,
    Drop,
    Failure,
    NoConnection,
    Outcome,
    Silence,
)
from scheduling_calcom.testing.throttle import Throttle
from scheduling_calcom.testing.world import World
from scheduling_calcom.wire.schedules import DAYS
from scheduling_core import system

KEY = "cal_test_5f0c9b7d3e"

_INSTEAD: dict[Kind, Callable[[Fault], Outcome]] = {
    Kind.FAIL_BEFORE: lambda fault: fault.answer,
    Kind.REFUSE: lambda _: NoConnection(),
    Kind.HANG: lambda _: Silence(),
    Kind.LATE_WRITE: lambda _: Silence(),
    Kind.DROP_BEFORE: lambda _: Drop(),
}
_AFTERWARDS: dict[Kind, Callable[[Fault, Answer], Outcome]] = {
    Kind.FAIL_AFTER: lambda fault, _: fault.answer,
    Kind.DROP_AFTER: lambda _, __: Drop(),
    Kind.TRUNCATE: lambda _, answer: attrs.evolve(
        answer, body=answer.body[: len(answer.body) // 2], cut=True
    ),
}


class FakeCalCom:
    """A server that behaves as the documented API does, traps included; shared by threads.

    *world* is its state and may be looked at and changed. `faults` is a script: of the faults in it, the
    first that fits the request befalls it. `asked` keeps every request. *deliver* is given every call of a
    webhook; where it is missing, they are kept in `deliveries`.

    >>> fake = FakeCalCom()
    >>> fake.respond(Asked("GET", "/v2/me", headers={"authorization": f"Bearer {KEY}"})).status
    200
    """

    def __init__(
        self,
        *,
        clock: Callable[[], dt.datetime] = system.read_clock,
        new_uid: Callable[[], str] = system.new_id,
        key: str = KEY,
        limit: int = 120,
        deliver: Callable[[Delivery], None] | None = None,
    ) -> None:
        self.world = World(clock, new_uid)
        self.throttle = Throttle(limit)
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.deliveries: list[Delivery] = []
        self._key = key
        self._late: list[tuple[dt.datetime, Asked]] = []
        self._lock = threading.RLock()
        announce(self.world, deliver or self.deliveries.append)

    def furnish(self) -> "FakeCalCom":
        """Add office hours in Berlin and event types of 30 and 60 minutes, and of either; return the fake."""
        hours = [{"days": list(DAYS[:5]), "startTime": "09:00", "endTime": "17:00"}]
        self.world.add_schedule("Office hours", "Europe/Berlin", hours, is_default=True)
        self.world.add_event_type("short", 30)
        self.world.add_event_type("long", 60)
        self.world.add_event_type("either", 30, options=(30, 60))
        return self

    def respond(self, asked: Asked) -> Outcome:
        """Return what comes of a request."""
        with self._lock:
            self.settle(self.world.clock())
            self.asked.append(asked)
            fault = self._next_fault(asked)
            return self._answer(asked) if fault is None else self._suffer(fault, asked)

    def settle(self, until: dt.datetime) -> None:
        """Do the late writes that are due by *until*."""
        with self._lock:
            due = [asked for at, asked in self._late if at <= until]
            self._late = [(at, asked) for at, asked in self._late if at > until]
            for asked in due:
                self._answer(asked)

    def _next_fault(self, asked: Asked) -> Fault | None:
        for position, fault in enumerate(self.faults):
            if fault.befalls(asked.method, asked.path):
                left = [attrs.evolve(fault, times=fault.times - 1)] if fault.times > 1 else []
                self.faults[position : position + 1] = left
                return fault
        return None

    def _suffer(self, fault: Fault, asked: Asked) -> Outcome:
        if fault.kind is Kind.LATE_WRITE:
            self._late.append((self.world.clock() + fault.delay, asked))
        if fault.kind in _INSTEAD:
            return _INSTEAD[fault.kind](fault)
        return _AFTERWARDS[fault.kind](fault, self._answer(asked))

    def _answer(self, asked: Asked) -> Answer:
        now = self.world.clock()
        credentials = asked.headers.get("authorization")
        headers: dict[str, str] = {}
        try:
            headers = self.throttle.count(credentials or "anonymous", now)
            has_credentials = self._authenticate(credentials)
            answer = routes.answer(self.world, asked, has_credentials=has_credentials)
        except Failure as failure:
            answer = failure.to_answer(asked.path, now)
            headers = {**headers, "X-Request-Id": f"request-{len(self.asked)}"}
        return attrs.evolve(answer, headers={**headers, **answer.headers})

    def _authenticate(self, credentials: str | None) -> bool:
        if credentials is None:
            return False
        scheme, _, key = credentials.partition(" ")
        if scheme != "Bearer":
            raise Failure(500, "Internal server error", bare=True)
        if key != self._key:
            raise Failure(401, "ApiAuthStrategy - api key - Your api key is not valid")
        return True
