"""The page that shows how to book over HTTP: its requests are sent, and answered as it says."""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import attrs
import httpx
from litestar import Litestar
from litestar.testing import TestClient

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "book-over-http.md"
BLOCK = re.compile(r"^```http\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SHOWN_TOKEN, SHOWN_ID = "eyJhbGciOi", "01a216af-0c9c-75b6-b3d6-2051319526b2"


@attrs.frozen
class Message:
    """A request or an answer as it stands on the page."""

    first_line: str
    headers: dict[str, str]
    body: str

    @classmethod
    def read(cls, block: str) -> "Message":
        """Take a block apart."""
        head, _, body = block.partition("\n\n")
        first_line, *lines = head.strip().splitlines()
        return cls(first_line, dict(line.split(": ", 1) for line in lines), body.strip())


def read_page(known: dict[str, str]) -> list[Message]:
    """Return the messages of the page, with what is *known* in the place of what it shows."""
    page = PAGE.read_text(encoding="utf-8")
    for shown, real in known.items():
        page = page.replace(shown, real)
    return [Message.read(match[1]) for match in BLOCK.finditer(page)]


def is_shown(shown: object, real: object) -> bool:
    """Say whether all that is shown is so; of an object fields may be missing, of a list the end."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(is_shown(shown[key], real.get(key)) for key in shown)
    if isinstance(shown, list):
        return isinstance(real, list) and len(shown) <= len(real) and all(map(is_shown, shown, real))
    return shown == real


def check(shown: Message, answer: httpx.Response) -> None:
    """Hold an answer against what the page shows of it."""
    status = HTTPStatus(answer.status_code)
    assert shown.first_line == f"HTTP/1.1 {status.value} {status.phrase}", answer.text
    assert {name: answer.headers.get(name) for name in shown.headers} == shown.headers
    if shown.body:
        assert is_shown(json.loads(shown.body), answer.json()), answer.text
    else:
        assert answer.text == ""


def test_the_requests_of_the_page_are_answered_as_it_says(
    client: TestClient[Litestar],
    sign_up: Callable[[str], dict[str, str]],
) -> None:
    """From signing in to a cancelled appointment, in the order of the page."""
    sign_up("anna")
    known: dict[str, str] = {}
    messages = read_page(known)
    assert len(messages) == 18
    for number in range(0, len(messages), 2):
        asked = read_page(known)[number]
        method, address, _ = asked.first_line.split(" ")
        answer = client.request(method, address, headers=asked.headers, content=asked.body or None)
        if "access_token" in answer.text:
            known[SHOWN_TOKEN] = answer.json()["access_token"]
        if "Location" in answer.headers:
            known[SHOWN_ID] = answer.json()["id"]
        check(read_page(known)[number + 1], answer)


def test_what_is_shown_is_compared() -> None:
    """A field that differs is noticed, one that is left out is not."""
    real = {"a": 1, "b": [{"c": 2}, {"c": 3}]}
    assert is_shown({"a": 1}, real)
    assert is_shown({"b": [{"c": 2}]}, real)
    assert not is_shown({"a": 2}, real)
    assert not is_shown({"d": 1}, real)
    assert not is_shown({"b": [{"c": 3}]}, real)
