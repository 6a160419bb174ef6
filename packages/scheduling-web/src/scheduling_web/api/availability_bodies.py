"""Availability on the wire, there and back: what was answered can be sent again as it is."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from scheduling_core import (
    Availability,
    BusyInterval,
    DateOverride,
    Interval,
    InvalidValue,
    TimeOff,
    TimeRange,
    WeeklyHours,
)
from scheduling_web.api.appointment_answers import AppointmentAnswer
from scheduling_web.api.errors import FieldError, InvalidRequest
from scheduling_web.api.fields import Start
from scheduling_web.api.times import Span, local, to_span

LARGEST_PART = 196_608
"""Bytes of the hours, the overrides or the time off, as they are answered."""

LARGEST_AVAILABILITY = 2_097_152
"""Bytes: all three of them, with every character that is not of ASCII written as escapes, and some room."""

_WIDEST = ZoneInfo("Etc/GMT-1")
"""A zone whose offset takes as much room as any."""

_END_OF_DAY = "24:00"
_MIDNIGHT = dt.time(0)
_READING = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_FIELDS_OF_ABSENCE = {"start": "start_time", "end": "end_time"}

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS: tuple[Day, ...] = get_args(Day)
StartOfHours = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^{_READING}$", examples=["09:00"], extra={"wanted": "a time of day such as 09:00"}
    ),
]
EndOfHours = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^({_READING}|{_END_OF_DAY})$",
        examples=["17:00"],
        extra={"wanted": "a time of day such as 17:00, or 24:00 for its end"},
    ),
]


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Local times from *start* up to *end*; the end of the day is written 24:00."""

    start: StartOfHours
    end: EndOfHours


class HoursOfDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours on every such *day*."""

    day: Day
    start: StartOfHours
    end: EndOfHours


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Replaces all hours of one local date; without *hours* the date is closed."""

    date: dt.date
    hours: list[Hours]


class Absence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Time off from *start_time* up to *end_time*."""

    start_time: Start
    end_time: Start
    reason: str = ""


class AvailabilityChanges(msgspec.Struct, frozen=True):
    """What the availability is to be; a part that is left out stays, and one that is given is replaced."""

    time_zone: Annotated[str, msgspec.Meta(examples=["Europe/Berlin"])] | UnsetType = UNSET
    weekly_hours: list[HoursOfDay] | UnsetType = UNSET
    date_overrides: list[Override] | UnsetType = UNSET
    time_off: list[Absence] | UnsetType = UNSET


class BusyAnswer(Span, frozen=True):
    """Time that another calendar, the *source*, claims; *as_of* is when it was last asked."""

    source: str
    as_of: dt.datetime | None


class AvailabilityAnswer(msgspec.Struct, frozen=True):
    """A host's availability.

    Where a range is asked, *open* has the hours in it without the time off, and *busy* what other calendars
    claim of it, each whole even where it reaches over the range.
    """

    time_zone: str
    weekly_hours: list[HoursOfDay]
    date_overrides: list[Override]
    time_off: list[Absence]
    open: list[Span] | UnsetType = UNSET
    busy: list[BusyAnswer] | UnsetType = UNSET


class ChangedAvailability(AvailabilityAnswer, frozen=True, kw_only=True):
    """A host's availability after a change, and the upcoming appointments that are not inside it."""

    affected: list[AppointmentAnswer]


def to_parts(changes: AvailabilityChanges) -> dict[str, Any]:
    """Return the parts that are given, by the names that the use case has for them.

    Raises InvalidRequest at the place of what cannot be.
    """
    parts: dict[str, Any] = {}
    if not isinstance(changes.time_zone, UnsetType):
        parts["timezone"] = changes.time_zone
    if not isinstance(changes.weekly_hours, UnsetType):
        parts["weekly"] = _to_weekly(changes.weekly_hours)
    if not isinstance(changes.date_overrides, UnsetType):
        parts["overrides"] = _to_overrides(changes.date_overrides)
    if not isinstance(changes.time_off, UnsetType):
        parts["time_off"] = [
            _to_time_off(item, f"/time_off/{number}") for number, item in enumerate(changes.time_off)
        ]
    _check_sizes(parts)
    return parts


def answer(
    availability: Availability, window: Interval | None, busy: Iterable[BusyInterval]
) -> AvailabilityAnswer:
    """Return an availability as it is told to its host; *busy* is what other calendars claim of *window*."""
    return AvailabilityAnswer(**_told(availability, window, busy))


