"""Who proves the reliability of storages is held to account himself: each planted fault must be found."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from reliability import calls, history
from reliability.booking import book_numbered
from reliability.calls import Call, observe
from reliability.hosts import LENGTHS, STEP, TOMORROW, VISIT, numbered, open_hosts, scheduler_over
from reliability.tables import find_disagreements, find_overlaps
from reliability.unguarded import take_down
from scheduling_core import Appointment, BookingRequest, HostId, MemoryStorage, Scheduler
from scheduling_core.changes import AppointmentChange, LogEntry
from scheduling_core.intervals import Interval
from scheduling_core.sql import SqlStorage

Log = list[LogEntry]
Seen = list[Call]


def book(scheduler: Scheduler, host: HostId, start: dt.datetime) -> tuple[Call, calls.Outcome]:
    """Book the shortest visit, and watch."""
    request = BookingRequest(host, VISIT, start, "Ann", duration=LENGTHS[0])
    asked = Interval.of(start, LENGTHS[0] + STEP)
    return observe(host, "book", lambda: scheduler.book(request), asked=asked)


@pytest.fixture
def story() -> tuple[Log, Seen]:
    """A short history in which everything happened, as clients saw it one after the other."""
    storage = MemoryStorage()
    [host] = open_hosts(storage, 1)
    scheduler = scheduler_over(storage)
    seen = []
    call, first = book(scheduler, host, TOMORROW)
    seen.append(call)
    assert isinstance(first, Appointment)
    seen.append(book(scheduler, host, TOMORROW + STEP)[0])
    later = TOMORROW + 8 * STEP
    seen.append(
        observe(host, "reschedule", lambda: scheduler.reschedule(first.id, later), target=first.id)[0]
    )
    seen.append(book(scheduler, host, TOMORROW)[0])
    seen.append(observe(host, "list", lambda: scheduler.upcoming(host))[0])
    seen += [observe(host, "cancel", lambda: scheduler.cancel(first.id), target=first.id)[0] for _ in "12"]
    assert [call.outcome for call in seen] == [
        "done",
        "BookingRefused",
        "done",
        "done",
        "done",
        "done",
        "IllegalTransition",
    ]
    return list(scheduler.changes(host, after=0)), seen


def test_a_true_history_has_no_complaints(story: tuple[Log, Seen]) -> None:
    """Nothing is found where nothing is wrong."""
    assert history.find_complaints(*story) == []


def test_calls_survive_the_way_between_processes(story: tuple[Log, Seen], tmp_path: Path) -> None:
    """What is loaded is what was saved."""
    _, seen = story
    calls.save(seen, tmp_path / "calls")
    assert calls.load(tmp_path / "calls") == seen


def lose_an_entry(log: Log, _: Seen) -> None:
    """Remove a booking from the log."""
    del log[-2]


def invent_an_entry(log: Log, seen: Seen) -> None:
    """Forget that a client was told of the last change."""
    del seen[-2]


def tell_another_time(_: Log, seen: Seen) -> None:
    """Tell a client of another appointment than the log."""
    [told] = seen[0].told
    seen[0] = attrs.evolve(seen[0], told=(told.replace("00:00:00", "00:15:00"),))


def tell_two_of_one_change(_: Log, seen: Seen) -> None:
    """Tell two clients that they made the same change."""
    seen.append(seen[0])


def lay_one_over_the_other(log: Log, seen: Seen) -> None:
    """Move the second booking to where the first then is, in the log and in what the client was told."""
    moved, booked = log[-3].change, log[-2].change
    assert isinstance(moved, AppointmentChange)
    assert isinstance(booked, AppointmentChange)
    after = moved.appointment
    appointment = attrs.evolve(
        booked.appointment, during=after.during, occupied=after.occupied, local_start=after.local_start
    )
    log[-2] = attrs.evolve(log[-2], change=attrs.evolve(booked, appointment=appointment))
    seen[3] = attrs.evolve(seen[3], told=(calls.describe(appointment),))


def cancel_twice(log: Log, _: Seen) -> None:
    """Let the log cancel what is cancelled."""
    log.append(attrs.evolve(log[-1], version=log[-1].version + 1))


def answer_late(_: Log, seen: Seen) -> None:
    """Let the first booking be asked for when all was over."""
    end = seen[-1].returned
    seen[0] = attrs.evolve(seen[0], invoked=end + 1, returned=end + 2)


def refuse_what_is_free(_: Log, seen: Seen) -> None:
    """Refuse a time that nobody had."""
    free = Interval.of(TOMORROW + dt.timedelta(hours=12), STEP)
    seen[1] = attrs.evolve(seen[1], asked=free)


def refuse_too_early(_: Log, seen: Seen) -> None:
    """Refuse a time before anybody had it."""
    seen[1] = attrs.evolve(seen[1], invoked=0, returned=1)


def list_what_was_no_more(_: Log, seen: Seen) -> None:
    """List an appointment as it had been before it was moved."""
    seen[4] = attrs.evolve(seen[4], told=(*seen[0].told, *seen[3].told))


def deny_a_cancellation(_: Log, seen: Seen) -> None:
    """Say of an appointment that is there that it cannot be cancelled."""
    seen[4] = attrs.evolve(seen[-1], invoked=seen[4].invoked, returned=seen[4].returned)


def fail(_: Log, seen: Seen) -> None:
    """Let a client see another error than a refusal."""
    seen[1] = attrs.evolve(seen[1], outcome="StorageUnavailable")


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (lose_an_entry, "stands where"),
        (lose_an_entry, "told and not in the log"),
        (invent_an_entry, "was told to nobody"),
        (tell_another_time, "told and not in the log"),
        (tell_two_of_one_change, "of which only"),
        (lay_one_over_the_other, "overlaps"),
        (cancel_twice, "changes what is not there"),
        (answer_late, "after a higher one had been answered"),
        (refuse_what_is_free, "which no state during the call explains"),
        (refuse_too_early, "which no state during the call explains"),
        (list_what_was_no_more, "list ended in done, which no state"),
        (deny_a_cancellation, "cancel ended in IllegalTransition, which no state"),
        (fail, "book ended in StorageUnavailable"),
    ],
)
def test_planted_faults_are_found(
    story: tuple[Log, Seen], plant: Callable[[Log, Seen], None], complaint: str
) -> None:
    """Each way in which a history can be wrong is named."""
    plant(*story)
    found = history.find_complaints(*story)
    assert any(complaint in words for words in found), found


class TestTables:
    """The questions to the tables."""

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[SqlStorage]:
        """A storage with two bookings under keys."""
        storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'scheduling.db'}")
        storage.migrate()
        [host] = open_hosts(storage, 1)
        for number in range(2):
            book_numbered(scheduler_over(storage), host, number)
        yield storage
        storage.close()

    def test_sound_tables_agree(self, storage: SqlStorage) -> None:
        """Nothing is found where nothing is wrong."""
        assert find_overlaps(storage.snapshots) == []
        assert find_disagreements(storage.snapshots) == []

    def test_an_overlap_is_found(self, storage: SqlStorage) -> None:
        """A pair that overlaps is found once."""
        take_down(storage.engine)
        with storage.engine.begin() as connection:
            connection.execute(sa.text("UPDATE scheduling_appointment SET occupied_start = 0"))
        assert len(find_overlaps(storage.snapshots)) == 1

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE scheduling_host SET version = version + 1",
            "DELETE FROM scheduling_change_log WHERE version = 1",
            "DELETE FROM scheduling_change_log WHERE version = 4",
            "DELETE FROM scheduling_appointment WHERE customer_name = 'key 0'",
            "DELETE FROM scheduling_sync",
            "UPDATE scheduling_sync SET desired_version = 0",
            "DELETE FROM scheduling_idempotency WHERE key = 'key 0'",
            "UPDATE scheduling_idempotency SET appointment = 'none' WHERE key = 'key 0'",
            "UPDATE scheduling_appointment SET customer_name = 'key 1'",
        ],
    )
    def test_damage_is_found(self, storage: SqlStorage, damage: str) -> None:
        """A row that is missing, or says what no other says, is found."""
        careless = sa.create_engine(storage.engine.url)  # SQLite watches no foreign keys by default.
        with careless.begin() as connection:
            connection.execute(sa.text(damage))
        careless.dispose()
        assert find_disagreements(storage.snapshots) != []


def test_numbered_visits_never_touch() -> None:
    """Visits of different numbers can all be booked, so that only one's own twin is ever in the way."""
    storage = MemoryStorage()
    [host] = open_hosts(storage, 1)
    scheduler = scheduler_over(storage)
    booked = [scheduler.book(numbered(host, number, name="Ann")) for number in range(100)]
    assert len(scheduler.upcoming(host)) == len(booked)
