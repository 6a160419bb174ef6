"""The appointment: its lifecycle as a table, its fields, and what it never tells of the customer."""

import copy
import datetime as dt
import itertools
import pickle
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from scheduling_core import (
    HOLDS_TIME,
    TRANSITIONS,
    Appointment,
    AppointmentId,
    AppointmentTypeId,
    BookingRequest,
    HostId,
    IllegalTransition,
    Interval,
    InvalidValue,
    Status,
)
from scheduling_core.appointments import ERASED, MOVABLE, Metadata

at = dt.datetime.fromisoformat
HOUR = dt.timedelta(hours=1)
NOW, LATER = at("2026-01-01T00:00Z"), at("2026-01-02T00:00Z")
DURING = Interval.of(at("2026-01-05T09:00Z"), HOUR)
CUSTOMER: dict[str, Any] = {
    "customer_name": "Zoë Quux",
    "customer_email": "zoe@quux.example",
    "customer_phone": "+49 30 5550100",
    "notes": "allergic\nto cats",
    "metadata": {"case": "secret-77"},
}
SECRETS = ("Quux", "quux", "5550100", "allergic", "secret-77")


def make(**fields: Any) -> Appointment:  # noqa: ANN401  Bad values are among them.
    """Return an appointment with some fields of interest."""
    known: dict[str, Any] = {
        "id": AppointmentId("a1"),
        "host": HostId("host"),
        "type": AppointmentTypeId("talk"),
        **CUSTOMER,
        "during": DURING,
        "occupied": DURING,
        "status": Status.CONFIRMED,
        "version": 1,
        "timezone": ZoneInfo("Europe/Berlin"),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Appointment(**{**known, **fields})


def request(**fields: Any) -> BookingRequest:  # noqa: ANN401  As above.
    """Return a request with some fields of interest."""
    known = {"host": "host", "type": "talk", "start": DURING.start, **CUSTOMER}
    return BookingRequest(**{**known, **fields})


LEGAL = {
    ("pending", "confirmed"),
    ("pending", "declined"),
    ("pending", "cancelled"),
    ("confirmed", "cancelled"),
    ("confirmed", "completed"),
    ("confirmed", "no_show"),
}


class TestLifecycle:
    """Every step, legal or not."""

    @pytest.mark.parametrize(("status", "to"), sorted(LEGAL))
    def test_a_legal_step_changes_the_status(self, status: str, to: str) -> None:
        """The version rises by one, the time of the change is kept, and nothing else moves."""
        before = make(status=Status(status), version=3)
        after = before.stepped(Status(to), LATER)
        assert after == attrs.evolve(before, status=Status(to), version=4, updated_at=LATER)

    @pytest.mark.parametrize(
        ("status", "to"),
        [
            (status.value, to.value)
            for status, to in itertools.product(Status, Status)
            if (status.value, to.value) not in LEGAL
        ],
    )
    def test_any_other_step_raises_and_changes_nothing(self, status: str, to: str) -> None:
        """The error tells the status and the step, and the appointment is what it was."""
        appointment = make(status=Status(status))
        with pytest.raises(IllegalTransition) as caught:
            appointment.stepped(Status(to), LATER)
        assert (caught.value.status, caught.value.step) == (status, to)
        assert appointment == make(status=Status(status))

    def test_the_table_is_complete(self) -> None:
        """Every status has a row, and the rows say what is tested here."""
        assert set(TRANSITIONS) == set(Status)
        steps = {(status.value, to.value) for status, row in TRANSITIONS.items() for to in row}
        assert steps == LEGAL

    @pytest.mark.parametrize("status", Status)
    def test_time_is_held_unless_it_was_given_back(self, status: Status) -> None:
        """Only a declined or cancelled appointment lets others have its time."""
        holds = status not in {Status.DECLINED, Status.CANCELLED}
        assert make(status=status).holds_time is (status in HOLDS_TIME) is holds

    def test_what_may_still_change_may_move(self) -> None:
        """Pending and confirmed appointments can be moved, and no others."""
        assert {status for status, row in TRANSITIONS.items() if row} == MOVABLE


class TestFields:
    """What makes an appointment, and a request for one."""

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({"customer_name": ""}, "customer_name must not be empty"),
            ({"customer_name": " \t"}, "customer_name must not be empty"),
            ({"customer_name": "x" * 201}, "customer_name must have at most 200 characters"),
            ({"customer_name": "Zoë\nQuux"}, "customer_name must not hold control characters"),
            ({"customer_name": None}, "customer_name must be text, not NoneType"),
            ({"notes": "x" * 10_001}, "notes must have at most 10000 characters"),
            ({"notes": "a\x00b"}, "notes must not hold control characters"),
            ({"customer_email": "quux"}, "customer_email must be an e-mail address"),
            ({"customer_email": "@quux"}, "customer_email must be an e-mail address"),
            ({"customer_email": "quux@"}, "customer_email must be an e-mail address"),
            ({"customer_email": "zoe quux@x"}, "customer_email must be an e-mail address"),
            ({"customer_email": "x@" + "x" * 253}, "customer_email must have at most 254"),
            ({"customer_phone": "5" * 41}, "customer_phone must have at most 40"),
            ({"customer_phone": ""}, "customer_phone must not be empty"),
            ({"metadata": {"": "x"}}, "metadata must not be empty"),
            ({"metadata": {"k" * 41: "x"}}, "metadata must have at most 40 characters"),
            ({"metadata": {"k": "x" * 501}}, "metadata must have at most 500 characters"),
            ({"metadata": {"k": 5}}, "metadata must be text, not int"),
            ({"metadata": {str(i): "" for i in range(51)}}, "metadata must have at most 50 entries"),
            ({"timezone": "Quux/Berlin"}, "timezone must be an IANA time zone"),
            ({"host": ""}, "host must not be empty"),
            ({"type": "x" * 201}, "type must have at most 200 characters"),
        ],
        ids=lambda value: value[:30] if isinstance(value, str) else "",
    )
    def test_a_bad_field_is_refused_everywhere(self, fields: Mapping[str, Any], complaint: str) -> None:
        """Neither an appointment nor a request takes it, and no error shows what may be a customer's."""
        for build in (make, request):
            with pytest.raises(InvalidValue, match=complaint) as caught:
                build(**fields)
            assert caught.value.name in fields
            if caught.value.name != "timezone":
                assert caught.value.value is ...

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({"occupied": Interval.of(DURING.start + HOUR, HOUR)}, "occupied must contain"),
            ({"version": 0}, "version must be a whole number from 1"),
            ({"status": "confirmed"}, "status must be of class Status"),
            ({"created_at": dt.datetime(2026, 1, 1)}, "must be a datetime with a time zone"),
            ({"updated_at": dt.datetime(2026, 1, 1)}, "must be a datetime with a time zone"),
            ({"local_start": DURING.start}, "local_start must be a clock reading"),
            ({"id": " "}, "id must not be empty"),
        ],
        ids=["occupied", "version", "status", "created", "updated", "local-start", "id"],
    )
    def test_a_record_hangs_together(self, fields: Mapping[str, Any], complaint: str) -> None:
        """An appointment whose fields contradict each other cannot be built."""
        with pytest.raises(InvalidValue, match=complaint):
            make(**fields)

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({"start": dt.datetime(2026, 1, 5, 9)}, "start must be a datetime with a time zone"),
            ({"duration": dt.timedelta(0)}, "duration must be a positive timedelta"),
            ({"duration": -HOUR}, "duration must be a positive timedelta"),
            ({"duration": 30}, "duration must be a positive timedelta"),
        ],
        ids=["naive", "zero", "negative", "number"],
    )
    def test_a_request_is_for_some_time(self, fields: Mapping[str, Any], complaint: str) -> None:
        """A naive start and a duration of nothing are refused before anyone is asked."""
        with pytest.raises(InvalidValue, match=complaint):
            request(**fields)

    def test_only_the_name_is_needed(self) -> None:
        """Contact, notes and metadata may be left out."""
        nothing: dict[str, Any] = {
            "customer_email": None,
            "customer_phone": None,
            "notes": "",
            "metadata": {},
        }
        for build in (make, request):
            assert build(**nothing).customer_name == "Zoë Quux"

    def test_the_local_time_that_was_meant_is_kept(self) -> None:
        """Beside the instant stands the bare reading of the clocks in the appointment's zone."""
        assert make().local_start == dt.datetime(2026, 1, 5, 10)
        second_pass = Interval.of(at("2026-10-25T01:30Z"), HOUR)
        assert make(during=second_pass, occupied=second_pass).local_start == dt.datetime(2026, 10, 25, 2, 30)


