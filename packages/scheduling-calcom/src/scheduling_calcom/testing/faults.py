"""What goes wrong on purpose."""

import datetime as dt
import enum
import json
from collections.abc import Mapping

import attrs

from scheduling_calcom.testing.messages import Answer


class Kind(enum.StrEnum):
    """What happens, to the request and to its answer."""

    FAIL_BEFORE = "fail_before"
    """Nothing is done; *answer* is sent."""
    FAIL_AFTER = "fail_after"
    """It is done; *answer* is sent instead of the real one."""
    LATE_WRITE = "late_write"
    """No answer comes; it is done after *delay*."""
    HANG = "hang"
    """Nothing is done and no answer comes."""
    REFUSE = "refuse"
    """No connection comes about."""
    DROP_BEFORE = "drop_before"
    """Nothing is done and the connection ends."""
    DROP_AFTER = "drop_after"
    """It is done, and the connection ends without an answer."""
    TRUNCATE = "truncate"
    """It is done, and the answer ends in its middle."""


@attrs.frozen
class Fault:
    """Befalls the next *times* requests whose `METHOD /path` begins with *on*."""

    kind: Kind
    on: str = ""
    times: int = 1
    answer: Answer = attrs.field(factory=lambda: Answer(500))
    delay: dt.timedelta = dt.timedelta(seconds=5)

    def befalls(self, method: str, path: str) -> bool:
        """Return whether a request is meant."""
        return f"{method} {path}".startswith(self.on)


_JSON = {"content-type": "application/json"}


def fail_before(on: str = "", *, status: int = 500, times: int = 1) -> Fault:
    """Fail with a bare error and no effect."""
    return Fault(Kind.FAIL_BEFORE, on, times, _bare(status))


def fail_after(on: str = "", *, status: int = 500, times: int = 1) -> Fault:
    """Fail with a bare error after it was done."""
    return Fault(Kind.FAIL_AFTER, on, times, _bare(status))


_MESSAGES = {403: "booking_limit_reached", 409: "booking_conflict_error"}


def _bare(status: int) -> Answer:
    document = {"statusCode": status, "message": _MESSAGES.get(status, "Internal server error")}
    return Answer(status, json.dumps(document).encode(), _JSON)


def answer_instead(on: str = "", *, answer: Answer, times: int = 1) -> Fault:
    """Send any answer at all, with no effect."""
    return Fault(Kind.FAIL_BEFORE, on, times, answer)


def throttle(on: str = "", *, headers: Mapping[str, str] | None = None, times: int = 1) -> Fault:
    """Answer 429; without *headers* nothing says for how long."""
    document = {"status": "error", "error": {"code": "ThrottlerException", "message": "Too many requests"}}
    answer = Answer(429, json.dumps(document).encode(), {**_JSON, **(headers or {})})
    return Fault(Kind.FAIL_BEFORE, on, times, answer)


def answer_html(on: str = "", *, status: int = 502, times: int = 1) -> Fault:
    """Answer with the page of a proxy."""
    page = b"<html><body><h1>Bad gateway</h1></body></html>"
    return Fault(Kind.FAIL_BEFORE, on, times, Answer(status, page, {"content-type": "text/html"}))


def redirect(on: str = "", *, to: str = "https://elsewhere.example/v2", times: int = 1) -> Fault:
    """Answer that it is to be found elsewhere."""
    return Fault(Kind.FAIL_BEFORE, on, times, Answer(301, b"", {"location": to}))


def hang(on: str = "", *, times: int = 1) -> Fault:
    """Never answer."""
    return Fault(Kind.HANG, on, times)


def write_late(on: str = "", *, delay: dt.timedelta, times: int = 1) -> Fault:
    """Never answer, and do it only after *delay*."""
    return Fault(Kind.LATE_WRITE, on, times, delay=delay)


def refuse(on: str = "", *, times: int = 1) -> Fault:
    """Let no connection come about."""
    return Fault(Kind.REFUSE, on, times)


def drop_before(on: str = "", *, times: int = 1) -> Fault:
    """Close the connection without having done anything."""
    return Fault(Kind.DROP_BEFORE, on, times)


def drop_after(on: str = "", *, times: int = 1) -> Fault:
    """Do it and close the connection without an answer."""
    return Fault(Kind.DROP_AFTER, on, times)


def truncate(on: str = "", *, times: int = 1) -> Fault:
    """Do it and send half of the answer."""
    return Fault(Kind.TRUNCATE, on, times)
