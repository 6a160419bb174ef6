"""Booking inside a Flask application.

The factory makes the storage, which connects when it is first used: a server that forks workers shares no
connection among them. Tables and hours are made by a command of their own, before the server starts; and
whatever the library raises becomes an answer in one place. Run it:

    pip install "scheduling-core[sql]" flask
    flask --app flask_app open-shop
    flask --app flask_app run
"""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, current_app, request

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
T = TypeVar("T")
shop = Blueprint("shop", __name__)


def create_app() -> Flask:
    """Make the application, as `flask --app flask_app` and WSGI servers do."""
    app = Flask(__name__)
    storage = SqlStorage.from_url(os.environ.get("DATABASE_URL", "sqlite:///barber.db"))
    app.extensions["scheduling"] = storage
    app.register_blueprint(shop)
    app.register_error_handler(SchedulingError, answer)

    @app.cli.command("open-shop")
    def open_shop() -> None:
        """Bring the tables up to date, and give Anna hours and a type where they are missing."""
        storage.migrate()
        scheduler = find_scheduler()
        try:
            scheduler.schedule(ANNA)
        except NotFound:
            hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
            scheduler.set_schedule(ANNA, Schedule(BERLIN, hours))
        if not scheduler.types(ANNA):
            scheduler.add_type(ANNA, AppointmentType(CUT, "Haircut", [dt.timedelta(minutes=45)]))

    return app


def find_scheduler() -> Scheduler:
    """Return a scheduler for the application that is asked; it costs nothing to make."""
    storage: SqlStorage = current_app.extensions["scheduling"]
    return Scheduler(storage)


@shop.get("/slots")
def list_slots() -> list[str]:
    """Return the starts that are free on a day of the shop."""
    day = parse(dt.date.fromisoformat, request.args["day"])
    midnight, end = (local_time.to_utc(day, at, BERLIN) for at in (dt.time.min, dt.time.max))
    starts = find_scheduler().find_slots(ANNA, CUT, Interval(midnight, end))
    return [start.isoformat() for start in starts]


@shop.post("/appointments")
def book() -> tuple[dict[str, str], int]:
    """Book, or be refused with all the reasons."""
    appointment = find_scheduler().book(read_wish(request.get_json()))
    start, end = appointment.during.start, appointment.during.end
    return {"id": appointment.id, "start": start.isoformat(), "end": end.isoformat()}, 201


@shop.delete("/appointments/<id>")
def cancel(id: str) -> tuple[str, int]:
    """Cancel; the time is free again."""
    find_scheduler().cancel(AppointmentId(id))
    return "", 204


def answer(error: SchedulingError) -> tuple[dict[str, Any], int]:
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
    return body, status


def read_wish(body: object) -> BookingRequest:
    """Return what a customer asks for."""
    match body:
        case {"start": str(start), "customer_name": str(name)}:
            return BookingRequest(ANNA, CUT, parse(dt.datetime.fromisoformat, start), name)
    raise InvalidValue("the body", "must be an object with the texts start and customer_name")


def parse(read: Callable[[str], T], text: str) -> T:
    """Return the date or the time that *text* is."""
    try:
        return read(text)
    except ValueError:
        raise InvalidValue("a date or time", "must be written as in ISO 8601", text) from None
