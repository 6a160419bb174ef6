"""The demo as a process, over real HTTP."""

import json
import re
import signal
import stat
from pathlib import Path
from typing import Any

import httpx

from served import started

BODY = {"customer_name": "Bob", "duration_minutes": 30}


def sign_in(told: dict[str, str]) -> httpx.Client:
    """Return a client that is signed in with what the demo printed."""
    credentials = {"username": told["username"], "password": told["password"]}
    grant = httpx.post(f"{told['url']}/api/auth/login", json=credentials).json()
    headers = {"Authorization": f"Bearer {grant['access_token']}"}
    return httpx.Client(base_url=told["url"], headers=headers)


def find_slots(client: httpx.Client) -> list[dict[str, str]]:
    """Return the free slots of this year by the clock of the service."""
    year = int(client.get("/health/live").headers["Date"].split()[3])
    query: dict[str, Any] = {
        "from": f"{year}-01-02T00:00:00Z",
        "to": f"{year + 1}-01-02T00:00:00Z",
        "duration_minutes": 30,
    }
    answer = client.get("/api/slots", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, str]] = answer.json()["items"]
    return items


def test_the_demo_keeps_what_was_booked(tmp_path: Path) -> None:
    """When it answers it prints one line; what is booked is refused the next time and outlives a restart."""
    folder = tmp_path / "data"
    with started("demo", "--json", "--port", "0", "--data", str(folder)) as process:
        told = json.loads(process.read_line())
        assert told.keys() == {"url", "username", "password"}
        with sign_in(told) as client:
            slot = find_slots(client)[0]
            first = client.post("/api/appointments", json={**BODY, "start_time": slot["start_time"]})
            assert first.status_code == 201, first.text
            assert first.json()["end_time"] == slot["end_time"]
            again = client.post("/api/appointments", json={**BODY, "start_time": slot["start_time"]})
            assert again.status_code == 409
            assert [reason["code"] for reason in again.json()["reasons"]] == ["overlap"]
            assert len(again.json()["suggestions"]) == 5
            assert slot not in find_slots(client)
        assert process.stop() == (0, "")
        assert process.read_line() == ""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "demo.json").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["demo.json", "scheduling.sqlite3"]

    with started("demo", "--port", "0", "--data", str(folder)) as process:
        greeting = ""
        while greeting.count("curl ") < 3:
            greeting += process.read_line()
        found = re.search(r"answers on (\S+) .*username  (\S+)\s+password  (\S+)", greeting, re.DOTALL)
        assert found is not None
        assert found.group(2, 3) == (told["username"], told["password"])
        with sign_in({**told, "url": found[1]}) as client:
            assert client.get(first.headers["Location"]).json() == first.json()
            assert len(client.get("/api/appointments").json()["items"]) == 1
        assert process.stop(signal.SIGINT) == (0, "")


def test_two_demos_share_a_folder(tmp_path: Path) -> None:
    """Started at the same time on nothing, both serve the same data with the same sign-in."""
    words = ["demo", "--json", "--data", str(tmp_path)]
    with started(*words) as one, started(*words) as other:
        first, second = json.loads(one.read_line()), json.loads(other.read_line())
        assert first["url"] != second["url"]
        assert {**first, "url": ""} == {**second, "url": ""}
        with sign_in(first) as client, sign_in(second) as other_client:
            body = {**BODY, "start_time": find_slots(client)[0]["start_time"]}
            assert client.post("/api/appointments", json=body).status_code == 201
            assert other_client.post("/api/appointments", json=body).status_code == 409
        assert one.stop() == other.stop() == (0, "")
