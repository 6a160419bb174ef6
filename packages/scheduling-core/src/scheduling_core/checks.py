"""What a field may hold: text that every storage and every page can show, ids, and values of one class."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs

from scheduling_core.errors import InvalidValue

T = TypeVar("T")

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNPRINTABLE_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def check_text(value: object, name: str, longest: int, *, required: bool = True, lines: bool = False) -> None:
    """Raise InvalidValue under *name* unless *value* is printable text of at most *longest* characters.

    Required text has something other than white space in it; line breaks and tabs need *lines*. The text
    itself never stands in the error, because it may be a customer's.
    """
    if not isinstance(value, str):
        raise InvalidValue(name, f"must be text, not {type(value).__name__}")
    if len(value) > longest:
        raise InvalidValue(name, f"must have at most {longest} characters, not {len(value)}")
    if required and not value.strip():
        raise InvalidValue(name, "must not be empty")
    if (_UNPRINTABLE_IN_LINES if lines else _UNPRINTABLE).search(value):
        raise InvalidValue(name, "must not hold control characters or lone surrogates")


def text(longest: int, *, required: bool = True, lines: bool = False) -> Callable[..., None]:
    """Return an attrs validator that holds a field to `check_text`."""

    def validate(_: object, field: "attrs.Attribute[str]", value: str) -> None:
        check_text(value, field.name, longest, required=required, lines=lines)

    return validate


def instance(kind: type) -> Callable[..., None]:
    """Return an attrs validator that refuses whatever is not an instance of *kind*."""

    def validate(_: object, field: "attrs.Attribute[object]", value: object) -> None:
        if not isinstance(value, kind):
            raise InvalidValue(field.name, f"must be of class {kind.__name__}", value)

    return validate


def check_each(values: Iterable[object], kind: type, name: str) -> None:
    """Raise InvalidValue under *name* unless all *values* are instances of *kind*."""
    for value in values:
        if not isinstance(value, kind):
            raise InvalidValue(name, f"must hold values of class {kind.__name__}", value)


def to_tuple(values: Iterable[T], kind: type, name: str) -> tuple[T, ...]:
    """Return *values* in a tuple; raises InvalidValue under *name* unless they can be gone through.

    What is meant to be in them, instances of *kind*, is said in the error and not checked.
    """
    if not isinstance(values, Iterable):
        raise InvalidValue(name, f"must be a sequence of {kind.__name__}", values)
    return tuple(values)


LONGEST_ID = 200
identity = text(LONGEST_ID)
"""The validator of every id: 1 to 200 characters."""


def is_identity(value: object) -> bool:
    """Return whether *value* could be an id; raises InvalidValue unless it is text.

    What could be none names nothing, and no storage is asked for it: databases do not take every text, not
    even to look for it.
    """
    if not isinstance(value, str):
        raise InvalidValue("id", f"must be text, not {type(value).__name__}")
    try:
        check_text(value, "id", LONGEST_ID)
    except InvalidValue:
        return False
    return True
