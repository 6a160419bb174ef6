"""The page that shows how to link a host to Cal.com: its commands are run as they stand there."""

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

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "link-cal-com.md"
BLOCK = re.compile(r"^( *)```(shell|python)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

START_SERVER = "python -m scheduling_calcom.testing"
SHOWN_ADDRESS = "127.0.0.1:8771"
SHOWN_HOST, SHOWN_ID = "01a21520-727c-7f3f-9cbe-61f1bec3d126", "01a20516-727c-7f3f-9cbe-61f1bec3d126"


@attrs.frozen
class Trial:
    """A Cal.com on this machine, and what the page has one type: the language of each block and its text."""

    fake: FakeCalCom
    blocks: list[tuple[str, str]]


@pytest.fixture
def trial() -> Iterator[Trial]:
    """All that a reader has; the server is started here, and on a port that is free."""
    fake = FakeCalCom().furnish()
    page = PAGE.read_text(encoding="utf-8")
    found = [(match[2], textwrap.dedent(match[3])) for match in BLOCK.finditer(page)]
    blocks = [(language, text) for language, text in found if text.strip() != START_SERVER]
    assert len(blocks) == len(found) - 1
    with Server(fake).running() as url:
        address = url.removeprefix("http://").removesuffix("/v2")
        yield Trial(fake, [(language, text.replace(SHOWN_ADDRESS, address)) for language, text in blocks])


def put_ids(text: str, said: str) -> str:
    """Return the text with the ids that were said so far, in the place of those that the page shows."""
    for shown, place in ((SHOWN_HOST, r"added anna, host (\S+)"), (SHOWN_ID, r"([0-9a-f-]{36}) +dead ")):
        found = re.search(place, said)
        text = text if found is None else text.replace(shown, found[1])
    return text


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
    said = ""
    for language, block in trial.blocks:
        if language == "python":
            command = [sys.executable, "-c", put_ids(block, said)]
            said += subprocess.run(command, check=True, capture_output=True, text=True).stdout
            continue
        for line in block.splitlines():
            words = shlex.split(put_ids(line, said), comments=True)
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                monkeypatch.setenv(name, value)
                continue
            if words[0] == "echo":
                monkeypatch.setattr("sys.stdin", io.StringIO(words[1] + "\n"))
                words = words[words.index("|") + 1 :]
            assert words[0] == "scheduling-web"
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

    said, exports = "", ""
    for language, block in trial.blocks:
        text = put_ids(block, said)
        said += paste(exports + (f"python - <<'END'\n{text}END\n" if language == "python" else text))
        exports += "".join(line + "\n" for line in block.splitlines() if line.startswith("export "))
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
