"""Decisions: what they change, what they refuse, and what a host may set aside."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from scheduling_core import (
    Agenda,
    Amended,
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    Booked,
    BookingPolicy,
    BookingRefused,
    BookingRequest,
    Cancelled,
    Completed,
    Confirmed,
    Declined,
    HostId,
    IllegalTransition,
    Interval,
    InvalidValue,
    MarkedNoShow,
    PolicyOverride,
    Purged,
    Rescheduled,
    Schedule,
    Status,
    TimeRange,
    WeeklyHours,
    decisions,
)
from scheduling_core.appointments import ERASED
from scheduling_core.changes import OVERRIDABLE

at = dt.datetime.fromisoformat
HOST, TALK, ID = HostId("host"), AppointmentTypeId("talk"), AppointmentId("a1")
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
NOW, LATER = at("2026-01-01T00:00Z"), at("2026-01-02T00:00Z")
NINE, TEN = at("2026-01-05T08:00Z"), at("2026-01-05T09:00Z")
TYPE = AppointmentType(
    TALK, "Talk", [HOUR, 2 * HOUR], BookingPolicy(buffer_before=5 * MINUTE, buffer_after=10 * MINUTE)
)
DETAILS: Mapping[str, Any] = {
    "notes": "allergic",
    "metadata": {"case": "77"},
    "customer_email": "ann@example.com",
    "customer_phone": "030 555",
}


def agenda(*appointments: Appointment) -> Agenda:
    """Return the agenda of a day from nine to five in Berlin."""
    window = Interval(at("2026-01-05T00:00Z"), at("2026-01-06T00:00Z"))
    hours = WeeklyHours.on("mon-fri", TimeRange(dt.time(9), dt.time(17)))
    return Agenda(HOST, window, Schedule(BERLIN, hours), appointments)


def book(start: dt.datetime = NINE, override: PolicyOverride | None = None, **wanted: Any) -> Booked:  # noqa: ANN401  Fields of several types.
    """Book at *start* in an empty day."""
    request = BookingRequest(HOST, TALK, start, "Ann", **wanted)
    return decisions.book(agenda(), TYPE, request, id=ID, now=NOW, override=override)


def confirmed(**fields: Any) -> Appointment:  # noqa: ANN401  As above.
    """Return an appointment from nine to ten."""
    return attrs.evolve(book(**DETAILS).appointment, **fields)


def setting_aside(*codes: str) -> PolicyOverride:
    """Return the wish to set rules aside."""
    return PolicyOverride("boss", "a favour", codes)


class TestBook:
    """A new appointment."""

    def test_it_is_what_was_asked_for(self) -> None:
        """The appointment has the request's data, the type's length and buffers, and version 1."""
        appointment = book(**DETAILS).appointment
        assert (appointment.id, appointment.host, appointment.type) == (ID, HOST, TALK)
        assert appointment.during == Interval(NINE, TEN)
        assert appointment.occupied == Interval(NINE - 5 * MINUTE, TEN + 10 * MINUTE)
        assert (appointment.version, appointment.created_at, appointment.updated_at) == (1, NOW, NOW)
        assert appointment.customer_name == "Ann"
        assert {name: getattr(appointment, name) for name in DETAILS} == DETAILS

    @pytest.mark.parametrize(
        ("asked", "status"), [(False, Status.CONFIRMED), (True, Status.PENDING)], ids=["confirmed", "pending"]
    )
    def test_it_is_pending_where_the_type_asks_for_confirmation(self, asked: bool, status: Status) -> None:
        """Without that it is confirmed at once."""
        wanted = attrs.evolve(TYPE, requires_confirmation=asked)
        request = BookingRequest(HOST, TALK, NINE, "Ann")
        assert decisions.book(agenda(), wanted, request, id=ID, now=NOW).appointment.status is status

    @pytest.mark.parametrize(
        ("zone", "expected"), [(None, "2026-01-05T09:00"), (TOKYO, "2026-01-05T17:00")], ids=["host's", "own"]
    )
    def test_the_time_is_meant_in_the_customer_s_zone(self, zone: ZoneInfo | None, expected: str) -> None:
        """Where none is named, the host's is meant; the local reading is kept with it."""
        appointment = book(timezone=zone).appointment
        assert appointment.timezone == (zone or BERLIN)
        assert appointment.local_start == at(expected)

    def test_another_duration_may_be_asked_for(self) -> None:
        """Any that the type allows."""
        assert book(duration=2 * HOUR).appointment.during.duration == 2 * HOUR

    def test_a_refusal_has_every_reason(self) -> None:
        """All that is wrong is told at once."""
        with pytest.raises(BookingRefused) as caught:
            book(at("2026-01-05T15:40Z"), duration=45 * MINUTE)
        codes = [reason.code for reason in caught.value.reasons]
        assert codes == ["outside_hours", "off_grid", "wrong_duration"]

    @pytest.mark.parametrize("wrong", [{"host": "other"}, {"type": "walk"}], ids=["host", "type"])
    def test_the_request_must_be_for_this_agenda_and_type(self, wrong: Mapping[str, str]) -> None:
        """A mix-up of the caller is an error and no refusal."""
        request = attrs.evolve(BookingRequest(HOST, TALK, NINE, "Ann"), **wrong)  # type: ignore[arg-type]
        with pytest.raises(InvalidValue, match="request must be for the agenda's host"):
            decisions.book(agenda(), TYPE, request, id=ID, now=NOW)


