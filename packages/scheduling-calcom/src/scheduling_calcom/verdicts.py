"""What an answer means, or the lack of one: good, or one of the errors."""

import datetime as dt
import email.utils
import math
import re
from collections.abc import Mapping
from http import HTTPStatus

from scheduling_calcom.errors import (
    Gone,
    Interrupted,
    InvalidRequest,
    LimitReached,
    RateLimited,
    ServerFailed,
    StateConflict,
    Unauthorised,
    UnexpectedAnswer,
    Unreachable,
    WrongApiVersion,
)
from scheduling_calcom.http import Call, TooLong, httpx, read_json
from scheduling_calcom.versions import Versions
from scheduling_calcom.wire import Refusal
from scheduling_core import ExternalCalendarError

UNKNOWN_RESET = dt.timedelta(seconds=60)
"""For how long Cal.com blocks whoever goes over the limit, where it does not say so itself."""

_LONGEST_PAUSE = 24 * 60 * 60.0
_TOKEN_EXPIRED = 498
_UNAUTHORISED = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN, _TOKEN_EXPIRED}
)
# The two below 500 are as much a failure of the other side as any above.
_FAILED = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})

# The words by which a refusal can be told from a mistake in the request. The first that stand in the
# message decide.
_CONFLICTS = (
    ("already has booking", "slot_taken"),
    ("not available", "slot_taken"),
    ("no_available_users_found", "slot_taken"),
    ("booking_conflict", "slot_taken"),
    ("no seats", "slot_taken"),
    ("can't be booked at", "not_bookable"),
    ("in the past", "not_bookable"),
    ("rescheduled", "already_rescheduled"),
    ("cancelled", "already_cancelled"),
    ("canceled", "already_cancelled"),
    ("already ended", "already_over"),
    ("rejected", "already_decided"),
    ("already confirmed", "already_decided"),
    ("already accepted", "already_decided"),
)
_LIMITS = ("limit", "maximum", "too many active")
_NO_SUCH_ROUTE = re.compile(r"Cannot (GET|POST|PATCH|DELETE) ", re.IGNORECASE)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KNOWN_ADDRESS = "that of a known address: the URL of the server must go up to and with /v2"

# Nothing can have been sent before there was a connection.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
FAULTS = (httpx.TransportError, httpx.InvalidURL, TooLong)
"""What the sending of a request may raise."""


def explain_fault(call: Call, fault: Exception) -> ExternalCalendarError:
    """Return the error for a request that got no answer.

    What the library says is left out but for its kind: it may quote addresses and headers.
    """
    if isinstance(fault, TooLong):
        return UnexpectedAnswer(call.name, "body", "as short as it may be", ambiguous=call.writes)
    kind = type(fault).__name__
    if isinstance(fault, _NEVER_SENT):
        return Unreachable(None, call.name, kind)
    return Interrupted(None, call.name, kind, ambiguous=call.writes)


def explain_answer(
    call: Call, response: httpx.Response, *, versions: Versions, now: dt.datetime
) -> ExternalCalendarError | None:
    """Return the error that an answer stands for, or None for a good one."""
    status, request_id = response.status_code, _request_id(response.headers)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        pause = asked_pause(response.headers, now)
        return RateLimited(UNKNOWN_RESET if pause is None else pause, call.name)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _FAILED:
        pause = _retry_after(response.headers, now)
        return ServerFailed(pause, call.name, status, request_id, ambiguous=call.writes)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _explain_success(call, response)
    try:
        refusal = Refusal.read(read_json(response))
    except ValueError:
        refusal = None
    return _explain_refusal(call, status, request_id, refusal, versions)


def _explain_success(call: Call, response: httpx.Response) -> ExternalCalendarError | None:
    kind = response.headers.get("content-type", "")
    if "json" not in kind:
        return UnexpectedAnswer(call.name, "body", "JSON", ambiguous=call.writes)
    try:
        document = read_json(response)
    except ValueError:
        # It set out to be JSON, so it was cut on its way.
        return Interrupted(None, call.name, "CutShort", ambiguous=call.writes)
    if not isinstance(document, dict) or document.get("status") != "success":
        return UnexpectedAnswer(call.name, "status", '"success"', ambiguous=call.writes)
    return None


def _explain_refusal(
    call: Call, status: int, request_id: str | None, refusal: Refusal | None, versions: Versions
) -> ExternalCalendarError:
    about = (call.name, status, request_id)
    if status in _UNAUTHORISED:
        # Bare, it comes from the inner booking code, which counts bookings and knows no keys.
        if refusal and refusal.is_bare and status == HTTPStatus.FORBIDDEN and call.resource == "bookings":
            return LimitReached("limit_reached", *about)
        return Unauthorised("unauthorised", *about)
    if refusal is None:
        return UnexpectedAnswer(call.name, "body", "an error of the API", ambiguous=call.writes)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        if _NO_SUCH_ROUTE.match(refusal.message):
            spoken = versions.of(call.resource)
            return WrongApiVersion(call.name, "status", _KNOWN_ADDRESS, call.writes, call.resource, spoken)
        return Gone("not_found", *about)
    return _explain_no(call, status, request_id, refusal.message.lower())


def _explain_no(call: Call, status: int, request_id: str | None, said: str) -> ExternalCalendarError:
    about = (call.name, status, request_id)
    if call.writes:
        code = next((code for words, code in _CONFLICTS if words in said), None)
        if code or status == HTTPStatus.CONFLICT:
            return StateConflict(code or "conflict", *about)
        if call.resource == "bookings" and any(word in said for word in _LIMITS):
            return LimitReached("limit_reached", *about)
    return InvalidRequest("invalid_request", *about)


def asked_pause(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    """Return for how long the other side wants to hear nothing, or None where it does not say.

    `X-RateLimit-Reset-...` counts seconds from now. A key may have several limits, each with a header of
    its own, and is let through again as soon as one of them is.
    """
    resets = [
        _seconds(value) for name, value in headers.items() if name.lower().startswith("x-ratelimit-reset")
    ]
    known = [reset for reset in resets if reset is not None]
    return min(known) if known else _retry_after(headers, now)


def _retry_after(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    value = headers.get("retry-after")
    if value is None:
        return None
    if (seconds := _seconds(value)) is not None:
        return seconds
    until = _http_date(value)
    if until is None:
        return None
    # Both read off the same clock, theirs, so that it does not matter if it goes wrong.
    present = _http_date(headers.get("date", "")) or now
    return _seconds(str((until - present).total_seconds()))


def _seconds(value: str) -> dt.timedelta | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return None if not math.isfinite(seconds) else dt.timedelta(seconds=min(max(seconds, 0), _LONGEST_PAUSE))


def _http_date(value: str) -> dt.datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(value)
        # A date without a zone is meant in UTC, as all dates of HTTP are.
        return date.replace(tzinfo=dt.UTC) if date.tzinfo is None else date.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _request_id(headers: Mapping[str, str]) -> str | None:
    value = headers.get("x-request-id", "")
    return value if _REQUEST_ID.fullmatch(value) else None
