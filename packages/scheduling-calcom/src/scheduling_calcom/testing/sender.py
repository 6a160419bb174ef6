"""Delivery of webhooks as in life: some come twice, late, out of order or not at all, and some are forged."""

import datetime as dt
from collections.abc import Callable

import attrs

from scheduling_calcom.retry import draw_chance
from scheduling_calcom.testing.hooks import NO_SECRET, Delivery, sign
from scheduling_core import system


@attrs.define
class Mischief:
    """How badly webhooks are delivered.

    Chances are numbers of 0 to 1, and every delivery waits a part of *delay*. Without anything given, every
    delivery is sent once, at once and in order.
    """

    duplicate: float = 0.0
    drop: float = 0.0
    forge: float = 0.0
    delay: dt.timedelta = dt.timedelta(0)
    shuffle: bool = False


class WebhookSender:
    """Takes deliveries from a fake and hands them to *post* when they are due.

    Give it to `FakeCalCom(deliver=sender.take)` and call `send_due` as time goes by. What *post* raises
    passes through, and the delivery is lost: Cal.com does not try again. `forged` keeps what nobody may
    believe, `dropped` counts.
    """

    def __init__(
        self,
        post: Callable[[Delivery], None],
        mischief: Mischief | None = None,
        *,
        clock: Callable[[], dt.datetime] = system.read_clock,
        draw: Callable[[], float] = draw_chance,
    ) -> None:
        self.forged: list[Delivery] = []
        self.dropped = 0
        self._post = post
        self._mischief = mischief or Mischief()
        self._clock = clock
        self._draw = draw
        self._waiting: list[tuple[dt.datetime, Delivery]] = []

    def take(self, delivery: Delivery) -> None:
        """Take a delivery, or lose it."""
        if self._happens(self._mischief.drop):
            self.dropped += 1
        else:
            self._queue(delivery)
            if self._happens(self._mischief.duplicate):
                self._queue(delivery)
        if self._happens(self._mischief.forge):
            forged = self._forge(delivery)
            self.forged.append(forged)
            self._queue(forged)

    def send_due(self) -> int:
        """Post what is due, and return how many that were."""
        now = self._clock()
        due = [item for item in self._waiting if item[0] <= now]
        if self._mischief.shuffle:
            due.sort(key=lambda _: self._draw())
        for item in due:
            self._waiting.remove(item)
            self._post(item[1])
        return len(due)

    def _happens(self, chance: float) -> bool:
        return self._draw() < chance

    def _queue(self, delivery: Delivery) -> None:
        self._waiting.append((self._clock() + self._mischief.delay * self._draw(), delivery))

    def _forge(self, delivery: Delivery) -> Delivery:
        """Return what somebody could send who knows everything but the secret."""
        body = delivery.body.replace(b"BOOKING_CREATED", b"BOOKING_CANCELLED") + b" "
        signatures = (NO_SECRET, sign("not the secret", body), delivery.headers["x-cal-signature-256"])
        signature = signatures[int(self._draw() * len(signatures))]
        return Delivery(delivery.url, body, {**delivery.headers, "x-cal-signature-256": signature})
