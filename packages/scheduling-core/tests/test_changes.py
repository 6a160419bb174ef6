"""Changes: what a host may set aside, and what a change forgets when a customer is erased."""

import copy
import datetime as dt
import pickle
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import (
    Amended,
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    Booked,
    Cancelled,
    Completed,
    Confirmed,
    Declined,
    HostId,
    Interval,
    InvalidValue,
    LogEntry,
    MarkedNoShow,
    PolicyOverride,
    Purged,
    Rescheduled,
    Schedule,
    ScheduleSet,
    Status,
    TimeOff,
    TimeOffAdded,
    TimeOffRemoved,
    TypeAdded,
    TypeRemoved,
)
from scheduling_core.appointments import ERASED
from scheduling_core.changes import OVERRIDABLE, AppointmentChange, Change, without_customer
from scheduling_core.rules import RULES

HOST, NOW, UTC = HostId("host"), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), ZoneInfo("UTC")
DURING = Interval.of(NOW, dt.timedelta(hours=1))
MET = Appointment(
    id=AppointmentId("a1"),
    host=HOST,
    type=AppointmentTypeId("talk"),
    customer_name="Ann Quux",
    during=DURING,
    occupied=DURING,
    status=Status.CONFIRMED,
    version=1,
    timezone=UTC,
    notes="Quux is allergic",
    created_at=NOW,
    updated_at=NOW,
)
ERASED_MET = MET.without_customer()
WISH = PolicyOverride("boss", "for Quux", frozenset({"off_grid"}))
BLANK = PolicyOverride("boss", ERASED, frozenset({"off_grid"}))

FORGOTTEN: list[tuple[AppointmentChange, AppointmentChange]] = [
    (Booked(MET), Booked(ERASED_MET)),
    (Booked(MET, WISH), Booked(ERASED_MET, BLANK)),
    (Rescheduled(MET, DURING), Rescheduled(ERASED_MET, DURING)),
    (Rescheduled(MET, DURING, WISH), Rescheduled(ERASED_MET, DURING, BLANK)),
    (Amended(MET), Amended(ERASED_MET)),
    (Confirmed(MET), Confirmed(ERASED_MET)),
    (Declined(MET, "not Quux"), Declined(ERASED_MET)),
    (Cancelled(MET, "Quux is ill", "customer"), Cancelled(ERASED_MET, "", "customer")),
    (Completed(MET), Completed(ERASED_MET)),
    (MarkedNoShow(MET), MarkedNoShow(ERASED_MET)),
    (Purged(MET), Purged(ERASED_MET)),
]
OF_HOST: list[Change] = [
    ScheduleSet(HOST, NOW, Schedule(UTC)),
    TypeAdded(HOST, NOW, AppointmentType(AppointmentTypeId("talk"), "Talk")),
    TypeRemoved(HOST, NOW, AppointmentType(AppointmentTypeId("talk"), "Talk")),
    TimeOffAdded(HOST, NOW, TimeOff(DURING)),
    TimeOffRemoved(HOST, NOW, TimeOff(DURING)),
]


@pytest.mark.parametrize(("change", "kept"), FORGOTTEN, ids=[change.kind for change, _ in FORGOTTEN])
def test_a_change_can_forget_the_customer(change: AppointmentChange, kept: AppointmentChange) -> None:
    """Free texts may tell of the customer, so they go as well; who did what, and when, stays."""
    assert without_customer(change) == kept
    assert without_customer(kept) == kept


@pytest.mark.parametrize(
    "change", [*(change for change, _ in FORGOTTEN), *OF_HOST], ids=lambda change: change.kind
)
def test_a_change_is_a_plain_value(change: Change) -> None:
    """It tells host and time, shows no customer, and can be logged, hashed, copied and pickled."""
    assert (change.host, change.at) == (HOST, NOW)
    entry = LogEntry(1, change)
    for again in (copy.deepcopy(entry), pickle.loads(pickle.dumps(entry))):  # noqa: S301  Our own bytes.
        assert again == entry
        assert hash(again) == hash(entry)


@pytest.mark.parametrize(("change", "_"), FORGOTTEN, ids=[change.kind for change, _ in FORGOTTEN])
def test_the_repr_of_a_change_shows_no_customer(change: AppointmentChange, _: AppointmentChange) -> None:
    """A change may be logged by a program that knows nothing of customers."""
    assert "Quux" not in repr(change)


def test_every_kind_of_change_has_its_own_word() -> None:
    """No two kinds share the word under which they are stored."""
    every = [type(change) for change, _ in FORGOTTEN] + [type(change) for change in OF_HOST]
    assert len({kind.kind for kind in every}) == len(set(every)) == 14


def test_every_rule_but_the_overlap_may_be_set_aside() -> None:
    """The codes are those of the rules."""
    assert {rule.__name__ for rule in RULES} - {"overlap"} == OVERRIDABLE


@pytest.mark.parametrize(
    "codes",
    [["overlap"], ["off_grid", "overlap"], ["nonsense"], [], [5]],
    ids=["overlap", "with-overlap", "unknown", "none", "number"],
)
def test_the_codes_of_an_override_are_checked(codes: Iterable[str]) -> None:
    """An overlap, an unknown rule or no rule at all cannot be set aside."""
    with pytest.raises(InvalidValue, match="codes must be some of beyond_horizon, "):
        PolicyOverride("boss", "a favour", codes)


@pytest.mark.parametrize(
    ("actor", "reason", "complaint"),
    [
        ("", "x", "actor must not be empty"),
        ("x", "", "reason must not be empty"),
        ("x", "y" * 501, "reason must have at most 500"),
    ],
    ids=["nobody", "unexplained", "long"],
)
def test_an_override_names_who_and_why(actor: str, reason: str, complaint: str) -> None:
    """An anonymous or unexplained wish is refused."""
    with pytest.raises(InvalidValue, match=complaint):
        PolicyOverride(actor, reason, ["off_grid"])


def test_a_single_code_may_be_given_by_itself() -> None:
    """A text is one code, not its letters."""
    assert PolicyOverride("boss", "a favour", "off_grid").codes == {"off_grid"}


@pytest.mark.parametrize("field", ["reason", "by"])
def test_what_is_told_of_a_cancellation_is_bounded(field: str) -> None:
    """Reason and person are printable text of bounded length."""
    for bad in ("x" * 501, "\x00"):
        with pytest.raises(InvalidValue, match=f"{field} must "):
            Cancelled(MET, **{field: bad})
