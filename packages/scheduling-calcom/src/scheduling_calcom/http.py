"""The one module that knows the HTTP library: httpx, or httpx2, which continues it under another name.

Requests are handed to a transport and not to an `httpx.Client`. A client writes every address to the log,
and the uid of a booking or the address of a customer with it. What else it adds is not wanted either:
redirects would carry the key to another host, and cookies would be kept.
"""

import asyncio
import datetime as dt
import ipaddress
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

import attrs

from scheduling_calcom.versions import Resource
from scheduling_core import InvalidValue

if TYPE_CHECKING:
    import httpx
else:
    try:
        import httpx
    except ModuleNotFoundError:
        import httpx2 as httpx

__all__ = ["Call", "Limits", "TooLong", "call_of", "check_address", "exchange", "exchange_async", "httpx"]

_CALL = "scheduling_calcom.call"
_LEAST = 0.001
_SEGMENT = re.compile(r"[A-Za-z0-9_.~-]{1,200}")


@attrs.frozen
class Call:
    """What a request is for: the *name* of the call, its *resource*, and whether it *writes*."""

    name: str
    resource: Resource
    writes: bool


@attrs.frozen
class Limits:
    """What one exchange may take: *seconds* from its start to the last byte, and *size* bytes of answer."""

    seconds: float
    size: int


class TooLong(Exception):
    """The answer has more bytes than it may have."""


def build_request(
    call: Call,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    params: Mapping[str, str],
    body: Mapping[str, object] | None,
) -> httpx.Request:
    """Return a request for *call* that accepts JSON, unpacked, and sends *body* as JSON."""
    # A packed answer can grow a thousandfold when it is unpacked, and so slip through the limit of its size.
    headers = {"accept": "application/json", "accept-encoding": "identity", **headers}
    content = None
    if body is not None:
        headers["content-type"] = "application/json"
        content = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    return httpx.Request(
        method, url, headers=headers, params=params or None, content=content, extensions={_CALL: call}
    )


def call_of(request: httpx.Request) -> Call:
    """Return what a request that was built here is for."""
    call: Call = request.extensions[_CALL]
    return call


def exchange(
    transport: httpx.BaseTransport,
    request: httpx.Request,
    limits: Limits,
    *,
    stopwatch: Callable[[], float] = time.monotonic,
) -> httpx.Response:
    """Send *request* and return the whole answer, whatever its status.

    Raises TooLong, and what httpx raises. Every step gets what the earlier ones left of the time, and the
    time is looked at whenever a part of the body arrives. Only a server that sends the lines of its header
    one by one, each just in time, can make it take longer.
    """
    until = stopwatch() + limits.seconds
    timeout = _set_timeout(request, limits)

    def shorten(event: str, _: Mapping[str, object]) -> None:
        if event.endswith(".started"):
            left = max(until - stopwatch(), _LEAST)
            timeout.update(read=left, write=left)

    # The library has time-outs for steps only, and reads them when a step begins, right after it was
    # announced.
    request.extensions["trace"] = shorten
    response = transport.handle_request(request)
    try:
        body = bytearray()
        for chunk in cast("httpx.SyncByteStream", response.stream):
            _append(body, chunk, limits)
            if stopwatch() > until:
                raise httpx.ReadTimeout("the whole answer took too long")
    finally:
        response.close()
    return _whole(request, response, body)


async def exchange_async(
    transport: httpx.AsyncBaseTransport, request: httpx.Request, limits: Limits
) -> httpx.Response:
    """Do as `exchange`; here the time limit holds whatever the server does."""
    _set_timeout(request, limits)
    try:
        async with asyncio.timeout(limits.seconds):
            response = await transport.handle_async_request(request)
            try:
                body = bytearray()
                async for chunk in cast("httpx.AsyncByteStream", response.stream):
                    _append(body, chunk, limits)
            finally:
                await response.aclose()
    except TimeoutError:
        raise httpx.ReadTimeout("the whole answer took too long") from None
    return _whole(request, response, body)


def _set_timeout(request: httpx.Request, limits: Limits) -> dict[str, float | None]:
    # To connect is two steps, and may be tried with several addresses.
    timeout = httpx.Timeout(limits.seconds, connect=limits.seconds / 4).as_dict()
    request.extensions["timeout"] = timeout
    return timeout


def _append(body: bytearray, chunk: bytes, limits: Limits) -> None:
    body += chunk
    if len(body) > limits.size:
        raise TooLong


def _whole(request: httpx.Request, response: httpx.Response, body: bytearray) -> httpx.Response:
    headers = response.headers.copy()
    # It was asked to be plain. Where it is packed all the same, it is judged as what it is: no JSON.
    headers.pop("content-encoding", None)
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)


def check_address(value: str) -> str:
    """Return the base address of an API without a slash at its end.

    Raises InvalidValue unless it is `https`, or `http` to this machine, and has neither a user nor a query,
    which do not belong there and would show up in logs.
    """
    rule = "must be an address such as https://api.cal.com/v2, with https unless it is this machine's"
    try:
        parts = urlsplit(value)
        host = parts.hostname
        odd = "@" in parts.netloc or parts.query or parts.fragment or (parts.port == 0)
    except ValueError:
        host, odd = None, True
    if not host or odd or not (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))):
        raise InvalidValue("base_url", rule)
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_segment(value: object, name: str) -> str:
    """Return an id or uid as a part of a path.

    Raises InvalidValue, without the value, for what no id of Cal.com looks like: it would change the path.
    """
    text = str(value)
    if not _SEGMENT.fullmatch(text) or not text.strip("."):
        raise InvalidValue(name, "must consist of letters, digits and - _ . ~")
    return quote(text)


def write_instant(instant: dt.datetime) -> str:
    """Return an instant of UTC as Cal.com writes it, cut to milliseconds."""
    return instant.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_json(response: httpx.Response) -> Any:  # noqa: ANN401  Whatever was sent; `Fields` reads it.
    """Return the body as what JSON says; raises ValueError if it says nothing."""
    try:
        return json.loads(response.content)
    except RecursionError:
        raise ValueError("nested too deeply") from None
