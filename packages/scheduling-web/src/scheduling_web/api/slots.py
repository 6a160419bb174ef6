"""Slots: the starts that are offered, which are those that a booking accepts."""

from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from scheduling_core import Scheduler
from scheduling_web.accounts import User
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.problems import documented
from scheduling_web.api.queries import LONGEST_WINDOW, parameter, read_number, read_window
from scheduling_web.api.times import LONGEST_MINUTES, MINUTE, Slot, to_slot
from scheduling_web.api.types import find_type


class SlotPage(msgspec.Struct, frozen=True):
    """The offered slots, all of them: there is no further page."""

    items: list[Slot]
    next_cursor: str | None = None


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
    type: Annotated[
        str | None, parameter("The id of an appointment type; without it as in a booking.")
    ] = None,
    duration_minutes: Annotated[
        str | None,
        parameter(
            "How long it is to be; the usual duration of the type if not given.",
            type="integer",
            minimum=1,
            maximum=LONGEST_MINUTES,
        ),
    ] = None,
) -> SlotPage:
    """Return the starts that can be booked, with the offset of the host's time zone."""
    window = read_window(from_, to, longest=LONGEST_WINDOW)
    chosen = find_type(scheduler, user.id, type)
    duration = chosen.usual_duration
    if duration_minutes is not None:
        duration = read_number(duration_minutes, "duration_minutes", 1, LONGEST_MINUTES) * MINUTE
    zone = scheduler.schedule(user.id).timezone
    starts = scheduler.find_slots(user.id, chosen.id, window, duration=duration)
    return SlotPage([to_slot(start, duration, zone) for start in starts])


router = Router("/api/slots", route_handlers=[list_slots], tags=["Slots"])
