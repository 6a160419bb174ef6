"""Properties of the whole interface: numbers 1, 2, 15 and 16 of the list of promises."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
JSON = {"Content-Type": "application/json"}

PUBLIC = {
    ("GET", "/"),
    ("GET", "/feeds/{name:str}"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/problems"),
    ("GET", "/problems/{name:str}"),
    ("GET", "/programs"),
    ("GET", "/schema"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/schema/openapi.yaml"),
    ("GET", "/schema/openapi.yml"),
    ("GET", "/schema/{path:str}"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/logout"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/webhooks/calcom"),
}
"""All that needs no token. A route that is not listed here is protected, or the first property fails."""


def routes(client: TestClient[Litestar]) -> list[tuple[str, str]]:
    """Return method and path of everything that the router knows."""
    return [
        (method, route.path)
        for route in client.app.routes
        if isinstance(route, HTTPRoute)
        for method in sorted(route.methods)
    ]


def fill(path: str, value: str = "x") -> str:
    """Return an address for a path with parameters."""
    return "/".join(value if part.startswith("{") else part for part in path.split("/"))


def check_problem(answer: httpx.Response) -> None:
    """Assert that an answer says its status and a message, in the one form that errors have."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert isinstance(problem["message"], str)
    assert problem["message"].strip()
    assert problem["message"] == problem["detail"]
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    assert problem["instance"].startswith("urn:uuid:")


printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
schemes = st.sampled_from(["Bearer", "bearer", "Basic", "Token", ""])


@given(data=st.data())
def test_property_01_every_protected_route_refuses_without_a_token(
    long_client: TestClient[Litestar], data: st.DataObject
) -> None:
    """Whatever else a request carries, without a good token no protected route does more than refuse it."""
    open_paths = {path for _, path in PUBLIC}
    protected = [
        (method, path)
        for method, path in routes(long_client)
        if (method, path) not in PUBLIC and not (method == "OPTIONS" and path in open_paths)
    ]
    method, path = data.draw(st.sampled_from(protected))
    headers = data.draw(
        st.one_of(
            st.just({}),
            st.builds(lambda scheme, rest: {"Authorization": f"{scheme} {rest}"}, schemes, printable),
            st.builds(lambda value: {"X-User-Id": value, "Cookie": f"token={value}"}, st.just("ann")),
        )
    )
    answer = long_client.request(
        method, fill(path), headers=headers, content=data.draw(st.binary(max_size=20))
    )
    assert answer.status_code == 401
    check_problem(answer)
    assert answer.content == long_client.get("/api/auth/me").content


def test_the_list_of_public_routes_is_complete(client: TestClient[Litestar]) -> None:
    """Every route on the list exists and needs no token."""
    known = set(routes(client))
    assert known >= PUBLIC
    for method, path in PUBLIC:
        answer = client.request(method, fill(path))
        # What is refused here is so for another reason than the want of an access token.
        assert answer.status_code != 401 or answer.json()["type"] != "/problems/unauthenticated"


@given(
    age=st.one_of(
        st.integers(0, 2000),
        st.sampled_from([0, 1, 898, 899, 900, 901, 929, 930, 931]),
        st.floats(0, 10**8).map(lambda seconds: round(seconds, 6)),
    )
)
def test_property_02_an_expired_token_is_refused(
    long_client: TestClient[Litestar],
    long_ann: dict[str, str],
    put_long_clock: Callable[[dt.datetime], None],
    age: float,
) -> None:
    """A token is good for its fifteen minutes and not a moment longer."""
    try:
        put_long_clock(NOW + dt.timedelta(seconds=age))
        answer = long_client.get("/api/auth/me", headers=long_ann)
    finally:
        put_long_clock(NOW)
    assert answer.status_code == (200 if age < 900 else 401)
    if answer.status_code == 401:
        check_problem(answer)


