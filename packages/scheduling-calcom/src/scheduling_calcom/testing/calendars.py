"""How the fake answers about slots, schedules, busy times and event types."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

from scheduling_calcom.testing.messages import Answer, Asked, Failure, read, success, write
from scheduling_calcom.testing.records import USER, FakeEventType, FakeSchedule
from scheduling_calcom.testing.world import World
from scheduling_calcom.wire.schedules import DAYS
from scheduling_core import Interval
from scheduling_core.local_time import find_zone

_SLOTS_QUERY = {
    "start",
    "end",
    "eventTypeId",
    "eventTypeSlug",
    "username",
    "usernames",
    "teamSlug",
    "organizationSlug",
    "timeZone",
    "duration",
    "format",
    "bookingUidToReschedule",
}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_INDEXED = re.compile(r"calendarsToLoad\[(\d+)\]\[(credentialId|externalId)\]", re.ASCII)
_MINUTE = dt.timedelta(minutes=1)
_DAY = dt.timedelta(days=1)
_WORK_DAYS = [{"days": list(DAYS[:5]), "startTime": "09:00", "endTime": "17:00"}]


def get_slots(world: World, asked: Asked) -> Answer:
    """Return the free slots; the days are those of the zone that is asked for, or of UTC."""
    query = asked.query
    for name in query.keys() - _SLOTS_QUERY:
        raise Failure(400, f"property {name} should not exist")
    event_type = _find_event_type(world, query.get("eventTypeId", ""))
    start, end = read(query.get("start"), "start"), _end(query.get("end", ""))
    if end <= start:
        raise Failure(400, "end must be after start")
    minutes = int(query.get("duration", event_type.minutes))
    if minutes != event_type.minutes and minutes not in event_type.options:
        raise Failure(400, "duration is not one of the possible lengths")
    moved = world.bookings.get(query.get("bookingUidToReschedule", ""))
    zone = ZoneInfo(query["timeZone"]) if "timeZone" in query else None
    days: dict[str, list[dict[str, str]]] = {}
    first = max(start, world.clock() + event_type.minimum_notice * _MINUTE)
    for hours in world.open_intervals(event_type, Interval(start - _DAY, end + _DAY)):
        begins = hours.start
        while begins + minutes * _MINUTE <= hours.end:
            slot = Interval.of(begins, minutes * _MINUTE)
            if first <= begins < end and world.is_free(event_type, slot, moved):
                local = begins.astimezone(zone) if zone else begins
                days.setdefault(local.date().isoformat(), []).append(_slot(slot, zone, query.get("format")))
            begins += event_type.minutes * _MINUTE
    return success(days)


def _end(value: str) -> dt.datetime:
    end = read(value, "end")
    return end if "T" in value else end + _DAY


def _slot(slot: Interval, zone: ZoneInfo | None, form: str | None) -> dict[str, str]:
    def shown(instant: dt.datetime) -> str:
        return instant.astimezone(zone).isoformat(timespec="milliseconds") if zone else write(instant)

    both = {"start": shown(slot.start), "end": shown(slot.end)}
    return both if form == "range" else {"start": both["start"]}


def list_event_types(world: World, asked: Asked) -> Answer:
    """Return all event types."""
    del asked
    return success([event_type.to_json() for event_type in world.event_types.values()])


def get_event_type(world: World, _: Asked, id: str) -> Answer:
    """Return one event type."""
    return success(_find_event_type(world, id).to_json())


def _find_event_type(world: World, id: str) -> FakeEventType:
    return world.find_event_type(int(id) if id.isdecimal() else None)


def list_event_types_old(world: World, asked: Asked) -> Answer:
    """Answer as version 2024-04-15 does."""
    del asked
    groups = [{"eventTypes": [{"id": number} for number in world.event_types]}]
    return success({"eventTypeGroups": groups, "profiles": []})


def list_schedules(world: World, asked: Asked) -> Answer:
    """Return all schedules."""
    del asked
    return success([schedule.to_json() for schedule in world.schedules.values()])


def list_schedules_old(world: World, asked: Asked) -> Answer:
    """Answer as version 2024-04-15 does."""
    del asked
    return success([{"id": number, "isManaged": False, "workingHours": []} for number in world.schedules])


def get_default_schedule(world: World, asked: Asked) -> Answer:
    """Return the default schedule, which may be null."""
    del asked
    schedule = world.default_schedule()
    return success(schedule.to_json() if schedule else None)


def get_schedule(world: World, _: Asked, id: str) -> Answer:
    """Return one schedule."""
    return success(_find_schedule(world, id).to_json())


def _find_schedule(world: World, id: str) -> FakeSchedule:
    schedule = world.schedules.get(int(id)) if id.isdecimal() else None
    if schedule is None:
        raise Failure(404, f"Schedule with id={id} does not exist.")
    return schedule


def create_schedule(world: World, asked: Asked) -> Answer:
    """Create a schedule, with usual office hours where none are given."""
    body = asked.json()
    for name in ("name", "timeZone", "isDefault"):
        if name not in body:
            raise Failure(400, f"{name} should not be empty")
    _check_schedule(body)
    if body["isDefault"]:
        for other in world.schedules.values():
            other.is_default = False
    schedule = world.add_schedule(
        body["name"],
        body["timeZone"],
        body.get("availability", _WORK_DAYS),
        body.get("overrides"),
        is_default=body["isDefault"],
    )
    return success(schedule.to_json(), 201)


def update_schedule(world: World, asked: Asked, id: str) -> Answer:
    """Change a schedule: a list that is sent replaces the whole list, one that is not sent stays."""
    body, schedule = asked.json(), _find_schedule(world, id)
    _check_schedule(body)
    schedule.name = body.get("name", schedule.name)
    schedule.time_zone = body.get("timeZone", schedule.time_zone)
    schedule.availability = body.get("availability", schedule.availability)
    schedule.overrides = body.get("overrides", schedule.overrides)
    return success(schedule.to_json())


def _check_schedule(body: dict[str, Any]) -> None:
    """Look at times and days one by one; nobody looks whether they make sense together."""
    if "timeZone" in body:
        try:
            find_zone(body["timeZone"])
        except ValueError:
            raise Failure(400, "timeZone must be a valid IANA time-zone") from None
    for item in (*body.get("availability", []), *body.get("overrides", [])):
        for name in ("startTime", "endTime"):
            if not _CLOCK.fullmatch(str(item.get(name))):
                raise Failure(400, f"{name} must be in the format HH:MM")
        if not set(item.get("days", [])) <= set(DAYS):
            raise Failure(400, "each value in days must be one of the following values: Monday, ...")


def get_me(world: World, asked: Asked) -> Answer:
    """Return the user."""
    del asked
    schedule = world.default_schedule()
    user = {name: USER[name] for name in ("id", "username", "email", "name", "timeZone")}
    further = {
        "avatarUrl": None,
        "bio": None,
        "timeFormat": 24,
        "weekStart": "Monday",
        "organizationId": None,
    }
    return success({**user, **further, "defaultScheduleId": schedule.id if schedule else None})


def list_calendars(world: World, asked: Asked) -> Answer:
    """Return the connected calendars, one to a connection."""
    del asked
    named = dict.fromkeys(("name", "description", "type", "variant", "logo", "publisher", "slug"), "fake")
    integration: dict[str, Any] = {**named, "categories": [], "url": "", "email": "", "locationOption": None}
    connected = []
    for credential, external in world.busy:
        calendar = {"credentialId": credential, "externalId": external, "isSelected": True}
        connected.append(
            {
                "integration": integration,
                "credentialId": credential,
                "calendars": [{**calendar, "readOnly": False, "integration": "fake", "name": external}],
            }
        )
    destination = {
        "id": 1,
        "integration": "fake",
        "externalId": "",
        "primaryEmail": USER["email"],
        "userId": USER["id"],
        "eventTypeId": None,
        "credentialId": None,
    }
    return success({"connectedCalendars": connected, "destinationCalendar": destination})


def get_busy_times(world: World, asked: Asked) -> Answer:
    """Return what other calendars claim, from the first to the last day asked for."""
    query = asked.query
    name = query.get("timeZone") or query.get("loggedInUsersTz")
    if not name:
        raise Failure(400, "Either timeZone or loggedInUsersTz must be provided")
    zone = find_zone(name)
    first = dt.datetime.fromisoformat(query["dateFrom"]).replace(tzinfo=zone)
    last = dt.datetime.fromisoformat(query["dateTo"]).replace(tzinfo=zone)
    window = Interval(first, last + _DAY)
    loaded: dict[str, dict[str, str]] = {}
    for key, value in query.items():
        if match := _INDEXED.fullmatch(key):
            loaded.setdefault(match[1], {})[match[2]] = value
    asked_for = {(int(item["credentialId"]), item["externalId"]) for item in loaded.values()}
    return success(
        [
            {"start": write(interval.start), "end": write(interval.end), "source": external}
            for (credential, external), claimed in world.busy.items()
            if (credential, external) in asked_for
            for interval in claimed
            if interval.overlaps(window)
        ]
    )
