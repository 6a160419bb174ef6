"""What can go wrong, as types that carry data.

.. code-block:: text

    SchedulingError                 never raised itself
    ├── InvalidValue(ValueError)    a value that cannot exist
    ├── NotFound(LookupError)       no such host, type or appointment
    ├── BookingRefused              the rules say no; stands in `reasons`, with every reason
    ├── IllegalTransition           the lifecycle has no such step
    ├── TypeInUse                   appointments to come are of the type
    ├── VersionMismatch             someone changed the appointment in the meantime
    ├── IdempotencyMismatch         the key was used for another request
    ├── Conflict                    a race was lost after all retries
    ├── StorageUnavailable          the storage cannot answer now
    └── ExternalCalendarError       never raised itself
        ├── ExternalUnavailable     try again later
        └── ExternalRejected        the other side says no

No message holds a customer's data, so every one of them may be logged.
"""

import datetime as dt
import reprlib

import attrs


class _Shown(reprlib.Repr):
    """Shows times as people write them, and anything else as Python does; what is long is cut."""

    def repr1(self, value: object, level: int) -> str:
        match value:
            case dt.date() | dt.time():  # A datetime is a date.
                return value.isoformat()
            case dt.timedelta():
                return str(value)
            case object(start=dt.datetime() as start, end=dt.datetime() as end):  # Such as an Interval.
                return f"{start.isoformat()}/{end.isoformat()}"
            case _:
                return super().repr1(value, level)


_shown = _Shown()
_shown.maxstring = _shown.maxother = 80


class SchedulingError(Exception):
    """The root of every error of this library."""


@attrs.define(eq=False)
class InvalidValue(SchedulingError, ValueError):
    """A value breaks a rule of its type; nothing was changed.

    *name* is the field or argument, *rule* what it must fulfil. *value* is what was given; where that
    could be a customer's data it is withheld, which `...` stands for.
    """

    name: str
    rule: str
    value: object = ...

    def __str__(self) -> str:
        given = "" if self.value is ... else f", not {_shown.repr(self.value)}"
        return f"{self.name} {self.rule}{given}"


@attrs.define(eq=False)
class NotFound(SchedulingError, LookupError):
    """There is no *kind* (host, appointment, appointment type, time off, link, delivery) with this *id*."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"no such {self.kind}"


@attrs.define(eq=False)
class IllegalTransition(SchedulingError):
    """An appointment in *status* has no step *step*; nothing was changed."""

    status: str
    step: str

    def __str__(self) -> str:
        return f"a {self.status} appointment cannot be {self.step}"


@attrs.define(eq=False)
class TypeInUse(SchedulingError):
    """The appointment type *type* cannot be removed while these *appointments* are to come."""

    type: str
    appointments: tuple[str, ...]

    def __str__(self) -> str:
        count = len(self.appointments)
        are = "appointment to come is" if count == 1 else "appointments to come are"
        return f"{count} {are} of this type"


@attrs.define(eq=False)
class VersionMismatch(SchedulingError):
    """The caller knew version *expected*, the storage holds *actual*."""

    expected: int
    actual: int

    def __str__(self) -> str:
        return f"expected version {self.expected}, found {self.actual}"


@attrs.define(eq=False)
class IdempotencyMismatch(SchedulingError):
    """The idempotency key was already used for a different request of this host."""

    def __str__(self) -> str:
        return "the idempotency key was used for another request"


@attrs.define(eq=False)
class Conflict(SchedulingError):
    """The race for a host's agenda was lost *attempts* times; trying again later is safe."""

    attempts: int

    def __str__(self) -> str:
        return f"lost the race {self.attempts} times"


@attrs.define(eq=False)
class StorageUnavailable(SchedulingError):
    """The storage cannot answer now; worth trying again after *retry_after*.

    Where tables are missing, or of another version, the text says so: then somebody has to migrate them.
    """

    retry_after: dt.timedelta

    def __str__(self) -> str:
        return f"the storage is unavailable, try again in {self.retry_after.total_seconds():g} s"


class ExternalCalendarError(SchedulingError):
    """The root of what an external calendar can answer."""


@attrs.define(eq=False)
class ExternalUnavailable(ExternalCalendarError):
    """The external calendar cannot answer now; *retry_after* is its own wish, if it named one."""

    retry_after: dt.timedelta | None = None

    def __str__(self) -> str:
        return "the external calendar is unavailable"


@attrs.define(eq=False)
class ExternalRejected(ExternalCalendarError):
    """The external calendar refuses the request; *code* is its short, stable word for why."""

    code: str

    def __str__(self) -> str:
        return f"the external calendar refused: {self.code}"
