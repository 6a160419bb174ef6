"""The table of attacks in the documentation, and the tests that it speaks of."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NUMBERS = [f"S{number:02}" for number in range(1, 41)]

_ROW = re.compile(r"\| (?P<case>S\d\d) \| (?P<what>[^|]+) \| (?P<where>[^|]+) \|")
_TEST = re.compile(r"def test_(?P<cases>(?:s\d\d_)+)")
_EXEMPT = "Does not apply: "


def find_tests() -> dict[str, set[str]]:
    """Return the files that try each case."""
    found: dict[str, set[str]] = {}
    for path in ROOT.glob("packages/*/tests/test_*.py"):
        for match in _TEST.finditer(path.read_text(encoding="utf-8")):
            for number in match["cases"].rstrip("_").split("_"):
                found.setdefault(number.upper(), set()).add(path.stem)
    return found


def read_table() -> dict[str, str]:
    """Return what the documentation says of each case, in its order."""
    page = ROOT.joinpath("docs/explanation/security.md").read_text(encoding="utf-8")
    return {row["case"]: row["where"] for row in _ROW.finditer(page)}


def test_every_case_is_tried_or_says_why_not() -> None:
    """All forty are in the table, once and in order, and none of them is both tried and exempt."""
    tried, table = find_tests(), read_table()
    assert list(table) == NUMBERS
    exempt = {case for case, where in table.items() if where.startswith(_EXEMPT)}
    assert exempt | tried.keys() == set(NUMBERS)
    assert not exempt & tried.keys()


def test_each_case_is_tried_where_the_table_says() -> None:
    """Every file that the table names has a test of that number."""
    tried = find_tests()
    for case, where in read_table().items():
        if not where.startswith(_EXEMPT):
            named = set(re.findall(r"`(test_\w+)`", where))
            assert named, case
            assert named <= tried[case], case
