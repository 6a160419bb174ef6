"""Cal.com as an external calendar of the core: what it is asked, and in whose words it answers."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator

from scheduling_calcom.attendees import AttendeePolicy
from scheduling_calcom.client import CalComClient
from scheduling_calcom.errors import (
    Gone,
    InvalidRequest,
    NotRepresentable,
    StateConflict,
    Unauthorised,
    UnexpectedAnswer,
    WrongApiVersion,
)
from scheduling_calcom.event_types import PROVIDER, EventTypes
from scheduling_calcom.http import check_segment
from scheduling_calcom.judgement import judge
from scheduling_calcom.marks import Marks, is_marked
from scheduling_calcom.wire import Booking, EventType
from scheduling_core import (
    Appointment,
    AppointmentId,
    ExternalCalendarError,
    Interval,
    InvalidValue,
    Link,
    intersect,
    system,
)
from scheduling_core.external import Failure
from scheduling_core.sync import RemoteBooking

LOOKED_BACK, LOOKED_AHEAD = dt.timedelta(days=1), dt.timedelta(days=90)
"""What is looked at where nobody says since when something may have changed."""

LONGEST_BOOKING = dt.timedelta(days=2)
"""How far outside of a window a booking that reaches into it may begin or end."""

CLOCKS_DIFFER = dt.timedelta(hours=1)
"""By how much the clock of Cal.com may be behind ours."""

REASON = "cancelled by the host's own scheduling"
"""What Cal.com is told when a booking is cancelled; some event types ask for a reason."""

_NOWHERE = dt.datetime.min.replace(tzinfo=dt.UTC)


@contextlib.contextmanager
def _in_errors_of_the_core() -> Iterator[None]:
    """Turn what the client refuses to send into an error that `judge` knows."""
    try:
        yield
    except InvalidValue as error:
        if error.name == "token":
            raise Unauthorised("invalid_token") from None
        raise NotRepresentable(f"invalid_{error.name}", f"a value of {error.name}") from None


class CalComCalendar:
    """Cal.com as an `ExternalCalendar`; may be shared by threads.

    *client* must not try anything again by itself, because a relay looks before it does: give its `Account`
    the retry policy `NO_RETRIES`, or one like it. Its *limit* holds for one call, of which a step of the
    relay usually takes up to four, and all of them must end within the lease of a delivery.

    *installation* tells our bookings from those of other programs on the same account: it must stay the
    same for good, and be another one for every installation. A booking is ours by its metadata alone.
    """

    def __init__(
        self,
        client: CalComClient,
        *,
        installation: str,
        attendees: AttendeePolicy,
        clock: Callable[[], dt.datetime] = system.read_clock,
    ) -> None:
        self._client = client
        self._marks = Marks(installation)
        self._attendees = attendees
        self._clock = clock
        self._event_types: dict[int, EventType] = {}

    @property
    def provider(self) -> str:
        """The name under which hosts are linked to Cal.com."""
        return PROVIDER

    @_in_errors_of_the_core()
    def find(
        self, link: Link, appointment: Appointment, known: RemoteBooking | None
    ) -> tuple[RemoteBooking, ...]:
        """Return the bookings that carry our mark for *appointment*, oldest first, the ended ones too.

        They are listed by the address that was made up for the appointment; where customers' own addresses
        are sent, all that changed since the appointment was made is looked through instead. What *known* was
        rescheduled to belongs to them also where it lost the mark, but never with the mark of another.
        """
        del link
        if self._attendees.sends_addresses:
            listed = self._client.list_bookings(after_updated_at=appointment.created_at - CLOCKS_DIFFER)
        else:
            listed = self._client.list_bookings(attendee_email=self._attendees.address(appointment.id))
        found = {booking.uid: booking for booking in listed}
        ours = {uid for uid, booking in found.items() if self._marks.owner(booking) == appointment.id}
        if known is not None:
            end = self._follow(known.uid, found)
            if end is not None and (self._marks.owner(end) == appointment.id or not is_marked(end)):
                found[end.uid] = end
                ours.add(end.uid)
        ordered = sorted((found[uid] for uid in ours), key=_age)
        return tuple(
            RemoteBooking(
                booking.uid, Interval(booking.start, booking.end), booking.is_active, appointment.id
            )
            for booking in ordered
        )

    def _follow(self, uid: str, found: dict[str, Booking]) -> Booking | None:
        """Return what the booking *uid* has become, asking only for what is not among those *found*."""
        passed: set[str] = set()
        while uid in found and uid not in passed:
            passed.add(uid)
            following = found[uid].rescheduled_to_uid
            if following is None:
                return found[uid]
            uid = following
        try:
            return self._client.get_latest_booking(uid)
        except Gone:
            return None

    @_in_errors_of_the_core()
    def create(self, link: Link, appointment: Appointment) -> RemoteBooking:
        """Make a booking with our mark; raises NotRepresentable where no event type stands for it."""
        chosen = EventTypes.of(link).find(appointment)
        length = appointment.during.duration
        try:
            event_type = self._event_type(chosen)
            _check_fit(event_type, length)
            booking = self._client.create_booking(
                event_type_id=chosen,
                start=appointment.during.start,
                attendee=self._attendees.attendee(appointment),
                # The length may be named only where there is a choice.
                length=length if len(event_type.lengths) > 1 else None,
                metadata=self._marks.write(appointment),
            )
        except Gone:
            self._event_types.pop(chosen, None)
            raise NotRepresentable("event_type_gone", "an appointment whose event type is gone") from None
        except (InvalidRequest, NotRepresentable):
            # Somebody may have changed the event type since it was read, or does so now.
            self._event_types.pop(chosen, None)
            raise
        return self._marks.read(booking)

    def _event_type(self, id: int) -> EventType:
        if id not in self._event_types:
            self._event_types[id] = self._client.get_event_type(id)
        return self._event_types[id]

    @_in_errors_of_the_core()
    def move(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """Reschedule *booking*, and return the one that takes its place, under another uid."""
        del link
        return self._marks.read(self._client.reschedule_booking(booking.uid, start=appointment.during.start))

    @_in_errors_of_the_core()
    def cancel(self, link: Link, appointment: Appointment, booking: RemoteBooking) -> RemoteBooking:
        """Cancel *booking*; where it has ended already, return what it has become."""
        del link, appointment
        try:
            return self._marks.read(self._client.cancel_booking(booking.uid, reason=REASON))
        except (InvalidRequest, StateConflict):
            latest = self._client.get_latest_booking(booking.uid)
            if latest.uid == booking.uid and latest.is_active:
                raise
            return self._marks.read(latest)

    @_in_errors_of_the_core()
    def owner(self, uid: str) -> AppointmentId | None:
        """Return the appointment by whose mark a booking is ours, None where it is not ours or not there.

        What cannot be read as a booking, such as a whole series, is not ours either: one odd uid must not
        keep others waiting.
        """
        try:
            check_segment(uid, "uid")
            return self._marks.owner(self._client.get_booking(uid))
        except WrongApiVersion:
            raise
        except (Gone, InvalidRequest, UnexpectedAnswer):
            return None
        except InvalidValue as error:
            if error.name != "uid":
                raise
            return None

    @_in_errors_of_the_core()
    def changed(self, since: dt.datetime | None) -> tuple[RemoteBooking, ...]:
        """Return our bookings that changed since then; without *since*, all from yesterday to 90 days on."""
        if since is None:
            now = self._clock()
            listed = self._client.list_bookings(after_start=now - LOOKED_BACK, before_end=now + LOOKED_AHEAD)
        else:
            listed = self._client.list_bookings(after_updated_at=since)
        read = map(self._marks.read, sorted(listed, key=_age))
        return tuple(booking for booking in read if booking.appointment is not None)

    @_in_errors_of_the_core()
    def busy(self, link: Link, window: Interval) -> tuple[Interval, ...]:
        """Return the time in *window* that is taken there by anything that is not ours.

        That is every active booking of the account without our mark, and what the connected calendars that
        Cal.com minds claim. Those calendars show our own bookings as well, without a mark: a claim that is
        exactly as long as an active booking of ours, at the same time, is taken for it. So an entry that
        somebody else made for the very same time goes unnoticed, and a copy of ours that the calendar has
        not moved yet, or has glued to its neighbour, counts as busy until the next look.
        """
        del link
        bookings = [
            booking
            for booking in self._client.list_bookings(
                after_start=window.start - LONGEST_BOOKING, before_end=window.end + LONGEST_BOOKING
            )
            if booking.is_active
        ]
        ours = {
            Interval(booking.start, booking.end)
            for booking in bookings
            if self._marks.owner(booking) is not None
        }
        others = [
            Interval(booking.start, booking.end) for booking in bookings if self._marks.owner(booking) is None
        ]
        calendars = [calendar for calendar in self._client.list_calendars() if calendar.is_selected]
        claims = [item.interval for item in self._client.get_busy_times(window, calendars)]
        return intersect((*others, *(claim for claim in claims if claim not in ours)), (window,))

    def judge(self, error: ExternalCalendarError) -> Failure:
        """Return what *error* means, whichever call raised it."""
        return judge(error)


def _age(booking: Booking) -> tuple[dt.datetime, dt.datetime]:
    return booking.created_at or _NOWHERE, booking.start


def _check_fit(event_type: EventType, length: dt.timedelta) -> None:
    """Raise NotRepresentable for what would be refused, or booked otherwise than it was meant."""
    if event_type.has_seats or event_type.is_recurring or event_type.required_fields:
        raise NotRepresentable("event_type_unfit", "a plain appointment in this event type")
    if length not in event_type.lengths:
        raise NotRepresentable("length_not_offered", "an appointment of this length in its event type")