def answer_change(
    availability: Availability,
    window: Interval | None,
    busy: Iterable[BusyInterval],
    affected: list[AppointmentAnswer],
) -> ChangedAvailability:
    """Do as `answer`, together with the appointments that are not inside the availability."""
    return ChangedAvailability(**_told(availability, window, busy), affected=affected)


def _told(
    availability: Availability, window: Interval | None, busy: Iterable[BusyInterval]
) -> dict[str, Any]:
    schedule = availability.schedule
    zone = schedule.timezone
    spans = () if window is None else availability.open_intervals(window)
    return {
        "time_zone": zone.key,
        "weekly_hours": _write_weekly(schedule.weekly),
        "date_overrides": _write_overrides(schedule.overrides),
        "time_off": [_write_time_off(item, zone) for item in availability.time_off],
        "open": UNSET if window is None else [to_span(span, zone) for span in spans],
        "busy": UNSET if window is None else [_write_busy(item, zone) for item in busy],
    }


def _check_sizes(parts: Mapping[str, Any]) -> None:
    """Refuse more of a part than could be sent again after it was answered."""
    written = {
        "weekly_hours": _write_weekly(parts.get("weekly", WeeklyHours())),
        "date_overrides": _write_overrides(parts.get("overrides", ())),
        "time_off": [_write_time_off(item, _WIDEST) for item in parts.get("time_off", ())],
    }
    rule = f"must be less: as JSON it may have at most {LARGEST_PART:,} bytes"
    errors = [
        FieldError(rule, pointer=f"/{name}")
        for name, part in written.items()
        if len(msgspec.json.encode(part)) > LARGEST_PART
    ]
    if errors:
        raise InvalidRequest(tuple(errors))


def _to_weekly(hours: Iterable[HoursOfDay]) -> WeeklyHours:
    by_day: dict[Day, list[TimeRange]] = {day: [] for day in _DAYS}
    for number, item in enumerate(hours):
        by_day[item.day].append(_to_range(item, f"/weekly_hours/{number}"))
    return WeeklyHours(**by_day)


def _to_overrides(overrides: Iterable[Override]) -> list[DateOverride]:
    return [
        DateOverride(
            item.date,
            [
                _to_range(part, f"/date_overrides/{number}/hours/{place}")
                for place, part in enumerate(item.hours)
            ],
        )
        for number, item in enumerate(overrides)
    ]


def _to_range(hours: Hours | HoursOfDay, pointer: str) -> TimeRange:
    start = _read(hours.start, f"{pointer}/start")
    end = _MIDNIGHT if hours.end == _END_OF_DAY else _read(hours.end, f"{pointer}/end")
    if end == _MIDNIGHT and hours.end != _END_OF_DAY:
        rule = "must be after the start; the end of the day is written 24:00"
        raise InvalidRequest((FieldError(rule, pointer=f"{pointer}/end"),))
    try:
        return TimeRange(start, end)
    except InvalidValue as error:
        raise InvalidRequest((FieldError(error.rule, pointer=f"{pointer}/{error.name}"),)) from None


def _read(text: str, pointer: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError:  # The end of a pattern lets a line break pass.
        raise InvalidRequest((FieldError("must be a time such as 09:00", pointer=pointer),)) from None


def _to_time_off(absence: Absence, pointer: str) -> TimeOff:
    try:
        return TimeOff(Interval(absence.start_time, absence.end_time), absence.reason)
    except InvalidValue as error:
        name = _FIELDS_OF_ABSENCE.get(error.name, error.name)
        raise InvalidRequest((FieldError(error.rule, pointer=f"{pointer}/{name}"),)) from None


def _write_weekly(weekly: WeeklyHours) -> list[HoursOfDay]:
    return [HoursOfDay(day, *_write(item)) for day in _DAYS for item in getattr(weekly, day)]


def _write_overrides(overrides: Iterable[DateOverride]) -> list[Override]:
    return [Override(item.day, [Hours(*_write(part)) for part in item.hours]) for item in overrides]


def _write(hours: TimeRange) -> tuple[str, str]:
    return _say(hours.start), _END_OF_DAY if hours.end == _MIDNIGHT else _say(hours.end)


def _say(time: dt.time) -> str:
    return time.isoformat() if time.second or time.microsecond else time.isoformat("minutes")


def _write_time_off(time_off: TimeOff, zone: ZoneInfo) -> Absence:
    span = time_off.during
    return Absence(local(span.start, zone), local(span.end, zone), time_off.reason)


def _write_busy(busy: BusyInterval, zone: ZoneInfo) -> BusyAnswer:
    span, as_of = busy.during, busy.as_of
    told = None if as_of is None else local(as_of, zone)
    return BusyAnswer(local(span.start, zone), local(span.end, zone), busy.source, told)
