"""The storages of the core fulfil the contract of storages."""

import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest

from private_postgres import Server
from scheduling_core import MemoryStorage
from scheduling_core.sql import AsyncSqlStorage, SqlStorage
from scheduling_core.testing import contracts
from scheduling_core.testing.contracts.waiting import Waiting


def migrated(url: str) -> str:
    """Give the database at *url* its tables."""
    storage = SqlStorage.from_url(url)
    storage.migrate()
    storage.close()
    return url


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a file with tables."""
    return migrated(f"sqlite:///{tmp_path_factory.mktemp('contracts') / 'scheduling.db'}")


@pytest.fixture(scope="module")
def server_url(postgres_server: Server) -> Iterator[str]:
    """The address of a database with tables."""
    url = postgres_server.create_database()
    yield migrated(url)
    postgres_server.drop_database(url)


class TestMemoryStorage(contracts.StorageContract):
    """In memory."""

    lasting = False

    @pytest.fixture
    def open_storage(self) -> Callable[[], MemoryStorage]:
        """A new storage each time."""
        return MemoryStorage


class TestSqlite(contracts.StorageContract):
    """In a file."""

    @pytest.fixture
    def open_storage(self, sqlite_url: str) -> Callable[[], SqlStorage]:
        """A storage on the file."""
        return lambda: SqlStorage.from_url(sqlite_url)


class TestPostgres(contracts.StorageContract):
    """On a server."""

    machines = 10

    @pytest.fixture
    def open_storage(self, server_url: str) -> Callable[[], SqlStorage]:
        """A storage on the database."""
        return lambda: SqlStorage.from_url(server_url)


class TestAsyncSqlite(contracts.AsyncStorageContract):
    """In a file, for an event loop; its statements are those of the storage above."""

    examples = 10
    machines = 3

    @pytest.fixture
    def open_storage(self, sqlite_url: str) -> Callable[[], Awaitable[AsyncSqlStorage]]:
        """A storage on the file, made inside the loop."""

        async def open_storage() -> AsyncSqlStorage:
            return AsyncSqlStorage.from_url(sqlite_url)

        return open_storage


class TestAsyncPostgres(contracts.AsyncStorageContract):
    """On a server, for an event loop; its statements are those of the storage above."""

    examples = 10
    machines = 3

    @pytest.fixture
    def open_storage(self, server_url: str) -> Callable[[], Awaitable[AsyncSqlStorage]]:
        """A storage on the database, made inside the loop."""

        async def open_storage() -> AsyncSqlStorage:
            return AsyncSqlStorage.from_url(server_url)

        return open_storage


@pytest.mark.soak
class TestAsyncSqliteAtLength(TestAsyncSqlite):
    """The same, with as many examples as the storages for threads have in every run."""

    examples = 100


@pytest.mark.soak
class TestAsyncPostgresAtLength(TestAsyncPostgres):
    """The same, with as many examples as the storages for threads have in every run."""

    examples = 100


def test_a_storage_that_does_not_open_holds_nothing_up() -> None:
    """What raises while an asynchronous storage is opened comes through, and leaves no thread behind."""

    async def open_storage() -> AsyncSqlStorage:
        raise ZeroDivisionError

    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        Waiting(open_storage)
    assert threading.active_count() == before
