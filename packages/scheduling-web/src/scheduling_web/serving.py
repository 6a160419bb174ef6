"""Serving an application in the foreground: listen, say so once it answers, and stop gracefully.

To stop is a matter of three steps. At once `/health/ready` says so, and for some seconds of *notice* all is
served as before, so that whoever sends requests here can send them elsewhere. Then no more connections are
taken, and what is under way is finished. Then everything is closed.
"""

import contextlib
import datetime as dt
import gc
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from litestar import Litestar

from scheduling_web.protocol import protocol_for

STOP_WITHIN = 30
"""Seconds that requests under way have to finish."""

KEPT_OPEN = 75
"""Seconds that a connection may rest between two requests.

Longer than a proxy keeps it, which is a minute with most: whoever hangs up should be the one who asks, or
else a request may be sent into a connection that is just being closed.
"""

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  Shown to people as the address next to them.


class _Server(uvicorn.Server):
    def __init__(
        self, app: Litestar, config: uvicorn.Config, ready: Callable[[], None], notice: dt.timedelta
    ) -> None:
        super().__init__(config)
        self._app = app
        self._ready = ready
        self._notice = notice
        self._ends_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What was made up to here lives as long as the process, so nobody has to look for waste in it.
            gc.collect()
            gc.freeze()
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.state.stopping = True
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Return whether to stop serving; asked ten times a second."""
        if not await super().on_tick(counter):
            return False
        if self._ends_at is None:
            self._ends_at = time.monotonic() + self._notice.total_seconds()
        return self.force_exit or time.monotonic() >= self._ends_at


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises OSError where that cannot be. Port 0 is any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=2048)
    # The event loop sends without delay only where a socket says that it is one of TCP, and this one says
    # nothing. Otherwise the second part of each answer waits for 40 ms, until the client confirms the first.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listener.detach())


def address_of(listener: socket.socket) -> str:
    """Return where a listening socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    host = _ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    app: Litestar,
    listener: socket.socket,
    ready: Callable[[], None],
    *,
    notice: dt.timedelta,
    is_https: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT, and call *ready* as soon as requests are answered.

    A SIGINT after that cuts the notice short, and what is under way as well.
    """
    config = uvicorn.Config(
        app,
        access_log=False,
        http=protocol_for(is_https=is_https),
        log_config=None,
        # Whoever is asked to forward requests may say so one day in the settings; nobody is believed unasked.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN,
        timeout_keep_alive=KEPT_OPEN,
        ws="none",
    )
    server = _Server(app, config, ready, notice)
    server.run(sockets=[listener])


@contextlib.contextmanager
def stopping_well() -> Iterator[None]:
    """Let SIGTERM and SIGINT end the process with 0, by way of everything that is to be closed.

    While the server runs it takes the signals itself, and raises them again when it has stopped.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    handled = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, stop) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
