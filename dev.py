#!/usr/bin/env python3
"""The one door to this repository, for a machine that has Python 3.11 or newer and nothing else.

    python3 dev.py app       serve the demo: a database, a user and hours are made where missing
    python3 dev.py test      run every test (further words go to pytest)
    python3 dev.py check     format, lint, types, import rules, and the tests with coverage gates
    python3 dev.py packages  build and install the packages, and try what was installed
    python3 dev.py soak      the proofs that take minutes
    python3 dev.py mutate    mutation tests
    python3 dev.py bench     benchmarks
    python3 dev.py docs      build the documentation
    python3 dev.py pages     work on the pages (says what there is)
    python3 dev.py pin       move every pinned version to the newest that fits

Anything else is run inside the environment: `python3 dev.py python`, `python3 dev.py ruff check`.
The work is done by uv: the one on PATH if its version fits, else one of our own in `.tools`.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  Nothing has looked at the version before this line.
    sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0])

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
WINDOWS = os.name == "nt"
PROGRAM = "uv.exe" if WINDOWS else "uv"

# What is installed when PATH has no uv in the range that pyproject.toml accepts.
OWN_UV = "0.13.9"
OLDEST_UV, TOO_NEW_UV = (0, 9), (1, 0)

# On every processor, file by file: the examples of one document belong together.
IN_PARALLEL = ["-n", "auto", "--dist", "loadfile"]

WORDS = {
    "app": ["scheduling-web", "demo"],
    "test": ["pytest", *IN_PARALLEL],
    "check": ["python", "tools/check.py"],
    "packages": ["pytest", "-m", "packages", "tests"],
    "soak": ["pytest", "-m", "soak"],
    "mutate": ["--group", "mutation", "python", "tools/mutate.py"],
    "bench": ["--group", "bench", "python", "tools/bench.py"],
    "docs": ["sphinx-build", "-W", "--keep-going", "docs", "docs/_build/html"],
    "pages": ["python", "tools/pages.py"],
    "pin": ["python", "tools/pin.py"],
}


def main(words: list[str]) -> None:
    """Run one of the words, or whatever else is asked for, inside the environment."""
    if not words or words[0] in {"-h", "--help"}:
        print((__doc__ or "").strip())
        sys.exit(0 if words else 2)
    os.chdir(ROOT)
    os.environ.update(settings_for(words[0]))
    os.environ.pop("VIRTUAL_ENV", None)  # The environment is ours, whatever else is active.
    # The pins must be movable when they are what keeps the environment from being made.
    scope = ["--no-project"] if words[0] == "pin" else ["--all-packages", "--all-extras"]
    python = ["--python", sys.executable, "--no-python-downloads"]
    uv = find_uv() or install_uv()
    command = [uv, "run", *scope, *python, *WORDS.get(words[0], words[:1]), *words[1:]]
    if WINDOWS:
        sys.exit(subprocess.run(command, check=False).returncode)
    # The child takes the place of this process, and with it every signal that is meant for us.
    os.execv(uv, command)  # noqa: S606


def settings_for(word: str) -> dict[str, str]:
    """Return the environment variables that the word needs on this machine."""
    settings = {"HYPOTHESIS_PROFILE": "soak"} if word == "soak" else {}
    if "UV_CACHE_DIR" not in os.environ and not has_usable_home():
        settings["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return settings


def has_usable_home() -> bool:
    """Say whether downloads can be kept where uv keeps them by default, below the home folder."""
    if WINDOWS:
        return True
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            return cache.is_absolute()
    except (OSError, RuntimeError):  # No home folder is known, or nothing can be written there.
        return False


def find_uv() -> str | None:
    """Return the uv on PATH if its version fits, else our own if it is there."""
    if on_path := shutil.which("uv"):
        run = subprocess.run([on_path, "--version"], capture_output=True, text=True, check=False)
        version = tuple(int(part) for part in re.findall(r"\d+", run.stdout)[:2])
        if OLDEST_UV <= version < TOO_NEW_UV:
            return on_path
    return str(own_uv()) if own_uv().exists() else None


def own_uv() -> Path:
    """Return where our own uv stands once it is installed."""
    return TOOLS / f"{OWN_UV}-{PROGRAM}"


def install_uv() -> str:
    """Install uv in an environment to be thrown away and keep the program.

    It is moved to its place in one step: an interrupted run leaves no half of it behind.
    """
    print(f"getting uv {OWN_UV} ...", file=sys.stderr)
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS, prefix="getting-uv-") as folder:
        programs = Path(folder, "Scripts" if WINDOWS else "bin")
        pip = [str(programs / "python"), "-m", "pip", "--disable-pip-version-check"]
        wanted = ["install", "--quiet", "--no-cache-dir", f"uv=={OWN_UV}"]
        try:
            venv.create(folder, with_pip=True)
            subprocess.run([*pip, *wanted], check=True)
        except subprocess.CalledProcessError as error:
            sys.exit(
                f"{error}\nuv could not be installed: put a uv {OWN_UV} on PATH, or this "
                "Python's venv and pip (python3-venv on Debian) in order, and try again"
            )
        (programs / PROGRAM).replace(own_uv())
    return str(own_uv())


if __name__ == "__main__":
    main(sys.argv[1:])
