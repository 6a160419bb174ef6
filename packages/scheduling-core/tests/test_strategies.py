"""The strategies draw valid values, and soon the hard ones."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import oracles
from scheduling_core import (
    Agenda,
    Appointment,
    AppointmentType,
    BookingPolicy,
    BookingRequest,
    BusyInterval,
    DateOverride,
    Interval,
    Limit,
    MemoryStorage,
    Schedule,
    Scheduler,
    SchedulingError,
    TimeOff,
    TimeRange,
    WeeklyHours,
    find_slots,
)
from scheduling_core.testing import CountingIds, ManualClock, strategies
from scheduling_core.testing.strategies import History, Situation
from scheduling_core.testing.strategies.times import ORIGIN
from scheduling_core.testing.strategies.zones import jump

T = TypeVar("T")
HOUR = dt.timedelta(hours=1)
MIDNIGHT = dt.time(0)


def first(strategy: st.SearchStrategy[T], condition: Callable[[T], object]) -> T:
    """Return a value that fulfils the condition; raises NoSuchExample unless a thousand draws hold one.

    Always the same thousand: chance would let a run in some hundreds fail that has nothing wrong with it.
    """
    only_draw = settings(
        max_examples=1_000,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    return find(strategy, lambda value: bool(condition(value)), settings=only_draw)


# --- every value is valid ------------------------------------------------------------------------------

ZONE = ZoneInfo("America/Havana")
EVERY: dict[str, tuple[st.SearchStrategy[Any], type]] = {
    "zones": (strategies.zones(), ZoneInfo),
    "changing_zones": (strategies.changing_zones(), ZoneInfo),
    "anchors": (strategies.anchors(ZONE), dt.datetime),
    "instants": (strategies.instants(), dt.datetime),
    "durations": (strategies.durations(), dt.timedelta),
    "intervals": (strategies.intervals(), Interval),
    "time_ranges": (strategies.time_ranges(), TimeRange),
    "weekly_hours": (strategies.weekly_hours(), WeeklyHours),
    "date_overrides": (strategies.date_overrides(), DateOverride),
    "schedules": (strategies.schedules(), Schedule),
    "limits": (strategies.limits(), Limit),
    "policies": (strategies.policies(), BookingPolicy),
    "appointment_types": (strategies.appointment_types(), AppointmentType),
    "customer_names": (strategies.customer_names(), str),
    "metadata": (strategies.metadata(), dict),
    "booking_requests": (strategies.booking_requests(), BookingRequest),
    "appointments": (strategies.appointments(), Appointment),
    "time_off": (strategies.time_off(ORIGIN), TimeOff),
    "busy_intervals": (strategies.busy_intervals(ORIGIN), BusyInterval),
    "agendas": (strategies.agendas(), Agenda),
    "situations": (strategies.situations(), Situation),
    "histories": (strategies.histories(), History),
}


def test_every_strategy_is_listed_here() -> None:
    """What is public is tested."""
    others = {"Call", "History", "Outcome", "Situation", "clock_changes"}
    assert set(EVERY) == set(strategies.__all__) - others


@pytest.mark.parametrize("name", EVERY)
@settings(max_examples=25)  # Every other test draws them too.
@given(st.data())
def test_every_drawn_value_is_of_its_type(name: str, data: st.DataObject) -> None:
    """No draw fails, and what is drawn is what its name says."""
    strategy, kind = EVERY[name]
    assert isinstance(data.draw(strategy), kind)


@given(strategies.agendas())
def test_in_a_drawn_agenda_no_two_appointments_that_hold_time_overlap(agenda: Agenda) -> None:
    """An agenda is one that could have come about."""
    holding = [each for each in agenda.appointments if each.status in oracles.HOLDING]
    for one, other in itertools.combinations(holding, 2):
        assert one.occupied.end <= other.occupied.start or other.occupied.end <= one.occupied.start


@given(strategies.situations())
def test_a_drawn_situation_can_be_stored_and_asked(asked: Situation) -> None:
    """The fields of a situation fit together, and its storage answers."""
    storage = MemoryStorage()
    asked.store(storage)
    scheduler = Scheduler(storage, clock=ManualClock(asked.now), new_id=CountingIds())
    assert scheduler.types(asked.agenda.host) == (asked.type,)
    assert scheduler.time_off(asked.agenda.host) == tuple(
        sorted(asked.agenda.time_off, key=lambda off: off.during.start)
    )
    everything = Interval(ORIGIN.replace(year=1980), ORIGIN.replace(year=2050))
    stored = scheduler.between(asked.agenda.host, everything)
    assert {each.id for each in stored} == {each.id for each in asked.agenda.appointments}


@given(strategies.histories())
def test_a_drawn_history_can_be_replayed_with_the_same_outcome(history: History) -> None:
    """With a clock and ids that obey, everything comes out the same again."""

    def replay() -> list[object]:
        clock = ManualClock(history.now)
        scheduler = Scheduler(MemoryStorage(), clock=clock, new_id=CountingIds())
        outcomes = history.replay(scheduler, clock)
        assert all(each.error is None or isinstance(each.error, SchedulingError) for each in outcomes)
        return [str(each.error) if each.error else each.result for each in outcomes]

    assert replay() == replay()


# --- the hard values come up ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "change", "expected"),
    [
        ("Australia/Lord_Howe", "2026-04-04T15:00", HOUR / -2),
        ("Antarctica/Troll", "2026-03-29T01:00", 2 * HOUR),
        ("Europe/Dublin", "2026-10-25T01:00", -HOUR),
        ("America/Havana", "2026-03-08T05:00", HOUR),
        ("Asia/Beirut", "2026-10-24T21:00", -HOUR),
        ("Pacific/Apia", "2011-12-30T10:00", 24 * HOUR),
        ("Pacific/Kwajalein", "1993-08-21T12:00", 24 * HOUR),
        ("America/Goose_Bay", "2007-11-04T03:01", -HOUR),
    ],
)
def test_odd_zones_are_drawn_with_their_odd_changes(zone: str, change: str, expected: dt.timedelta) -> None:
    """The zones that break calendars are all there, and each change is found to the second."""
    instant = dt.datetime.fromisoformat(change).replace(tzinfo=dt.UTC)
    assert first(strategies.changing_zones(), lambda drawn: drawn.key == zone).key == zone
    assert instant in strategies.clock_changes(ZoneInfo(zone))
    assert jump(instant, ZoneInfo(zone)) == expected


def in_gap(drawn: tuple[Schedule, dt.datetime]) -> bool:
    """Say whether a range of the schedule begins at a local time that its zone skips at the change."""
    schedule, change = drawn
    zone, skipped = schedule.timezone, jump(change, schedule.timezone)
    landing = change.astimezone(zone).replace(tzinfo=None)
    return any(
        landing - skipped < dt.datetime.combine(landing.date(), each.start) < landing
        for each in schedule.hours_on(landing.date())
    )


def in_fold(drawn: tuple[Schedule, dt.datetime]) -> bool:
    """Say whether a range of the schedule ends at a local time that comes twice at the change."""
    schedule, change = drawn
    zone, repeated = schedule.timezone, -jump(change, schedule.timezone)
    landing = change.astimezone(zone).replace(tzinfo=None)
    return any(
        landing < dt.datetime.combine(landing.date(), each.end) < landing + repeated
        for each in schedule.hours_on(landing.date())
    )


@st.composite
def around_a_change(draw: st.DrawFn) -> tuple[Schedule, dt.datetime]:
    """Draw a schedule near a change of its zone, and the change."""
    zone = draw(strategies.changing_zones())
    anchor = draw(strategies.anchors(zone))
    return draw(strategies.schedules(zone, anchor)), anchor


HARD: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], object]]] = {
    "hours that begin in a gap": (around_a_change(), in_gap),
    "hours that end in a repeated hour": (around_a_change(), in_fold),
    "hours up to midnight": (strategies.time_ranges(), lambda drawn: drawn.end == MIDNIGHT),
    "a date that never was": (
        st.tuples(strategies.changing_zones()).flatmap(lambda one: strategies.anchors(one[0])),
        lambda drawn: drawn == dt.datetime(2011, 12, 30, 10, tzinfo=dt.UTC),
    ),
    "a closed date": (strategies.schedules(), lambda drawn: any(not day.hours for day in drawn.overrides)),
    "two intervals that touch": (
        st.tuples(strategies.intervals(), strategies.intervals()),
        lambda pair: pair[0].end == pair[1].start,
    ),
    "two intervals that overlap": (
        st.tuples(strategies.intervals(), strategies.intervals()),
        lambda pair: pair[0].start < pair[1].start < pair[0].end < pair[1].end,
    ),
    "two equal intervals": (
        st.tuples(strategies.intervals(), strategies.intervals()),
        lambda pair: pair[0] == pair[1],
    ),
    "appointments that touch": (
        strategies.agendas(),
        lambda drawn: any(
            one.occupied.end == other.occupied.start
            for one, other in itertools.pairwise(drawn.appointments)
            if one.holds_time and other.holds_time
        ),
    ),
    "time off over an appointment": (
        strategies.agendas(),
        lambda drawn: any(
            off.during.overlaps(each.during) for off in drawn.time_off for each in drawn.appointments
        ),
    ),
    "many slots": (
        strategies.situations(),
        lambda asked: len(find_slots(asked.agenda, asked.type, now=asked.now)) > 20,
    ),
    "a move": (strategies.situations(), lambda asked: asked.moving is not None),
    "a long history": (strategies.histories(), lambda drawn: len(drawn.calls) > 15),
}


@pytest.mark.parametrize("name", HARD)
def test_what_breaks_calendars_is_drawn_soon(name: str) -> None:
    """Among a thousand draws there is at least one."""
    assert first(*HARD[name])


@st.composite
def broken_rules(draw: st.DrawFn) -> set[str]:
    """Draw the codes of all rules that some start of a situation breaks."""
    asked = draw(strategies.situations())
    oracle = oracles.Question(asked.agenda, asked.type, asked.now, asked.duration, asked.moving)
    window = asked.agenda.window
    starts = [window.start + step * HOUR * 7 / 6 for step in range(5)]
    return {code for start in starts for code, _ in oracle.causes(start)} or {"bookable"}


@pytest.mark.parametrize("code", [*oracles.RULES, "bookable"])
def test_every_reason_is_drawn_soon(code: str) -> None:
    """Situations break every rule now and then, and sometimes none."""
    assert code in first(broken_rules(), lambda codes: code in codes)
