"""The agenda: what it holds, and which claims touch a stretch of time."""

import copy
import datetime as dt
import pickle
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Agenda,
    Appointment,
    AppointmentId,
    AppointmentTypeId,
    BusyInterval,
    HostId,
    Interval,
    InvalidValue,
    Schedule,
    Status,
    TimeOff,
)

HOST, TALK, WALK = HostId("host"), AppointmentTypeId("talk"), AppointmentTypeId("walk")
DAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
UTC = ZoneInfo("UTC")


def hours(first: float, until: float) -> Interval:
    """Return an interval of one day."""
    return Interval(DAY + dt.timedelta(hours=first), DAY + dt.timedelta(hours=until))


def held(
    name: str,
    during: Interval,
    *,
    buffer: float = 0,
    status: Status = Status.CONFIRMED,
    type: AppointmentTypeId = TALK,
    host: HostId = HOST,
) -> Appointment:
    """Return an appointment with as many hours of buffer on both sides."""
    wide = during.padded(dt.timedelta(hours=buffer), dt.timedelta(hours=buffer))
    id = AppointmentId(name)  # noqa: A001  The word of the domain.
    return Appointment(id, host, type, "Ann", during, wide, status, 1, UTC, created_at=DAY, updated_at=DAY)


def agenda(*appointments: Appointment) -> Agenda:
    """Return a day's agenda with these appointments."""
    return Agenda(HOST, hours(0, 24), Schedule(UTC), appointments)


BOOK = agenda(
    held("long", hours(8, 16)),
    held("early", hours(8, 9)),
    held("wide", hours(12, 13), buffer=1),
    held("late", hours(20, 21)),
    held("off", hours(18, 19), status=Status.CANCELLED),
)


@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [
        (0, 24, {"long", "early", "wide", "late"}),
        (9, 11, {"long"}),
        (8.5, 9, {"long", "early"}),
        (10.5, 11.5, {"long", "wide"}),
        (16, 20, set()),
        (20.5, 20.75, {"late"}),
        (0, 8, set()),
        (21, 24, set()),
    ],
    ids=["all", "touching", "first", "buffer", "gap", "inside", "before", "after"],
)
def test_claims_are_found_by_what_they_occupy(first: float, until: float, expected: set[str]) -> None:
    """A claim is found where its occupied interval overlaps, if it holds its time."""
    asked = hours(first, until)
    assert {claim[2].id for claim in BOOK.occupied.touching(asked.start, asked.end)} == expected


def test_claimed_time_is_told_in_runs() -> None:
    """Claims that touch or overlap are one run of claimed time."""
    found = BOOK.occupied.runs_touching(DAY, DAY + dt.timedelta(days=1))
    assert [Interval(*run) for run in found] == [hours(8, 16), hours(20, 21)]
    assert BOOK.occupied.runs_touching(hours(16, 17).start, hours(19, 20).end)[1:] == []


def test_absence_and_what_others_claim_are_kept_apart() -> None:
    """Time off and busy time are claims too, and a bare interval is busy time of an unnamed source."""
    away, busy = TimeOff(hours(9, 10), "dentist"), BusyInterval(hours(11, 12), "other calendar", DAY)
    asked = Agenda(HOST, hours(0, 24), Schedule(UTC), (), [away], [busy, hours(14, 15)])
    assert [claim[2] for claim in asked.absent.touching(*_ends(hours(0, 24)))] == [away]
    assert [claim[2] for claim in asked.busy.touching(*_ends(hours(0, 24)))] == [
        busy,
        BusyInterval(hours(14, 15)),
    ]


def _ends(interval: Interval) -> tuple[dt.datetime, dt.datetime]:
    return interval.start, interval.end


def test_appointments_are_counted_where_they_start() -> None:
    """Only those of the type that hold time count, each whole, in the span that holds its start."""
    book = agenda(
        held("a", hours(8, 10)),
        held("b", hours(12, 13)),
        held("c", hours(14, 15), type=WALK),
        held("d", hours(16, 17), status=Status.DECLINED),
    )
    talks = book.tally(TALK)
    assert talks.between(*_ends(hours(0, 24))) == (2, dt.timedelta(hours=3))
    assert talks.between(*_ends(hours(8, 12))) == (1, dt.timedelta(hours=2))
    assert talks.between(*_ends(hours(9, 12))) == (0, dt.timedelta(0))
    assert book.tally(AppointmentTypeId("nap")).between(*_ends(hours(0, 24))) == (0, dt.timedelta(0))


def test_an_agenda_is_of_one_host() -> None:
    """Someone else's appointment is refused, and nothing of it is told."""
    with pytest.raises(InvalidValue, match="appointments must all be of the agenda's host"):
        agenda(held("a", hours(8, 9), host=HostId("other")))


@pytest.mark.parametrize("as_of", [dt.datetime(2026, 1, 5), "today"], ids=["naive", "text"])
def test_when_a_source_was_asked_is_an_instant(as_of: dt.datetime) -> None:
    """A naive time of asking is refused by its name."""
    with pytest.raises(InvalidValue, match="as_of must be a datetime with a time zone"):
        BusyInterval(hours(9, 10), as_of=as_of)


def test_the_reason_of_an_absence_is_bounded_text() -> None:
    """It may have lines, but no end."""
    assert TimeOff(hours(9, 10), "a\nb").reason == "a\nb"
    with pytest.raises(InvalidValue, match="reason must have at most 500 characters"):
        TimeOff(hours(9, 10), "x" * 501)


def test_an_agenda_is_a_plain_value() -> None:
    """Equal agendas hash alike, and copied and pickled ones answer the same, after use as well."""
    assert len(list(BOOK.occupied.touching(*_ends(hours(0, 24))))) == 4
    for again in (copy.deepcopy(BOOK), pickle.loads(pickle.dumps(BOOK))):  # noqa: S301  Our own bytes.
        assert again == BOOK
        assert hash(again) == hash(BOOK)
        assert again.tally(TALK).between(*_ends(hours(0, 24)))[0] == 4
    with pytest.raises(AttributeError):
        BOOK.version = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    "build",
    [
        lambda: TimeOff(None),  # type: ignore[arg-type]
        lambda: BusyInterval((DAY, DAY)),  # type: ignore[arg-type]
        lambda: Schedule(UTC, None),  # type: ignore[arg-type]
        lambda: Agenda(HOST, DAY, Schedule(UTC)),  # type: ignore[arg-type]
        lambda: Agenda(HOST, hours(0, 24), UTC),  # type: ignore[arg-type]
        lambda: Agenda(HOST, hours(0, 24), Schedule(UTC), appointments=[5]),  # type: ignore[list-item]
        lambda: Agenda(HOST, hours(0, 24), Schedule(UTC), time_off=[5]),  # type: ignore[list-item]
        lambda: Agenda(HOST, hours(0, 24), Schedule(UTC), external_busy=[5]),  # type: ignore[list-item]
        lambda: Schedule(UTC, overrides=[5]),  # type: ignore[list-item]
    ],
    ids=[
        "time-off",
        "busy",
        "hours",
        "window",
        "schedule",
        "appointments",
        "absences",
        "claims",
        "overrides",
    ],
)
def test_what_is_no_interval_or_schedule_is_refused(build: Callable[[], object]) -> None:
    """A value that would fail when it is used cannot be built."""
    with pytest.raises(InvalidValue):
        build()
