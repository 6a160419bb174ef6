"""The clock on the wall, and UTC: zone names, single local times, and where the offset changes."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest

from scheduling_core import InvalidValue, Schedule, local_time

at = dt.datetime.fromisoformat
BERLIN, NEW_YORK, LORD_HOWE = (
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
)
# The smallest file of time zone data there is: UTC, without a name.
NAMELESS = b"TZif" + bytes(1 + 15 + 4 * 4 + 3) + b"\x01" + bytes(3) + b"\x04" + bytes(6) + b"UTC\x00"


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+12"])
def test_a_zone_is_found_by_its_name(name: str) -> None:
    """Every name of the time zone data is a zone."""
    assert local_time.find_zone(name) is ZoneInfo(name)


@pytest.mark.parametrize(
    "name",
    [
        "America",
        "x" * 5_000,
        "../../etc/passwd",
        "/usr/share/zoneinfo/UTC",
        "posix/Europe/Berlin",
        "right/Europe/Berlin",
        "Europe/Berlin\n",
        " Europe/Berlin",
        "europe/berlin",
        "Europe\x00/Berlin",
        "zone.tab",
        "localtime",
        "CEST",
        "+01:00",
        "",
    ],
    ids=lambda name: ascii(name[:20]),
)
def test_any_other_name_is_refused(name: str) -> None:
    """A folder, a path, another spelling or the machine's own zone is no IANA time zone."""
    with pytest.raises(InvalidValue, match="timezone must be an IANA time zone") as caught:
        local_time.find_zone(name)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", [None, "Europe/Atlantis"], ids=["none", "unknown"])
def test_a_zone_needs_a_known_name(name: str | None) -> None:
    """A zone read from a file could not be stored under its name, so it is no zone of a schedule."""
    zone = ZoneInfo.from_file(io.BytesIO(NAMELESS), key=name)
    with pytest.raises(InvalidValue, match="timezone must "):
        Schedule(zone)


def test_a_zone_is_the_same_however_it_was_made() -> None:
    """Two objects of one name are one zone, so that what comes back from a storage is equal."""
    assert Schedule(ZoneInfo.no_cache("Europe/Berlin")) == Schedule(BERLIN)


@pytest.mark.parametrize(
    ("day", "time", "zone", "expected"),
    [
        ("2026-01-05", "09:00", BERLIN, "2026-01-05T08:00Z"),
        ("2026-03-29", "01:59", BERLIN, "2026-03-29T00:59Z"),
        ("2026-03-29", "02:00", BERLIN, "2026-03-29T01:00Z"),
        ("2026-03-29", "02:30", BERLIN, "2026-03-29T01:30Z"),
        ("2026-03-29", "03:00", BERLIN, "2026-03-29T01:00Z"),
        ("2026-10-25", "02:30", BERLIN, "2026-10-25T00:30Z"),
        ("2026-10-25", "03:00", BERLIN, "2026-10-25T02:00Z"),
        ("2026-10-04", "02:10", LORD_HOWE, "2026-10-03T15:40Z"),
        ("2026-04-05", "01:45", LORD_HOWE, "2026-04-04T14:45Z"),
        ("2011-12-30", "12:00", ZoneInfo("Pacific/Apia"), "2011-12-30T22:00Z"),
        ("2026-02-01", "12:00", ZoneInfo("Europe/Dublin"), "2026-02-01T12:00Z"),
    ],
    ids=[
        "plain",
        "before-gap",
        "gap-start",
        "in-gap",
        "after-gap",
        "repeated",
        "after-repeated",
        "half-hour-gap",
        "half-hour-repeated",
        "skipped-date",
        "negative-dst",
    ],
)
def test_a_typed_time_is_read_as_rfc_5545_says(day: str, time: str, zone: ZoneInfo, expected: str) -> None:
    """A skipped time moves on by the length of the gap, a repeated one takes the first pass."""
    typed = dt.time.fromisoformat(time)
    for fold in (0, 1):
        told = local_time.to_utc(dt.date.fromisoformat(day), typed.replace(fold=fold), zone)
        assert (told, told.tzinfo) == (at(expected), dt.UTC)


