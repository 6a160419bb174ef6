"""The pages for everybody: with a screen reader, with the keyboard alone, on a phone, in the dark."""

import datetime as dt
import re
from typing import Any

import hatch_build
import pytest
from playwright.sync_api import Page, expect

from browsing import Site
from browsing.agenda import find_event
from browsing.fixtures import NewUser, Open
from page_sources import prepare_sources
from scheduling_core import AppointmentId, BookingRequest, Interval, TimeOff
from scheduling_web.accounts import User
from scheduling_web.hosts import APPOINTMENT

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "has_touch": True,
    "is_mobile": True,
}


@pytest.fixture(scope="module")
def axe() -> str:
    """The program that looks for obstacles."""
    prepare_sources()
    return (hatch_build.SOURCES / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def host(site: Site, new_user: NewUser, next_monday: dt.datetime) -> tuple[User, AppointmentId]:
    """A host with something of everything, and one of their appointments."""
    user = new_user()
    booked = [
        site.scheduler.book(
            BookingRequest(
                user.id,
                APPOINTMENT.id,
                next_monday.replace(hour=hour),
                f"Customer at {hour}",
                duration=dt.timedelta(minutes=45),
                notes="Brings a friend.",
            )
        )
        for hour in (9, 11, 14)
    ]
    site.scheduler.cancel(booked[0].id, reason="Is ill")
    absence = Interval.of(next_monday.replace(hour=16), dt.timedelta(hours=1))
    site.scheduler.add_time_off(user.id, TimeOff(absence, "Dentist"))
    return user, booked[1].id


def obstacles(page: Page, axe: str) -> list[str]:
    """Return what keeps people out, of the serious kinds."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def wait_for_rest(page: Page) -> None:
    """Wait until all is loaded."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator(".loading, [aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_obstacle(
    open_visit: Open,
    host: tuple[User, AppointmentId],
    next_monday: dt.datetime,
    axe: str,
    scheme: str,
) -> None:
    """Names, roles, contrasts and the order of headings are as the guidelines want them."""
    user, appointment = host
    nobody, page = open_visit(color_scheme=scheme).page, open_visit(user, color_scheme=scheme).page
    nobody.goto("/sign-in")
    wait_for_rest(nobody)
    nobody.get_by_role("button", name="Sign in").click()
    found = {"sign-in": obstacles(nobody, axe)}
    date = next_monday.date()
    for path in (
        "/",
        "/appointments/new",
        f"/appointments/{appointment}",
        f"/calendar?view=week&date={date}",
        f"/calendar?view=month&date={date}",
        f"/calendar?view=list&date={date}",
        "/availability",
        "/types",
        "/types/new",
        f"/types/{APPOINTMENT.id}",
        "/sync",
        "/nowhere",
    ):
        page.goto(path)
        wait_for_rest(page)
        found[path] = obstacles(page, axe)
    for button in ("Reschedule", "Cancel appointment"):
        page.goto(f"/appointments/{appointment}")
        page.get_by_role("button", name=button).click()
        wait_for_rest(page)
        found[button] = obstacles(page, axe)
    assert {where: what for where, what in found.items() if what} == {}
    # What looks for obstacles finds one.
    page.evaluate("document.querySelector('dialog').append(document.createElement('button'))")
    assert [each.split(":")[0] for each in obstacles(page, axe)] == ["button-name"]


def test_everything_can_be_done_with_the_keyboard(
    open_visit: Open, host: tuple[User, AppointmentId], next_monday: dt.datetime
) -> None:
    """From the heading, where a page begins, an appointment is booked, opened and cancelled with keys."""
    user, _ = host
    page = open_visit(user).page
    page.goto("/")
    wait_for_rest(page)
    expect(page.get_by_role("heading", name="Upcoming")).to_be_focused()
    press_until(page, "New appointment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New appointment")).to_be_visible()
    press_until(page, "Customer")
    page.keyboard.type("Ann Example")
    page.get_by_label("Date").fill(f"{next_monday:%Y-%m-%d}")  # Of today there may be nothing left.
    expect(page.get_by_role("radio").first).to_be_visible()
    while not page.evaluate("document.activeElement.type === 'radio'"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    press_until(page, "Book")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ann Example is booked for")).to_be_visible()
    page.goto("/")
    press_until(page, "Ann Example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ann Example")).to_be_visible()
    press_until(page, "Cancel appointment")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel appointment")).to_be_focused()
    page.keyboard.press("Enter")
    press_until(page, "Cancel appointment")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The appointment is cancelled")).to_be_visible()


def press_until(page: Page, name: str) -> None:
    """Press Tab until what has this name is in focus; a page that has no way there fails."""
    wait_for_rest(page)
    said = """() => {
      const it = document.activeElement;
      return [it.getAttribute("aria-label"), it.labels?.[0]?.textContent, it.textContent].join(" ");
    }"""
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate(said):
            return
    pytest.fail(f"no number of tabs leads to {name!r}")


def test_a_phone_shows_all_of_it(
    open_visit: Open, host: tuple[User, AppointmentId], next_monday: dt.datetime
) -> None:
    """Nothing sticks out to the side, and what is to be touched is large enough for a finger."""
    user, appointment = host
    page = open_visit(user, **PHONE).page
    date = next_monday.date()
    for path in (
        "/",
        "/appointments/new",
        f"/appointments/{appointment}",
        "/availability",
        "/types",
        "/types/new",
        "/sync",
        f"/calendar?date={date}",
    ):
        page.goto(path)
        wait_for_rest(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        small = [
            f"{path}: {button.inner_text() or button.get_attribute('aria-label')} {box}"
            for button in page.get_by_role("button").all()
            if (box := button.bounding_box()) and min(box["width"], box["height"]) < 24
        ]
        assert [button for button in small if "Customer at" not in button] == []
    expect(find_event(page, "Customer at 11")).to_be_visible()
    find_event(page, "Customer at 11").tap()
    expect(page.get_by_role("heading", name="Customer at 11")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Upcoming").tap()
    page.get_by_role("link", name="New appointment").tap()
    page.get_by_label("Customer").fill("Ann Example")
    page.get_by_label("Date").fill(f"{date}")
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Book").tap()
    expect(page.get_by_text("Ann Example is booked for")).to_be_visible()


def test_both_zones_are_shown_where_they_differ(
    open_visit: Open, host: tuple[User, AppointmentId], next_monday: dt.datetime
) -> None:
    """Who looks from elsewhere sees the host's time and their own."""
    user, appointment = host
    page = open_visit(user, timezone_id="America/New_York").page
    page.goto(f"/appointments/{appointment}")
    expect(page.get_by_text(re.compile(r"11:00.*11:45"))).to_be_visible()
    own = next_monday.replace(hour=11).astimezone(dt.UTC) - dt.timedelta(hours=5)
    expect(page.get_by_text(re.compile(rf"0?{own.hour}:00")).first).to_be_visible()
    page.goto(f"/calendar?date={next_monday.date()}")
    expect(page.get_by_text("Times are in Berlin (GMT+")).to_be_visible()
    expect(page.get_by_text("You are in New York")).to_be_visible()
