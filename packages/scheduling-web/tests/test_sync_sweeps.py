"""The commands that deliver to Cal.com, bring over what was changed there, and tell how far that is."""

import contextlib
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from scheduling_calcom.testing import FakeCalCom, faults
from scheduling_core import (
    Appointment,
    BookingRequest,
    HostId,
    Interval,
    Scheduler,
    system,
)
from scheduling_core.sql import SqlStorage
from scheduling_web.cli.status import tell_age
from scheduling_web.hosts import APPOINTMENT, make_host, usual_schedule

Run = Callable[..., int]
Shown = pytest.CaptureFixture[str]

ANNA = HostId("anna")
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
SHORT, LONG, EITHER = 2, 3, 4
"""The event types of the fake: of 30 minutes, of 60, and of both."""
NOW = dt.datetime(2030, 1, 7, 9, tzinfo=dt.UTC)


@pytest.fixture
def scheduler(storage: SqlStorage) -> Scheduler:
    """The use cases over that database."""
    return Scheduler(storage)


def find_start(scheduler: Scheduler, minutes: int = 60) -> dt.datetime:
    """Return a start some days ahead that is free here and within the office hours of the fake."""
    later = system.read_clock() + 3 * DAY
    slots = scheduler.find_slots(
        ANNA, APPOINTMENT.id, Interval(later, later + 7 * DAY), duration=minutes * MINUTE
    )
    return next(slot for slot in slots if slot.weekday() < 5)


def book(scheduler: Scheduler, minutes: int = 30) -> Appointment:
    """Book some days ahead."""
    request = BookingRequest(
        ANNA, APPOINTMENT.id, find_start(scheduler, minutes), "Kim Example", duration=minutes * MINUTE
    )
    return scheduler.book(request)


def answer(run: Run, capsys: Shown, *words: str) -> dict[str, Any]:
    """Return what a command tells machines."""
    capsys.readouterr()
    assert run(*words, "--json") == 0
    answered: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answered


def test_appointments_are_delivered_and_the_status_tells(
    fake: FakeCalCom, scheduler: Scheduler, run: Run, capsys: Shown
) -> None:
    """What was booked before and after the link arrives once, without the customer's address."""
    first = book(scheduler)
    assert run("sync", "link", ANNA, "--event-type", "30=2", "--event-type", "60=3") == 0
    assert capsys.readouterr().out == "linked host anna: 1 to be delivered\n"
    second = book(scheduler, 60)
    assert answer(run, capsys, "sync", "status")["counts"]["pending"] == 2
    swept = answer(run, capsys, "sync", "sweep")
    assert swept == {"steps": 2, "open": 0, "looked_at": 0, "copied": 1}
    kept = {booking.metadata["sched_id"]: booking for booking in fake.world.bookings.values()}
    assert {owner: booking.interval for owner, booking in kept.items()} == {
        first.id: first.during,
        second.id: second.during,
    }
    assert kept[first.id].email == f"appt-{first.id}@appointments.example.org"
    found = answer(run, capsys, "sync", "status")
    assert found["counts"] == {
        "pending": 0,
        "in_flight": 0,
        "unknown": 0,
        "retry_wait": 0,
        "synced": 2,
        "conflict": 0,
        "dead": 0,
    }
    [host] = found["hosts"]
    assert (host["host"], host["user"]) == ("anna", None)
    assert host["busy_as_of"] is not None
    assert found["need_a_person"] == []
    assert answer(run, capsys, "sync", "sweep", "--whole")["steps"] == 0
    assert len(fake.world.bookings) == 2


@pytest.mark.usefixtures("fake", "storage")
def test_the_status_tells_machines_which_event_types_are_meant(run: Run, capsys: Shown) -> None:
    """Each choice is told by its parts, with null where any length or any type is meant."""
    choices = ["30=2", "a:b:60=3", "talk:*=4", "4"]
    assert run("sync", "link", ANNA, *(word for each in choices for word in ("--event-type", each))) == 0
    [host] = answer(run, capsys, "sync", "status")["hosts"]
    assert host["event_types"] == [
        {"id": SHORT, "minutes": 30, "type": None},
        {"id": LONG, "minutes": 60, "type": "a:b"},
        {"id": EITHER, "minutes": None, "type": "talk"},
        {"id": EITHER, "minutes": None, "type": None},
    ]


