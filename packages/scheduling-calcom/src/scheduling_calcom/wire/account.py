"""The account behind a key: its user, its connected calendars and its webhooks."""

import attrs

from scheduling_calcom.fields import Fields
from scheduling_core import Interval


@attrs.frozen
class BusyTime:
    """A span that another calendar of the account claims, and which one it is, if that is told."""

    interval: Interval
    source: str | None = attrs.field(repr=False)

    @classmethod
    def read(cls, fields: Fields) -> "BusyTime":
        """Read a busy time."""
        return cls(read_interval(fields), fields.maybe_text("source"))


def read_interval(fields: Fields) -> Interval:
    """Read a start and an end."""
    start, end = fields.instant("start"), fields.instant("end")
    if end <= start:
        raise fields.unexpected("end", "after the start")
    return Interval(start, end)


@attrs.frozen
class Calendar:
    """A calendar that is connected to the account, named by the two ids that busy times are asked with."""

    credential_id: int
    external_id: str = attrs.field(repr=False)
    is_selected: bool = True

    @classmethod
    def read(cls, fields: Fields) -> "Calendar":
        """Read a calendar."""
        return cls(fields.integer("credentialId"), fields.text("externalId"), fields.flag("isSelected"))


@attrs.frozen
class Me:
    """Whose key it is."""

    id: int
    username: str | None = attrs.field(repr=False)
    email: str | None = attrs.field(repr=False)
    time_zone: str
    default_schedule_id: int | None

    @classmethod
    def read(cls, fields: Fields) -> "Me":
        """Read the account's own user."""
        return cls(
            id=fields.integer("id"),
            username=fields.maybe_text("username"),
            email=fields.maybe_text("email"),
            time_zone=fields.text("timeZone"),
            default_schedule_id=fields.maybe_integer("defaultScheduleId"),
        )


@attrs.frozen
class Webhook:
    """An address that Cal.com calls when something changes."""

    id: str
    subscriber_url: str = attrs.field(repr=False)
    triggers: tuple[str, ...]
    active: bool

    @classmethod
    def read(cls, fields: Fields) -> "Webhook":
        """Read a webhook; its secret is sent along, and left unread."""
        return cls(
            id=fields.identifier("id"),
            subscriber_url=fields.text("subscriberUrl"),
            triggers=fields.texts("triggers"),
            active=fields.flag("active"),
        )
