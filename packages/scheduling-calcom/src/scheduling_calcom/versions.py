"""Which version of the API is spoken, one date for each resource."""

import re
from typing import Any, Literal, get_args

import attrs

from scheduling_core import InvalidValue

Resource = Literal["bookings", "slots", "schedules", "event_types", "me", "calendars", "webhooks"]
RESOURCES: tuple[Resource, ...] = get_args(Resource)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _check_date(_: object, field: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None and not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise InvalidValue(field.name, "must be a version such as 2024-08-13", value)


@attrs.frozen
class Versions:
    """The value of the header `cal-api-version` for each resource; None sends no header.

    Every resource has versions of its own, and a value that a server does not know makes it answer as the
    oldest one, without an error. The defaults are understood by the hosted service and by self-hosted
    servers alike; whoever changes one should run `probe` before anything else.
    """

    bookings: str | None = attrs.field(default="2024-08-13", validator=_check_date)
    slots: str | None = attrs.field(default="2024-09-04", validator=_check_date)
    schedules: str | None = attrs.field(default="2024-06-11", validator=_check_date)
    event_types: str | None = attrs.field(default="2024-06-14", validator=_check_date)
    me: str | None = attrs.field(default=None, validator=_check_date)
    calendars: str | None = attrs.field(default=None, validator=_check_date)
    webhooks: str | None = attrs.field(default=None, validator=_check_date)

    def of(self, resource: Resource) -> str | None:
        """Return the version that is asked for when *resource* is called."""
        version: str | None = getattr(self, resource)
        return version
