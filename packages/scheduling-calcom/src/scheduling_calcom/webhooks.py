"""What Cal.com calls us with: whether it may be believed at all, and which booking it is about.

A call is a hint and nothing more. It has no time and no number of its own, may come twice, late or never,
and what it says of a booking is not read: the booking is asked for.
"""

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Sequence

from scheduling_calcom.event_types import PROVIDER
from scheduling_calcom.http import check_segment
from scheduling_core import InvalidValue
from scheduling_core.checks import check_text
from scheduling_core.sync import Hint

SIGNATURE_HEADER = "x-cal-signature-256"
"""The header that holds the signature of a call."""

LARGEST_BODY = 256 * 1024
"""How many bytes a call may have."""

SHORTEST_SECRET = 32
UNNAMED = "unnamed"
"""The trigger of a call that names none that could be kept."""

_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST_TRIGGER = 200
# Most triggers have a `uid`. Some tell only of the booking that another one took the place of.
_UIDS = ("uid", "bookingUid", "rescheduledToUid", "rescheduleUid", "rescheduledFromUid")


def check_secrets(secrets: Sequence[str]) -> tuple[bytes, ...]:
    """Return the secrets as bytes; raises InvalidValue for none, and for one of fewer than 32 bytes.

    A service should call this when it starts: a webhook without a secret could be called by anybody.
    """
    encoded = tuple(secret.encode() for secret in secrets)
    if not encoded:
        raise InvalidValue("secrets", "must have at least one")
    if any(len(secret) < SHORTEST_SECRET for secret in encoded):
        raise InvalidValue("secrets", f"must each have at least {SHORTEST_SECRET} bytes")
    return encoded


def verify(body: bytes, signature: str | None, secrets: Sequence[str]) -> bool:
    """Return whether *signature*, the value of the header, is that of *body* by one of *secrets*.

    *body* is what arrived, byte for byte. While a secret is being changed, the old and the new one are both
    given. The time taken does not depend on how much of the signature is right. Raises InvalidValue as
    `check_secrets` does.
    """
    keys = check_secrets(secrets)
    # Without a secret Cal.com sends the words no-secret-provided, which are no signature either.
    if signature is None or len(body) > LARGEST_BODY or not _SIGNATURE.fullmatch(signature):
        return False
    right = [hmac.compare_digest(hmac.new(key, body, hashlib.sha256).hexdigest(), signature) for key in keys]
    return any(right)


def read_hint(body: bytes, now: dt.datetime) -> Hint | None:
    """Return what a verified call is about, or None where it is about no booking, as a test call is.

    Nothing of it is kept but the uid, the name of the trigger and a digest. Raises InvalidValue, without
    any of the content, for more than 256 KiB and for what is not a JSON object.
    """
    if len(body) > LARGEST_BODY:
        raise InvalidValue("body", f"must have at most {LARGEST_BODY} bytes", len(body))
    document = _read_object(body)
    payload = document.get("payload")
    places = [payload, document] if isinstance(payload, dict) else [document]
    named = (place.get(name) for name in _UIDS for place in places)
    for uid in named:
        if isinstance(uid, str) and _is_uid(uid):
            return Hint(hashlib.sha256(body).hexdigest(), PROVIDER, _trigger(document), uid, now)
    return None


def _read_object(body: bytes) -> dict[str, object]:
    document = None
    # The parser's own error quotes what it was given, so it must not even be the context of ours.
    with contextlib.suppress(ValueError, RecursionError):
        # Given bytes, the parser would take UTF-16 and UTF-32 as well, and numbers that JSON does not have.
        document = json.loads(body.decode(), parse_constant=_refuse)
    if not isinstance(document, dict):
        raise InvalidValue("body", "must be a JSON object")
    return document


def _refuse(_constant: str) -> object:
    raise ValueError


def _is_uid(value: str) -> bool:
    try:
        check_segment(value, "uid")
    except InvalidValue:
        return False
    return True


def _trigger(document: dict[str, object]) -> str:
    trigger = document.get("triggerEvent")
    try:
        check_text(trigger, "trigger", _LONGEST_TRIGGER)
    except InvalidValue:
        return UNNAMED
    return str(trigger)
