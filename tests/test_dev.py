"""The one door: which words do what, and what it needs from the machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# In the place of uv: says its version when asked, else writes down how it was called.
STAND_IN = """#!/bin/sh
if [ "$1" = --version ]; then echo "uv {version}"; exit; fi
echo "program: $0"
echo "cache: ${{UV_CACHE_DIR-unset}}"
echo "profile: ${{HYPOTHESIS_PROFILE-unset}}"
echo "arguments: $*"
exit 7
"""

ENVIRONMENT = f"--python {sys.executable} --no-python-downloads"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with dev.py and nothing else, and beside it a home and a PATH with a good uv."""
    for folder in ("checkout", "home", "path"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "dev.py", tmp_path / "checkout")
    put_uv(tmp_path / "path" / "uv", "0.12.1 (linux)")
    return tmp_path / "checkout"


def put_uv(path: Path, version: str) -> None:
    """Put a stand-in for uv somewhere."""
    path.write_text(STAND_IN.format(version=version))
    path.chmod(0o755)


def call(checkout: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Call dev.py in an environment of three variables, some of them replaced."""
    path = f"{checkout.parent / 'path'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return subprocess.run(
        [sys.executable, "dev.py", *words],
        cwd=checkout,
        env={"PATH": path, "HOME": str(checkout.parent / "home"), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def line(run: subprocess.CompletedProcess[str], name: str) -> str:
    """Return what the stand-in wrote down under the name."""
    return dict(text.split(": ", 1) for text in run.stdout.splitlines())[name]


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("app", "scheduling-web demo"),
        ("app --port 8001", "scheduling-web demo --port 8001"),
        ("test", "pytest -n auto --dist loadfile"),
        ("test -k slots", "pytest -n auto --dist loadfile -k slots"),
        ("check", "python tools/check.py"),
        ("packages", "pytest -m packages tests"),
        ("soak", "pytest -m soak"),
        ("pages dev", "python tools/pages.py dev"),
        ("python -V", "python -V"),
        ("--group release towncrier", "--group release towncrier"),
    ],
)
def test_words_become_commands(checkout: Path, words: str, arguments: str) -> None:
    """A known word stands for a command, any other is one, and what follows is handed on."""
    expected = f"run --all-packages --all-extras {ENVIRONMENT} {arguments}"
    assert line(call(checkout, *words.split()), "arguments") == expected


def test_pins_can_be_moved_when_the_environment_cannot_be_made(checkout: Path) -> None:
    """`pin` runs outside of the environment that the pins describe."""
    run = call(checkout, "pin")
    assert line(run, "arguments") == f"run --no-project {ENVIRONMENT} python tools/pin.py"


def test_the_outcome_is_that_of_the_command(checkout: Path) -> None:
    """The command takes the place of dev.py, so that its exit code is the one that is seen."""
    assert call(checkout, "test").returncode == 7


@pytest.mark.parametrize(("word", "profile"), [("test", "unset"), ("soak", "soak")])
def test_long_proofs_have_a_profile_of_their_own(checkout: Path, word: str, profile: str) -> None:
    """`soak` looks at many more examples than `test`."""
    assert line(call(checkout, word), "profile") == profile


def test_help_names_every_word(checkout: Path) -> None:
    """`--help` succeeds; no word at all is a mistake that prints the same."""
    helped, bare = call(checkout, "--help"), call(checkout)
    assert (helped.returncode, bare.returncode) == (0, 2)
    assert helped.stdout == bare.stdout
    for word in ("app", "test", "check", "packages", "soak", "mutate", "bench", "docs", "pages", "pin"):
        assert f"python3 dev.py {word} " in helped.stdout


class TestUv:
    """Which uv is used."""

    def test_the_one_on_path_is_taken_if_its_version_fits(self, checkout: Path) -> None:
        """Nothing is installed on a machine that has what is needed."""
        run = call(checkout, "test")
        assert line(run, "program") == str(checkout.parent / "path" / "uv")
        assert not (checkout / ".tools").exists()

    @pytest.mark.parametrize("version", ["0.8.22", "1.0.0", ""], ids=["old", "new", "broken"])
    def test_one_that_does_not_fit_is_passed_over(self, checkout: Path, version: str) -> None:
        """Ours, once installed, is used instead; what an interrupted run left does not matter."""
        put_uv(checkout.parent / "path" / "uv", version)
        (checkout / ".tools" / "getting-uv-1a2b").mkdir(parents=True)
        own = checkout / ".tools" / "0.13.9-uv"
        put_uv(own, "0.13.9")
        assert line(call(checkout, "test"), "program") == str(own)

    def test_a_machine_that_cannot_get_it_is_told_what_to_do(self, checkout: Path) -> None:
        """Without an index there is one clear message, and no half of a uv stays behind."""
        put_uv(checkout.parent / "path" / "uv", "0.1.0")
        nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
        run = call(checkout, "test", **nowhere)
        assert run.returncode == 1
        assert "uv could not be installed: put a uv 0.13.9 on PATH" in run.stderr
        assert list((checkout / ".tools").iterdir()) == []


class TestHome:
    """Where downloads are kept."""

    def test_a_usable_home_keeps_them(self, checkout: Path) -> None:
        """All checkouts of a user share one cache."""
        assert line(call(checkout, "test"), "cache") == "unset"

    @pytest.mark.parametrize("home", [os.devnull, "/proc"], ids=["file", "closed"])
    def test_without_a_usable_home_the_checkout_keeps_them(self, checkout: Path, home: str) -> None:
        """Accounts of services often have a home that does not exist or cannot be written to."""
        run = call(checkout, "test", HOME=home)
        assert line(run, "cache") == str(checkout / ".tools" / "cache")

    def test_a_cache_that_was_asked_for_is_used(self, checkout: Path) -> None:
        """`UV_CACHE_DIR` has the last word."""
        run = call(checkout, "test", HOME=os.devnull, UV_CACHE_DIR="elsewhere")
        assert line(run, "cache") == "elsewhere"
