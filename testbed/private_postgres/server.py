"""A server to make databases in: one that is given, or one that is started."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import attrs
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from private_postgres import leftovers
from private_postgres.account import choose_account, choose_place
from private_postgres.binaries import VARIABLE, candidates, holds_programs, this_machine
from private_postgres.cluster import FORGETFUL, Cluster, NoPostgresError, plain

#: The address of a server to use instead of a private one; its user must be able to make databases.
URL_VARIABLE = "SCHEDULING_TEST_POSTGRES_URL"

SECONDS_TO_STOP = 20


@attrs.frozen
class Server:
    """A PostgreSQL server in which tests make and drop databases."""

    url: str

    def create_database(self, template: str = "template0") -> str:
        """Make a database, empty or a copy of the template, and return its address."""
        name = f"scheduling_test_{secrets.token_hex(6)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        name = sql.Identifier(make_url(url).database or "")
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(plain(self.url), autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def obtain_server(
    environ: Mapping[str, str] = os.environ, *, settings: Mapping[str, str] = FORGETFUL
) -> Iterator[Server]:
    """Give the server that the environment names, or one of our own that lives as long as the context."""
    if url := environ.get(URL_VARIABLE):
        address = make_url(url).set(drivername="postgresql+psycopg")
        yield Server(address.render_as_string(hide_password=False))
    elif sys.platform == "win32":
        raise NoPostgresError(f"a private server needs Unix sockets: set {URL_VARIABLE} instead")
    else:
        place = choose_place()
        leftovers.sweep(place)
        with private_server(place, candidates(this_machine(environ)), settings) as server:
            yield server


@contextlib.contextmanager
def private_server(
    place: Path, programs: Iterable[Path], settings: Mapping[str, str] = FORGETFUL
) -> Iterator[Server]:
    """Start a server with the first of these programs that works, and stop it at the end."""
    cluster, process, lock = start_first(place, programs, settings)
    with lock:
        try:
            yield Server(cluster.url)
        finally:
            stop(cluster, process)
            leftovers.remove(cluster.folder)


def stop(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    """End the server of the cluster in order."""
    process.send_signal(signal.SIGINT)  # "Fast": whoever is still connected is cut off.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_STOP)
    leftovers.stop_server(cluster.folder)


def start_first(
    place: Path, programs: Iterable[Path], settings: Mapping[str, str]
) -> tuple[Cluster, subprocess.Popen[bytes], IO[str]]:
    """Try one folder of programs after the other, and say of each why it did not do if none did."""
    account = choose_account()
    failures = []
    for candidate in programs:
        if not holds_programs(candidate):
            failures.append(f"{candidate}: holds no initdb and postgres")
            continue
        folder, lock = leftovers.make_folder(place)
        try:
            account.take(folder)
            cluster = Cluster(folder, account, account.reachable_copy(candidate, folder), settings)
            cluster.make()
            return cluster, cluster.serve(), lock
        except (OSError, NoPostgresError) as error:
            failures.append(f"{candidate}: {error}")
            leftovers.remove(folder)
            lock.close()
    tried = "\n  ".join(failures) or "nothing was found to try"
    raise NoPostgresError(
        f"the tests need a PostgreSQL server and none could be started:\n  {tried}\n"
        f"Set {VARIABLE} to a folder with initdb and postgres, or {URL_VARIABLE} to the address "
        "of a running server whose user may make databases."
    )
