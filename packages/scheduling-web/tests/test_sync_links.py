"""The commands that ask Cal.com and tie hosts to it, against the fake on this machine."""

import datetime as dt
import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from scheduling_calcom import EventTypeChoice, EventTypes
from scheduling_calcom.testing import FakeCalCom
from scheduling_core import (
    AppointmentTypeId,
    HostId,
    Scheduler,
)
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import Accounts, PasswordHasher
from scheduling_web.hosts import add_user, usual_schedule
from scheduling_web.resources import connect_calcom
from scheduling_web.settings import read_settings

Run = Callable[..., int]
Shown = pytest.CaptureFixture[str]

ANNA = HostId("anna")
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
SHORT, LONG, EITHER = 2, 3, 4
"""The event types of the fake: of 30 minutes, of 60, and of both."""
NOW = dt.datetime(2030, 1, 7, 9, tzinfo=dt.UTC)


@pytest.fixture
def scheduler(storage: SqlStorage) -> Scheduler:
    """The use cases over that database."""
    return Scheduler(storage)


def answer(run: Run, capsys: Shown, *words: str) -> dict[str, Any]:
    """Return what a command tells machines."""
    capsys.readouterr()
    assert run(*words, "--json") == 0
    answered: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answered


def test_the_probe_tells_whose_key_it_is(fake: FakeCalCom, run: Run, capsys: Shown) -> None:
    """Account and event types are shown, to people and to machines, and nothing is asked for but to read."""
    assert run("sync", "probe") == 0
    shown = capsys.readouterr().out
    assert "as user ada in Europe/Berlin" in shown
    assert "30, 60" in shown
    found = answer(run, capsys, "sync", "probe")
    assert found["event_types"][2] == {"id": EITHER, "slug": "either", "minutes": [30, 60]}
    assert {asked.method for asked in fake.asked} == {"GET"}


@pytest.mark.parametrize("words", [("probe", "API_KEY"), ("sweep", "API_KEY"), ("sweep", "EMAIL_DOMAIN")])
def test_without_a_setting_nothing_is_asked(
    fake: FakeCalCom, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown, words: tuple[str, str]
) -> None:
    """The missing setting is named in one line, with what it has to be."""
    word, missing = words
    monkeypatch.delenv(f"SCHEDULING_CALCOM_{missing}")
    assert run("sync", word) == 2
    shown = capsys.readouterr()
    assert fake.asked == []
    assert shown.err.startswith(f"Error: SCHEDULING_CALCOM_{missing} must be set, to ")
    assert shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.parametrize("word", ["probe", "sweep"])
@pytest.mark.parametrize(
    "setting",
    [("API_KEY", "cal_wrong_key", "unauthorised"), ("URL", "http://127.0.0.1:9/v2", "cannot be reached")],
)
@pytest.mark.usefixtures("fake")
def test_an_account_that_does_not_answer_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown, setting: tuple[str, str, str], word: str
) -> None:
    """What is wrong is said without a traceback and without the key."""
    variable, value, told = setting
    monkeypatch.setenv(f"SCHEDULING_CALCOM_{variable}", value)
    assert run("sync", word) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("Error: ")
    assert told in shown
    assert shown.count("\n") == 1
    assert "cal_" not in shown


def test_an_address_that_leaves_out_the_version_is_told_so(
    fake: FakeCalCom, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Shown
) -> None:
    """Who gives the address of the server and no more is told where it has to end."""
    address = os.environ["SCHEDULING_CALCOM_URL"].removesuffix("/v2")
    monkeypatch.setenv("SCHEDULING_CALCOM_URL", address)
    assert run("sync", "probe") == 1
    shown = capsys.readouterr().err
    assert fake.asked
    assert "the URL of the server must go up to and with /v2" in shown
    assert "None" not in shown


def test_a_host_is_linked_by_the_name_of_its_user(
    fake: FakeCalCom, storage: SqlStorage, scheduler: Scheduler, hasher: PasswordHasher, run: Run
) -> None:
    """The tie is that of the user's host, and all kinds of choices are kept as they were meant."""
    accounts = Accounts(storage.engine, hasher)
    user = add_user(accounts, scheduler, "Ben", "correct horse battery staple", usual_schedule())
    words = ["--event-type", "30=2", "--event-type", "a:b:60=3", "--event-type", "talk:*=4"]
    assert run("sync", "link", "ben", *words, "--event-type", "4", "--stale-after", "90") == 0
    [link] = scheduler.links(user.id)
    assert EventTypes.of(link).choices == (
        EventTypeChoice(SHORT, 30 * MINUTE),
        EventTypeChoice(LONG, 60 * MINUTE, AppointmentTypeId("a:b")),
        EventTypeChoice(EITHER, None, AppointmentTypeId("talk")),
        EventTypeChoice(EITHER),
    )
    assert link.stale_after == 90 * MINUTE


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("99", "the account has no event type 99"),
        ("60=2", "event type 2 lasts 30 minutes"),
        ("45=4", "event type 4 lasts 30, 60 minutes"),
        ("x=2", "is not like 123"),
        ("0", "is not like 123"),
        ("30=", "is not like 123"),
        (f"{'x' * 201}:30=2", "type must have at most 200 characters"),
    ],
)
@pytest.mark.usefixtures("fake")
def test_s18_a_wrong_choice_links_nobody(
    scheduler: Scheduler, run: Run, capsys: Shown, choice: str, told: str
) -> None:
    """What cannot be meant, or what Cal.com would refuse for every appointment, is said at once."""
    assert run("sync", "link", ANNA, "--event-type", choice) == 2
    shown = capsys.readouterr().err
    assert told in shown
    assert shown.count("\n") == 1
    assert scheduler.links(ANNA) == ()


@pytest.mark.parametrize("word", ["link", "unlink"])
def test_s18_an_unknown_host_is_named(storage: SqlStorage, run: Run, capsys: Shown, word: str) -> None:
    """Neither a user nor a host: the word that was given is repeated."""
    words = ["--event-type", "2"] if word == "link" else []
    assert run("sync", word, "nobody", *words) == 2
    assert capsys.readouterr().err == "Error: no such host or user: nobody\n"


def test_without_a_key_a_host_can_be_linked_unseen(scheduler: Scheduler, run: Run, capsys: Shown) -> None:
    """The event types are then not looked up, which is said."""
    assert run("sync", "link", ANNA, "--event-type", "99") == 0
    assert "not looked up: SCHEDULING_CALCOM_API_KEY is not set" in capsys.readouterr().err
    assert len(scheduler.links(ANNA)) == 1


def test_where_no_address_is_set_calcom_itself_is_asked() -> None:
    """A server of one's own is the exception."""
    with connect_calcom(read_settings({"SCHEDULING_CALCOM_API_KEY": "cal_live_key"})) as client:
        assert "'https://api.cal.com/v2'" in repr(client)
        assert "cal_live_key" not in repr(client)
