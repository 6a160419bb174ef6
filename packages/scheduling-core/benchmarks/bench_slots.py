"""Slots of a year, and one decision in a large agenda, beside the bare work."""

import datetime as dt
from functools import partial
from pathlib import Path

import attrs
import yardsticks
from matplotlib.figure import Figure

from scheduling_core import (
    Agenda,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    HostId,
    Interval,
    Limit,
    Period,
    Schedule,
    TimeRange,
    WeeklyHours,
    decisions,
    explain,
    find_slots,
    next_slot,
)
from yardstick import Result, compare, fastest

HOST, TYPE = HostId("host"), AppointmentTypeId("type")
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
QUARTER, HALF, DAY = dt.timedelta(minutes=15), dt.timedelta(minutes=30), dt.timedelta(days=1)
SCHEDULE = Schedule("America/New_York", WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17))))
PLAIN = AppointmentType(TYPE, "plain")
LIMITED = AppointmentType(
    TYPE,
    "limited",
    # Never reached, so that the slots are the same and only the counting is measured.
    policy=BookingPolicy(limits=(Limit(Period.DAY, count=1_000), Limit(Period.WEEK, total=100 * DAY))),
)


def scatter(count: int, days: int) -> list[Interval]:
    """Return intervals of a quarter to a whole hour, spread over the days without a pattern."""
    seed, intervals = 1, []
    for _ in range(count):
        seed = (seed * 1_103_515_245 + 12_345) % 2**31  # Any sequence will do that is the same in every run.
        intervals.append(
            Interval.of(START + seed // 64 % (days * 96) * QUARTER, (1 + seed // 65_536 % 4) * QUARTER)
        )
    return intervals


def make_agenda(days: int, busy: int) -> Agenda:
    """Return an agenda with busy time from elsewhere."""
    return Agenda(HOST, Interval(START, START + days * DAY), SCHEDULE, external_busy=scatter(busy, days))


def make_counted_agenda(days: int, busy: int) -> Agenda:
    """Return an agenda with the same time taken by appointments, which count for the limits."""
    first = make_full_agenda(1, 1).appointments[0]
    booked = (
        attrs.evolve(first, id=AppointmentId(str(number)), during=interval, occupied=interval)
        for number, interval in enumerate(scatter(busy, days))
    )
    return attrs.evolve(make_agenda(days, 0), appointments=tuple(booked))


def make_full_agenda(days: int, appointments: int) -> Agenda:
    """Return an agenda whose appointments fill one half hour out of two, all the year round."""
    policyless = Schedule("America/New_York", WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0))))
    window = Interval(START, START + days * DAY)
    request = BookingRequest(HOST, TYPE, START, "customer")
    first = decisions.book(
        Agenda(HOST, window, policyless), PLAIN, request, id=AppointmentId("a"), now=START
    ).appointment
    booked = (
        yardsticks.shift(first, AppointmentId(str(number)), START + number * 2 * HALF)
        for number in range(appointments)
    )
    return Agenda(HOST, window, policyless, appointments=tuple(booked))


def measure() -> list[Result]:
    """Return every ratio of the core that has a goal."""
    return measure_slots() + measure_decisions()


def measure_slots() -> list[Result]:
    """Return what slots cost beside a bare sweep."""
    results = []
    for days, busy in ((365, 1_000), (90, 10_000)):
        agenda, counted = make_agenda(days, busy), make_counted_agenda(days, busy)
        expected = yardsticks.sweep(agenda, HALF, QUARTER, START)
        assert find_slots(agenda, PLAIN, now=START) == expected
        assert find_slots(counted, LIMITED, now=START) == expected
        asked = f"find_slots, {days} days, {busy:,} busy ({len(expected):,} slots)"
        results += [
            compare(
                asked,
                2.5,
                partial(find_slots, agenda, PLAIN, now=START),
                partial(yardsticks.sweep, agenda, HALF, QUARTER, START),
            ),
            compare(
                f"{asked}, an agenda never asked before",
                2.5,
                partial(_find_afresh, agenda),
                partial(_sweep_afresh, agenda),
            ),
            compare(
                f"{asked}, with day and week limits",
                4,
                partial(find_slots, counted, LIMITED, now=START),
                partial(yardsticks.sweep, counted, HALF, QUARTER, START),
            ),
        ]
    return results


def measure_decisions() -> list[Result]:
    """Return what explanations and bookings cost in a full agenda, beside an empty one and work by hand."""
    small, large = make_full_agenda(365 * 12, 100), make_full_agenda(365 * 12, 100_000)
    free = START + 100 * HALF * 2 - HALF
    index = yardsticks.index(large)
    request = BookingRequest(HOST, TYPE, free, "customer")
    near, far = AppointmentId("near"), AppointmentId("far")
    return [
        compare(
            "explain, 100,000 appointments beside 100",
            1.5,
            lambda: explain(large, PLAIN, free, now=START),
            lambda: explain(small, PLAIN, free, now=START),
        ),
        compare(
            "explain, 100,000 appointments beside a check by hand",
            5,
            lambda: explain(large, PLAIN, free, now=START),
            lambda: yardsticks.check(index, large, free, HALF, START),
        ),
        compare(
            "book, 100,000 appointments beside 100",
            1.5,
            lambda: decisions.book(large, PLAIN, request, id=far, now=START),
            lambda: decisions.book(small, PLAIN, request, id=near, now=START),
        ),
        compare(
            "book, 100,000 appointments beside a decision by hand",
            5,
            lambda: decisions.book(large, PLAIN, request, id=far, now=START),
            lambda: yardsticks.book(index, large, request, HALF, START),
        ),
    ]


def draw(folder: Path) -> None:
    """Draw how the cost grows: with the output, and not with the product of output and agenda."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    by_days, by_agenda = figure.subplots(1, 2)
    spans = [15, 30, 60, 120, 240, 360]
    for busy in (100, 1_000, 10_000):
        agendas = [make_agenda(days, busy) for days in spans]
        counts = [len(find_slots(agenda, PLAIN, now=START)) for agenda in agendas]
        times = [_milliseconds(agenda) for agenda in agendas]
        by_days.plot(counts, times, marker="o", label=f"{busy:,} busy intervals")
    by_days.set(title="find_slots", xlabel="slots found", ylabel="milliseconds")
    by_days.legend()

    sizes = [100, 1_000, 10_000, 100_000]
    agendas = [make_full_agenda(365 * 12, size) for size in sizes]
    start = START + 100 * HALF * 2 - HALF
    by_agenda.plot(
        sizes,
        [1e6 * fastest(partial(explain, agenda, PLAIN, start, now=START)) for agenda in agendas],
        marker="o",
        label="explain",
    )
    by_agenda.plot(
        sizes,
        [1e6 * fastest(partial(next_slot, agenda, PLAIN, now=START)) for agenda in agendas],
        marker="o",
        label="next_slot",
    )
    by_agenda.set(
        title="one answer", xlabel="appointments in the agenda", ylabel="microseconds", xscale="log"
    )
    by_agenda.set_ylim(bottom=0)
    by_agenda.legend()
    figure.savefig(folder / "growth.svg", metadata={"Date": None})


def _find_afresh(agenda: Agenda) -> list[dt.datetime]:
    return find_slots(attrs.evolve(agenda), PLAIN, now=START)


def _sweep_afresh(agenda: Agenda) -> list[dt.datetime]:
    return yardsticks.sweep(attrs.evolve(agenda), HALF, QUARTER, START)


def _milliseconds(agenda: Agenda) -> float:
    return 1e3 * fastest(lambda: find_slots(agenda, PLAIN, now=START), blocks=5)
