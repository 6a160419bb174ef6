"""The calendar in a browser: much in it, and the days on which the clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from browsing import Site, Visit
from browsing.agenda import drag_event, find_event, point_at
from browsing.fixtures import BERLIN, NewUser, Open
from scheduling_core import BookingRequest, HostId, Schedule, TimeRange, WeeklyHours, system
from scheduling_core.local_time import to_local
from scheduling_web.hosts import APPOINTMENT

QUARTER, HALF_AN_HOUR = dt.timedelta(minutes=15), dt.timedelta(minutes=30)
TEN, NOON = dt.time(10), dt.time(12)
ALL_DAY = WeeklyHours.on("mon-sun", TimeRange(dt.time(0), dt.time(0)))


def book(
    site: Site, host: HostId, start: dt.datetime, customer: str, duration: dt.timedelta = HALF_AN_HOUR
) -> None:
    """Book without a browser."""
    site.scheduler.book(BookingRequest(host, APPOINTMENT.id, start, customer, duration=duration))


def fill_month(site: Site, user_id: HostId, month: dt.date, count: int) -> None:
    """Book so many quarters of an hour, spread over the first 25 days of a month."""
    for number in range(count):
        day = month + dt.timedelta(days=number % 25)
        start = dt.datetime.combine(day, dt.time(9), BERLIN) + QUARTER * (number // 25)
        book(site, user_id, start, f"Customer {number}", QUARTER)


def open_month(visit: Visit, month: dt.date) -> tuple[list[str], int]:
    """Show a month; return which requests that took, and how many elements the page has."""
    visit.page.goto(f"/calendar?view=month&date={month}")
    expect(find_event(visit.page, "Customer 0")).to_be_visible()
    expect(visit.page.locator(".loading, [aria-busy=true]")).to_have_count(0)
    asked = [request.split("?")[0] for request in visit.requests if " /api/" in request]
    return asked, visit.page.locator("*").count()


def test_a_full_month_costs_no_more_than_an_empty_one(
    site: Site, open_visit: Open, new_user: NewUser, next_monday: dt.datetime
) -> None:
    """Of 500 appointments the page holds those that it shows, and needs no more requests than for five."""
    month = (next_monday.replace(day=1) + dt.timedelta(days=32)).date().replace(day=1)
    counts = {}
    for count in (5, 500):
        user = new_user()
        fill_month(site, user.id, month, count)
        counts[count] = open_month(open_visit(user), month)
    few, many = counts[5], counts[500]
    assert sorted(many[0]) == sorted(few[0])
    # Three of each day are shown, and a link to the others: at most ten elements for each of those.
    assert many[1] - few[1] < 25 * 4 * 10


def change_of_clocks(zone: ZoneInfo, *, to_summer: bool) -> dt.date:
    """Return the next day of a year on which the clocks of a zone go forward or back."""
    day = system.read_clock().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    while True:
        day += dt.timedelta(days=1)
        after = (day + dt.timedelta(days=1)).utcoffset() or dt.timedelta()
        change = after - (day.utcoffset() or dt.timedelta())
        if change and (change > dt.timedelta()) == to_summer:
            return day.date()


@pytest.mark.parametrize("to_summer", [True, False], ids=["forward", "back"])
def test_a_day_on_which_the_clocks_change_is_like_any_other(
    site: Site, open_visit: Open, new_user: NewUser, *, to_summer: bool
) -> None:
    """Appointments stand where the clock on the wall has them, and a click or a drop means what it shows."""
    day = change_of_clocks(BERLIN, to_summer=to_summer)
    user = new_user(Schedule(BERLIN, ALL_DAY))
    midnight = dt.datetime.combine(day, dt.time(), BERLIN).astimezone(dt.UTC)
    night = {f"Night {number}": midnight + number * HALF_AN_HOUR for number in range(2, 9)}
    for customer, start in night.items():
        book(site, user.id, start, customer)
    page = open_visit(user).page
    for view in ("day", "week"):
        page.goto(f"/calendar?view={view}&date={day}")
        for customer, start in night.items():
            clock = f"{to_local(start, BERLIN):%H:%M}"
            expect(find_event(page, customer)).to_contain_text(f"{clock}\N{EN DASH}")
    page.mouse.click(*point_at(page, day, TEN))
    expect(page.get_by_role("radio", name="10:00")).to_be_checked()
    page.get_by_role("dialog").get_by_label("Customer").fill("Ann Example")
    page.get_by_role("dialog").get_by_role("button", name="Book").click()
    expect(find_event(page, "Ann Example")).to_contain_text("10:00\N{EN DASH}")
    drag_event(page, "Ann Example", day, NOON)
    expect(page.get_by_text("Ann Example is moved to")).to_be_visible()
    [moved] = [each for each in site.scheduler.upcoming(user.id) if each.customer_name == "Ann Example"]
    assert moved.during.start == dt.datetime.combine(day, NOON, BERLIN).astimezone(dt.UTC)