class TestOverride:
    """The host's wish to set rules aside."""

    def test_it_is_recorded(self) -> None:
        """Set-aside rules do not refuse, and the change keeps who wanted it so and why."""
        wish = setting_aside("outside_hours", "off_grid")
        booked = book(at("2026-01-05T20:01Z"), override=wish)
        assert booked.override == wish
        moved = decisions.reschedule(
            agenda(), TYPE, confirmed(), at("2026-01-05T20:01Z"), now=LATER, override=wish
        )
        assert moved.override == wish

    def test_other_rules_stand(self) -> None:
        """Only the named rules are set aside, and the refusal has the rest."""
        with pytest.raises(BookingRefused) as caught:
            book(at("2026-01-05T20:01Z"), override=setting_aside("off_grid"))
        assert [reason.code for reason in caught.value.reasons] == ["outside_hours"]

    def test_it_never_permits_an_overlap(self) -> None:
        """With all that can be set aside, an overlap is refused all the same."""
        request = BookingRequest(HOST, TALK, NINE + MINUTE, "Bob")
        wish = setting_aside(*OVERRIDABLE)
        with pytest.raises(BookingRefused) as caught:
            decisions.book(agenda(confirmed()), TYPE, request, id=AppointmentId("b"), now=NOW, override=wish)
        assert [reason.code for reason in caught.value.reasons] == ["overlap"]


class TestReschedule:
    """Another time for an appointment."""

    def test_the_time_changes_and_nothing_else(self) -> None:
        """Customer, duration and status are kept; the change knows where it was."""
        before = confirmed(status=Status.PENDING)
        change = decisions.reschedule(agenda(before), TYPE, before, NINE + 15 * MINUTE, now=LATER)
        during = Interval.of(NINE + 15 * MINUTE, HOUR)
        assert change == Rescheduled(
            attrs.evolve(
                before,
                during=during,
                occupied=during.padded(5 * MINUTE, 10 * MINUTE),
                local_start=dt.datetime(2026, 1, 5, 9, 15),
                version=2,
                updated_at=LATER,
            ),
            Interval(NINE, TEN),
        )

    def test_the_duration_may_change_with_it(self) -> None:
        """Where another one is named, it has to be allowed."""
        before = confirmed()
        moved = decisions.reschedule(agenda(before), TYPE, before, NINE, now=LATER, duration=2 * HOUR)
        assert moved.appointment.during == Interval.of(NINE, 2 * HOUR)
        with pytest.raises(BookingRefused, match="wrong_duration"):
            decisions.reschedule(agenda(before), TYPE, before, NINE, now=LATER, duration=3 * HOUR)

    def test_a_conflict_is_refused(self) -> None:
        """Somebody else's time stays theirs."""
        before = confirmed()
        other = attrs.evolve(
            before, id=AppointmentId("b"), during=Interval.of(TEN, HOUR), occupied=Interval.of(TEN, HOUR)
        )
        with pytest.raises(BookingRefused, match="refused: overlap"):
            decisions.reschedule(agenda(before, other), TYPE, before, TEN, now=LATER)

    @pytest.mark.parametrize("status", [Status.DECLINED, Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW])
    def test_only_what_is_to_come_can_be_moved(self, status: Status) -> None:
        """A pending or a confirmed appointment, whatever the new time."""
        before = confirmed(status=status)
        with pytest.raises(IllegalTransition) as caught:
            decisions.reschedule(agenda(), TYPE, before, TEN, now=LATER)
        assert (caught.value.status, caught.value.step) == (status.value, "rescheduled")

    @pytest.mark.parametrize("wrong", [{"host": "other"}, {"type": "walk"}], ids=["host", "type"])
    def test_the_appointment_must_be_of_this_agenda_and_type(self, wrong: Mapping[str, str]) -> None:
        """A mix-up of the caller is an error and no refusal."""
        with pytest.raises(InvalidValue, match="appointment must be of the agenda's host"):
            decisions.reschedule(agenda(), TYPE, confirmed(**wrong), TEN, now=LATER)


