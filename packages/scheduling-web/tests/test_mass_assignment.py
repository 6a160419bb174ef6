"""No route takes more than its fields: nothing that the service decides itself can be sent to it."""

from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core.sql import metadata
from scheduling_web.accounts.schema import metadata as accounts

Client = TestClient[Litestar]
Headers = dict[str, str]

COLUMNS = sorted(
    {
        *(column.name for table in accounts.tables.values() for column in table.c),
        *(column.name for table in metadata.tables.values() for column in table.c),
        "host_id",
        "user_id",
        "role",
        "is_admin",
        "calcom_booking_id",
        "end_time",
    }
)


@pytest.fixture
def bodies(client: Client) -> list[tuple[str, str, frozenset[str]]]:
    """Method, path and known fields of every documented route that takes a body."""
    document: dict[str, Any] = client.get("/schema/openapi.json").json()
    schemas = document["components"]["schemas"]
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None and path != "/api/webhooks/calcom":  # Whose fields are those of Cal.com.
                schema = schemas[content["schema"]["$ref"].rpartition("/")[2]]
                found.append((method, path, frozenset(schema["properties"])))
    return found


def test_s12_s30_every_column_that_is_no_field_is_refused(
    client: Client, ann: Headers, bodies: list[tuple[str, str, frozenset[str]]]
) -> None:
    """Each column of every table is refused by name where a route has no such field; nothing changes."""
    asked = {"customer_name": "Bob", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}
    booked = client.post("/api/appointments", headers=ann, json=asked).json()
    reads = ["/api/appointments", "/api/availability", "/api/appointment-types", "/api/auth/me"]
    before = [client.get(path, headers=ann).json() for path in reads]
    assert len(bodies) >= 6
    for method, path, fields in bodies:
        address = path.replace("{appointment_id}", booked["id"]).replace("{type_id}", "appointment")
        for name in set(COLUMNS) - fields:
            answer = client.request(
                method, address, headers={**ann, "If-Match": "*"}, json={name: "00000000-0000"}
            )
            assert answer.status_code == 400, (method, path, name)
            told = {error["pointer"]: error["message"] for error in answer.json()["errors"]}
            assert told[f"/{name}"] == "is not a known field", (method, path, name)
    assert [client.get(path, headers=ann).json() for path in reads] == before


def test_the_columns_are_those_of_the_tables() -> None:
    """The names above are real ones, so that a new column is tried as well."""
    assert isinstance(accounts.tables["scheduling_web_user"], sa.Table)
    assert {"password_hash", "version", "status", "host", "occupied_start"} <= set(COLUMNS)
