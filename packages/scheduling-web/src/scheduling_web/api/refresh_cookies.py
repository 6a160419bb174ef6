"""The cookie in which the pages keep a refresh token, and whose pages may use it.

Scripts cannot read it, other sites cannot make a browser send it, and no address but those under /api/auth is
sent it. Where a browser is too old for that, the Origin of the request still says which page it comes from.
A browser that keeps the cookie back would still obey an answer that takes it away, so no other site gets one.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import Cookie, ResponseHeader

from scheduling_web.accounts import Session
from scheduling_web.api.errors import ForeignOrigin

PATH = "/api/auth"
SET_COOKIE = ResponseHeader(
    "Set-Cookie",
    documentation_only=True,
    value="scheduling-refresh=...; HttpOnly; Path=/api/auth; SameSite=strict",
    description="The refresh token in a cookie, unless it is in the body; an empty one ends the cookie.",
)
_NAME = "scheduling-refresh"
_SECURE_NAME = f"__Secure-{_NAME}"
"""Browsers take a cookie of such a name over https alone, so that nobody can plant one by way of http."""


class RefreshCookies:
    """Makes the cookie and reads it back; *public_url* is where browsers find the service, if it is known."""

    def __init__(self, public_url: str | None) -> None:
        self._public_url = public_url
        self._is_https = public_url is not None and public_url.startswith("https:")
        self.name = _SECURE_NAME if self._is_https else _NAME

    def make(self, session: Session, token: str) -> Cookie:
        """Return the cookie with a token; it is kept as long as the token is good."""
        return self._cookie(token, int((session.idle_at - session.renewed_at).total_seconds()))

    def expire(self) -> Cookie:
        """Return what makes a browser forget the cookie."""
        return self._cookie("", 0)

    def read(self, request: Request[Any, Any, Any]) -> str | None:
        """Return the token in the cookie, if there is one; raises ForeignOrigin unless a page of ours asks.

        Of two cookies of this name one may be planted by a neighbour of the site: they are as good as none.
        """
        found = list(_values(request, self.name))
        if len(found) != 1:
            return None
        if not self._is_ours(request):
            raise ForeignOrigin
        return found[0]

    def is_from_page(self, request: Request[Any, Any, Any]) -> bool:
        """Return whether a page of ours sends the cookie, which may then be taken back."""
        return self._is_sent(request) and self._is_ours(request)

    def refuse_foreign(self, request: Request[Any, Any, Any]) -> None:
        """Raise ForeignOrigin for a request of another site, and for the cookie from nobody knows where."""
        tells = "origin" in request.headers or _is_cross_site(request)
        if (tells or self._is_sent(request)) and not self._is_ours(request):
            raise ForeignOrigin

    def _is_sent(self, request: Request[Any, Any, Any]) -> bool:
        return any(True for _ in _values(request, self.name))

    def _is_ours(self, request: Request[Any, Any, Any]) -> bool:
        if _is_cross_site(request):
            return False
        origins = request.headers.getall("origin", [])
        if len(origins) != 1:
            return False
        if self._public_url is not None:
            return origins[0].lower() == self._public_url
        # A page can choose neither its Origin nor the Host that a browser sends.
        host = request.headers.get("host", "").lower()
        return host != "" and _host_of(origins[0]) == host

    def _cookie(self, value: str, seconds: int) -> Cookie:
        return Cookie(
            self.name,
            path=PATH,
            value=value,
            max_age=seconds,
            secure=self._is_https,
            httponly=True,
            samesite="strict",
        )


def _host_of(origin: str) -> str | None:
    """Return host and port of an http or https origin."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in {"http", "https"} else None


def _is_cross_site(request: Request[Any, Any, Any]) -> bool:
    """Return whether the browser says that a page of another site asks (Fetch Metadata)."""
    return "cross-site" in request.headers.getall("sec-fetch-site", [])


def _values(request: Request[Any, Any, Any], name: str) -> Iterator[str]:
    for header in request.headers.getall("cookie", []):
        for part in header.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                yield value
