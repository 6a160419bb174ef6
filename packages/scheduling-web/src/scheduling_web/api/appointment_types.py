"""Appointment types: what can be booked with the host who asks."""

from litestar import Response, Router, delete, get, post, put
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UnsetType

from scheduling_core import AppointmentTypeId, Scheduler, system
from scheduling_web.accounts import User
from scheduling_web.api.authentication import SECURITY
from scheduling_web.api.bodies import Strict
from scheduling_web.api.problems import documented
from scheduling_web.api.targets import TypePath
from scheduling_web.api.type_bodies import (
    NewType,
    TypeAnswer,
    TypeBody,
    TypePage,
    to_type,
    to_type_answer,
)
from scheduling_web.api.types import find_type

LOCATION = ResponseHeader(
    "Location",
    documentation_only=True,
    value="/api/appointment-types/check-up",
    description="Where the type is.",
)


@get(
    operation_id="listTypes",
    summary="List appointment types",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def list_types(user: NamedDependency[User], scheduler: NamedDependency[Scheduler]) -> TypePage:
    """Return all that can be booked with the host, in order of id."""
    return TypePage([to_type_answer(known) for known in scheduler.types(user.id)])


@post(
    operation_id="addType",
    summary="Add an appointment type",
    dto=Strict[NewType],
    return_dto=None,
    sync_to_thread=True,
    security=SECURITY,
    response_headers=[LOCATION],
    responses=documented(401, 404, 413, 415, 429, 503),
)
def add_type(
    data: JSONBody[NewType], user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> Response[TypeAnswer]:
    """Add a type; one that is there already is not replaced."""
    named = system.new_id() if isinstance(data.id, UnsetType) else data.id
    added = to_type(AppointmentTypeId(named), data)
    scheduler.add_type(user.id, added, replace=False)
    return Response(
        to_type_answer(added), status_code=201, headers={"Location": f"/api/appointment-types/{named}"}
    )


@get(
    "/{type_id:str}",
    operation_id="getType",
    summary="Read an appointment type",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def get_type(
    type_id: TypePath, user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> TypeAnswer:
    """Return one of the host's types."""
    return to_type_answer(find_type(scheduler, user.id, type_id))


@put(
    "/{type_id:str}",
    operation_id="replaceType",
    summary="Replace an appointment type",
    dto=Strict[TypeBody],
    return_dto=None,
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 413, 415, 429, 503),
)
def replace_type(
    type_id: TypePath,
    data: JSONBody[TypeBody],
    user: NamedDependency[User],
    scheduler: NamedDependency[Scheduler],
) -> TypeAnswer:
    """Replace a type for bookings to come; what is left out is as in a new type. Appointments stay."""
    known = find_type(scheduler, user.id, type_id)
    replaced = to_type(known.id, data)
    scheduler.add_type(user.id, replaced, replace=True)
    return to_type_answer(replaced)


@delete(
    "/{type_id:str}",
    operation_id="removeType",
    summary="Remove an appointment type",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, "type-in-use", 429, 503),
)
def remove_type(
    type_id: TypePath, user: NamedDependency[User], scheduler: NamedDependency[Scheduler]
) -> None:
    """Remove a type, unless appointments to come are of it. What is over or cancelled stays, and names it."""
    scheduler.remove_type(user.id, AppointmentTypeId(type_id))


router = Router(
    "/api/appointment-types",
    route_handlers=[list_types, add_type, get_type, replace_type, remove_type],
    tags=["Appointment types"],
)
