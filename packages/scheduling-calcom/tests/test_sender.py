"""Webhooks of the fake: what they say, how they are signed, and how badly they are delivered."""

import datetime as dt
import hashlib
import hmac
import itertools
import json
from typing import Any

import pytest

from scheduling_calcom.testing import Delivery, FakeCalCom, ManualTime, Mischief, WebhookSender
from scheduling_calcom.testing.records import FakeWebhook

Json = Any  # Whatever JSON holds.
NOW = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
TEN = NOW + dt.timedelta(hours=3)
ADAM = {"name": "Adam", "email": "adam@customers.example", "timeZone": "Europe/Berlin"}
SECRET = "s" * 32
ALL = ["BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_REJECTED"]


def listen(fake: FakeCalCom, secret: str | None = SECRET, **changes: Json) -> None:
    """Register a webhook for everything."""
    hook = {"subscriber_url": "https://here.example", "triggers": ALL, "active": True, **changes}
    fake.world.webhooks[9] = FakeWebhook(9, secret=secret, **hook)


def said(delivery: Delivery) -> tuple[str, str, str]:
    """Return trigger, uid and status."""
    document = json.loads(delivery.body)
    return document["triggerEvent"], document["payload"]["uid"], document["payload"]["status"]


def test_every_change_is_told(fake: FakeCalCom) -> None:
    """Each step of a booking has its trigger, and a rescheduling names the new uid."""
    listen(fake)
    short, asked = fake.world.event_types[2], fake.world.add_event_type("asked", needs_confirmation=True)
    fake.world.book(short, TEN, ADAM)
    fake.world.reschedule("uid1", TEN + dt.timedelta(hours=1))
    fake.world.cancel("uid2")
    for hour in (2, 3):
        fake.world.book(asked, TEN + dt.timedelta(hours=hour), ADAM)
    fake.world.confirm("uid3")
    fake.world.decline("uid4")
    assert [said(delivery) for delivery in fake.deliveries] == [
        ("BOOKING_CREATED", "uid1", "ACCEPTED"),
        ("BOOKING_RESCHEDULED", "uid2", "ACCEPTED"),
        ("BOOKING_CANCELLED", "uid2", "CANCELLED"),
        ("BOOKING_REQUESTED", "uid3", "PENDING"),
        ("BOOKING_REQUESTED", "uid4", "PENDING"),
        ("BOOKING_CREATED", "uid3", "ACCEPTED"),
        ("BOOKING_REJECTED", "uid4", "REJECTED"),
    ]
    assert json.loads(fake.deliveries[1].body)["payload"]["rescheduleUid"] == "uid1"


def test_a_rescheduling_may_be_misnamed(fake: FakeCalCom) -> None:
    """A server has been seen to call a rescheduling a request."""
    listen(fake)
    fake.world.quirks.misnames_reschedules = True
    fake.world.book(fake.world.event_types[2], TEN, ADAM)
    fake.world.reschedule("uid1", TEN + dt.timedelta(hours=1))
    assert said(fake.deliveries[-1])[:2] == ("BOOKING_REQUESTED", "uid2")


def test_a_delivery_is_signed(fake: FakeCalCom) -> None:
    """The signature is the bare hexadecimal HMAC of the body, and without a secret it is a phrase."""
    listen(fake)
    fake.world.book(fake.world.event_types[2], TEN, ADAM)
    [delivery] = fake.deliveries
    expected = hmac.new(SECRET.encode(), delivery.body, hashlib.sha256).hexdigest()
    assert delivery.headers["x-cal-signature-256"] == expected
    listen(fake, secret=None)
    fake.world.cancel("uid1")
    assert fake.deliveries[-1].headers["x-cal-signature-256"] == "no-secret-provided"


@pytest.mark.parametrize("changes", [{"active": False}, {"triggers": ["BOOKING_CANCELLED"]}], ids=str)
def test_a_webhook_hears_what_it_wants_to(fake: FakeCalCom, changes: dict[str, Any]) -> None:
    """One that is off, or that listens to something else, is not called."""
    listen(fake, **changes)
    fake.world.book(fake.world.event_types[2], TEN, ADAM)
    assert fake.deliveries == []


def deliveries(number: int) -> list[Delivery]:
    """Some deliveries that can be told apart."""
    headers = {"x-cal-signature-256": "0" * 64}
    return [Delivery("https://here.example", b"BOOKING_CREATED %d" % n, headers) for n in range(number)]


def send(
    mischief: Mischief, draws: list[float], number: int = 3, steps: int = 1
) -> tuple[WebhookSender, list[list[bytes]]]:
    """Return the sender, and what was posted in each of some steps of ten seconds, under drawn chances."""
    time, drawn = ManualTime(NOW), itertools.cycle(draws)
    posted: list[Delivery] = []
    sender = WebhookSender(posted.append, mischief, clock=time.clock, draw=lambda: next(drawn))
    for delivery in deliveries(number):
        sender.take(delivery)
    in_steps = []
    for _ in range(steps):
        posted.clear()
        assert sender.send_due() == len(posted)
        in_steps.append([delivery.body for delivery in posted])
        time.advance(10)
    return sender, in_steps


BODIES = [delivery.body for delivery in deliveries(3)]


def test_without_mischief_everything_comes_once_and_in_order() -> None:
    """Deliveries are good unless asked to be bad."""
    assert send(Mischief(), [0.0, 0.5])[1] == [BODIES]


def test_some_come_twice_and_some_never() -> None:
    """A chance of one happens always."""
    assert send(Mischief(duplicate=1), [0.5])[1] == [[body for body in BODIES for _ in range(2)]]
    sender, posted = send(Mischief(drop=1), [0.5])
    assert (posted, sender.dropped) == ([[]], 3)


def test_some_come_late() -> None:
    """A delivery waits a drawn part of the longest delay."""
    late = Mischief(delay=dt.timedelta(seconds=20))
    assert send(late, [0.5], steps=3)[1] == [[], BODIES, []]


def test_some_come_in_another_order() -> None:
    """What is due at once is shuffled by the draws."""
    [posted] = send(Mischief(shuffle=True), [0.9, 0.5, 0.1, 0.7], number=3)[1]
    assert sorted(posted) == sorted(BODIES)
    assert posted != BODIES


@pytest.mark.parametrize("draw", [0.0, 0.4, 0.9])
def test_forged_ones_are_never_signed_rightly(draw: float) -> None:
    """A forged delivery has no signature, that of another secret, or that of another body."""
    sender, [posted] = send(Mischief(forge=1), [draw], number=1)
    [forged] = sender.forged
    assert posted == [BODIES[0], forged.body]
    assert forged.body.startswith(b"BOOKING_CANCELLED")
    good = hmac.new(SECRET.encode(), forged.body, hashlib.sha256).hexdigest()
    assert forged.headers["x-cal-signature-256"] != good


def test_the_fake_hands_its_deliveries_over(time: ManualTime) -> None:
    """A sender stands between the fake and the receiver."""
    posted: list[Delivery] = []
    sender = WebhookSender(posted.append, clock=time.clock, draw=lambda: 0.5)
    fake = FakeCalCom(clock=time.clock, deliver=sender.take).furnish()
    listen(fake)
    fake.world.book(fake.world.event_types[2], TEN, ADAM)
    assert sender.send_due() == len(posted) == 1
    assert fake.deliveries == []
