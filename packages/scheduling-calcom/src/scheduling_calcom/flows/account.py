"""Calls about the account: whose key it is, what can be booked, who is told of changes; and the probe."""

import datetime as dt
from collections.abc import Collection, Generator
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scheduling_calcom.errors import UnexpectedAnswer, WrongApiVersion
from scheduling_calcom.flows.api import Api, Flow, open_list, open_object
from scheduling_calcom.flows.availability import get_slots, list_schedules
from scheduling_calcom.flows.bookings import open_page
from scheduling_calcom.http import httpx
from scheduling_calcom.versions import Resource
from scheduling_calcom.wire import EventType, Me, Webhook
from scheduling_core import Interval, InvalidValue

T = TypeVar("T")

TRIGGERS = (
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
)
"""What every version of Cal.com can tell about a booking."""

SHORTEST_SECRET = 32
_PAGE = 250


def get_me(api: Api) -> Flow[Me]:
    """Return whose key it is; the cheapest way to learn whether a key is good."""
    response = yield api.get("get_me", "me", "me")
    return Me.read(open_object(response))


def list_event_types(api: Api) -> Flow[tuple[EventType, ...]]:
    """Return the event types of the account."""
    response = yield api.get("list_event_types", "event_types", "event-types")
    return tuple(EventType.read(item) for item in open_list(response))


def get_event_type(api: Api, id: int) -> Flow[EventType]:
    """Return one event type; raises Gone where there is none."""
    response = yield api.get("get_event_type", "event_types", "event-types", id)
    return EventType.read(open_object(response))


def list_webhooks(api: Api) -> Flow[tuple[Webhook, ...]]:
    """Return all webhooks of the account."""
    found: dict[str, Webhook] = {}
    while True:
        query = {"take": str(_PAGE), "skip": str(len(found))}
        response = yield api.get("list_webhooks", "webhooks", "webhooks", params=query)
        page = [Webhook.read(item) for item in open_list(response)]
        is_new = any(webhook.id not in found for webhook in page)
        found |= {webhook.id: webhook for webhook in page}
        if len(page) < _PAGE or not is_new:
            return tuple(found.values())


def create_webhook(
    api: Api, *, subscriber_url: str, secret: str, triggers: Collection[str] = TRIGGERS
) -> Flow[Webhook]:
    """Have Cal.com call *subscriber_url* when something changes, and return the webhook.

    The calls are signed with *secret*. Raises StateConflict where the account has a webhook with this
    address, InvalidValue for a secret of fewer than 32 bytes.
    """
    if len(secret.encode()) < SHORTEST_SECRET:
        raise InvalidValue("secret", f"must have at least {SHORTEST_SECRET} bytes")
    if urlsplit(subscriber_url).scheme not in {"http", "https"}:
        raise InvalidValue("subscriber_url", "must be an address of http or https")
    body = {"active": True, "subscriberUrl": subscriber_url, "triggers": list(triggers), "secret": secret}
    response = yield api.send("POST", "create_webhook", "webhooks", "webhooks", body=body)
    return Webhook.read(open_object(response))


def delete_webhook(api: Api, id: str) -> Flow[None]:
    """Delete a webhook; raises Gone where there is none."""
    yield api.send("DELETE", "delete_webhook", "webhooks", "webhooks", id)


def probe(api: Api) -> Flow[Me]:
    """Look whether key, address and versions are right, changing nothing, and return whose key it is.

    A server that does not know a version answers as an older one, without an error; only the shape of its
    answers tells. Raises WrongApiVersion for that, with the resource, and whatever a call may raise.
    """
    me = yield from get_me(api)
    yield from _guard(api, "bookings", _look_at_bookings(api))
    yield from _guard(api, "schedules", list_schedules(api))
    event_types = yield from _guard(api, "event_types", list_event_types(api))
    if event_types:
        window = Interval.of(api.clock(), dt.timedelta(days=1))
        yield from _guard(api, "slots", get_slots(api, event_types[0].id, window))
    return me


def _look_at_bookings(api: Api) -> Flow[None]:
    response = yield api.get("probe", "bookings", "bookings", params={"take": "1"})
    open_page(response)


def _guard(api: Api, resource: Resource, flow: Flow[T]) -> Generator[httpx.Request, Any, T]:
    try:
        return (yield from flow)
    except WrongApiVersion:
        raise
    except UnexpectedAnswer as error:
        version = api.versions.of(resource)
        raise WrongApiVersion(
            error.call, error.path, error.expected, resource=resource, version=version
        ) from None
