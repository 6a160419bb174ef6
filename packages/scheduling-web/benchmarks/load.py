"""Clients that cost next to nothing, so that what is measured is the service."""

import socket
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import attrs


@attrs.frozen
class Sent:
    """A request as bytes, and the status that it is to be answered with."""

    data: bytes
    status: int


def write(method: str, path: str, token: str, body: bytes = b"", *, status: int) -> Sent:
    """Return a request of a signed-in user."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        *(["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []),
    ]
    return Sent("\r\n".join([*lines, "", ""]).encode() + body, status)


def send_all(urls: Sequence[str], requests: Sequence[Sequence[Sent]]) -> float:
    """Have as many clients as there are lists of requests send theirs, one after the other, at the *urls*.

    Each client has a connection to one of them, and all begin together. Returns the seconds until everything
    is answered; raises RuntimeError for an answer with another status than was expected.
    """
    connections = [_connect(urls[number % len(urls)]) for number in range(len(requests))]
    begin = threading.Barrier(len(connections) + 1)
    wrong: list[bytes] = []

    def work(connection: socket.socket, mine: Sequence[Sent]) -> None:
        begin.wait()
        for sent in mine:
            connection.sendall(sent.data)
            answer = _read(connection)
            if not answer.startswith(b"HTTP/1.1 %d " % sent.status):
                wrong.append(answer)
                return

    pairs = zip(connections, requests, strict=True)
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    begin.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    if wrong:
        raise RuntimeError(wrong[0].decode(errors="replace"))
    return seconds


def _connect(url: str) -> socket.socket:
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname or "", address.port or 0))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _read(connection: socket.socket) -> bytes:
    """Return an answer, which says how long it is; what there is of it where the server hangs up."""
    answer = b""
    while True:
        head, end, body = answer.partition(b"\r\n\r\n")
        if end:
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
            if len(body) >= length:
                return answer
        more = connection.recv(65536)
        if not more:
            return answer
        answer += more
