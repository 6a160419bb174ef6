"""A service that does as little as can be: the same framework and sign-in, and one raw statement a request.

    python bare.py

It serves the database of the settings on any port that is free, and says so as `scheduling-web serve` does.
"""

import functools
import os
import sys
from typing import Any

import msgspec
import sqlalchemy as sa
from litestar import Litestar, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody

from scheduling_core import system
from scheduling_web.accounts import AccessTokens, User
from scheduling_web.api.appointments import NewAppointment
from scheduling_web.api.authentication import Authentication, current_user
from scheduling_web.api.write_limits import WriteLimit
from scheduling_web.app import hold_threads
from scheduling_web.resources import open_database
from scheduling_web.serving import address_of, listen, serve, stopping_well
from scheduling_web.settings import read_settings, require_secrets

TABLE = """
    CREATE TABLE IF NOT EXISTS bare_appointment (
        id text PRIMARY KEY, host text NOT NULL, customer_name text NOT NULL,
        start timestamptz NOT NULL, minutes integer NOT NULL, notes text NOT NULL
    )
"""
INDEX = "CREATE INDEX IF NOT EXISTS bare_appointment_host_start ON bare_appointment (host, start)"
INSERT = (
    "INSERT INTO bare_appointment (id, host, customer_name, start, minutes, notes) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
SELECT = (
    "SELECT id, customer_name, start, minutes, notes FROM bare_appointment WHERE host = %s ORDER BY start"
)


class Row(msgspec.Struct):
    """A row as it is answered."""

    id: str
    customer_name: str
    start_time: Any
    duration_minutes: int
    notes: str


@post("/api/appointments", sync_to_thread=True)
def insert(
    data: JSONBody[NewAppointment], user: NamedDependency[User], engine: NamedDependency[sa.Engine]
) -> Row:
    """Insert what was sent, and answer with it."""
    row = Row(system.new_id(), data.customer_name, data.start_time, data.duration_minutes, data.notes)
    values = (row.id, user.id, row.customer_name, row.start_time, row.duration_minutes, row.notes)
    with engine.begin() as connection:
        connection.exec_driver_sql(INSERT, values)
    return row


@get("/api/appointments/upcoming", sync_to_thread=True)
def select(user: NamedDependency[User], engine: NamedDependency[sa.Engine]) -> list[Row]:
    """Answer with all that the user has."""
    with engine.begin() as connection:
        rows = connection.exec_driver_sql(SELECT, (user.id,)).all()
    return [Row(*row) for row in rows]


def main() -> None:
    """Serve."""
    settings = read_settings(os.environ)
    with stopping_well(), open_database(settings) as database:
        engine = database.tables.storage.engine
        with engine.begin() as connection:
            connection.exec_driver_sql(TABLE)
            connection.exec_driver_sql(INDEX)
        tokens = AccessTokens(require_secrets(settings), clock=system.read_clock, new_id=system.new_id)
        writes = WriteLimit(settings.writes_per_minute, system.read_clock)
        app = Litestar(
            [insert, select],
            dependencies={
                "engine": Provide(lambda: engine, sync_to_thread=False),
                "user": Provide(current_user, sync_to_thread=False),
            },
            middleware=[Authentication(tokens, database.accounts, writes)],
            lifespan=[hold_threads(settings.threads)],
            openapi_config=None,
            logging_config=None,
        )
        listener = listen("127.0.0.1", 0)
        told = f"serving on {address_of(listener)}"
        ready = functools.partial(print, told, file=sys.stderr, flush=True)
        serve(app, listener, ready, notice=settings.stop_notice)


if __name__ == "__main__":
    main()