def test_what_was_changed_at_calcom_is_brought_over(
    fake: FakeCalCom, scheduler: Scheduler, run: Run, capsys: Shown
) -> None:
    """A booking that was cancelled there is cancelled here, and what is taken there cannot be booked here."""
    appointment = book(scheduler)
    run("sync", "link", ANNA, "--event-type", "30=2")
    run("sync", "sweep")
    [booking] = fake.world.bookings.values()
    fake.world.cancel(booking.uid)
    taken = find_start(scheduler)
    ada = {"name": "Ada", "email": "ada@example.org", "timeZone": "Europe/Berlin"}
    fake.world.book(fake.world.find_event_type(LONG), taken, ada)
    capsys.readouterr()
    assert run("sync", "sweep", "--whole") == 0
    assert capsys.readouterr().out == (
        "steps of delivery: 0, and still open: 0\n"
        "changes found at Cal.com: 1\n"
        "hosts whose busy times were copied: 1\n"
    )
    assert scheduler.get(appointment.id).status.value == "cancelled"
    reasons = scheduler.explain(ANNA, APPOINTMENT.id, taken, duration=30 * MINUTE)
    assert [reason.code for reason in reasons] == ["external_busy"]


def test_a_booking_that_cannot_be_looked_at_leaves_no_busy_time_to_grow_old(
    fake: FakeCalCom, scheduler: Scheduler, run: Run, capsys: Shown
) -> None:
    """The busy times are copied all the same, and the failure is told at the end."""
    book(scheduler)
    run("sync", "link", ANNA, "--event-type", "30=2")
    run("sync", "sweep")
    [booking] = fake.world.bookings.values()
    fake.world.cancel(booking.uid)
    fake.faults = [faults.fail_before("GET /v2/bookings")]
    capsys.readouterr()
    assert run("sync", "sweep") == 1
    told = capsys.readouterr()
    assert told.out.endswith("hosts whose busy times were copied: 1\n")
    assert told.err.startswith("Error: ")


def test_what_needs_a_person_is_shown_and_requeued(
    fake: FakeCalCom, scheduler: Scheduler, run: Run, capsys: Shown
) -> None:
    """An appointment that Cal.com cannot hold is listed with why, and arrives once that was put right."""
    appointment = book(scheduler, 60)
    run("sync", "link", ANNA, "--event-type", "30=2")
    run("sync", "sweep")
    [stuck] = answer(run, capsys, "sync", "status")["need_a_person"]
    assert stuck["appointment"] == appointment.id
    assert stuck["error"] == "no_event_type"
    assert dt.datetime.fromisoformat(stuck["since"]) <= system.read_clock()
    assert run("sync", "status") == 0
    shown = capsys.readouterr().out
    assert f"{appointment.id}   {stuck['state']}" in shown
    assert "no_event_type" in shown
    assert "Kim" not in shown

    assert run("sync", "requeue", appointment.id) == 0
    assert capsys.readouterr().out == f"the delivery of {appointment.id} is pending\n"
    assert answer(run, capsys, "sync", "status")["need_a_person"] == []
    assert answer(run, capsys, "sync", "sweep")["open"] == 0
    assert len(answer(run, capsys, "sync", "status")["need_a_person"]) == 1

    run("sync", "link", ANNA, "--event-type", "30=2", "--event-type", "60=3")
    run("sync", "sweep")
    assert answer(run, capsys, "sync", "status")["counts"]["synced"] == 1


def test_linking_again_keeps_what_is_known_of_busy_times(
    fake: FakeCalCom, scheduler: Scheduler, run: Run
) -> None:
    """With a limit to their age, a host whose tie is changed would else take no bookings for a while."""
    run("sync", "link", ANNA, "--event-type", "30=2")
    run("sync", "sweep")
    [before] = scheduler.links(ANNA)
    run("sync", "link", ANNA, "--event-type", "30=4", "--stale-after", "60")
    [after] = scheduler.links(ANNA)
    assert before.busy_as_of is not None
    assert (after.busy_as_of, after.details["event_type.1"]) == (before.busy_as_of, "4 30")
    assert scheduler.next_slot(ANNA, APPOINTMENT.id, duration=30 * MINUTE) is not None


def test_a_requeue_of_nothing_is_refused(storage: SqlStorage, run: Run, capsys: Shown) -> None:
    """Neither an unknown appointment nor one that was never to be delivered can be delivered again."""
    assert run("sync", "requeue", "nonsense") == 2
    assert capsys.readouterr().err == "Error: no such appointment: nonsense\n"
    appointment = book(Scheduler(storage))
    assert run("sync", "requeue", appointment.id) == 2
    assert capsys.readouterr().err == f"Error: no such delivery: {appointment.id}\n"


