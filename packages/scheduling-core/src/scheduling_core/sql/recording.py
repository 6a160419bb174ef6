"""What each change writes."""

import datetime as dt
from typing import cast

import sqlalchemy as sa

from scheduling_core.appointments import Appointment
from scheduling_core.changes import (
    AppointmentChange,
    Change,
    Purged,
    ScheduleSet,
    TimeOffAdded,
    TimeOffRemoved,
    TypeAdded,
    without_customer,
)
from scheduling_core.ids import AppointmentId
from scheduling_core.ports import LostRace
from scheduling_core.sql import hours, rows, statements
from scheduling_core.sql.hours import Run

_NONE = dt.timedelta(0)


def add_host(run: Run, change: ScheduleSet) -> int:
    """Make the host known, at version 0 and without hours, and return its key."""
    values = {
        "id": change.host,
        "version": 0,
        "longest_occupied": _NONE,
        "created_at": change.at,
        **rows.host_to_row(change),
    }
    [row] = run(statements.add_host, values)
    key: int = row.key
    return key


def record_change(run: Run, host: int, change: Change, *, at_once: bool) -> rows.HostRow:
    """Write *change*, raise the host's version, log it, and return the host as it is now.

    With *at_once* what every booking writes goes out as one statement. Raises LostRace where the stored
    version of an appointment is not the one before the change's.
    """
    if isinstance(change, Purged):
        _erase_customer(run, host, change.appointment.id)
    if at_once and isinstance(change, AppointmentChange):
        found = run(*_appointment_at_once(host, change))
    else:
        length = _write_change(run, host, change)
        found = run(statements.raise_version, {"host_key": host, "length": length})
        entry = {"host": host, "version": found[0].version, **rows.entry_to_row(change)}
        run(statements.add_entry, entry)
    if not found:
        raise LostRace
    return rows.host_from_row(found[0])


def _appointment_at_once(host: int, change: AppointmentChange) -> tuple[sa.Executable, rows.Values]:
    appointment = change.appointment
    values = {"host": host, "id": appointment.id, **rows.appointment_to_row(appointment)}
    entry = rows.entry_to_row(change)
    statement = (
        statements.record_new_appointment
        if appointment.version == 1
        else statements.record_changed_appointment
    )
    return statement, {
        "length": appointment.occupied.duration,
        **{f"appointment_{name}": value for name, value in values.items()},
        **{f"entry_{name}": value for name, value in entry.items()},
    }


def _write_change(run: Run, host: int, change: Change) -> dt.timedelta:
    """Write all of *change* but its log entry; return the length of the time that it occupies."""
    if isinstance(change, ScheduleSet):
        run(statements.replace_hours, {"host_key": host, **rows.host_to_row(change)})
        hours.write_schedule(run, host, change.schedule, change.at)
    elif isinstance(change, TypeAdded):
        _write_type(run, host, change)
    elif isinstance(change, TimeOffAdded):
        values = rows.time_off_to_row(change.time_off)
        run(statements.add_time_off, {"host": host, "created_at": change.at, **values})
    elif isinstance(change, TimeOffRemoved):
        values = rows.time_off_to_row(change.time_off)
        wanted = {"from_": values["start"], "to": values["end"], "reason": values["reason"]}
        run(statements.remove_time_off, {"host_key": host, **wanted})
    else:
        _write_appointment(run, host, change.appointment)
        return change.appointment.occupied.duration
    return _NONE


def _write_type(run: Run, host: int, change: TypeAdded) -> None:
    values = {"updated_at": change.at, **rows.type_to_row(change.type)}
    wanted = {"host_key": host, "wanted": change.type.id}
    if not run(statements.replace_type, {**wanted, **values}):
        run(statements.add_type, {"host": host, "id": change.type.id, **values})


def _write_appointment(run: Run, host: int, appointment: Appointment) -> None:
    values = rows.appointment_to_row(appointment)
    if appointment.version == 1:
        run(statements.add_appointment, {"id": appointment.id, "host": host, **values})
        return
    wanted = {"host_key": host, "wanted": appointment.id, "known_version": appointment.version - 1}
    if not run(statements.change_appointment, {**wanted, **values}):
        raise LostRace


def _erase_customer(run: Run, host: int, id: AppointmentId) -> None:
    """Erase the customer from the log and from the stored answers."""
    entries = []
    for row in run(statements.find_history, {"wanted": id}):
        entry = rows.entry_from_row(row)
        change = cast("AppointmentChange", entry.change)  # No other names an appointment.
        payload = rows.entry_to_row(without_customer(change))["payload"]
        entries.append({"host_key": host, "of_version": row.version, "payload": payload})
    answers = []
    for row in run(statements.find_answers_about, {"host_key": host, "wanted": id}):
        values = rows.answer_to_row(host, row.key, rows.answer_from_row(row).without_customer())
        erased = {"answer": values["answer"], "fingerprint": values["fingerprint"]}
        answers.append({"host_key": host, "of_key": row.key, **erased})
    if entries:
        run(statements.rewrite_entry, entries)
    if answers:
        run(statements.rewrite_answer, answers)
