"""What belongs to another user cannot be told from what does not exist, on any route and in any way."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]

RANDOM = "01930000-0000-7000-8000-000000000000"
ROUTES = [
    ("GET", "", {}),
    ("PUT", "", {"notes": "mine"}),
    ("PUT", "", {"start_time": "2030-01-07T12:00:00+01:00"}),
    ("PUT", "", {"type": "appointment"}),
    ("DELETE", "", {}),
    ("GET", "/history", {}),
    ("POST", "/confirm", {}),
    ("POST", "/decline", {}),
    ("POST", "/complete", {}),
    ("POST", "/no-show", {}),
]


@pytest.mark.parametrize("match", ["*", '"1"', '"7"'])
@pytest.mark.parametrize(("method", "rest", "body"), ROUTES, ids=str)
def test_the_answer_to_a_foreign_id_is_that_to_a_random_one(
    *,
    client: Client,
    ann: Headers,
    sign_up: Callable[[str], Headers],
    method: str,
    rest: str,
    body: dict[str, Any],
    match: str,
) -> None:
    """Status, type and every byte are the same, whatever version is named, and nothing has changed."""
    bob = sign_up("bob")
    asked = {"customer_name": "Carla", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    bobs = client.post("/api/appointments", headers=bob, json=asked).json()

    def ask(id: str, who: Headers) -> tuple[int, bytes]:
        answer = client.request(
            method,
            f"/api/appointments/{id}{rest}",
            headers={**who, "If-Match": match},
            json=body if method == "PUT" else None,
        )
        return answer.status_code, answer.content

    foreign = ask(bobs["id"], ann)
    assert foreign[0] == 404
    assert foreign == ask(RANDOM, ann) == ask("x" * 300, ann) == ask("%00", ann)
    assert client.get(f"/api/appointments/{bobs['id']}", headers=bob).json() == bobs
    assert ask(bobs["id"], bob)[0] != 404


def test_every_route_with_an_id_is_asked(client: Client) -> None:
    """The list above has all routes that there are."""
    prefix = "/api/appointments/{appointment_id:str}"
    known = {
        (method, route.path.removeprefix(prefix))
        for route in client.app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(prefix)
        for method in route.methods - {"OPTIONS"}
    }
    assert known == {(method, rest) for method, rest, _ in ROUTES}
