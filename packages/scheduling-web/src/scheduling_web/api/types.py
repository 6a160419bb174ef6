"""Which appointment type a request means."""

from scheduling_core import AppointmentType, AppointmentTypeId, HostId, NotFound, Questions

USUAL_TYPE = AppointmentTypeId("appointment")


def find_type(asked: Questions, host: HostId, named: str | None) -> AppointmentType:
    """Return the host's type with the given name; without one `appointment`, or the first there is."""
    types = {found.id: found for found in asked.types(host)}
    first = next(iter(types.values()), None)
    found = types.get(USUAL_TYPE, first) if named is None else types.get(AppointmentTypeId(named))
    if found is None:
        raise NotFound("appointment type", named or USUAL_TYPE)
    return found


def choose_type(asked: Questions, host: HostId, named: str | None) -> AppointmentTypeId:
    """Return the id of the type that `find_type` finds; one that is named is left to the use case to find."""
    return find_type(asked, host, None).id if named is None else AppointmentTypeId(named)
