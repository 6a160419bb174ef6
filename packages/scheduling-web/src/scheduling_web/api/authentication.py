"""Who sends a request: a bearer token stands before everything that is not marked as public."""

import functools
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from scheduling_web.accounts import AccessTokens, Accounts, Unauthenticated, User
from scheduling_web.api.write_limits import WriteLimit

PUBLIC = {"public": True}
"""The mark of handlers and routers that need no token, as their `opt`."""

READING = {"GET", "HEAD", "OPTIONS"}
"""The methods that change nothing."""

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}]
"""What the OpenAPI document says of all other handlers."""

COOKIE_SECURITY: list[dict[str, list[str]]] = [{"refreshCookie": []}, {}]
"""What it says where the cookie of the pages counts, and programs send the same in the body."""

METRICS_SECURITY: list[dict[str, list[str]]] = [{"metricsToken": []}]
"""What it says of the metrics, whose token belongs to no user."""


class Authentication(ASGIMiddleware):
    """Lets a request through with its user, or refuses it before anything of it is read."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "public"

    def __init__(self, tokens: AccessTokens, accounts: Accounts, writes: WriteLimit) -> None:
        self._tokens = tokens
        self._accounts = accounts
        self._writes = writes

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Put the user into the scope; raises Unauthenticated, and TooManyWrites."""
        access = self._tokens.read(find_token(scope))
        user = await sync_to_thread(functools.partial(self._accounts.find_signed_in, access))
        if user is None:
            raise Unauthenticated
        if scope["type"] == ScopeType.HTTP and scope["method"] not in READING:
            self._writes.count(user.id)
        scope["user"] = user
        await next_app(scope, receive, send)


def current_user(request: Request[User, Any, Any]) -> User:
    """Provide the handlers with the user that the middleware found."""
    return request.user


def find_token(scope: Scope) -> str:
    """Return the bearer token of a request; raises Unauthenticated where there is not exactly one."""
    headers = ASGIConnection[Any, Any, Any, Any](scope).headers.getall("authorization", [])
    scheme, _, token = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    return token.strip(" ")
