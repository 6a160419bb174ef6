"""Everything that a change has to pass: form, lint, types, import rules, tests with their coverage.

Every step is run, whatever came of the others, and the failed ones are named again at the end.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dev import IN_PARALLEL  # noqa: E402  The folder has to be on the path first.

# Checked one by one: test folders are no packages, so that files in two of them may share a name.
TYPED = {
    "scheduling-core": ["packages/scheduling-core"],
    "scheduling-calcom": ["packages/scheduling-calcom"],
    "scheduling-web": ["packages/scheduling-web"],
    "the rest": ["conftest.py", "dev.py", "docs", "examples", "testbed", "tests", "tools"],
}

# Pyright would ask the registry of npm whether there is a newer one.
ENVIRON = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}

# The part of branches and lines, in percent, that the tests of a package must reach.
GATES = {"scheduling-core": 98, "scheduling-calcom": 95, "scheduling-web": 90}


def main(pytest_words: list[str]) -> int:
    """Run all steps and return 1 if one of them failed."""
    failed = []
    for name, command in steps(pytest_words):
        print(f"\n=== {name}: {' '.join(command)}", flush=True)
        start = time.monotonic()
        if subprocess.run(command, cwd=ROOT, env=ENVIRON, check=False).returncode:
            failed.append(name)
        print(f"=== {name}: {time.monotonic() - start:.1f} s", flush=True)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall is well")
    return 1 if failed else 0


def steps(pytest_words: list[str]) -> list[tuple[str, list[str]]]:
    """Return the names and commands of all steps in their order."""
    return [
        ("format", ["ruff", "format", "--check", "."]),
        ("lint", ["ruff", "check", "."]),
        *((f"types of {name}", ["mypy", *existing(paths)]) for name, paths in TYPED.items()),
        ("types of what users write", ["pyright"]),
        ("import rules", ["lint-imports"]),
        ("old coverage", ["coverage", "erase"]),
        ("tests", ["coverage", "run", "-m", "pytest", *IN_PARALLEL, *pytest_words]),
        ("coverage", ["coverage", "combine", "--quiet"]),
        *((f"coverage of {package}", gate(package)) for package in GATES if has_code(package)),
    ]


def existing(paths: list[str]) -> list[str]:
    """Leave out what is planned and not there yet."""
    return [path for path in paths if (ROOT / path).exists()]


def gate(package: str) -> list[str]:
    """Return the command that fails when too little of the package is tested."""
    sources = f"--include=packages/{package}/src/*"
    return ["coverage", "report", sources, f"--fail-under={GATES[package]}"]


def has_code(package: str) -> bool:
    """Say whether there is anything to measure in the package."""
    return any((ROOT / "packages" / package / "src").rglob("*.py"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
