"""What everybody sees: headers, the first page, health, and the OpenAPI document."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from scheduling_core import MemoryStorage
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import Accounts, PasswordHasher
from scheduling_web.app import create_app
from scheduling_web.settings import read_settings

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

SIGNING_IN = {"/api/auth/login", "/api/auth/refresh", "/api/auth/logout"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/api/auth/me"),
        ("GET", "/nowhere"),
        ("PUT", "/api/slots"),
        ("POST", "/api/auth/login"),
        ("GET", "/health/live"),
        ("GET", "/schema/openapi.json"),
        ("OPTIONS", "/api/slots"),
    ],
)
def test_s39_every_answer_carries_the_security_headers(
    client: TestClient[Litestar], method: str, path: str
) -> None:
    """Success or error, page or data, the router's own answers included; and each names its request."""
    first, second = client.request(method, path), client.request(method, path)
    assert {name: first.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "Strict-Transport-Security" not in first.headers
    assert "Set-Cookie" not in first.headers
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_s39_https_is_insisted_on_where_it_is_used(empty_database: Path, hasher: PasswordHasher) -> None:
    """With a public https address browsers are told to use nothing else."""
    settings = read_settings(
        {"SCHEDULING_SECRET": "k" * 32, "SCHEDULING_PUBLIC_URL": "https://booking.example"}
    )
    database = SqlStorage.from_url(f"sqlite:///{empty_database}")
    app = create_app(settings, storage=MemoryStorage(), accounts=Accounts(database.engine, hasher))
    with TestClient(app) as client:
        answer = client.get("/nowhere")
    database.close()
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_the_first_page_says_where_things_are(client: TestClient[Litestar]) -> None:
    """Every link on it leads somewhere, and it loads nothing."""
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    links = re.findall(r'href="([^"]+)"', page.text)
    assert len(links) >= 5
    assert {client.get(link).status_code for link in links} == {200}
    assert "<script" not in page.text
    assert "<style" not in page.text
    assert "src=" not in page.text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_a_healthy_service_says_so_to_everybody(client: TestClient[Litestar], path: str) -> None:
    """Health needs no token and tells no more than that all is well."""
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and description of everything in the document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_is_served_as_json_and_yaml(client: TestClient[Litestar]) -> None:
    """Programs find the whole interface described, and no page that would load scripts."""
    as_json = client.get("/schema/openapi.json")
    as_yaml = client.get("/schema/openapi.yaml")
    assert as_json.json()["openapi"] == "3.1.0"
    assert as_yaml.status_code == 200
    assert as_yaml.text.startswith("components:")
    for page in ("redoc", "swagger", "elements", "rapidoc"):
        assert client.get(f"/schema/{page}").status_code == 404


def test_every_route_of_the_interface_is_documented(client: TestClient[Litestar]) -> None:
    """The document and the router know the same addresses and methods."""
    document = client.get("/schema/openapi.json").json()
    documented = {(path, method.upper()) for path, method, _ in operations(document)}
    routed = {
        (re.sub(r":\w+}", "}", route.path), method)
        for route in client.app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(("/api", "/feeds", "/health"))
        for method in route.methods
        if method != "OPTIONS"
    }
    assert documented == routed


def test_every_operation_is_documented_in_full(client: TestClient[Litestar]) -> None:
    """Each has a name of its own, a summary, its token, and every error as a problem."""
    document = client.get("/schema/openapi.json").json()
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for path, _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        public = path.startswith(("/feeds", "/health", "/api/webhooks")) or path in SIGNING_IN
        needed = operation.get("security", [{}])
        assert {} in needed if public else needed == [{"bearer": []}]
        assert public or "401" in operation["responses"]
        for status, response in operation["responses"].items():
            if status in {"204", "304"}:
                assert "content" not in response
                continue
            told = "text/calendar" if path.endswith((".ics", "/feeds/{name}")) else "application/json"
            media = told if status < "300" else "application/problem+json"
            assert list(response["content"]) == [media]
            schema = response["content"][media]["schema"]
            assert (schema == {"$ref": "#/components/schemas/Problem"}) == (status >= "300")


def test_only_the_bodies_that_may_be_left_out_are_documented_so(client: TestClient[Litestar]) -> None:
    """A refresh token is in the body or in a cookie; every other body is needed."""
    document = client.get("/schema/openapi.json").json()
    optional = {
        path
        for path, _, operation in operations(document)
        if not operation.get("requestBody", {"required": True}).get("required", False)
    }
    assert optional == {"/api/auth/refresh", "/api/auth/logout"}


def test_bodies_are_documented_as_closed(client: TestClient[Litestar]) -> None:
    """That unknown fields are refused stands in the document too."""
    schemas = client.get("/schema/openapi.json").json()["components"]["schemas"]
    for name in (
        "NewAppointment",
        "AppointmentChanges",
        "AvailabilityChanges",
        "Hours",
        "HoursOfDay",
        "Override",
        "Absence",
        "NewType",
        "TypeBody",
        "DurationRange",
        "LimitBody",
        "Credentials",
    ):
        assert schemas[name]["additionalProperties"] is False
