"""What is wrong with a request before any use case is asked, and a refusal with what to offer instead."""

import datetime as dt
from zoneinfo import ZoneInfo

import attrs
import msgspec

from scheduling_core import BookingRefused, InvalidValue, SchedulingError, VersionMismatch
from scheduling_web.api.times import Slot

NO_VERSION = 0
"""A version that no appointment has: what is expected where no entity tag of a request can match."""

_TOO_FAR = "must leave room for the appointment in the years 1900 to 2199"


class FieldError(msgspec.Struct, omit_defaults=True, frozen=True):
    """What is wrong: at a JSON *pointer* (RFC 6901) into the body, in a *parameter* or a *header*."""

    message: str
    pointer: str | msgspec.UnsetType = msgspec.UNSET
    parameter: str | msgspec.UnsetType = msgspec.UNSET
    header: str | msgspec.UnsetType = msgspec.UNSET


@attrs.define(eq=False)
class UnreadableBody(SchedulingError):
    """The body is no JSON document of ours at all; *rule* is what it breaks."""

    rule: str

    def __str__(self) -> str:
        return f"the body {self.rule}"


@attrs.define(eq=False)
class UnsupportedMediaType(SchedulingError):
    """The body is not said to be JSON."""

    def __str__(self) -> str:
        return "the body must be sent as application/json, in UTF-8"


@attrs.define(eq=False)
class UnverifiedCall(SchedulingError):
    """A call from outside is not signed as it should be, or nobody has said how it should be."""

    def __str__(self) -> str:
        return "the call is not signed as it should be"


@attrs.define(eq=False)
class ForeignOrigin(SchedulingError):
    """A request with our cookie, or one that would take it away, does not come from a page of ours."""

    def __str__(self) -> str:
        return "the header Origin must be the address of this service"


@attrs.define(eq=False)
class TooManyWrites(SchedulingError):
    """A user sends more requests that write than the service takes; after *retry_after* it takes one."""

    retry_after: dt.timedelta

    def __str__(self) -> str:
        return "too many requests that write, send them more slowly"


@attrs.define(eq=False)
class ConditionMissing(SchedulingError):
    """The request does not say which version it means to change."""

    def __str__(self) -> str:
        return "the header If-Match is missing: send the ETag that was last read, or * for any"


@attrs.define(eq=False)
class NoTagMatches(VersionMismatch):
    """None of the entity tags of the request is that of the appointment."""

    def __str__(self) -> str:
        return f'no entity tag in If-Match is that of the appointment, which is "{self.actual}"'


@attrs.define(eq=False)
class Stopping(SchedulingError):
    """The process takes no new work; what is under way is finished."""

    def __str__(self) -> str:
        return "the process is stopping"


@attrs.define(eq=False)
class InvalidRequest(SchedulingError):
    """Fields or parameters break their rules; *errors* are all of them."""

    errors: tuple[FieldError, ...]

    def __str__(self) -> str:
        return "; ".join(_said(error) for error in self.errors)


@attrs.define(eq=False)
class Refused(SchedulingError):
    """A booking is refused; *suggestions* are the nearest slots that can be booked, for people in *zone*."""

    refusal: BookingRefused
    suggestions: list[Slot]
    zone: ZoneInfo


def rule_of(error: InvalidValue) -> str:
    """Return what a value must fulfil, without the value: the client knows it, and Python writes it its way.

    The window that the library was asked about, which it speaks of, ends only where the years do.
    """
    return _TOO_FAR if "window" in error.rule else error.rule


def in_parameter(name: str, rule: str) -> InvalidRequest:
    """Return the error of one query parameter."""
    return InvalidRequest((FieldError(rule, parameter=name),))


def _said(error: FieldError) -> str:
    for place in (error.parameter, error.header):
        if isinstance(place, str):
            return f"{place}: {error.message}"
    name = error.pointer.lstrip("/") if isinstance(error.pointer, str) else ""
    return f"{name or 'the body'}: {error.message}"
