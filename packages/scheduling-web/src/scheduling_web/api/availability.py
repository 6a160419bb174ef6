"""Availability: weekly hours, date overrides and time off of the host who asks."""

from typing import Annotated

from litestar import Router, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from scheduling_core import BusyInterval, Interval, Questions, Scheduler
from scheduling_web.accounts import User
from scheduling_web.api.appointment_answers import find_bookings, to_answer
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.availability_bodies import (
    LARGEST_AVAILABILITY,
    AvailabilityAnswer,
    AvailabilityChanges,
    ChangedAvailability,
    answer,
    answer_change,
    to_parts,
)
from scheduling_web.api.bodies import Strict
from scheduling_web.api.errors import in_parameter
from scheduling_web.api.problems import documented
from scheduling_web.api.queries import LONGEST_WINDOW, parameter, read_flag, read_window

From = Annotated[
    str | None,
    parameter(
        "Where the range of `open` and `busy` begins; comes together with `to`.",
        name="from",
        format="date-time",
    ),
]
To = Annotated[str | None, parameter("Where it ends, at most 366 days after `from`.", format="date-time")]


@get(
    operation_id="getAvailability",
    summary="Read availability",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def get_availability(
    *, user: NamedDependency[User], scheduler: NamedDependency[Scheduler], from_: From = None, to: To = None
) -> AvailabilityAnswer:
    """Return the host's hours and time off and, with a range, when the host is open and busy in it."""
    window = _read_range(from_, to)
    return scheduler.snapshot(
        lambda asked: answer(asked.availability(user.id), window, _find_busy(asked, user, window))
    )


@put(
    operation_id="setAvailability",
    summary="Change availability",
    dto=Strict[AvailabilityChanges],
    return_dto=None,
    request_max_body_size=LARGEST_AVAILABILITY,
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 413, 415, 429, 503),
)
def set_availability(
    *,
    data: JSONBody[AvailabilityChanges],
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    from_: From = None,
    to: To = None,
    dry_run: Annotated[
        str | None, parameter("Whether only to answer what would be, and to write nothing.", type="boolean")
    ] = None,
) -> ChangedAvailability:
    """Replace the parts that are given, and tell which upcoming appointments that leaves outside."""
    window, is_dry = _read_range(from_, to), read_flag(dry_run, "dry_run")
    act = scheduler.preview_availability if is_dry else scheduler.set_availability
    # Read before anything is written: if it failed afterwards, nobody would be told what had been done.
    busy, bookings = scheduler.snapshot(
        lambda asked: (
            _find_busy(asked, user, window),
            find_bookings(asked, user.id, asked.upcoming(user.id)),
        )
    )
    availability, affected = act(user.id, **to_parts(data))
    told = [to_answer(appointment, bookings.get(appointment.id)) for appointment in affected]
    return answer_change(availability, window, busy, told)


router = Router(
    "/api/availability", route_handlers=[get_availability, set_availability], tags=["Availability"]
)


def _read_range(from_: str | None, to: str | None) -> Interval | None:
    """Return the range that is asked, None where there is none."""
    if from_ is None and to is None:
        return None
    if from_ is None or to is None:
        raise in_parameter("to" if to is None else "from", "is missing")
    return read_window(from_, to, longest=LONGEST_WINDOW)


def _find_busy(asked: Questions, user: User, window: Interval | None) -> tuple[BusyInterval, ...]:
    return () if window is None else asked.busy(user.id, window)
