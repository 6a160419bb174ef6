"""What a request says beside its body: which appointment it means, in which version, and under which key."""

import re
from typing import Annotated

from litestar.params import HeaderParameter, PathParameter

from scheduling_core import AppointmentId, InvalidValue, NotFound
from scheduling_core.checks import LONGEST_ID, check_text
from scheduling_web.api.errors import ConditionMissing, FieldError, InvalidRequest, in_parameter
from scheduling_web.api.queries import parameter

LONGEST_REASON = 500
LONGEST_KEY = 255

_TAG = '(?:W/)?"[!#-~]*"'

AppointmentPath = Annotated[str, PathParameter(description="The id of an appointment.")]
TypePath = Annotated[str, PathParameter(description="The id of an appointment type.")]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description='The `ETag` that was last read, such as `"1"`, or several, or `*` for whatever is there.',
        # Without the alternatives that the framework derives from `str | None`: a header has no null.
        schema_extra={"type": "string", "one_of": None, "pattern": rf"^(\*|{_TAG}( *, *{_TAG})*)$"},
    ),
]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="The same key and body are answered alike for seven days, and book once.",
        schema_extra={"type": "string", "one_of": None, "min_length": 1, "max_length": LONGEST_KEY},
    ),
]
ReasonText = Annotated[str, parameter("Why; kept in the history.", type="string", maxLength=LONGEST_REASON)]

_ENTITY_TAG = re.compile(_TAG)
# A comma may stand in a tag, and several of them between two tags (RFC 9110, 5.6.1 and 8.8.3).
_ENTITY_TAGS = re.compile(rf"{_TAG}(?:(?:[ \t]*,)+[ \t]*{_TAG})*")
_VERSION = re.compile('"([1-9][0-9]{0,8})"')


def to_id(text: str) -> AppointmentId:
    """Return the id that stands in an address; what cannot be one is not found either."""
    if len(text) > LONGEST_ID or not text.isprintable():
        raise NotFound("appointment", text)
    return AppointmentId(text)


def read_condition(if_match: str | None) -> frozenset[int] | None:
    """Return the versions that `If-Match` names, None for any.

    An entity tag that is none of ours names no version, and so does a weak one: it never matches (RFC 9110,
    13.1.1).
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = if_match.strip(" \t,")
    if not _ENTITY_TAGS.fullmatch(tags):
        rule = 'must be * or entity tags such as "1", with commas between them'
        raise InvalidRequest((FieldError(rule, header="If-Match"),))
    found = map(_VERSION.fullmatch, _ENTITY_TAG.findall(tags))
    return frozenset(int(version[1]) for version in found if version)


def require_condition(if_match: str | None) -> frozenset[int] | None:
    """Do as `read_condition`; raises ConditionMissing where there is no `If-Match`."""
    if if_match is None:
        raise ConditionMissing
    return read_condition(if_match)


def read_reason(text: str) -> str:
    """Return the parameter `reason`, if it can be kept."""
    try:
        check_text(text, "reason", LONGEST_REASON, required=False, lines=True)
    except InvalidValue as error:
        raise in_parameter("reason", error.rule) from None
    return text


def read_key(text: str | None) -> str | None:
    """Return the header `Idempotency-Key`, if it can be kept."""
    if text is None:
        return None
    try:
        check_text(text, "Idempotency-Key", LONGEST_KEY)
    except InvalidValue as error:
        raise InvalidRequest((FieldError(error.rule, header="Idempotency-Key"),)) from None
    return text
