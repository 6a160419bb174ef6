"""A Cal.com that remembers what took effect in which order, and whether that can be right."""

import datetime as dt
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from scheduling_calcom.event_types import EventTypeChoice, calcom_link
from scheduling_calcom.testing import Asked, FakeCalCom, Fault, faults
from scheduling_calcom.testing.messages import Outcome
from scheduling_calcom.testing.records import FakeBooking
from scheduling_core import Appointment, AppointmentId, Interval

_SLOWEST = 100
"""How many milliseconds a request is under way at most; a relay may die or be overtaken in the meantime."""

FAULTS: tuple[Fault, ...] = (
    faults.drop_after("POST"),
    faults.drop_after("POST"),
    faults.fail_after("POST"),
    faults.fail_before("POST"),
    faults.drop_before(),
)


@attrs.frozen
class Write:
    """What took effect there for one appointment: a booking was made, took another's place, or ended.

    *version* is the one in the mark, which a booking keeps from when the first one was made.
    """

    kind: str
    uid: str
    instead_of: str | None
    start: dt.datetime
    version: int
    at: dt.datetime


class Witness(FakeCalCom):
    """A fake Cal.com some milliseconds away, without a quota, whose only event type is always open."""

    def __init__(self) -> None:
        super().__init__(limit=10**9)
        self.writes: dict[str, list[Write]] = defaultdict(list)
        self.suffered: Counter[str] = Counter()
        self.is_slow = True
        self.link = calcom_link(EventTypeChoice(self.world.add_event_type("visit").id))
        self.world.tell = self._remember

    def respond(self, asked: Asked) -> Outcome:
        """Return what comes of a request, a little later."""
        if self.is_slow:
            time.sleep(secrets.randbelow(_SLOWEST) / 1000)
        return super().respond(asked)

    def go_wrong(self) -> None:
        """Have something befall one of the next requests."""
        fault = secrets.choice(FAULTS)
        self.suffered[fault.kind] += 1
        self.faults.append(fault)

    def active(self) -> dict[str, list[Interval]]:
        """Return the times of all bookings that have not ended, by appointment."""
        found = defaultdict(list)
        # They may become more while they are looked through.
        for booking in list(self.world.bookings.values()):
            if booking.status == "accepted":
                found[booking.metadata["sched_id"]].append(booking.interval)
        return dict(found)

    def made(self) -> list[Write]:
        """Return what made a booking where there was none."""
        every = (write for writes in list(self.writes.values()) for write in writes)
        return [write for write in every if write.kind == "BOOKING_CREATED"]

    def _remember(self, kind: str, booking: FakeBooking, _: Mapping[str, Any]) -> None:
        mark = booking.metadata
        start, version = booking.interval.start, int(mark["sched_ver"])
        before = booking.rescheduled_from if kind == "BOOKING_RESCHEDULED" else None
        write = Write(kind, booking.uid, before, start, version, self.world.clock())
        self.writes[mark["sched_id"]].append(write)


def find_complaints(
    writes: Mapping[str, Iterable[Write]], histories: Mapping[AppointmentId, Sequence[Appointment]]
) -> list[str]:
    """Return what was wrong at any time, with all that took effect and all versions of each appointment.

    A write of an older version never follows one of a newer version, and an appointment never has two
    bookings at once. No version may return to the start of an earlier one.
    """
    return [
        f"{id}: {complaint}"
        for id, versions in histories.items()  # noqa: A001  The word of the library.
        for complaint in _complain(writes.get(id, ()), versions)
    ]


def _complain(writes: Iterable[Write], versions: Sequence[Appointment]) -> Iterator[str]:
    newest = 0
    active: set[str] = set()
    for write in writes:
        active -= {write.uid, write.instead_of}
        if write.kind != "BOOKING_CANCELLED":
            active.add(write.uid)
        if len(active) > 1:
            yield f"{len(active)} bookings at once"
        version = _version_of(write, versions)
        if version is None:
            continue
        if version < newest:
            yield f"version {version} came after version {newest}"
        newest = max(newest, version)
        if write.kind == "BOOKING_CREATED" and write.version != version:
            yield f"a booking of version {write.version} is where version {version} should be"


def _version_of(write: Write, versions: Sequence[Appointment]) -> int | None:
    """Return of which version a write was, None where it may have been any.

    A booking that ends before its appointment did only makes room, for whatever version.
    """
    if write.kind == "BOOKING_CANCELLED":
        last = versions[-1]
        return None if last.holds_time or write.at < last.updated_at else last.version
    return next(each.version for each in versions if each.holds_time and each.during.start == write.start)
