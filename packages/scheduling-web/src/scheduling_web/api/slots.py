"""Slots: the starts that are offered, which are those that a booking accepts; and why others are not."""

import datetime as dt
from typing import Annotated

import attrs
import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from scheduling_core import AppointmentId, AppointmentTypeId, Scheduler
from scheduling_web.accounts import User
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.errors import in_parameter
from scheduling_web.api.problems import documented
from scheduling_web.api.queries import (
    LONGEST_WINDOW,
    parameter,
    read_instant,
    read_number,
    read_window,
)
from scheduling_web.api.reasons import ReasonAnswer, to_answer
from scheduling_web.api.targets import to_id
from scheduling_web.api.times import LONGEST_MINUTES, MINUTE, Slot, to_slot
from scheduling_web.api.types import find_type


class SlotPage(msgspec.Struct, frozen=True):
    """The offered slots, all of them: there is no further page."""

    items: list[Slot]
    next_cursor: str | None = None


class Explanation(msgspec.Struct, frozen=True):
    """Whether a start can be booked; if not, every reason against it, and the nearest slots instead."""

    bookable: bool
    reasons: list[ReasonAnswer]
    suggestions: list[Slot]


TypeParameter = Annotated[str | None, parameter("The id of an appointment type; without it as in a booking.")]
Duration = Annotated[
    str | None,
    parameter(
        "How long it is to be; if not given, the usual duration of the type or, in a move, the present one.",
        type="integer",
        minimum=1,
        maximum=LONGEST_MINUTES,
    ),
]
Moving = Annotated[
    str | None,
    parameter("The id of an appointment that is to be moved: it does not stand in its own way."),
]


@get(
    operation_id="listSlots",
    summary="List free slots",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def list_slots(
    *,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    from_: Annotated[str, parameter("The earliest start.", name="from", format="date-time")],
    to: Annotated[
        str, parameter("Starts are before this, at most 366 days after `from`.", format="date-time")
    ],
    type: TypeParameter = None,
    duration_minutes: Duration = None,
    moving: Moving = None,
) -> SlotPage:
    """Return the starts that can be booked, with the offset of the host's time zone."""
    window = read_window(from_, to, longest=LONGEST_WINDOW)
    asked = _read_asked(scheduler, user, type, duration_minutes, moving)
    zone = scheduler.schedule(user.id).timezone
    starts = scheduler.find_slots(user.id, asked.type, window, duration=asked.duration, moving=asked.moving)
    return SlotPage([to_slot(start, asked.length, zone) for start in starts])


@get(
    "/explain",
    operation_id="explainStart",
    summary="Explain a start",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def explain_start(
    *,
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
    start: Annotated[str, parameter("The start in question.", format="date-time")],
    type: TypeParameter = None,
    duration_minutes: Duration = None,
    moving: Moving = None,
) -> Explanation:
    """Return every reason against a start, as a booking of it would be refused; none if it can be booked."""
    instant = read_instant(start, "start")
    asked = _read_asked(scheduler, user, type, duration_minutes, moving)
    duration, moved = asked.duration, asked.moving
    reasons = scheduler.explain(user.id, asked.type, instant, duration=duration, moving=moved)
    starts = []
    if reasons:
        starts = scheduler.suggest(user.id, asked.type, instant, duration=duration, moving=moved)
    zone = scheduler.schedule(user.id).timezone
    return Explanation(
        not reasons,
        [to_answer(reason, zone) for reason in reasons],
        [to_slot(offered, asked.length, zone) for offered in starts],
    )


router = Router("/api/slots", route_handlers=[list_slots, explain_start], tags=["Slots"])


@attrs.frozen
class _Asked:
    """What is to be booked or moved; *length* is how long it will be, also where no *duration* was named."""

    type: AppointmentTypeId
    length: dt.timedelta
    duration: dt.timedelta | None
    moving: AppointmentId | None


def _read_asked(
    scheduler: Scheduler, user: User, type: str | None, minutes: str | None, moving: str | None
) -> _Asked:
    duration = None
    if minutes is not None:
        duration = read_number(minutes, "duration_minutes", 1, LONGEST_MINUTES) * MINUTE
    if moving is None:
        chosen = find_type(scheduler, user.id, type)
        return _Asked(chosen.id, duration or chosen.usual_duration, duration, None)
    if type is not None:
        raise in_parameter("type", "must be left out in a move, which keeps the type")
    appointment = scheduler.get(to_id(moving), host=user.id)
    length = duration or appointment.during.duration
    # Its own length is not asked of the type, as in the move itself.
    asked = None if length == appointment.during.duration else duration
    return _Asked(appointment.type, length, asked, appointment.id)
