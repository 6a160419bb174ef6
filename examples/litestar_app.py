"""Booking inside a Litestar application.

The storage opens and closes with the lifespan of the application, and handlers get the scheduler injected.
They are plain functions that Litestar runs in threads, so none of them holds up the event loop; and
whatever the library raises becomes an answer in one place. Run it:

    pip install "scheduling-core[sql]" litestar uvicorn
    uvicorn litestar_app:app
"""

import contextlib
import datetime as dt
import os
from collections.abc import AsyncIterator
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Litestar, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody

from scheduling_core import (
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    Conflict,
    HostId,
    Interval,
    InvalidValue,
    NotFound,
    Schedule,
    Scheduler,
    SchedulingError,
    StorageUnavailable,
    TimeRange,
    WeeklyHours,
    local_time,
)
from scheduling_core.sql import SqlStorage

ANNA, CUT, BERLIN = HostId("anna"), AppointmentTypeId("cut"), ZoneInfo("Europe/Berlin")


@contextlib.asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Hold the storage open for as long as the server runs."""
    # Litestar runs handlers in 40 threads, and each needs a connection of its own.
    storage = SqlStorage.from_url(os.environ.get("DATABASE_URL", "sqlite:///barber.db"), pool_size=40)
    with contextlib.closing(storage):
        app.state.scheduler = open_shop(storage)
        yield


def open_shop(storage: SqlStorage) -> Scheduler:
    """Bring the tables up to date, and give Anna hours and a type where they are missing."""
    storage.migrate()
    scheduler = Scheduler(storage)
    try:
        scheduler.schedule(ANNA)
    except NotFound:
        hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
        scheduler.set_schedule(ANNA, Schedule(BERLIN, hours))
    if not scheduler.types(ANNA):
        scheduler.add_type(ANNA, AppointmentType(CUT, "Haircut", [dt.timedelta(minutes=45)]))
    return scheduler


def find_scheduler(state: State) -> Scheduler:
    """Return what the lifespan has opened."""
    scheduler: Scheduler = state.scheduler
    return scheduler


class Wish(msgspec.Struct):
    """What a customer asks for."""

    start: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    customer_name: str


class Booked(msgspec.Struct):
    """What a customer gets."""

    id: str
    start: dt.datetime
    end: dt.datetime


@get("/slots", sync_to_thread=True)
def list_slots(day: FromQuery[dt.date], scheduler: NamedDependency[Scheduler]) -> list[dt.datetime]:
    """Return the starts that are free on a day of the shop."""
    midnight, end = (local_time.to_utc(day, at, BERLIN) for at in (dt.time.min, dt.time.max))
    return scheduler.find_slots(ANNA, CUT, Interval(midnight, end))


@post("/appointments", sync_to_thread=True)
def book(data: JSONBody[Wish], scheduler: NamedDependency[Scheduler]) -> Booked:
    """Book, or be refused with all the reasons."""
    appointment = scheduler.book(BookingRequest(ANNA, CUT, data.start, data.customer_name))
    return Booked(appointment.id, appointment.during.start, appointment.during.end)


@delete("/appointments/{id:str}", sync_to_thread=True)
def cancel(id: FromPath[str], scheduler: NamedDependency[Scheduler]) -> None:
    """Cancel; the time is free again."""
    scheduler.cancel(AppointmentId(id))


def answer(_: Request[Any, Any, Any], error: SchedulingError) -> Response[dict[str, Any]]:
    """Turn an error of the library into an answer."""
    body: dict[str, Any] = {"message": str(error)}
    match error:
        case BookingRefused(reasons=reasons):
            status = 409
            # The starts that each rules out, told as far as a day to both sides of the one wanted.
            body["reasons"] = [
                {"code": why.code, "starts": [why.starts.start.isoformat(), why.starts.end.isoformat()]}
                for why in reasons
            ]
        case InvalidValue():
            status = 400
        case NotFound():
            status = 404
        case StorageUnavailable() | Conflict():
            status = 503  # Trying again is safe and will help.
        case _:
            status = 409  # As when something is cancelled twice.
    return Response(body, status_code=status)


app = Litestar(
    [list_slots, book, cancel],
    lifespan=[lifespan],
    dependencies={"scheduler": Provide(find_scheduler, sync_to_thread=False)},
    exception_handlers={SchedulingError: answer},
)
