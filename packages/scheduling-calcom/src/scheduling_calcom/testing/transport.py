"""The fake behind a client, without a network."""

from collections.abc import Callable

from scheduling_calcom.http import httpx
from scheduling_calcom.testing.fake import FakeCalCom
from scheduling_calcom.testing.messages import Answer, Asked, NoConnection, Silence


def _pass_no_time(_: float) -> None:
    """Do not wait."""


def connect(fake: FakeCalCom, *, wait: Callable[[float], None] = _pass_no_time) -> httpx.MockTransport:
    """Return a transport, for both clients, that ends at *fake*.

    Where no answer comes, *wait* is called with the seconds that a client would wait for one.
    """

    def handle(request: httpx.Request) -> httpx.Response:
        query = request.url.query.decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        outcome = fake.respond(Asked.of(request.method, request.url.path, query, headers, request.content))
        if isinstance(outcome, Answer):
            return httpx.Response(outcome.status, headers=dict(outcome.headers), content=outcome.body)
        if isinstance(outcome, NoConnection):
            raise httpx.ConnectError("connection refused")
        if isinstance(outcome, Silence):
            wait(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("no answer")
        raise httpx.ReadError("connection reset")

    return httpx.MockTransport(handle)
