"""Questions about a host, over a storage in memory."""

import datetime as dt
import itertools
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    DateOverride,
    HostId,
    Interval,
    InvalidValue,
    Limit,
    MemoryStorage,
    NotFound,
    Period,
    Schedule,
    Scheduler,
    TimeOff,
    TimeRange,
    WeeklyHours,
)

at = dt.datetime.fromisoformat
HOST, OTHER = HostId("host"), HostId("other")
TALK, CALL, RARE = AppointmentTypeId("talk"), AppointmentTypeId("call"), AppointmentTypeId("rare")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
NOW = at("2026-01-05T09:30Z")
TODAY = Interval(at("2026-01-05T00:00Z"), at("2026-01-06T00:00Z"))
HOURS = Schedule(ZoneInfo("UTC"), WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(12))))
HOURLY = BookingPolicy(slot_interval=HOUR)
WAITING = AppointmentType(CALL, "Call", [HOUR], HOURLY, requires_confirmation=True)
WEEKLY = BookingPolicy(slot_interval=HOUR, limits=[Limit(Period.WEEK, count=1)], buffer_after=90 * MINUTE)


@pytest.fixture
def scheduler() -> Scheduler:
    """A scheduler of two hosts, who are there in the morning."""
    numbers = itertools.count(1)
    made = Scheduler(MemoryStorage(), clock=lambda: NOW, new_id=lambda: f"id-{next(numbers):04}")
    for host in (HOST, OTHER):
        made.set_schedule(host, HOURS)
        made.add_type(host, AppointmentType(TALK, "Talk", [HOUR, 2 * HOUR], HOURLY))
        made.add_type(host, WAITING)
        made.add_type(host, AppointmentType(RARE, "Review", [HOUR], WEEKLY))
    return made


def book(
    scheduler: Scheduler, start: str, type: AppointmentTypeId = TALK, host: HostId = HOST
) -> Appointment:
    """Book an hour in January."""
    return scheduler.book(BookingRequest(host, type, at(f"2026-01-{start}Z"), "Ann", HOUR))


def told(slots: list[dt.datetime]) -> str:
    """Write slots as day and hour."""
    return " ".join(f"{slot:%d-%H}" for slot in slots)


class TestAppointments:
    """What is booked."""

    def test_upcoming_is_what_has_not_ended(self, scheduler: Scheduler) -> None:
        """Pending and confirmed appointments of the host that end after now, in order of start."""
        later, waiting, soon = (
            book(scheduler, "07T09:00"),
            book(scheduler, "06T10:00", CALL),
            book(scheduler, "05T10:00"),
        )
        scheduler.cancel(book(scheduler, "06T09:00").id)
        scheduler.complete(book(scheduler, "06T11:00").id)
        book(scheduler, "06T09:00", host=OTHER)
        assert scheduler.upcoming(HOST) == (soon, waiting, later)
        assert [len(scheduler.upcoming(HOST, limit=limit)) for limit in (0, 1, 2, 3, 4)] == [0, 1, 2, 3, 3]

    @pytest.mark.parametrize(
        ("now", "expected"), [("10:00", 1), ("10:59", 1), ("11:00", 0)], ids=["begun", "ending", "ended"]
    )
    def test_what_has_begun_is_upcoming_until_it_ends(self, now: str, expected: int) -> None:
        """The end decides, to the microsecond."""
        clock = itertools.chain([NOW] * 3, itertools.repeat(at(f"2026-01-05T{now}Z")))
        scheduler = Scheduler(MemoryStorage(), clock=lambda: next(clock))
        scheduler.set_schedule(HOST, HOURS)
        scheduler.add_type(HOST, AppointmentType(TALK, "Talk", [HOUR], HOURLY))
        book(scheduler, "05T10:00")
        assert len(scheduler.upcoming(HOST)) == expected

    def test_a_negative_limit_is_refused(self, scheduler: Scheduler) -> None:
        """A limit is a number of appointments."""
        with pytest.raises(InvalidValue, match="limit"):
            scheduler.upcoming(HOST, limit=-1)

    def test_between_is_what_overlaps(self, scheduler: Scheduler) -> None:
        """Appointments in any status whose own time overlaps the window, and not those that touch it."""
        second, first = book(scheduler, "06T11:00"), scheduler.cancel(book(scheduler, "06T10:00").id)
        book(scheduler, "06T10:00", host=OTHER)
        window = Interval(first.during.end - MINUTE, second.during.start + MINUTE)
        assert scheduler.between(HOST, window) == (first, second)
        assert scheduler.between(HOST, first.during) == (first,)
        assert scheduler.between(HOST, Interval.of(second.during.end, DAY)) == ()


