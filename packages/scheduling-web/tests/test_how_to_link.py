"""The page that shows how to link a host to Cal.com: its commands are run as they stand there."""

import contextlib
import datetime as dt
import io
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from scheduling_calcom.testing import KEY, FakeCalCom, Server
from scheduling_calcom.testing.__main__ import main as serve
from scheduling_core import AppointmentId, BookingRequest, Interval, Scheduler, system
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts.users import Users
from scheduling_web.api.types import USUAL_TYPE

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "link-cal-com.md"
SHELL = re.compile(r"^( *)```shell\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

START_SERVER = "python -m scheduling_calcom.testing"
SHOWN_ADDRESS, SHOWN_ID = "127.0.0.1:8771", "01a20516-727c-7f3f-9cbe-61f1bec3d126"


@attrs.frozen
class Trial:
    """A Cal.com on this machine, and the commands of the page, with where it is."""

    fake: FakeCalCom
    blocks: list[str]


@pytest.fixture
def trial() -> Iterator[Trial]:
    """All that a reader has; the server is started here, and on a port that is free."""
    fake = FakeCalCom().furnish()
    found = [textwrap.dedent(match[2]) for match in SHELL.finditer(PAGE.read_text(encoding="utf-8"))]
    blocks = [block for block in found if block.strip() != START_SERVER]
    assert len(blocks) == len(found) - 1
    with Server(fake).running() as url:
        address = url.removeprefix("http://").removesuffix("/v2")
        yield Trial(fake, [block.replace(SHOWN_ADDRESS, address) for block in blocks])


def book_three(url: str) -> AppointmentId:
    """Do what happens on the pages meanwhile, and return the one of which Cal.com has no event type."""
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        [host] = Users(storage.engine, storage.snapshots).names()
        scheduler = Scheduler(storage)
        later = system.read_clock() + dt.timedelta(days=3)
        window = Interval(later, later + dt.timedelta(days=7))
        for minutes in (30, 60, 45):
            length = dt.timedelta(minutes=minutes)
            slots = scheduler.find_slots(host, USUAL_TYPE, window, duration=length)
            start = next(slot for slot in slots if slot.weekday() < 5)
            booked = scheduler.book(BookingRequest(host, USUAL_TYPE, start, "Kim Example", duration=length))
        return booked.id


def check(trial: Trial, said: str) -> None:
    """Hold what the commands said, and what is at Cal.com afterwards, against the page."""
    assert "Cal.com answers, as user ada in Europe/Berlin." in said
    assert "steps of delivery: 3, and still open: 0" in said
    assert re.search(r"synced +2 *\n +conflict +0 *\n +dead +1", said)
    assert re.search(r"dead +no_event_type", said)
    assert "is pending\n" in said
    [facts] = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert facts["counts"] | {"pending": 1, "synced": 2, "dead": 0} == facts["counts"]
    assert said.splitlines()[-1].startswith("unlinked host ")
    lengths = sorted(booking.interval.duration for booking in trial.fake.world.bookings.values())
    assert lengths == [dt.timedelta(minutes=30), dt.timedelta(minutes=60)]


def test_the_commands_of_the_page_do_what_it_says(
    trial: Trial,
    run: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From an empty folder to bookings at Cal.com, one of which does not arrive, and back to none linked."""
    monkeypatch.chdir(tmp_path)
    said, stuck = "", ""
    for line in "".join(trial.blocks).splitlines():
        words = shlex.split(line.replace(SHOWN_ID, stuck), comments=True)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            monkeypatch.setenv(name, value)
            continue
        if words[0] == "echo":
            monkeypatch.setattr("sys.stdin", io.StringIO(words[1] + "\n"))
            words = words[words.index("|") + 1 :]
        assert words[0] == "scheduling-web"
        if words[1:3] == ["sync", "sweep"] and not stuck:
            stuck = book_three(os.environ["SCHEDULING_DATABASE_URL"])
        assert run(*words[1:]) == 0, line
        said += capsys.readouterr().out
    check(trial, said)


@pytest.mark.soak
def test_the_commands_of_the_page_can_be_pasted_into_a_shell(trial: Trial, tmp_path: Path) -> None:
    """The same in a real shell, with a process for each command, which takes ten times as long."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHEDULING_")}
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def paste(script: str) -> str:
        run = subprocess.run(
            ["/bin/sh", "-ex", "-c", script],
            cwd=tmp_path,
            env={**kept, "PATH": programs},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    script = "".join(trial.blocks)
    before, sweep, after = script.partition("scheduling-web sync sweep\n")
    exports = "".join(line + "\n" for line in before.splitlines() if line.startswith("export "))
    said = paste(before)
    stuck = book_three(f"sqlite:///{tmp_path / 'trying-out.sqlite3'}")
    said += paste(exports + sweep + after.replace(SHOWN_ID, stuck))
    check(trial, said)


def test_the_page_names_what_the_server_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Key, port and event types of the page are those of the server that it has people start."""
    page = PAGE.read_text(encoding="utf-8")
    types = {kind.slug: kind.id for kind in FakeCalCom().furnish().world.event_types.values()}
    assert f"SCHEDULING_CALCOM_API_KEY={KEY}\n" in page
    for slug, number in types.items():
        assert f"  {number}            {slug} " in page
    with pytest.raises(SystemExit):
        serve(["--help"])
    assert f"(default: {SHOWN_ADDRESS.partition(':')[2]})" in capsys.readouterr().out
