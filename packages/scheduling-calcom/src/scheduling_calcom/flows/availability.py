"""Calls about when someone is free: schedules, slots, and the busy times of other calendars."""

import datetime as dt
from collections.abc import Iterable

from scheduling_calcom.errors import Gone
from scheduling_calcom.fields import each
from scheduling_calcom.flows.api import Api, Flow, check_length, open_list, open_object
from scheduling_calcom.http import call_of, check_segment, read_json, write_instant
from scheduling_calcom.wire import Availability, BusyTime, Calendar, Override, Schedule, read_interval
from scheduling_core import Interval, InvalidValue
from scheduling_core.local_time import find_zone

_DAY = dt.timedelta(days=1)


def list_schedules(api: Api) -> Flow[tuple[Schedule, ...]]:
    """Return all schedules of the account."""
    response = yield api.get("list_schedules", "schedules", "schedules")
    return tuple(Schedule.read(item) for item in open_list(response))


def get_schedule(api: Api, id: int) -> Flow[Schedule]:
    """Return one schedule; raises Gone where there is none."""
    response = yield api.get("get_schedule", "schedules", "schedules", id)
    return Schedule.read(open_object(response))


def create_schedule(
    api: Api,
    *,
    name: str,
    time_zone: str,
    availability: Iterable[Availability],
    overrides: Iterable[Override] = (),
    is_default: bool = False,
) -> Flow[Schedule]:
    """Create a schedule and return it; a second one of the same name is another schedule."""
    find_zone(time_zone)
    body: dict[str, object] = {
        "name": name,
        "timeZone": time_zone,
        "isDefault": is_default,
        "availability": [item.to_json() for item in availability],
        "overrides": _write_overrides(overrides),
    }
    response = yield api.send("POST", "create_schedule", "schedules", "schedules", body=body)
    return Schedule.read(open_object(response))


def update_schedule(
    api: Api,
    id: int,
    *,
    name: str | None = None,
    time_zone: str | None = None,
    availability: Iterable[Availability] | None = None,
    overrides: Iterable[Override] | None = None,
) -> Flow[Schedule]:
    """Change what is given of a schedule and return it; a list takes the place of the whole old one.

    Nothing tells whether somebody else changed it since it was read. Existing bookings stay as they are.
    """
    body: dict[str, object] = {}
    if name is not None:
        body["name"] = name
    if time_zone is not None:
        find_zone(time_zone)
        body["timeZone"] = time_zone
    if availability is not None:
        body["availability"] = [item.to_json() for item in availability]
    if overrides is not None:
        body["overrides"] = _write_overrides(overrides)
    response = yield api.send("PATCH", "update_schedule", "schedules", "schedules", id, body=body)
    return Schedule.read(open_object(response))


def _write_overrides(overrides: Iterable[Override]) -> list[dict[str, object]]:
    written = [override.to_json() for override in overrides]
    if len({override["date"] for override in written}) < len(written):
        raise InvalidValue("overrides", "must not name a date twice, of which Cal.com would keep one")
    return written


def get_availability(api: Api, schedule_id: int | None = None) -> Flow[Schedule]:
    """Return the open hours of a schedule, or of the default one; raises Gone where there is none.

    What of them is still free is told by `get_slots`.
    """
    if schedule_id is not None:
        return (yield from get_schedule(api, schedule_id))
    response = yield api.get("get_availability", "schedules", "schedules", "default")
    if read_json(response).get("data") is None:
        raise Gone("not_found", "get_availability", response.status_code)
    return Schedule.read(open_object(response))


def update_availability(
    api: Api,
    schedule_id: int | None = None,
    *,
    availability: Iterable[Availability] | None = None,
    overrides: Iterable[Override] | None = None,
    time_zone: str | None = None,
) -> Flow[Schedule]:
    """Change the open hours of a schedule, or of the default one, and return it; see `update_schedule`."""
    if schedule_id is None:
        schedule_id = (yield from get_availability(api)).id
    return (
        yield from update_schedule(
            api, schedule_id, availability=availability, overrides=overrides, time_zone=time_zone
        )
    )


def get_slots(
    api: Api,
    event_type_id: int,
    window: Interval,
    *,
    length: dt.timedelta | None = None,
    rescheduled_uid: str | None = None,
) -> Flow[tuple[Interval, ...]]:
    """Return the slots of an event type that start in *window*, in order.

    Give a *length* only where the event type offers several; *rescheduled_uid* names a booking that shall
    not be in its own way. Slots are advice: a booking may still be refused.
    """
    query = {
        "eventTypeId": check_segment(event_type_id, "event_type_id"),
        "start": write_instant(window.start),
        "end": write_instant(window.end),
        "format": "range",
    }
    if length is not None:
        query["duration"] = str(check_length(length))
    if rescheduled_uid is not None:
        query["bookingUidToReschedule"] = rescheduled_uid
    response = yield api.get("get_slots", "slots", "slots", params=query)
    days = open_object(response)
    slots = (
        read_interval(slot)
        for listed in days.data.values()
        for slot in each(call_of(response.request), "data.*", listed)
    )
    return tuple(sorted({slot for slot in slots if window.contains(slot.start)}, key=_start))


def list_calendars(api: Api) -> Flow[tuple[Calendar, ...]]:
    """Return the calendars that are connected to the account."""
    response = yield api.get("list_calendars", "calendars", "calendars")
    accounts = open_object(response).each("connectedCalendars")
    return tuple(Calendar.read(item) for account in accounts for item in account.each("calendars"))


def get_busy_times(api: Api, window: Interval, calendars: Iterable[Calendar]) -> Flow[tuple[BusyTime, ...]]:
    """Return when the given connected calendars claim time in *window*, in order.

    Bookings made at Cal.com are not among them, unless a connected calendar holds a copy.
    """
    named = list(calendars)
    if not named:
        return ()
    # Whole days are asked for, with one more at each end, so that the zone cannot matter.
    query = {
        "timeZone": "UTC",
        "dateFrom": (window.start - _DAY).date().isoformat(),
        "dateTo": (window.end + _DAY).date().isoformat(),
    }
    for position, calendar in enumerate(named):
        query[f"calendarsToLoad[{position}][credentialId]"] = str(calendar.credential_id)
        query[f"calendarsToLoad[{position}][externalId]"] = calendar.external_id
    response = yield api.get("get_busy_times", "calendars", "calendars", "busy-times", params=query)
    busy = (BusyTime.read(item) for item in open_list(response))
    inside = [item for item in busy if item.interval.overlaps(window)]
    return tuple(sorted(inside, key=lambda item: _start(item.interval)))


def _start(interval: Interval) -> tuple[dt.datetime, dt.datetime]:
    return interval.start, interval.end