class TestLog:
    """What happened."""

    def test_history_is_of_one_appointment(self, scheduler: Scheduler) -> None:
        """Its changes, oldest first, each with the appointment as it then was."""
        first = book(scheduler, "06T09:00")
        book(scheduler, "06T10:00")
        last = scheduler.cancel(first.id, reason="ill")
        entries = scheduler.history(first.id)
        assert [entry.change.kind for entry in entries] == ["booked", "cancelled"]
        assert [getattr(entry.change, "appointment", None) for entry in entries] == [first, last]

    def test_changes_come_after_a_version(self, scheduler: Scheduler) -> None:
        """The host's entries above a version, without gaps; none above the last."""
        book(scheduler, "06T09:00")
        every = scheduler.changes(HOST)
        assert [entry.version for entry in every] == [1, 2, 3, 4, 5]
        for version in range(7):
            assert scheduler.changes(HOST, after=version) == every[version:]

    def test_all_changes_come_after_any_lower_version(self, scheduler: Scheduler) -> None:
        """Every version is above a negative one."""
        assert scheduler.changes(HOST, after=-1) == scheduler.changes(HOST)


class TestSlots:
    """What can be booked."""

    def test_slots_are_those_of_the_window(self, scheduler: Scheduler) -> None:
        """What has passed, is booked, or is off is not offered."""
        book(scheduler, "06T10:00")
        scheduler.add_time_off(HOST, TimeOff(Interval.of(at("2026-01-07T09:30Z"), HOUR)))
        window = Interval(TODAY.start, TODAY.end + 2 * DAY)
        assert told(scheduler.find_slots(HOST, TALK, window)) == "05-10 05-11 06-09 06-11 07-11"
        assert told(scheduler.find_slots(HOST, TALK, TODAY, duration=2 * HOUR)) == "05-10"

    def test_claims_beyond_the_window_count(self, scheduler: Scheduler) -> None:
        """What lies within duration and buffers of the window, or in the period of a limit, is known."""
        book(scheduler, "06T10:00")
        window = Interval.of(at("2026-01-06T08:00Z"), 61 * MINUTE)
        assert told(scheduler.find_slots(HOST, TALK, window)) == "06-09"
        assert scheduler.find_slots(HOST, TALK, window, duration=2 * HOUR) == []
        assert scheduler.find_slots(HOST, RARE, window) == []
        week = Interval.of(at("2026-01-08T08:00Z"), 3 * HOUR)
        assert told(scheduler.find_slots(HOST, RARE, week)) == "08-09 08-10"
        book(scheduler, "09T11:00", RARE)
        assert scheduler.find_slots(HOST, RARE, week) == []

    def test_a_move_leaves_its_own_time_free(self, scheduler: Scheduler) -> None:
        """With the appointment that is moved, its own time, length and share of a limit are free."""
        moving = book(scheduler, "05T10:00", RARE)
        assert scheduler.find_slots(HOST, RARE, TODAY) == []
        assert told(scheduler.find_slots(HOST, RARE, TODAY, moving=moving.id)) == "05-10 05-11"
        assert scheduler.next_slot(HOST, RARE, TODAY, moving=moving.id) == moving.during.start
        assert scheduler.explain(HOST, RARE, moving.during.start, moving=moving.id) == ()
        assert told(scheduler.suggest(HOST, RARE, TODAY.start, moving=moving.id, count=1)) == "05-10"

    def test_the_next_slot_is_looked_for_from_now_to_the_horizon(self, scheduler: Scheduler) -> None:
        """Without a window the first slot from now on is found, on the last day of the horizon too."""
        assert scheduler.next_slot(HOST, TALK) == at("2026-01-05T10:00Z")
        last = NOW.date() + 365 * DAY
        open_last = Schedule("UTC", overrides=[DateOverride(last, HOURS.weekly.monday)])
        scheduler.set_schedule(HOST, open_last)
        assert scheduler.next_slot(HOST, TALK) == at(f"{last}T09:00Z")
        scheduler.set_schedule(
            HOST, Schedule("UTC", overrides=[DateOverride(last + DAY, HOURS.weekly.monday)])
        )
        assert scheduler.next_slot(HOST, TALK) is None

    def test_a_refusal_is_explained(self, scheduler: Scheduler) -> None:
        """The reasons are those of a booking, told as far as a day to both sides."""
        book(scheduler, "06T10:00")
        (overlap,) = scheduler.explain(HOST, TALK, at("2026-01-06T10:00Z"))
        assert (overlap.code, overlap.starts.end) == ("overlap", at("2026-01-06T11:00Z"))
        (hours,) = scheduler.explain(HOST, TALK, at("2026-01-10T10:00Z"))
        assert hours.starts == Interval(at("2026-01-09T11:00:00.000001Z"), at("2026-01-11T10:00Z"))

    def test_what_is_near_is_suggested(self, scheduler: Scheduler) -> None:
        """The nearest slots, nearest first, none two weeks away."""
        book(scheduler, "07T10:00")
        found = scheduler.suggest(HOST, TALK, at("2026-01-07T10:00Z"), count=3)
        assert told(found) == "07-09 07-11 06-11"
        assert len(scheduler.suggest(HOST, TALK, at("2026-01-07T10:00Z"), count=99)) == 35
        assert scheduler.suggest(HOST, TALK, at("2028-01-07T10:00Z")) == []


