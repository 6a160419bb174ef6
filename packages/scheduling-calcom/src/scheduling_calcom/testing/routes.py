"""Which address leads where, by which version, and who may go there."""

import re
from collections.abc import Callable

import attrs

from scheduling_calcom.testing import bookings, calendars, hooks
from scheduling_calcom.testing.messages import Answer, Asked, Failure
from scheduling_calcom.testing.world import World

Handler = Callable[..., Answer]

OLDEST = "2024-04-15"
KNOWN = frozenset({OLDEST, "2024-06-11", "2024-06-14", "2024-08-13", "2024-09-04"})

# What each resource does with a version: the new code, the old code, or as if the address did not exist. A
# version that is not named here, and not in KNOWN either, is taken for the oldest.
_NEW = {
    "bookings": {"2024-08-13"},
    "slots": {"2024-09-04"},
    "schedules": {"2024-06-11", "2024-06-14"},
    "event-types": {"2024-06-14"},
}
_NOWHERE = {
    "bookings": {"2024-09-04"},
    "slots": KNOWN - {"2024-09-04"},
    "schedules": {"2024-08-13", "2024-09-04"},
    "event-types": {"2024-08-13", "2024-09-04"},
}


@attrs.frozen
class Route:
    """One address: what answers there, now and formerly, and whether credentials are needed."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    old_handler: Handler | None = None
    is_open: bool = False


def _route(
    method: str, path: str, handler: Handler, old: Handler | None = None, *, is_open: bool = False
) -> Route:
    pattern = re.compile("/v2/" + path.replace("{}", "([^/]+)"))
    return Route(method, pattern, handler, old, is_open)


ROUTES = (
    _route("GET", "me", calendars.get_me),
    _route("POST", "bookings", bookings.create, bookings.create_old, is_open=True),
    _route("GET", "bookings", bookings.list_all, bookings.list_all_old),
    _route("GET", "bookings/{}", bookings.get, is_open=True),
    _route("POST", "bookings/{}/reschedule", bookings.reschedule, is_open=True),
    _route("POST", "bookings/{}/cancel", bookings.cancel, is_open=True),
    _route("POST", "bookings/{}/confirm", bookings.confirm),
    _route("POST", "bookings/{}/decline", bookings.decline),
    _route("GET", "slots", calendars.get_slots, is_open=True),
    _route("GET", "schedules", calendars.list_schedules, calendars.list_schedules_old),
    _route("POST", "schedules", calendars.create_schedule),
    _route("GET", "schedules/default", calendars.get_default_schedule),
    _route("GET", "schedules/{}", calendars.get_schedule),
    _route("PATCH", "schedules/{}", calendars.update_schedule),
    _route("GET", "event-types", calendars.list_event_types, calendars.list_event_types_old),
    _route("GET", "event-types/{}", calendars.get_event_type),
    _route("GET", "calendars", calendars.list_calendars),
    _route("GET", "calendars/busy-times", calendars.get_busy_times),
    _route("GET", "webhooks", hooks.list_all),
    _route("POST", "webhooks", hooks.create),
    _route("DELETE", "webhooks/{}", hooks.delete),
)


def answer(world: World, asked: Asked, *, has_credentials: bool) -> Answer:
    """Return the answer of the code that the address and the version lead to, or raise its Failure."""
    nowhere = Failure(404, f"Cannot {asked.method} {asked.path}")
    for route in ROUTES:
        match = route.pattern.fullmatch(asked.path)
        if match is None or route.method != asked.method:
            continue
        resource = asked.path.split("/")[2]
        version = asked.headers.get("cal-api-version", OLDEST)
        version = version if version in KNOWN else OLDEST
        if version in _NOWHERE.get(resource, ()):
            raise nowhere
        if not route.is_open and not has_credentials:
            raise Failure(401, "ApiAuthStrategy - No authentication method provided.")
        if version in _NEW.get(resource, KNOWN):
            return route.handler(world, asked, *match.groups())
        if route.old_handler is None:
            raise Failure(400, "The old code takes something else here")
        return route.old_handler(world, asked)
    raise nowhere
