"""Identities.

Appointments get UUIDs of version 7, which sort by the time they were made. A host or an appointment
type may be named by any text of 1 to 200 characters, so that an application can use its own keys.
"""

from typing import NewType

HostId = NewType("HostId", str)
AppointmentId = NewType("AppointmentId", str)
AppointmentTypeId = NewType("AppointmentTypeId", str)
