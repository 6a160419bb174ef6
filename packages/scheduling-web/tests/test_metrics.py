"""What is counted, and who may read it."""

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from scheduling_calcom import PROVIDER
from scheduling_core import BookingRequest, HostId, Link, Scheduler, StorageUnavailable
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import Accounts, PasswordHasher
from scheduling_web.app import create_app
from scheduling_web.hosts import APPOINTMENT, add_user, usual_schedule
from scheduling_web.metrics import Metrics
from scheduling_web.resources import Database, Tables, watch
from scheduling_web.settings import read_settings

TOKEN = "known-to-those-who-watch-over-it"
PASSWORD = "correct horse battery staple"
NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
BOOKING = {"customer_name": "Kim", "start_time": "2030-01-07T10:00:00+01:00", "duration_minutes": 30}

Samples = dict[tuple[str, tuple[str, ...]], float]


@attrs.frozen
class Watched:
    """A service whose metrics can be read, with a user called ann."""

    client: TestClient[Litestar]
    database: Database
    ann: dict[str, str]

    def read(self) -> Samples:
        """Return every sample, by its name and the values of its labels."""
        answer = self.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        return parse(answer.text)


def parse(text: str) -> Samples:
    """Return what a text tells, read by the library's own parser."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def watched(empty_database: Path, tmp_path: Path, hasher: PasswordHasher) -> Iterator[Watched]:
    """A service over a database of its own."""
    settings = {"SCHEDULING_SECRET": "k" * 32, "SCHEDULING_METRICS_TOKEN": TOKEN}
    with contextlib.closing(
        SqlStorage.from_url(f"sqlite:///{shutil.copy(empty_database, tmp_path)}")
    ) as kept:
        database = Database(Tables(kept), Accounts(kept.engine, hasher, clock=lambda: NOW))
        app = create_app(
            read_settings(settings),
            storage=kept,
            accounts=database.accounts,
            metrics=watch(database),
            clock=lambda: NOW,
        )
        scheduler = Scheduler(kept, clock=lambda: NOW)
        add_user(database.accounts, scheduler, "ann", PASSWORD, usual_schedule())
        with TestClient(app) as client:
            login = client.post("/api/auth/login", json={"username": "ann", "password": PASSWORD})
            yield Watched(client, database, {"Authorization": f"Bearer {login.json()['access_token']}"})


def test_without_a_token_in_the_settings_there_is_no_such_address(client: TestClient[Litestar]) -> None:
    """Nobody finds out that there could be metrics: the answer is that of any address that is nowhere."""
    answers = [client.get("/metrics"), client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})]
    nowhere = client.get("/nowhere")
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, nowhere.content)}


@pytest.mark.parametrize(
    "sent", [None, "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}"]
)
def test_only_the_token_opens_them(watched: Watched, sent: str | None) -> None:
    """Whoever has not the token is told what strangers are told, and so is a user of the service."""
    answer = watched.client.get("/metrics", headers={} if sent is None else {"Authorization": sent})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert watched.client.get("/metrics", headers=watched.ann).status_code == 401


def test_requests_are_counted_by_route_and_status(watched: Watched) -> None:
    """Each request is counted once under the pattern of its address, and how long it took beside it."""
    before = watched.read()
    for number in range(3):
        watched.client.get(f"/api/appointments/{number}", headers=watched.ann)
    watched.client.get("/nowhere/at/all")
    after = watched.read()
    route = "/api/appointments/{appointment_id}"
    assert after["scheduling_requests_total", ("GET", route, "404")] == 3
    assert after["scheduling_request_seconds_count", ("GET", route)] == 3
    assert after["scheduling_requests_total", ("GET", "nowhere", "404")] == 1
    assert after["scheduling_requests_total", ("GET", "/metrics", "200")] == 1
    assert ("scheduling_requests_total", ("GET", "/metrics", "200")) not in before


def test_bookings_and_refusals_are_counted(watched: Watched) -> None:
    """What is booked is counted, and what is refused under each of its reasons."""
    late = {**BOOKING, "start_time": "2030-01-07T22:05:00+01:00"}
    for body in (BOOKING, BOOKING, late):
        watched.client.post("/api/appointments", json=body, headers=watched.ann)
    counted = watched.read()
    assert counted["scheduling_bookings_total", ()] == 1
    refused = {name[1]: count for name, count in counted.items() if name[0] == "scheduling_refusals_total"}
    assert refused == {("overlap",): 1, ("outside_hours",): 1}


def test_a_booking_that_is_sent_again_counts_again(watched: Watched) -> None:
    """What is counted are answers, and the metric says so: one key made one appointment and three answers."""
    keyed = {**watched.ann, "Idempotency-Key": "key"}
    answers = [watched.client.post("/api/appointments", json=BOOKING, headers=keyed) for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert watched.read()["scheduling_bookings_total", ()] == 3
    told = watched.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    [line] = [line for line in told.splitlines() if line.startswith("# HELP scheduling_bookings_total")]
    assert line.endswith("one that is sent again under its Idempotency-Key counts again.")


def test_connections_and_deliveries_are_told(watched: Watched) -> None:
    """How many connections are in use and how far deliveries have come is found out when somebody asks."""
    scheduler = Scheduler(watched.database.storage, clock=lambda: NOW)
    host = HostId(watched.client.get("/api/auth/me", headers=watched.ann).json()["id"])
    scheduler.link(host, Link(PROVIDER))
    start = NOW + dt.timedelta(hours=1)
    scheduler.book(BookingRequest(host, APPOINTMENT.id, start, "Kim", duration=dt.timedelta(minutes=30)))
    with watched.database.tables.storage.snapshots.connect():
        told = watched.read()
    assert told["scheduling_database_connections", ("in_use",)] >= 1
    assert told["scheduling_database_connections", ("most",)] == 10
    assert told["scheduling_deliveries", ("pending",)] == 1
    assert told["scheduling_deliveries", ("dead",)] == 0


def test_without_a_database_the_rest_is_told() -> None:
    """While the database does not answer, which is when somebody looks, all other numbers are there."""
    metrics = Metrics()

    def fail() -> dict[str, int]:
        raise StorageUnavailable(dt.timedelta(seconds=1))

    metrics.watch_deliveries(fail)
    metrics.count_call("create", "done")
    metrics.count_failure("sweep")
    told = parse(metrics.write().decode())
    assert told["scheduling_calendar_calls_total", ("create", "done")] == 1
    assert told["scheduling_background_failures_total", ("sweep",)] == 1
    assert "scheduling_deliveries" not in {name for name, _ in told}


def test_two_services_do_not_count_together() -> None:
    """Every service has numbers of its own, also where two are in one process."""
    one, other = Metrics(), Metrics()
    one.count_failure("sweep")
    assert ("scheduling_background_failures_total", ("sweep",)) not in parse(other.write().decode())
