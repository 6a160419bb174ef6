"""What is kept for a time only is forgotten by the service itself."""

import datetime as dt
import time

import sqlalchemy as sa

from scheduling_core import BookingRequest, HostId, Interval, Scheduler, system
from scheduling_core.sql import SqlStorage
from scheduling_core.usecases import ANSWERS_KEPT
from scheduling_web.accounts import Accounts, PasswordHasher
from scheduling_web.accounts.sessions import IDLE
from scheduling_web.hosts import APPOINTMENT
from scheduling_web.metrics import Metrics
from scheduling_web.resources import Database, Tables, working_beside
from scheduling_web.settings import read_settings

ANNA = HostId("anna")
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
PATIENCE = 300


def count(storage: SqlStorage, table: str) -> int:
    """Return how many rows a table has."""
    with storage.snapshots.connect() as connection:
        found = connection.scalars(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608  Of this test.
        return int(found.one())


def book(storage: SqlStorage, now: dt.datetime, number: int) -> None:
    """Book under a key, at an instant."""
    scheduler = Scheduler(storage, clock=lambda: now)
    later = system.read_clock() + dt.timedelta(days=3)
    starts = scheduler.find_slots(ANNA, APPOINTMENT.id, Interval.of(later, 240 * HOUR), duration=HOUR)
    request = BookingRequest(ANNA, APPOINTMENT.id, starts[number], "Kim Example", duration=HOUR)
    scheduler.book(request, idempotency_key=f"key {number}")


def test_old_answers_and_sessions_are_forgotten(storage: SqlStorage, hasher: PasswordHasher) -> None:
    """Answers of a week ago and sessions that have ended go by themselves; what still counts stays."""
    now = system.read_clock()
    for at in (now - IDLE - MINUTE, now):
        accounts = Accounts(storage.engine, hasher, clock=lambda at=at: at)  # type: ignore[misc]  # A default.
        if accounts.find("ann") is None:
            accounts.add(accounts.new_user("ann", "correct horse battery staple"))
        ann = accounts.find("ann")
        assert ann is not None
        accounts.open_session(ann)
    book(storage, now, 1)
    book(storage, now - ANSWERS_KEPT - MINUTE, 0)
    database = Database(Tables(storage), Accounts(storage.engine, hasher))
    assert count(storage, "scheduling_idempotency") == 2
    with working_beside(read_settings({}), database, Metrics()):
        until = time.monotonic() + PATIENCE
        while count(storage, "scheduling_idempotency") == 2:
            assert time.monotonic() < until
    assert count(storage, "scheduling_idempotency") == 1
    assert count(storage, "scheduling_web_session") == 1
    assert count(storage, "scheduling_appointment") == 2
