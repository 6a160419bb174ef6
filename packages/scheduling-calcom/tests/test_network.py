"""The clients on a real network: what goes wrong there, and that they recover."""

import asyncio
import contextlib
import datetime as dt
import gzip
import re
import socket
import threading
import time as real_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest

from scheduling_calcom import (
    NO_RETRIES,
    Account,
    ApiKey,
    AsyncCalComClient,
    Attendee,
    CalComClient,
    Interrupted,
    RetryPolicy,
    UnexpectedAnswer,
    Unreachable,
)
from scheduling_calcom.http import httpx
from scheduling_calcom.testing import KEY, FakeCalCom, Fault, ManualTime, Server, faults
from scheduling_core import ExternalCalendarError, system

Result = Any  # Whatever a call returns.
TOMORROW = system.read_clock() + dt.timedelta(days=1)
TOMORROW_TEN = TOMORROW.replace(hour=10, minute=0, second=0, microsecond=0)
ADAM = Attendee("Adam", "Europe/Berlin", "adam@customers.example")
JSON_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"

kinds = pytest.mark.parametrize("kind", ["sync", "async"])


def call(kind: str, account: Account, name: str = "get_me", **given: Result) -> Result:
    """Make a client of either kind, call it once and close it."""
    if kind == "sync":
        with CalComClient(account) as client:
            return getattr(client, name)(**given)

    async def go() -> Result:
        async with AsyncCalComClient(account) as client:
            return await getattr(client, name)(**given)

    return asyncio.run(go())


def book(kind: str, account: Account) -> Result:
    """Make a booking."""
    return call(kind, account, "create_booking", event_type_id=2, start=TOMORROW_TEN, attendee=ADAM)


@pytest.fixture
def server() -> Iterator[Server]:
    """The fake on a port of its own, open around the clock."""
    fake = FakeCalCom().furnish()
    fake.world.schedules.clear()
    server = Server(fake)
    with server.running():
        yield server


@pytest.fixture
def account(server: Server) -> Account:
    """An account at that server, without retries and with little patience."""
    return Account(ApiKey(KEY), server.url, retry=NO_RETRIES, timeout=dt.timedelta(seconds=0.5))


def receive_request(connection: socket.socket) -> None:
    """Read a whole request: what is left unread would break the connection instead of ending it."""

    def receive() -> bytes:
        if received := connection.recv(65536):
            return received
        raise ConnectionError

    received = b""
    while b"\r\n\r\n" not in received:
        received += receive()
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while len(body) < int(length[1] if length else 0):
        body += receive()


@contextmanager
def serving(script: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads a request and then does to the connection what *script* says."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                receive_request(connection)
                script(connection)
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v2"
    finally:
        # To close it alone would leave the thread waiting for a client who never came.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@kinds
def test_calls_go_over_the_network(kind: str, account: Account) -> None:
    """What is booked over a connection is there over the next one."""
    booking = book(kind, account)
    assert call(kind, account, "get_booking", uid=booking.uid) == booking


def test_threads_share_a_client(account: Account) -> None:
    """One client serves many threads, and every booking is made once."""
    with CalComClient(account) as client:
        barrier, made = threading.Barrier(6), []

        def work(number: int) -> None:
            barrier.wait()
            start = TOMORROW_TEN + dt.timedelta(hours=number)
            made.append(client.create_booking(event_type_id=2, start=start, attendee=ADAM))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {booking.uid for booking in made} == {booking.uid for booking in client.list_bookings()}
        assert len(made) == 6


def test_tasks_share_a_client(account: Account) -> None:
    """One asynchronous client serves many tasks."""

    async def go() -> int:
        async with AsyncCalComClient(account) as client:
            return len(await asyncio.gather(*(client.get_me() for _ in range(6))))

    assert asyncio.run(go()) == 6


@kinds
def test_where_nobody_listens_nothing_was_sent(kind: str, account: Account) -> None:
    """A refused connection, and one that is not even encrypted, surely had no effect."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for scheme in ("http", "https"):
        with pytest.raises(Unreachable) as caught:
            book(kind, attrs.evolve(account, base_url=f"{scheme}://127.0.0.1:{port}/v2"))
        assert caught.value.fault == "ConnectError"


@kinds
def test_without_a_certificate_nothing_was_sent(kind: str, account: Account, server: Server) -> None:
    """A server that does not speak TLS where it should gets nothing to read."""
    with pytest.raises(Unreachable):
        book(kind, attrs.evolve(account, base_url=server.url.replace("http:", "https:")))
    assert server.fake.asked == []


@kinds
@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        (faults.hang("POST"), 0),
        (faults.drop_before("POST"), 0),
        (faults.refuse("POST"), 0),
        (faults.drop_after("POST"), 1),
        (faults.truncate("POST"), 1),
    ],
    ids=["silence", "reset", "refused", "reset after", "cut"],
)
def test_a_write_whose_answer_is_lost_is_ambiguous(
    kind: str, account: Account, server: Server, fault: Fault, effect: int
) -> None:
    """On a network nobody can tell a lost answer from a lost request."""
    server.fake.faults.append(fault)
    with pytest.raises(Interrupted) as caught:
        book(kind, account)
    assert caught.value.ambiguous
    assert len(server.fake.world.bookings) == effect


@kinds
def test_a_read_recovers_from_lost_connections(kind: str, account: Account, server: Server) -> None:
    """Connections that break are made again until there is an answer."""
    quick = RetryPolicy(tries=5, first_wait=dt.timedelta(milliseconds=10))
    server.fake.faults += [faults.drop_before(), faults.truncate(), faults.hang()]
    assert call(kind, attrs.evolve(account, retry=quick)).id == 1
    assert len(server.fake.asked) == 4


@kinds
def test_a_call_outlasts_a_restart(kind: str, account: Account) -> None:
    """A server that comes back is found again, by a read and by a write that could not be sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    patient = RetryPolicy(
        tries=400, first_wait=dt.timedelta(milliseconds=20), longest_wait=dt.timedelta(milliseconds=20)
    )
    account = attrs.evolve(account, base_url=f"http://127.0.0.1:{port}/v2", retry=patient)
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(book(kind, account)))
    thread.start()
    fake = FakeCalCom().furnish()
    fake.world.schedules.clear()
    with Server(fake, port).running():
        thread.join(20)
    assert [booking.uid for booking in results] == list(fake.world.bookings)


