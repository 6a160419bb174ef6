"""What a host decides about itself: opening hours, time off, and what can be booked; one function for each.

Appointments stay as they are, whatever is decided; those that it touches are returned.
"""

from scheduling_core import queries
from scheduling_core.agenda import TimeOff
from scheduling_core.appointment_types import AppointmentType
from scheduling_core.appointments import MOVABLE, Appointment
from scheduling_core.changes import ScheduleSet, TimeOffAdded, TimeOffRemoved, TypeAdded
from scheduling_core.errors import NotFound
from scheduling_core.ids import HostId
from scheduling_core.loading import load_host
from scheduling_core.ports import Stamp, UnitOfWork
from scheduling_core.schedules import Schedule


def set_schedule(work: UnitOfWork, stamp: Stamp, host: HostId, schedule: Schedule) -> tuple[Appointment, ...]:
    """Give a host, known or new, its hours; return the upcoming appointments that lie outside them."""
    outside = () if work.host(host) is None else queries.affected(work, stamp, host, schedule)
    work.record(ScheduleSet(host, stamp.now, schedule))
    return outside


def add_type(work: UnitOfWork, stamp: Stamp, host: HostId, type: AppointmentType) -> None:
    """Add an appointment type to a host, in place of one with the same id."""
    work.record(TypeAdded(load_host(work, host).id, stamp.now, type))


def add_time_off(work: UnitOfWork, stamp: Stamp, host: HostId, time_off: TimeOff) -> tuple[Appointment, ...]:
    """Add time off; return the pending and confirmed appointments that it touches, which stay."""
    known = load_host(work, host)
    touched = tuple(
        appointment
        for appointment in work.between(known.id, time_off.during)
        if appointment.status in MOVABLE
    )
    if time_off not in work.time_off(known.id):
        work.record(TimeOffAdded(known.id, stamp.now, time_off))
    return touched


def remove_time_off(work: UnitOfWork, stamp: Stamp, host: HostId, time_off: TimeOff) -> None:
    """Take time off back; raises NotFound unless it was added."""
    known = load_host(work, host)
    if time_off not in work.time_off(known.id):
        raise NotFound("time off", str(time_off.during))
    work.record(TimeOffRemoved(known.id, stamp.now, time_off))
