"""What each change writes."""

import datetime as dt
from typing import cast

import sqlalchemy as sa

from scheduling_core.agenda import BusyInterval
from scheduling_core.appointments import Appointment
from scheduling_core.changes import (
    AppointmentChange,
    BusyCopied,
    Change,
    Purged,
    ScheduleSet,
    TimeOffAdded,
    TimeOffRemoved,
    TypeAdded,
    TypeRemoved,
    without_customer,
)
from scheduling_core.ids import AppointmentId
from scheduling_core.ports import LostRace
from scheduling_core.sql import hours, rows, statements

_NONE = dt.timedelta(0)


def add_host(connection: sa.Connection, change: ScheduleSet) -> int:
    """Make the host known, at version 0 and without hours, and return its key."""
    values = {
        "id": change.host,
        "version": 0,
        "longest_occupied": _NONE,
        "created_at": change.at,
        **rows.host_to_row(change),
    }
    [row] = statements.add_host.run(connection, values)
    key: int = row.key
    return key


def record_change(connection: sa.Connection, host: int, change: Change) -> rows.HostRow:
    """Write *change*, raise the host's version, log it, and return the host as it is now.

    Raises LostRace where the stored version of an appointment is not the one before the change's.
    """
    erase_if_purged(connection, host, change)
    length = _write_change(connection, host, change)
    [raised] = statements.raise_version.run(connection, {"host_key": host, "length": length})
    entry = {"host": host, "version": raised.version, **rows.entry_to_row(change)}
    statements.add_entry.run(connection, entry)
    return rows.host_from_row(raised)


def _write_change(connection: sa.Connection, host: int, change: Change) -> dt.timedelta:
    """Write all of *change* but its log entry; return the length of the time that it occupies."""
    if isinstance(change, ScheduleSet):
        statements.replace_hours.run(connection, {"host_key": host, **rows.host_to_row(change)})
        hours.write_schedule(connection, host, change.schedule, change.at)
    elif isinstance(change, TypeAdded):
        _write_type(connection, host, change)
    elif isinstance(change, TypeRemoved):
        statements.remove_type.run(connection, {"host_key": host, "wanted": change.type.id})
    elif isinstance(change, TimeOffAdded):
        values = rows.time_off_to_row(change.time_off)
        statements.add_time_off.run(connection, {"host": host, "created_at": change.at, **values})
    elif isinstance(change, TimeOffRemoved):
        values = rows.time_off_to_row(change.time_off)
        wanted = {"from_": values["start"], "to": values["end"], "reason": values["reason"]}
        statements.remove_time_off.run(connection, {"host_key": host, **wanted})
    elif isinstance(change, BusyCopied):
        statements.remove_busy.run(connection, {"host_key": host, "of_source": change.source})
        copied = [BusyInterval(during, change.source, change.at) for during in change.busy]
        statements.add_busy.run_many(
            connection, [{"host": host, **rows.busy_to_row(item)} for item in copied]
        )
    else:
        _write_appointment(connection, host, change.appointment)
        return change.appointment.occupied.duration
    return _NONE


def _write_type(connection: sa.Connection, host: int, change: TypeAdded) -> None:
    values = {"updated_at": change.at, **rows.type_to_row(change.type)}
    wanted = {"host_key": host, "wanted": change.type.id}
    if not statements.replace_type.run(connection, {**wanted, **values}):
        statements.add_type.run(connection, {"host": host, "id": change.type.id, **values})


def _write_appointment(connection: sa.Connection, host: int, appointment: Appointment) -> None:
    values = rows.appointment_to_row(appointment)
    if appointment.version == 1:
        statements.add_appointment.run(connection, {"id": appointment.id, "host": host, **values})
        return
    wanted = {"host_key": host, "wanted": appointment.id, "known_version": appointment.version - 1}
    if not statements.change_appointment.run(connection, {**wanted, **values}):
        raise LostRace


def erase_if_purged(connection: sa.Connection, host: int, change: Change) -> None:
    """Erase the customer of a purged appointment from the log and from the stored answers."""
    if isinstance(change, Purged):
        _erase_customer(connection, host, change.appointment.id)


def _erase_customer(connection: sa.Connection, host: int, id: AppointmentId) -> None:
    entries = []
    for row in statements.find_history.run(connection, {"wanted": id}):
        entry = rows.entry_from_row(row)
        change = cast("AppointmentChange", entry.change)  # No other names an appointment.
        payload = rows.entry_to_row(without_customer(change))["payload"]
        entries.append({"host_key": host, "of_version": row.version, "payload": payload})
    answers = []
    for row in statements.find_answers_about.run(connection, {"host_key": host, "wanted": id}):
        values = rows.answer_to_row(host, row.key, rows.answer_from_row(row).without_customer())
        erased = {"answer": values["answer"], "fingerprint": values["fingerprint"]}
        answers.append({"host_key": host, "of_key": row.key, **erased})
    statements.rewrite_entry.run_many(connection, entries)
    statements.rewrite_answer.run_many(connection, answers)
