"""The page that shows how to deploy the service: what can be run of it is run, and it names what there is."""

import configparser
import contextlib
import datetime as dt
import io
import json
import re
import secrets
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import QueuePool
from sqlalchemy.engine import make_url

from private_postgres import Server
from private_postgres.cluster import plain
from scheduling_web import background, logs, serving
from scheduling_web.api.webhooks import LARGEST_CALL
from scheduling_web.cli.configuration import show
from scheduling_web.metrics import Metrics
from scheduling_web.observing import Answered
from scheduling_web.settings import read_settings

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "deploy-the-service.md"
TEXT = PAGE.read_text(encoding="utf-8")
SHOWN_URL = "postgresql://scheduling@127.0.0.1/scheduling"
SHOWN_PROGRAM = "/opt/scheduling/bin/scheduling-web"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def blocks(language: str) -> list[str]:
    """Return the blocks of the page that are in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def address(postgres_server: Server) -> Iterator[str]:
    """The address of a database that was made as the page says, under another name."""
    name = f"scheduling_{secrets.token_hex(6)}"
    [statements] = blocks("sql")
    with psycopg.connect(plain(postgres_server.url), autocommit=True) as connection:
        for statement in statements.replace("scheduling", name).splitlines():
            connection.execute(statement.encode())
        url = make_url(postgres_server.url).set(username=name, database=name)
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        connection.execute(f"DROP ROLE {name}".encode())


def test_the_commands_of_the_page_do_what_it_says(
    address: str,
    run: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From an empty database of a role without rights to a user, a healthy guard, and a copy of a file."""
    monkeypatch.chdir(tmp_path)
    made = sqlite3.connect("scheduling.sqlite3")
    with contextlib.closing(made), made:
        made.execute("CREATE TABLE kept (word TEXT)")
        made.execute("INSERT INTO kept VALUES ('kept')")
    *commands, backup = blocks("shell")
    said = ""
    for line in "".join(commands).splitlines():
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            printed = subprocess.run(
                ["/bin/sh", "-ec", f"printf %s {value}"], capture_output=True, text=True, check=True
            )
            monkeypatch.setenv(name, address if printed.stdout == SHOWN_URL else printed.stdout)
            continue
        words = shlex.split(line)
        if words[0] == "echo":
            monkeypatch.setattr("sys.stdin", io.StringIO(words[1] + "\n"))
            words = words[words.index("|") + 1 :]
        assert words[0] == "scheduling-web"
        assert run(*words[1:]) == 0, line
        said += capsys.readouterr().out
    assert re.search(r"SCHEDULING_SECRET +\*\*\* +environment", said)
    assert "the database is up to date\n" in said
    assert "added ann, host " in said
    assert said.endswith("The database is healthy.\n")
    subprocess.run(["/bin/sh", "-ec", backup], check=True)
    with contextlib.closing(sqlite3.connect("backup.sqlite3")) as copied:
        assert copied.execute("SELECT word FROM kept").fetchall() == [("kept",)]


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    """The unit gives a process the time that it may take to stop; where there is systemd, it has no word."""
    [text] = blocks("ini")
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment]  # As the documentation of the library has it.
    unit.read_string(text)
    assert unit["Service"]["ExecStart"] == f"{SHOWN_PROGRAM} serve --port %i"
    stopping = read_settings({}).stop_notice + background.STOP_WITHIN
    stopping += dt.timedelta(seconds=serving.STOP_WITHIN)
    assert int(unit["Service"]["TimeoutStopSec"]) > stopping.total_seconds()
    program = shutil.which("systemd-analyze")
    if program is not None:
        file = tmp_path / "scheduling@8001.service"
        file.write_text(text.replace(SHOWN_PROGRAM, sys.executable), encoding="utf-8")
        verified = subprocess.run([program, "verify", file], capture_output=True, text=True, check=False)
        told = [line for line in verified.stderr.splitlines() if file.name in line]
        assert (verified.returncode, told) == (0, [])


