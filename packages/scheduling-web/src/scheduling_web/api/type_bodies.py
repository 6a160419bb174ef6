"""Appointment types on the wire, there and back: what was answered can be sent again as it is."""

import datetime as dt
from typing import Annotated, Literal, get_args

import msgspec
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from msgspec import UNSET, UnsetType

from scheduling_core import AppointmentType, AppointmentTypeId, BookingPolicy, InvalidValue, Limit, Period
from scheduling_web.api.errors import FieldError, InvalidRequest
from scheduling_web.api.fields import Minutes
from scheduling_web.api.reasons import LimitAnswer, to_cap
from scheduling_web.api.times import LONGEST_MINUTES, MINUTE, to_minutes

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS: tuple[Day, ...] = get_args(Day)
_MOST_DURATIONS = 100
_MOST_LIMITS = 20

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["Check-up"])]
Durations = Annotated[
    list[Minutes],
    msgspec.Meta(
        min_length=1,
        max_length=_MOST_DURATIONS,
        # Where a list may be left out, the document would say nothing of the bounds of its items.
        extra_json_schema={
            "extra": {"items": Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=LONGEST_MINUTES)}
        },
    ),
]
Margin = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_MINUTES)]
# An id is part of an address, so it has nothing in it that an address would have to escape.
NewId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,199}$",
        examples=["check-up"],
        extra={"wanted": "up to 200 letters from A to Z, digits and ._~- with a letter or digit in front"},
    ),
]


class DurationRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Minutes: the *shortest*, and every *step* above it up to the *longest*."""

    shortest: Minutes
    longest: Minutes
    step: Minutes


class LimitBody(msgspec.Struct, omit_defaults=True, frozen=True, forbid_unknown_fields=True):
    """At most so many appointments of the type, or so many minutes of them, in each local *period*."""

    period: Literal["day", "week", "month", "year"]
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    minutes: Minutes | UnsetType = UNSET


class TypeBody(msgspec.Struct, frozen=True, kw_only=True):
    """What can be booked, and under which policy; it has either *durations* or a *duration_range*."""

    title: Title
    durations: Durations | UnsetType = UNSET
    duration_range: DurationRange | UnsetType = UNSET
    requires_confirmation: bool = False
    slot_interval_minutes: Minutes = 15
    buffer_before_minutes: Margin = 0
    buffer_after_minutes: Margin = 0
    minimum_notice_minutes: Annotated[int, msgspec.Meta(ge=0, le=10 * LONGEST_MINUTES)] = 0
    horizon_days: Annotated[int, msgspec.Meta(ge=0, le=36_600)] = 365
    limits: Annotated[list[LimitBody], msgspec.Meta(max_length=_MOST_LIMITS)] = []
    week_start: Day = "monday"
    any_start: bool = False


class NewType(TypeBody, frozen=True, kw_only=True):
    """A new appointment type; without an *id* it is given one."""

    id: NewId | UnsetType = UNSET


class RangeAnswer(msgspec.Struct, frozen=True):
    """Minutes: the *shortest*, and every *step* above it up to the *longest*."""

    shortest: float
    longest: float
    step: float


class TypeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What can be booked, and under which policy."""

    id: AppointmentTypeId
    title: str
    durations: list[float] | UnsetType = UNSET
    duration_range: RangeAnswer | UnsetType = UNSET
    requires_confirmation: bool
    slot_interval_minutes: float
    buffer_before_minutes: float
    buffer_after_minutes: float
    minimum_notice_minutes: float
    horizon_days: int
    limits: list[LimitAnswer]
    week_start: str
    any_start: bool


class TypePage(msgspec.Struct, frozen=True):
    """All types of a host, in order of id: there is no further page."""

    items: list[TypeAnswer]
    next_cursor: str | None = None


def to_type(id: AppointmentTypeId, body: TypeBody) -> AppointmentType:
    """Return the appointment type that a body describes; raises InvalidRequest where there can be none."""
    durations, spread = body.durations, body.duration_range
    if isinstance(durations, UnsetType) == isinstance(spread, UnsetType):
        raise _wrong("/durations", "must be given, or else duration_range, and not both")
    policy = BookingPolicy(
        slot_interval=body.slot_interval_minutes * MINUTE,
        buffer_before=body.buffer_before_minutes * MINUTE,
        buffer_after=body.buffer_after_minutes * MINUTE,
        minimum_notice=body.minimum_notice_minutes * MINUTE,
        horizon_days=body.horizon_days,
        limits=[_to_limit(limit, number) for number, limit in enumerate(body.limits)],
        week_start=_DAYS.index(body.week_start),
        any_start=body.any_start,
    )
    try:
        return AppointmentType(
            id,
            body.title,
            () if isinstance(durations, UnsetType) else [minutes * MINUTE for minutes in durations],
            policy=policy,
            requires_confirmation=body.requires_confirmation,
            duration_range=None if isinstance(spread, UnsetType) else _to_range(spread),
        )
    except InvalidValue as error:
        raise _wrong(f"/{error.name}", error.rule) from None


def to_type_answer(type: AppointmentType) -> TypeAnswer:
    """Return an appointment type as it is told to its host."""
    policy, spread = type.policy, type.duration_range
    return TypeAnswer(
        id=type.id,
        title=type.title,
        durations=UNSET if spread is not None else [to_minutes(item) for item in type.durations],
        duration_range=UNSET if spread is None else RangeAnswer(*map(to_minutes, spread)),
        requires_confirmation=type.requires_confirmation,
        slot_interval_minutes=to_minutes(policy.slot_interval),
        buffer_before_minutes=to_minutes(policy.buffer_before),
        buffer_after_minutes=to_minutes(policy.buffer_after),
        minimum_notice_minutes=to_minutes(policy.minimum_notice),
        horizon_days=policy.horizon_days,
        limits=[to_cap(limit) for limit in policy.limits],
        week_start=_DAYS[policy.week_start],
        any_start=policy.any_start,
    )


def _to_range(spread: DurationRange) -> tuple[dt.timedelta, dt.timedelta, dt.timedelta]:
    return spread.shortest * MINUTE, spread.longest * MINUTE, spread.step * MINUTE


def _to_limit(limit: LimitBody, number: int) -> Limit:
    count, minutes = limit.count, limit.minutes
    if isinstance(count, UnsetType) == isinstance(minutes, UnsetType):
        raise _wrong(f"/limits/{number}", "must have either a count or minutes")
    return Limit(
        Period(limit.period),
        count=None if isinstance(count, UnsetType) else count,
        total=None if isinstance(minutes, UnsetType) else minutes * MINUTE,
    )


def _wrong(pointer: str, rule: str) -> InvalidRequest:
    return InvalidRequest((FieldError(rule, pointer=pointer),))
