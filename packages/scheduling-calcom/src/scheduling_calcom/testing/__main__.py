"""Serves the fake Cal.com on this machine, so that everything can be tried without an account.

It has one user with office hours and three event types, and forgets everything when it ends. Webhooks that
are registered with it are called.
"""

import argparse
import contextlib
import json
import signal
import sys
import time

from scheduling_calcom.http import httpx
from scheduling_calcom.testing.fake import KEY, FakeCalCom
from scheduling_calcom.testing.hooks import Delivery
from scheduling_calcom.testing.sender import WebhookSender
from scheduling_calcom.testing.server import Server

_TICK = 0.1
_PATIENCE = 5.0


def main(words: list[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m scheduling_calcom.testing", description=__doc__)
    parser.add_argument("--port", type=int, default=8771, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="say where it is as one line of JSON")
    parser.add_argument("--limit", type=int, default=120, help="requests a minute (default: %(default)s)")
    given = parser.parse_args(words)

    sender = WebhookSender(post)
    fake = FakeCalCom(limit=given.limit, deliver=sender.take).furnish()
    try:
        server = Server(fake, given.port)
    except (OSError, OverflowError) as error:
        sys.exit(f"cannot serve on port {given.port}: {error}")
    # Said again, because a shell that starts programs in the background has them ignore an interrupt.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), server.running() as url:
        types = {item.slug: item.id for item in fake.world.event_types.values()}
        if given.json:
            line = json.dumps({"url": url, "key": KEY, "event_types": types})
        else:
            line = f"a fake Cal.com answers at {url}\nkey: {KEY}\nevent types: {types}\nstop it with Ctrl+C"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        while True:
            sender.send_due()
            time.sleep(_TICK)


def post(delivery: Delivery) -> None:
    """Call a webhook; what it answers, and whether, matters to nobody."""
    try:
        httpx.post(
            delivery.url,
            content=delivery.body,
            headers=dict(delivery.headers),
            timeout=_PATIENCE,
            trust_env=False,
        )
    except httpx.HTTPError:
        sys.stderr.write("a webhook could not be called\n")


if __name__ == "__main__":
    main()
