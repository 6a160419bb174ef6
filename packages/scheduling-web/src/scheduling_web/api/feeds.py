"""The feed of a host: appointments under a secret address, for calendars that read it now and then.

Whoever has the address sees the appointments, so it can be replaced and ended at any time. A calendar that
asks again for what it has is answered by the version of the agenda, without looking at any appointment.
"""

import datetime as dt
import re
from importlib.metadata import version
from typing import Annotated

import attrs
import msgspec
from litestar import Response, Router, delete, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, PathParameter

from scheduling_core import Appointment, AppointmentType, NotFound, Questions, Scheduler
from scheduling_web.accounts import Accounts, User
from scheduling_web.api import calendars
from scheduling_web.api.authentication import PUBLIC, SECURITY
from scheduling_web.api.feed_events import choose_events, horizon
from scheduling_web.api.kept_feeds import KeptFeeds
from scheduling_web.api.problems import documented
from scheduling_web.api.times import local

_LAST = ".ics"
_TAG = re.compile(r'"[\x21\x23-\x7e]*"')
_CACHED = "private, no-cache"
_RELEASE = version("scheduling-web")

FEED_TAG = ResponseHeader(
    "ETag", documentation_only=True, value='"7-20300107-0.1.0"', description="For `If-None-Match`."
)
NOT_MODIFIED = ResponseSpec(None, description="It is as the one with this `ETag`.", generate_examples=False)
FeedName = Annotated[
    str, PathParameter(description="The secret of the link, and `.ics`. The link is told when it is made.")
]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-None-Match",
        description="The `ETag` of the feed that the reader has.",
        schema_extra={"type": "string", "one_of": None},
    ),
]


@attrs.frozen
class Origin:
    """The *address* under which the service is reached, as it was configured: never what a request says."""

    address: str


class FeedState(msgspec.Struct, frozen=True):
    """Whether there is a feed link, and since when. The link itself is told only when it is made."""

    exists: bool
    created_at: dt.datetime | None


class NewFeed(msgspec.Struct, frozen=True):
    """A new feed link: whoever has the *url* sees the appointments, so it is a secret."""

    url: str
    created_at: dt.datetime


@get(
    operation_id="getFeed",
    summary="Is there a feed link",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 503),
)
def get_feed(
    user: NamedDependency[User], accounts: NamedDependency[Accounts], scheduler: NamedDependency[Scheduler]
) -> FeedState:
    """Return whether there is a link to the host's feed, and since when."""
    since = accounts.find_feed(user.id)
    zone = scheduler.schedule(user.id).timezone
    return FeedState(since is not None, None if since is None else local(since, zone))


@post(
    operation_id="makeFeed",
    summary="Make a new feed link",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 404, 429, 503),
)
def make_feed(
    user: NamedDependency[User],
    accounts: NamedDependency[Accounts],
    scheduler: NamedDependency[Scheduler],
    origin: NamedDependency[Origin],
) -> NewFeed:
    """Make a link to the host's feed and tell it, this once. The link before it leads nowhere any more."""
    zone = scheduler.schedule(user.id).timezone
    secret, since = accounts.open_feed(user.id)
    return NewFeed(f"{origin.address}/feeds/{secret}{_LAST}", local(since, zone))


@delete(
    operation_id="endFeed",
    summary="End the feed link",
    sync_to_thread=True,
    security=SECURITY,
    responses=documented(401, 429, 503),
)
def end_feed(user: NamedDependency[User], accounts: NamedDependency[Accounts]) -> None:
    """End the link to the host's feed: from now on it leads nowhere. Without one there is nothing to end."""
    accounts.close_feed(user.id)


@get(
    "/feeds/{name:str}",
    operation_id="readFeed",
    summary="Read a feed",
    media_type=calendars.MEDIA_TYPE,
    sync_to_thread=True,
    opt=PUBLIC,
    tags=["Feed"],
    response_headers=[FEED_TAG],
    responses={304: NOT_MODIFIED, **documented(404, 503)},
)
def read_feed(
    *,
    name: FeedName,
    accounts: NamedDependency[Accounts],
    scheduler: NamedDependency[Scheduler],
    kept_feeds: NamedDependency[KeptFeeds],
    now: NamedDependency[dt.datetime],
    if_none_match: IfNoneMatch = None,
) -> Response[bytes | None]:
    """Return the appointments of a host as iCalendar: 90 days back, and ahead as far as can be booked.

    What was cancelled is told of for 30 days, so that every calendar takes it out. Of more than 2,000
    appointments those stand in it that are to come, from the earliest on, then what was cancelled, then the
    latest of the past. Of notes it tells at most 500 characters.
    """
    user = accounts.find_feed_user(name.removesuffix(_LAST)) if name.endswith(_LAST) else None
    if user is None:
        raise NotFound("feed", "")
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    tag = _tag(scheduler.version(user.id), today)
    if if_none_match is not None and tag in _TAG.findall(if_none_match):
        return Response(None, status_code=304, headers=_headers(tag))
    feed = kept_feeds.find(user.id, tag)
    if feed is None:
        # It may have changed meanwhile, and then its tag has.
        tag, feed = _write_feed(scheduler, user, today)
        kept_feeds.keep(user.id, tag, feed)
    return Response(feed, headers=_headers(tag))


router = Router("/api/feed", route_handlers=[get_feed, make_feed, end_feed], tags=["Feed"])


def _tag(agenda: int, today: dt.datetime) -> str:
    """Return the tag of a feed; all that stands in it follows from these two and the release."""
    return f'"{agenda}-{today:%Y%m%d}-{_RELEASE}"'


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": _CACHED}


def _write_feed(scheduler: Scheduler, user: User, today: dt.datetime) -> tuple[str, bytes]:
    """Return the feed of a user as it is now, with its tag before it."""

    def ask(asked: Questions) -> tuple[int, tuple[AppointmentType, ...], list[Appointment]]:
        types = asked.types(user.id)
        shown = choose_events(asked, user.id, today, today + horizon(types))
        return asked.version(user.id), types, shown

    agenda, types, shown = scheduler.snapshot(ask)
    titles = {known.id: known.title for known in types}
    return _tag(agenda, today), calendars.write_calendar(shown, titles, user.username)
