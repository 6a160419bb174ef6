"""Event types: what can be booked, and under which conditions."""

import datetime as dt

import attrs

from scheduling_calcom.fields import Fields


@attrs.frozen
class EventType:
    """What can be booked at Cal.com, with what decides whether a booking can be made by a program.

    *length* is its own length, *lengths* are all that it offers. A booking of a type that
    *needs_confirmation* begins as pending; *required_fields* are those beyond name and address that it
    demands. *schedule_id* is None for the account's default schedule.
    """

    id: int
    slug: str
    length: dt.timedelta
    lengths: tuple[dt.timedelta, ...]
    schedule_id: int | None
    needs_confirmation: bool
    has_seats: bool
    is_recurring: bool
    required_fields: tuple[str, ...]
    before_buffer: dt.timedelta
    after_buffer: dt.timedelta
    minimum_notice: dt.timedelta

    @classmethod
    def read(cls, fields: Fields) -> "EventType":
        """Read an event type."""
        length = fields.minutes("lengthInMinutes")
        if not length:
            raise fields.unexpected("lengthInMinutes", "positive")
        options = fields.data.get("lengthInMinutesOptions") or []
        if not isinstance(options, list):
            raise fields.unexpected("lengthInMinutesOptions", "a list")
        numbered = Fields(
            fields.call,
            f"{fields.path}.lengthInMinutesOptions",
            {str(position): option for position, option in enumerate(options)},
        )
        lengths = {length, *(numbered.minutes(position) for position in numbered.data)}
        return cls(
            id=fields.integer("id"),
            slug=fields.text("slug"),
            length=length,
            lengths=tuple(sorted(lengths)),
            schedule_id=fields.maybe_integer("scheduleId"),
            needs_confirmation=_is_on(fields.maybe_one("confirmationPolicy")),
            has_seats=_is_on(fields.maybe_one("seats")),
            is_recurring=_is_on(fields.maybe_one("recurrence")),
            required_fields=tuple(
                field.text("slug")
                for field in fields.each("bookingFields")
                # The own fields of Cal.com are filled from the attendee.
                if field.data.get("required") is True and field.data.get("isDefault") is not True
            ),
            before_buffer=fields.minutes("beforeEventBuffer", default=0),
            after_buffer=fields.minutes("afterEventBuffer", default=0),
            minimum_notice=fields.minutes("minimumBookingNotice", default=0),
        )


def _is_on(option: Fields | None) -> bool:
    return option is not None and not option.flag("disabled")