def test_the_example_for_nginx_is_one_that_nginx_takes(tmp_path: Path) -> None:
    """Calls of webhooks fit through, feeds are in no log; nginx, where there is one, takes the rest."""
    [text] = blocks("nginx")
    assert int(text.partition("client_max_body_size ")[2].partition("k;")[0]) * 1024 >= LARGEST_CALL
    assert int(text.partition("keepalive_timeout ")[2].partition("s;")[0]) < serving.KEPT_OPEN
    feeds = text.partition("location /feeds/ {")[2].partition("}")[0]
    assert "access_log off;" in feeds
    assert "error_log /dev/null crit;" in feeds
    if NGINX is not None:
        file = write_example(text, tmp_path, "127.0.0.1:8443")
        command = [NGINX, "-t", "-q", "-e", str(tmp_path / "log"), "-c", str(file)]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (tried.returncode, tried.stderr) == (0, "")


@pytest.mark.skipif(NGINX is None, reason="there is no nginx here")
def test_s16_nginx_logs_no_address_of_a_feed(tmp_path: Path) -> None:
    """Even where no process of the service answers, which it logs of every other request."""
    [text] = blocks("nginx")
    for port in ("8001", "8002"):
        text = text.replace(f"127.0.0.1:{port}", f"unix:{tmp_path / port}")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    file = write_example(text, tmp_path, address, requests=f"{tmp_path}/requests")
    waiting = httpx.HTTPTransport(retries=8)  # Until it listens, for a minute at most.
    with running_nginx(file), httpx.Client(transport=waiting, base_url=f"http://{address}") as client:
        answers = [client.get(path) for path in ("/programs", "/feeds/a-secret.ics", "/feeds/a-secret?x")]
    assert [answer.status_code for answer in answers] == [502, 502, 502]
    errors, requests = ((tmp_path / name).read_text(encoding="utf-8") for name in ("log", "requests"))
    assert "/programs" in errors
    assert "/programs" in requests
    assert "a-secret" not in errors + requests


def write_example(text: str, folder: Path, address: str, *, requests: str = "off") -> Path:
    """Write the example into a file as nginx reads it here, with all that it writes in *folder*."""
    # There is no such certificate here, and not everybody may listen on that port.
    plainly = re.sub(r"^ *ssl_.*\n", "", text, flags=re.MULTILINE).replace("443 ssl", address)
    frame = f"pid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\nhttp {{\n"
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(f"{frame}access_log {requests};\n{paths}{plainly}}}\n", encoding="utf-8")
    return file


@contextlib.contextmanager
def running_nginx(file: Path) -> Iterator[None]:
    """Run nginx as one process, which has written its logs when this ends."""
    assert NGINX is not None
    words = [NGINX, "-e", str(file.parent / "log"), "-c", str(file), "-g", "daemon off; master_process off;"]
    with subprocess.Popen(words) as nginx:
        try:
            yield
        finally:
            nginx.terminate()


def test_the_page_tells_of_every_metric() -> None:
    """The table has one row for each metric of the service, with its labels."""
    metrics = Metrics()
    metrics.count_request(Answered("id", "POST", "/api/appointments", 201, 0.1, None, ("overlap",)))
    metrics.count_call("create", "done")
    metrics.count_failure("sweep")
    metrics.watch_pool(QueuePool(lambda: None))  # type: ignore[arg-type]  # Connects to nothing.
    metrics.watch_deliveries(lambda: {"dead": 0})
    families = list(text_string_to_metric_families(metrics.write().decode()))
    known = {
        f"{family.name}{'_total' if family.type == 'counter' else ''}": set(sample.labels) - {"le"}
        for family in families
        for sample in family.samples[:1]
        if family.name.startswith("scheduling_") and not family.name.endswith("_created")
    }
    rows = re.findall(r"^\| `(scheduling_\w+)(?:\{(.*?)\})?` \|", TEXT, re.MULTILINE)
    assert {name: set(re.findall(r"\w+", labels)) for name, labels in rows} == known


def test_the_line_of_the_log_is_one_as_it_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """What the page shows has the fields of a real line, in their order."""
    [text] = blocks("json")
    capsys.readouterr()
    logs.report_request(Answered("id", "POST", "/api/appointments", 409, 0.0094, "user", ()))
    assert list(json.loads(text)) == list(json.loads(capsys.readouterr().err))


def test_the_page_names_settings_that_there_are() -> None:
    """No variable of the page is misspelt."""
    known = {each.variable for each in show(read_settings({}), {})}
    assert set(re.findall(r"SCHEDULING_[A-Z_]+[A-Z]", TEXT)) <= known
