"""Booking inside a FastAPI application.

The storage opens and closes with the lifespan of the application. The handlers are plain functions, which
FastAPI runs in threads, so none of them holds up the event loop; and whatever the library raises becomes
an answer in one place. Run it, and open /docs:

    pip install "scheduling-core[sql]" fastapi uvicorn
    uvicorn fastapi_app:app
"""

import contextlib
import datetime as dt
import os
from collections.abc import AsyncIterator
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel

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
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold the storage open for as long as the server runs."""
    # FastAPI runs handlers in 40 threads, and each needs a connection of its own.
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


def find_scheduler(request: Request) -> Scheduler:
    """Return what the lifespan has opened."""
    scheduler: Scheduler = request.app.state.scheduler
    return scheduler


Booking = Annotated[Scheduler, Depends(find_scheduler)]
app = FastAPI(lifespan=lifespan)


class Wish(BaseModel):
    """What a customer asks for."""

    start: AwareDatetime
    customer_name: str


class Booked(BaseModel):
    """What a customer gets."""

    id: str
    start: dt.datetime
    end: dt.datetime


@app.get("/slots")
def list_slots(day: dt.date, scheduler: Booking) -> list[dt.datetime]:
    """Return the starts that are free on a day of the shop."""
    midnight, end = (local_time.to_utc(day, at, BERLIN) for at in (dt.time.min, dt.time.max))
    return scheduler.find_slots(ANNA, CUT, Interval(midnight, end))


@app.post("/appointments", status_code=201)
def book(wish: Wish, scheduler: Booking) -> Booked:
    """Book, or be refused with all the reasons."""
    appointment = scheduler.book(BookingRequest(ANNA, CUT, wish.start, wish.customer_name))
    return Booked(id=appointment.id, start=appointment.during.start, end=appointment.during.end)


@app.delete("/appointments/{id}", status_code=204)
def cancel(id: str, scheduler: Booking) -> None:
    """Cancel; the time is free again."""
    scheduler.cancel(AppointmentId(id))


@app.exception_handler(SchedulingError)
def answer(_: Request, error: SchedulingError) -> JSONResponse:
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
    return JSONResponse(body, status)
