"""Delivery to an external calendar: one step at a time, safe with any number of relays.

A step observes, compares, acts and records. It sends at most one thing that changes anything, so that what
became of it can always be told, if only by looking again. Between the calls nothing is locked: the row of
the appointment is claimed before them, under a fence, and the outcome is recorded only if the claim still
holds. Where it does not, and something was sent, it came too late: then all is looked at once more.
"""

import datetime as dt
import enum
from collections.abc import Callable

import attrs

from scheduling_core import deliveries
from scheduling_core.appointments import Appointment
from scheduling_core.errors import ExternalCalendarError
from scheduling_core.external import ExternalCalendar, Failure, Verdict
from scheduling_core.ports import Storage, UnitOfWork
from scheduling_core.sync import Link, Provider, RemoteBooking, SyncPolicy, SyncRow

USUAL_PAUSE = dt.timedelta(seconds=60)
"""How long a calendar is left alone that asks for it without saying how long."""


class Act(enum.Enum):
    """What a step does over there."""

    NOTHING = "nothing"
    CREATE = "create"
    MOVE = "move"
    CANCEL = "cancel"
    TOO_LATE = "too_late"


WRITES = frozenset({Act.CREATE, Act.MOVE, Act.CANCEL})
"""What changes something over there."""

IN_THE_WAY = "in_the_way"
"""Notes that two appointments may stand in each other's places: then one has to leave its own first."""


def choose(
    appointment: Appointment,
    found: tuple[RemoteBooking, ...],
    now: dt.datetime,
    *,
    gives_way: bool = False,
) -> tuple[Act, RemoteBooking | None]:
    """Return the one thing to do next, and with which of the bookings that were *found*, oldest first.

    More than one active booking is one too many: the others go before anything else is done. A booking
    cannot change its length, so it is ended and made anew, and so is one that *gives way* to another that
    wants its place. What has begun is not brought there any more.
    """
    active = [booking for booking in found if booking.is_active]
    if not appointment.holds_time:
        return (Act.CANCEL, active[-1]) if active else (Act.NOTHING, found[-1] if found else None)
    kept = next((booking for booking in active if booking.is_as(appointment)), active[-1] if active else None)
    for booking in active:
        if booking != kept:
            return Act.CANCEL, booking
    if kept is not None and kept.is_as(appointment):
        return Act.NOTHING, kept
    if appointment.during.start <= now:
        return Act.TOO_LATE, kept
    if kept is None:
        return Act.CREATE, None
    same_length = kept.during.duration == appointment.during.duration
    return (Act.MOVE if same_length and not gives_way else Act.CANCEL), kept


def known_of(row: SyncRow) -> tuple[RemoteBooking, ...]:
    """Return what is there as far as is known without looking."""
    return () if row.remote is None else (row.remote,)


@attrs.frozen
class _Claimed:
    row: SyncRow
    appointment: Appointment
    link: Link
    is_down: bool


@attrs.frozen
class _Outcome:
    """What a step found out, as what it makes of the row and of what is known of the provider.

    *done* is what it did over there, or may have done.
    """

    row: Callable[[SyncRow, dt.datetime], SyncRow]
    provider: Callable[[Provider, dt.datetime], Provider] | None = None
    done: Act = Act.NOTHING


def _recover(provider: Provider, _: dt.datetime) -> Provider:
    return deliveries.recover(provider)


