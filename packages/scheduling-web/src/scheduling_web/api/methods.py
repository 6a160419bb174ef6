"""What the framework leaves out of HTTP (RFC 9110): HEAD where there is GET, and `Allow` with all methods."""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send


class Methods:
    """An application around another one, which has these *routes*.

    A request with HEAD is one with GET to it, and its answer loses the body on the way out. Of an address
    with several handlers the framework tells the methods of one of them, so all are told here.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._methods: defaultdict[str, set[str]] = defaultdict(set)
        for route in routes:
            if isinstance(route, HTTPRoute):
                self._methods[route.path_format].update(map(str, route.methods))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as what it means, and the answer back."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        # The server frames the answer by the scope that it made, in which HEAD stays HEAD.
        inner = cast("HTTPScope", {**scope, "method": "GET"}) if is_head else scope

        async def write(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableScopeHeaders.from_message(message), inner)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(inner, receive, write)
        finally:
            if is_head:
                # Whoever stands around wants to know what was found out about the request.
                scope.update(cast("HTTPScope", {**inner, "method": "HEAD"}))

    def _complete(self, headers: MutableScopeHeaders, scope: HTTPScope) -> None:
        told = headers.get("allow")
        if told is None:
            return
        methods = {*told.split(", "), *self._methods.get(scope.get("path_template", ""), ())}
        if "GET" in methods:
            methods.add("HEAD")
        headers["allow"] = ", ".join(sorted(methods))