class TestPrivacy:
    """What an appointment never tells."""

    def test_a_repr_tells_nothing_of_the_customer(self) -> None:
        """Neither the record, nor the request, nor the metadata spells out whom it is about."""
        told = repr(make()) + repr(request()) + repr(make().metadata)
        assert "a1" in told
        assert not [secret for secret in SECRETS if secret in told]

    def test_the_customer_can_be_erased(self) -> None:
        """Erased, nothing of the customer is left, and the time stays as it was."""
        erased = make().without_customer()
        assert erased.customer_name == ERASED
        assert not [secret for secret in SECRETS if secret in str(attrs.asdict(erased))]
        assert attrs.evolve(erased, **CUSTOMER) == make()


class TestMetadata:
    """An application's own words."""

    def test_it_reads_as_a_mapping(self) -> None:
        """It compares with a dict, in any order, and knows what it does not have."""
        metadata = make(metadata={"b": "2", "a": "line\nbreak"}).metadata
        assert metadata == {"a": "line\nbreak", "b": "2"}
        assert (list(metadata), len(metadata), metadata["b"]) == (["a", "b"], 2, "2")
        with pytest.raises(KeyError):
            metadata["c"]

    def test_it_cannot_be_changed(self) -> None:
        """Neither it, nor through the dict that it was made from."""
        source = {"a": "1"}
        metadata = make(metadata=source).metadata
        source["a"] = "2"
        assert metadata["a"] == "1"
        with pytest.raises(TypeError):
            metadata["a"] = "2"  # type: ignore[index]

    def test_equal_ones_hash_alike(self) -> None:
        """The order of the entries does not matter."""
        one, other = make(metadata={"a": "1", "b": "2"}), make(metadata={"b": "2", "a": "1"})
        assert one == other
        assert hash(one.metadata) == hash(other.metadata)
        assert hash(Metadata([("b", "2"), ("a", "1")])) == hash(one.metadata)

    def test_it_is_made_from_a_mapping(self) -> None:
        """A list or nothing at all is a bad value."""
        for bad in (None, [("a", "1")]):
            with pytest.raises(InvalidValue, match="metadata must hold values of class Mapping"):
                make(metadata=bad)


@pytest.mark.parametrize("value", [make(), request(), make().metadata], ids=["record", "request", "metadata"])
def test_values_are_plain(value: Any) -> None:  # noqa: ANN401  Each is of a type of its own.
    """They can be hashed, copied and pickled, and nothing in them can be set."""
    for again in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301  Our own bytes.
        assert again == value
        assert hash(again) == hash(value)
    with pytest.raises(AttributeError):
        value.notes = "changed"
