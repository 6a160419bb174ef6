"""Where a page of a list ended, as clients get it: that they give it back is all they are to know of it.

A cursor is signed for the host to whom it was given, so one that was made up, changed or found is refused.
"""

import base64
import binascii
import datetime as dt
import hmac
from collections.abc import Sequence

import attrs

from scheduling_core import AppointmentId, HostId
from scheduling_core.intervals import to_instant
from scheduling_web.api.errors import in_parameter
from scheduling_web.setting_values import Secret

_PURPOSE = b"scheduling-web/cursor"
_SIGNATURE = 16


@attrs.frozen
class Cursor:
    """Where a page ended: the start and the id of its last appointment."""

    start: dt.datetime
    id: AppointmentId


class Cursors:
    """Writes cursors with the first of some keys, and reads back those of any of them."""

    def __init__(self, secrets: Sequence[Secret]) -> None:
        # Keys of their own, so that nothing else that is signed with a secret can be taken for a cursor.
        self._keys = [hmac.digest(secret.value, _PURPOSE, "sha256") for secret in secrets]

    def write(self, host: HostId, cursor: Cursor) -> str:
        """Return a cursor of a list of *host*."""
        told = f"{cursor.start.isoformat()} {cursor.id}".encode()
        return base64.urlsafe_b64encode(_sign(self._keys[0], host, told) + told).decode().rstrip("=")

    def read(self, host: HostId, text: str) -> Cursor:
        """Return the cursor that `write` wrote for *host*; raises InvalidRequest for any other text."""
        try:
            known = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            known = b""
        signature, told = known[:_SIGNATURE], known[_SIGNATURE:]
        if not any(hmac.compare_digest(signature, _sign(key, host, told)) for key in self._keys):
            raise in_parameter("cursor", "must be one that an earlier page gave")
        start, _, last = told.decode().partition(" ")
        return Cursor(to_instant(dt.datetime.fromisoformat(start)), AppointmentId(last))


def _sign(key: bytes, host: HostId, told: bytes) -> bytes:
    named = host.encode()
    return hmac.digest(key, len(named).to_bytes(4, "big") + named + told, "sha256")[:_SIGNATURE]
