"""What can go wrong with Cal.com, as types that carry data.

.. code-block:: text

    ExternalCalendarError             of the core, never raised itself
    ├── ExternalUnavailable           of the core: try again later
    │   ├── Unreachable               no connection came about: surely no effect
    │   ├── RateLimited               429, or our own quota is used up: surely no effect
    │   ├── Interrupted               sent, and the answer was lost or cut: ambiguous
    │   └── ServerFailed              5xx: ambiguous
    ├── ExternalRejected              of the core: the other side says no
    │   ├── InvalidRequest            400, 422 and the like: the request itself is refused
    │   ├── StateConflict             taken, already cancelled, already moved: ambiguous
    │   ├── LimitReached              the event type accepts no more bookings
    │   ├── Unauthorised              401, 402, 403, 498
    │   ├── Gone                      404, 410
    │   └── NotRepresentable          Cal.com has no way to hold it: nothing was sent
    ├── UnexpectedAnswer              cannot be understood: ambiguous
    │   └── WrongApiVersion           answered by another version of the API than was asked for
    └── ReplacementFailed             the old booking is cancelled, the new one is not there

Ambiguous means that a write may have taken effect all the same; whoever repeats it without looking makes
duplicates. Reads have no effect, so `ambiguous` is never true for one. A conflict counts as ambiguous because
our own earlier attempt may be what is in the way.

No error holds a key, the uid of a booking, a customer's data or the text of an answer, so every one of them
may be logged. *call* is the name of the call, as in `"create_booking"`.
"""

import attrs

from scheduling_core import ExternalCalendarError, ExternalRejected, ExternalUnavailable


@attrs.define(eq=False)
class Unreachable(ExternalUnavailable):
    """No connection came about, so nothing was sent; *fault* is the kind of failure."""

    call: str = ""
    fault: str = ""
    ambiguous: bool = attrs.field(default=False, init=False)

    def __str__(self) -> str:
        return f"{self.call}: Cal.com cannot be reached ({self.fault})"


@attrs.define(eq=False)
class RateLimited(ExternalUnavailable):
    """Too many requests: Cal.com did not look at this one, or our own quota held it back."""

    call: str = ""
    ambiguous: bool = attrs.field(default=False, init=False)

    def __str__(self) -> str:
        wait = f", free again in {self.retry_after.total_seconds():g} s" if self.retry_after else ""
        return f"{self.call}: too many requests{wait}"


@attrs.define(eq=False)
class Interrupted(ExternalUnavailable):
    """The request was sent, and no whole answer came back; *fault* is the kind of failure."""

    call: str = ""
    fault: str = ""
    ambiguous: bool = False

    def __str__(self) -> str:
        return f"{self.call}: no whole answer came back ({self.fault})"


@attrs.define(eq=False)
class ServerFailed(ExternalUnavailable):
    """Cal.com, or a proxy before it, failed with *status*; *request_id* is the server's name for it."""

    call: str = ""
    status: int = 500
    request_id: str | None = None
    ambiguous: bool = False

    def __str__(self) -> str:
        return f"{self.call}: Cal.com failed with status {self.status}{_request(self.request_id)}"


@attrs.define(eq=False)
class InvalidRequest(ExternalRejected):
    """Cal.com refuses what was sent, and would again; nothing was changed."""

    call: str = ""
    status: int = 400
    request_id: str | None = None
    ambiguous: bool = attrs.field(default=False, init=False)

    def __str__(self) -> str:
        return _refusal(self.call, self.code, self.status, self.request_id)


@attrs.define(eq=False)
class StateConflict(ExternalRejected):
    """What is there stands in the way; *code* is our guess at what, from the words of the answer.

    Codes: `slot_taken`, `not_bookable` (too soon, too far, in the past), `already_cancelled`,
    `already_rescheduled`, `already_decided`, `already_over`, `conflict`. Only a look at the booking tells
    for sure.
    """

    call: str = ""
    status: int = 400
    request_id: str | None = None
    ambiguous: bool = True

    def __str__(self) -> str:
        return _refusal(self.call, self.code, self.status, self.request_id)


@attrs.define(eq=False)
class LimitReached(ExternalRejected):
    """The event type, or the attendee, has as many bookings as it may; nothing was changed."""

    call: str = ""
    status: int = 403
    request_id: str | None = None
    ambiguous: bool = attrs.field(default=False, init=False)

    def __str__(self) -> str:
        return _refusal(self.call, self.code, self.status, self.request_id)


@attrs.define(eq=False)
class Unauthorised(ExternalRejected):
    """The key is unknown, expired or not allowed to do this; nothing was changed."""

    call: str = ""
    status: int = 401
    request_id: str | None = None
    ambiguous: bool = attrs.field(default=False, init=False)

    def __str__(self) -> str:
        return _refusal(self.call, self.code, self.status, self.request_id)


@attrs.define(eq=False)
class Gone(ExternalRejected):
    """There is no such booking, event type, schedule or webhook, or not any more; nothing was changed."""

    call: str = ""
    status: int = 404
    request_id: str | None = None
    ambiguous: bool = attrs.field(default=False, init=False)

    def __str__(self) -> str:
        return _refusal(self.call, self.code, self.status, self.request_id)


@attrs.define(eq=False)
class NotRepresentable(ExternalRejected):
    """Cal.com has no way to hold *what*, so nothing was sent; trying again will not help."""

    what: str = ""
    ambiguous: bool = attrs.field(default=False, init=False)

    def __str__(self) -> str:
        return f"Cal.com cannot hold {self.what}: {self.code}"


@attrs.define(eq=False)
class UnexpectedAnswer(ExternalCalendarError):
    """The answer is not what the documentation promises: at *path* it is not *expected*."""

    call: str
    path: str
    expected: str
    ambiguous: bool = False

    def __str__(self) -> str:
        return f"{self.call}: unexpected answer, {self.path} is not {self.expected}"


@attrs.define(eq=False)
class WrongApiVersion(UnexpectedAnswer):
    """The server took the request for another version of the API; see `Versions`.

    *version* is the value of the header `cal-api-version` that was sent for *resource*, None where none was.
    """

    resource: str = ""
    version: str | None = None

    def __str__(self) -> str:
        spoken = "the API" if self.version is None else f"cal-api-version {self.version}"
        return (
            f"{self.call}: the server does not answer as {spoken} does for {self.resource}, "
            f"{self.path} is not {self.expected}"
        )


@attrs.define(eq=False)
class ReplacementFailed(ExternalCalendarError):
    """The booking was cancelled in order to be made anew, and making it failed with *error*.

    Where `ambiguous`, the new booking may be there all the same.
    """

    call: str
    error: ExternalCalendarError

    @property
    def ambiguous(self) -> bool:
        """Whether the new booking may exist."""
        return is_ambiguous(self.error)

    def __str__(self) -> str:
        return f"{self.call}: the old booking is cancelled, the new one failed: {self.error}"


def is_ambiguous(error: ExternalCalendarError) -> bool:
    """Return whether the write that failed with *error* may have taken effect.

    An error of an unknown type is ambiguous, because nothing is known of it.
    """
    return bool(getattr(error, "ambiguous", True))


def _refusal(call: str, code: str, status: int, request_id: str | None) -> str:
    return f"{call}: Cal.com refused: {code} (status {status}{_request(request_id)})"


def _request(request_id: str | None) -> str:
    return f", request {request_id}" if request_id else ""
