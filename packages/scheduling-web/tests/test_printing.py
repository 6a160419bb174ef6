"""Tables as people see them in a terminal, and as other programs read them."""

import io
from collections.abc import Callable

import click
import pytest

from scheduling_web.cli.printing import print_table

Run = Callable[..., int]
Shown = pytest.CaptureFixture[str]

NAME, VALUE = "SCHEDULING_" + "NAME_" * 12, "value " * 60


class Terminal(io.StringIO):
    """Standard output that says of itself that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[str]]:
    """Print a long name and a long value on a terminal of some width; return the lines."""

    def print_on(width: int) -> list[str]:
        terminal = Terminal()
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr("sys.stdout", terminal)
        print_table(("setting", "value"), [(NAME, VALUE), ("short", "x")])
        return click.unstyle(terminal.getvalue()).splitlines()

    return print_on


def test_what_is_no_terminal_gets_one_line_for_each_row(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    """A program that looks for a setting finds it with its value, however long both are."""
    secret = "webhook-secret-of-the-tests-long-enough"
    monkeypatch.setenv("SCHEDULING_CALCOM_WEBHOOK_SECRETS", ",".join([secret] * 20))
    monkeypatch.setenv("COLUMNS", "40")
    assert run("config") == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if "CALCOM_WEBHOOK_SECRETS" in line]
    assert line.split() == ["SCHEDULING_CALCOM_WEBHOOK_SECRETS", ",".join(["***"] * 20), "environment"]


def test_a_terminal_folds_what_is_too_wide(draw: Callable[[int], list[str]]) -> None:
    """The value goes on in the next lines, no line is wider than the terminal, and nothing is lost."""
    lines = draw(100)
    assert max(map(len, lines)) <= 100
    [first] = [line for line in lines if NAME in line]
    assert len([line for line in lines if "value value" in line]) > 1
    assert "".join(lines).count("value") == VALUE.count("value") + 1
    assert first.split()[0] == NAME


@pytest.mark.parametrize("width", [20, 60, 80])
def test_the_first_column_is_never_folded(draw: Callable[[int], list[str]], width: int) -> None:
    """A name that is as wide as the terminal stands whole in its line, and the value beside it."""
    lines = draw(width)
    assert [line.split()[:2] for line in lines if NAME in line] == [[NAME, "value"]]
    assert "".join(lines).count("value") == VALUE.count("value") + 1
