"""What was changed in an external calendar, brought over here.

Word from there is a hint and nothing more: the calendar is asked, and what it says goes through the same
rules as everything else. What collides becomes a conflict, and nothing is moved.
"""

import datetime as dt
import enum
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import attrs

from scheduling_core import deliveries, linking, usecases
from scheduling_core.appointments import Appointment
from scheduling_core.errors import ExternalCalendarError, IllegalTransition
from scheduling_core.external import ExternalCalendar, Verdict
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.local_time import DAY
from scheduling_core.ports import Stamp, Storage, UnitOfWork
from scheduling_core.reasons import BookingRefused
from scheduling_core.sync import Hint, Link, RemoteBooking, SyncRow, SyncState

T = TypeVar("T")

OVERLAP = dt.timedelta(minutes=10)
"""How far a sweep goes back behind the one before: clocks differ, and some changes show late."""


_NOT_NOW = frozenset({Verdict.DOWN, Verdict.LIMITED, Verdict.LOCKED_OUT, Verdict.UNKNOWN})
_FAILURES_BORNE = 5
"""After how many failures in one go the calendar, and not what it was asked about, is taken for failing."""


class Finding(enum.Enum):
    """What a look at the other side shows."""

    LEFT = "left"
    """The relay is at it, or it was seen before."""
    AGREED = "agreed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    DOUBTFUL = "doubtful"
    """Not what anybody would do there by hand: for the relay to put right."""


def compare(
    row: SyncRow, appointment: Appointment, found: tuple[RemoteBooking, ...]
) -> tuple[Finding, RemoteBooking | None]:
    """Return what *found*, oldest first, means for an appointment of which *row* is known.

    A change here that has not arrived there yet is newer than anything found, but for one thing: what was
    cancelled there stays cancelled.
    """
    active = [booking for booking in found if booking.is_active]
    newest = found[-1] if found else None
    is_looked_at = row.is_open and row.must_observe
    if newest is None or is_looked_at or row.state in {SyncState.IN_FLIGHT, SyncState.UNKNOWN, SyncState.OFF}:
        return Finding.LEFT, None
    # One that is missing is not one that has ended: what was found may be what we moved it from.
    is_found = row.remote is not None and row.remote.uid in {booking.uid for booking in found}
    was_there = is_found and row.remote is not None and row.remote.is_active and not row.is_replaced
    if not active and was_there and appointment.holds_time:
        return Finding.CANCELLED, newest
    if row.is_open:
        return Finding.LEFT, None
    if len(active) > 1 or (active and not appointment.holds_time):
        return Finding.DOUBTFUL, None
    there = active[0] if active else newest
    if there.is_as(appointment):
        return Finding.AGREED, there
    # Where delivery was given up this may be a late effect of ours, and the wish here is newer anyway.
    is_newer_here = row.desired_version > row.synced_version
    seen = row.remote is not None and (row.remote.during, row.remote.is_active) == (
        there.during,
        there.is_active,
    )
    return (Finding.LEFT, None) if seen or is_newer_here or not active else (Finding.MOVED, there)


@attrs.frozen
class _Seen:
    row: SyncRow
    appointment: Appointment
    link: Link