class TestAmend:
    """Another name, note or contact."""

    @pytest.mark.parametrize(
        "fields",
        [
            {"customer_name": "Bob"},
            {"notes": ""},
            {"metadata": {}},
            {"customer_email": "b@c"},
            {"customer_phone": "1"},
        ],
        ids=lambda fields: next(iter(fields)),
    )
    def test_a_named_field_changes(self, fields: Mapping[str, Any]) -> None:
        """What is named changes, what is not stays, in any status."""
        before = confirmed(status=Status.CANCELLED)
        change = decisions.amend(before, now=LATER, **fields)
        assert change == Amended(attrs.evolve(before, version=2, updated_at=LATER, **fields))

    def test_contact_can_be_taken_away(self) -> None:
        """An empty e-mail or phone number leaves none."""
        after = decisions.amend(confirmed(), now=LATER, customer_email="", customer_phone="").appointment
        assert (after.customer_email, after.customer_phone) == (None, None)

    def test_a_name_cannot_be_taken_away(self) -> None:
        """An appointment is for somebody."""
        with pytest.raises(InvalidValue, match="customer_name must not be empty"):
            decisions.amend(confirmed(), now=LATER, customer_name="")


Step = Callable[..., Confirmed | Declined | Cancelled | Completed | MarkedNoShow]


@pytest.mark.parametrize(
    ("decide", "before", "change", "after"),
    [
        (decisions.confirm, Status.PENDING, Confirmed, Status.CONFIRMED),
        (decisions.decline, Status.PENDING, Declined, Status.DECLINED),
        (decisions.cancel, Status.PENDING, Cancelled, Status.CANCELLED),
        (decisions.cancel, Status.CONFIRMED, Cancelled, Status.CANCELLED),
        (decisions.complete, Status.CONFIRMED, Completed, Status.COMPLETED),
        (decisions.mark_no_show, Status.CONFIRMED, MarkedNoShow, Status.NO_SHOW),
    ],
)
def test_a_step_is_a_change(decide: Step, before: Status, change: type, after: Status) -> None:
    """Each step of the lifecycle has its decision and its change; from the end there is none."""
    appointment = confirmed(status=before)
    made = decide(appointment, now=LATER)
    assert made == change(appointment.stepped(after, LATER))
    assert (made.host, made.at) == (HOST, LATER)
    with pytest.raises(IllegalTransition):
        decide(made.appointment, now=LATER)


def test_who_cancelled_and_why_is_kept() -> None:
    """The change tells it, the appointment does not."""
    change = decisions.cancel(confirmed(), now=LATER, reason="ill", by="customer")
    assert (change.reason, change.by) == ("ill", "customer")
    assert decisions.decline(confirmed(status=Status.PENDING), now=LATER, reason="full").reason == "full"


@pytest.mark.parametrize("status", Status)
def test_a_purge_erases_the_customer_and_keeps_the_time(status: Status) -> None:
    """In any status the customer goes and the rest stays."""
    before = confirmed(status=status)
    expected = attrs.evolve(before.without_customer(), version=2, updated_at=LATER)
    assert decisions.purge(before, now=LATER) == Purged(expected)
    assert expected.customer_name == ERASED
