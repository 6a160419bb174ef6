"""Run the benchmarks: every `bench_*.py` of the packages, each goal beside its yardstick.

Prints a table, or with --json one line for each result; words choose the files whose names hold them. The
curves that a benchmark draws go to docs/pictures. Exits with 1 where a goal is not reached.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import rich
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT / "testbed"))

from yardstick import Result  # noqa: E402  The folder has to be on the path first.


def main() -> int:
    """Measure, print, draw; return 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("words", nargs="*", help="only files whose name holds one of these")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each result")
    options = parser.parse_args()
    # The one console of rich, so that a benchmark's own progress is shown beside ours.
    rich.reconfigure(stderr=options.json)
    console = rich.get_console()

    results: list[Result] = []
    for path in sorted(ROOT.glob("packages/*/benchmarks/bench_*.py")):
        if options.words and not any(word in path.name for word in options.words):
            continue
        module = load(path)
        with console.status(f"measuring {path.name} ..."):
            results += module.measure()
            if hasattr(module, "draw"):
                PICTURES.mkdir(parents=True, exist_ok=True)
                module.draw(PICTURES)
    if options.json:
        for result in results:
            print(json.dumps(describe(result)))
    else:
        console.print(tabulate(results))
    return 0 if all(result.reached for result in results) else 1


def load(path: Path) -> ModuleType:
    """Import a benchmark, with the modules beside it within its reach."""
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    if specification is None or specification.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def describe(result: Result) -> dict[str, object]:
    """Return a result as JSON."""
    return {
        "name": result.name,
        "ours_seconds": result.ours,
        "yardstick_seconds": result.yardstick,
        "ratio": round(result.ratio, 2),
        "goal": result.goal,
        "reached": result.reached,
    }


def tabulate(results: list[Result]) -> Table:
    """Return the results as a table for people."""
    table = Table("measured", "ours", "yardstick", "ratio", "goal", "")
    for result in results:
        mark = "reached" if result.reached else "[red]missed"
        ours, yardstick = (f"{seconds * 1e6:,.1f} µs" for seconds in (result.ours, result.yardstick))
        table.add_row(result.name, ours, yardstick, f"{result.ratio:.2f}", f"{result.goal:g}", mark)
    return table


if __name__ == "__main__":
    sys.exit(main())
