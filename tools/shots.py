"""Pictures of every page, in light, in dark and on a phone, of a practice with a few busy weeks."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "testbed"))

from browsing import Site, running_browser, running_site, visiting  # noqa: E402  The folder comes first.
from browsing.practice import open_practice  # noqa: E402  As above.

FOLDER = ROOT / "shots"

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, object]] = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2, "has_touch": True},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "device_scale_factor": 2, "has_touch": True},
}

Act = Callable[[Page], None]


def press(name: str) -> Act:
    """Return what presses a button."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def close_mondays(page: Page) -> None:
    """Change the hours so that appointments would be left outside, and add a date and time off."""
    page.get_by_role("button", name="Remove hours: Monday").first.click()
    page.get_by_role("button", name="Add a date").click()
    page.get_by_label("Date", exact=True).last.fill("2030-12-24")
    page.get_by_role("button", name="Add time off").click()


def stay(_: Page) -> None:
    """Do nothing but look."""


def take(page: Page, path: str, act: Act, picture: Path) -> None:
    """Take a picture of a page after something was done there."""
    page.goto(path)
    wait_for_rest(page)
    act(page)
    wait_for_rest(page)
    page.screenshot(path=picture)


def wait_for_rest(page: Page) -> None:
    """Wait until a page is there, everything in it is loaded, and whatever moves has come to rest."""
    page.get_by_role("heading", level=1).first.wait_for()
    expect(page.locator(".loading, [aria-busy=true]")).to_have_count(0)
    page.wait_for_timeout(300)


def main(words: list[str]) -> int:
    """Take the pictures whose names contain one of the words, or all."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder)) as site,
        running_browser() as browser,
    ):
        pages = furnish(site)
        wanted = {
            name: page for name, page in pages.items() if not words or any(word in name for word in words)
        }
        for look, settings in LOOKS.items():
            for username in {username for username, _, _ in wanted.values()}:
                with visiting(browser, site, **settings) as visit:
                    if username:
                        visit.sign_in(username)
                    for name, (who, path, act) in wanted.items():
                        if who == username:
                            take(visit.page, path, act, FOLDER / f"{name}.{look}.png")
                    for offence in visit.offences:
                        print(f"{username or 'nobody'}, {look}: {offence}")
    print(f"{len(LOOKS) * len(wanted)} pictures in {FOLDER}")
    return 0


def furnish(site: Site) -> dict[str, tuple[str, str, Act]]:
    """Fill the service; return for each picture who looks at which page, and what they do there."""
    to_come = open_practice(site, "anna")
    site.sign_up("ben")
    one = f"/appointments/{next(each for each in to_come if each.notes).id}"
    return {
        "sign-in": ("", "/sign-in", stay),
        "sign-in-refused": ("", "/sign-in", press("Sign in")),
        "upcoming": ("anna", "/", stay),
        "upcoming-empty": ("ben", "/", stay),
        "new-appointment": ("anna", "/appointments/new", stay),
        "new-appointment-refused": ("anna", "/appointments/new", press("Book")),
        "appointment": ("anna", one, stay),
        "appointment-reschedule": ("anna", one, press("Reschedule")),
        "appointment-edit": ("anna", one, press("Edit details")),
        "appointment-cancel": ("anna", one, press("Cancel appointment")),
        "calendar": ("anna", "/calendar", stay),
        "calendar-day": ("anna", "/calendar?view=day", stay),
        "calendar-month": ("anna", "/calendar?view=month", stay),
        "calendar-list": ("anna", "/calendar?view=list", stay),
        "availability": ("anna", "/availability", stay),
        "availability-copy": ("anna", "/availability", press("Copy hours: Monday")),
        "availability-closed": ("anna", "/availability", close_mondays),
        "types": ("anna", "/types", stay),
        "type": ("anna", "/types/appointment", press("Add a limit")),
        "type-new": ("anna", "/types/new", press("Save")),
        "sync": ("anna", "/sync", press("link")),
        "not-found": ("anna", "/nowhere", stay),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
