"""Round trips: what comes back is what was given, to the microsecond and the letter."""

import datetime as dt

import attrs
from hypothesis import strategies as st

from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import Appointment, Status
from scheduling_core.changes import (
    Booked,
    Cancelled,
    Declined,
    PolicyOverride,
    Rescheduled,
    ScheduleSet,
    TimeOffAdded,
    TypeAdded,
)
from scheduling_core.ids import AppointmentId
from scheduling_core.intervals import EARLIEST, LATEST, TICK, Interval
from scheduling_core.ports import Answer, UnitOfWork
from scheduling_core.schedules import Schedule
from scheduling_core.testing import strategies
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import BERLIN, HOUR, NINE, NOW, WEEK, appointment

_HOSTS = st.tuples(
    strategies.schedules(),
    strategies.appointment_types(strategies.policies()),
    strategies.time_off(NOW),
    st.booleans(),
)


class RoundTrips(Contract):
    """Whatever can be said can be stored."""

    def test_property_08_an_appointment_survives_the_round_trip(self, stage: Stage) -> None:
        """Each field comes back: from the appointment, from its log entry and from a stored answer."""

        def promise(drawn: Appointment) -> None:
            host = stage.new_host()
            given = attrs.evolve(drawn, host=host, id=AppointmentId(stage.new_id()), version=1)
            answer = Answer("print", given, given.updated_at)

            def work(unit: UnitOfWork) -> None:
                unit.record(Booked(given))
                unit.remember(host, "key", answer, answer.at)

            stage.storage.transact(work)
            found, history, recalled = stage.storage.read(
                lambda unit: (
                    unit.appointment(given.id),
                    unit.history(given.id),
                    unit.recall(host, "key", answer.at),
                )
            )
            assert found == given
            assert [entry.change for entry in history] == [Booked(given)]
            assert recalled == answer

        stage.for_all(strategies.appointments(), promise)

    def test_property_17_availability_survives_the_round_trip(self, stage: Stage) -> None:
        """Hours, types and time off come back as they were given, also where they replace others."""

        def promise(drawn: tuple[Schedule, AppointmentType, TimeOff, bool]) -> None:
            schedule, offered, off, is_known = drawn
            host = stage.new_host() if is_known else stage.unknown_host()
            changes = (
                ScheduleSet(host, NOW, schedule),
                TypeAdded(host, NOW, offered),
                TimeOffAdded(host, NOW, off),
            )
            stage.record(*changes)
            known, one, all_off, log = stage.storage.read(
                lambda work: (
                    work.host(host),
                    work.appointment_type(host, offered.id),
                    work.time_off(host),
                    work.changes(host, 0),
                )
            )
            assert known is not None
            assert known.schedule == schedule
            assert (one, all_off) == (offered, (off,))
            assert [entry.change for entry in log[-3:]] == list(changes)

        stage.for_all(_HOSTS, promise)

    def test_instants_come_back_to_the_microsecond(self, stage: Stage) -> None:
        """At both ends of time, and in either pass of an hour that the clocks repeat."""
        host = stage.new_host()
        repeated = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
        for start in (EARLIEST, LATEST - HOUR, NINE + TICK, NINE - TICK, repeated, repeated + HOUR):
            during = Interval(start, min(start + HOUR, LATEST - TICK))
            given = appointment(host, stage.new_id(), during=during, status=Status.CANCELLED)
            stage.record(Booked(given))
            found = stage.find(given.id)
            assert found is not None
            assert found == given
            assert found.during.start.tzinfo is dt.UTC
            assert found.timezone is given.timezone

    def test_the_clocks_that_were_meant_come_back(self, stage: Stage) -> None:
        """A clock reading that today's rules of the zone do not give is kept all the same."""
        host = stage.new_host()
        meant = dt.datetime(2026, 3, 3, 9, 0, 0, 1)  # noqa: DTZ001  What a clock shows has no zone.
        given = appointment(host, stage.new_id(), local_start=meant, timezone=BERLIN)
        stage.record(Booked(given))
        found = stage.find(given.id)
        assert found is not None
        assert found.local_start == meant

    def test_every_change_comes_back_from_the_log(self, stage: Stage) -> None:
        """With reasons, who wanted it, where the appointment was, and which rules were set aside."""
        host = stage.new_host()
        wish = PolicyOverride("boss", "a\nfavour", ["off_grid", "too_soon"])
        first = appointment(host, stage.new_id())
        second = attrs.evolve(first, version=2)
        other = appointment(host, stage.new_id(), NINE + HOUR, status=Status.PENDING)
        changes = (
            Booked(first, wish),
            Rescheduled(second, Interval.of(WEEK.start, HOUR + TICK), wish),
            Cancelled(attrs.evolve(second, version=3, status=Status.CANCELLED), "ill", "customer"),
            Booked(other),
            Declined(attrs.evolve(other, version=2, status=Status.DECLINED), "no room"),
        )
        stage.record(*changes)
        log = stage.storage.read(lambda work: work.changes(host, 0))
        assert [entry.change for entry in log[-len(changes) :]] == list(changes)
