"""Where the parts are put together: with the command line, the only place that names adapters."""

import contextlib
import datetime as dt
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from importlib.metadata import version

import attrs
from litestar import Litestar
from litestar.di import Provide

from scheduling_core import Scheduler, system
from scheduling_core.ports import Storage
from scheduling_core.sql import SqlStorage, diagnose
from scheduling_web.accounts import AccessTokens, Accounts, PasswordHasher, migrations
from scheduling_web.accounts.passwords import AT_A_TIME
from scheduling_web.api import appointments, auth, document, health, pages, slots
from scheduling_web.api.authentication import Authentication, current_user
from scheduling_web.api.bodies import LARGEST_BODY
from scheduling_web.api.headers import header_writer
from scheduling_web.api.problems import answer_error
from scheduling_web.api.queries import refuse_repeated
from scheduling_web.settings import Settings, require_secret


class GuardMissing(Exception):
    """The database would let two appointments of a host overlap; *gaps* says what gets through."""

    def __init__(self, gaps: tuple[str, ...]) -> None:
        super().__init__(gaps)
        self.gaps = gaps

    def __str__(self) -> str:
        return f"the guard against double booking is not in order: {', '.join(self.gaps)}"


@attrs.frozen
class Database:
    """What is kept: appointments with all that belongs to them, and accounts."""

    storage: Storage
    accounts: Accounts


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Bring the database of the settings up to date and hold it open.

    Raises GuardMissing where it could not be trusted with bookings, and HashingBroken where nobody could
    sign in.
    """
    hasher = PasswordHasher(settings.password_scheme)
    # One connection for each thread that works, so that none waits for another's.
    storage = SqlStorage.from_url(settings.database_url, pool_size=settings.threads + AT_A_TIME)
    with contextlib.closing(storage):
        storage.migrate()
        migrations.upgrade(storage.engine)
        if gaps := diagnose(storage.engine).gaps:
            raise GuardMissing(gaps)
        yield Database(storage, Accounts(storage.engine, hasher, snapshots=storage.snapshots))


def create_app(
    settings: Settings,
    *,
    storage: Storage,
    accounts: Accounts,
    clock: Callable[[], dt.datetime] = system.read_clock,
    new_id: Callable[[], str] = system.new_id,
) -> Litestar:
    """Return the service over the given storage and accounts, whose tables are up to date.

    Raises InvalidSetting where there is no key to sign tokens with.
    """
    tokens = AccessTokens(require_secret(settings), clock=clock, new_id=new_id)
    scheduler = Scheduler(storage, clock=clock, new_id=new_id)
    return Litestar(
        route_handlers=[
            auth.router,
            appointments.router,
            slots.router,
            health.router,
            pages.router,
        ],
        dependencies={
            "accounts": _provide(accounts),
            "scheduler": _provide(scheduler),
            "tokens": _provide(tokens),
            "user": Provide(current_user, sync_to_thread=False),
        },
        middleware=[Authentication(tokens, accounts)],
        before_request=refuse_repeated,
        before_send=[header_writer(is_https=settings.is_https)],
        exception_handlers={Exception: answer_error},
        lifespan=[_threads(settings.threads)],
        openapi_config=document.describe(version("scheduling-web")),
        request_max_body_size=LARGEST_BODY,
        # The framework's own log would show bodies, and what exceptions say; ours stands in `logs`.
        logging_config=None,
        debug=False,
    )


def _provide(value: object) -> Provide:
    """Return a dependency that is there already."""
    return Provide(lambda: value, sync_to_thread=False)


def _threads(count: int) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return the part of the lifespan that holds the threads: *count* for requests, and a few to hash."""

    @asynccontextmanager
    async def hold(app: Litestar) -> AsyncIterator[None]:
        get_running_loop().set_default_executor(ThreadPoolExecutor(count, "request"))
        with ThreadPoolExecutor(AT_A_TIME, "password") as app.state.password_threads:
            yield

    return hold
