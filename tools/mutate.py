"""Plant faults in the rules of the core, one at a time, and see whether a test notices.

Runs mutmut over the modules named in packages/scheduling-core/pyproject.toml and rewrites MUTANTS.md there:
how many faults were planted and found in each module, and every one that was not, with the reason that was
written beside it by hand. Fails below 90 %, and where a survivor has no reason yet. A run goes on where an
interrupted one stopped; --fresh begins anew. Further words name mutants.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import attrs

PACKAGE = Path(__file__).resolve().parents[1] / "packages" / "scheduling-core"
REPORT = PACKAGE / "MUTANTS.md"
MUTMUT = [sys.executable, "-m", "mutmut"]
FOUND = {"killed", "timeout"}  # A fault that makes a test run for ever is noticed as well.
GOAL = 90
NO_REASON = "no reason is known yet"
HEAD = """\
# Planted faults

Written by `python3 dev.py mutate`, but for the reasons, which are kept from one run to the next. Each
fault is a small change to a rule of the core; it is found when a test fails. A survivor is either a change
that changes nothing, or a hole in the tests.
"""


@attrs.frozen
class Mutant:
    """One planted fault, and what became of it."""

    name: str
    outcome: str

    @property
    def module(self) -> str:
        """The module that it was planted in."""
        return self.name.split(".")[1]

    @property
    def function(self) -> str:
        """The function that it was planted in."""
        return re.sub(r"__mutmut_\d+$", "", self.name.split(".")[2]).removeprefix("x_")


def main() -> int:
    """Run, report, and return 1 where the goal is missed or a reason is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run found")
    parser.add_argument("mutants", nargs="*", help="only these; the report then stays as it is")
    options = parser.parse_args()
    if options.fresh:
        shutil.rmtree(PACKAGE / "mutants", ignore_errors=True)
    # Few examples for each law: a planted fault is run against hundreds of tests.
    environment = os.environ | {"HYPOTHESIS_PROFILE": "few"}
    subprocess.run([*MUTMUT, "run", *options.mutants], cwd=PACKAGE, env=environment, check=True)
    if options.mutants:
        return 0
    mutants = read_outcomes()
    survivors = [(mutant, read_change(mutant)) for mutant in mutants if mutant.outcome not in FOUND]
    reasons = read_reasons(REPORT.read_text("utf-8") if REPORT.exists() else "")
    REPORT.write_text(report(mutants, survivors, reasons), "utf-8")
    found = 100 * (len(mutants) - len(survivors)) / len(mutants)
    missing = NO_REASON in REPORT.read_text("utf-8")
    print(f"{found:.1f} % of {len(mutants)} planted faults were found; see MUTANTS.md")
    return 1 if found < GOAL or missing else 0


def read_outcomes() -> list[Mutant]:
    """Return every mutant of the last run."""
    run = subprocess.run(
        [*MUTMUT, "results", "--all", "true"], cwd=PACKAGE, capture_output=True, text=True, check=True
    )
    lines = (line.strip().split(": ") for line in run.stdout.splitlines() if "__mutmut_" in line)
    return [Mutant(name, outcome) for name, outcome in lines]


def read_change(mutant: Mutant) -> str:
    """Return the lines that the mutant takes away and puts in their place."""
    run = subprocess.run(
        [*MUTMUT, "show", mutant.name], cwd=PACKAGE, capture_output=True, text=True, check=True
    )
    changed = [line for line in run.stdout.splitlines() if re.match(r"[+-](?![+-]{2})", line)]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in changed)


def read_reasons(report: str) -> dict[tuple[str, str], str]:
    """Return the reasons of an earlier report, by function and change."""
    pattern = r"### `(?P<function>[^`]+)`\n\n```diff\n(?P<change>.*?)\n```\n\n(?P<reason>.*?)\n(?=\n|\Z)"
    found = re.finditer(pattern, report, re.DOTALL)
    return {(match["function"], match["change"]): match["reason"] for match in found}


def report(
    mutants: list[Mutant], survivors: list[tuple[Mutant, str]], reasons: dict[tuple[str, str], str]
) -> str:
    """Return the report as Markdown."""
    planted = Counter(mutant.module for mutant in mutants)
    survived = Counter(mutant.module for mutant, _ in survivors)
    lines = [HEAD, "| module | planted | found | |", "| --- | --- | --- | --- |"]
    for module, count in sorted(planted.items()):
        found = count - survived[module]
        lines.append(f"| `{module}` | {count} | {found} | {100 * found / count:.1f} % |")
    total = len(mutants) - len(survivors)
    lines += [f"| all | {len(mutants)} | {total} | {100 * total / len(mutants):.1f} % |", ""]
    for mutant, change in survivors:
        name = f"{mutant.module}.{mutant.function}"
        reason = reasons.get((name, change), NO_REASON)
        lines += [f"### `{name}`", "", "```diff", change, "```", "", reason, ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
