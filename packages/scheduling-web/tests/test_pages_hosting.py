"""Hours and appointment types in a browser: what a host saves is what can be booked."""

import datetime as dt

from playwright.sync_api import Page, expect

from browsing import Site
from browsing.fixtures import NewUser, Open

DAY = dt.timedelta(days=1)


def ask_for(page: Page, day: dt.datetime) -> None:
    """Open the form for a new appointment on a day."""
    page.goto("/appointments/new")
    page.get_by_label("Date").fill(day.date().isoformat())


def test_hours_that_are_saved_are_the_ones_that_can_be_booked(
    open_visit: Open, new_user: NewUser, next_monday: dt.datetime
) -> None:
    """Other hours for a weekday, a date that is closed and time off show in what is offered."""
    monday, tuesday = next_monday, next_monday + DAY
    page = open_visit(new_user()).page
    page.goto("/availability")
    page.get_by_label("Monday, from").fill("10:00")
    page.get_by_label("Monday, to").fill("12:00")
    page.get_by_role("button", name="Add a date").click()
    page.get_by_label("Date", exact=True).fill(tuesday.date().isoformat())
    page.get_by_role("button", name="Add time off").click()
    page.get_by_label("From", exact=True).fill(f"{monday:%Y-%m-%d}T10:00")
    page.get_by_label("Until", exact=True).fill(f"{monday:%Y-%m-%d}T11:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The availability is saved.")).to_be_visible()

    ask_for(page, monday)
    starts = page.get_by_role("radio")
    expect(starts).to_have_count(3)
    expect(page.get_by_role("radio", name="11:00")).to_be_visible()
    expect(page.get_by_role("radio", name="11:30")).to_be_visible()
    ask_for(page, tuesday)
    expect(page.get_by_text("There is no free time on this day.")).to_be_visible()

    page.goto("/availability")
    page.get_by_label("Monday, from").fill("18:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The end must be after the start.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Monday, from")).to_have_value("10:00")


def test_a_type_that_is_saved_can_be_booked_and_is_kept_while_it_is_needed(
    site: Site, open_visit: Open, new_user: NewUser, next_monday: dt.datetime
) -> None:
    """A new type is offered by its rules; with an appointment to come it stays, and says why."""
    user = new_user()
    page = open_visit(user).page
    page.goto("/types")
    page.get_by_role("link", name="New type").click()
    page.get_by_label("Name").fill("Check-up")
    page.get_by_label("Durations in minutes").fill("45")
    page.get_by_label("A start every (minutes)").fill("60")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Check-up is saved.")).to_be_visible()

    ask_for(page, next_monday)
    page.get_by_label("What").select_option("Check-up")
    page.get_by_label("Customer").fill("Ann Example")
    page.get_by_role("radio", name="10:00").check()
    expect(page.get_by_role("radio", name="10:15")).to_have_count(0)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Ann Example is booked for")).to_be_visible()

    page.goto("/types")
    page.get_by_role("link", name="Check-up").click()
    remove = page.get_by_role("button", name="Remove this type")
    remove.click()
    page.get_by_role("dialog").get_by_role("button", name="Remove this type").click()
    expect(page.get_by_text("Appointments to come are of this type.")).to_be_visible()

    [appointment] = site.scheduler.upcoming(user.id)
    site.scheduler.cancel(appointment.id)
    page.get_by_role("dialog").get_by_role("button", name="Remove this type").click()
    expect(page.get_by_text("Check-up is removed.")).to_be_visible()
    expect(page.get_by_role("link", name="Check-up")).to_have_count(0)
