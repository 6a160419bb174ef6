"""The pages check what is typed in before they send it, by the bounds that the service documents."""

import re
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

LIMITS = Path(__file__).parents[1] / "ui/src/api/limits.ts"


def test_the_pages_and_the_service_have_the_same_bounds(client: TestClient[Litestar]) -> None:
    """Each bound that the pages know is the one of the service."""
    written = re.findall(r"^export const (\w+) = ([0-9_]+);$", LIMITS.read_text("utf-8"), re.MULTILINE)
    document: dict[str, Any] = client.get("/schema/openapi.json").json()
    schemas, paths = document["components"]["schemas"], document["paths"]
    credentials = schemas["Credentials"]["properties"]
    booking = schemas["NewAppointment"]["properties"]
    listing = _parameters(paths["/api/appointments"]["get"])
    kind, cap = schemas["NewType"]["properties"], schemas["LimitBody"]["properties"]
    cancelling = _parameters(paths["/api/appointments/{appointment_id}"]["delete"])

    assert {name: int(number) for name, number in written} == {
        "LATEST_HORIZON": kind["horizon_days"]["maximum"],
        "LONGEST_MINUTES": kind["slot_interval_minutes"]["maximum"],
        "LONGEST_NAME": booking["customer_name"]["maxLength"],
        "LONGEST_NOTES": booking["notes"]["maxLength"],
        "LONGEST_NOTICE": kind["minimum_notice_minutes"]["maximum"],
        "LONGEST_PAGE": listing["limit"]["maximum"],
        "LONGEST_PASSWORD": credentials["password"]["maxLength"],
        "LONGEST_REASON": cancelling["reason"]["maxLength"],
        "LONGEST_TITLE": kind["title"]["maxLength"],
        "LONGEST_USERNAME": credentials["username"]["maxLength"],
        "MOST_COUNT": cap["count"]["maximum"],
        "MOST_DURATIONS": kind["durations"]["maxItems"],
        "MOST_LIMITS": kind["limits"]["maxItems"],
    }


def _parameters(operation: dict[str, Any]) -> dict[str, Any]:
    return {parameter["name"]: parameter["schema"] for parameter in operation["parameters"]}
