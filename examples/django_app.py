"""Booking inside Django views.

The scheduler is made when a view first asks for it, once in each worker process, beside Django's own
connections. Whatever the library raises becomes an answer in one middleware. In a project of yours the views
go to `views.py`, the settings to `settings.py`, and `open_shop` into a management command. Run it:

    pip install "scheduling-core[sql]" django
    python django_app.py runserver
"""

import datetime as dt
import functools
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

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
S = TypeVar("S")
T = TypeVar("T")

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost", "testserver"],
    # No middleware against CSRF: those who ask are programs, which send no cookie.
    MIDDLEWARE=[f"{__name__}.SchedulingErrors"],
    ROOT_URLCONF=__name__,
    SCHEDULING_DATABASE_URL=os.environ.get("DATABASE_URL", "sqlite:///barber.db"),
)


@functools.cache
def find_storage() -> SqlStorage:
    """Return the storage of this process."""
    return SqlStorage.from_url(settings.SCHEDULING_DATABASE_URL)


def find_scheduler() -> Scheduler:
    """Return a scheduler, which costs nothing to make."""
    return Scheduler(find_storage())


def open_shop() -> None:
    """Bring the tables up to date, and give Anna hours and a type where they are missing."""
    find_storage().migrate()
    scheduler = find_scheduler()
    try:
        scheduler.schedule(ANNA)
    except NotFound:
        hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
        scheduler.set_schedule(ANNA, Schedule(BERLIN, hours))
    if not scheduler.types(ANNA):
        scheduler.add_type(ANNA, AppointmentType(CUT, "Haircut", [dt.timedelta(minutes=45)]))


@require_GET
def list_slots(request: HttpRequest) -> HttpResponse:
    """Return the starts that are free on a day of the shop."""
    day = parse(dt.date.fromisoformat, request.GET.get("day", ""))
    midnight, end = (local_time.to_utc(day, at, BERLIN) for at in (dt.time.min, dt.time.max))
    starts = find_scheduler().find_slots(ANNA, CUT, Interval(midnight, end))
    return JsonResponse([start.isoformat() for start in starts], safe=False)


@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Book, or be refused with all the reasons."""
    appointment = find_scheduler().book(read_wish(request.body))
    start, end = appointment.during.start, appointment.during.end
    told = {"id": appointment.id, "start": start.isoformat(), "end": end.isoformat()}
    return JsonResponse(told, status=201)


@require_http_methods(["DELETE"])
def cancel(_: HttpRequest, id: str) -> HttpResponse:
    """Cancel; the time is free again."""
    find_scheduler().cancel(AppointmentId(id))
    return HttpResponse(status=204)


class SchedulingErrors:
    """Turns an error of the library into an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the view answer."""
        return self.get_response(request)

    def process_exception(self, _: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the answer, or None for errors of others."""
        if not isinstance(error, SchedulingError):
            return None
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
        return JsonResponse(body, status=status)


def read_wish(body: bytes) -> BookingRequest:
    """Return what a customer asks for."""
    match parse(json.loads, body):
        case {"start": str(start), "customer_name": str(name)}:
            return BookingRequest(ANNA, CUT, parse(dt.datetime.fromisoformat, start), name)
    raise InvalidValue("the body", "must be an object with the texts start and customer_name")


def parse(read: Callable[[S], T], text: S) -> T:
    """Return what is written in *text*."""
    try:
        return read(text)
    except ValueError:
        raise InvalidValue("the request", "must be JSON, with dates and times as in ISO 8601") from None


urlpatterns = [
    path("slots", list_slots),
    path("appointments", book),
    path("appointments/<id>", cancel),
]
application = get_wsgi_application()

if __name__ == "__main__":
    open_shop()
    execute_from_command_line(sys.argv)
