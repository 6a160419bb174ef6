"""The examples that are programs run to their end, and what they claim is so."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import async_app
import barber_shop
import cal_com
import own_transaction
import wrong_application
from own_transaction import ANNA, CUT
from private_postgres import Server
from scheduling_core import (
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    HostId,
    MemoryStorage,
    Schedule,
    Scheduler,
    TimeRange,
    WeeklyHours,
)
from scheduling_core.sql import SqlStorage


def test_ten_lines_in_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """Kim is booked, and Lee is told why not and for which starts."""
    import in_memory  # noqa: F401, PLC0415  To import it is to run it.

    booked, refused = capsys.readouterr().out.splitlines()
    start, end = booked.removeprefix("booked: ").split("/")
    assert dt.datetime.fromisoformat(end) - dt.datetime.fromisoformat(start) == dt.timedelta(minutes=30)
    assert refused.startswith("refused: overlap - and so is every start in ")
    assert refused.endswith(f"/{end}")


def test_the_barber_shop_keeps_its_books(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one program kept the next one finds, and the same week can be lived through again."""
    for _ in range(2):
        barber_shop.main(f"sqlite:///{tmp_path / 'shop.db'}", tuesday=barber_shop.next_tuesday())
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
            "booked",
            "refused",
            "moved",
        ]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


def test_an_order_and_its_booking_are_kept_together(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both are there, or neither, whichever of the two fails."""
    own_transaction.main(url)
    assert capsys.readouterr().out.splitlines() == ["kept both: True", "refused: overlap", "still free: True"]


def test_of_many_orders_for_one_time_there_is_one(url: str) -> None:
    """Eight place an order at once: one has it, and seven are refused and have none."""
    storage = SqlStorage.from_url(url)
    scheduler = own_transaction.open_shop(storage)
    start = scheduler.next_slot(ANNA, CUT)
    assert start is not None

    def place(number: int) -> str:
        try:
            request = BookingRequest(ANNA, CUT, start, f"customer {number}")
            return own_transaction.place_order(storage, request, 100 + number).appointment
        except BookingRefused as refused:
            return str(refused)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(place, range(8)))
    [appointment] = scheduler.upcoming(ANNA)
    assert sorted(outcomes) == sorted([appointment.id, *["refused: overlap"] * 7])
    assert [order.appointment for order in own_transaction.orders(storage)] == [appointment.id]
    storage.close()


def test_all_customers_of_the_asynchronous_shop_get_a_time(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everybody has an appointment in the end, and no two have the same."""
    asyncio.run(async_app.main(url, customers=12))
    starts, names = zip(
        *((line[:16], line[21:]) for line in capsys.readouterr().out.splitlines()), strict=True
    )
    assert sorted(names) == sorted(f"customer {number}" for number in range(12))
    assert len(set(starts)) == 12


def test_cal_com_is_kept_in_step(capsys: pytest.CaptureFixture[str]) -> None:
    """What was booked is there, what was moved is here, and what was booked meanwhile arrives."""
    cal_com.main()
    assert capsys.readouterr().out.splitlines() == [
        "booked there for 2027-03-01 10:00:00+00:00",
        "moved here to    2027-03-01 11:00:00+00:00",
        "after a while    2027-03-01 10:00:00+00:00",
    ]


def test_a_double_booking_is_found_and_shrunk() -> None:
    """Two bookings are left: one that begins before the clocks go forward, and one after, inside the first.

    On the wall the first, of three quarters of an hour or an hour and a quarter, is over by then.
    """
    first, second = sorted(wrong_application.find_double_booking(), key=lambda wish: wish.start)
    forward = dt.datetime(1990, 3, 25, 1, tzinfo=dt.UTC)
    assert first.start < forward <= second.start < first.end
    berlin = wrong_application.BERLIN
    assert first.start.astimezone(berlin) + first.duration <= second.start.astimezone(berlin)


def test_the_library_refuses_what_the_wrong_application_takes() -> None:
    """The same two wishes: the second is refused, because of the first."""
    wishes = wrong_application.find_double_booking()
    host, visit = HostId("host"), AppointmentTypeId("visit")
    scheduler = Scheduler(MemoryStorage(), clock=lambda: dt.datetime(1990, 1, 1, tzinfo=dt.UTC))
    all_day = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))
    scheduler.set_schedule(host, Schedule(wrong_application.BERLIN, all_day))
    lengths = {wish.duration for wish in wishes}
    scheduler.add_type(host, AppointmentType(visit, "Visit", lengths, BookingPolicy(any_start=True)))
    one, other = (BookingRequest(host, visit, wish.start, "Kim", wish.duration) for wish in wishes)
    scheduler.book(one)
    with pytest.raises(BookingRefused, match="refused: overlap"):
        scheduler.book(other)
