"""The one table from exception to problem (RFC 9457). Whatever is not in it is an internal error.

Every type has a stable address under /problems/, where it is explained.
"""

from collections.abc import Mapping
from http import HTTPStatus

import attrs
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from scheduling_core import (
    Conflict,
    IdempotencyMismatch,
    IllegalTransition,
    InvalidValue,
    NotFound,
    StorageUnavailable,
    TypeInUse,
    VersionMismatch,
)
from scheduling_web.accounts import InvalidCredentials, SessionEnded, TooManyAttempts, Unauthenticated
from scheduling_web.api.errors import (
    ConditionMissing,
    ForeignOrigin,
    InvalidRequest,
    Refused,
    Stopping,
    TooManyWrites,
    UnreadableBody,
    UnsupportedMediaType,
    UnverifiedCall,
)


@attrs.frozen
class ProblemType:
    """A kind of problem. Without *words* the exception's own are told, which then are fit to be told.

    *header* is one that always comes with it.
    """

    name: str
    status: int
    title: str
    meaning: str
    words: str | None = None
    alike: bool = False
    header: str | None = None

    @property
    def address(self) -> str:
        """The stable `type` of the problem."""
        return f"/problems/{self.name}"


VALIDATION = ProblemType(
    "validation",
    400,
    "The request is not valid",
    "A field of the body, a parameter of the query or a header breaks a rule. `errors` lists all of them, "
    "each with a JSON pointer into the body or the name of the parameter or header.",
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    "Not found",
    "There is nothing at this address, or nothing of yours: what belongs to somebody else is not told apart "
    "from what does not exist.",
    alike=True,
)
INTERNAL = ProblemType(
    "internal-error",
    500,
    "Internal error",
    "Something went wrong in the service. The log has the details under the id of the request.",
    words="something went wrong in the service",
)

PROBLEMS: Mapping[type[Exception], ProblemType] = {
    UnreadableBody: ProblemType(
        "unreadable-body",
        400,
        "The body cannot be read",
        "The body is not the JSON document that the service reads: not UTF-8, not JSON, a field named twice, "
        "or nested too deeply.",
    ),
    InvalidRequest: VALIDATION,
    InvalidValue: VALIDATION,
    ValidationException: VALIDATION,
    InvalidCredentials: ProblemType(
        "invalid-credentials",
        401,
        "Sign-in failed",
        "The username or the password is wrong; which of the two is not told.",
        alike=True,
    ),
    Unauthenticated: ProblemType(
        "unauthenticated",
        401,
        "Not signed in",
        "The request needs an access token in the header `Authorization: Bearer ...`, and has none, or one "
        "that is malformed, expired or revoked.",
        alike=True,
        header="WWW-Authenticate",
    ),
    SessionEnded: ProblemType(
        "session-ended",
        401,
        "The session has ended",
        "There is no refresh token, or one that is malformed, expired, revoked, or was used before. Sign in "
        "again.",
        alike=True,
    ),
    ForeignOrigin: ProblemType(
        "foreign-origin",
        403,
        "The request comes from another site",
        "A request with the cookie of the service must come from its own pages: the header `Origin` must be "
        "the public address of the service or, where none is set, have the host that the request is sent to.",
    ),
    UnverifiedCall: ProblemType(
        "unverified-call",
        401,
        "The call is not verified",
        "Calls of webhooks are signed with a secret that both sides know. This one is not, or the service "
        "was given no secret.",
        alike=True,
    ),
    NotFound: NOT_FOUND,
    NotFoundException: attrs.evolve(NOT_FOUND, words="there is nothing at this address"),
    MethodNotAllowedException: ProblemType(
        "method-not-allowed",
        405,
        "Method not allowed",
        "The address exists and does not take this method; the header `Allow` lists those it takes.",
        words="this address does not take this method",
        header="Allow",
    ),
    Refused: ProblemType(
        "booking-refused",
        409,
        "The booking is refused",
        "The rules of the host forbid this start. `reasons` lists every one of them, and `suggestions` the "
        "nearest starts that can be booked.",
    ),
    IllegalTransition: ProblemType(
        "illegal-transition",
        409,
        "The appointment is in another state",
        "The lifecycle of an appointment has no such step from where it stands.",
    ),
    TypeInUse: ProblemType(
        "type-in-use",
        409,
        "The appointment type is in use",
        "Appointments that are to come are of this type and could not be moved without it. It can be "
        "removed once they are over or cancelled.",
    ),
    VersionMismatch: ProblemType(
        "version-mismatch",
        412,
        "The appointment was changed in the meantime",
        "The version in `If-Match` is not the present one: read the appointment again.",
    ),
    RequestEntityTooLarge: ProblemType(
        "body-too-large",
        413,
        "The body is too large",
        "The body has more bytes than any valid request.",
        words="the body is too large",
    ),
    UnsupportedMediaType: ProblemType(
        "unsupported-media-type",
        415,
        "The body is not sent as JSON",
        "Bodies are sent with `Content-Type: application/json`, in UTF-8.",
    ),
    IdempotencyMismatch: ProblemType(
        "idempotency-mismatch",
        422,
        "The idempotency key was used for another request",
        "A key in `Idempotency-Key` stands for one request; another one needs another key.",
    ),
    ConditionMissing: ProblemType(
        "precondition-required",
        428,
        "The request must say which version it means",
        "What could overwrite somebody else's change is sent with `If-Match`: the `ETag` that was last read, "
        "or `*` for whatever there is now.",
    ),
    TooManyAttempts: ProblemType(
        "too-many-attempts",
        429,
        "Too many failed sign-ins",
        "Too many sign-ins for this account failed, or too many from this address. Trying again makes sense "
        "after `Retry-After` seconds; from another address the right password is taken at any time.",
        alike=True,
        header="Retry-After",
    ),
    TooManyWrites: ProblemType(
        "too-many-writes",
        429,
        "Too many requests that write",
        "A user may send so many requests that write in a minute. The next one is taken after `Retry-After` "
        "seconds; nothing was changed by this one.",
        header="Retry-After",
    ),
    Conflict: ProblemType(
        "lost-race",
        503,
        "Too many requests for the same agenda at once",
        "Others were quicker several times in a row. Nothing was changed; trying again is safe.",
        words="too many requests for the same agenda at once, try again",
        header="Retry-After",
    ),
    StorageUnavailable: ProblemType(
        "storage-unavailable",
        503,
        "The storage cannot answer now",
        "The database cannot be reached or is busy. Trying again after `Retry-After` seconds is safe.",
        words="the storage cannot answer now, try again",
        header="Retry-After",
    ),
    Stopping: ProblemType(
        "stopping",
        503,
        "The process is stopping",
        "The process was asked to stop. What is under way is finished; send new requests to another one.",
        header="Retry-After",
    ),
    HTTPException: ProblemType(
        "bad-request",
        400,
        "The request cannot be read",
        "The request breaks HTTP itself, for example in its headers.",
        words="the request cannot be read",
    ),
    Exception: INTERNAL,
}


def find_problem_type(error: Exception) -> ProblemType:
    """Return what the table says of an exception, or of the nearest of its ancestors."""
    if isinstance(error, HTTPException) and error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return INTERNAL
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def problem_types() -> list[ProblemType]:
    """Return every kind of problem once, by name."""
    kinds = {kind.name: kind for kind in PROBLEMS.values()}
    return [kinds[name] for name in sorted(kinds)]