def test_a_cut_tie_tells_nothing_more(
    fake: FakeCalCom, scheduler: Scheduler, run: Run, capsys: Shown
) -> None:
    """After unlinking, what Cal.com holds stays as it is, and there is nothing to cut a second time."""
    run("sync", "link", ANNA, "--event-type", "30=2")
    appointment = book(scheduler)
    run("sync", "sweep")
    capsys.readouterr()
    assert run("sync", "unlink", ANNA) == 0
    assert capsys.readouterr().out == "unlinked host anna\n"
    scheduler.cancel(appointment.id)
    run("sync", "sweep")
    assert [booking.status for booking in fake.world.bookings.values()] == ["accepted"]
    capsys.readouterr()
    assert run("sync", "status") == 0
    assert "No host is linked to Cal.com" in capsys.readouterr().out
    assert run("sync", "unlink", ANNA) == 2
    assert capsys.readouterr().err == "Error: no such link: cal.com\n"


def test_a_key_that_is_not_taken_is_in_the_status(
    fake: FakeCalCom, scheduler: Scheduler, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    """Deliveries wait and are not counted as failed, and the status says why."""
    run("sync", "link", ANNA, "--event-type", "30=2")
    book(scheduler)
    monkeypatch.setenv("SCHEDULING_CALCOM_API_KEY", "another")
    assert run("sync", "sweep") == 1
    capsys.readouterr()
    assert run("sync", "status") == 0
    shown = capsys.readouterr().out
    assert "Cal.com does not let us in: unauthorised" in shown
    assert "Cal.com is left alone until " in shown
    found = answer(run, capsys, "sync", "status")
    assert (found["alert"], found["counts"]["pending"], found["need_a_person"]) == ("unauthorised", 1, [])


def test_every_database_has_a_mark_of_its_own(
    fake: FakeCalCom, scheduler: Scheduler, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """All bookings of one database carry the same name for good, and those of another carry another."""
    run("sync", "link", ANNA, "--event-type", "30=2")
    for _ in range(2):
        book(scheduler)
        run("sync", "sweep")
        run("db", "upgrade")
    assert len({booking.metadata["sched_inst"] for booking in fake.world.bookings.values()}) == 1

    other = f"sqlite:///{tmp_path}/other.sqlite3"
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", other)
    run("db", "upgrade")
    with contextlib.closing(SqlStorage.from_url(other)) as storage:
        make_host(Scheduler(storage), ANNA, usual_schedule())
        run("sync", "link", ANNA, "--event-type", "30=2")
        start = max(booking.interval.end for booking in fake.world.bookings.values())
        request = BookingRequest(ANNA, APPOINTMENT.id, start, "Kim", duration=30 * MINUTE)
        Scheduler(storage).book(request)
    run("sync", "sweep")
    assert len({booking.metadata["sched_inst"] for booking in fake.world.bookings.values()}) == 2


@pytest.mark.postgres
def test_deliveries_are_kept_in_postgresql_as_well(
    fake: FakeCalCom, run: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    """Ties, deliveries and the mark of the database are found there too."""
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", postgres_url)
    run("db", "upgrade")
    with contextlib.closing(SqlStorage.from_url(postgres_url)) as storage:
        make_host(Scheduler(storage), ANNA, usual_schedule())
        run("sync", "link", ANNA, "--event-type", "30=2")
        booked = book(Scheduler(storage))
    assert answer(run, capsys, "sync", "sweep")["steps"] == 1
    assert answer(run, capsys, "sync", "status")["counts"]["synced"] == 1
    assert [booking.metadata["sched_id"] for booking in fake.world.bookings.values()] == [booked.id]


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (None, "never"),
        (dt.timedelta(seconds=59), "just now"),
        (-DAY, "just now"),
        (MINUTE, "1 minute ago"),
        (59 * MINUTE, "59 minutes ago"),
        (119 * MINUTE, "1 hour ago"),
        (23 * 60 * MINUTE, "23 hours ago"),
        (49 * 60 * MINUTE, "2 days ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(ago: dt.timedelta | None, told: str) -> None:
    """How long ago something was is told as people say it."""
    assert tell_age(None if ago is None else NOW - ago, NOW) == told
