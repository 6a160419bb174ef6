"""Headers that every answer carries, whoever made it.

They are put on as the answer is sent, because the router's own 404 and 405 pass no middleware.
"""

from collections.abc import Awaitable, Callable

from litestar.types import Message, Scope

from scheduling_web.api.request_ids import request_id

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Whatever is answered here belongs to the one who asked, and to now.
    "Cache-Control": "no-store",
}
HSTS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def fixed_headers(*, is_https: bool) -> list[tuple[bytes, bytes]]:
    """Return the headers that are always the same; those for https only where the outside uses it."""
    named = {**SECURITY_HEADERS, **(HSTS if is_https else {})}
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


def header_writer(*, is_https: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """Return the hook that puts the headers on."""
    fixed = fixed_headers(is_https=is_https)

    async def write(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        # As they are sent: the framework's own mapping would look through all of them for each.
        told = message["headers"]
        known = {name.lower() for name, _ in told}
        added = [header for header in fixed if header[0] not in known]
        added.append((b"x-request-id", request_id(scope).encode()))
        if _is_framed_twice(scope):
            added.append((b"connection", b"close"))
        message["headers"] = [*told, *added]

    return write


def _is_framed_twice(scope: Scope) -> bool:
    """Say whether a request names its length and is sent in chunks as well.

    Two readers may differ on where it ends, so what follows on the connection is not read (RFC 9112, 6.1).
    """
    return {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}
