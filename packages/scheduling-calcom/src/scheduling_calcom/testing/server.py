"""The fake as a server on this machine, for people to try things with and for tests that need a network."""

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scheduling_calcom.testing.fake import FakeCalCom
from scheduling_calcom.testing.messages import Answer, Asked, Silence

_LONGEST_SILENCE = 300.0


class Server(ThreadingHTTPServer):
    """Answers as *fake* does, on a port of the loopback interface; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, fake: FakeCalCom, port: int = 0) -> None:
        self.fake = fake
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """The base address for clients."""
        return f"http://127.0.0.1:{self.server_port}/v2"

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Say nothing of a client that went away; what else goes wrong is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve in a thread of its own inside of the `with` block, which is given the base address."""
        thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self.url
        finally:
            self.stopping.set()
            self.shutdown()
            thread.join()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _handle(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        outcome = self.server.fake.respond(Asked.of(self.command, path, query, headers, body))
        if isinstance(outcome, Answer):
            self._send(outcome)
            return
        if isinstance(outcome, Silence):
            self.server.stopping.wait(_LONGEST_SILENCE)
        self._reset()

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        # Half of what is promised is what makes the cut visible.
        self.send_header("content-length", str(len(answer.body) * (2 if answer.cut else 1)))
        self.end_headers()
        self.wfile.write(answer.body)
        if answer.cut:
            self._reset()

    def _reset(self) -> None:
        """End the connection at once, with what was not sent yet thrown away."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815  The names that the standard library looks for.

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: paths hold uids."""
