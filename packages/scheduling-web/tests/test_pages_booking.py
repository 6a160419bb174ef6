"""Booking, moving and cancelling in a browser, against the service."""

import datetime as dt

from playwright.sync_api import Page, expect

from browsing import PASSWORD, Site
from browsing.agenda import drag_event, find_event, point_at
from browsing.fixtures import BERLIN, NewUser, Open
from scheduling_core import BookingRequest, HostId
from scheduling_web.hosts import APPOINTMENT

TEN, ELEVEN, TWO = dt.time(10), dt.time(11), dt.time(14)
HALF_AN_HOUR = dt.timedelta(minutes=30)


def book(site: Site, host: HostId, day: dt.date, clock: dt.time, customer: str) -> str:
    """Book half an hour without a browser, and return the address of the appointment."""
    start = dt.datetime.combine(day, clock, BERLIN)
    wanted = BookingRequest(host, APPOINTMENT.id, start, customer, duration=HALF_AN_HOUR)
    return f"/appointments/{site.scheduler.book(wanted).id}"


def go(page: Page, name: str) -> None:
    """Follow a link of the navigation."""
    page.get_by_role("navigation").get_by_role("link", name=name).click()


def test_an_appointment_from_booking_to_cancelling(
    site: Site, open_visit: Open, new_user: NewUser, next_monday: dt.datetime
) -> None:
    """Sign in, book by a click, find it in the list, drag it, be told of a conflict, and cancel."""
    user, monday = new_user(), next_monday.date()
    book(site, user.id, monday, ELEVEN, "Bob")
    page = open_visit().page
    page.goto("/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    go(page, "Calendar")
    page.get_by_label("Go to date").fill(monday.isoformat())
    expect(find_event(page, "Bob")).to_be_visible()
    page.mouse.click(*point_at(page, monday, TEN))
    form = page.get_by_role("dialog")
    expect(form.get_by_role("radio", name="10:00")).to_be_checked()
    form.get_by_label("Customer").fill("Ann Example")
    form.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Ann Example is booked for")).to_be_visible()
    expect(find_event(page, "Ann Example")).to_contain_text("10:00\N{EN DASH}10:30")

    go(page, "Upcoming")
    expect(page.get_by_role("link", name="Ann Example")).to_contain_text("10:00\N{EN DASH}10:30")

    page.go_back()
    drag_event(page, "Ann Example", monday, TWO)
    expect(page.get_by_text("Ann Example is moved to")).to_be_visible()
    expect(find_event(page, "Ann Example")).to_contain_text("14:00\N{EN DASH}14:30")

    drag_event(page, "Ann Example", monday, ELEVEN)
    refusal = page.get_by_role("dialog")
    expect(refusal).to_contain_text("Another appointment takes")
    expect(find_event(page, "Ann Example")).to_contain_text("14:00\N{EN DASH}14:30")
    refusal.get_by_role("button", name="10:30").click()
    expect(find_event(page, "Ann Example")).to_contain_text("10:30\N{EN DASH}11:00")

    find_event(page, "Ann Example").click()
    page.get_by_role("button", name="Cancel appointment").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Is ill")
    page.get_by_role("dialog").get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_text("Reason: Is ill")).to_be_visible()
    go(page, "Upcoming")
    expect(page.get_by_role("link", name="Bob")).to_be_visible()
    expect(page.get_by_role("link", name="Ann Example")).to_have_count(0)


def test_the_second_of_two_who_move_an_appointment_is_told(
    site: Site, open_visit: Open, new_user: NewUser, next_monday: dt.datetime
) -> None:
    """Nothing is overwritten unseen: who comes later sees what became of it, and can go on from there."""
    user, monday = new_user(), next_monday.date()
    path = book(site, user.id, monday, TEN, "Ann Example")
    first, second = (open_visit(user).page for _ in range(2))
    for page in (first, second):
        page.goto(path)
        page.get_by_role("button", name="Reschedule").click()
        expect(page.get_by_role("radio", name="10:00")).to_be_checked()
    for page, clock in ((first, "12:00"), (second, "15:00")):
        page.get_by_role("radio", name=clock).check()
        page.get_by_role("dialog").get_by_role("button", name="Move here").click()
    expect(first.get_by_text("Ann Example is moved to")).to_be_visible()
    expect(second.get_by_text("Somebody changed this appointment in the meantime")).to_be_visible()
    second.reload()
    expect(second.get_by_text("12:00\N{EN DASH}12:30").first).to_be_visible()
