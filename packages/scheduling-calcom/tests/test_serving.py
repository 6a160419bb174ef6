"""The fake as a program of its own."""

import datetime as dt
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scheduling_calcom import Account, ApiKey, Attendee, CalComClient
from scheduling_calcom.testing import KEY
from scheduling_calcom.testing.__main__ import main, post
from scheduling_calcom.testing.hooks import Delivery
from scheduling_core import Interval, system

PROGRAM = [sys.executable, "-m", "scheduling_calcom.testing"]


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    """An address that keeps what is posted to it."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", received
    server.shutdown()
    thread.join()
    server.server_close()


def test_everything_can_be_tried_without_an_account(receiver: tuple[str, list[bytes]]) -> None:
    """The program says where it answers, takes bookings, calls webhooks, and ends when interrupted."""
    url, received = receiver
    process = subprocess.Popen([*PROGRAM, "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    told = json.loads(process.stdout.readline())
    with CalComClient(Account(ApiKey(told["key"]), told["url"])) as client:
        client.create_webhook(subscriber_url=url, secret="s" * 32)
        first_day = client.probe()
        assert first_day.username == "ada"
        slot = next_slot(client, told["event_types"]["short"])
        client.create_booking(
            event_type_id=told["event_types"]["short"],
            start=slot,
            attendee=Attendee("Adam", "UTC", "a@b.example"),
        )
    waited = threading.Event()
    for _ in range(100):
        if received:
            break
        waited.wait(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    process.stdout.close()
    assert b"BOOKING_CREATED" in received[0]


def next_slot(client: CalComClient, event_type_id: int) -> dt.datetime:
    """Return the first free start within two weeks."""
    window = Interval.of(system.read_clock() + dt.timedelta(days=1), dt.timedelta(days=14))
    return client.get_slots(event_type_id, window)[0].start


def test_a_person_is_told_where_and_how() -> None:
    """Without --json the address, the key and the event types stand on lines of their own."""
    words = [*PROGRAM, "--port", "0", "--limit", "5"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        shown = "".join(process.stdout.readline() for _ in range(3))
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert "http://127.0.0.1:" in shown
    assert KEY in shown
    assert "'short': 2" in shown


def test_help_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    """The options are explained."""
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    assert "--port" in capsys.readouterr().out


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_a_port_that_cannot_be_had_is_told(port: str) -> None:
    """The program ends with one line, and not with a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1]) if port == "taken" else port
        with pytest.raises(SystemExit) as done:
            main(["--port", number])
    assert str(done.value.code).startswith(f"cannot serve on port {number}")


def test_a_webhook_that_is_not_there_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A call that fails is lost, as it is at Cal.com."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    post(Delivery(f"http://127.0.0.1:{port}/", b"{}", {}))
    assert capsys.readouterr().err == "a webhook could not be called\n"
