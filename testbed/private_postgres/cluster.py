"""A cluster of PostgreSQL in a folder: made once, and served as often as one likes."""

import contextlib
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import attrs
import psycopg
from sqlalchemy.engine import make_url

from private_postgres.account import Account

# Nothing is listened to but a socket in the folder, and races between many clients want more than a hundred
# connections.
USUAL = {"listen_addresses": "", "max_connections": "300"}
"""As PostgreSQL comes: what was committed is on the disk, and a commit waits for that."""

DURABLE = {**USUAL, "fsync": "off"}
"""What was committed was written, and so is there after the server was killed, if its machine was not."""

FORGETFUL = {**DURABLE, "synchronous_commit": "off", "full_page_writes": "off"}
"""For a server that nobody kills: it is thrown away together with its data, and need not care for them."""

SECONDS_TO_START = 60


class NoPostgresError(RuntimeError):
    """The tests cannot have a PostgreSQL server, for the reasons in the message."""


@attrs.frozen
class Cluster:
    """What it takes to serve the cluster in the folder, which belongs to the account."""

    folder: Path
    account: Account
    programs: Path
    settings: Mapping[str, str]

    @property
    def url(self) -> str:
        """The address of the server whose socket stands in the folder."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def make(self) -> None:
        """Make the cluster."""
        kind = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        command: list[str | Path] = [self.programs / "initdb", "--pgdata", self.folder / "data", *kind]
        with self._log.open("ab") as output:
            made = subprocess.run(
                command,
                cwd=self.folder,
                env=self._environ,
                stdout=output,
                stderr=output,
                check=False,
                **self.account.identity,
            )
        if made.returncode:
            raise NoPostgresError(self._log.read_text(errors="replace"))

    def serve(self) -> subprocess.Popen[bytes]:
        """Return the server over the cluster once it answers; raise what it wrote if it does not."""
        command: list[str | Path] = [self.programs / "postgres", "-D", self.folder / "data"]
        command += ["-k", self.folder]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environ,
                stdout=output,
                stderr=output,
                # An interrupt at the keyboard is for the test run, which then stops the server itself.
                start_new_session=True,
                **self.account.identity,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(plain(self.url)).close()
                return process
            time.sleep(0.02)
        process.kill()
        process.wait()
        raise NoPostgresError(self._log.read_text(errors="replace"))

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    @property
    def _environ(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C", "TZ": "UTC"}


def plain(url: str) -> str:
    """Return the address as the driver itself reads it, without SQLAlchemy's name of the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
