"""An order of your own and a booking, in one transaction of your own: both are kept or neither.

The application has an ORM and tables of its own, and the tables of appointments stand beside them. A use case
of the library runs on the connection of the session, so that one commit keeps everything. Run it with
`python own_transaction.py [URL]`; it needs

    pip install "scheduling-core[sql]" tenacity
"""

import contextlib
import datetime as dt
import sys

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    HostId,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
    system,
    usecases,
)
from scheduling_core.ports import Stamp
from scheduling_core.sql import LostRace, SqlStorage, SqlUnitOfWork

ANNA, CUT = HostId("anna"), AppointmentTypeId("cut")


class Mapping(DeclarativeBase):
    """The tables of the application."""


class Order(Mapping):
    """What a customer pays for; without an appointment there is none."""

    __tablename__ = "shop_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment: Mapped[str] = mapped_column(String(200), unique=True)
    cents: Mapped[int] = mapped_column(CheckConstraint("cents > 0"))


# Where another transaction came first, all of this one has to run again, and only its owner can do that.
@retry(retry=retry_if_exception_type(LostRace), stop=stop_after_attempt(4), wait=wait_random(0, 0.1))
def place_order(storage: SqlStorage, request: BookingRequest, cents: int) -> Order:
    """Book and keep the order, or neither; raises BookingRefused with all the reasons."""
    stamp = Stamp(system.read_clock(), system.new_id())
    with Session(storage.engine, expire_on_commit=False) as session, session.begin():
        appointment = usecases.book(SqlUnitOfWork(session.connection()), stamp, request)
        order = Order(appointment=appointment.id, cents=cents)
        session.add(order)
    return order


def orders(storage: SqlStorage) -> list[Order]:
    """Return all orders. Reading goes through the snapshots, which lock nothing."""
    with Session(storage.snapshots) as session:
        return list(session.scalars(select(Order)))


def open_shop(storage: SqlStorage) -> Scheduler:
    """Make all tables, those of the library by its migrations, and give Anna hours and a type."""
    storage.migrate()
    Mapping.metadata.create_all(storage.engine)
    scheduler = Scheduler(storage)
    hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
    scheduler.set_schedule(ANNA, Schedule("Europe/Berlin", hours))
    scheduler.add_type(ANNA, AppointmentType(CUT, "Haircut", [dt.timedelta(minutes=45)]))
    return scheduler


def main(url: str) -> None:
    """Place an order, and fail to place two others."""
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        scheduler = open_shop(storage)
        start = scheduler.next_slot(ANNA, CUT)
        assert start is not None
        order = place_order(storage, BookingRequest(ANNA, CUT, start, "Kim"), cents=3500)
        print("kept both:", order.appointment == scheduler.upcoming(ANNA)[-1].id)

        # No appointment, no order.
        try:
            place_order(storage, BookingRequest(ANNA, CUT, start, "Lee"), cents=3500)
        except BookingRefused as refused:
            print(refused)

        # No order, no appointment.
        free = scheduler.next_slot(ANNA, CUT)
        assert free is not None
        try:
            place_order(storage, BookingRequest(ANNA, CUT, free, "Lee"), cents=-1)
        except IntegrityError:
            print("still free:", scheduler.next_slot(ANNA, CUT) == free)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "sqlite://")
