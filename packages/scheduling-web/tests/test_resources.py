"""What is held open for the service: how the database is read."""

import psycopg
import pytest
import sqlalchemy as sa

from scheduling_web.resources import open_database
from scheduling_web.settings import read_settings


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, database: str) -> str:
    """The address of a database that is not made yet."""
    if request.param == "sqlite":
        return database
    address: str = request.getfixturevalue("postgres_url")
    return address


def test_reading_accounts_leaves_transactions_as_they_are(url: str) -> None:
    """A connection that an account was read with still takes back what is rolled back."""
    settings = read_settings({"SCHEDULING_DATABASE_URL": url, "SCHEDULING_THREADS": "1"})
    with open_database(settings) as opened:
        storage = opened.tables.storage
        for _ in range(storage.engine.pool.size() * 2):  # type: ignore[attr-defined]  # It is a queue.
            assert opened.accounts.find("ann") is None
        counted = sa.text("SELECT count(*) FROM scheduling_web_installation")
        with storage.engine.connect() as connection:
            connection.exec_driver_sql("DELETE FROM scheduling_web_installation")
            assert connection.scalars(counted).one() == 0
            connection.rollback()
            assert connection.scalars(counted).one() == 1
        assert opened.tables.find_installation()


@pytest.mark.postgres
def test_on_a_server_an_account_is_read_outside_of_transactions(postgres_url: str) -> None:
    """What stands before every request of a user is one message to the server, and not three."""
    settings = read_settings({"SCHEDULING_DATABASE_URL": postgres_url})
    with open_database(settings) as opened:
        states: list[bool] = []

        def look(connection: sa.Connection, *_: object) -> None:
            driven = connection.connection.driver_connection
            assert isinstance(driven, psycopg.Connection)
            states.append(driven.autocommit)

        sa.event.listen(opened.tables.storage.engine, "before_cursor_execute", look)
        opened.accounts.find("ann")
        opened.tables.users.names()
        assert states == [True, False]
