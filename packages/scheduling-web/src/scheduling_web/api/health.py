"""Health: whether the process lives, and whether it can work."""

import contextlib

import msgspec
from litestar import Request, Router, get
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.di import NamedDependency

from scheduling_core import HostId, NotFound, Scheduler
from scheduling_web.accounts import Accounts
from scheduling_web.api.authentication import PUBLIC
from scheduling_web.api.errors import Stopping
from scheduling_web.api.problems import documented

_NOBODY = HostId("nobody")


class Health(msgspec.Struct, frozen=True):
    """All is well; otherwise the answer is a problem."""

    status: str = "ok"


@get(
    "/live",
    operation_id="getLive",
    summary="Does the process live",
    sync_to_thread=False,
    responses=documented(),
)
def get_live() -> Health:
    """Answer, which is all there is to it."""
    return Health()


@get(
    "/ready",
    operation_id="getReady",
    summary="Can the process work",
    responses=documented(503, "stopping"),
)
async def get_ready(
    request: Request[None, None, State],
    scheduler: NamedDependency[Scheduler],
    accounts: NamedDependency[Accounts],
) -> Health:
    """Ask both parts of the database for something that is not there, unless the process is stopping."""
    # Said at once, even where all threads are busy with what is to be finished first.
    if request.app.state.get("stopping", False):
        raise Stopping
    await sync_to_thread(_ask, scheduler, accounts)
    return Health()


def _ask(scheduler: Scheduler, accounts: Accounts) -> None:
    with contextlib.suppress(NotFound):
        scheduler.schedule(_NOBODY)
    accounts.get(_NOBODY)


router = Router("/health", route_handlers=[get_live, get_ready], tags=["Operations"], opt=PUBLIC)
