"""Every error is a problem, and every kind of problem is explained."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.exceptions import ClientException, InternalServerException
from litestar.testing import TestClient

from scheduling_core import (
    AppointmentId,
    BeyondHorizon,
    BusyInterval,
    Conflict,
    DuringTimeOff,
    ExternallyBusy,
    IdempotencyMismatch,
    IllegalTransition,
    Interval,
    Limit,
    LimitReached,
    MemoryStorage,
    NotFound,
    OffGrid,
    OutsideHours,
    Overlaps,
    Period,
    Reason,
    StorageUnavailable,
    TimeOff,
    TooSoon,
    TypeInUse,
    VersionMismatch,
    WrongDuration,
)
from scheduling_core.ports import UnitOfWork
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import Accounts, PasswordHasher
from scheduling_web.api.problem_types import INTERNAL, PROBLEMS, find_problem_type, problem_types
from scheduling_web.api.reasons import to_answer
from scheduling_web.app import create_app
from scheduling_web.settings import read_settings

T = TypeVar("T")
SECRET_WORDS = "the customer is Bob Example"


class FailingStorage(MemoryStorage):
    """A storage that raises one and the same error, whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:  # noqa: ARG002  It is not run.
        """Raise."""
        raise self._error

    def read(self, work: Callable[[UnitOfWork], T]) -> T:  # noqa: ARG002  As above.
        """Raise."""
        raise self._error


Ask = Callable[[Exception], httpx.Response]