@kinds
def test_a_redirect_is_not_followed(kind: str, account: Account, server: Server) -> None:
    """The key is not carried to another address, whoever asks for it."""
    other = FakeCalCom().furnish()
    with Server(other).running() as elsewhere:
        server.fake.faults.append(faults.redirect(to=elsewhere))
        with pytest.raises(UnexpectedAnswer):
            call(kind, account)
    assert other.asked == []


@kinds
def test_an_answer_that_is_too_long_is_left(kind: str, account: Account) -> None:
    """Nobody can fill our memory: beyond the limit nothing is read."""
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(JSON_HEAD + b"\r\n")
        for _ in range(1000):
            connection.sendall(b"x" * 65536)
            sent += 65536

    with serving(flood) as url, pytest.raises(UnexpectedAnswer) as caught:
        call(kind, attrs.evolve(account, base_url=url, largest_answer=100_000))
    assert caught.value.path == "body"
    assert sent < 60_000_000


@kinds
def test_an_answer_that_trickles_is_left(kind: str, account: Account) -> None:
    """The time-out is for the whole answer, and not for each byte of it."""

    def trickle(connection: socket.socket) -> None:
        connection.sendall(JSON_HEAD + b"content-length: 1000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b" ")
            real_time.sleep(0.05)

    before = real_time.monotonic()
    with serving(trickle) as url, pytest.raises(Interrupted) as caught:
        call(kind, attrs.evolve(account, base_url=url))
    assert caught.value.fault == "ReadTimeout"
    assert real_time.monotonic() - before < 3


def test_every_step_gets_what_the_earlier_ones_left(account: Account) -> None:
    """Steps that are slow one after the other do not add up to more than the time-out."""
    time = ManualTime(TOMORROW)

    class SlowTransport(httpx.BaseTransport):
        """Takes 8 seconds to connect and 8 to send, and then waits for an answer, as the real one does."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            for step in ("connection.connect_tcp", "http11.send_request_headers"):
                request.extensions["trace"](f"{step}.started", {})
                time.advance(8)
                request.extensions["trace"](f"{step}.complete", {})
            request.extensions["trace"]("http11.receive_response_headers.started", {})
            time.advance(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("no answer")

    account = attrs.evolve(account, timeout=dt.timedelta(seconds=20), stopwatch=time.stopwatch)
    with CalComClient(account, transport=SlowTransport()) as client, pytest.raises(Interrupted):
        client.get_me()
    assert time.stopwatch() == pytest.approx(20)


@kinds
def test_a_packed_answer_is_not_unpacked(kind: str, account: Account) -> None:
    """A few bytes that would unfold to very many are left folded."""
    packed = gzip.compress(b'{"status": "success", "data": {}}')

    def send_packed(connection: socket.socket) -> None:
        head = JSON_HEAD + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed)
        connection.sendall(head + packed)

    with serving(send_packed) as url, pytest.raises(ExternalCalendarError):
        call(kind, attrs.evolve(account, base_url=url))


@kinds
def test_what_is_no_http_is_no_answer(kind: str, account: Account) -> None:
    """A server of another kind behind the address is noticed."""
    greet = b"220 mail.example ESMTP\r\n"
    with serving(lambda connection: connection.sendall(greet)) as url, pytest.raises(Interrupted) as caught:
        book(kind, attrs.evolve(account, base_url=url))
    assert caught.value.fault == "RemoteProtocolError"
    assert "ESMTP" not in str(caught.value)
