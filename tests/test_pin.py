"""The script that moves the pinned versions."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# In the place of uv: it refuses to resolve against old pins, and else answers with an export.
STAND_IN = """#!/bin/sh
grep -q "old==1" pyproject.toml && { echo "the old pins are still there" >&2; exit 1; }
test -f packages/one/pyproject.toml || exit 2
cat <<'END'
attrs==26.1.0
colorama==0.4.6 ; sys_platform == 'win32'
sphinx==9.0.4 ; python_full_version < '3.12'
sphinx==9.2.0 ; python_full_version >= '3.12'
END
"""

SETTINGS = """[tool.uv]
constraint-dependencies = [
    # pins: begin
{pins}    # pins: end
]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A workspace of one package, with one pin that is out of date."""
    for folder in ("tools", "packages/one"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "pin.py", tmp_path / "tools")
    (tmp_path / "pyproject.toml").write_text(SETTINGS.format(pins='    "old==1",\n'))
    (tmp_path / "packages/one/pyproject.toml").write_text("[project]\n")
    (tmp_path / "uv").write_text(STAND_IN)
    (tmp_path / "uv").chmod(0o755)
    return tmp_path


def pin(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    environ = {**os.environ, "UV": str(checkout / "uv")}
    command = [sys.executable, "tools/pin.py"]
    return subprocess.run(command, cwd=checkout, env=environ, capture_output=True, text=True, check=False)


def test_the_block_holds_the_whole_tree_anew(checkout: Path) -> None:
    """Old pins go; a marker stays only where one name has two versions."""
    run = pin(checkout)
    assert run.stderr == ""
    pins = (
        '    "attrs==26.1.0",\n'
        '    "colorama==0.4.6",\n'
        "    \"sphinx==9.0.4 ; python_full_version < '3.12'\",\n"
        "    \"sphinx==9.2.0 ; python_full_version >= '3.12'\",\n"
    )
    assert (checkout / "pyproject.toml").read_text() == SETTINGS.format(pins=pins)


def test_it_says_what_has_changed(checkout: Path) -> None:
    """What goes and what comes can be read before it is committed."""
    lines = pin(checkout).stdout.splitlines()
    assert "- old==1" in lines
    assert "+ attrs==26.1.0" in lines
    assert lines[-1] == "4 pins, 4 of them new"


def test_a_second_run_changes_nothing(checkout: Path) -> None:
    """The same tree gives the same block, byte for byte."""
    pin(checkout)
    before = (checkout / "pyproject.toml").read_bytes()
    assert pin(checkout).stdout == "4 pins, 0 of them new\n"
    assert (checkout / "pyproject.toml").read_bytes() == before


def test_settings_without_the_markers_are_left_alone(checkout: Path) -> None:
    """Nothing is written when there is no block to write to."""
    (checkout / "pyproject.toml").write_text("[tool.uv]\n")
    run = pin(checkout)
    assert run.returncode == 1
    assert "markers" in run.stderr
    assert (checkout / "pyproject.toml").read_text() == "[tool.uv]\n"
