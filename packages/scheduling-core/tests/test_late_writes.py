"""A relay that is held up for longer than its lease, and then does what is no longer wanted."""

from collections.abc import Callable

import pytest

from linked_host import HOST, HOUR, NINE, POLICY, LinkedHost
from scheduling_core import Appointment, Link, SyncState
from scheduling_core.sync import RemoteBooking
from scheduling_core.testing import FakeCalendar


def nothing() -> None:
    """Happen in the meantime."""


class HeldUp(FakeCalendar):
    """A calendar on the way to which the next call named *late* is held up, while *meanwhile* happens."""

    def __init__(self) -> None:
        super().__init__()
        self.late = ""
        self.meanwhile: Callable[[], None] = nothing

    def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
        """Make a booking, perhaps late."""
        self._hold_up("create")
        return super().create(link, appointment)

    def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """Move a booking, perhaps late."""
        self._hold_up("move")
        return super().move(link, appointment, booking)

    def cancel(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """End a booking, perhaps late."""
        self._hold_up("cancel")
        return super().cancel(link, appointment, booking)

    def _hold_up(self, call: str) -> None:
        if call == self.late:
            self.late = ""
            self.meanwhile()


@pytest.fixture
def calendar() -> HeldUp:
    """A calendar that is not late yet."""
    return HeldUp()


@pytest.fixture
def world(calendar: HeldUp) -> LinkedHost:
    """A host that is linked to it."""
    return LinkedHost(calendar)


def take_over(world: LinkedHost) -> None:
    """Let the lease of a relay end, and have others finish what it had begun."""
    world.clock.advance(POLICY.lease)
    world.deliver()
    assert world.row().state is SyncState.SYNCED


def deliver_late(world: LinkedHost, calendar: HeldUp, late: str, meanwhile: Callable[[], None]) -> None:
    """Deliver what is due, with a call that is held up, and see both sides agree without any sweep."""
    calendar.late, calendar.meanwhile = late, meanwhile
    world.deliver()
    assert calendar.late == ""
    world.deliver()
    [row] = world.scheduler.sync_rows(HOST)
    assert world.agrees(world.scheduler.get(row.appointment))
    world.inbound.sweep(whole=True)
    assert world.row() == row


def test_what_is_moved_too_late_goes_back(world: LinkedHost, calendar: HeldUp) -> None:
    """The appointment has gone back in the meantime, where the booking still was: so does the booking."""
    booked = world.book_there()
    world.scheduler.reschedule(booked.id, NINE + HOUR)

    def go_back() -> None:
        world.scheduler.reschedule(booked.id, NINE)
        take_over(world)

    deliver_late(world, calendar, "move", go_back)
    assert world.scheduler.get(booked.id).during == booked.during


def test_what_is_ended_too_late_is_booked_again(world: LinkedHost, calendar: HeldUp) -> None:
    """It was to be replaced by a longer one, and then was not: nobody takes its end for a cancellation."""
    booked = world.book_there()
    world.scheduler.reschedule(booked.id, NINE, duration=2 * HOUR)

    def shorten() -> None:
        world.scheduler.reschedule(booked.id, NINE, duration=HOUR)
        take_over(world)

    deliver_late(world, calendar, "cancel", shorten)
    assert world.scheduler.get(booked.id).holds_time


@pytest.mark.parametrize("change", ["moved", "cancelled"])
def test_what_is_booked_too_late_goes(world: LinkedHost, calendar: HeldUp, change: str) -> None:
    """No sweep has to find it: the relay itself knows that it was too late."""
    booked = world.book()

    def meanwhile() -> None:
        if change == "cancelled":
            world.scheduler.cancel(booked.id)
        else:
            world.scheduler.reschedule(booked.id, NINE + HOUR)
        take_over(world)

    deliver_late(world, calendar, "create", meanwhile)
