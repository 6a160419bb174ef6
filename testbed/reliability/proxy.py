"""A network between a client and PostgreSQL that breaks at the worst moment."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial

import attrs
import psycopg
from sqlalchemy.engine import make_url

from private_postgres.cluster import plain

COMMIT = b"COMMIT\x00"
"""How the driver sends it: as a message of its own, after it has read the answers to all before."""


@attrs.define(eq=False)
class CuttingProxy:
    """Passes bytes on in both directions, but for the commit that it is told to cut; *cuts* counts those."""

    _connect: Callable[[], socket.socket]
    cuts: int = 0
    _waits: bool = False
    _forwards: bool = True
    _listener: socket.socket = attrs.field(factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _ends: list[socket.socket] = attrs.field(factory=list)
    _threads: list[threading.Thread] = attrs.field(factory=list)

    @property
    def port(self) -> int:
        """Where it listens, on the loopback address."""
        port: int = self._listener.getsockname()[1]
        return port

    def cut_next_commit(self, *, forward: bool) -> None:
        """Cut the connection of the next commit before the client is answered.

        With *forward* the server gets the commit, and the connection is cut when its answer has come.
        """
        self._forwards = forward
        self._waits = True

    def start(self) -> None:
        """Begin to take connections."""
        self._run(self._accept)

    def close(self) -> None:
        """Cut every connection, and take no more."""
        _cut(self._listener)
        self._threads[0].join()
        for end in self._ends:
            _cut(end)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # It was closed.
            while True:
                client, _ = self._listener.accept()
                self._ends.append(client)
                server = self._connect()
                self._ends.append(server)
                cut = threading.Event()
                self._run(partial(self._pass_requests, client, server, cut))
                self._run(partial(self._pass_answers, client, server, cut))

    def _pass_requests(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while request := client.recv(65536):
                if self._waits and COMMIT in request:
                    self._waits = False
                    self.cuts += 1
                    if not self._forwards:
                        break
                    cut.set()
                server.sendall(request)
        if not cut.is_set():
            _cut(client, server)

    def _pass_answers(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while (answer := server.recv(65536)) and not cut.is_set():
                client.sendall(answer)
        _cut(client, server)


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):  # The other side was quicker.
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cutting_proxy(url: str) -> Iterator[tuple[CuttingProxy, str]]:
    """Give a proxy in front of the server of the database, and the database's address through it."""
    with psycopg.connect(plain(url)) as connection:
        host, port = connection.info.host, connection.info.port

    def connect() -> socket.socket:
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        end = socket.socket(socket.AF_UNIX)
        end.connect(f"{host}/.s.PGSQL.{port}")
        return end

    proxy = CuttingProxy(connect)
    proxy.start()
    # What is encrypted could not be read on its way.
    address = make_url(url).difference_update_query(["host"]).set(host="127.0.0.1", port=proxy.port)
    address = address.update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
    try:
        yield proxy, address.render_as_string(hide_password=False)
    finally:
        proxy.close()
