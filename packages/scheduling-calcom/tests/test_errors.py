"""The errors as such: the tree, the messages, the data."""

import copy
import datetime as dt
import inspect
import pickle

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
    errors,
    is_ambiguous,
)
from scheduling_core import ExternalCalendarError, ExternalRejected, ExternalUnavailable

MINUTE = dt.timedelta(minutes=1)
LEAVES: list[tuple[ExternalCalendarError, type, bool, str]] = [
    (
        Unreachable(None, "get_me", "ConnectError"),
        ExternalUnavailable,
        False,
        "get_me: Cal.com cannot be reached (ConnectError)",
    ),
    (
        RateLimited(MINUTE, "get_me"),
        ExternalUnavailable,
        False,
        "get_me: too many requests, free again in 60 s",
    ),
    (RateLimited(None, "get_me"), ExternalUnavailable, False, "get_me: too many requests"),
    (
        Interrupted(None, "cancel_booking", "ReadTimeout", ambiguous=True),
        ExternalUnavailable,
        True,
        "cancel_booking: no whole answer came back (ReadTimeout)",
    ),
    (
        ServerFailed(MINUTE, "get_me", 503, "r1"),
        ExternalUnavailable,
        False,
        "get_me: Cal.com failed with status 503, request r1",
    ),
    (
        InvalidRequest("invalid_request", "get_me", 422),
        ExternalRejected,
        False,
        "get_me: Cal.com refused: invalid_request (status 422)",
    ),
    (
        StateConflict("slot_taken", "create_booking", 400, "r1"),
        ExternalRejected,
        True,
        "create_booking: Cal.com refused: slot_taken (status 400, request r1)",
    ),
    (
        LimitReached("limit_reached", "create_booking"),
        ExternalRejected,
        False,
        "create_booking: Cal.com refused: limit_reached (status 403)",
    ),
    (
        NotRepresentable("seconds", "09:00:30 on monday"),
        ExternalRejected,
        False,
        "Cal.com cannot hold 09:00:30 on monday: seconds",
    ),
    (
        Unauthorised("unauthorised", "get_me"),
        ExternalRejected,
        False,
        "get_me: Cal.com refused: unauthorised (status 401)",
    ),
    (
        Gone("not_found", "get_booking"),
        ExternalRejected,
        False,
        "get_booking: Cal.com refused: not_found (status 404)",
    ),
    (
        UnexpectedAnswer("get_me", "data.id", "a whole number"),
        ExternalCalendarError,
        False,
        "get_me: unexpected answer, data.id is not a whole number",
    ),
    (
        WrongApiVersion("probe", "data", "a list", resource="bookings", version="2024-08-13"),
        UnexpectedAnswer,
        False,
        (
            "probe: the server does not answer as cal-api-version 2024-08-13 does for bookings, "
            "data is not a list"
        ),
    ),
    (
        ReplacementFailed("update_booking", StateConflict("slot_taken", "create_booking")),
        ExternalCalendarError,
        True,
        (
            "update_booking: the old booking is cancelled, the new one failed: "
            "create_booking: Cal.com refused: slot_taken (status 400)"
        ),
    ),
]
leaves = pytest.mark.parametrize(
    ("error", "parent", "ambiguous", "message"), LEAVES, ids=[type(leaf[0]).__name__ for leaf in LEAVES]
)


@leaves
def test_an_error_says_what_happened(
    error: ExternalCalendarError, parent: type, *, ambiguous: bool, message: str
) -> None:
    """A message is one line, with the name of the call and without any data of people."""
    assert str(error) == message
    assert isinstance(error, parent)
    assert is_ambiguous(error) is ambiguous


@leaves
def test_an_error_can_cross_to_another_process(
    error: ExternalCalendarError, parent: type, *, ambiguous: bool, message: str
) -> None:
    """Pickled or copied, an error keeps its data and its message."""
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):  # noqa: S301  Our own bytes.
        assert type(again) is type(error)
        assert str(again) == message
        assert is_ambiguous(again) is ambiguous


def test_every_error_is_among_the_examples() -> None:
    """The tree has no leaf that is not tried here."""
    own = {
        item
        for item in vars(errors).values()
        if inspect.isclass(item)
        and issubclass(item, ExternalCalendarError)
        and item.__module__ == errors.__name__
    }
    assert own == {type(leaf[0]) for leaf in LEAVES}
    assert all(name in (errors.__doc__ or "") for name in (item.__name__ for item in own))


def test_what_is_unknown_is_ambiguous() -> None:
    """An error of another kind proves nothing, so it does not prove that nothing happened."""
    assert is_ambiguous(ExternalCalendarError())
