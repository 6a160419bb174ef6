"""The service under test: over any storage, with a clock that stands still, cheap hashes and two users."""

import contextlib
import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from browsing.fixtures import browser, new_user, next_monday, open_visit, site  # noqa: F401  Fixtures are found by their names.
from scheduling_calcom.testing import KEY, FakeCalCom, Server
from scheduling_core import HostId, MemoryStorage, Scheduler, system
from scheduling_core.ports import Storage
from scheduling_core.sql import SqlStorage
from scheduling_web import cli, logs
from scheduling_web.accounts import Access, AccessTokens, Accounts, PasswordHasher, migrations
from scheduling_web.accounts.passwords import Cost
from scheduling_web.app import create_app
from scheduling_web.hosts import add_user, make_host, usual_schedule
from scheduling_web.setting_values import Secret
from scheduling_web.settings import read_settings
from untold import look_for_secrets

NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
"""A Monday; in Berlin it is 09:00 and the hosts open."""

SECRET = "a key of the tests, long enough!"
WEBHOOK_SECRET = "what Cal.com signs its calls with"
PASSWORD = "correct horse battery staple"


@attrs.define
class Clock:
    """A clock that goes where it is put."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        """Return the time."""
        return self.now


@attrs.define
class Service:
    """A running service and what it is made of."""

    client: TestClient[Litestar]
    clock: Clock
    accounts: Accounts
    scheduler: Scheduler
    storage: Storage
    engine: sa.Engine

    def sign_up(self, username: str) -> dict[str, str]:
        """Add a user and return the headers of their requests."""
        add_user(self.accounts, self.scheduler, username, PASSWORD, usual_schedule())
        return self.sign_in(username)

    def sign_in(self, username: str) -> dict[str, str]:
        """Return the headers of a user's requests."""
        credentials = {"username": username, "password": PASSWORD, "refresh": "body"}
        answer = self.client.post("/api/auth/login", json=credentials)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@contextlib.contextmanager
def open_service(
    url: str, hasher: PasswordHasher, storage: Storage | None = None, *, access_log: str = "on"
) -> Iterator[Service]:
    """Serve the database at *url*; with *storage* it keeps only the accounts."""
    clock = Clock()
    database = SqlStorage.from_url(url)
    with contextlib.closing(database):
        accounts = Accounts(database.engine, hasher, clock=clock)
        kept = storage or database
        app = create_app(
            read_settings(
                {
                    "SCHEDULING_ACCESS_LOG": access_log,
                    "SCHEDULING_SECRET": SECRET,
                    "SCHEDULING_THREADS": "4",
                    "SCHEDULING_WRITES_PER_MINUTE": "1000000",  # The clock stands still.
                    "SCHEDULING_CALCOM_WEBHOOK_SECRETS": WEBHOOK_SECRET,
                }
            ),
            storage=kept,
            accounts=accounts,
            clock=clock,
        )
        with TestClient(app) as client:
            client.event_hooks["response"] = [look_for_secrets(SECRET, WEBHOOK_SECRET, PASSWORD)]
            yield Service(client, clock, accounts, Scheduler(kept, clock=clock), kept, database.engine)


def make_tables(url: str) -> None:
    """Bring the database at *url* up to date."""
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        storage.migrate()
        migrations.upgrade(storage.engine)


@pytest.fixture(autouse=True, scope="session")
def log() -> None:
    """Log as the commands do."""
    logs.configure()


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database that is not made yet; the environment names it and nothing else."""
    url = f"sqlite:///{tmp_path / 'cli.sqlite3'}"
    for variable in [name for name in os.environ if name.startswith("SCHEDULING_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("SCHEDULING_DATABASE_URL", url)
    return url


@pytest.fixture
def run(database: str) -> Callable[..., int]:
    """Run a command over that database, and return its exit code."""

    def run_words(*words: str) -> int:
        with pytest.raises(SystemExit) as caught:
            cli.main(list(words))
        assert isinstance(caught.value.code, int)
        return caught.value.code

    return run_words


@pytest.fixture
def fake(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCalCom]:
    """A Cal.com on this machine, which the settings name."""
    fake = FakeCalCom().furnish()
    with Server(fake).running() as url:
        monkeypatch.setenv("SCHEDULING_CALCOM_URL", url)
        monkeypatch.setenv("SCHEDULING_CALCOM_API_KEY", KEY)
        monkeypatch.setenv("SCHEDULING_CALCOM_EMAIL_DOMAIN", "appointments.example.org")
        yield fake


@pytest.fixture
def storage(database: str) -> Iterator[SqlStorage]:
    """The database that commands will work on, with one host, who is called anna."""
    make_tables(database)
    with contextlib.closing(SqlStorage.from_url(database)) as storage:
        make_host(Scheduler(storage), HostId("anna"), usual_schedule())
        yield storage


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def hasher() -> PasswordHasher:
    """A hasher that costs next to nothing."""
    return PasswordHasher(cost=Cost(memory=8, passes=1, lanes=1, bcrypt_rounds=4))


@pytest.fixture
def storage_kind() -> str:
    """Which storage holds the appointments; a module asks for others by parametrizing this."""
    return "memory"


@pytest.fixture
def service(
    storage_kind: str,
    tmp_path: Path,
    empty_database: Path,
    hasher: PasswordHasher,
    request: pytest.FixtureRequest,
) -> Iterator[Service]:
    """A service of the test's own."""
    if storage_kind == "postgresql":
        url = request.getfixturevalue("postgres_url")
        make_tables(url)
    else:
        url = f"sqlite:///{shutil.copy(empty_database, tmp_path)}"
    with open_service(url, hasher, MemoryStorage() if storage_kind == "memory" else None) as opened:
        yield opened


