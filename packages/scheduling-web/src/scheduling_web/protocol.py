"""The protocol of the server, with an answer of ours to what is no request of HTTP at all.

Such bytes never become a request that the application could see, so the server answers them itself, and would
do so in plain text.
"""

import h11
import msgspec
from litestar.exceptions import HTTPException
from uvicorn.protocols.http.h11_impl import H11Protocol

from scheduling_core import system
from scheduling_web.api.headers import fixed_headers
from scheduling_web.api.problem_types import PROBLEMS
from scheduling_web.api.problems import MEDIA_TYPE, Problem

_MAY_ANSWER = {h11.IDLE, h11.SEND_RESPONSE}


def protocol_for(*, is_https: bool) -> type[H11Protocol]:
    """Return the protocol of a service that the outside reaches by https, or by http."""
    fixed = fixed_headers(is_https=is_https)

    class Protocol(H11Protocol):
        def send_400_response(self, msg: str) -> None:  # noqa: ARG002  What the server says of it helps nobody.
            if self.conn.our_state in _MAY_ANSWER:
                answer, body = _refuse(fixed)
                has_body = self.conn.our_state is h11.IDLE or self.scope["method"] != "HEAD"
                for event in (answer, *([body] if has_body else []), h11.EndOfMessage()):
                    self.transport.write(self.conn.send(event) or b"")
            if self.cycle is not None:
                # Of a request whose body broke, the application may answer the part that it has seen.
                self.cycle.disconnected = True
            self.transport.close()

    return Protocol


def _refuse(fixed: list[tuple[bytes, bytes]]) -> tuple[h11.Response, h11.Data]:
    """Return the answer to bytes that cannot be read, after which nothing more is read."""
    kind, number = PROBLEMS[HTTPException], system.new_id()
    words = kind.words or kind.title
    body = msgspec.json.encode(
        Problem(kind.address, kind.title, kind.status, words, words, f"urn:uuid:{number}")
    )
    headers = [
        *fixed,
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", number.encode()),
        (b"connection", b"close"),
    ]
    return h11.Response(status_code=kind.status, headers=headers, reason=b"Bad Request"), h11.Data(body)
