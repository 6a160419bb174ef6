"""Deliveries that a transaction has read, against a relay in another one."""

import datetime as dt
from collections.abc import Iterator

import pytest

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    Link,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
    linking,
)
from scheduling_core.ports import Stamp
from scheduling_core.relay import Relay
from scheduling_core.sql import SqlStorage, SqlUnitOfWork
from scheduling_core.testing import CountingIds, FakeCalendar, ManualClock

HOST, VISIT = HostId("host"), AppointmentTypeId("visit")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
NINE = NOW + dt.timedelta(days=1, hours=9)


@pytest.fixture
def storage(postgres_url: str) -> Iterator[SqlStorage]:
    """A storage with a linked host and one appointment that is to be delivered."""
    storage = SqlStorage.from_url(postgres_url)
    storage.migrate()
    scheduler = Scheduler(storage, clock=ManualClock(NOW), new_id=CountingIds())
    all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
    scheduler.set_schedule(HOST, Schedule("UTC", all_day))
    scheduler.add_type(HOST, AppointmentType(VISIT, "Visit", (dt.timedelta(hours=1),)))
    scheduler.link(HOST, Link("fake"))
    scheduler.book(BookingRequest(HOST, VISIT, NINE, "Ann"))
    yield storage
    storage.close()


@pytest.mark.postgres
def test_no_relay_claims_what_is_just_being_unlinked(storage: SqlStorage) -> None:
    """The rows of a host stay as they were read, so a relay cannot take the fence that unlinking gives."""
    calendar = FakeCalendar()
    relay = Relay(storage, calendar, clock=ManualClock(NOW), chance=lambda: 1.0)
    with storage.engine.begin() as connection:
        work = SqlUnitOfWork(connection)
        assert work.outbox.of_host(HOST)
        assert not relay.step()
        linking.unlink(work, Stamp(NOW, "id"), HOST, "fake")
    assert not relay.step()
    assert calendar.calls == []