names = st.sampled_from(
    ["customer_name", "start_time", "duration_minutes", "type", "notes", "id", "status", "", "x"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
wrong_values = {
    "customer_name": st.one_of(
        st.sampled_from(["", " ", "a\0", "x" * 201]),
        json_values.filter(lambda value: not isinstance(value, str)),
    ),
    "start_time": st.one_of(
        st.datetimes().map(dt.datetime.isoformat),
        st.integers(),
        json_values.filter(lambda value: not isinstance(value, str)),
        st.text(max_size=10),
    ),
    "duration_minutes": st.one_of(
        st.integers(max_value=0),
        st.integers(min_value=527_041),
        st.integers().map(str),
        st.floats().filter(lambda value: value != int(value) if abs(value) < 10**9 else True),
        json_values.filter(lambda value: not isinstance(value, int | float)),
    ),
    "type": st.one_of(
        st.just(""),
        st.just("unknown"),
        json_values.filter(lambda value: value is not None and not isinstance(value, str)),
    ),
    "notes": st.one_of(st.just("a\0"), json_values.filter(lambda value: not isinstance(value, str))),
    "status": json_values,
    "host": json_values,
}


@st.composite
def wrong_bodies(draw: st.DrawFn) -> bytes:
    """Draw a body with something wrong in it: in one field, missing, of another form, or cut off."""
    body: dict[str, Any] = {
        "customer_name": "Bob",
        "start_time": "2030-01-07T10:00:00+01:00",
        "duration_minutes": 30,
    }
    kind = draw(st.sampled_from(["field", "missing", "other", "bytes", "cut"]))
    if kind == "field":
        name = draw(st.sampled_from(sorted(wrong_values)))
        body[name] = draw(wrong_values[name])
    elif kind == "missing":
        del body[draw(st.sampled_from(sorted(body)))]
    elif kind == "other":
        return json.dumps(draw(json_values)).encode()
    elif kind == "bytes":
        return draw(st.binary(max_size=60))
    text = json.dumps(body).encode()
    return text[: draw(st.integers(0, len(text) - 1))] if kind == "cut" else text


@given(body=wrong_bodies())
def test_property_15_invalid_input_is_refused_and_changes_nothing(
    long_client: TestClient[Litestar], long_ann: dict[str, str], body: bytes
) -> None:
    """Whatever is wrong with a body, the answer is a 4xx and the appointments are as they were."""
    before = long_client.get("/api/appointments", headers=long_ann).json()
    answer = long_client.post("/api/appointments", headers={**long_ann, **JSON}, content=body)
    assert 400 <= answer.status_code < 500, answer.text
    check_problem(answer)
    assert long_client.get("/api/appointments", headers=long_ann).json() == before


addresses = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#?\\%"), max_size=12
)
queries = st.dictionaries(
    st.sampled_from(["from", "to", "status", "cursor", "limit", "type", "duration_minutes", "x"]),
    printable
    | st.sampled_from(["2030-01-07T00:00:00Z", "2030-01-08T00:00:00Z", "1", "confirmed", "é", "\0"]),
    max_size=3,
)


@given(data=st.data(), query=queries, body=wrong_bodies(), is_signed_in=st.booleans(), is_json=st.booleans())
def test_property_16_every_error_carries_status_and_message(
    *,
    long_client: TestClient[Litestar],
    long_ann: dict[str, str],
    data: st.DataObject,
    query: dict[str, str],
    body: bytes,
    is_signed_in: bool,
    is_json: bool,
) -> None:
    """Any request at all is answered, never with a 5xx, and every error has the one form that errors have."""
    known = st.sampled_from(routes(long_client)).map(lambda route: (route[0], fill(route[1])))
    methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
    method, path = data.draw(st.one_of(known, st.tuples(methods, addresses.map(lambda rest: f"/{rest}"))))
    headers = {**(long_ann if is_signed_in else {}), **(JSON if is_json else {})}
    answer = long_client.request(method, path, params=query, headers=headers, content=body)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        check_problem(answer)
