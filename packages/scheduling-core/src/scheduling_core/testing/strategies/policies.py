"""Booking policies and appointment types."""

import datetime as dt

from hypothesis import strategies as st

from scheduling_core.appointment_types import (
    AppointmentType,
    BookingPolicy,
    DurationRange,
    Limit,
    Period,
)
from scheduling_core.ids import AppointmentTypeId
from scheduling_core.testing.strategies.times import MINUTE, durations


def _minutes(*counts: int) -> st.SearchStrategy[dt.timedelta]:
    return st.sampled_from([count * MINUTE for count in counts])


_PERIODS = st.sampled_from(Period)
_LIMITS = st.one_of(
    st.builds(Limit, _PERIODS, count=st.integers(1, 3)),
    st.builds(Limit, _PERIODS, total=_minutes(60, 30, 90, 120)),
)


def limits() -> st.SearchStrategy[Limit]:
    """Draw a limit of any period, by count or by minutes, so low that a few appointments reach it.

    Leaves out limits that no drawn agenda could reach.
    """
    return _LIMITS


_POLICIES = st.builds(
    BookingPolicy,
    slot_interval=_minutes(15, 30, 60, 5, 10, 20, 25, 45, 50, 90),
    buffer_before=_minutes(0, 0, 15, 5, 30),
    buffer_after=_minutes(0, 0, 15, 10, 30),
    minimum_notice=_minutes(0, 0, 30, 120, 24 * 60),
    horizon_days=st.sampled_from((365, 365, 365, 365, 0, 1, 2)),
    limits=st.one_of(
        st.just(()), *(st.lists(_LIMITS, min_size=1, max_size=most, unique=True) for most in (1, 2))
    ),
    week_start=st.integers(0, 6),
    any_start=st.booleans(),
)


def policies() -> st.SearchStrategy[BookingPolicy]:
    """Draw a policy in which every setting is often at its default, and else so that it matters.

    Leaves out settings of more than a few days, and the same limit twice.
    """
    return _POLICIES


_DURATION_RANGES: st.SearchStrategy[DurationRange] = st.builds(
    lambda shortest, step, steps: (shortest, shortest + steps * step, step),
    _minutes(15, 5, 30),
    _minutes(15, 5, 30),
    st.integers(0, 4),
)
# The durations of a type, and its range of them: one is empty.
_LENGTHS = st.one_of(
    st.tuples(st.lists(durations(), min_size=1, max_size=3, unique=True), st.none()),
    st.tuples(st.just(()), _DURATION_RANGES),
)


def appointment_types(
    policy: st.SearchStrategy[BookingPolicy] | None = None, id: str = "visit"
) -> st.SearchStrategy[AppointmentType]:
    """Draw a type with *policy*, or any: with one to three durations, or with a range of them.

    Leaves out durations of more than 25 hours.
    """
    drawn = st.tuples(_LENGTHS, _POLICIES if policy is None else policy, st.booleans())
    return drawn.map(
        lambda parts: AppointmentType(
            AppointmentTypeId(id),
            "Visit",
            durations=parts[0][0],
            policy=parts[1],
            requires_confirmation=parts[2],
            duration_range=parts[0][1],
        )
    )
