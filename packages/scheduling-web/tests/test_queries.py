"""Query parameters are read strictly."""

from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient

FROM, TO = "2030-01-07T00:00:00+01:00", "2030-01-08T00:00:00+01:00"


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (f"/api/slots?from=x&to={quote(TO)}", "from"),
        (f"/api/slots?from=&to={quote(TO)}", "from"),
        (f"/api/slots?from=2030-01-07&to={quote(TO)}", "from"),
        (f"/api/slots?from=2030-01-07T00:00:00&to={quote(TO)}", "from"),
        (f"/api/slots?from=1893970800&to={quote(TO)}", "from"),
        (f"/api/slots?from=0001-01-01T00:00:00Z&to={quote(TO)}", "from"),
        (f"/api/slots?from=1899-12-31T23:59:59Z&to={quote(TO)}", "from"),
        (f"/api/slots?from={quote(FROM)}&to=9999-12-31T23:59:59Z", "to"),
        (f"/api/slots?from={quote(FROM)}&to={quote(FROM)}", "to"),
        (f"/api/slots?from={quote(TO)}&to={quote(FROM)}", "to"),
        (f"/api/slots?from={quote(FROM)}&to=2031-01-08T00:00:01%2B01:00", "to"),
        (f"/api/slots?to={quote(TO)}", "from"),
        (f"/api/slots?from={quote(FROM)}", "to"),
        *(
            (f"/api/slots?from={quote(FROM)}&to={quote(TO)}&duration_minutes={value}", "duration_minutes")
            for value in ("0", "-5", "5.0", "x", "", "1e3", "527041", "9" * 5000, "%D9%A3%D9%A0", "%2B5")
        ),
        (f"/api/slots?from={quote(FROM)}&to={quote(TO)}&to={quote(TO)}", "to"),
        ("/api/appointments?from=x", "from"),
        (f"/api/appointments?from={quote(TO)}&to={quote(FROM)}", "to"),
        ("/api/appointments?status=", "status"),
        ("/api/appointments?status=CONFIRMED", "status"),
        ("/api/appointments?status=confirmed,pending", "status"),
        ("/api/appointments?limit=0", "limit"),
        ("/api/appointments?limit=1001", "limit"),
        ("/api/appointments?limit=10&limit=20", "limit"),
        *(
            (f"/api/appointments?cursor={value}", "cursor")
            for value in (
                "x",
                "",
                "%00",
                "====",
                "MjAzMA",
                "%C3%A9",
                "MjAzMC0wMS0wN1QwMDowMDowMCAx",
                "MjAzMC0wMS0wN1QwMDowMDowMFogAA",
            )
        ),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    long_client: TestClient[Litestar], long_ann: dict[str, str], path: str, parameter: str
) -> None:
    """Times need an offset, numbers are whole and bounded, ranges run forward, and nothing comes twice."""
    answer = long_client.get(path, headers=long_ann)
    assert answer.status_code == 400, answer.text
    errors = answer.json()["errors"]
    assert [error["parameter"] for error in errors] == [parameter]
    assert f"{parameter}: {errors[0]['message']}" == answer.json()["detail"]


def test_a_plus_sign_that_was_not_encoded_is_understood(
    long_client: TestClient[Litestar], long_ann: dict[str, str]
) -> None:
    """The most common slip with a query means what was meant: in it a plus sign is a space."""
    encoded = long_client.get(f"/api/slots?from={quote(FROM)}&to={quote(TO)}", headers=long_ann)
    plain = long_client.get(f"/api/slots?from={FROM}&to={TO}", headers=long_ann)
    assert plain.status_code == 200
    assert plain.json() == encoded.json()


def test_an_unknown_parameter_is_ignored(long_client: TestClient[Litestar], long_ann: dict[str, str]) -> None:
    """Whatever else stands in a query, such as the name of another user, makes no difference."""
    assert long_client.get("/api/appointments?user_id=bob&_=1", headers=long_ann).json()["items"] == []