ASK: dict[str, tuple[Callable[[Scheduler], object], str]] = {
    "find_slots": (lambda scheduler: scheduler.find_slots(HostId("x"), TALK, TODAY), "host"),
    "next_slot": (lambda scheduler: scheduler.next_slot(HostId("x"), TALK), "host"),
    "explain": (lambda scheduler: scheduler.explain(HostId("x"), TALK, NOW), "host"),
    "suggest": (lambda scheduler: scheduler.suggest(HostId("x"), TALK, NOW), "host"),
    "upcoming": (lambda scheduler: scheduler.upcoming(HostId("x")), "host"),
    "between": (lambda scheduler: scheduler.between(HostId("x"), TODAY), "host"),
    "changes": (lambda scheduler: scheduler.changes(HostId("x")), "host"),
    "schedule": (lambda scheduler: scheduler.schedule(HostId("x")), "host"),
    "affected": (lambda scheduler: scheduler.affected(HostId("x"), HOURS), "host"),
    "time_off": (lambda scheduler: scheduler.time_off(HostId("x")), "host"),
    "types": (lambda scheduler: scheduler.types(HostId("x")), "host"),
    "type": (lambda scheduler: scheduler.next_slot(HOST, AppointmentTypeId("x")), "appointment type"),
    "get": (lambda scheduler: scheduler.get(AppointmentId("x")), "appointment"),
    "history": (lambda scheduler: scheduler.history(AppointmentId("x")), "appointment"),
    "moving": (
        lambda scheduler: scheduler.find_slots(HOST, TALK, TODAY, moving=AppointmentId("x")),
        "appointment",
    ),
}


@pytest.mark.parametrize(("ask", "kind"), ASK.values(), ids=ASK)
def test_what_is_unknown_is_not_found(
    scheduler: Scheduler, ask: Callable[[Scheduler], object], kind: str
) -> None:
    """The error names the kind of thing that is missing."""
    with pytest.raises(NotFound) as caught:
        ask(scheduler)
    assert (caught.value.kind, caught.value.id) == (kind, "x")


@pytest.mark.parametrize("period", Period, ids=lambda period: period.value)
@pytest.mark.parametrize("start", ["1900-01-01T12:00Z", "2199-12-31T12:00Z"], ids=["first", "last"])
def test_limits_hold_in_the_first_and_in_the_last_period_of_all_time(period: Period, start: str) -> None:
    """A period that reaches over the ends of time is counted as far as time goes."""
    made = Scheduler(MemoryStorage(), clock=lambda: at("1900-01-01T00:00Z"))
    made.set_schedule(
        HOST, Schedule("Asia/Tokyo", WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0))))
    )
    policy = BookingPolicy(limits=[Limit(period, count=1)], horizon_days=36_600)
    made.add_type(HOST, AppointmentType(TALK, "Talk", [HOUR], policy))
    codes = {reason.code for reason in made.explain(HOST, TALK, at(start))}
    assert codes <= {"beyond_horizon"}


def test_somebody_else_s_appointment_cannot_be_moved_here(scheduler: Scheduler) -> None:
    """Of another host's appointment nothing is told, not even that it is there."""
    foreign = book(scheduler, "06T10:00", host=OTHER)
    with pytest.raises(NotFound):
        scheduler.find_slots(HOST, TALK, TODAY, moving=foreign.id)


@pytest.mark.parametrize(
    "duration", [dt.timedelta(0), -99 * DAY, dt.timedelta.max], ids=["zero", "negative", "huge"]
)
def test_a_duration_that_cannot_be_is_refused_by_every_question(
    scheduler: Scheduler, duration: dt.timedelta
) -> None:
    """It is a bad value, however far it reaches."""
    asks: list[Callable[[], object]] = [
        lambda: scheduler.find_slots(HOST, TALK, TODAY, duration=duration),
        lambda: scheduler.next_slot(HOST, TALK, duration=duration),
        lambda: scheduler.explain(HOST, TALK, NOW, duration=duration),
        lambda: scheduler.suggest(HOST, TALK, NOW, duration=duration),
    ]
    for ask in asks:
        with pytest.raises(InvalidValue, match="duration must be a positive timedelta"):
            ask()


def test_types_and_hours_are_told_as_they_were_given(scheduler: Scheduler) -> None:
    """Types come in order of id."""
    assert [item.id for item in scheduler.types(HOST)] == [CALL, RARE, TALK]
    assert scheduler.types(HOST)[0] == WAITING
    assert scheduler.schedule(HOST) == HOURS