class Relay:
    """Delivers what is due to one external calendar; any number may run, in any number of processes.

    *clock* returns the present instant and *chance* a number from 0 up to 1, another one each time.
    """

    def __init__(
        self,
        storage: Storage,
        calendar: ExternalCalendar,
        *,
        clock: Callable[[], dt.datetime],
        chance: Callable[[], float],
        policy: SyncPolicy | None = None,
    ) -> None:
        self._storage = storage
        self._calendar = calendar
        self._clock = clock
        self._chance = chance
        self._policy = policy or SyncPolicy()

    def step(self) -> bool:
        """Take one step for the appointment that is due longest; return False where there is none.

        No failure of the calendar is raised; it stands in the row. Raises StorageUnavailable.
        """
        row = self._storage.transact(self._claim)
        if row is None:
            return False
        claimed = self._storage.read(lambda work: self._load(work, row))
        if claimed is not None:
            outcome = self._attempt(claimed)
            self._storage.transact(lambda work: self._record(work, claimed, outcome))
        return True

    def _claim(self, work: UnitOfWork) -> SyncRow | None:
        now = work.outbox.clock(self._clock())
        provider = work.outbox.provider(self._calendar.provider)
        if provider.is_paused(now):
            return None
        row = work.outbox.due(self._calendar.provider, now)
        if row is None:
            return None
        asking = deliveries.probe(provider, now, self._policy)
        if asking != provider:
            work.outbox.put_provider(asking)
        row = deliveries.claim(row, now, self._policy)
        work.outbox.put(row)
        return row

    def _load(self, work: UnitOfWork, row: SyncRow) -> _Claimed | None:
        """Return what the step is about, or None where the host was unlinked in the meantime."""
        host, appointment = work.host(row.host), work.appointment(row.appointment)
        link = None if host is None else host.link_to(row.provider)
        if link is None or appointment is None:
            return None
        is_down = work.outbox.provider(row.provider).is_down(self._policy)
        return _Claimed(row, appointment, link, is_down)

    def _attempt(self, claimed: _Claimed) -> _Outcome:
        # The first relay that ever claims a row knows that nobody has told the calendar anything.
        row = claimed.row
        looks = row.must_observe or (row.remote is None and row.fence > 1)
        act = Act.NOTHING
        try:
            found = self._find(claimed) if looks else known_of(row)
            gives_way = row.last_error == IN_THE_WAY
            act, booking = choose(claimed.appointment, found, self._clock(), gives_way=gives_way)
            if act is Act.NOTHING:
                return self._arrived(claimed.appointment, booking, asked=looks)
            if act is Act.CREATE and row.remote is not None and row.remote.is_active and not row.is_replaced:
                # Whoever ended it was none of us. `Inbound` cancels here what was cancelled there.
                ended = any(booking.uid == row.remote.uid for booking in found)
                code = "cancelled_there" if ended else deliveries.MISSING_THERE
                return _Outcome(lambda row, now: deliveries.disagree(row, code, now))
            if act is Act.CANCEL and claimed.appointment.holds_time and not row.is_replaced:
                return _Outcome(deliveries.replace)
            return attrs.evolve(self._act(claimed, act, booking, found), done=act)
        except ExternalCalendarError as error:
            failure = self._calendar.judge(error)
            outcome = self._failed(claimed, failure, act, looked=looks)
            return attrs.evolve(outcome, done=act) if failure.verdict is Verdict.UNKNOWN else outcome

    def _find(self, claimed: _Claimed) -> tuple[RemoteBooking, ...]:
        return self._calendar.find(claimed.link, claimed.appointment, claimed.row.remote)

    def _act(
        self, claimed: _Claimed, act: Act, booking: RemoteBooking | None, found: tuple[RemoteBooking, ...]
    ) -> _Outcome:
        appointment, link = claimed.appointment, claimed.link
        if act is Act.CREATE:
            return self._compare(appointment, self._calendar.create(link, appointment))
        if booking is not None and act is Act.MOVE:
            return self._compare(appointment, self._calendar.move(link, appointment, booking))
        if booking is not None and act is Act.CANCEL:
            ended = self._calendar.cancel(link, appointment, booking)
            others = any(other.is_active for other in found if other != booking)
            if ended.is_as(appointment) and not others:
                return self._arrived(appointment, ended)
            return self._go_on(ended)
        return _Outcome(lambda row, now: deliveries.disagree(row, act.value, now))

    def _compare(self, appointment: Appointment, there: RemoteBooking) -> _Outcome:
        """Arrive where the answer is as wanted; otherwise have it put right once, and then give up."""
        if there.is_as(appointment):
            return self._arrived(appointment, there)

        def settle(row: SyncRow, now: dt.datetime) -> SyncRow:
            if row.last_error == "remote_diverges":
                return deliveries.disagree(row, "remote_diverges", now)
            noted = attrs.evolve(row, last_error="remote_diverges", last_error_at=now)
            return deliveries.go_on(noted, there, now, self._policy)

        return _Outcome(settle, _recover)

    def _arrived(
        self, appointment: Appointment, there: RemoteBooking | None, *, asked: bool = True
    ) -> _Outcome:
        return _Outcome(
            lambda row, now: deliveries.arrive(row, appointment.version, there, now),
            _recover if asked else None,
        )

    def _go_on(self, there: RemoteBooking | None) -> _Outcome:
        return _Outcome(
            lambda row, now: deliveries.go_on(row, there, now, self._policy),
            _recover,
        )

    def _failed(self, claimed: _Claimed, failure: Failure, act: Act, *, looked: bool) -> _Outcome:
        policy, code, verdict = self._policy, failure.code, failure.verdict

        def counted(row: SyncRow, now: dt.datetime) -> SyncRow:
            # While the calendar is down nothing is the fault of an appointment.
            return row if claimed.is_down else deliveries.count(row, now, policy)

        if verdict is Verdict.DOWN:
            pause = self._pause(claimed.row)
            return _Outcome(
                lambda row, now: counted(deliveries.wait(row, code, now, pause), now),
                lambda provider, now: deliveries.fail(provider, now, policy),
            )
        if verdict is Verdict.LIMITED:
            pause = failure.retry_after or USUAL_PAUSE
            return _Outcome(
                lambda row, now: deliveries.wait(row, code, now, pause),
                lambda provider, now: deliveries.pause(provider, now + pause),
            )
        if verdict is Verdict.UNKNOWN:
            return _Outcome(
                lambda row, now: counted(deliveries.doubt(row, code, now, policy), now),
                lambda provider, now: deliveries.fail(provider, now, policy),
            )
        if verdict is Verdict.LOCKED_OUT:
            # It may be this appointment alone that cannot be asked about, so the others go first next time.
            return _Outcome(
                lambda row, now: deliveries.put_back(row, now + policy.locked_out_pause),
                lambda provider, now: deliveries.pause(provider, now + policy.locked_out_pause, code),
            )
        if verdict is Verdict.TAKEN:
            return self._taken(claimed.row, code, looked=looked)
        return _Outcome(
            lambda row, now: self._answered(row, failure, act, now),
            _recover,
        )

    def _taken(self, claimed: SyncRow, code: str, *, looked: bool) -> _Outcome:
        """Find out what may be in the way there, before a person is asked."""
        may_be_ours = not looked or claimed.last_error not in {code, IN_THE_WAY}
        # Having looked after an attempt, it is not that one. It may be another appointment that wants to go
        # elsewhere, perhaps to where this one is.
        may_wait = not may_be_ours and claimed.attempts + 1 < self._policy.most_attempts
        may_leave = may_wait and self._are_others_open(claimed)

        def settle(row: SyncRow, now: dt.datetime) -> SyncRow:
            if may_be_ours:
                return deliveries.doubt(row, code, now, self._policy)
            if may_leave:
                row = attrs.evolve(row, attempts=row.attempts + 1)
                return deliveries.doubt(row, IN_THE_WAY, now, self._policy)
            return deliveries.disagree(row, code, now)

        return _Outcome(settle, _recover)

    def _are_others_open(self, claimed: SyncRow) -> bool:
        """Return whether other appointments of the host are on their way."""
        rows = self._storage.read(lambda work: work.outbox.of_host(claimed.host))
        others = (row for row in rows if row.appointment != claimed.appointment)
        return any(row.is_open for row in others if row.provider == claimed.provider)

    def _answered(self, row: SyncRow, failure: Failure, act: Act, now: dt.datetime) -> SyncRow:
        """Return the row after a refusal, which is an answer."""
        if failure.verdict is Verdict.GONE and act is not Act.CREATE:
            return deliveries.go_on(row, None, now, self._policy)
        if failure.verdict is Verdict.DISAGREED:
            return deliveries.disagree(row, failure.code, now)
        return deliveries.give_up(row, failure.code, now)

    def _pause(self, row: SyncRow) -> dt.timedelta:
        """Return a random part of a pause that doubles with every attempt."""
        # Beyond the longest pause the doubling no longer matters, and would overflow.
        doubled = self._policy.first_pause * (1 << min(row.attempts, 30))
        return min(doubled, self._policy.longest_pause) * self._chance()

    def _record(self, work: UnitOfWork, claimed: _Claimed, outcome: _Outcome) -> None:
        now, provider = work.outbox.clock(self._clock()), claimed.row.provider
        for row in work.outbox.rows(claimed.appointment.id):
            if row.provider != provider:
                continue
            if row.fence == claimed.row.fence:
                after = outcome.row(row, now)
                work.outbox.put(deliveries.stay_wanted(after, claimed.appointment.version, now))
            elif outcome.done in WRITES:
                ended = outcome.done is Act.CANCEL
                work.outbox.put(deliveries.suspect(row, now, self._policy, ended=ended))
        known = work.outbox.provider(provider)
        if outcome.provider is not None:
            changed = outcome.provider(known, now)
            if changed != known:
                work.outbox.put_provider(changed)
