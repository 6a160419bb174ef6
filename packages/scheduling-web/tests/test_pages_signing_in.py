"""Signing in, in a browser."""

from collections.abc import Callable

from playwright.sync_api import expect

from browsing import PASSWORD, Visit

Open = Callable[..., Visit]


def sign_in(visit: Visit, username: str) -> None:
    """Fill in the form."""
    visit.page.get_by_label("Username").fill(username)
    visit.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in").click()


def test_who_is_not_signed_in_is_led_there_and_back(open_visit: Open, new_user: Callable[[], str]) -> None:
    """The page that was asked for is shown after signing in."""
    visit = open_visit()
    visit.page.goto("/calendar?view=week")
    expect(visit.page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(visit, new_user())
    visit.page.wait_for_url("**/calendar?view=week")
