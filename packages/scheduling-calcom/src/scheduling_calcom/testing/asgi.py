"""The fake as an ASGI application."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from scheduling_calcom.testing.fake import FakeCalCom
from scheduling_calcom.testing.messages import Answer, Asked, Silence

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def create_app(fake: FakeCalCom) -> Application:
    """Return an application that answers as *fake* does.

    ASGI has no way to end a connection, so what ends without an answer begins one here and then raises
    ConnectionResetError, at which a server cuts it off.
    """

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # By this a server learns that there is no such protocol here, be it the lifespan or websockets.
            raise NotImplementedError(scope["type"])
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        outcome = fake.respond(Asked.of(scope["method"], scope["path"], query, headers, body))
        if isinstance(outcome, Silence):
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        if isinstance(outcome, Answer):
            await _send(send, outcome, cut=outcome.cut)
        if not isinstance(outcome, Answer) or outcome.cut:
            raise ConnectionResetError

    return app


async def _send(send: Send, answer: Answer, *, cut: bool) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    # Half of what is promised is what makes the cut visible.
    length = len(answer.body) * (2 if cut else 1)
    headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": cut})