class Inbound:
    """Follows hints, sweeps for what no hint told, and copies busy times; any number may run.

    *clock* returns the present instant and *new_id* a fresh id.
    """

    def __init__(
        self,
        storage: Storage,
        calendar: ExternalCalendar,
        *,
        clock: Callable[[], dt.datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._storage = storage
        self._calendar = calendar
        self._clock = clock
        self._new_id = new_id

    def follow_hints(self, limit: int = 100) -> int:
        """Look at what the oldest hints are about, and return how many were followed.

        Raises ExternalCalendarError where the calendar cannot be asked now; the hint then stays for the
        next time. One that will never be answered well is let go.
        """
        hints = self._storage.read(lambda work: work.outbox.open_hints(self._calendar.provider, limit))

        def follow(hint: Hint) -> None:
            self._if_it_answers(self._follow, hint)
            self._storage.transact(partial(_settle, hint, self._clock()))

        self._each(follow, hints)
        return len(hints)

    def _follow(self, hint: Hint) -> None:
        row = self._storage.read(lambda work: work.outbox.row_of(hint.provider, hint.uid))
        owner = self._calendar.owner(hint.uid) if row is None else row.appointment
        if owner is not None:
            self.look(owner)

    def sweep(self, *, whole: bool = False) -> int:
        """Look at everything that changed there since the last sweep, and return how much that was.

        With *whole*, at everything from yesterday to 90 days on. What is as we left it is not looked at
        again. Raises ExternalCalendarError where the calendar cannot be asked now; the next sweep then
        begins where this one did.
        """
        began = self._clock()
        provider = self._storage.read(lambda work: work.outbox.provider(self._calendar.provider))
        since = None if whole or provider.swept_until is None else provider.swept_until - OVERLAP
        changed = self._calendar.changed(since)
        news = self._storage.read(lambda work: self._find_news(work, changed))
        self._each(partial(self._if_it_answers, self.look), news)

        def note(work: UnitOfWork) -> None:
            known = work.outbox.provider(self._calendar.provider)
            # What changed further ahead than a whole sweep looks is still to be found by the next one.
            if not whole or known.swept_until is None:
                work.outbox.put_provider(attrs.evolve(known, swept_until=began))

        self._storage.transact(note)
        return len(news)

    def _find_news(self, work: UnitOfWork, changed: Iterable[RemoteBooking]) -> list[AppointmentId]:
        """Return whose bookings are not as they were last seen or written, each once."""
        news: dict[AppointmentId, None] = {}
        for booking in changed:
            owner = booking.appointment
            row = None if owner is None else linking.find_row(work, owner, self._calendar.provider)
            if row is None:
                continue
            is_last_seen = row.remote is not None and row.remote.uid == booking.uid
            # What has ended under another uid was moved from there, or ended, before it was last seen.
            if row.remote != booking if is_last_seen else booking.is_active:
                news[row.appointment] = None
        return list(news)

    def _each(self, call: Callable[[T], None], all: Iterable[T]) -> None:
        """Make a call about each; one that fails keeps the others waiting no longer than it must."""
        failures: list[ExternalCalendarError] = []
        for about in all:
            try:
                call(about)
            except ExternalCalendarError as error:
                failures.append(error)
                asked_too_often = self._calendar.judge(error).verdict is Verdict.LIMITED
                if asked_too_often or len(failures) == _FAILURES_BORNE:
                    break
        if failures:
            raise failures[0]

    def _if_it_answers(self, call: Callable[[T], object], about: T) -> None:
        """Make a call; what the calendar refuses for good must not keep all others waiting."""
        try:
            call(about)
        except ExternalCalendarError as error:
            if self._calendar.judge(error).verdict in _NOT_NOW:
                raise

    def look(self, id: AppointmentId) -> Finding:
        """Look at one appointment on the other side, and take over what was changed there.

        Raises ExternalCalendarError where the calendar cannot be asked.
        """
        seen = self._storage.read(lambda work: self._load(work, id))
        if seen is None:
            return Finding.LEFT
        found = self._calendar.find(seen.link, seen.appointment, seen.row.remote)
        finding, there = compare(seen.row, seen.appointment, found)
        if finding is Finding.LEFT:
            return finding
        stamp = Stamp(self._clock(), self._new_id())
        return self._storage.transact(lambda work: _take_over(work, stamp, seen, finding, there))

    def copy_busy(self, host: HostId, days: int = 90) -> bool:
        """Copy the busy times of a host from today for so many days; return False where it is not linked."""
        now = self._clock()
        known = self._storage.read(lambda work: work.host(host))
        link = None if known is None else known.link_to(self._calendar.provider)
        if link is None:
            return False
        # Whole days, so that a copy differs from the one before only where the calendar does.
        today = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        busy = self._calendar.busy(link, Interval(today, today + (days + 1) * DAY))
        stamp = Stamp(now, self._new_id())
        self._storage.transact(lambda work: linking.copy_busy(work, stamp, host, link.provider, busy))
        return True

    def _load(self, work: UnitOfWork, id: AppointmentId) -> _Seen | None:
        appointment = work.appointment(id)
        host = None if appointment is None else work.host(appointment.host)
        row = linking.find_row(work, id, self._calendar.provider)
        link = None if host is None else host.link_to(self._calendar.provider)
        if appointment is None or row is None or link is None:
            return None
        return _Seen(row, appointment, link)


def _settle(hint: Hint, at: dt.datetime, work: UnitOfWork) -> None:
    work.outbox.settle_hint(hint, at)


def _take_over(
    work: UnitOfWork, stamp: Stamp, seen: _Seen, finding: Finding, there: RemoteBooking | None
) -> Finding:
    """Do here what was done there, unless something has happened since it was looked at."""
    appointment = work.appointment(seen.appointment.id)
    row = linking.find_row(work, seen.appointment.id, seen.row.provider)
    if row != seen.row or appointment != seen.appointment:
        return Finding.LEFT
    if finding is Finding.DOUBTFUL:
        work.outbox.put(deliveries.requeue(row, stamp.now))
    elif finding is Finding.AGREED:
        arrived = deliveries.arrive(row, seen.appointment.version, there, stamp.now)
        if arrived != row:
            work.outbox.put(arrived)
    elif there is not None:
        work.outbox.put(_apply(work, stamp, seen, finding, there))
    return finding


def _apply(work: UnitOfWork, stamp: Stamp, seen: _Seen, finding: Finding, there: RemoteBooking) -> SyncRow:
    """Move or cancel here, and return the row that asks for nothing more to be delivered."""
    appointment, row = seen.appointment, attrs.evolve(seen.row, remote=there)
    try:
        if finding is Finding.CANCELLED:
            changed = usecases.cancel(work, stamp, appointment.id, by=row.provider)
        else:
            kept = there.during.duration == appointment.during.duration
            length = None if kept else there.during.duration
            changed = usecases.reschedule(work, stamp, appointment.id, there.during.start, duration=length)
    except BookingRefused as refused:
        return deliveries.disagree(row, refused.reasons[0].code, stamp.now)
    except IllegalTransition as illegal:
        return deliveries.disagree(row, f"is_{illegal.status}", stamp.now)
    return deliveries.adopt(row, changed.version, there, stamp.now)
