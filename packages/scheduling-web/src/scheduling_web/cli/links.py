"""What a person writes to say which host is meant, and which event type stands for which appointments."""

import datetime as dt
import re
from collections.abc import Iterable

import click

from scheduling_calcom import CalComClient, EventTypeChoice
from scheduling_core import AppointmentTypeId, HostId, InvalidValue, NotFound, Scheduler
from scheduling_web.accounts.users import Users

_CHOICE = re.compile(r"(?:(?:(?P<type>.+):)?(?P<minutes>[1-9]\d{0,8}|\*)=)?(?P<id>[1-9]\d{0,14})", re.ASCII)
_MINUTE = dt.timedelta(minutes=1)


class EventTypeOption(click.ParamType[EventTypeChoice]):
    """`ID`, `MINUTES=ID` or `TYPE:MINUTES=ID`, where `*` is any number of minutes."""

    name = "choice"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> EventTypeChoice:
        """Return what was written as a choice."""
        match = _CHOICE.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is not like 123, 30=123 or consultation:30=123", param, ctx)
        minutes, meant = match["minutes"], match["type"]
        try:
            return EventTypeChoice(
                int(match["id"]),
                None if minutes in {None, "*"} else int(minutes) * _MINUTE,
                None if meant is None else AppointmentTypeId(meant),
            )
        except InvalidValue as error:
            self.fail(str(error), param, ctx)


def find_host(users: Users, scheduler: Scheduler, word: str) -> HostId:
    """Return the host whom a user name or an id means; raises NotFound."""
    user = users.find(word)
    if user is not None:
        return user.id
    try:
        scheduler.schedule(HostId(word))
    except NotFound:
        raise NotFound("host or user", word) from None
    return HostId(word)


def check_choices(client: CalComClient, choices: Iterable[EventTypeChoice]) -> None:
    """Raise BadParameter for an event type that the account does not have, or that has not that length."""
    known = {event_type.id: event_type for event_type in client.list_event_types()}
    for choice in choices:
        found = known.get(choice.event_type_id)
        if found is None:
            raise click.BadParameter(f"the account has no event type {choice.event_type_id}")
        if choice.length is not None and choice.length not in found.lengths:
            lengths = ", ".join(str(length // _MINUTE) for length in found.lengths)
            raise click.BadParameter(f"event type {choice.event_type_id} lasts {lengths} minutes")


def describe(choice: EventTypeChoice) -> str:
    """Return a choice in the words of a table."""
    length = "any length" if choice.length is None else f"{choice.length // _MINUTE} minutes"
    meant = length if choice.type is None else f"{choice.type}, {length}"
    return f"{meant}: {choice.event_type_id}"


def to_facts(choice: EventTypeChoice) -> dict[str, object]:
    """Return a choice as machines are told it; `minutes` and `type` are None where any are meant."""
    minutes = None if choice.length is None else choice.length // _MINUTE
    return {"id": choice.event_type_id, "minutes": minutes, "type": choice.type}
