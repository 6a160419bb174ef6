"""The fixtures of the tests of the pages: what a page does that it must not fails the test that saw it."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from browsing import BrowserMissing, Site, Visit, running_browser, running_site, visiting
from scheduling_core import Schedule, system
from scheduling_web.accounts import User

Open = Callable[..., Visit]
NewUser = Callable[..., User]

BERLIN = ZoneInfo("Europe/Berlin")

REQUIRED = "SCHEDULING_TEST_BROWSER_REQUIRED"
"""The variable with which a missing browser is a failure. Continuous integration sets it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium, for one module only: beside it no other test could have an event loop of its own."""
    try:
        with running_browser() as browser:
            yield browser
    except BrowserMissing as missing:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that is shared by the tests of a module; each signs up users of its own."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def open_visit(browser: Browser, site: Site) -> Iterator[Open]:
    """Open a new person's browser; at the end none may have done what it must not."""
    visits = []
    with ExitStack() as stack:

        def open_one(user: User | None = None, **settings: Any) -> Visit:  # noqa: ANN401  Playwright's.
            visit = stack.enter_context(visiting(browser, site, **settings))
            visits.append(visit)
            if user is not None:
                visit.sign_in(user.username)
            return visit

        yield open_one
    if offences := [offence for visit in visits for offence in visit.offences]:
        pytest.fail("\n".join(offences), pytrace=False)


@pytest.fixture
def new_user(site: Site, request: pytest.FixtureRequest) -> NewUser:
    """Add a user for this test; each is another one."""
    count = 0

    def add_one(schedule: Schedule | None = None) -> User:
        nonlocal count
        count += 1
        return site.sign_up(f"{request.node.name[:60]} {count}", schedule)

    return add_one


@pytest.fixture
def next_monday() -> dt.datetime:
    """Midnight of the next Monday in Berlin: of a day to come, whenever this is run."""
    today = system.read_clock().astimezone(BERLIN).date()
    monday = today + dt.timedelta(days=7 - today.weekday())
    return dt.datetime.combine(monday, dt.time(), BERLIN)
