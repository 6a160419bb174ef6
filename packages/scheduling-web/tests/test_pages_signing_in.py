"""Signing in, staying signed in, and no longer being so, in a browser."""

import datetime as dt
from http import HTTPStatus

from playwright.sync_api import Page, Response, expect

from browsing import PASSWORD, Site
from browsing.fixtures import NewUser, Open
from scheduling_web.accounts import User


def sign_in(page: Page, user: User, password: str = PASSWORD) -> None:
    """Fill in the form."""
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_who_is_not_signed_in_is_led_there_and_back(open_visit: Open, new_user: NewUser) -> None:
    """The page that was asked for is shown after signing in; a wrong password is said to be so."""
    user, page = new_user(), open_visit().page
    page.goto("/calendar?view=month")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, user, "not the password")
    expect(page.get_by_role("alert")).to_contain_text("The username or the password is not right.")
    sign_in(page, user)
    page.wait_for_url("**/calendar?view=month")


def test_a_token_is_renewed_before_it_ends(
    open_visit: Open, new_user: NewUser, next_monday: dt.datetime
) -> None:
    """Whoever stays for long notices nothing, and no request is refused on the way."""
    visit = open_visit(new_user())
    answers: list[Response] = []
    visit.page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  Marked by Playwright.
    visit.page.clock.install()
    visit.page.goto("/")
    expect(visit.page.get_by_role("heading", name="Upcoming")).to_be_visible()
    assert visit.requests.count("POST /api/auth/refresh") == 1
    visit.page.clock.fast_forward("14:45")
    visit.page.get_by_role("link", name="New appointment").click()
    visit.page.get_by_label("Date").fill(f"{next_monday:%Y-%m-%d}")
    expect(visit.page.get_by_role("radio").first).to_be_visible()
    assert visit.requests.count("POST /api/auth/refresh") == 2
    assert [answer.url for answer in answers if answer.status == HTTPStatus.UNAUTHORIZED] == []


def test_an_ended_session_leads_to_signing_in_and_back(
    site: Site, open_visit: Open, new_user: NewUser
) -> None:
    """A session that was ended elsewhere ends at the next request, and nothing has to be found again."""
    user = new_user()
    page = open_visit(user).page
    page.goto("/")
    expect(page.get_by_role("heading", name="Upcoming")).to_be_visible()
    # The heading is there before the list: what is under way now would be the next request.
    page.wait_for_load_state("networkidle")
    site.accounts.set_password(user.username, PASSWORD)
    page.get_by_role("link", name="New appointment").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, user)
    expect(page.get_by_role("heading", name="New appointment")).to_be_visible()


def test_signing_out_ends_the_session_in_every_tab(open_visit: Open, new_user: NewUser) -> None:
    """The other tab shows nothing of it any more, and neither does going back."""
    visit = open_visit(new_user())
    other = visit.context.new_page()
    for page in (visit.page, other):
        page.goto("/")
        expect(page.get_by_role("heading", name="Upcoming")).to_be_visible()
    visit.page.get_by_role("button", name="Sign out").click()
    for page in (visit.page, other):
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    other.goto("/calendar")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