@pytest.mark.parametrize(
    ("day", "time", "complaint"),
    [
        (dt.date(2026, 1, 5), dt.time(9, tzinfo=dt.UTC), "at must be a time without a zone"),
        (dt.date(1, 1, 1), dt.time(0), "local time must be in the years"),
        (dt.date(9999, 12, 31), dt.time(23, 59), "local time must be in the years"),
    ],
    ids=["with-zone", "year-1", "year-9999"],
)
def test_a_typed_time_has_no_zone_and_a_year_in_range(day: dt.date, time: dt.time, complaint: str) -> None:
    """The zone is an argument of its own, and a far year is refused."""
    with pytest.raises(InvalidValue, match=complaint):
        local_time.to_utc(day, time, NEW_YORK)


@pytest.mark.parametrize(
    ("instant", "zone", "shown"),
    [
        ("2026-01-05T08:00Z", BERLIN, "2026-01-05T09:00:00+01:00"),
        ("2026-10-25T00:30Z", BERLIN, "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30Z", BERLIN, "2026-10-25T02:30:00+01:00"),
        ("2026-01-05T00:00-05:00", LORD_HOWE, "2026-01-05T16:00:00+11:00"),
    ],
    ids=["winter", "first-pass", "second-pass", "other-zone"],
)
def test_an_instant_is_shown_with_its_offset(instant: str, zone: ZoneInfo, shown: str) -> None:
    """What the clocks show comes with the offset, which tells the passes of an hour apart."""
    assert local_time.to_local(at(instant), zone).isoformat() == shown


def test_a_zone_may_be_given_by_name() -> None:
    """The name of a zone means the zone, and a name that is none is refused."""
    day, nine = dt.date(2026, 1, 5), dt.time(9)
    told = local_time.to_utc(day, nine, "Europe/Berlin")
    assert told == at("2026-01-05T08:00Z")
    assert local_time.to_local(told, "Europe/Berlin").isoformat() == "2026-01-05T09:00:00+01:00"
    with pytest.raises(InvalidValue, match="timezone must be an IANA time zone"):
        local_time.to_utc(day, nine, "Berlin")
    with pytest.raises(InvalidValue, match="timezone must be an IANA time zone"):
        local_time.to_local(told, "Berlin")


def test_a_naive_instant_cannot_be_shown() -> None:
    """Without a zone there is nothing to show."""
    with pytest.raises(InvalidValue):
        local_time.to_local(dt.datetime(2026, 1, 5, 9), BERLIN)


