"""The guard: what cannot be recorded, whoever decided it, and what can."""

import datetime as dt
import itertools

import attrs

from scheduling_core.appointments import HOLDS_TIME, Appointment, Status
from scheduling_core.changes import Booked, Cancelled, Change, Confirmed, Rescheduled
from scheduling_core.ids import HostId
from scheduling_core.intervals import TICK, Interval
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import BUFFER, HOUR, NINE, appointment


def is_refused(stage: Stage, change: Change) -> bool:
    """Return whether *change* loses a race against what is there."""
    return stage.refuses(lambda work: work.record(change))


class Guarding(Contract):
    """No two appointments of a host that hold time overlap, even where no rule was asked."""

    def test_an_overlap_is_not_recorded(self, stage: Stage) -> None:
        """Occupied time cannot be occupied again: from either side, around, within, to the microsecond."""
        host = stage.new_host()
        stage.record(Booked(appointment(host, stage.new_id())))
        for start, end in (
            (NINE, NINE + HOUR),
            (NINE - HOUR, NINE + TICK),
            (NINE + HOUR - TICK, NINE + 2 * HOUR),
            (NINE - HOUR, NINE + 2 * HOUR),
            (NINE + HOUR / 4, NINE + HOUR / 2),
            (NINE - 400 * HOUR, NINE + 400 * HOUR),
        ):
            other = appointment(host, stage.new_id(), during=Interval(start, end))
            assert is_refused(stage, Booked(other)), f"from {start} to {end}"

    def test_touching_is_recorded(self, stage: Stage) -> None:
        """Where one ends another may begin, and where it begins another may end."""
        host = stage.new_host()
        for hours in (0, 1, -1):
            touching = Booked(appointment(host, stage.new_id(), NINE + hours * HOUR))
            assert not is_refused(stage, touching)
            stage.record(touching)

    def test_a_long_appointment_is_guarded_to_its_end(self, stage: Stage) -> None:
        """It stands in the way however far away it began."""
        host = stage.new_host()
        long = appointment(host, stage.new_id(), during=Interval(NINE - 900 * HOUR, NINE))
        stage.record(Booked(long), Booked(appointment(host, stage.new_id())))
        assert is_refused(stage, Booked(appointment(host, stage.new_id(), NINE - HOUR)))

    def test_buffers_are_guarded(self, stage: Stage) -> None:
        """What must not overlap are the occupied intervals, and these may touch."""
        host = stage.new_host()
        stage.record(Booked(_buffered(host, stage.new_id(), NINE)))
        apart = HOUR + 2 * BUFFER
        for start in (NINE + apart, NINE - apart):
            towards = TICK if start < NINE else -TICK
            assert is_refused(stage, Booked(_buffered(host, stage.new_id(), start + towards)))
            assert not is_refused(stage, Booked(_buffered(host, stage.new_id(), start)))

    def test_what_holds_no_time_is_in_nobody_s_way(self, stage: Stage) -> None:
        """An overlap is refused if both hold their time, and not if either does not."""
        for first, second in itertools.product(Status, Status):
            host = stage.new_host()
            stage.record(Booked(appointment(host, stage.new_id(), status=first)))
            other = appointment(host, stage.new_id(), NINE + HOUR / 2, status=second)
            assert is_refused(stage, Booked(other)) is ({first, second} <= HOLDS_TIME), f"{first}, {second}"

    def test_what_was_cancelled_is_free_again(self, stage: Stage) -> None:
        """From the very transaction on in which an appointment gives its time up."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())
        stage.record(Booked(booked))
        cancelled = attrs.evolve(booked, status=Status.CANCELLED, version=2)
        stage.record(Cancelled(cancelled), Booked(appointment(host, stage.new_id())))
        back = attrs.evolve(booked, version=3)
        assert is_refused(stage, Confirmed(back))

    def test_a_move_is_guarded(self, stage: Stage) -> None:
        """An appointment cannot be moved over another, and is not in its own way."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())
        stage.record(Booked(booked), Booked(appointment(host, stage.new_id(), NINE + 2 * HOUR)))
        over = _moved(booked, NINE + HOUR + TICK)
        assert is_refused(stage, Rescheduled(over, booked.during))
        beside = _moved(booked, NINE + HOUR)
        assert not is_refused(stage, Rescheduled(beside, booked.during))
        a_little = _moved(booked, NINE + HOUR / 2)
        assert not is_refused(stage, Rescheduled(a_little, booked.during))

    def test_every_host_is_guarded_alone(self, stage: Stage) -> None:
        """Two hosts may be occupied at the same time."""
        for host in (stage.new_host(), stage.new_host()):
            assert stage.record(Booked(appointment(host, stage.new_id()))) == [4]


def _buffered(host: HostId, id: str, start: dt.datetime) -> Appointment:
    during = Interval.of(start, HOUR)
    return appointment(host, id, during=during, occupied=during.padded(BUFFER, BUFFER))


def _moved(booked: Appointment, start: dt.datetime) -> Appointment:
    during = Interval.of(start, booked.during.duration)
    return attrs.evolve(booked, during=during, occupied=during, version=booked.version + 1)
