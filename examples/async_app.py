"""Booking in an asynchronous program: the same scheduler, awaited.

Twenty customers want the first free time of the day at once, each in a task of their own. Whoever is refused
takes what is suggested, until all of them have a time. Run it with `python async_app.py [URL]`; it needs

    pip install "scheduling-core[async]"             # SQLite
    pip install "scheduling-core[async,postgres]"    # PostgreSQL as well
"""

import asyncio
import datetime as dt
import sys

from scheduling_core import (
    Appointment,
    AppointmentType,
    AppointmentTypeId,
    AsyncScheduler,
    BookingRefused,
    BookingRequest,
    HostId,
    Schedule,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.sql import AsyncSqlStorage

ANNA, CUT = HostId("anna"), AppointmentTypeId("cut")


async def open_shop(storage: AsyncSqlStorage) -> AsyncScheduler:
    """Bring the tables up to date, and give Anna hours and a type."""
    await storage.migrate()
    scheduler = AsyncScheduler(storage)
    hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
    await scheduler.set_schedule(ANNA, Schedule("Europe/Berlin", hours))
    await scheduler.add_type(ANNA, AppointmentType(CUT, "Haircut", [dt.timedelta(minutes=45)]))
    return scheduler


async def insist(scheduler: AsyncScheduler, start: dt.datetime, customer: str) -> Appointment:
    """Book *start*, or the first of what is suggested in its place, however often that is taken too."""
    wanted = start
    while True:
        try:
            return await scheduler.book(BookingRequest(ANNA, CUT, wanted, customer))
        except BookingRefused:
            [wanted] = await scheduler.suggest(ANNA, CUT, start, count=1)


async def main(url: str, customers: int = 20) -> None:
    """Let all customers in at once."""
    storage = AsyncSqlStorage.from_url(url)
    try:
        scheduler = await open_shop(storage)
        start = await scheduler.next_slot(ANNA, CUT)
        assert start is not None
        async with asyncio.TaskGroup() as tasks:
            for number in range(customers):
                tasks.create_task(insist(scheduler, start, f"customer {number}"))
        for appointment in await scheduler.upcoming(ANNA):
            print(f"{appointment.during.start:%Y-%m-%d %H:%M} UTC", appointment.customer_name)
    finally:
        await storage.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "sqlite://"))
