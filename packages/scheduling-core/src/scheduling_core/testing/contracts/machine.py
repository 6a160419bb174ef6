"""A storage and a plain list, side by side: after every step both must hold the same."""

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scheduling_core.agenda import TimeOff
from scheduling_core.appointments import BookingRequest
from scheduling_core.errors import IdempotencyMismatch, IllegalTransition, NotFound, VersionMismatch
from scheduling_core.ids import AppointmentId, AppointmentTypeId
from scheduling_core.reasons import BookingRefused
from scheduling_core.scheduler import Scheduler
from scheduling_core.sync import Link
from scheduling_core.testing.contracts.minutes import (
    to_instant,
    to_interval,
    to_line,
    to_minutes,
    to_schedule,
    to_type,
)
from scheduling_core.testing.contracts.model import BUFFERS, Line, Model, Wish
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import MINUTE, NOW, WEEK

_STEPS = 20
_HOURS: tuple[list[tuple[int, int]], ...] = ([(0, 1440)], [(480, 600), (630, 720)], [(540, 660)], [])
_WISHES = st.tuples(
    st.sampled_from(sorted(BUFFERS)), st.sampled_from(range(480, 720, 15)), st.sampled_from((30, 60))
)
_OFF = st.sampled_from([(start, start + 60) for start in range(480, 720, 30)])
_WHICH = st.integers(0, 5)
_KEYS = st.sampled_from((None, None, "key", "other key"))
_NAMES = st.sampled_from(("Ada", "Grace"))


