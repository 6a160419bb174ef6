"""The command that shows the settings, and the table of them in the README."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduling_web.cli.configuration import show
from scheduling_web.settings import read_settings

Run = Callable[..., int]
Shown = pytest.CaptureFixture[str]

HIDDEN = "tell-nobody-" * 4
SECRETS = {
    "SCHEDULING_SECRET": HIDDEN,
    "SCHEDULING_METRICS_TOKEN": HIDDEN,
    "SCHEDULING_CALCOM_API_KEY": HIDDEN,
    "SCHEDULING_CALCOM_WEBHOOK_SECRETS": f"{HIDDEN}1,{HIDDEN}2",
    "SCHEDULING_DATABASE_URL": f"postgresql://ann:{HIDDEN}@server/name?sslmode=require&sslpassword={HIDDEN}",
}


def test_every_setting_is_shown_with_its_source(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown, database: str
) -> None:
    """Machines get each setting with its value, where that comes from, and what it is."""
    monkeypatch.setenv("SCHEDULING_STOP_NOTICE", "5")
    monkeypatch.setenv("SCHEDULING_ACCESS_LOG", "off")
    assert run("config", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["unknown"] == []
    found = {each["variable"]: each for each in told["settings"]}
    assert all(each["meaning"] for each in found.values())
    shown = {name: (each["value"], each["source"]) for name, each in found.items()}
    assert shown["SCHEDULING_DATABASE_URL"] == (database, "environment")
    assert shown["SCHEDULING_STOP_NOTICE"] == ("5", "environment")
    assert shown["SCHEDULING_ACCESS_LOG"] == ("off", "environment")
    assert shown["SCHEDULING_PORT"] == ("8000", "default")
    assert shown["SCHEDULING_SECRET"] == (None, "default")


def test_secrets_are_only_said_to_be_set(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown) -> None:
    """Neither keys nor what is secret in the address of the database is shown, to people or to machines."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    assert run("config") == run("config", "--json") == 0
    shown = capsys.readouterr().out
    assert "tell-nobody" not in shown
    told = {each["variable"]: each["value"] for each in json.loads(shown.splitlines()[-1])["settings"]}
    assert told["SCHEDULING_SECRET"] == "***"
    assert told["SCHEDULING_CALCOM_WEBHOOK_SECRETS"] == "***,***"
    assert told["SCHEDULING_DATABASE_URL"].startswith("postgresql://ann:***@server/name?")
    assert "sslmode=require" in told["SCHEDULING_DATABASE_URL"]


def test_a_slip_of_the_pen_is_found(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown) -> None:
    """A variable that is no setting is named, its value is not, and the exit code says that there is one."""
    monkeypatch.setenv("SCHEDULING_SECRT", HIDDEN)
    assert run("config") == 1
    shown = capsys.readouterr().out
    assert shown.endswith("SCHEDULING_SECRT is no setting.\n")
    assert "tell-nobody" not in shown


def test_what_is_shown_can_be_set() -> None:
    """The defaults, put into the environment as they are shown, are the defaults."""
    usual = read_settings({})
    written = {each.variable: each.value for each in show(usual, {}) if each.value is not None}
    assert read_settings(written) == usual


def test_the_readme_tells_of_every_setting() -> None:
    """The table of the README has one row for each setting, and none for what is no setting."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in readme.splitlines() if line.startswith("| `SCHEDULING_")]
    named = [name for row in rows for name in re.findall("`(SCHEDULING_[A-Z_]+)`", row)]
    assert sorted(named) == sorted(each.variable for each in show(read_settings({}), {}))
