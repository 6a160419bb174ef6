"""What can go wrong: the tree, the messages, and the data that the leaves carry."""

import copy
import datetime as dt
import inspect
import pickle

import pytest

from scheduling_core import (
    BookingRefused,
    Conflict,
    ExternalCalendarError,
    ExternalRejected,
    ExternalUnavailable,
    IdempotencyMismatch,
    IllegalTransition,
    Interval,
    InvalidValue,
    NotFound,
    OutsideHours,
    SchedulingError,
    StorageUnavailable,
    TypeInUse,
    VersionMismatch,
    WrongDuration,
    errors,
)

MINUTE = dt.timedelta(minutes=1)
STARTS = Interval.of(dt.datetime(2026, 1, 5, tzinfo=dt.UTC), MINUTE)

LEAVES: list[tuple[SchedulingError, str]] = [
    (InvalidValue("end", "must be after the start", 5), "end must be after the start, not 5"),
    (InvalidValue("notes", "must be text"), "notes must be text"),
    (NotFound("appointment type", "massage"), "no such appointment type"),
    (
        BookingRefused((OutsideHours(STARTS), WrongDuration(STARTS, MINUTE))),
        "refused: outside_hours, wrong_duration",
    ),
    (IllegalTransition("cancelled", "confirmed"), "a cancelled appointment cannot be confirmed"),
    (TypeInUse("massage", ("a1",)), "1 appointment to come is of this type"),
    (TypeInUse("massage", ("a1", "a2")), "2 appointments to come are of this type"),
    (VersionMismatch(1, 2), "expected version 1, found 2"),
    (IdempotencyMismatch(), "the idempotency key was used for another request"),
    (Conflict(4), "lost the race 4 times"),
    (StorageUnavailable(MINUTE), "the storage is unavailable, try again in 60 s"),
    (ExternalUnavailable(), "the external calendar is unavailable"),
    (ExternalUnavailable(MINUTE), "the external calendar is unavailable"),
    (ExternalRejected("slot_taken"), "the external calendar refused: slot_taken"),
]
leaves = pytest.mark.parametrize(
    ("error", "message"), LEAVES, ids=[f"{type(error).__name__}-{message[:20]}" for error, message in LEAVES]
)


@leaves
def test_a_message_says_what_is_wrong(error: SchedulingError, message: str) -> None:
    """A message is one lower-case line that names the value and the rule."""
    assert str(error) == message


@leaves
def test_an_error_can_cross_to_another_process(error: SchedulingError, message: str) -> None:
    """Pickled or copied, an error keeps its data and its message."""
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):  # noqa: S301  Our own bytes.
        assert type(again) is type(error)
        assert repr(again) == repr(error)
        assert str(again) == message


def test_every_error_hangs_on_one_root() -> None:
    """Whoever catches the root catches every error, and every leaf is among the examples above."""
    public = [
        item
        for item in (*vars(errors).values(), BookingRefused)
        if inspect.isclass(item) and issubclass(item, SchedulingError)
    ]
    roots = {SchedulingError, ExternalCalendarError}
    assert set(public) - roots == {type(error) for error, _ in LEAVES}


@pytest.mark.parametrize(
    ("leaf", "known"),
    [
        (InvalidValue, ValueError),
        (NotFound, LookupError),
        (ExternalUnavailable, ExternalCalendarError),
        (ExternalRejected, ExternalCalendarError),
    ],
)
def test_a_leaf_is_also_what_others_know_it_as(leaf: type, known: type) -> None:
    """A bad value is a ValueError, a missing thing a LookupError, and so on."""
    assert issubclass(leaf, known)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (STARTS.start, "2026-01-05T00:00:00+00:00"),
        (dt.date(2026, 1, 5), "2026-01-05"),
        (dt.time(9, 30), "09:30:00"),
        (90 * MINUTE, "1:30:00"),
        (STARTS, "2026-01-05T00:00:00+00:00/2026-01-05T00:01:00+00:00"),
        ((MINUTE, dt.date(2026, 1, 5)), "(0:01:00, 2026-01-05)"),
        ("2026", "'2026'"),
    ],
    ids=["instant", "date", "time", "duration", "interval", "several", "text"],
)
def test_times_are_shown_as_people_write_them(value: object, shown: str) -> None:
    """Instants, dates, times and intervals are shown in ISO 8601, wherever they stand in a value."""
    assert str(InvalidValue("field", "must be other", value)) == f"field must be other, not {shown}"


def test_many_times_are_shortened() -> None:
    """A message stays short however many times were given."""
    assert len(str(InvalidValue("starts", "must be few", [STARTS] * 5_000))) < 500


def test_a_long_value_is_shortened() -> None:
    """A message stays short whatever was given."""
    assert len(str(InvalidValue("timezone", "must be known", "x" * 5_000))) < 120


def test_a_missing_thing_is_named_by_its_data_only() -> None:
    """An id may be anything that a caller typed, so it stands in the error and not in its message."""
    error = NotFound("host", "someone@example.com")
    assert (error.kind, error.id) == ("host", "someone@example.com")
    assert "someone" not in str(error)