@pytest.fixture
def client(service: Service) -> TestClient[Litestar]:
    """The way in."""
    return service.client


@pytest.fixture
def scheduler(service: Service) -> Scheduler:
    """The use cases over the storage of the service."""
    return service.scheduler


@pytest.fixture
def kept(service: Service) -> Storage:
    """The storage of the service."""
    return service.storage


@pytest.fixture
def digest(service: Service) -> Callable[[], str]:
    """Return a digest of all that stands in the tables of the database: it is another after any change.

    Only the count of sign-ins that failed is left out, which a refusal is meant to change.
    """
    assert isinstance(service.storage, SqlStorage)
    snapshots = service.storage.snapshots
    tables = sa.MetaData()
    with snapshots.connect() as connection:
        tables.reflect(connection)
    tables.remove(tables.tables["scheduling_web_failed_sign_in"])

    def read() -> str:
        with snapshots.connect() as connection:
            rows = [sorted(map(repr, connection.execute(sa.select(table)))) for table in tables.sorted_tables]
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    return read


@pytest.fixture
def kept_accounts(service: Service) -> sa.Engine:
    """The database with the accounts of the service."""
    return service.engine


OpenAnother = Callable[[dict[str, str]], contextlib.AbstractContextManager[TestClient[Litestar]]]


@pytest.fixture
def open_another(service: Service) -> OpenAnother:
    """Serve the same database with other settings, or as another process would."""

    @contextlib.contextmanager
    def opened(environment: dict[str, str]) -> Iterator[TestClient[Litestar]]:
        settings = read_settings(
            {
                "SCHEDULING_SECRET": SECRET,
                "SCHEDULING_THREADS": "4",
                "SCHEDULING_ACCESS_LOG": "off",
                **environment,
            }
        )
        app = create_app(settings, storage=service.storage, accounts=service.accounts, clock=service.clock)
        with TestClient(app) as client:
            yield client

    return opened


@pytest.fixture
def webhook_secret() -> str:
    """What calls of webhooks are signed with."""
    return WEBHOOK_SECRET


@pytest.fixture
def put_clock(service: Service) -> Callable[[dt.datetime], None]:
    """Put the clock of the service to another time."""

    def put(now: dt.datetime) -> None:
        service.clock.now = now

    return put


@pytest.fixture
def sign_up(service: Service) -> Callable[[str], dict[str, str]]:
    """Add a user of some name, and return the headers of their requests."""
    return service.sign_up


@pytest.fixture
def token_for(service: Service) -> Callable[[str], dict[str, str]]:
    """Sign a token for any user id, and for a session that nobody began; return it as headers."""
    tokens = AccessTokens([Secret(SECRET.encode())], clock=service.clock, new_id=system.new_id)
    return lambda user_id: {"Authorization": f"Bearer {tokens.issue(Access(user_id, 'no session'))}"}


@pytest.fixture
def another_app(service: Service) -> Callable[..., Litestar]:
    """Return the service once more, over its storage or another, with other settings and not running yet."""

    def make(storage: Storage = service.storage, **settings: str) -> Litestar:
        named = {f"SCHEDULING_{name}": value for name, value in settings.items()}
        usual = {
            "SCHEDULING_SECRET": SECRET,
            "SCHEDULING_THREADS": "4",
            "SCHEDULING_WRITES_PER_MINUTE": "1000000",  # Its clock stands still.
        }
        return create_app(
            read_settings({**usual, **named}),
            storage=storage,
            accounts=service.accounts,
            clock=service.clock,
        )

    return make


@pytest.fixture
def ann(service: Service) -> dict[str, str]:
    """The headers of a signed-in user."""
    return service.sign_up("ann")


@pytest.fixture(scope="session")
def long_service(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, hasher: PasswordHasher
) -> Iterator[Service]:
    """A service that many examples share, too many for each to be logged."""
    database = shutil.copy(empty_database, tmp_path_factory.mktemp("service"))
    with open_service(f"sqlite:///{database}", hasher, MemoryStorage(), access_log="off") as opened:
        yield opened


@pytest.fixture(
    scope="module", params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def each_service(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    empty_database: Path,
    hasher: PasswordHasher,
) -> Iterator[Service]:
    """A service that the examples of a module share, over each storage in turn."""
    with contextlib.ExitStack() as stack:
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = server.create_database()
            stack.callback(server.drop_database, url)
            make_tables(url)
        else:
            url = f"sqlite:///{shutil.copy(empty_database, tmp_path_factory.mktemp('each'))}"
        kept = MemoryStorage() if request.param == "memory" else None
        yield stack.enter_context(open_service(url, hasher, kept))


@pytest.fixture(scope="session")
def long_client(long_service: Service) -> TestClient[Litestar]:
    """The way into the shared service."""
    return long_service.client


@pytest.fixture(scope="session")
def long_ann(long_service: Service) -> dict[str, str]:
    """The headers of a signed-in user of the shared service; the clock is back at its start."""
    return long_service.sign_up("ann")


@pytest.fixture(scope="session")
def long_carla(long_service: Service) -> dict[str, str]:
    """The headers of another user of the shared service."""
    return long_service.sign_up("carla")


@pytest.fixture(scope="session")
def long_sign_up(long_service: Service) -> Callable[[str], dict[str, str]]:
    """Add a user of some name to the shared service, and return the headers of their requests."""
    return long_service.sign_up


@pytest.fixture(scope="session")
def put_long_clock(long_service: Service) -> Callable[[dt.datetime], None]:
    """Put the clock of the shared service to another time."""

    def put(now: dt.datetime) -> None:
        long_service.clock.now = now

    return put
