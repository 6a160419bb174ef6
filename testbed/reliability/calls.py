"""What a client asked and what it was told, in a form that goes from one process to another."""

import datetime as dt
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic_ns

import attrs

from scheduling_core import Appointment, HostId
from scheduling_core.intervals import Interval

Outcome = Appointment | tuple[Appointment, ...] | Exception


@attrs.frozen(kw_only=True)
class Call:
    """One call of a client: when it began and ended, what it asked and what came of it.

    The instants count nanoseconds on the one clock that all processes of a machine share. *target* is the
    appointment that was to change, *asked* the time that it was to occupy. *outcome* is `done` or the name of
    the error. *told* are the appointments that the client was given, each with all that stood in it.
    """

    host: HostId
    kind: str
    target: str = ""
    asked: Interval | None = None
    invoked: int
    returned: int
    outcome: str
    told: tuple[str, ...] = ()


def observe(
    host: HostId,
    kind: str,
    call: Callable[[], Appointment | tuple[Appointment, ...]],
    *,
    target: str = "",
    asked: Interval | None = None,
) -> tuple[Call, Outcome]:
    """Make the call, and return what a client saw of it."""
    outcome: Outcome
    invoked = monotonic_ns()
    try:
        outcome = call()
    except Exception as error:  # noqa: BLE001  Whatever it is, the history shows it.
        outcome = error
    returned = monotonic_ns()
    told: Iterable[Appointment] = ()
    if not isinstance(outcome, Exception):
        told = (outcome,) if isinstance(outcome, Appointment) else outcome
    seen = Call(
        host=host,
        kind=kind,
        target=target,
        asked=asked,
        invoked=invoked,
        returned=returned,
        outcome=type(outcome).__name__ if isinstance(outcome, Exception) else "done",
        told=tuple(map(describe, told)),
    )
    return seen, outcome


def describe(appointment: Appointment) -> str:
    """Return all that stands in the appointment, as one line."""
    return json.dumps(attrs.asdict(appointment), default=str)


def save(calls: Iterable[Call], file: Path) -> None:
    """Write the calls to the file, one on each line."""
    lines = [json.dumps(attrs.asdict(call), default=str) for call in calls]
    file.write_text("\n".join(lines), encoding="utf-8")


def load(file: Path) -> list[Call]:
    """Read what `save` wrote."""
    return [_read(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _read(fields: dict[str, object]) -> Call:
    asked = fields["asked"]
    if isinstance(asked, dict):
        asked = Interval(*(dt.datetime.fromisoformat(asked[end]) for end in ("start", "end")))
    return Call(**fields | {"asked": asked, "told": tuple(fields["told"])})  # type: ignore[arg-type]  # As saved.
