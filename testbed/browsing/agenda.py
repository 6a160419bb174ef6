"""Pointing into the calendar: where a time of the clock is on the screen."""

import datetime as dt

from playwright.sync_api import FloatRect, Locator, Page

TEN, ELEVEN = dt.time(10), dt.time(11)

_LOOKS, _STEADY = 100, 4
_MOMENT = 75
"""Milliseconds between two looks, of which there are so many, and so many in a row have to be alike."""


def find_event(page: Page, customer: str) -> Locator:
    """Return an appointment in the calendar."""
    return page.locator(".agenda").get_by_role("button").filter(has_text=customer)


def point_at(page: Page, day: dt.date, clock: dt.time) -> tuple[float, float]:
    """Return the place of a time, in a view of hours that shows the day, as soon as it stays where it is.

    Which hours are shown depends on everything that is fetched, and the view is scrolled after that.
    """
    places: list[tuple[float, float]] = []
    for _ in range(_LOOKS):
        places.append(_measure(page, day, clock))
        if len(places) >= _STEADY and len(set(places[-_STEADY:])) == 1:
            return places[-1]
        page.wait_for_timeout(_MOMENT)
    raise TimeoutError(places)


def _measure(page: Page, day: dt.date, clock: dt.time) -> tuple[float, float]:
    column = box_of(page.locator(f".agenda [role=cell][data-date='{day}']"))
    names = [page.locator(".agenda-hour").get_by_text(f"{hour}:00") for hour in (11, 10)]
    for name in names:
        name.scroll_into_view_if_needed()  # Nothing may scroll between the two that are measured.
    eleven, ten = map(middle_of, names)
    hours = (clock.hour - TEN.hour) + clock.minute / 60
    # A little below the line: on it, it is anybody's guess which of two steps is meant.
    return column["x"] + column["width"] / 2, ten + hours * (eleven - ten) + 2


def drag_event(page: Page, customer: str, day: dt.date, clock: dt.time) -> None:
    """Take an appointment by its beginning and put it to another time."""
    grip = box_of(find_event(page, customer))
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + 2)
    page.mouse.down()
    x, y = point_at(page, day, clock)
    page.mouse.move(x, y - 10, steps=3)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


def box_of(locator: Locator) -> FloatRect:
    """Return where something is on the screen."""
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box is not None  # noqa: S101  It was waited for.
    return box


def middle_of(locator: Locator) -> float:
    """Return how far down the middle of something is."""
    box = box_of(locator)
    return box["y"] + box["height"] / 2
