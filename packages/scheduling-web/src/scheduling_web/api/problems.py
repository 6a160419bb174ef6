"""Problem details (RFC 9457): every answer outside of 2xx is made here.

`message` repeats `detail`, for clients that look for it. `instance` names the request, whose id is in the
header X-Request-Id as well; where two answers must be alike to the last byte, so that they cannot be told
apart, it is the nil UUID instead.
"""

import math
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter
from msgspec import UNSET, UnsetType

from scheduling_core import Conflict, InvalidValue, StorageUnavailable, VersionMismatch
from scheduling_web import logs
from scheduling_web.accounts import TooManyAttempts, Unauthenticated
from scheduling_web.api.errors import (
    NO_VERSION,
    FieldError,
    InvalidRequest,
    NoTagMatches,
    Refused,
    Stopping,
    TooManyWrites,
    UnreadableBody,
    rule_of,
)
from scheduling_web.api.problem_types import (
    INTERNAL,
    PROBLEMS,
    VALIDATION,
    ProblemType,
    find_problem_type,
    problem_types,
)
from scheduling_web.api.reasons import EXAMPLE, ReasonAnswer, to_answer
from scheduling_web.api.request_ids import request_id
from scheduling_web.api.times import MINUTE, Slot

MEDIA_TYPE = "application/problem+json"
NIL = "urn:uuid:00000000-0000-0000-0000-000000000000"

_FIELDS = {
    "start": "start_time",
    "duration": "duration_minutes",
    "timezone": "time_zone",
    "overrides": "date_overrides",
}
"""What the fields of the library are called on the wire, where the names differ."""

_RARE = frozenset(
    {
        "foreign-origin",
        "invalid-credentials",
        "session-ended",
        "stopping",
        "too-many-attempts",
        "type-in-use",
        "unverified-call",
    }
)
"""Problems that a few routes alone have, so that the others do not tell of them."""


_BROKEN_OFF = "client disconnected prematurely"
"""What the framework calls a failure of the service, although it is one of the client or the network."""


class Problem(msgspec.Struct, omit_defaults=True, frozen=True):
    """An error. *errors* come with invalid requests, *reasons* and *suggestions* with refused bookings."""

    type: str
    title: str
    status: int
    detail: str
    message: str
    instance: str
    errors: tuple[FieldError, ...] | UnsetType = UNSET
    reasons: tuple[ReasonAnswer, ...] | UnsetType = UNSET
    suggestions: list[Slot] | UnsetType = UNSET


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer an exception, whoever raised it."""
    error = _in_our_words(request, error)
    kind = find_problem_type(error)
    number = request_id(request.scope)
    if kind is INTERNAL:
        logs.report_failure(error, number)
    reasons: tuple[ReasonAnswer, ...] | UnsetType = UNSET
    suggestions: list[Slot] | UnsetType = UNSET
    detail = kind.words or str(error)
    if isinstance(error, Refused):
        request.scope["state"]["refused"] = tuple(reason.code for reason in error.refusal.reasons)
        reasons = tuple(to_answer(reason, error.zone) for reason in error.refusal.reasons)
        suggestions = error.suggestions
        detail = "; ".join(reason.message for reason in reasons)
    problem = Problem(
        type=kind.address,
        title=kind.title,
        status=kind.status,
        detail=detail,
        message=detail,
        instance=NIL if kind.alike else f"urn:uuid:{number}",
        errors=error.errors if isinstance(error, InvalidRequest) else UNSET,
        reasons=reasons,
        suggestions=suggestions,
    )
    headers = _headers_for(error)
    return Response(problem, status_code=kind.status, media_type=MEDIA_TYPE, headers=headers)


def documented(*told: int | str) -> dict[int, ResponseSpec]:
    """Return what the OpenAPI document says of errors: of those that are *told*, and of those of any request.

    A status stands for the problems that it has on most routes; others are told by their names.
    """
    kinds: dict[int, list[ProblemType]] = {}
    for kind in problem_types():
        is_usual = kind.status in {400, 500, *told} and kind.name not in _RARE
        if is_usual or kind.name in told:
            kinds.setdefault(kind.status, []).append(kind)
    return {status: _document(found) for status, found in sorted(kinds.items())}


def _in_our_words(request: Request[Any, Any, Any], error: Exception) -> Exception:
    """Return what the framework and the library say of a value in terms of the request."""
    if isinstance(error, InvalidValue):
        return InvalidRequest(
            (FieldError(rule_of(error), pointer=f"/{_FIELDS.get(error.name, error.name)}"),)
        )
    if isinstance(error, VersionMismatch) and error.expected == NO_VERSION:
        return NoTagMatches(error.expected, error.actual)
    if isinstance(error, ValidationException):
        if missing := tuple(_find_missing(request)):
            return InvalidRequest(missing)
        # Bodies and parameters are read by our own code, so what is left is a body that is not there.
        return InvalidRequest((FieldError("is missing", pointer=""),))
    if isinstance(error, InternalServerException) and error.detail == _BROKEN_OFF:
        return UnreadableBody("must be sent to its end")
    return error


def _find_missing(request: Request[Any, Any, Any]) -> Iterator[FieldError]:
    """Yield what is missing of the query; the framework itself tells of one parameter at a time."""
    for field in request.route_handler.parsed_fn_signature.parameters.values():
        definition = field.kwarg_definition
        if isinstance(definition, QueryParameter) and field.is_required:
            name = definition.name or field.name
            if name not in request.query_params:
                yield FieldError("is missing", parameter=name)


def _headers_for(error: Exception) -> dict[str, str]:
    match error:
        case Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case StorageUnavailable() | TooManyAttempts() | TooManyWrites():
            return {"Retry-After": str(math.ceil(error.retry_after.total_seconds()))}
        case Conflict() | Stopping():
            return {"Retry-After": "1"}
        case HTTPException():
            # `Allow` of a 405 is one; nothing else that the framework sends is worth keeping.
            return {name: value for name, value in (error.headers or {}).items() if name == "allow"}
        case _:
            return {}


def _document(kinds: list[ProblemType]) -> ResponseSpec:
    return ResponseSpec(
        Problem,
        generate_examples=False,
        description=", or: ".join(kind.title for kind in kinds),
        media_type=MEDIA_TYPE,
        examples=[
            Example(id=kind.name, summary=kind.title, value=msgspec.to_builtins(_example(kind)))
            for kind in kinds
        ],
    )


def _example(kind: ProblemType) -> Problem:
    """Return a problem of its kind, as somebody might get it."""
    detail = kind.words or kind.title[:1].lower() + kind.title[1:]
    data: dict[str, Any] = {}
    if kind is VALIDATION:
        errors = (FieldError("is missing", pointer="/start_time"),)
        data, detail = {"errors": errors}, str(InvalidRequest(errors))
    elif kind is PROBLEMS[Refused]:
        slot = Slot(EXAMPLE.starts.end_time, EXAMPLE.starts.end_time + 30 * MINUTE)
        data, detail = {"reasons": (EXAMPLE,), "suggestions": [slot]}, EXAMPLE.message
    instance = NIL if kind.alike else "urn:uuid:0197e5b0-5b5c-7bd0-8a2e-6d6a9e0c1f54"
    return Problem(kind.address, kind.title, kind.status, detail, detail, instance, **data)
