"""The dashboard over HTTP, on every storage: numbers 12, 13 and 14 of the list of promises."""

import datetime as dt
import itertools
from typing import Any, Protocol

from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
"""When the hosts open and everything is booked."""

QUARTER = dt.timedelta(minutes=15)
Headers = dict[str, str]
Asked = tuple[int, int, str]

counter = itertools.count()
asked = st.tuples(
    st.integers(0, 31),
    st.sampled_from([15, 30, 45, 60]),
    st.sampled_from(["", "", "", "cancel", "complete", "no-show"]),
)
agendas = st.lists(asked, max_size=4)


class Service(Protocol):
    """What these tests use of the service."""

    clock: Any

    @property
    def client(self) -> TestClient[Litestar]:
        """The way in."""

    def sign_up(self, username: str) -> Headers:
        """Add a user and return the headers of their requests."""

    def sign_in(self, username: str) -> Headers:
        """Return the headers of a user's requests."""


def fill(
    client: TestClient[Litestar], headers: Headers, agenda: list[Asked], name: str
) -> list[dict[str, Any]]:
    """Book what there is room for, and go on with some of it; return all as they are left."""
    found = []
    for start, length, step in agenda:
        body = {
            "customer_name": name,
            "start_time": (NOW + start * QUARTER).isoformat(),
            "duration_minutes": length,
        }
        booked = client.post("/api/appointments", headers=headers, json=body)
        assert booked.status_code in {201, 409}
        if booked.status_code == 201:
            path = booked.headers["Location"]
            if step == "cancel":
                assert client.delete(path, headers={**headers, "If-Match": "*"}).status_code == 204
            elif step:
                assert client.post(f"{path}/{step}", headers=headers).status_code == 200
            found.append(client.get(path, headers=headers).json())
    return found


@given(agenda=agendas, others=st.lists(asked, max_size=1), age=st.integers(0, 33))
def test_property_12_13_14_the_dashboard_has_all_that_is_upcoming_in_order(
    each_service: Service, agenda: list[Asked], others: list[Asked], age: int
) -> None:
    """What is pending or confirmed and has not ended, of this host alone, whole, and sorted by start."""
    client, number = each_service.client, next(counter)
    each_service.clock.now = NOW
    booked = fill(client, each_service.sign_up(f"host {number}"), agenda, "Ann")
    fill(client, each_service.sign_up(f"other {number}"), others, "Bob")
    each_service.clock.now = now = NOW + age * QUARTER
    headers = each_service.sign_in(f"host {number}")
    page = client.get("/api/appointments/upcoming", headers=headers).json()
    upcoming = [
        item
        for item in booked
        if item["status"] in {"pending", "confirmed"} and dt.datetime.fromisoformat(item["end_time"]) > now
    ]
    assert page == {"items": sorted(upcoming, key=lambda item: str(item["start_time"])), "next_cursor": None}
    for item in page["items"]:
        start, end = (dt.datetime.fromisoformat(item[name]) for name in ("start_time", "end_time"))
        assert end - start == dt.timedelta(minutes=item["duration_minutes"]) > dt.timedelta(0)
        assert item["customer_name"] == "Ann"
