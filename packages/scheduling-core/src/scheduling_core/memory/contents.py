"""What is kept in memory, as immutable values, and what a change makes of it."""

import datetime as dt
from collections.abc import Mapping
from typing import TypeGuard

import attrs

from scheduling_core.agenda import BusyInterval, TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import Appointment
from scheduling_core.changes import (
    AppointmentChange,
    Change,
    HostChange,
    LogEntry,
    Purged,
    ScheduleSet,
    TimeOffAdded,
    TimeOffRemoved,
    TypeAdded,
    TypeRemoved,
    without_customer,
)
from scheduling_core.ids import AppointmentId, AppointmentTypeId
from scheduling_core.ports import Answer, Host, LostRace
from scheduling_core.sync import Hint, Provider, SyncRow


@attrs.frozen
class Kept:
    """What the storage knows of one host."""

    host: Host
    types: Mapping[AppointmentTypeId, AppointmentType] = {}
    appointments: Mapping[AppointmentId, Appointment] = {}
    time_off: tuple[TimeOff, ...] = ()
    busy: Mapping[str, tuple[BusyInterval, ...]] = {}
    log: tuple[LogEntry, ...] = ()
    answers: Mapping[str, Answer] = {}
    sync: Mapping[tuple[AppointmentId, str], SyncRow] = {}


@attrs.frozen
class Calendars:
    """What the storage knows of external calendars, beside what it knows of hosts."""

    providers: Mapping[str, Provider] = {}
    hints: Mapping[str, Hint] = {}
    handled: Mapping[str, dt.datetime] = {}


def apply_change(kept: Kept, change: Change) -> Kept:
    """Return what is kept after *change*, but for its log entry; raises LostRace where it comes too late."""
    if isinstance(change, HostChange):
        return _change_host(kept, change)
    appointment = change.appointment
    known = kept.appointments.get(appointment.id)
    if (0 if known is None else known.version) != appointment.version - 1:
        raise LostRace
    if appointment.holds_time and any(
        other.occupied.overlaps(appointment.occupied)
        for other in kept.appointments.values()
        if other.holds_time and other.id != appointment.id
    ):
        raise LostRace
    kept = attrs.evolve(kept, appointments={**kept.appointments, appointment.id: appointment})
    return _erase(kept, appointment) if isinstance(change, Purged) else kept


def _change_host(kept: Kept, change: HostChange) -> Kept:
    if isinstance(change, ScheduleSet):
        return attrs.evolve(kept, host=attrs.evolve(kept.host, schedule=change.schedule))
    if isinstance(change, TypeAdded):
        return attrs.evolve(kept, types={**kept.types, change.type.id: change.type})
    if isinstance(change, TypeRemoved):
        others = {key: known for key, known in kept.types.items() if key != change.type.id}
        return attrs.evolve(kept, types=others)
    if isinstance(change, TimeOffAdded):
        ordered = sorted((*kept.time_off, change.time_off), key=lambda item: item.during.start)
        return attrs.evolve(kept, time_off=tuple(ordered))
    if isinstance(change, TimeOffRemoved):
        left = tuple(item for item in kept.time_off if item != change.time_off)
        return attrs.evolve(kept, time_off=left)
    copied = tuple(BusyInterval(during, change.source, change.at) for during in change.busy)
    return attrs.evolve(kept, busy={**kept.busy, change.source: copied})


def _erase(kept: Kept, appointment: Appointment) -> Kept:
    log = tuple(
        LogEntry(entry.version, without_customer(entry.change))
        if is_about(entry.change, appointment.id)
        else entry
        for entry in kept.log
    )
    answers = {
        key: answer.without_customer() if answer.appointment.id == appointment.id else answer
        for key, answer in kept.answers.items()
    }
    return attrs.evolve(kept, log=log, answers=answers)


def is_about(change: Change, id: AppointmentId) -> TypeGuard[AppointmentChange]:
    """Return whether *change* is one of the appointment."""
    return isinstance(change, AppointmentChange) and change.appointment.id == id
