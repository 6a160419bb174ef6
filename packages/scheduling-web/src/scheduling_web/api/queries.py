"""Reading query parameters strictly; Litestar's own conversion takes epoch numbers and naive times."""

import datetime as dt
import re
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.params import QueryParameter

from scheduling_core import Interval, InvalidValue
from scheduling_core.intervals import EARLIEST, LATEST, TICK, to_instant
from scheduling_web.api.errors import FieldError, InvalidRequest, in_parameter

LONGEST_WINDOW = dt.timedelta(days=366)

_Aware = Annotated[dt.datetime, msgspec.Meta(tz=True)]
_SPACE_FOR_PLUS = re.compile(r" (?=\d\d:\d\d$)")
_REPEATABLE = frozenset({"status"})
_SINGLE_HEADERS = ("Idempotency-Key", "If-Match")
_TWICE = "must not be given twice"


def parameter(description: str, *, name: str | None = None, **schema: object) -> QueryParameter:
    """Return how a parameter is documented; what *schema* says of its text is checked by our own code."""
    # Without the alternatives that the framework derives from `str | None`: a query has no null.
    documented = {"type": "string", "one_of": None, **schema}
    return QueryParameter(name=name, description=description, schema_extra=documented)


async def refuse_repeated(request: Request[Any, Any, Any]) -> None:
    """Refuse a parameter or header that is given twice: another reader might believe the other one."""
    # Asked for first, because most requests have none, and reading nothing takes a while.
    given = request.query_params if request.scope["query_string"] else {}
    repeated = [
        name for name in given if name not in _REPEATABLE and len(request.query_params.getall(name)) > 1
    ]
    errors = [FieldError(_TWICE, parameter=name) for name in dict.fromkeys(repeated)]
    errors += (
        FieldError(_TWICE, header=name)
        for name in _SINGLE_HEADERS
        if len(request.headers.getall(name, [])) > 1
    )
    if errors:
        raise InvalidRequest(tuple(errors))


def read_instant(text: str, name: str) -> dt.datetime:
    """Return the instant that a parameter names.

    Where a client forgot to encode it, the plus sign of an offset arrives as a space; it means nothing else.
    """
    try:
        return to_instant(msgspec.convert(_SPACE_FOR_PLUS.sub("+", text), _Aware, strict=True), name)
    except InvalidValue as error:
        raise in_parameter(name, error.rule) from None
    except msgspec.ValidationError:
        rule = "must be a time with its offset such as 2030-01-31T09:00:00+01:00 (RFC 3339)"
        raise in_parameter(name, rule) from None


def read_window(from_: str | None, to: str | None, *, longest: dt.timedelta | None) -> Interval:
    """Return the interval between the parameters `from` and `to`; without them it is open on that side."""
    start = EARLIEST if from_ is None else read_instant(from_, "from")
    end = LATEST - TICK if to is None else read_instant(to, "to")
    if end <= start:
        raise in_parameter("to", "must be after from")
    if longest is not None and end - start > longest:
        raise in_parameter("to", f"must be at most {longest.days} days after from")
    return Interval(start, end)


def read_number(text: str, name: str, least: int, most: int) -> int:
    """Return a whole number between two bounds."""
    if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise in_parameter(name, f"must be a whole number from {least} to {most}")
    return int(text)


def read_flag(text: str | None, name: str) -> bool:
    """Return whether a parameter says true; without it, it does not."""
    if text not in {None, "true", "false"}:
        raise in_parameter(name, "must be true or false")
    return text == "true"
