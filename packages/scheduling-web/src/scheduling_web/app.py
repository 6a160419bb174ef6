"""Where the parts are put together: with the command line, the only place that names adapters."""

import contextlib
import datetime as dt
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from importlib.metadata import version

import attrs
import sqlalchemy as sa
from litestar import Litestar
from litestar.di import Provide

from scheduling_calcom import (
    NO_RETRIES,
    Account,
    ApiKey,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
    read_hint,
    verify,
)
from scheduling_core import HostId, InvalidValue, Link, Scheduler, system
from scheduling_core.ports import Storage
from scheduling_core.sql import SqlStorage, diagnose
from scheduling_core.sql import metadata as core_tables
from scheduling_core.sync import Hint
from scheduling_web.accounts import AccessTokens, Accounts, PasswordHasher, migrations
from scheduling_web.accounts.passwords import AT_A_TIME
from scheduling_web.accounts.schema import installation
from scheduling_web.accounts.users import Users
from scheduling_web.api import (
    appointment_types,
    appointments,
    auth,
    availability,
    document,
    health,
    pages,
    slots,
    sync,
    webhooks,
)
from scheduling_web.api.authentication import Authentication, current_user
from scheduling_web.api.bodies import LARGEST_BODY
from scheduling_web.api.errors import UnreadableBody, UnverifiedCall
from scheduling_web.api.headers import header_writer
from scheduling_web.api.problems import answer_error
from scheduling_web.api.queries import refuse_repeated
from scheduling_web.settings import Settings, require_calcom_key, require_email_domain, require_secret


class GuardMissing(Exception):
    """The database would let two appointments of a host overlap; *gaps* says what gets through."""

    def __init__(self, gaps: tuple[str, ...]) -> None:
        super().__init__(gaps)
        self.gaps = gaps

    def __str__(self) -> str:
        return f"the guard against double booking is not in order: {', '.join(self.gaps)}"


@attrs.frozen
class Tables:
    """The tables of a database, up to date and guarded."""

    storage: SqlStorage

    @property
    def users(self) -> Users:
        """The users."""
        return Users(self.storage.engine, self.storage.snapshots)

    def find_installation(self) -> str:
        """Return the name by which others know this database; it stays the same for good."""
        with self.storage.snapshots.connect() as connection:
            return str(connection.scalars(sa.select(installation.c.id)).one())

    def find_links(self, provider: str) -> dict[HostId, Link]:
        """Return how hosts are tied to the external calendar of *provider*, in order of their ids."""
        host = core_tables.tables["scheduling_host"]
        wanted = sa.select(host.c.id).where(host.c.links.is_not(None)).order_by(host.c.id)
        with self.storage.snapshots.connect() as connection:
            tied = [HostId(each) for each in connection.scalars(wanted)]
        scheduler = Scheduler(self.storage)
        links = ((each, link) for each in tied for link in scheduler.links(each))
        return {each: link for each, link in links if link.provider == provider}


@attrs.frozen
class Database:
    """What is kept: appointments with all that belongs to them, and accounts."""

    storage: Storage
    accounts: Accounts


@contextmanager
def open_tables(settings: Settings) -> Iterator[Tables]:
    """Bring the database of the settings up to date and hold it open.

    Raises GuardMissing where it could not be trusted with bookings.
    """
    # One connection for each thread that works, so that none waits for another's.
    storage = SqlStorage.from_url(settings.database_url, pool_size=settings.threads + AT_A_TIME)
    with contextlib.closing(storage):
        storage.migrate()
        migrations.upgrade(storage.engine)
        if gaps := diagnose(storage.engine).gaps:
            raise GuardMissing(gaps)
        yield Tables(storage)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Do as `open_tables`, and prepare for people to sign in; raises HashingBroken where nobody could."""
    hasher = PasswordHasher(settings.password_scheme)
    with open_tables(settings) as tables:
        storage = tables.storage
        yield Database(storage, Accounts(storage.engine, hasher, snapshots=storage.snapshots))


def connect_calcom(settings: Settings) -> CalComClient:
    """Return a client of the account in the settings, to be closed; raises InvalidSetting without a key.

    It tries nothing again by itself: deliveries keep their own record of that.
    """
    token = ApiKey(require_calcom_key(settings))
    if settings.calcom_url is None:
        return CalComClient(Account(token, retry=NO_RETRIES))
    return CalComClient(Account(token, settings.calcom_url, retry=NO_RETRIES))


@contextmanager
def open_calendar(settings: Settings, tables: Tables) -> Iterator[CalComCalendar]:
    """Hold the calendar of the settings open; raises InvalidSetting where one is missing."""
    attendees = AttendeePolicy(require_email_domain(settings))
    with connect_calcom(settings) as client:
        yield CalComCalendar(client, installation=tables.find_installation(), attendees=attendees)


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
            appointment_types.router,
            availability.router,
            slots.router,
            sync.router,
            webhooks.router,
            health.router,
            pages.router,
        ],
        dependencies={
            "accounts": _provide(accounts),
            "calls": _provide(_read_calls(settings, clock)),
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


def _read_calls(settings: Settings, clock: Callable[[], dt.datetime]) -> webhooks.Calls:
    """Return what verifies and reads the calls of Cal.com; without a secret in the settings none is right."""
    secrets = [secret.value.decode() for secret in settings.calcom_webhook_secrets or ()]

    def read_call(body: bytes, signature: str | None) -> Hint | None:
        if not secrets or not verify(body, signature, secrets):
            raise UnverifiedCall
        try:
            return read_hint(body, clock())
        except InvalidValue as error:
            raise UnreadableBody(error.rule) from None

    return webhooks.Calls(read_call)


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
