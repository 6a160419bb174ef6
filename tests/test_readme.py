"""The README: its first program has no slip of types, and its application is a whole one on PostgreSQL."""

import contextlib
import datetime as dt
import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scheduling_core import HostId, Schedule, Scheduler, TimeRange, WeeklyHours
from scheduling_core.sql import SqlStorage

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"`shop\.py`.*?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_AT = "http://127.0.0.1:8000"
SHOWN_START = dt.datetime(2027, 1, 11, 8, tzinfo=dt.UTC)
SHOWN_TIME = re.compile(rf"{SHOWN_START:%Y-%m-%d}T\d\d:\d\d:\d\d")


def test_the_first_program_of_the_readme_passes_a_strict_check_of_types(tmp_path: Path) -> None:
    """Whoever copies it into a typed program of theirs has nothing to mend."""
    program = FIRST_PROGRAM.search(README)
    assert program is not None
    (tmp_path / "first.py").write_text(program[1], encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache", "first.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout


@pytest.fixture
def shop(tmp_path: Path, postgres_url: str) -> Iterator[httpx.Client]:
    """The program as it stands there, served by the command that stands there, on a port that is free."""
    [program] = PROGRAM.findall(README)
    (tmp_path / "shop.py").write_text(program, encoding="utf-8")
    command = [sys.executable, "-m", "uvicorn", "shop:app", "--port", "0"]
    environ = {**os.environ, "DATABASE_URL": postgres_url}
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        told = ""
        while (running := re.search(r"running on (http://127\.0\.0\.1:\d+)", told)) is None:
            line = server.stderr.readline()
            assert line, told
            told += line
        with httpx.Client(base_url=running[1]) as client:
            yield client
        server.terminate()
        server.communicate()


@pytest.fixture
def edited_hours(postgres_url: str) -> None:
    """A start that ended half-way: there are hours, edited since, and no type."""
    with contextlib.closing(SqlStorage.from_url(postgres_url)) as storage:
        storage.migrate()
        hours = WeeklyHours.on("mon-sun", TimeRange(dt.time(12), dt.time(13)))
        Scheduler(storage).set_schedule(HostId("anna"), Schedule("UTC", hours))


def test_the_application_makes_only_what_is_missing(edited_hours: None, shop: httpx.Client) -> None:
    """A start leaves hours as they are, and adds the type where an earlier start did not come to that."""
    starts = [dt.datetime.fromisoformat(start) for start in shop.get("/slots").json()]
    assert {start.time() for start in starts} == {dt.time(12), dt.time(12, 15)}
    assert len({start.weekday() for start in starts}) == 7


def move_times(text: str, by: dt.timedelta) -> str:
    """Return the text with every time of the day that is shown moved to another day."""
    return SHOWN_TIME.sub(lambda time: (dt.datetime.fromisoformat(time[0]) + by).isoformat(), text)


def test_the_application_in_the_readme_answers_as_it_says(shop: httpx.Client) -> None:
    """Each line with curl is sent, for a start that is free now, and answered as is shown."""
    [console] = CONSOLE.findall(README)
    _, list_slots, *bookings = console.replace("\\\n", "").split("$ curl ")
    assert list_slots.startswith(f"{SHOWN_AT}/slots\n")
    starts = shop.get("/slots").json()
    assert re.fullmatch(r'\["[^"]+","[^"]+",\.\.\.', list_slots.splitlines()[1])
    start = dt.datetime.fromisoformat(starts[-1])  # The first may be too soon by the time it is booked.
    assert len(bookings) == 2
    for booking in bookings:
        command, _, shown = booking.partition("\n")
        command, shown = (move_times(text, start - SHOWN_START) for text in (command, shown))
        url, *options = shlex.split(command)
        body = options[options.index("-d") + 1]
        headers = dict([options[options.index("-H") + 1].split(": ")])
        answer = shop.post(url.removeprefix(SHOWN_AT), content=body, headers=headers)
        assert doctest.OutputChecker().check_output(shown, answer.text + "\n", doctest.ELLIPSIS), answer.text
    assert starts[-1] not in shop.get("/slots").json()


def test_what_cannot_be_booked_is_refused_politely(shop: httpx.Client) -> None:
    """What is no name, and what lies behind, is the fault of the asker."""
    start = shop.get("/slots").json()[0]
    assert shop.post("/appointments", json={"start": start, "customer_name": ""}).status_code == 400
    gone = {"start": "2020-01-05T09:00:00Z", "customer_name": "Kim"}
    answer = shop.post("/appointments", json=gone)
    assert answer.status_code == 409
    assert [why["code"] for why in answer.json()["reasons"]] == ["outside_hours", "too_soon"]
