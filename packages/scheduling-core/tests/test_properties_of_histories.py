"""The promises to users that concern histories, by their numbers, over a storage in memory."""

import datetime as dt
import itertools
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

import oracles
from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    HostId,
    Interval,
    MemoryStorage,
    Schedule,
    Scheduler,
    Status,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.appointments import ERASED
from scheduling_core.intervals import TICK
from scheduling_core.testing import CountingIds, ManualClock, strategies
from scheduling_core.testing.strategies import History

HOST = HostId("host")
HOUR = dt.timedelta(hours=1)
ALL_DAY = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))

histories = strategies.histories(HOST)


def new_scheduler(clock: ManualClock) -> Scheduler:
    """Return a scheduler over an empty storage."""
    return Scheduler(MemoryStorage(), clock=clock, new_id=CountingIds())


class Followed:
    """A history as it was made, and a list of what the host must have now, kept beside the storage."""

    def __init__(self, history: History) -> None:
        self.clock = ManualClock(history.now)
        self.scheduler = new_scheduler(self.clock)
        self.appointments: dict[AppointmentId, Appointment] = {}
        self.names: dict[AppointmentId, str] = {}
        self.states: list[list[Appointment]] = []
        for outcome in history.replay(self.scheduler, self.clock):
            if isinstance(outcome.result, Appointment):
                self._note(outcome.result, outcome.call.method, outcome.call.arguments)
                self.states.append(list(self.appointments.values()))

    def _note(self, result: Appointment, method: str, arguments: object) -> None:
        known = self.appointments.get(result.id)
        # A repeated key is answered with the appointment as it was then.
        if known is None or result.version > known.version:
            self.appointments[result.id] = result
        assert isinstance(arguments, dict)
        if method == "book":
            self.names.setdefault(result.id, arguments["request"].customer_name)
        elif method == "amend" and arguments["customer_name"] is not None:
            self.names[result.id] = arguments["customer_name"]
        elif method == "purge":
            self.names[result.id] = ERASED

    def upcoming(self) -> Iterator[Appointment]:
        """Yield the appointments that are to come, in no order."""
        for each in self.appointments.values():
            if each.status in (Status.PENDING, Status.CONFIRMED) and each.during.end > self.clock():
                yield each


@given(histories)
def test_property_07_no_two_appointments_that_hold_time_overlap(history: History) -> None:
    """At no moment of any history does a host have two at once, buffers included."""
    for state in Followed(history).states:
        holding = [each.occupied for each in state if each.status in oracles.HOLDING]
        for one, other in itertools.combinations(holding, 2):
            assert one.end <= other.start or other.end <= one.start


@given(strategies.instants(), strategies.zones(), strategies.durations(), strategies.durations())
def test_property_07_touching_is_allowed(
    start: dt.datetime, zone: ZoneInfo, one: dt.timedelta, other: dt.timedelta
) -> None:
    """An appointment may begin in the very instant in which another ends, or end where it begins."""
    scheduler = new_scheduler(ManualClock(start - 48 * HOUR))
    scheduler.set_schedule(HOST, Schedule(zone, ALL_DAY))
    visit = AppointmentTypeId("visit")
    scheduler.add_type(HOST, AppointmentType(visit, "Visit", {one, other}, BookingPolicy(any_start=True)))
    for at, duration in ((start, one), (start + one, other), (start - other, other)):
        booked = scheduler.book(BookingRequest(HOST, visit, at, "Ada", duration))
        assert booked.during == Interval.of(at, duration)


@given(histories, st.data(), st.none() | st.integers(0, 3))
def test_property_12_the_dashboard_returns_all_upcoming_appointments_and_no_others(
    history: History, data: st.DataObject, limit: int | None
) -> None:
    """Pending and confirmed, and not yet ended: all of them, or the first few."""
    followed = Followed(history)
    # Also while one is under way, and in the very instants in which it begins and ends.
    times = [each.during for each in followed.appointments.values()]
    moments = [
        moment for each in times for moment in (each.start, each.end, each.start + TICK, each.end - TICK)
    ]
    followed.clock.set(data.draw(st.sampled_from([followed.clock(), *moments])))
    expected = sorted(followed.upcoming(), key=lambda each: (each.during.start, each.id))
    assert followed.scheduler.upcoming(HOST, limit=limit) == tuple(expected[:limit])


@given(histories)
def test_property_13_every_upcoming_appointment_has_start_duration_and_customer_name(
    history: History,
) -> None:
    """What the dashboard shows of an appointment is what was last said of it."""
    followed = Followed(history)
    for each in followed.scheduler.upcoming(HOST):
        expected = followed.appointments[each.id].during
        assert (each.during.start, each.during.duration) == (expected.start, expected.duration)
        assert each.customer_name == followed.names[each.id]


@given(histories)
def test_property_14_upcoming_appointments_are_in_order_of_start(history: History) -> None:
    """The next appointment comes first."""
    starts = [each.during.start for each in Followed(history).scheduler.upcoming(HOST)]
    assert starts == sorted(starts)
