"""Reading JSON objects field by field.

What we depend on is read strictly: a number in quotes is no number. What is not read may be anything.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from typing import TypeVar

import attrs

from scheduling_calcom.errors import UnexpectedAnswer
from scheduling_calcom.http import Call
from scheduling_core.intervals import to_instant

T = TypeVar("T")


@attrs.frozen
class Fields:
    """One JSON object in the answer to *call*, found there at *path*.

    Every method raises UnexpectedAnswer with the path of what does not fit, and never with its value. The
    `maybe_` methods return None for what is absent or null.
    """

    call: Call
    path: str
    data: Mapping[str, object] = attrs.field(repr=False)

    @classmethod
    def of(cls, call: Call, path: str, data: object) -> "Fields":
        """Return *data* as an object to be read."""
        if not isinstance(data, dict):
            raise _unexpected(call, path, "an object")
        return cls(call, path, data)

    def unexpected(self, name: str, expected: str) -> UnexpectedAnswer:
        """Return the error that says that the field is not what was *expected*."""
        return _unexpected(self.call, f"{self.path}.{name}", expected)

    def text(self, name: str) -> str:
        """Return a text that is not empty."""
        return self._required(name, self.maybe_text(name), "a text")

    def maybe_text(self, name: str) -> str | None:
        """Return a text, or None where it is empty."""
        value = self.data.get(name)
        if value is None or value == "":
            return None
        # A lone surrogate is half a character: it could be neither stored nor sent back.
        if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
            raise self.unexpected(name, "a text")
        return value

    def integer(self, name: str) -> int:
        """Return a whole number."""
        return self._required(name, self.maybe_integer(name), "a whole number")

    def maybe_integer(self, name: str) -> int | None:
        """Return a whole number; 30.0 is one as well, because JSON knows but one kind of number."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
            raise self.unexpected(name, "a whole number")
        return value

    def identifier(self, name: str) -> str:
        """Return an id that is a number in one version of Cal.com and a text in another."""
        value = self.data.get(name)
        return self.text(name) if isinstance(value, str) else str(self.integer(name))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a truth value."""
        value = self.data.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.unexpected(name, "true or false")
        return value

    def instant(self, name: str) -> dt.datetime:
        """Return an instant, in UTC; it must have an offset."""
        return self._required(name, self.maybe_instant(name), "an instant")

    def maybe_instant(self, name: str) -> dt.datetime | None:
        """Return an instant, in UTC."""
        if self.maybe_text(name) is None:
            return None
        return self.parsed(name, _parse_instant, "an instant with an offset")

    def parsed(self, name: str, parse: Callable[[str], T], expected: str) -> T:
        """Return a text as what *parse* makes of it; a ValueError says that it is not what was *expected*."""
        text = self.text(name)
        # The parser's own error quotes the text, so it must not even be the context of ours.
        result = None
        with contextlib.suppress(ValueError, OverflowError):
            result = parse(text)
        return self._required(name, result, expected)

    def minutes(self, name: str, *, default: int | None = None) -> dt.timedelta:
        """Return a duration that is written in minutes."""
        value = self.maybe_integer(name)
        if value is None:
            value = self._required(name, default, "a number of minutes")
        if value > 60 * 24 * 366:
            raise self.unexpected(name, "a number of minutes within a year")
        return dt.timedelta(minutes=value)

    def one(self, name: str) -> "Fields":
        """Return an object inside of this one."""
        return Fields.of(self.call, f"{self.path}.{name}", self.data.get(name))

    def maybe_one(self, name: str) -> "Fields | None":
        """Return an object inside of this one, or None."""
        return None if self.data.get(name) is None else self.one(name)

    def each(self, name: str) -> list["Fields"]:
        """Return the objects of a list; an absent list is empty."""
        return each(self.call, f"{self.path}.{name}", self.data.get(name, []))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list; an absent list is empty."""
        values = self.data.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.unexpected(name, "a list of texts")
        return tuple(values)

    def _required(self, name: str, value: T | None, expected: str) -> T:
        if value is None:
            raise self.unexpected(name, expected)
        return value


def each(call: Call, path: str, data: object) -> list[Fields]:
    """Return the objects of the list *data*."""
    if not isinstance(data, list):
        raise _unexpected(call, path, "a list")
    return [Fields.of(call, f"{path}[{position}]", item) for position, item in enumerate(data)]


def _parse_instant(value: str) -> dt.datetime:
    return to_instant(dt.datetime.fromisoformat(value))


def _unexpected(call: Call, path: str, expected: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(call.name, path, expected, ambiguous=call.writes)
