"""The commands that documents show: those of ours exist as they stand there.

What a page shows step by step is run by a test of its own: `test_how_to_link.py`, `test_how_to_http.py` and,
for the programs that it includes, `examples/tests`.
"""

import datetime as dt
import doctest
import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import metadata
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from starlette.testclient import TestClient

from scheduling_core import local_time, system
from scheduling_web.cli import commands

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/*.md", "packages/*/README.md")
    for path in ROOT.glob(pattern)
    if "_build" not in path.parts
)

# In a block, on a line of its own, or in the middle of a sentence.
OURS = r"python3 dev\.py|scheduling-web|pip install|python -m scheduling_\w+"
SHOWN = re.compile(rf"(?:^(?: {{4,}}|\$ )?|`)((?:{OURS})\b[^`\n|#(]*)", re.MULTILINE)
EMBEDDING = ROOT / "docs" / "how-to" / "embed-in-a-web-framework.md"
FOLDER = "./packages/"
SHOWN_DAY = "2027-01-11"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """Yield every command of ours that a document shows, with where it stands."""
    for path in DOCUMENTS:
        for match in SHOWN.finditer(path.read_text(encoding="utf-8")):
            words = shlex.split(match[1].strip().rstrip("\\"))
            yield str(path.relative_to(ROOT)), words


def is_word_of_dev(words: list[str]) -> bool:
    """Say whether dev.py knows the first word, or the environment has a program of that name."""
    run = [sys.executable, str(ROOT / "dev.py"), "--help"]
    told = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    program = Path(sys.executable).parent / (words or [""])[0]
    return not words or f"python3 dev.py {words[0]} " in told or program.exists()


def is_word_of_service(words: list[str]) -> bool:
    """Say whether the service takes the words, down to the names of the options."""
    command: click.Command = commands
    context = click.Context(command)
    try:
        while isinstance(command, click.Group) and words:
            _, found, words = command.resolve_command(context, words)
            assert found is not None
            command, context = found, click.Context(found, parent=context)
        command.make_parser(context).parse_args(list(words))
    except click.UsageError:
        return False
    return True


def is_module(words: list[str]) -> bool:
    """Say whether a module that can be run is there."""
    return importlib.util.find_spec(f"{words[0]}.__main__") is not None


def can_be_installed(words: list[str]) -> bool:
    """Say whether our packages have the extras that are asked for, and folders come with all they need."""
    own = [each for each in map(read_package, words) if each.name.startswith("scheduling-")]
    folders = {read_package(word).name for word in words if word.startswith(FOLDER)}
    return (
        all((ROOT / FOLDER / name).is_dir() for name in folders)
        and all(each.extras <= set(metadata(each.name).get_all("Provides-Extra") or ()) for each in own)
        and all(ours_that_are_needed(name) <= folders for name in folders)
    )


def read_package(word: str) -> Requirement:
    """Return what is to be installed, by its name or from its folder."""
    return Requirement(word.removeprefix(FOLDER))


def ours_that_are_needed(name: str) -> set[str]:
    """Return which packages of ours one of them needs, and pip has to be told where they are."""
    needed = map(Requirement, metadata(name).get_all("Requires-Dist") or ())
    return {each.name for each in needed if each.name.startswith("scheduling-")}


CHECKS: dict[tuple[str, ...], Callable[[list[str]], bool]] = {
    ("python3", "dev.py"): is_word_of_dev,
    ("python", "-m"): is_module,
    ("pip", "install"): can_be_installed,
    ("scheduling-web",): is_word_of_service,
}


def exists(words: list[str]) -> bool:
    """Say whether a command of ours can be given like this."""
    [(start, check)] = [each for each in CHECKS.items() if tuple(words[: len(each[0])]) == each[0]]
    return check(words[len(start) :])


def test_every_command_that_is_shown_exists() -> None:
    """Whoever copies a command from a document does not learn that it was renamed."""
    shown = list(shown_commands())
    assert len(shown) > 30
    assert [(where, words) for where, words in shown if not exists(words)] == []


@pytest.mark.parametrize(
    "command",
    [
        "python3 dev.py tests",
        "scheduling-web database upgrade",
        "scheduling-web db doctor --yaml",
        "python -m scheduling_calcom",
        "pip install scheduling-core[postgresql]",
        "pip install ./packages/scheduling",
        "pip install ./packages/scheduling-web",
    ],
)
def test_a_command_that_is_gone_is_noticed(command: str) -> None:
    """A word, an option, a module, an extra and a folder that do not exist, or a folder without its needs."""
    assert not exists(shlex.split(command))


def next_monday_of_winter() -> dt.date:
    """Return a Monday to come on which clocks in Berlin show what they do on the day that is shown."""
    berlin = local_time.find_zone("Europe/Berlin")
    day = system.read_clock().date() + dt.timedelta(days=1)
    while day.weekday() != 0 or local_time.to_utc(day, dt.time(9), berlin).hour != 8:
        day += dt.timedelta(days=1)
    return day


def test_the_console_of_the_page_on_embedding_shows_what_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line with curl is sent to the program for FastAPI, and answered as the page says."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'shop.sqlite3'}")
    spec = importlib.util.spec_from_file_location("shown_fastapi_app", ROOT / "examples" / "fastapi_app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    day = str(next_monday_of_winter())
    [console] = CONSOLE.findall(EMBEDDING.read_text(encoding="utf-8").replace(SHOWN_DAY, day))
    parts = [part.replace("\\\n", "").partition("\n") for part in console.split("$ curl ")[1:]]
    assert len(parts) == 3
    with TestClient(module.app, base_url="http://127.0.0.1:8000") as client:
        for command, _, shown in parts:
            words = shlex.split(command)
            sent = words[words.index("-d") + 1] if "-d" in words else None
            headers = {"Content-Type": "application/json"} if sent else {}
            answer = client.request("POST" if sent else "GET", words[0], content=sent, headers=headers)
            matches = doctest.OutputChecker().check_output(shown, answer.text + "\n", doctest.ELLIPSIS)
            assert matches, answer.text
