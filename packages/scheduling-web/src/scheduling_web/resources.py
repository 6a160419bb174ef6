"""What the service and the commands hold open: the database, and the calendar that is kept in step."""

import contextlib
import datetime as dt
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import sqlalchemy as sa

from scheduling_calcom import (
    NO_RETRIES,
    PROVIDER,
    Account,
    ApiKey,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
)
from scheduling_calcom.retry import draw_chance
from scheduling_core import HostId, Link, Scheduler, SyncState, system
from scheduling_core.ports import Storage
from scheduling_core.sql import SqlStorage, diagnose
from scheduling_core.sql import metadata as core_tables
from scheduling_core.usecases import ANSWERS_KEPT
from scheduling_web.accounts import Accounts, PasswordHasher, migrations
from scheduling_web.accounts.passwords import AT_A_TIME
from scheduling_web.accounts.schema import installation
from scheduling_web.accounts.users import Users, translated
from scheduling_web.background import Job, working
from scheduling_web.calendar_jobs import calendar_jobs
from scheduling_web.counted_calendar import CountedCalendar
from scheduling_web.metrics import Metrics
from scheduling_web.settings import Settings, require_calcom_key, require_email_domain

FORGET_EVERY = dt.timedelta(hours=6)


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

    def forget_answers(self, before: dt.datetime) -> None:
        """Forget the answers to bookings with a key from before an instant, with the customers in them.

        A host's own are forgotten when there is a new one; this is for hosts of whom there is none.
        """
        answers = core_tables.tables["scheduling_idempotency"]
        with translated(), self.storage.engine.begin() as connection:
            connection.execute(sa.delete(answers).where(answers.c.at < before))

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

    tables: Tables
    accounts: Accounts

    @property
    def storage(self) -> Storage:
        """The appointments, and all that belongs to them."""
        return self.tables.storage


def require_file(settings: Settings) -> None:
    """Raise FileNotFoundError for a database in a file that is not there, which to open it would make."""
    url = settings.database_url
    file = url.database if url.get_backend_name() == "sqlite" else None
    if file and not file.startswith((":", "file:")) and not Path(file).exists():
        raise FileNotFoundError(f"there is no file {file}")


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
        engine, reading = tables.storage.engine, tables.storage.snapshots
        if engine.dialect.name == "postgresql":
            # Accounts are read with single statements, which need no transaction around them there: one
            # message to the server in place of three, before every request of a user.
            reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        yield Database(tables, Accounts(engine, hasher, snapshots=reading))


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


def watch(database: Database) -> Metrics:
    """Return the metrics of a service over the database, which tell of its connections and deliveries."""
    metrics, storage = Metrics(), database.tables.storage

    def count_deliveries() -> dict[str, int]:
        counts = storage.read(lambda work: work.outbox.count(PROVIDER))
        return {state.value: counts.get(state, 0) for state in SyncState}

    metrics.watch_pool(storage.engine.pool)
    metrics.watch_deliveries(count_deliveries)
    return metrics


@contextmanager
def working_beside(settings: Settings, database: Database, metrics: Metrics) -> Iterator[None]:
    """Do what a service does beside the requests, for as long as the context.

    That is to forget what is kept for a time only, and to keep Cal.com in step, where there is a key for it;
    raises InvalidSetting where there is one and something else is missing.
    """

    def forget() -> bool:
        database.accounts.forget_ended_sessions()
        database.tables.forget_answers(system.read_clock() - ANSWERS_KEPT)
        return False

    with contextlib.ExitStack() as stack:
        jobs = [Job("forget", forget, FORGET_EVERY)]
        if settings.calcom_api_key is not None:
            calendar = stack.enter_context(open_calendar(settings, database.tables))
            jobs += calendar_jobs(
                database.storage,
                CountedCalendar(calendar, metrics.count_call),
                functools.partial(database.tables.find_links, PROVIDER),
                clock=system.read_clock,
                new_id=system.new_id,
                chance=draw_chance,
            )
        stack.enter_context(working(jobs, metrics.count_failure))
        yield
