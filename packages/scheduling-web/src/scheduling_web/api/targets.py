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

AppointmentPath = Annotated[str, PathParameter(description="The id of an appointment.")]
TypePath = Annotated[str, PathParameter(description="The id of an appointment type.")]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description='The `ETag` that was last read, such as `"1"`, or `*` for whatever it is now.',
        # Without the alternatives that the framework derives from `str | None`: a header has no null.
        schema_extra={"type": "string", "one_of": None, "pattern": r'^(\*|(W/)?"[!#-~]*")$'},
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

_ENTITY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
_VERSION = re.compile('"([1-9][0-9]{0,8})"')
_NO_VERSION = 0


def to_id(text: str) -> AppointmentId:
    """Return the id that stands in an address; what cannot be one is not found either."""
    if len(text) > LONGEST_ID or not text.isprintable():
        raise NotFound("appointment", text)
    return AppointmentId(text)


def read_condition(if_match: str | None) -> int | None:
    """Return the version that `If-Match` asks for, None for any.

    An entity tag that is none of ours names a version that no appointment has.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tag = if_match.strip()
    if not _ENTITY_TAG.fullmatch(tag):
        rule = 'must be * or one entity tag such as "1"'
        raise InvalidRequest((FieldError(rule, header="If-Match"),))
    version = _VERSION.fullmatch(tag)
    return _NO_VERSION if version is None else int(version[1])


def require_condition(if_match: str | None) -> int | None:
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
