"""Histories: what the users of a scheduler might do, one call after another."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from hypothesis import strategies as st

from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType, BookingPolicy
from scheduling_core.appointments import Appointment, BookingRequest
from scheduling_core.errors import SchedulingError
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.scheduler import Scheduler
from scheduling_core.schedules import Schedule, TimeRange, WeeklyHours
from scheduling_core.testing.clocks import ManualClock
from scheduling_core.testing.strategies.agendas import time_off
from scheduling_core.testing.strategies.appointments import CUSTOMERS, HOST, customer_names
from scheduling_core.testing.strategies.hours import schedules
from scheduling_core.testing.strategies.policies import appointment_types, policies
from scheduling_core.testing.strategies.times import DAY, HOUR, anchors, durations
from scheduling_core.testing.strategies.zones import zones

_MOST = 20


@attrs.frozen
class Call:
    """One call of a method of `Scheduler`, some time after the call before it.

    *about* says which appointment is meant where the method is about one: the ids are not known yet when
    a history is drawn, so it counts those that were booked until then, over and over.
    """

    method: str
    arguments: Mapping[str, Any]
    about: int | None = None
    wait: dt.timedelta = dt.timedelta(0)

    def complete(self, booked: list[AppointmentId]) -> Mapping[str, Any] | None:
        """Return the arguments, all by name; None for an appointment while there is none."""
        if self.about is None:
            return self.arguments
        return {"id": booked[self.about % len(booked)], **self.arguments} if booked else None


@attrs.frozen
class Outcome:
    """What came of a call: the *result* of the method, or the *error* that it raised."""

    call: Call
    result: object = None
    error: SchedulingError | None = None


@attrs.frozen
class History:
    """A host with hours and types, and what is done with it from *now* on."""

    host: HostId
    schedule: Schedule
    types: tuple[AppointmentType, ...]
    now: dt.datetime
    calls: tuple[Call, ...]

    def replay(self, scheduler: Scheduler, clock: ManualClock) -> list[Outcome]:
        """Set the host up, make every call, and return what came of each.

        *clock* must be the scheduler's. What the library refuses is an outcome; any other exception is
        raised.

        >>> from hypothesis import given, settings
        >>> from scheduling_core import MemoryStorage
        >>> @settings(max_examples=5)
        ... @given(histories())
        ... def test_what_was_booked_is_found(history):
        ...     clock = ManualClock(history.now)
        ...     scheduler = Scheduler(MemoryStorage(), clock=clock)
        ...     for outcome in history.replay(scheduler, clock):
        ...         if outcome.call.method == "book" and outcome.error is None:
        ...             assert scheduler.get(outcome.result.id)
        >>> test_what_was_booked_is_found()
        """
        clock.set(self.now)
        scheduler.set_schedule(self.host, self.schedule)
        for offered in self.types:
            scheduler.add_type(self.host, offered)
        booked: list[AppointmentId] = []
        outcomes = []
        for call in self.calls:
            clock.advance(call.wait)
            arguments = call.complete(booked)
            if arguments is None:
                continue
            try:
                result = getattr(scheduler, call.method)(**arguments)
            except SchedulingError as error:
                outcomes.append(Outcome(call, error=error))
                continue
            if call.method == "book" and isinstance(result, Appointment):
                booked.append(result.id)
            outcomes.append(Outcome(call, result))
        return outcomes


@st.composite
def histories(draw: st.DrawFn, host: HostId = HOST) -> History:
    """Draw a history of up to twenty calls, all about a few hours around a change of clocks.

    Half of the hosts are open all the time at first, and half of the types have no rules but the ladder, so
    that much is booked; much is refused all the same, which is what makes it worth trying. Leaves out calls
    that are malformed, such as a duration of zero, and overrides of rules.
    """
    zone = draw(_ANY_ZONE)
    anchor = draw(anchors(zone))
    hours, off = schedules(zone, anchor), time_off(anchor - 6 * HOUR, hours=12)
    scene = _Scene(
        host=host,
        anchor=anchor,
        types=draw(_TYPES),
        # Few, so that what is taken back has often been given before.
        hours=[draw(st.just(Schedule(zone, _ALWAYS)) | hours), draw(hours)],
        absences=[draw(off) for _ in range(2)],
    )
    return History(
        host=host,
        schedule=scene.hours[0],
        types=scene.types,
        now=anchor - draw(st.sampled_from((DAY, 3 * HOUR, 30 * DAY))),
        calls=tuple(make(scene, *parts) for make, parts in draw(_PLANS)),
    )


@attrs.frozen
class _Scene:
    """What the calls of one history have in common."""

    host: HostId
    anchor: dt.datetime
    types: tuple[AppointmentType, AppointmentType]
    hours: list[Schedule]
    absences: list[TimeOff]

    def start(self, steps: int) -> dt.datetime:
        return self.anchor + steps * HOUR / 2


# A call is drawn in parts that do not depend on the history, which is many times faster, and made of them.


def _book(scene: _Scene, choice: int, steps: int, customer: dict[str, Any], key: str | None) -> Call:
    wish, number = divmod(choice, len(scene.types))
    wanted = scene.types[number]
    wished = [None, None, *wanted.durations, *(wanted.duration_range or ())]
    request = BookingRequest(
        host=scene.host,
        type=wanted.id,
        start=scene.start(steps),
        duration=wished[wish % len(wished)],
        **customer,
    )
    return Call("book", {"request": request, "idempotency_key": key})


def _move(
    scene: _Scene, about: int, steps: int, duration: dt.timedelta | None, expected_version: int | None
) -> Call:
    arguments = {
        "start": scene.start(steps),
        "duration": duration,
        "expected_version": expected_version,
    }
    return Call("reschedule", arguments, about)


def _step(_: _Scene, about: int, method: str, wait: dt.timedelta) -> Call:
    return Call(method, {}, about, wait)


def _amend(_: _Scene, about: int, customer_name: str | None, notes: str | None) -> Call:
    return Call("amend", {"customer_name": customer_name, "notes": notes}, about)


def _hours(scene: _Scene, method: str, number: int) -> Call:
    if method == "set_schedule":
        return Call(method, {"host": scene.host, "schedule": scene.hours[number]})
    return Call(method, {"host": scene.host, "time_off": scene.absences[number]})


_ANY_ZONE = zones()
_ALWAYS = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
_POLICIES = st.just(BookingPolicy()) | policies()
_TYPES = st.tuples(appointment_types(_POLICIES), appointment_types(_POLICIES, id="other"))
_CHOICE, _ABOUT, _STEPS = st.integers(0, 1), st.integers(0, 5), st.integers(-6, 12)
_KEYS = st.sampled_from((None, None, None, None, None, "key-1", "key-2"))
_BOOKINGS = st.tuples(
    st.just(_book), st.tuples(st.integers(0, 9), _STEPS, st.fixed_dictionaries(CUSTOMERS), _KEYS)
)
_MOVES = st.tuples(
    st.just(_move),
    st.tuples(_ABOUT, _STEPS, st.none() | durations(), st.sampled_from((None, None, 1))),
)
_METHODS = st.sampled_from(("confirm", "decline", "cancel", "complete", "mark_no_show", "purge"))
_WAITS = st.sampled_from((0 * HOUR, 0 * HOUR, HOUR))
_PLAN: st.SearchStrategy[tuple[Callable[..., Call], tuple[Any, ...]]] = st.one_of(
    _BOOKINGS,
    _BOOKINGS,
    _BOOKINGS,
    _MOVES,
    st.tuples(st.just(_step), st.tuples(_ABOUT, _METHODS, _WAITS)),
    st.tuples(
        st.just(_amend),
        st.tuples(_ABOUT, st.none() | customer_names(), st.sampled_from((None, "", "new"))),
    ),
    st.tuples(
        st.just(_hours),
        st.tuples(st.sampled_from(("set_schedule", "add_time_off", "remove_time_off")), _CHOICE),
    ),
)
# Most begin with some bookings, because other calls have little to meet before.
_PLANS = st.one_of(
    st.lists(_PLAN, max_size=_MOST),
    *(
        st.tuples(
            st.lists(_BOOKINGS, min_size=6, max_size=10), st.lists(_PLAN, min_size=least, max_size=10)
        ).map(lambda parts: [*parts[0], *parts[1]])
        for least in (4, 8)
    ),
)
