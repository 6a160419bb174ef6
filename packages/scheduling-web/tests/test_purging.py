"""The command that erases a customer."""

import datetime as dt
import io
import json
from collections.abc import Callable

import pytest

from scheduling_core import Appointment, BookingRequest, HostId, Interval, Scheduler, system
from scheduling_core.sql import SqlStorage
from scheduling_web.hosts import APPOINTMENT

Run = Callable[..., int]
Shown = pytest.CaptureFixture[str]

ANNA = HostId("anna")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def booked(storage: SqlStorage) -> list[Appointment]:
    """Two appointments of a customer whose name must go."""
    scheduler = Scheduler(storage)
    later = system.read_clock() + dt.timedelta(days=3)
    starts = scheduler.find_slots(ANNA, APPOINTMENT.id, Interval.of(later, 7 * 24 * HOUR), duration=HOUR)
    return [
        scheduler.book(BookingRequest(ANNA, APPOINTMENT.id, start, "Kim Example", duration=HOUR))
        for start in (starts[0], starts[8])
    ]


def names(storage: SqlStorage) -> set[str]:
    """Return the names of all customers, as they are and as they were."""
    scheduler = Scheduler(storage)
    entries = scheduler.changes(ANNA, after=0)
    changed = (getattr(entry.change, "appointment", None) for entry in entries)
    return {appointment.customer_name for appointment in changed if appointment is not None}


def test_customers_are_erased_and_their_times_kept(
    storage: SqlStorage, booked: list[Appointment], run: Run, capsys: Shown
) -> None:
    """After a purge no name is left, not even in the history, and the times are as occupied as before."""
    ids = [appointment.id for appointment in booked]
    assert run("purge", *ids, ids[0], "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"purged": ids}
    assert "Kim Example" not in names(storage)
    scheduler = Scheduler(storage)
    assert [scheduler.get(known.id).during for known in booked] == [known.during for known in booked]


def test_it_asks_first(
    storage: SqlStorage,
    booked: list[Appointment],
    run: Run,
    capsys: Shown,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a yes nothing is erased; with one, it is told what was."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("purge", booked[0].id) == 1
    assert names(storage) == {"Kim Example"}
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    capsys.readouterr()
    assert run("purge", booked[0].id) == 0
    assert capsys.readouterr().out == f"purged {booked[0].id}\n"
    assert names(storage) == {"Kim Example", "erased"}


def test_an_unknown_id_erases_nobody(
    storage: SqlStorage, booked: list[Appointment], run: Run, capsys: Shown
) -> None:
    """Where one of the ids is a slip of the pen, the others are left alone as well."""
    assert run("purge", booked[0].id, "nonsense", "--yes") == 2
    assert capsys.readouterr().err == "Error: no such appointment: nonsense\n"
    assert names(storage) == {"Kim Example"}
