"""Appointments as iCalendar (RFC 5545), to be shown by the calendars that people look at anyway."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vText

from scheduling_core import Appointment, AppointmentTypeId, Status
from scheduling_core.local_time import DAY, segments, to_local, to_utc, to_wall

MEDIA_TYPE = "text/calendar"

_PRODUCT = "-//scheduling-web//appointments//EN"
_DOMAIN = "appointments.scheduling-web"
"""What follows the id of an appointment in its UID, for good: by it calendars know an event again."""

_STATUS = {
    Status.PENDING: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.COMPLETED: "CONFIRMED",
    Status.NO_SHOW: "CONFIRMED",
    Status.DECLINED: "CANCELLED",
    Status.CANCELLED: "CANCELLED",
}
_ESCAPED = str.maketrans({letter: f"\\{letter}" for letter in "\\;,"})
_UTC = ZoneInfo("UTC")
_NO_TIME = dt.timedelta(0)
_OFTEN = dt.timedelta(hours=1)


class _Text(vText):
    """Text as RFC 5545 (3.3.11) writes it, on one line: every end of a line in it is told by an escape.

    The library's own takes a backslash before an N for the end of a line, and escapes no name of a calendar.
    """

    def to_ical(self) -> bytes:
        return r"\n".join(line.translate(_ESCAPED) for line in self.splitlines()).encode()


def write_calendar(
    appointments: Sequence[Appointment], titles: Mapping[AppointmentTypeId, str], name: str | None = None
) -> bytes:
    """Return a calendar with one event for each appointment; *titles* are those of the types there are.

    With a *name* it is one to be read again and again. The same appointments are always written alike.
    """
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", _PRODUCT)
    if name is not None:
        calendar.add("NAME", _Text(_to_line(name)))
        calendar.add("X-WR-CALNAME", _Text(_to_line(name)))
        calendar.add("REFRESH-INTERVAL", _OFTEN, parameters={"VALUE": "DURATION"})
    by_zone: dict[ZoneInfo, list[Appointment]] = {}
    for appointment in appointments:
        by_zone.setdefault(_zone_of(appointment), []).append(appointment)
    for zone, there in by_zone.items():
        if zone is not _UTC:
            calendar.add_component(_to_timezone(zone, there))
    for appointment in appointments:
        calendar.add_component(_to_event(appointment, titles.get(appointment.type)))
    return bytes(calendar.to_ical())


def _to_event(appointment: Appointment, title: str | None) -> Event:
    zone = _zone_of(appointment)
    status = _STATUS[appointment.status]
    name = _to_line(appointment.customer_name)
    event = Event()
    event.add("UID", f"{appointment.id}@{_DOMAIN}")
    event.add("SEQUENCE", appointment.version - 1)
    event.add("DTSTAMP", appointment.updated_at)
    event.add("CREATED", appointment.created_at)
    event.add("LAST-MODIFIED", appointment.updated_at)
    event.add("DTSTART", _to_time(appointment.during.start, zone))
    event.add("DTEND", _to_time(appointment.during.end, zone))
    event.add("SUMMARY", _Text(name if title is None else f"{_to_line(title)}: {name}"))
    if appointment.notes:
        event.add("DESCRIPTION", _Text(appointment.notes))
    event.add("STATUS", status)
    event.add("TRANSP", "OPAQUE" if appointment.holds_time else "TRANSPARENT")
    return event


def _to_line(text: str) -> str:
    """Return *text* without whatever some reader may take for the end of a line."""
    return " ".join(text.splitlines())


def _to_time(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return instant if zone is _UTC else to_local(instant, zone)


def _zone_of(appointment: Appointment) -> ZoneInfo:
    """Return the zone in which the times of an appointment are written.

    In iCalendar a clock reading that comes twice means the first time; the second is written in UTC.
    """
    zone = appointment.timezone
    during = appointment.during
    readings = ((instant, to_wall(instant, zone)) for instant in (during.start, during.end))
    is_clear = all(to_utc(wall.date(), wall.time(), zone) == instant for instant, wall in readings)
    return zone if is_clear and zone.key != _UTC.key else _UTC


def _to_timezone(zone: ZoneInfo, appointments: Iterable[Appointment]) -> Timezone:
    """Return what *zone* is from the first of the appointments to the last: every change of its offset."""
    spans = [appointment.during for appointment in appointments]
    start = min(span.start for span in spans) - DAY
    end = max(span.end for span in spans) + DAY
    definition = Timezone()
    definition.add("TZID", zone.key)
    for part in _offsets(zone, start, end):
        definition.add_component(part)
    return definition


def _offsets(
    zone: ZoneInfo, start: dt.datetime, end: dt.datetime
) -> Iterator[TimezoneStandard | TimezoneDaylight]:
    pieces = segments(start, end, zone)
    # The first offset holds from the beginning on, whatever was before.
    for before, (begins, _, offset) in itertools.pairwise([pieces[0], *pieces]):
        shown = to_local(begins, zone)
        part = TimezoneDaylight() if (shown.dst() or _NO_TIME) > _NO_TIME else TimezoneStandard()
        part.add("DTSTART", (begins + before[2]).replace(tzinfo=None))
        part.add("TZOFFSETFROM", before[2])
        part.add("TZOFFSETTO", offset)
        part.add("TZNAME", shown.tzname())
        yield part
