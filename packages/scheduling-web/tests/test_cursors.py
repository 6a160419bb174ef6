"""Cursors: only what was given to a host is taken back from it."""

import base64
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core import AppointmentId, HostId
from scheduling_web.api.cursors import Cursor, Cursors
from scheduling_web.api.errors import InvalidRequest
from scheduling_web.setting_values import Secret

Client = TestClient[Litestar]
Headers = dict[str, str]

OURS, THEIRS = Secret(b"k" * 32), Secret(b"o" * 32)
CURSORS, OTHERS = Cursors([OURS]), Cursors([THEIRS])
ANN, BOB = HostId("ann"), HostId("bob")
WHERE = Cursor(dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC), AppointmentId("a1"))


@given(
    st.datetimes(dt.datetime(1900, 1, 2), dt.datetime(2199, 12, 30), timezones=st.just(dt.UTC)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200),
)
def test_a_cursor_comes_back_as_it_was(start: dt.datetime, last: str) -> None:
    """A cursor survives its journey through an address."""
    cursor = Cursor(start, AppointmentId(last))
    written = CURSORS.write(ANN, cursor)
    assert written.isascii()
    assert CURSORS.read(ANN, written) == cursor


@given(st.integers(0), st.integers(1, 255))
def test_a_cursor_that_was_changed_is_refused(place: int, by: int) -> None:
    """Whichever byte of it is another."""
    known = bytearray(base64.urlsafe_b64decode(CURSORS.write(ANN, WHERE) + "=="))
    known[place % len(known)] ^= by
    with pytest.raises(InvalidRequest):
        CURSORS.read(ANN, base64.urlsafe_b64encode(known).decode())


def test_a_cursor_of_somebody_else_is_refused() -> None:
    """Neither another host's is taken, nor one of another service; nor do two hosts' names run together."""
    for foreign in (
        CURSORS.write(BOB, WHERE),
        OTHERS.write(ANN, WHERE),
        CURSORS.write(HostId("an"), WHERE),
        "",
    ):
        with pytest.raises(InvalidRequest, match="cursor"):
            CURSORS.read(ANN, foreign)


def test_a_cursor_outlives_a_change_of_the_key() -> None:
    """With both keys what either signed is taken, and what is written is signed with the first."""
    both = Cursors([THEIRS, OURS])
    for written in (CURSORS.write(ANN, WHERE), OTHERS.write(ANN, WHERE)):
        assert both.read(ANN, written) == WHERE
    assert OTHERS.read(ANN, both.write(ANN, WHERE)) == WHERE
    with pytest.raises(InvalidRequest, match="cursor"):
        CURSORS.read(ANN, both.write(ANN, WHERE))


def test_a_foreign_cursor_shows_nothing(
    client: Client, ann: Headers, sign_up: Callable[[str], Headers]
) -> None:
    """It is a wrong parameter, in the same words as one that was made up; its own host goes on with it."""
    bob = sign_up("bob")
    for headers in (ann, bob):
        for hour in (10, 11):
            asked = {
                "customer_name": "Carla",
                "start_time": f"2030-01-07T{hour}:00:00+01:00",
                "duration_minutes": 30,
            }
            assert client.post("/api/appointments", headers=headers, json=asked).status_code == 201

    def page(headers: Headers, cursor: str) -> Any:  # noqa: ANN401  A problem or a page.
        query = {"limit": "1", "cursor": cursor}
        return client.get("/api/appointments", headers=headers, params=query).json()

    given_to_bob = client.get("/api/appointments?limit=1", headers=bob).json()["next_cursor"]
    assert page(ann, given_to_bob)["errors"] == page(ann, "x")["errors"]
    assert page(ann, given_to_bob)["status"] == 400
    [rest] = page(bob, given_to_bob)["items"]
    assert rest["start_time"] == "2030-01-07T11:00:00+01:00"
