"""How far the appointments of a host have come with external calendars, and what can be done about it."""

import datetime as dt
from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency

from scheduling_core import AppointmentId, Link, NotFound, Scheduler, SyncRow, SyncState
from scheduling_core.sync import Provider
from scheduling_web.accounts import User
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.problems import documented
from scheduling_web.api.targets import AppointmentPath


class CalendarAnswer(msgspec.Struct, frozen=True):
    """An external calendar that the host is linked to.

    Until *paused_until* nothing is sent there; *alert* is a word for what only a person can put right.
    """

    provider: str
    busy_copied_at: dt.datetime | None
    is_down: bool
    paused_until: dt.datetime | None
    alert: str | None


class DeliveryAnswer(msgspec.Struct, frozen=True):
    """How far one appointment has come; *last_error* is a word for why it has not come further."""

    appointment_id: AppointmentId
    provider: str
    state: SyncState
    desired_version: int
    synced_version: int
    attempts: int
    next_due: dt.datetime | None
    last_error: str | None
    last_error_at: dt.datetime | None


class SyncAnswer(msgspec.Struct, frozen=True):
    """The state of all links of a host: how many appointments are in each state, and those not in step."""

    calendars: list[CalendarAnswer]
    counts: Annotated[dict[str, int], msgspec.Meta(examples=[{"synced": 12, "conflict": 1}])]
    items: list[DeliveryAnswer]


class DeliveryPage(msgspec.Struct, frozen=True):
    """What is delivered again, all of it: there is no further page."""

    items: list[DeliveryAnswer]
    next_cursor: str | None = None


@get(
    operation_id="readSync",
    summary="Read the state of the links",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def read_sync(user: NamedDependency[User], scheduler: NamedDependency[Scheduler]) -> SyncAnswer:
    """Return to which calendars the host is linked, and which appointments are not in step with them."""
    links, rows = scheduler.links(user.id), scheduler.sync_rows(user.id)
    counts = {state.value: sum(row.state is state for row in rows) for state in SyncState}
    return SyncAnswer(
        [_to_calendar(link, scheduler.provider(link.provider)) for link in links],
        {state: count for state, count in counts.items() if count},
        [_to_answer(row) for row in rows if row.state is not SyncState.SYNCED],
    )


@post(
    "/{appointment_id:str}/requeue",
    operation_id="requeueDelivery",
    summary="Deliver an appointment again",
    status_code=200,
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 429, 503),
)
def requeue_delivery(
    appointment_id: AppointmentPath, user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> DeliveryPage:
    """Deliver what had stopped once more, after a look at what the calendar holds for it."""
    own = [row for row in scheduler.sync_rows(user.id) if row.appointment == appointment_id]
    if not own:
        raise NotFound("delivery", appointment_id)
    again = [scheduler.requeue(row.appointment, row.provider, host=user.id) for row in own]
    return DeliveryPage(list(map(_to_answer, again)))


def _to_calendar(link: Link, provider: Provider) -> CalendarAnswer:
    return CalendarAnswer(
        link.provider,
        link.busy_as_of,
        provider.failures > 0,
        provider.paused_until,
        provider.alert,
    )


def _to_answer(row: SyncRow) -> DeliveryAnswer:
    return DeliveryAnswer(
        row.appointment,
        row.provider,
        row.state,
        row.desired_version,
        row.synced_version,
        row.attempts,
        row.next_due,
        row.last_error,
        row.last_error_at,
    )


router = Router("/api/sync", route_handlers=[read_sync, requeue_delivery], tags=["Sync"])
