"""Appointments and the requests for them."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from scheduling_core.appointments import Appointment, BookingRequest, Status
from scheduling_core.ids import AppointmentId, AppointmentTypeId, HostId
from scheduling_core.intervals import Interval
from scheduling_core.testing.strategies.times import DAY, MINUTE, ORIGIN, durations, instants
from scheduling_core.testing.strategies.zones import zones

HOST = HostId("host")
VISIT = AppointmentTypeId("visit")

_NAMES = (
    "Ada",
    "Zoë Ångström",
    "O'Brien",
    "佐藤 花子",
    "אבי כהן",
    "a" * 200,
    "null",
    "👩‍👩‍👧",
    "-1",
    "<b>&amp;",
)
_PRINTABLE = st.characters(exclude_categories=("Cc", "Cs"))
_CUSTOMER_NAMES = st.one_of(
    st.sampled_from(_NAMES), st.text(_PRINTABLE, min_size=1, max_size=20).filter(str.strip)
)
_LINES = st.text(_PRINTABLE | st.sampled_from("\n\t"), max_size=20)
_METADATA = st.dictionaries(st.sampled_from(("room", "Grund", "鍵")), _LINES, max_size=3)
_EMAILS = st.sampled_from((None, "ada@example.org", "o'brien+x@sub.example.org", "用户@例子.example"))
_PHONES = st.sampled_from((None, "+49 30 123456", "555-0100 ext. 7"))
_BUFFERS = st.sampled_from([count * MINUTE for count in (0, 0, 15, 5, 30)])
_ANY_ZONE = zones()

CUSTOMERS: dict[str, st.SearchStrategy[Any]] = {
    "customer_name": _CUSTOMER_NAMES,
    "notes": _LINES,
    "metadata": _METADATA,
    "customer_email": _EMAILS,
    "customer_phone": _PHONES,
}
"""What requests and appointments say of the customer."""
_CUSTOMERS = st.fixed_dictionaries(CUSTOMERS)


def customer_names() -> st.SearchStrategy[str]:
    """Draw a name: a plain one, one that careless software breaks, or any printable text.

    Leaves out what no name may hold: control characters, lone surrogates, and nothing but white space.
    """
    return _CUSTOMER_NAMES


def metadata() -> st.SearchStrategy[dict[str, str]]:
    """Draw an application's own words on an appointment; leaves out more than three of them."""
    return _METADATA


def booking_requests(
    host: HostId = HOST,
    type: AppointmentTypeId = VISIT,
    starts: st.SearchStrategy[dt.datetime] | None = None,
    lengths: st.SearchStrategy[dt.timedelta | None] | None = None,
) -> st.SearchStrategy[BookingRequest]:
    """Draw a request for a start of *starts*, or for one near a change of clocks, and for one of *lengths*.

    It is always well-formed; whether the rules accept it is another question.
    """
    return st.builds(
        BookingRequest,
        host=st.just(host),
        type=st.just(type),
        start=instants() if starts is None else starts,
        duration=st.none() | durations() if lengths is None else lengths,
        timezone=st.none() | _ANY_ZONE,
        **CUSTOMERS,
    )


@st.composite
def appointments(
    draw: st.DrawFn,
    host: HostId = HOST,
    types: st.SearchStrategy[AppointmentTypeId] | None = None,
    during: st.SearchStrategy[Interval] | None = None,
    id: str | None = None,
) -> Appointment:
    """Draw an appointment in any status, with or without buffers, as a storage might give it back.

    Its time is one of *during*, or near a change of clocks. Leaves out the marks of earlier clocks: what
    the clocks show at its start is what today's rules of its zone say.
    """
    if during is None:
        start = draw(instants())
        time = Interval(start, start + draw(durations()))
    else:
        time = draw(during)
    created_at = min(time.start, ORIGIN) - DAY
    return Appointment(
        id=AppointmentId(str(draw(st.uuids())) if id is None else id),
        host=host,
        type=VISIT if types is None else draw(types),
        during=time,
        occupied=Interval(time.start - draw(_BUFFERS), time.end + draw(_BUFFERS)),
        status=draw(st.sampled_from(Status)),
        version=draw(st.integers(1, 3)),
        timezone=draw(_ANY_ZONE),
        created_at=created_at,
        updated_at=created_at + draw(st.integers(0, 3)) * MINUTE,
        **draw(_CUSTOMERS),
    )
