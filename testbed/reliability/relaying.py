"""What a relay process does: it delivers to Cal.com until it is killed."""

import datetime as dt
import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import Connection

from reliability.unclaimed import UnclaimedStorage
from scheduling_calcom import NO_RETRIES, Account, ApiKey, CalComClient, Quota
from scheduling_calcom.attendees import AttendeePolicy
from scheduling_calcom.calendar import CalComCalendar
from scheduling_calcom.retry import draw_chance
from scheduling_calcom.testing import KEY
from scheduling_core import Appointment, Link, StorageUnavailable, system
from scheduling_core.relay import Relay
from scheduling_core.sql import SqlStorage
from scheduling_core.sync import RemoteBooking, SyncPolicy

STORAGES = {"claimed": SqlStorage, "unclaimed": UnclaimedStorage}
INSTALLATION, ATTENDEES = "reliability", AttendeePolicy("appointments.example.org")
TIMEOUT = dt.timedelta(seconds=0.7)
"""Of one call, of which a step takes up to four."""

_SOON = dt.timedelta(milliseconds=20)
_LATER = dt.timedelta(milliseconds=100)
POLICY = SyncPolicy(
    lease=dt.timedelta(seconds=3),
    quiet=dt.timedelta(seconds=0.5),
    first_pause=_SOON,
    longest_pause=_LATER,
    # In the time of one lease a relay can try more often here than with the usual numbers.
    most_attempts=100,
    probe_pause=_LATER,
    locked_out_pause=_LATER,
)


class StoppingCalendar(CalComCalendar):
    """The calendar of a relay that stops with SIGSTOP, once at each of the places that *stops* names.

    So does the machine to a process that it has no time for. *tell* is told.
    """

    stops: set[str]
    tell: Connection

    def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
        """Make a booking, perhaps long after it was decided, and long before anybody hears of it."""
        self._stop("before create")
        made = super().create(link, appointment)
        self._stop("after create")
        return made

    def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """Move a booking, perhaps long after it was decided."""
        self._stop("before move")
        return super().move(link, appointment, booking)

    def _stop(self, place: str) -> None:
        if place in self.stops:
            self.stops.remove(place)
            self.tell.send("stopped")
            os.kill(os.getpid(), signal.SIGSTOP)


def deliver(kind: str, url: str, calcom: str, stops: set[str], tell: Connection) -> None:
    """Take steps for ever, over that kind of storage at *url*, to the fake at *calcom*.

    Says `ready` before the first one, and `stopped` at each of its *stops*.
    """
    threading.Thread(target=_end_with_the_test, daemon=True).start()
    quota = Quota(1_000_000, 900_000)
    account = Account(ApiKey(KEY), calcom, retry=NO_RETRIES, quota=quota, timeout=TIMEOUT)
    calendar = StoppingCalendar(CalComClient(account), installation=INSTALLATION, attendees=ATTENDEES)
    calendar.stops, calendar.tell = stops, tell
    storage = STORAGES[kind].from_url(url, pool_size=1)
    relay = Relay(storage, calendar, clock=system.read_clock, chance=draw_chance, policy=POLICY)
    tell.send("ready")
    while True:
        try:
            is_busy = relay.step()
        except StorageUnavailable:
            is_busy = False
        if not is_busy:
            time.sleep(_SOON.total_seconds())


def _end_with_the_test() -> None:
    """End the process when the one that started it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