class Machine(RuleBasedStateMachine):
    """One host with visits and calls, for a day."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.host = stage.new_host(*map(to_type, sorted(BUFFERS)))
        self.provider = stage.new_id()
        self.scheduler.link(self.host, Link(self.provider))
        self.model = Model(hours=_HOURS[0], log=["schedule_set", *("type_added" for _ in BUFFERS)])

    @property
    def scheduler(self) -> Scheduler:
        """A scheduler over whatever storage is open."""
        return self.stage.scheduler()

    @rule(wish=_WISHES, name=_NAMES, key=_KEYS)
    def book(self, wish: Wish, name: str, key: str | None) -> None:
        """Book, perhaps under a key that has an answer."""
        kind, start, length = wish
        request = BookingRequest(
            self.host, AppointmentTypeId(kind), to_instant(start), name, duration=length * MINUTE
        )
        answer = None if key is None else self.model.answers.get(key)
        if answer is not None and (answer.wish, answer.name) != (wish, name):
            with pytest.raises(IdempotencyMismatch):
                self.scheduler.book(request, idempotency_key=key)
        elif answer is not None:
            assert to_line(self.scheduler.book(request, idempotency_key=key)) == answer
        elif codes := self.model.refusal(wish):
            with pytest.raises(BookingRefused) as refused:
                self.scheduler.book(request, idempotency_key=key)
            assert {reason.code for reason in refused.value.reasons} == codes
        else:
            line = to_line(self.scheduler.book(request, idempotency_key=key))
            assert line == Line(line.id, wish, name)
            self.model.add(line, key)

    @precondition(lambda self: self.model.answers)
    @rule(which=_WHICH)
    def replay(self, which: int) -> None:
        """Send a request again under its key."""
        answered = sorted(self.model.answers.items(), key=lambda item: item[0])
        key, answer = answered[which % len(answered)]
        self.book(answer.wish, answer.name, key)

    @precondition(lambda self: self.model.lines)
    @rule(which=_WHICH, start=st.sampled_from(range(480, 720, 15)))
    def move(self, which: int, start: int) -> None:
        """Move an appointment."""
        line = self._pick(which)
        kind, _, length = line.wish
        wish = (kind, start, length)
        if line.status != "confirmed":
            with pytest.raises(IllegalTransition):
                self.scheduler.reschedule(AppointmentId(line.id), to_instant(start))
        elif codes := self.model.refusal(wish, line):
            with pytest.raises(BookingRefused) as refused:
                self.scheduler.reschedule(AppointmentId(line.id), to_instant(start))
            assert {reason.code for reason in refused.value.reasons} == codes
        else:
            moved = self.scheduler.reschedule(AppointmentId(line.id), to_instant(start))
            assert to_line(moved) == self.model.change(line, attrs.evolve(line, wish=wish), "rescheduled")

    @precondition(lambda self: self.model.lines)
    @rule(which=_WHICH, to=st.sampled_from(("cancelled", "completed")))
    def end(self, which: int, to: str) -> None:
        """Cancel an appointment, or say that it took place."""
        line = self._pick(which)
        step = self.scheduler.cancel if to == "cancelled" else self.scheduler.complete
        if line.status != "confirmed":
            with pytest.raises(IllegalTransition):
                step(AppointmentId(line.id))
        else:
            assert to_line(step(AppointmentId(line.id))) == self.model.change(
                line, attrs.evolve(line, status=to), to
            )

    @precondition(lambda self: self.model.lines)
    @rule(which=_WHICH, name=_NAMES, expected=st.sampled_from((None, 1, 2)))
    def amend(self, which: int, name: str, expected: int | None) -> None:
        """Correct a name, perhaps of a version that is gone."""
        line = self._pick(which)
        if expected not in {None, line.version}:
            with pytest.raises(VersionMismatch):
                self.scheduler.amend(AppointmentId(line.id), customer_name=name, expected_version=expected)
        else:
            amended = self.scheduler.amend(
                AppointmentId(line.id), customer_name=name, expected_version=expected
            )
            assert to_line(amended) == self.model.change(line, attrs.evolve(line, name=name), "amended")

    @rule(hours=st.sampled_from(_HOURS))
    def change_hours(self, hours: list[tuple[int, int]]) -> None:
        """Open at other times; what is booked stays."""
        self.scheduler.set_schedule(self.host, to_schedule(hours))
        self.model.hours = hours
        self.model.log.append("schedule_set")

    @rule(off=_OFF)
    def add_time_off(self, off: tuple[int, int]) -> None:
        """Be away, which may be known already."""
        self.scheduler.add_time_off(self.host, TimeOff(to_interval(*off)))
        if off not in self.model.time_off:
            self.model.time_off.append(off)
            self.model.log.append("time_off_added")

    @rule(off=_OFF)
    def remove_time_off(self, off: tuple[int, int]) -> None:
        """Not be away after all."""
        if off not in self.model.time_off:
            with pytest.raises(NotFound):
                self.scheduler.remove_time_off(self.host, TimeOff(to_interval(*off)))
        else:
            self.scheduler.remove_time_off(self.host, TimeOff(to_interval(*off)))
            self.model.time_off.remove(off)
            self.model.log.append("time_off_removed")

    @precondition(lambda self: self.stage.lasting)
    @rule()
    def restart(self) -> None:
        """Close the storage and open it again."""
        self.stage.reopen()

    @invariant()
    def both_hold_the_same(self) -> None:
        """The storage tells what the list tells."""
        model = self.model
        known, found, upcoming, time_off, log, rows = self.stage.storage.read(
            lambda work: (
                work.host(self.host),
                work.between(self.host, WEEK),
                work.upcoming(self.host, NOW, None),
                work.time_off(self.host),
                work.changes(self.host, 0),
                work.outbox.of_host(self.host),
            )
        )
        expected = model.in_order()
        assert [to_line(each) for each in found] == expected
        assert [to_line(each) for each in upcoming] == [it for it in expected if it.status == "confirmed"]
        assert [to_minutes(each.during) for each in time_off] == sorted(model.time_off)
        assert [(entry.version, entry.change.kind) for entry in log] == list(enumerate(model.log, start=1))
        wanted = sorted((line.id, self.provider, line.version) for line in expected)
        assert [(row.appointment, row.provider, row.desired_version) for row in rows] == wanted
        assert known is not None
        assert (known.version, known.schedule) == (len(model.log), to_schedule(model.hours))

    def _pick(self, which: int) -> Line:
        return self.model.lines[which % len(self.model.lines)]


class Machines(Contract):
    """The storage against the list."""

    def test_a_storage_and_a_list_hold_the_same(self, stage: Stage) -> None:
        """After every step of any series of bookings, moves, changes of hours and restarts."""

        class Here(Machine):
            def __init__(self) -> None:
                super().__init__(stage)

        run_state_machine_as_test(
            Here,
            settings=settings(
                deadline=None,
                max_examples=self.machines,
                stateful_step_count=_STEPS,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )
