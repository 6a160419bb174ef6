"""Hypothesis strategies for every value of the library.

They draw from small, coarse grids around the moments when clocks change, because times drawn at random
from a wide range almost never touch, overlap or fall into a gap. None of them asks the library what is
right: they only build values, so that they may be used to test it.

>>> from hypothesis import given, settings
>>> from scheduling_core import explain, find_slots
>>> from scheduling_core.testing import strategies
>>> @settings(max_examples=10)
... @given(strategies.situations())
... def test_what_is_offered_can_be_booked(situation):
...     for start in find_slots(situation.agenda, situation.type, now=situation.now):
...         assert not explain(situation.agenda, situation.type, start, now=situation.now)
>>> test_what_is_offered_can_be_booked()
"""

from scheduling_core.testing.strategies.agendas import (
    Situation,
    agendas,
    busy_intervals,
    situations,
    time_off,
)
from scheduling_core.testing.strategies.appointments import (
    appointments,
    booking_requests,
    customer_names,
    metadata,
)
from scheduling_core.testing.strategies.histories import Call, History, Outcome, histories
from scheduling_core.testing.strategies.hours import (
    date_overrides,
    schedules,
    time_ranges,
    weekly_hours,
)
from scheduling_core.testing.strategies.policies import appointment_types, limits, policies
from scheduling_core.testing.strategies.times import anchors, durations, instants, intervals
from scheduling_core.testing.strategies.zones import changing_zones, clock_changes, zones

__all__ = [
    "Call",
    "History",
    "Outcome",
    "Situation",
    "agendas",
    "anchors",
    "appointment_types",
    "appointments",
    "booking_requests",
    "busy_intervals",
    "changing_zones",
    "clock_changes",
    "customer_names",
    "date_overrides",
    "durations",
    "histories",
    "instants",
    "intervals",
    "limits",
    "metadata",
    "policies",
    "schedules",
    "situations",
    "time_off",
    "time_ranges",
    "weekly_hours",
    "zones",
]
