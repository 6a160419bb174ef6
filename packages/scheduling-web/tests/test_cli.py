"""The command line: what it makes, and that bad input is one line and the code 2."""

import contextlib
import io
import socket
from pathlib import Path

import pytest

from scheduling_core import HostId, Scheduler
from scheduling_core.sql import SqlStorage
from scheduling_web import cli, demo
from scheduling_web.accounts import Accounts, InvalidCredentials, PasswordHasher, migrations
from scheduling_web.cli import serving
from scheduling_web.serving import address_of, listen

PASSWORD = "correct horse battery staple"


def run(*words: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as caught:
        cli.main(list(words))
    assert isinstance(caught.value.code, int)
    return caught.value.code


def run_with_input(monkeypatch: pytest.MonkeyPatch, text: str, *words: str) -> int:
    """Run a command that reads from standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return run(*words)


def test_a_user_is_added_with_hours_and_a_type(
    database: str, monkeypatch: pytest.MonkeyPatch, hasher: PasswordHasher
) -> None:
    """Who is added can sign in, and is a host who can be booked."""
    words = ["user", "add", "ann", "--password-stdin", "--time-zone", "America/New_York"]
    hours = ["--days", "mon-fri", "--open", "08:30", "--close", "24:00"]
    assert run_with_input(monkeypatch, f"{PASSWORD}\n", *words, *hours) == 0
    storage = SqlStorage.from_url(database)
    user = Accounts(storage.engine, hasher).sign_in("ann", PASSWORD)
    schedule = Scheduler(storage).schedule(user.id)
    types = Scheduler(storage).types(user.id)
    storage.close()
    assert schedule.timezone.key == "America/New_York"
    assert [str(hours.start) for hours in schedule.weekly.friday] == ["08:30:00"]
    assert schedule.weekly.saturday == ()
    assert [found.id for found in types] == ["appointment"]


def test_s06_s22_a_name_is_added_once(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hasher: PasswordHasher
) -> None:
    """The second user of a name is refused and the first one stays as they are."""
    assert run_with_input(monkeypatch, PASSWORD, "user", "add", "ann", "--password-stdin") == 0
    assert run_with_input(monkeypatch, PASSWORD[::-1], "user", "add", "ANN", "--password-stdin") == 2
    assert capsys.readouterr().err == "Error: the username is taken\n"
    storage = SqlStorage.from_url(database)
    Accounts(storage.engine, hasher).sign_in("ann", PASSWORD)
    storage.close()


def test_a_user_gets_another_password_is_disabled_and_enabled(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hasher: PasswordHasher
) -> None:
    """Each command says what it did, and signing in follows it."""
    assert run_with_input(monkeypatch, PASSWORD, "user", "add", "ann", "--password-stdin") == 0
    assert run_with_input(monkeypatch, PASSWORD[::-1], "user", "password", "ann", "--password-stdin") == 0
    storage = SqlStorage.from_url(database)
    with contextlib.closing(storage):
        accounts = Accounts(storage.engine, hasher)
        accounts.sign_in("ann", PASSWORD[::-1])
        assert run("user", "disable", "Ann") == 0
        with pytest.raises(InvalidCredentials):
            accounts.sign_in("ann", PASSWORD[::-1])
        assert run("user", "enable", "ANN") == 0
        accounts.sign_in("ann", PASSWORD[::-1])
    told = capsys.readouterr().out.splitlines()
    assert told[1:] == ["changed the password of ann", "disabled Ann", "enabled ANN"]


@pytest.mark.parametrize("word", ["add", "password"])
def test_s38_a_password_that_grows_is_refused(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    """One letter may stand for eighteen, and what is too long then is bad input like any other."""
    words = ["user", word, "ann", "--password-stdin"]
    assert run_with_input(monkeypatch, "\ufdfa" * 256, *words) == 2
    assert capsys.readouterr().err == "Error: password must have 15 to 256 characters\n"


@pytest.mark.parametrize("word", ["password", "disable", "enable"])
def test_a_user_who_is_not_there_is_said_so(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    """A mistyped name changes nobody, and nobody is added."""
    words = ["user", word, "bob", *(["--password-stdin"] if word == "password" else [])]
    assert run_with_input(monkeypatch, PASSWORD, *words) == 2
    assert capsys.readouterr().err == "Error: no such user: bob\n"


@pytest.mark.parametrize("word", ["password", "disable", "enable"])
def test_a_name_that_is_no_text_is_nobodys(
    database: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], word: str
) -> None:
    """Bytes on the command line that are not UTF-8 name nobody, and are no reason for a traceback."""
    words = ["user", word, "b\udcffb", *(["--password-stdin"] if word == "password" else [])]
    assert run_with_input(monkeypatch, PASSWORD, *words) == 2
    assert capfd.readouterr().err.startswith("Error: no such user: b")


def test_the_database_is_brought_up_to_date(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    """From nothing to the newest tables, and again without harm."""
    assert run("db", "upgrade") == run("db", "upgrade") == 0
    assert capsys.readouterr().out == "the database is up to date\n" * 2
    storage = SqlStorage.from_url(database)
    assert storage.read(lambda work: work.host(HostId("x"))) is None
    storage.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["demo", "--port", "70000"], "70000 is not in the range"),
        (["demo", "--port", "http"], "'http' is not a valid"),
        (["demo", "--nonsense"], "No such option"),
        (["user", "add"], "Missing argument 'NAME'"),
        (["user", "add", "ann", "--password-stdin", "--time-zone", "Mars/Base"], "timezone must be an IANA"),
        (["user", "add", "ann", "--password-stdin", "--time-zone", "../etc"], "timezone must be an IANA"),
        (["user", "add", "ann", "--password-stdin", "--open", "17:00", "--close", "9:00"], "close must be a"),
        (
            ["user", "add", "ann", "--password-stdin", "--open", "17:00", "--close", "17:00"],
            "end must be after",
        ),
        (["user", "add", "ann", "--password-stdin", "--open", "24:00"], "open must be a time"),
        (
            ["user", "add", "ann", "--password-stdin", "--open", "09:00Z"],
            "start must be a time without a zone",
        ),
        (["user", "add", "ann", "--password-stdin", "--days", "someday"], "days must be days"),
        (["user", "add", "", "--password-stdin"], "username must have 1 to 100"),
        (["user", "add", "a\nb", "--password-stdin"], "username must not hold"),
        (["user", "add", "ann", "--password-stdin"], "password must have 15 to 256"),
        (["user", "password", "ann", "--password-stdin"], "password must have 15 to 256"),
        (["user", "disable"], "Missing argument 'NAME'"),
        (["serve"], "SCHEDULING_SECRET must be set"),
    ],
)
def test_bad_input_is_one_line_and_the_code_2(
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: str,
) -> None:
    """What is wrong is said in one line on standard error, without a traceback, and nobody is added."""
    assert run_with_input(monkeypatch, "too short\n", *words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Error: ")
    assert told in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SECRET", "short"), ("PORT", "x"), ("DATABASE_URL", "mysql://x"), ("PASSWORD_SCHEME", "md5")],
)
def test_a_wrong_setting_is_refused_by_name(
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
) -> None:
    """The service does not start with a setting that it cannot understand."""
    monkeypatch.setenv(f"SCHEDULING_{variable}", value)
    assert run("serve") == 2
    assert capsys.readouterr().err.startswith(f"Error: SCHEDULING_{variable} must ")


def test_a_key_for_calcom_alone_is_not_enough_to_serve(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever wants Cal.com kept in step is told what else that takes, before anything is served."""
    monkeypatch.setenv("SCHEDULING_SECRET", "k" * 32)
    monkeypatch.setenv("SCHEDULING_CALCOM_API_KEY", "cal_test_key")
    assert run("serve", "--port", "0") == 2
    assert capsys.readouterr().err.startswith("Error: SCHEDULING_CALCOM_EMAIL_DOMAIN must be set")


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql://a:hidden@127.0.0.1:1/b"])
def test_a_database_that_cannot_be_reached_is_one_line(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    """The line says what the driver says, and not the password."""
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", url)
    assert run("db", "upgrade") == 1
    shown = capsys.readouterr().err
    assert shown.startswith("Error: the database cannot be used: ")
    assert "hidden" not in shown
    assert shown.count("\n") == 1


def test_a_database_without_its_guard_is_not_served(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the database itself would not stop a double booking, the service does not start."""
    monkeypatch.setenv("SCHEDULING_SECRET", "k" * 32)
    assert run("db", "upgrade") == 0
    storage = SqlStorage.from_url(database)
    with storage.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER scheduling_no_overlap_on_insert")
    storage.close()
    assert run("serve", "--port", "0") == 1
    assert capsys.readouterr().err.startswith("Error: the guard against double booking is not in order: ")


def test_a_port_that_was_named_must_be_free(
    tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port that somebody else has is refused in one line, and nothing is served elsewhere."""
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        assert run("demo", "--json", "--port", port, "--data", str(tmp_path)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Error: ")
    assert shown.err.count("\n") == 1


def test_the_usual_port_is_a_suggestion() -> None:
    """Where no port was named and the usual one is taken, another one is found."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with serving.listen_near("127.0.0.1", None, port) as other:
            assert other.getsockname()[1] != port
    with serving.listen_near("127.0.0.1", None, port) as usual:
        assert usual.getsockname()[1] == port


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104  For a moment, and nobody is answered.
        ("::1", "http://[::1]:"),
        ("::", "http://[::1]:"),
    ],
)
def test_the_address_that_is_told_leads_to_this_machine(host: str, address: str) -> None:
    """Wherever a socket listens, people are told an address that they can open."""
    with listen(host, 0) as listener:
        assert address_of(listener) == f"{address}{listener.getsockname()[1]}"


def test_an_answer_is_not_held_back() -> None:
    """Connections say that they are of TCP, without which the event loop leaves its delay in place."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.proto == socket.IPPROTO_TCP


def test_a_folder_that_is_not_the_demos_is_left_alone(
    tmp_path: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the demo cannot read it does not touch."""
    (tmp_path / "demo.json").write_text("{}", encoding="utf-8")
    assert run("demo", "--json", "--data", str(tmp_path)) == 1
    assert capsys.readouterr().err.startswith(f"Error: {tmp_path} cannot be used: ")
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json"]


def test_the_folder_says_which_password_holds(tmp_path: Path, hasher: PasswordHasher) -> None:
    """A database that knows the demo's user by another password takes the one that will be printed."""
    storage = SqlStorage.from_url(f"sqlite:///{tmp_path / 'demo.sqlite3'}")
    storage.migrate()
    migrations.upgrade(storage.engine)
    accounts, scheduler = Accounts(storage.engine, hasher), Scheduler(storage)
    first = demo.make_user(accounts, scheduler, demo.Kept("demo", PASSWORD, "secret"))
    again = demo.make_user(accounts, scheduler, demo.Kept("demo", PASSWORD[::-1], "secret"))
    assert again.id == first.id == accounts.sign_in("demo", PASSWORD[::-1]).id
    storage.close()


def test_help_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for help succeeds, and saying nothing gets the same help with the code of bad input."""
    assert run("--help") == 0
    asked = capsys.readouterr().out
    assert run() == 2
    assert asked.strip() == capsys.readouterr().err.strip()
    assert "demo" in asked
