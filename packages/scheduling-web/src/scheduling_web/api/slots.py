"""Slots: the starts that are offered, which are those that a booking accepts; and why others are not."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import attrs
import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from scheduling_core import AppointmentId, AppointmentTypeId, InvalidValue, Questions, Scheduler
from scheduling_web.accounts import User
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.errors import in_parameter, rule_of
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

MOST_SLOTS = 50_000
"""As many as a year has of quarters of an hour, day and night, and some more."""


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
        str,
        parameter(
            "Starts are before this, at most 366 days after `from`, "
            f"and no more than {MOST_SLOTS:,} of them.",
            format="date-time",
        ),
    ],
    type: TypeParameter = None,
    duration_minutes: Duration = None,
    moving: Moving = None,
) -> SlotPage:
    """Return the starts that can be booked, with the offset of the host's time zone."""
    window = read_window(from_, to, longest=LONGEST_WINDOW)

    def ask(asked: Questions) -> SlotPage:
        meant = _read_meant(asked, user, type, duration_minutes, moving)
        starts = asked.find_slots(user.id, meant.type, window, duration=meant.duration, moving=meant.moving)
        if len(starts) > MOST_SLOTS:
            raise in_parameter("to", f"must be earlier: there are more than {MOST_SLOTS:,} slots until then")
        zone = asked.schedule(user.id).timezone
        return SlotPage([to_slot(start, meant.length, zone) for start in starts])

    with _naming_parameters():
        return scheduler.snapshot(ask)


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

    def ask(asked: Questions) -> Explanation:
        meant = _read_meant(asked, user, type, duration_minutes, moving)
        duration, moved = meant.duration, meant.moving
        reasons = asked.explain(user.id, meant.type, instant, duration=duration, moving=moved)
        starts = []
        if reasons:
            starts = asked.suggest(user.id, meant.type, instant, duration=duration, moving=moved)
        zone = asked.schedule(user.id).timezone
        return Explanation(
            not reasons,
            [to_answer(reason, zone) for reason in reasons],
            [to_slot(offered, meant.length, zone) for offered in starts],
        )

    with _naming_parameters():
        return scheduler.snapshot(ask)


router = Router("/api/slots", route_handlers=[list_slots, explain_start], tags=["Slots"])


@contextlib.contextmanager
def _naming_parameters() -> Iterator[None]:
    """Tell what the library refuses by the names that the query has for it."""
    try:
        yield
    except InvalidValue as error:
        name = "duration_minutes" if error.name == "duration" else error.name
        raise in_parameter(name, rule_of(error)) from None


@attrs.frozen
class _Meant:
    """What is to be booked or moved; *length* is how long it will be, also where no *duration* was named."""

    type: AppointmentTypeId
    length: dt.timedelta
    duration: dt.timedelta | None
    moving: AppointmentId | None


def _read_meant(
    asked: Questions, user: User, type: str | None, minutes: str | None, moving: str | None
) -> _Meant:
    duration = None
    if minutes is not None:
        duration = read_number(minutes, "duration_minutes", 1, LONGEST_MINUTES) * MINUTE
    if moving is None:
        chosen = find_type(asked, user.id, type)
        return _Meant(chosen.id, duration or chosen.usual_duration, duration, None)
    if type is not None:
        raise in_parameter("type", "must be left out in a move, which keeps the type")
    appointment = asked.get(to_id(moving), host=user.id)
    length = duration or appointment.during.duration
    # Its own length is not asked of the type, as in the move itself.
    other = None if length == appointment.during.duration else duration
    return _Meant(appointment.type, length, other, appointment.id)
