"""What the errors of the client mean for a delivery."""

from scheduling_calcom.errors import (
    Gone,
    Interrupted,
    InvalidRequest,
    LimitReached,
    NotRepresentable,
    RateLimited,
    ServerFailed,
    StateConflict,
    Unauthorised,
    UnexpectedAnswer,
    Unreachable,
    WrongApiVersion,
    is_ambiguous,
)
from scheduling_core import ExternalCalendarError, ExternalRejected, ExternalUnavailable
from scheduling_core.external import Failure, Verdict

# The first row whose class fits decides. What may have been done all the same was taken out before, but for
# the rows that say more than that.
_MEANINGS: tuple[tuple[type[ExternalCalendarError], Verdict, str], ...] = (
    (StateConflict, Verdict.TAKEN, "conflict"),
    (WrongApiVersion, Verdict.LOCKED_OUT, "wrong_api_version"),
    (RateLimited, Verdict.LIMITED, "rate_limited"),
    (Unreachable, Verdict.DOWN, "unreachable"),
    (Interrupted, Verdict.DOWN, "interrupted"),
    (ServerFailed, Verdict.DOWN, "server_failed"),
    (InvalidRequest, Verdict.REFUSED, "invalid_request"),
    (NotRepresentable, Verdict.REFUSED, "not_representable"),
    (LimitReached, Verdict.DISAGREED, "limit_reached"),
    (Unauthorised, Verdict.LOCKED_OUT, "unauthorised"),
    (UnexpectedAnswer, Verdict.LOCKED_OUT, "unexpected_answer"),
    (Gone, Verdict.GONE, "not_found"),
)
_CERTAIN = (StateConflict, WrongApiVersion)


def judge(error: ExternalCalendarError) -> Failure:
    """Return what *error* means for what was to be done.

    The codes of errors that have none of their own are the names of their kinds. None of them holds a uid,
    a key or anything of a customer.
    """
    wish = error.retry_after if isinstance(error, ExternalUnavailable) else None
    for kind, verdict, name in _MEANINGS:
        if isinstance(error, kind):
            code = error.code if isinstance(error, ExternalRejected) else name
            is_doubtful = is_ambiguous(error) and not isinstance(error, _CERTAIN)
            return Failure(Verdict.UNKNOWN if is_doubtful else verdict, code, wish)
    return Failure(Verdict.UNKNOWN, "unknown_error", wish)
