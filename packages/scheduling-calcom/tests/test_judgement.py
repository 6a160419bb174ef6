"""What each error means for a delivery, line by line."""

import datetime as dt

import pytest

from scheduling_calcom import (
    Gone,
    Interrupted,
    InvalidRequest,
    LimitReached,
    NotRepresentable,
    RateLimited,
    ReplacementFailed,
    ServerFailed,
    StateConflict,
    Unauthorised,
    UnexpectedAnswer,
    Unreachable,
    WrongApiVersion,
)
from scheduling_calcom.judgement import judge
from scheduling_core import ExternalCalendarError
from scheduling_core.external import Failure, Verdict

MINUTE = dt.timedelta(minutes=1)
CALL = "create_booking"


@pytest.mark.parametrize(
    ("error", "verdict", "code"),
    [
        (Unreachable(None, CALL, "ConnectError"), Verdict.DOWN, "unreachable"),
        (RateLimited(None, CALL), Verdict.LIMITED, "rate_limited"),
        (Interrupted(None, CALL, "ReadTimeout", ambiguous=True), Verdict.UNKNOWN, "interrupted"),
        (Interrupted(None, "get_booking", "ReadTimeout"), Verdict.DOWN, "interrupted"),
        (ServerFailed(None, CALL, ambiguous=True), Verdict.UNKNOWN, "server_failed"),
        (ServerFailed(None, "get_booking"), Verdict.DOWN, "server_failed"),
        (UnexpectedAnswer(CALL, "data", "x", ambiguous=True), Verdict.UNKNOWN, "unexpected_answer"),
        (UnexpectedAnswer("get_booking", "data", "x"), Verdict.LOCKED_OUT, "unexpected_answer"),
        (StateConflict("slot_taken", CALL), Verdict.TAKEN, "slot_taken"),
        (StateConflict("conflict", CALL, ambiguous=False), Verdict.TAKEN, "conflict"),
        (InvalidRequest("invalid_request", CALL), Verdict.REFUSED, "invalid_request"),
        (NotRepresentable("no_event_type", "x"), Verdict.REFUSED, "no_event_type"),
        (LimitReached("limit_reached", CALL), Verdict.DISAGREED, "limit_reached"),
        (Unauthorised("unauthorised", CALL), Verdict.LOCKED_OUT, "unauthorised"),
        (WrongApiVersion("get_me", "data", "x"), Verdict.LOCKED_OUT, "wrong_api_version"),
        (WrongApiVersion(CALL, "data", "x", ambiguous=True), Verdict.LOCKED_OUT, "wrong_api_version"),
        (Gone("not_found", CALL), Verdict.GONE, "not_found"),
        (ReplacementFailed(CALL, Gone("not_found", CALL)), Verdict.UNKNOWN, "unknown_error"),
        (ExternalCalendarError(), Verdict.UNKNOWN, "unknown_error"),
    ],
)
def test_an_error_means(error: ExternalCalendarError, verdict: Verdict, code: str) -> None:
    """Every error has a verdict, and a code that stays the same."""
    assert judge(error) == Failure(verdict, code)


@pytest.mark.parametrize("error", [RateLimited(MINUTE, CALL), ServerFailed(MINUTE, CALL)])
def test_the_wish_of_the_other_side_is_passed_on(error: ExternalCalendarError) -> None:
    """For how long Cal.com wants to hear nothing is told to the relay."""
    assert judge(error).retry_after == MINUTE
