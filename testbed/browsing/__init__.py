"""A real browser in front of the real service: what the tests of the pages share with their pictures."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from scheduling_core import Schedule, Scheduler
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import Accounts, PasswordHasher, User
from scheduling_web.accounts.passwords import Cost
from scheduling_web.hosts import add_user, usual_schedule

PATIENCE = 60
"""Seconds that the service may take to answer for the first time; a loaded machine is no failure."""

PASSWORD = "correct horse battery staple"  # noqa: S105  Of users who exist for a test.

CHROMIUM = "SCHEDULING_TEST_CHROMIUM"
"""The variable that names a Chromium; without it one is looked for on PATH."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# In the page the browser tells of it, and the console carries it to us.
_REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} forbids ${event.blockedURI} ${event.sourceFile}`));
"""


class BrowserMissing(Exception):
    """There is no Chromium on this machine."""

    def __str__(self) -> str:
        return f"no Chromium: none of {', '.join(_NAMES)} is on PATH, and {CHROMIUM} does not name one"


def find_chromium() -> str:
    """Return the Chromium of this machine; raises BrowserMissing."""
    named = os.environ.get(CHROMIUM)
    found = next((path for path in map(shutil.which, [named] if named else _NAMES) if path), None)
    if found is None:
        raise BrowserMissing
    return found


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Hold a browser open; raises BrowserMissing."""
    chromium = find_chromium()
    with sync_playwright() as playwright:
        # Its sandbox does not work for root, and everything that it will see is ours.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@attrs.frozen
class Site:
    """A running service on SQLite, and the way around it to what it keeps."""

    url: str
    storage: SqlStorage
    scheduler: Scheduler
    accounts: Accounts

    def sign_up(self, username: str, schedule: Schedule | None = None) -> User:
        """Add a user with `PASSWORD`, who has the usual hours or others."""
        hours = schedule or usual_schedule()
        return add_user(self.accounts, self.scheduler, username, PASSWORD, hours)


@contextlib.contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Hold a service open that keeps its data in a folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SCHEDULING_")}
    demo = "from scheduling_web.cli import main; main()"
    words = ["demo", "--json", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(
        [sys.executable, "-c", demo, *words], env=clean, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        watch = threading.Timer(PATIENCE, process.kill)
        watch.start()
        try:
            assert process.stdout is not None  # noqa: S101  As asked for above.
            told = json.loads(process.stdout.readline())
            watch.cancel()
            storage = SqlStorage.from_url(f"sqlite:///{folder / 'scheduling.sqlite3'}")
            with contextlib.closing(storage):
                cheap = PasswordHasher(cost=Cost(memory=8, passes=1, lanes=1, bcrypt_rounds=4))
                yield Site(told["url"], storage, Scheduler(storage), Accounts(storage.engine, cheap))
        finally:
            watch.cancel()
            process.terminate()


@attrs.define(eq=False, slots=False)  # Playwright keeps notes of its own in whoever listens to it.
class Visit:
    """One browser of one person, with all that it must not do but did."""

    context: BrowserContext
    page: Page
    origin: str
    offences: list[str] = attrs.field(factory=list)
    requests: list[str] = attrs.field(factory=list)
    """Method and path of each, in order."""

    def __attrs_post_init__(self) -> None:
        """Begin to look."""
        self.context.add_init_script(_REPORT_VIOLATIONS)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.offences.append(f"uncaught: {error.error}"))
        self.context.on("request", self._see)

    def sign_in(self, username: str) -> None:
        """Sign in without the page, so that the next one opened finds the session."""
        credentials = {"username": username, "password": PASSWORD}
        answer = self.context.request.post("/api/auth/login", data=credentials)
        assert answer.ok, answer.text()  # noqa: S101  It belongs to tests.

    def _hear(self, message: ConsoleMessage) -> None:
        # That the service refused something is told by the console as well, and is no offence.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.offences.append(f"console: {message.text}")

    def _see(self, request: Request) -> None:
        if request.url.startswith((f"{self.origin}/", "blob:", "data:")):
            self.requests.append(f"{request.method} {request.url.removeprefix(self.origin)}")
        else:
            self.offences.append(f"request: {request.url}")


@contextlib.contextmanager
def visiting(browser: Browser, site: Site, **settings: Any) -> Iterator[Visit]:  # noqa: ANN401  Playwright's.
    """Hold a browser of a new person open; *settings* are those of Playwright's contexts."""
    usual = {
        "base_url": site.url,
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "reduced_motion": "reduce",  # What is half faded in would be judged as if it stayed so.
    }
    context = browser.new_context(**{**usual, **settings})
    context.set_default_timeout(10_000)
    with contextlib.closing(context):
        yield Visit(context, context.new_page(), site.url)
