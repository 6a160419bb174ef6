"""What the pages make of hostile words and links."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from browsing import PASSWORD, Site, Visit
from browsing.fixtures import NewUser, Open
from scheduling_core import BookingRequest, Interval, TimeOff
from scheduling_web.hosts import APPOINTMENT

STEP = dt.timedelta(minutes=15)

# Each would set `window.hit`, add an element that is looked for, or load something, if it were not text.
PAYLOADS = [
    "<script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1 class=injected>",
    "<svg onload=window.hit=1 class=injected>",
    "<svg><script>window.hit=1</script></svg>",
    "<body onload=window.hit=1>",
    "<iframe srcdoc='<script>parent.hit=1</script>' class=injected></iframe>",
    "<iframe src=javascript:parent.hit=1 class=injected></iframe>",
    "<a href=javascript:window.hit=1 class=injected>x</a>",
    "<a href=' javascript:window.hit=1' class=injected>x</a>",
    "<details open ontoggle=window.hit=1 class=injected>",
    "<video><source onerror=window.hit=1 class=injected></video>",
    "<audio src=x onerror=window.hit=1 class=injected>",
    "<input autofocus onfocus=window.hit=1 class=injected>",
    "<object data=javascript:window.hit=1 class=injected></object>",
    "<embed src=javascript:window.hit=1 class=injected>",
    "<form action=javascript:window.hit=1 class=injected><button>x</form>",
    "<math><mi xlink:href=javascript:window.hit=1 class=injected>x</math>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<link rel=stylesheet href=https://evil.example/x.css class=injected>",
    "<base href=https://evil.example/ class=injected>",
    "<meta http-equiv=refresh content='0;url=https://evil.example' class=injected>",
    "<template shadowrootmode=open class=injected><script>window.hit=1</script></template>",
    "'\" onmouseover=window.hit=1 class=injected x='\"",
    '"><img src=x onerror=window.hit=1 class=injected>',
    "javascript:window.hit=1//",
    "${window.hit=1}{{window.hit=1}}<%= window.hit=1 %>",
    "&lt;img src=x onerror=window.hit=1 class=injected&gt;",
    "\\u003cimg src=x onerror=window.hit=1 class=injected\\u003e",
    "<noscript><p title='</noscript><img src=x onerror=window.hit=1 class=injected>'>",
]


def test_s03_whatever_a_name_says_it_is_text(
    site: Site, open_visit: Open, new_user: NewUser, next_monday: dt.datetime
) -> None:
    """Names, notes, reasons and usernames are shown to the letter, and no browser reads them as a page."""
    user = new_user()
    start = next_monday.replace(hour=9)
    for position, payload in enumerate([*PAYLOADS, PAYLOADS[2]]):
        wanted = BookingRequest(
            user.id, APPOINTMENT.id, start + position * STEP, payload, duration=STEP, notes=payload
        )
        last = site.scheduler.book(wanted)
    site.scheduler.cancel(last.id, reason=PAYLOADS[2])
    absence = Interval.of(start + 7 * dt.timedelta(hours=1) + 3 * STEP, STEP)
    site.scheduler.add_time_off(user.id, TimeOff(absence, PAYLOADS[2]))
    visit = open_visit(user)
    day = f"{start:%Y-%m-%d}"
    for path in (
        "/",
        f"/calendar?view=day&date={day}",
        f"/calendar?view=list&date={day}",
        f"/appointments/{last.id}",
    ):
        visit.page.goto(path)
        expect(visit.page.get_by_text(PAYLOADS[2]).first).to_be_visible()
        assert_untouched(visit)
    visit.page.goto("/")
    for payload in PAYLOADS:
        expect(visit.page.get_by_role("link").filter(has_text=payload).first).to_be_visible()
    assert_untouched(visit)


def assert_untouched(visit: Visit) -> None:
    """Nothing was run, nothing was added, nothing was loaded; the last is seen to by the fixture."""
    assert visit.page.evaluate("window.hit === undefined")
    assert visit.page.locator(".injected, base, iframe, object, embed").count() == 0
    assert visit.page.locator("script:not([src])").count() == 0


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/calendar?view=week", "/calendar?view=week"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https:evil.example", "/"),
        ("/%0d%0aLocation:%20https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_s21_signing_in_leads_to_a_page_of_ours(
    site: Site, open_visit: Open, new_user: NewUser, asked: str, reached: str
) -> None:
    """Whatever a link says, who signs in stays on this site, and nothing else is even asked for."""
    user = new_user()
    visit = open_visit()
    visit.page.goto("/sign-in")
    visit.page.evaluate("back => location.assign('/sign-in?' + new URLSearchParams({ back }))", asked)
    visit.page.get_by_label("Username").fill(user.username)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.page.get_by_role("navigation")).to_be_visible()
    assert visit.page.evaluate("location.origin") == site.url
    assert visit.page.url.removeprefix(site.url) == reached


def test_a_token_is_nowhere_that_a_script_could_find_it_later(open_visit: Open, new_user: NewUser) -> None:
    """Neither storage nor cookies show anything to a script."""
    visit = open_visit(new_user())
    visit.page.goto("/")
    expect(visit.page.get_by_role("navigation")).to_be_visible()
    kept = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert visit.page.evaluate(kept) == [0, 0, ""]
    [cookie] = visit.context.cookies(f"{visit.origin}/api/auth/refresh")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/api/auth")
