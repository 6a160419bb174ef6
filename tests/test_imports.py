"""Which module may import what: the contracts in `.importlinter`, and that they bite."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

IMPORT_CORE = """
import sys

sys.path += sys.argv[1:]
import scheduling_core

print(scheduling_core.__file__)
"""


def test_the_core_imports_attrs_and_no_other_package(tmp_path: Path) -> None:
    """With nothing but the standard library and attrs to be found, the core can be imported."""
    for package in ("attr", "attrs"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        (tmp_path / package).symlink_to(Path(spec.origin).parent, target_is_directory=True)
    source = ROOT / "packages" / "scheduling-core" / "src"
    # Isolated and without `site`, the interpreter sees nothing of what is installed.
    python = [sys.executable, "-I", "-S", "-c", IMPORT_CORE, str(source), str(tmp_path)]
    run = subprocess.run(python, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.strip() == str(source / "scheduling_core" / "__init__.py")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources of all packages, to plant things in."""
    for source in ROOT.glob("packages/*/src"):
        shutil.copytree(source, tmp_path, dirs_exist_ok=True)
    return tmp_path


def lint(sources: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts on the copy."""
    environ = {**os.environ, "PYTHONPATH": str(sources), "COLUMNS": "400"}
    command = ["lint-imports", "--no-cache", "--config", str(ROOT / ".importlinter")]
    return subprocess.run(command, cwd=sources, env=environ, capture_output=True, text=True, check=False)


def test_the_sources_keep_the_contracts(sources: Path) -> None:
    """Nothing that is imported points upwards or outwards."""
    run = lint(sources)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(
    ("module", "line", "complaint"),
    [
        ("scheduling_core/rules.py", "import httpx", "scheduling_core.rules -> httpx"),
        ("scheduling_core/usecases.py", "import logging", "scheduling_core.usecases -> logging"),
        (
            "scheduling_core/decisions.py",
            "from scheduling_core import system",
            "scheduling_core.decisions -> scheduling_core.system",
        ),
        (
            "scheduling_core/intervals.py",
            "from scheduling_core import slots",
            "scheduling_core.intervals -> scheduling_core.slots",
        ),
        (
            "scheduling_core/memory.py",
            "import scheduling_calcom",
            "scheduling_core.memory -> scheduling_calcom",
        ),
        (
            "scheduling_web/planted.py",
            "from scheduling_core.memory import MemoryStorage",
            "scheduling_web.planted -> scheduling_core.memory",
        ),
        ("scheduling_core/planted.py", "", "scheduling_core.planted"),
    ],
)
def test_a_planted_import_breaks_a_contract(sources: Path, module: str, line: str, complaint: str) -> None:
    """Rules stay pure, arrows point one way, adapters are named in one place, all has a layer."""
    with (sources / module).open("a", encoding="utf-8") as target:
        target.write(f"\n{line}\n")
    run = lint(sources)
    assert run.returncode == 1
    assert complaint in run.stdout.replace("\n", " ")