@pytest.fixture
def ask(tmp_path: Path, empty_database: Path, hasher: PasswordHasher) -> Iterator[Ask]:
    """Ask a service whose storage raises for a list of appointments."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(contextlib.closing(SqlStorage.from_url(f"sqlite:///{empty_database}")))
        accounts = Accounts(database.engine, hasher)
        if accounts.find("eve") is None:
            accounts.add(accounts.new_user("eve", "correct horse battery staple"))

        def send(error: Exception) -> httpx.Response:
            app = create_app(
                read_settings({"SCHEDULING_SECRET": "k" * 32}),
                storage=FailingStorage(error),
                accounts=accounts,
            )
            client = stack.enter_context(TestClient(app))
            body = {"username": "eve", "password": "correct horse battery staple"}
            token = client.post("/api/auth/login", json=body).json()["access_token"]
            return client.get("/api/appointments", headers={"Authorization": f"Bearer {token}"})

        yield send


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (NotFound("host", "x"), 404, "not-found"),
        (IllegalTransition("cancelled", "confirmed"), 409, "illegal-transition"),
        (TypeInUse("x", ("1",)), 409, "type-in-use"),
        (VersionMismatch(1, 2), 412, "version-mismatch"),
        (IdempotencyMismatch(), 422, "idempotency-mismatch"),
        (Conflict(4), 503, "lost-race"),
        (StorageUnavailable(dt.timedelta(seconds=1.5)), 503, "storage-unavailable"),
        (RuntimeError(SECRET_WORDS), 500, "internal-error"),
        (InternalServerException(SECRET_WORDS), 500, "internal-error"),
        (ClientException(SECRET_WORDS), 400, "bad-request"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, SECRET_WORDS), 500, "internal-error"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_error_is_answered_as_the_table_says(ask: Ask, error: Exception, status: int, name: str) -> None:
    """Each exception has its status and type, all members are there, and nothing of its inside is told."""
    answer = ask(error)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() == {"type", "title", "status", "detail", "message", "instance"}
    assert problem["type"] == f"/problems/{name}"
    assert problem["status"] == status
    assert problem["message"] == problem["detail"] != ""
    assert SECRET_WORDS not in answer.text
    assert "Traceback" not in answer.text
    assert (answer.headers.get("Retry-After") is not None) == (status == 503)


def test_a_failure_is_logged_without_its_words(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """The log says where in the code it happened and under which request, and quotes nobody."""
    with pytest.raises(ValueError, match=SECRET_WORDS) as caught:
        int(SECRET_WORDS)
    error = RuntimeError(SECRET_WORDS)
    error.__cause__ = caught.value
    answer = ask(error)
    logged = "".join(capsys.readouterr())
    assert answer.json()["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"
    assert answer.headers["X-Request-Id"] in logged
    assert "RuntimeError" in logged
    assert "ValueError" in logged
    assert "test_problems.py" in logged
    assert SECRET_WORDS not in logged


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/api/nowhere", 404, "not-found"),
        ("GET", "/schema/nowhere", 404, "not-found"),
        ("GET", "/schema/nowhere.json", 404, "not-found"),
        ("GET", "/problems/nowhere", 404, "not-found"),
        ("GET", "/a/b/c/d/e", 404, "not-found"),
        ("GET", "/%00", 404, "not-found"),
        ("PUT", "/api/appointments", 405, "method-not-allowed"),
        ("TRACE", "/api/appointments", 405, "method-not-allowed"),
        ("BREW", "/", 405, "method-not-allowed"),
        ("POST", "/health/live", 405, "method-not-allowed"),
    ],
)
def test_s07_the_routers_own_errors_are_problems(
    client: TestClient[Litestar], method: str, path: str, status: int, name: str
) -> None:
    """Unknown addresses and methods are answered in the same form as everything else."""
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{name}"
    assert "Allow" in answer.headers if status == 405 else "Allow" not in answer.headers


def test_a_host_header_that_is_none_is_refused(client: TestClient[Litestar]) -> None:
    """What cannot be the name of a host is not taken for one."""
    answer = client.get("/health/live", headers={"Host": "a b<c>"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/bad-request"


def test_every_kind_of_problem_is_explained_at_its_address(client: TestClient[Litestar]) -> None:
    """The type of a problem is an address at which a page says what it means."""
    overview = client.get("/problems")
    for kind in problem_types():
        page = client.get(kind.address)
        assert page.status_code == 200
        assert kind.title in page.text
        assert f'href="{kind.address}"' in overview.text


def test_a_kind_of_problem_has_one_status_and_title() -> None:
    """Exceptions that share a type share all that is told of it."""
    by_name: dict[str, set[tuple[int, str, str]]] = {}
    for kind in PROBLEMS.values():
        by_name.setdefault(kind.name, set()).add((kind.status, kind.title, kind.meaning))
    assert all(len(told) == 1 for told in by_name.values())


def test_what_is_not_in_the_table_is_internal() -> None:
    """A new exception tells nothing until somebody has decided what it may tell."""
    assert find_problem_type(KeyError("x")) is INTERNAL


ZONE = ZoneInfo("Europe/Berlin")
NINE = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SPAN = Interval.of(NINE, HOUR)
SAID = {"start_time": "2030-01-07T09:00:00+01:00", "end_time": "2030-01-07T10:00:00+01:00"}
DAY = (dt.date(2030, 1, 7), dt.date(2030, 1, 8))
BETWEEN = "appointments do not start at this time; the steps beside it:"


@pytest.mark.parametrize(
    ("reason", "message", "data"),
    [
        (OutsideHours(SPAN), "the time is outside of opening hours", {}),
        (
            DuringTimeOff(SPAN, TimeOff(SPAN, "at the sea")),
            "the host is off 2030-01-07 09:00 to 10:00",
            {"time_off": SAID},
        ),
        (
            Overlaps(SPAN, AppointmentId("1"), Interval.of(NINE, 24 * HOUR)),
            "another appointment occupies 2030-01-07 09:00 to 2030-01-08 09:00",
            {"appointment": "1", "occupied": {**SAID, "end_time": "2030-01-08T09:00:00+01:00"}},
        ),
        (
            ExternallyBusy(SPAN, BusyInterval(SPAN, "calendar", NINE)),
            "another calendar is busy 2030-01-07 09:00 to 10:00",
            {"busy": SAID, "source": "calendar", "as_of": "2030-01-07T09:00:00+01:00"},
        ),
        (
            ExternallyBusy(SPAN, BusyInterval(SPAN)),
            "another calendar is busy 2030-01-07 09:00 to 10:00",
            {"busy": SAID, "source": "", "as_of": None},
        ),
        (
            TooSoon(SPAN, NINE),
            "the earliest start is now 2030-01-07 09:00",
            {"earliest": "2030-01-07T09:00:00+01:00"},
        ),
        (
            BeyondHorizon(SPAN, DAY[0]),
            "the last day that can be booked is 2030-01-07",
            {"last_day": "2030-01-07"},
        ),
        (
            LimitReached(SPAN, Limit(Period.DAY, count=2), *DAY, 2, HOUR),
            "it would pass the limit of 2 appointments a day, counted from 2030-01-07",
            {
                "limit": {"period": "day", "count": 2},
                "first_day": "2030-01-07",
                "until_day": "2030-01-08",
                "count": 2,
                "minutes": 60,
            },
        ),
        (
            LimitReached(SPAN, Limit(Period.DAY, total=1.025 * HOUR), *DAY, 1, HOUR / 2),
            "it would pass the limit of 61.5 minutes a day, counted from 2030-01-07",
            {
                "limit": {"period": "day", "minutes": 61.5},
                "first_day": "2030-01-07",
                "until_day": "2030-01-08",
                "count": 1,
                "minutes": 30,
            },
        ),
        (
            OffGrid(SPAN, NINE, NINE + HOUR),
            f"{BETWEEN} 2030-01-07 09:00 and 2030-01-07 10:00",
            {"before": "2030-01-07T09:00:00+01:00", "after": "2030-01-07T10:00:00+01:00"},
        ),
        (
            OffGrid(SPAN, NINE, None),
            f"{BETWEEN} 2030-01-07 09:00",
            {"before": "2030-01-07T09:00:00+01:00", "after": None},
        ),
        (
            WrongDuration(SPAN, HOUR),
            "60 minutes is not a duration of this appointment type",
            {"duration_minutes": 60},
        ),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_a_reason_tells_its_code_its_words_and_its_data(
    reason: Reason, message: str, data: dict[str, Any]
) -> None:
    """Programs read the code and the data, people the message; what has no meaning is left out."""
    told = msgspec.to_builtins(to_answer(reason, ZONE))
    assert told == {"code": reason.code, "message": message, "starts": SAID, **data}
