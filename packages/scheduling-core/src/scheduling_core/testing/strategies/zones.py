"""Time zones, and when their clocks change."""

import datetime as dt
import functools
import zoneinfo
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

# Not zones of their own: the machine's, and one that stands for "not set up yet".
_AVAILABLE = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})


def _listed(*names: str) -> list[str]:
    return [name for name in names if name in _AVAILABLE]


_FIXED = _listed("UTC", "Asia/Kolkata", "Asia/Kathmandu", "Etc/GMT+12", "Etc/GMT-14")

_CHANGING = _listed(
    # An hour forward and an hour back at night, north and south.
    *("Europe/Berlin", "America/New_York", "Australia/Sydney"),
    # Half an hour; two hours; winter time as the negative one; a change for every Ramadan.
    *("Australia/Lord_Howe", "Antarctica/Troll", "Europe/Dublin", "Africa/Casablanca"),
    # Around midnight, into the next date and back into the last one.
    *("America/Havana", "Africa/Cairo", "America/Asuncion", "Asia/Beirut", "Atlantic/Azores"),
    *("America/Sao_Paulo", "America/Santiago", "Asia/Amman", "Asia/Tehran", "America/Nuuk"),
    # One minute past midnight: some dates come back after they have ended.
    *("America/Goose_Bay", "America/St_Johns"),
    # Whole dates left out at the date line.
    *("Pacific/Apia", "Pacific/Fakaofo", "Pacific/Kwajalein", "Pacific/Kiritimati"),
    # Offsets of odd length, and zones that moved for good.
    *("Pacific/Chatham", "Asia/Pyongyang", "America/Caracas", "Antarctica/Casey", "Europe/Istanbul"),
)


def zones() -> st.SearchStrategy[ZoneInfo]:
    """Draw an IANA zone: one that never changes, one that changes oddly, or any at all.

    Leaves out the machine's own zone and zones made from files, which have no name.
    """
    names = st.one_of(*(st.sampled_from(listed) for listed in (_FIXED, _CHANGING, _AVAILABLE)))
    return names.map(ZoneInfo)


def changing_zones() -> st.SearchStrategy[ZoneInfo]:
    """Draw a zone whose clocks change in an ordinary or an odd way, with all known odd ways among them.

    Leaves out zones that never change, and most that change exactly as one of these does.
    """
    return st.sampled_from(_CHANGING).map(ZoneInfo)


@functools.lru_cache(maxsize=1024)
def clock_changes(
    zone: ZoneInfo, *, first_year: int = 1990, last_year: int = 2037
) -> tuple[dt.datetime, ...]:
    """Return the first instant of every new offset of *zone*, from one year to the end of another.

    >>> [str(change) for change in clock_changes(ZoneInfo("Pacific/Apia"), first_year=2011, last_year=2011)]
    ['2011-04-02 14:00:00+00:00', '2011-09-24 14:00:00+00:00', '2011-12-30 10:00:00+00:00']

    Found by looking every six days: no zone in today's data changes twice in less.
    """
    step, second = dt.timedelta(days=6), dt.timedelta(seconds=1)
    found = []
    early = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last_year + 1, 1, 1, tzinfo=dt.UTC)
    offset = _offset(early, zone)
    while early < end:
        late = min(early + step, end)
        if _offset(late, zone) != offset:
            low, high = early, late
            while high - low > second:
                middle = low + (high - low) // 2
                middle -= dt.timedelta(microseconds=middle.microsecond)
                low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
            if high < end:
                found.append(high)
            offset = _offset(late, zone)
        early = late
    return tuple(found)


def jump(change: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    """Return by how much the clocks of *zone* move at *change*: forward is positive.

    >>> jump(dt.datetime(2011, 12, 30, 10, tzinfo=dt.UTC), ZoneInfo("Pacific/Apia"))
    datetime.timedelta(days=1)
    """
    return _offset(change, zone) - _offset(change - dt.timedelta(seconds=1), zone)


def _offset(instant: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return instant.astimezone(zone).replace(tzinfo=dt.UTC) - instant
