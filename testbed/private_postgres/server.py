"""A server to make databases in: one that is given, or one that is started."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import attrs
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from private_postgres import leftovers
from private_postgres.account import Account, choose_account, choose_place
from private_postgres.binaries import VARIABLE, candidates, holds_programs, this_machine

#: The address of a server to use instead of a private one; its user must be able to make databases.
URL_VARIABLE = "SCHEDULING_TEST_POSTGRES_URL"

# A server that is thrown away together with its data need not care for them. Everything else is as
# PostgreSQL ships it, except that races between many clients want more than a hundred connections.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}
SECONDS_TO_START = 60
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


class NoPostgresError(RuntimeError):
    """The tests cannot have a PostgreSQL server, for the reasons in the message."""


@contextlib.contextmanager
def obtain_server(environ: Mapping[str, str] = os.environ) -> Iterator[Server]:
    """Give the server that the environment names, or one that lives as long as the context."""
    if url := environ.get(URL_VARIABLE):
        address = make_url(url).set(drivername="postgresql+psycopg")
        yield Server(address.render_as_string(hide_password=False))
    elif sys.platform == "win32":
        raise NoPostgresError(f"a private server needs Unix sockets: set {URL_VARIABLE} instead")
    else:
        place = choose_place()
        leftovers.sweep(place)
        with private_server(place, candidates(this_machine(environ))) as server:
            yield server


@contextlib.contextmanager
def private_server(place: Path, programs: Iterable[Path]) -> Iterator[Server]:
    """Start a server with the first of these programs that works, and stop it at the end."""
    process, folder, lock = start_first(place, programs)
    with lock:
        try:
            yield Server(address_of(folder))
        finally:
            process.send_signal(signal.SIGINT)  # "Fast": whoever is still connected is cut off.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_STOP)
            leftovers.stop_server(folder)
            leftovers.remove(folder)


def start_first(place: Path, programs: Iterable[Path]) -> tuple[subprocess.Popen[bytes], Path, IO[str]]:
    """Try one folder of programs after the other, and say of each why it did not do if none did."""
    account = choose_account()
    failures = []
    for candidate in programs:
        if not holds_programs(candidate):
            failures.append(f"{candidate}: holds no initdb and postgres")
            continue
        folder, lock = leftovers.make_folder(place)
        try:
            return start(folder, account, candidate), folder, lock
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


def start(folder: Path, account: Account, programs: Path) -> subprocess.Popen[bytes]:
    """Make a cluster in the folder and return the server over it once it answers."""
    account.take(folder)
    programs = account.reachable_copy(programs, folder)
    data = folder / "data"
    log = folder / "log"
    environ = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    kind = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    make: list[str | Path] = [programs / "initdb", "--pgdata", data, *kind]
    serve: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder]
    for name, value in SETTINGS.items():
        serve += ["-c", f"{name}={value}"]
    with log.open("wb") as output:
        made = subprocess.run(
            make,
            cwd=folder,
            env=environ,
            stdout=output,
            stderr=output,
            check=False,
            **account.identity,
        )
        if made.returncode:
            raise NoPostgresError(log.read_text(errors="replace"))
        process = subprocess.Popen(
            serve,
            cwd=folder,
            env=environ,
            stdout=output,
            stderr=output,
            # An interrupt at the keyboard is for the test run, which then stops the server itself.
            start_new_session=True,
            **account.identity,
        )
    wait_until_it_answers(process, folder)
    return process


def wait_until_it_answers(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Return when the server takes connections; raise what it wrote if it does not."""
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(plain(address_of(folder))).close()
            return
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise NoPostgresError((folder / "log").read_text(errors="replace"))


def address_of(folder: Path) -> str:
    """Return the address of the server whose socket stands in the folder."""
    return f"postgresql+psycopg://postgres@/postgres?host={folder}"


def plain(url: str) -> str:
    """Return the address as the driver itself reads it, without SQLAlchemy's name of the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
