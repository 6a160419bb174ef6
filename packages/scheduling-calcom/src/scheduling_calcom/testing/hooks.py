"""How the fake answers about webhooks, and what it sends to them."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from scheduling_calcom.testing.messages import Answer, Asked, Failure, success, write
from scheduling_calcom.testing.records import USER, FakeBooking, FakeWebhook
from scheduling_calcom.testing.world import World

NO_SECRET = "no-secret-provided"  # noqa: S105  What Cal.com sends where there is none.

TRIGGERS = frozenset(
    {
        "BOOKING_CREATED",
        "BOOKING_REQUESTED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
        "BOOKING_REJECTED",
        "BOOKING_PAYMENT_INITIATED",
        "BOOKING_PAID",
        "BOOKING_NO_SHOW_UPDATED",
        "MEETING_STARTED",
        "MEETING_ENDED",
        "OOO_CREATED",
    }
)


@attrs.frozen
class Delivery:
    """One call of a webhook, signed."""

    url: str
    body: bytes = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)


def sign(secret: str, body: bytes) -> str:
    """Return the signature of a body: the bare hexadecimal digits of its HMAC."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def write_delivery(webhook: FakeWebhook, document: object) -> Delivery:
    """Return the call of a webhook that says *document*."""
    body = json.dumps(document).encode()
    signature = sign(webhook.secret, body) if webhook.secret else NO_SECRET
    headers = {
        "content-type": "application/json",
        "x-cal-signature-256": signature,
        "x-cal-webhook-version": "2021-10-20",
    }
    return Delivery(webhook.subscriber_url, body, headers)


def announce(world: World, deliver: Callable[[Delivery], None]) -> None:
    """Have every change in *world* told to its webhooks, through *deliver*."""

    def tell(trigger: str, booking: FakeBooking, further: Mapping[str, Any]) -> None:
        document = {
            "triggerEvent": trigger,
            "createdAt": write(world.clock()),
            "payload": {**_payload(booking), **further},
        }
        for webhook in list(world.webhooks.values()):
            if webhook.active and trigger in webhook.triggers:
                deliver(write_delivery(webhook, document))

    world.tell = tell


def _payload(booking: FakeBooking) -> dict[str, Any]:
    # Both ways of writing UTC occur.
    start = booking.interval.start
    shown = write(start) if booking.id % 2 else start.isoformat()
    return {
        "uid": booking.uid,
        "bookingId": booking.id,
        "title": booking.event_type.slug.title(),
        "type": booking.event_type.slug,
        "eventTypeId": booking.event_type.id,
        "length": booking.minutes,
        "startTime": shown,
        "endTime": write(booking.interval.end),
        "status": booking.status.upper(),
        "organizer": {"email": USER["email"], "name": USER["name"], "timeZone": USER["timeZone"]},
        "attendees": [{"email": booking.email, **booking.attendee}],
        "metadata": booking.metadata,
        "iCalUID": booking.ics_uid,
    }


def list_all(world: World, asked: Asked) -> Answer:
    """Return a page of the webhooks."""
    skip, take = int(asked.query.get("skip", 0)), int(asked.query.get("take", 250))
    return success([webhook.to_json() for webhook in world.webhooks.values()][skip : skip + take])


def create(world: World, asked: Asked) -> Answer:
    """Create a webhook; an address can have only one."""
    body = asked.json()
    if not set(body.get("triggers", [])) <= TRIGGERS:
        raise Failure(400, "each value in triggers must be one of the following values: ...")
    if body.get("subscriberUrl") in {webhook.subscriber_url for webhook in world.webhooks.values()}:
        raise Failure(409, "Webhook with this subscriber url already exists for this user")
    webhook = FakeWebhook(
        world.new_number(), body["subscriberUrl"], body["triggers"], body["active"], body.get("secret")
    )
    world.webhooks[webhook.id] = webhook
    return success(webhook.to_json(), 201)


def delete(world: World, _: Asked, id: str) -> Answer:
    """Delete a webhook and return it."""
    webhook = world.webhooks.pop(int(id), None) if id.isdecimal() else None
    if webhook is None:
        raise Failure(404, f"Webhook with id {id} not found")
    return success(webhook.to_json())
