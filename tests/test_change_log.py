"""The fragments of the change log make one, whenever a release is to be cut."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRAGMENTS = [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
NAME = re.compile(r"\+[a-z0-9-]+\.(added|changed|fixed|removed)\.md")


def to_words(text: str) -> str:
    """Return a text without its line breaks, which are set anew."""
    return " ".join(text.split())


def test_every_fragment_has_a_name_that_is_read() -> None:
    """Another kind, or a name without its plus, would be left out or taken for the number of an issue."""
    assert [path.name for path in FRAGMENTS if not NAME.fullmatch(path.name)] == []


def test_the_change_log_has_all_fragments() -> None:
    """The program that cuts a release renders each of them, under its heading."""
    command = ["towncrier", "build", "--draft", "--version", "1.2.3", "--date", "2026-01-02"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    log = to_words(run.stdout)
    assert "## 1.2.3 (2026-01-02)" in log
    assert [path.name for path in FRAGMENTS if to_words(path.read_text(encoding="utf-8")) not in log] == []
