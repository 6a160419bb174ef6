"""Pages of other sites that may use the interface, as browsers ask for them (CORS); none unless set.

They send the access token themselves. Browsers send no cookie of ours for them: credentials are not allowed.
"""

from collections.abc import Collection

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_MAY_ASK = {
    "Access-Control-Allow-Methods": "DELETE, GET, POST, PUT",
    "Access-Control-Allow-Headers": "authorization, content-type, idempotency-key, if-match",
    "Access-Control-Max-Age": "600",
}
_MAY_READ = {"Access-Control-Expose-Headers": "ETag, Location, Retry-After, X-Request-Id"}


class OtherOrigins:
    """An application around another one, which pages of these *origins* may use."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a browser that asks first, and say in any other answer which page may read it."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        headers = Headers.from_scope(scope)
        origins = headers.getall("origin", [])
        is_allowed = len(origins) == 1 and origins[0] in self._origins
        asks_first = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        told = {}
        if is_allowed:
            told = {"Access-Control-Allow-Origin": origins[0], **(_MAY_ASK if asks_first else _MAY_READ)}

        async def write(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                headers.update(told)
                headers["Vary"] = ", ".join([*headers.getall("vary", []), "Origin"])
            await send(message)

        if is_allowed and asks_first:
            await write({"type": "http.response.start", "status": 204, "headers": []})
            await write({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await self._app(scope, receive, write)
