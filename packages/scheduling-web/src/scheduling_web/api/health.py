"""Health: whether the process lives, and whether it can work."""

import contextlib

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from scheduling_core import HostId, NotFound, Scheduler
from scheduling_web.accounts import Accounts
from scheduling_web.api.authentication import PUBLIC
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
    sync_to_thread=True,
    responses=documented(503),
)
def get_ready(scheduler: NamedDependency[Scheduler], accounts: NamedDependency[Accounts]) -> Health:
    """Ask both parts of the database for something that is not there."""
    with contextlib.suppress(NotFound):
        scheduler.schedule(_NOBODY)
    accounts.get(_NOBODY)
    return Health()


router = Router("/health", route_handlers=[get_live, get_ready], tags=["Operations"], opt=PUBLIC)
