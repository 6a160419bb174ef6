"""Ids, and the only clock and the only source of chance."""

import datetime as dt
import uuid

import pytest

from scheduling_core import AppointmentType, AppointmentTypeId, BusyInterval, Interval, InvalidValue
from scheduling_core.system import new_id, read_clock


@pytest.mark.parametrize("id", ["7", " x", "Zoë 🦊", "me@example.com", "x" * 200])
def test_an_id_may_be_an_application_s_own_key(id: str) -> None:
    """Any printable text of 1 to 200 characters names a thing."""
    assert AppointmentType(AppointmentTypeId(id), "Talk").id == id


@pytest.mark.parametrize(
    ("id", "rule"),
    [
        ("", "must not be empty"),
        (" \u00a0", "must not be empty"),
        ("x" * 201, "must have at most 200 characters, not 201"),
        ("a\nb", "must not hold control characters or lone surrogates"),
        ("a\x00", "must not hold control characters or lone surrogates"),
        ("a\x7f", "must not hold control characters or lone surrogates"),
        ("\ud800", "must not hold control characters or lone surrogates"),
        (7, "must be text, not int"),
        (None, "must be text, not NoneType"),
    ],
    ids=["empty", "blank", "long", "line", "nul", "delete", "surrogate", "number", "none"],
)
def test_a_bad_id_is_refused(id: str, rule: str) -> None:
    """What a storage or a page could not hold is no id, and the error names the rule."""
    with pytest.raises(InvalidValue) as caught:
        AppointmentType(AppointmentTypeId(id), "Talk")
    assert (caught.value.name, caught.value.rule, caught.value.value) == ("id", rule, ...)


def test_text_that_may_be_empty_is_bounded_all_the_same() -> None:
    """A label may be left out, but not be longer than its column."""
    during = Interval.of(dt.datetime(2026, 1, 5, tzinfo=dt.UTC), dt.timedelta(hours=1))
    assert BusyInterval(during, "").source == ""
    with pytest.raises(InvalidValue, match="at most 200 characters"):
        BusyInterval(during, "x" * 201)


def test_a_new_id_is_a_uuid_of_version_7() -> None:
    """Version and variant are those of RFC 9562, in the usual spelling."""
    made = new_id()
    parsed = uuid.UUID(made)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert str(parsed) == made


def test_new_ids_sort_by_time() -> None:
    """Ids made one after the other are all different and in order."""
    ids = [new_id() for _ in range(1_000)]
    assert ids == sorted(set(ids))


def test_a_new_id_begins_with_the_milliseconds() -> None:
    """The first 48 bits tell when the id was made."""
    epoch, millisecond = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(milliseconds=1)
    before = (read_clock() - epoch) // millisecond
    told = uuid.UUID(new_id()).int >> 80
    assert before <= told <= (read_clock() - epoch) // millisecond


def test_the_clock_tells_utc() -> None:
    """The present instant comes with the zone UTC itself."""
    assert read_clock().tzinfo is dt.UTC
