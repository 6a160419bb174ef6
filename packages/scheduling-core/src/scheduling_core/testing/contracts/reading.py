"""Questions: what belongs to an answer, in which order, and how much of it."""

import datetime as dt
import itertools
from collections.abc import Iterator

import attrs

from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import HOLDS_TIME, MOVABLE, Appointment, Status
from scheduling_core.changes import (
    Amended,
    Booked,
    Cancelled,
    Change,
    TimeOffAdded,
    TimeOffRemoved,
    TypeAdded,
    TypeRemoved,
)
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import TICK, Interval
from scheduling_core.ports import UnitOfWork
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import (
    BUFFER,
    CALL,
    DAY,
    HOUR,
    NINE,
    NOW,
    VISIT,
    WEEK,
    appointment,
)


def some_appointments(stage: Stage, host: HostId) -> list[Appointment]:
    """Record one appointment in every status, out of order, and return them by start."""
    hours = (3, 0, 5, 1, 4, 2)
    made = [
        appointment(host, stage.new_id(), NINE + hour * HOUR, status=status)
        for hour, status in zip(hours, Status, strict=True)
    ]
    stage.record(*map(Booked, made))
    return sorted(made, key=lambda each: each.during.start)


class Reading(Contract):
    """Each question is answered with all that belongs to it and nothing else, in its order."""

    def test_what_is_between_has_any_status_and_is_by_start(self, stage: Stage) -> None:
        """Whatever overlaps the window is found, what only touches it is not."""
        host = stage.new_host()
        made = some_appointments(stage, host)

        def between(start: dt.datetime, end: dt.datetime) -> tuple[Appointment, ...]:
            return stage.storage.read(lambda work: work.between(host, Interval(start, end)))

        assert between(WEEK.start, WEEK.end) == tuple(made)
        assert between(NINE + HOUR, NINE + 3 * HOUR) == tuple(made[1:3])
        assert between(NINE + HOUR - TICK, NINE + 3 * HOUR + TICK) == tuple(made[:4])
        assert between(NINE + 10 * HOUR, WEEK.end) == ()

    def test_what_starts_together_is_by_id(self, stage: Stage) -> None:
        """Of those that start in the same instant, the lesser id comes first."""
        host = stage.new_host()
        ids = sorted(stage.new_id() for _ in range(4))
        for each in reversed(ids):
            stage.record(Booked(appointment(host, each, status=Status.CANCELLED)))
        found = stage.storage.read(lambda work: work.between(host, WEEK))
        assert [each.id for each in found] == ids

    def test_pages_make_up_the_whole(self, stage: Stage) -> None:
        """However many come on a page and wherever it begins, each one comes once and in order."""
        host = stage.new_host()
        made = some_appointments(stage, host)
        twins = [
            appointment(host, each, NINE + 7 * HOUR, status=Status.CANCELLED)
            for each in sorted(stage.new_id() for _ in range(3))
        ]
        stage.record(*map(Booked, reversed(twins)))

        def pages(statuses: frozenset[Status], limit: int) -> Iterator[tuple[Appointment, ...]]:
            last: tuple[dt.datetime, AppointmentId] | None = None

            def read(unit: UnitOfWork) -> tuple[Appointment, ...]:
                return unit.page(host, WEEK, statuses, last, limit)

            while page := stage.storage.read(read):
                yield page
                last = page[-1].during.start, page[-1].id

        for statuses in (frozenset(Status), MOVABLE, frozenset({Status.CANCELLED}), frozenset[Status]()):
            wanted = [each for each in (*made, *twins) if each.status in statuses]
            for limit in (1, 2, 3, 99):
                found = list(pages(statuses, limit))
                assert list(itertools.chain.from_iterable(found)) == wanted
                assert all(len(page) <= limit for page in found)
        part = Interval(NINE + HOUR, NINE + 3 * HOUR)
        cut = stage.storage.read(lambda work: work.page(host, part, frozenset(Status), None, 99))
        assert cut == tuple(made[1:3])
        assert stage.storage.read(lambda work: work.page(host, WEEK, frozenset(Status), None, 0)) == ()

    def test_upcoming_is_what_will_be_and_has_not_ended(self, stage: Stage) -> None:
        """Pending and confirmed, ending after now, by start; with a limit, the first of them."""
        host = stage.new_host()
        made = [each for each in some_appointments(stage, host) if each.status in MOVABLE]

        def upcoming(now: dt.datetime, limit: int | None = None) -> tuple[Appointment, ...]:
            return stage.storage.read(lambda work: work.upcoming(host, now, limit))

        assert upcoming(NOW) == upcoming(NOW, 2) == upcoming(NOW, 9) == tuple(made)
        assert upcoming(NOW, 1) == tuple(made[:1])
        assert upcoming(NOW, 0) == ()
        assert upcoming(made[0].during.end - TICK) == tuple(made)
        assert upcoming(made[0].during.end) == tuple(made[1:])

    def test_a_long_appointment_is_found_to_its_end(self, stage: Stage) -> None:
        """However far away it began."""
        host = stage.new_host()
        long = appointment(host, stage.new_id(), during=Interval.of(NINE, 900 * HOUR))
        last = Interval(long.during.end - TICK, long.during.end)
        stage.record(Booked(long))

        def work(unit: UnitOfWork) -> object:
            return (
                unit.between(host, last),
                unit.upcoming(host, last.start, None),
                unit.claimed(host, last, None).appointments,
            )

        assert stage.storage.read(work) == ((long,), (long,), (long,))

    def test_claimed_is_occupied_time_and_time_off(self, stage: Stage) -> None:
        """Buffers count, touching does not; appointments that hold no time claim none."""
        host = stage.new_host()
        during = Interval.of(NINE, HOUR)
        buffered = appointment(host, stage.new_id(), occupied=during.padded(BUFFER, BUFFER))
        off = TimeOff(Interval(NINE - 2 * HOUR, NINE - HOUR), "dentist")
        stage.record(Booked(buffered), TimeOffAdded(host, NOW, off))

        def claimed(start: dt.datetime, end: dt.datetime) -> tuple[object, object]:
            found = stage.storage.read(lambda work: work.claimed(host, Interval(start, end), None))
            return found.appointments, found.time_off

        before, after = buffered.occupied.start, buffered.occupied.end
        assert claimed(before, after) == ((buffered,), ())
        assert claimed(NINE - HOUR, before) == claimed(after, WEEK.end) == ((), ())
        assert claimed(NINE - HOUR, before + TICK) == ((buffered,), ())
        assert claimed(after - TICK, WEEK.end) == ((buffered,), ())
        assert claimed(WEEK.start, NINE - 2 * HOUR + TICK) == ((), (off,))
        assert claimed(WEEK.start, NINE - 2 * HOUR) == ((), ())
        assert claimed(WEEK.start, WEEK.end) == ((buffered,), (off,))

    def test_only_what_holds_time_is_claimed(self, stage: Stage) -> None:
        """Cancelled and declined appointments claim nothing, and are not counted either."""
        host = stage.new_host()
        made = some_appointments(stage, host)
        holding = {each.id for each in made if each.status in HOLDS_TIME}
        alone, counted = stage.storage.read(
            lambda work: (work.claimed(host, WEEK, None), work.claimed(host, WEEK, (VISIT, WEEK)))
        )
        for found in (alone, counted):
            assert sorted(each.id for each in found.appointments) == sorted(holding)

    def test_what_is_counted_is_found_once(self, stage: Stage) -> None:
        """Appointments of the counted type that start in its span come too, and none comes twice."""
        host = stage.new_host()
        visit, second = (appointment(host, stage.new_id(), NINE + hour * HOUR) for hour in (0, 2))
        call = appointment(host, stage.new_id(), NINE + HOUR, type=CALL)
        stage.record(Booked(visit), Booked(call), Booked(second))

        def counted(span: Interval, during: Interval) -> list[AppointmentId]:
            found = stage.storage.read(lambda work: work.claimed(host, span, (VISIT, during)))
            return sorted(each.id for each in found.appointments)

        elsewhere = Interval.of(NINE + DAY, HOUR)
        assert counted(elsewhere, WEEK) == sorted([visit.id, second.id])
        assert counted(WEEK, WEEK) == sorted([visit.id, call.id, second.id])
        assert counted(elsewhere, Interval(NINE, NINE + 2 * HOUR)) == [visit.id]
        assert counted(elsewhere, Interval(NINE + TICK, NINE + 2 * HOUR + TICK)) == [second.id]

    def test_time_off_is_in_order_of_start(self, stage: Stage) -> None:
        """All that was added and not removed, whatever its reason, each as it was given."""
        host = stage.new_host()
        absences = [TimeOff(Interval.of(NINE + hour * HOUR, 2 * HOUR), f"no. {hour}") for hour in (2, 0, 1)]
        twin = attrs.evolve(absences[0], reason="for another reason")
        stage.record(*(TimeOffAdded(host, NOW, each) for each in (*absences, twin)))
        stage.record(TimeOffRemoved(host, NOW, twin))
        found = stage.storage.read(lambda work: work.time_off(host))
        assert found == (absences[1], absences[2], absences[0])

    def test_types_are_in_order_of_id(self, stage: Stage) -> None:
        """Each type once: one that was added under a known id is in its place."""
        ids = [AppointmentTypeId(name) for name in ("b", "Z", "a", "ä")]
        host = stage.new_host(*(AppointmentType(each, f"First {each}") for each in ids))
        again = AppointmentType(ids[0], "Second", (HOUR,))
        stage.record(TypeAdded(host, NOW, again))
        found = stage.storage.read(lambda work: work.types(host))
        assert [each.id for each in found] == sorted(ids)
        assert again in found
        assert stage.storage.read(lambda work: work.appointment_type(host, ids[0])) == again

    def test_a_type_that_was_removed_is_gone(self, stage: Stage) -> None:
        """The others stay, the log knows what it was, and it can be added again."""
        host = stage.new_host()
        removed, other = stage.storage.read(lambda work: work.types(host))
        stage.record(TypeRemoved(host, NOW, removed))

        def ask(work: UnitOfWork) -> object:
            return work.types(host), work.appointment_type(host, removed.id), work.changes(host, 0)[-1].change

        assert stage.storage.read(ask) == ((other,), None, TypeRemoved(host, NOW, removed))
        stage.record(TypeAdded(host, NOW, removed))
        assert stage.storage.read(lambda work: work.types(host)) == (removed, other)

    def test_history_and_changes_are_oldest_first(self, stage: Stage) -> None:
        """The history has what happened to one appointment, the changes what happened to the host since."""
        host = stage.new_host()
        one, other = appointment(host, stage.new_id()), appointment(host, stage.new_id(), NINE + HOUR)
        amended = attrs.evolve(one, version=2, customer_name="Grace")
        cancelled = attrs.evolve(amended, version=3, status=Status.CANCELLED)
        recorded: list[Change] = [
            Booked(one),
            Booked(other),
            Amended(amended),
            Cancelled(cancelled, "ill", "customer"),
        ]
        versions = stage.record(*recorded)
        log = stage.storage.read(lambda work: work.changes(host, 0))
        assert [(entry.version, entry.change) for entry in log[-4:]] == list(
            zip(versions, recorded, strict=True)
        )
        known = (0, 1, versions[0], versions[-1])
        since = stage.storage.read(lambda work: [work.changes(host, after) for after in known])
        assert since == [log[after:] for after in known]
        history = stage.storage.read(lambda work: work.history(one.id))
        assert history == (log[-4], log[-2], log[-1])

    def test_hosts_do_not_see_each_other_s(self, stage: Stage) -> None:
        """Whatever one host has is in no answer about another."""
        one, other = stage.new_host(), stage.new_host()
        before = stage.storage.read(lambda work: work.host(other))
        some_appointments(stage, one)
        stage.record(TimeOffAdded(one, NOW, TimeOff(Interval.of(NINE, HOUR))))

        def ask(work: UnitOfWork) -> list[object]:
            claimed = work.claimed(other, WEEK, (VISIT, WEEK))
            return [
                *claimed.appointments,
                *claimed.time_off,
                *work.time_off(other),
                *work.between(other, WEEK),
                *work.upcoming(other, NOW, None),
            ]

        assert stage.storage.read(ask) == []
        assert stage.storage.read(lambda work: work.host(other)) == before
