"""What came of every request, told once, to all who want to know: the log and the metrics."""

import time
from collections.abc import Callable, Iterable
from http import HTTPMethod, HTTPStatus

import attrs
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from scheduling_web.api.request_ids import request_id

_METHODS = frozenset(HTTPMethod)


@attrs.frozen
class Answered:
    """A request that was answered, or broken off: then there is no *status*.

    Nothing in it is the client's own words: *route* is the pattern of the address, None for an address that
    is nowhere, and a *method* that HTTP does not have is `other`. *refused* are the codes of the reasons
    for which a booking was refused.
    """

    request_id: str
    method: str
    route: str | None
    status: int | None
    seconds: float
    user: str | None
    refused: tuple[str, ...]


class Observer:
    """An application around another one, which tells the *listeners* of each request when it is over."""

    def __init__(self, app: ASGIApp, listeners: Iterable[Callable[[Answered], None]]) -> None:
        self._app = app
        self._listeners = tuple(listeners)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell what came of it."""
        began = time.perf_counter()
        status: int | None = None

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception:
            status = HTTPStatus.INTERNAL_SERVER_ERROR  # The server answers in our place.
            raise
        finally:
            answered = _describe(scope, status, time.perf_counter() - began)
            for listener in self._listeners:
                listener(answered)


def _describe(scope: Scope, status: int | None, seconds: float) -> Answered:
    method = str(scope.get("method"))
    user = scope.get("user")
    return Answered(
        request_id=request_id(scope),
        method=method if method in _METHODS else "other",
        route=scope.get("path_template"),
        status=status,
        seconds=seconds,
        user=None if user is None else user.id,
        refused=scope["state"].get("refused", ()),
    )