@pytest.mark.parametrize(
    ("zone", "start", "end", "expected"),
    [
        (BERLIN, "2026-02-01T00:00Z", "2026-02-02T00:00Z", [("2026-02-01T00:00Z", 60)]),
        (BERLIN, "2025-12-31T00:00Z", "2026-01-02T00:00Z", [("2025-12-31T00:00Z", 60)]),
        (
            BERLIN,
            "2026-01-01T00:00Z",
            "2027-01-01T00:00Z",
            [("2026-01-01T00:00Z", 60), ("2026-03-29T01:00Z", 120), ("2026-10-25T01:00Z", 60)],
        ),
        (BERLIN, "2026-03-29T01:00Z", "2026-03-30T00:00Z", [("2026-03-29T01:00Z", 120)]),
        (
            LORD_HOWE,
            "2026-04-01T00:00Z",
            "2026-11-01T00:00Z",
            [("2026-04-01T00:00Z", 660), ("2026-04-04T15:00Z", 630), ("2026-10-03T15:30Z", 660)],
        ),
        (
            ZoneInfo("Antarctica/Troll"),
            "2026-03-28T00:00Z",
            "2026-03-30T00:00Z",
            [("2026-03-28T00:00Z", 0), ("2026-03-29T01:00Z", 120)],
        ),
        (
            ZoneInfo("Pacific/Apia"),
            "2011-12-30T00:00Z",
            "2011-12-31T00:00Z",
            [("2011-12-30T00:00Z", -600), ("2011-12-30T10:00Z", 840)],
        ),
        (
            ZoneInfo("America/Caracas"),
            "2007-12-01T00:00Z",
            "2008-02-01T00:00Z",
            [("2007-12-01T00:00Z", -240), ("2007-12-09T07:00Z", -270)],
        ),
        (
            ZoneInfo("Asia/Singapore"),
            "1981-12-31T00:00Z",
            "1982-01-02T00:00Z",
            [("1981-12-31T00:00Z", 450), ("1981-12-31T16:00Z", 480)],
        ),
    ],
    ids=[
        "none",
        "new-year",
        "year",
        "from-jump",
        "half-hour",
        "two-hours",
        "date-line",
        "half-back",
        "at-new-year",
    ],
)
def test_time_is_cut_where_the_offset_changes(
    zone: ZoneInfo, start: str, end: str, expected: list[tuple[str, int]]
) -> None:
    """Each segment has one offset, and a year's end alone cuts nothing."""
    found = local_time.segments(at(start), at(end), zone)
    assert [(first, offset // dt.timedelta(minutes=1)) for first, _, offset in found] == [
        (at(first), minutes) for first, minutes in expected
    ]
    assert [until for _, until, _ in found] == [*(first for first, _, _ in found[1:]), at(end)]


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", "2026-01-05", [("2026-01-04T23:00Z", "2026-01-05T23:00Z")]),
        ("Europe/Berlin", "2026-03-29", [("2026-03-28T23:00Z", "2026-03-29T22:00Z")]),
        ("Europe/Berlin", "2026-10-25", [("2026-10-24T22:00Z", "2026-10-25T23:00Z")]),
        ("America/Havana", "2026-11-01", [("2026-11-01T04:00Z", "2026-11-02T05:00Z")]),
        ("Asia/Beirut", "2026-03-29", [("2026-03-28T22:00Z", "2026-03-29T21:00Z")]),
        ("Pacific/Apia", "2011-12-30", []),
        (
            "America/St_Johns",
            "2005-10-30",
            [("2005-10-30T02:30Z", "2005-10-30T02:31Z"), ("2005-10-30T03:30Z", "2005-10-31T03:30Z")],
        ),
    ],
    ids=[
        "24-hours",
        "23-hours",
        "25-hours",
        "repeated-midnight",
        "skipped-midnight",
        "skipped",
        "back-over-midnight",
    ],
)
def test_a_local_date_is_one_span_none_or_two(zone: str, day: str, expected: list[tuple[str, str]]) -> None:
    """A date has the instants that read it, however the clocks were turned."""
    first = dt.date.fromisoformat(day)
    found = local_time.spans_of_days(first, first + local_time.DAY, ZoneInfo(zone))
    assert list(found) == [(at(start), at(end)) for start, end in expected]


def test_the_dates_of_a_span_are_those_it_reads() -> None:
    """The end of a span is not in it, so midnight as an end adds no date."""
    span = at("2026-01-04T23:00Z"), at("2026-01-06T23:00Z")
    assert local_time.dates_of(span, BERLIN) == (dt.date(2026, 1, 5), dt.date(2026, 1, 6))
    assert local_time.local_date(span[1], BERLIN) == dt.date(2026, 1, 7)


def test_a_clock_reading_does_not_tell_the_pass() -> None:
    """What the clocks show in the repeated hour is the same in both passes, to the last attribute."""
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    readings = [local_time.to_wall(first + dt.timedelta(hours=hours), BERLIN) for hours in (0, 1)]
    assert [(reading.hour, reading.minute, reading.fold) for reading in readings] == [(2, 30, 0)] * 2
