"""Schedules: open hours on weekdays, and the dates that are different."""

import datetime as dt
from collections.abc import Iterable

import attrs

from scheduling_calcom.fields import Fields
from scheduling_core import InvalidValue

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MIDNIGHT = dt.time(0)


def _check_clock(value: dt.time, name: str) -> None:
    if value.tzinfo or value.second or value.microsecond:
        raise InvalidValue(name, "must be a time of whole minutes without a zone", value)


def _to_days(days: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(days)))


@attrs.frozen
class Availability:
    """Open hours on some weekdays, 0 for Monday as in `datetime.date.weekday`.

    Cal.com has times from 00:00 to 23:59, so a day that is open to its end ends there at 23:59. Raises
    InvalidValue unless start < end: hours over midnight are two of these.
    """

    days: tuple[int, ...] = attrs.field(converter=_to_days)
    start: dt.time
    end: dt.time

    def __attrs_post_init__(self) -> None:
        if not self.days or not set(self.days) <= set(range(7)):
            raise InvalidValue("days", "must be one or more of 0 to 6", self.days)
        _check_clock(self.start, "start")
        _check_clock(self.end, "end")
        if self.end <= self.start:
            raise InvalidValue("end", f"must be after the start {self.start}", self.end)

    @classmethod
    def read(cls, fields: Fields) -> "Availability":
        """Read one entry of a schedule."""
        days = fields.texts("days")
        if not set(days) <= set(DAYS):
            raise fields.unexpected("days", "English names of weekdays")
        start, end = _read_clock(fields, "startTime"), _read_clock(fields, "endTime")
        if not days or end <= start:
            raise fields.unexpected("endTime", "after the start time")
        return cls((DAYS.index(day) for day in days), start, end)

    def to_json(self) -> dict[str, object]:
        """Return the entry as it is sent."""
        return {"days": [DAYS[day] for day in self.days], **_write_clocks(self.start, self.end)}


@attrs.frozen
class Override:
    """Replaces the hours of one local date; 00:00 to 00:00 closes it.

    Raises InvalidValue for other hours unless start < end.
    """

    date: dt.date
    start: dt.time = _MIDNIGHT
    end: dt.time = _MIDNIGHT

    def __attrs_post_init__(self) -> None:
        _check_clock(self.start, "start")
        _check_clock(self.end, "end")
        if self.end <= self.start and not self.is_closed:
            raise InvalidValue("end", f"must be after the start {self.start}", self.end)

    @property
    def is_closed(self) -> bool:
        """Whether the date has no hours at all."""
        return self.start == self.end == _MIDNIGHT

    @classmethod
    def read(cls, fields: Fields) -> "Override":
        """Read one override of a schedule."""
        date = fields.parsed("date", dt.date.fromisoformat, "a date")
        start, end = _read_clock(fields, "startTime"), _read_clock(fields, "endTime")
        if end <= start and not start == end == _MIDNIGHT:
            raise fields.unexpected("endTime", "after the start time")
        return cls(date, start, end)

    def to_json(self) -> dict[str, object]:
        """Return the override as it is sent."""
        return {"date": self.date.isoformat(), **_write_clocks(self.start, self.end)}


def _read_clock(fields: Fields, name: str) -> dt.time:
    clock = fields.parsed(name, dt.time.fromisoformat, "a time such as 09:00")
    if clock.tzinfo or clock.second or clock.microsecond:
        raise fields.unexpected(name, "a time such as 09:00")
    return clock


def _write_clocks(start: dt.time, end: dt.time) -> dict[str, object]:
    return {"startTime": start.isoformat("minutes"), "endTime": end.isoformat("minutes")}


@attrs.frozen
class Schedule:
    """A schedule as Cal.com keeps it, in the local time of its *time_zone*."""

    id: int
    name: str
    time_zone: str
    is_default: bool
    availability: tuple[Availability, ...]
    overrides: tuple[Override, ...]

    @classmethod
    def read(cls, fields: Fields) -> "Schedule":
        """Read a schedule."""
        if not isinstance(fields.data.get("availability"), list):
            raise fields.unexpected("availability", "a list")
        return cls(
            id=fields.integer("id"),
            name=fields.maybe_text("name") or "",
            time_zone=fields.text("timeZone"),
            is_default=fields.flag("isDefault"),
            availability=tuple(Availability.read(item) for item in fields.each("availability")),
            overrides=tuple(Override.read(item) for item in fields.each("overrides")),
        )
