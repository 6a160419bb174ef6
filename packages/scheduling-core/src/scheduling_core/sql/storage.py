"""The storages that an application makes: one for threads, one for an event loop."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from scheduling_core.errors import StorageUnavailable
from scheduling_core.extras import raise_with_extra
from scheduling_core.ports import LostRace
from scheduling_core.sql import migrations
from scheduling_core.sql.attempts import Attempts, Chance, Work, draw, look, write
from scheduling_core.sql.connections import Timeouts, engine_options, has_one_writer, prepare, read_url
from scheduling_core.sql.failures import SOON, ConnectionLost, translated

T = TypeVar("T")
_USUAL = Timeouts()


class SqlStorage:
    """Keeps everything in a SQLite or PostgreSQL database; shared by threads.

    An *engine* that is given must be new, because what its connections need is set as they are made.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        timeouts: Timeouts = _USUAL,
        chance: Chance = draw,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._engine = engine
        self._snapshots = prepare(engine, timeouts)
        self._turn = threading.Lock()
        self._patience = timeouts.lock.total_seconds()
        self._chance = chance
        self._sleep = sleep

    @classmethod
    def from_url(
        cls,
        url: str | sa.URL,
        *,
        pool_size: int = 10,
        timeouts: Timeouts = _USUAL,
        chance: Chance = draw,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """Return a storage on the database at *url*; nothing is connected before it is used.

        `sqlite:///name.db` is a file, `sqlite://` a database in memory that goes with the storage, and
        `postgresql://user@server/name` a database on a server, through psycopg. Raises InvalidValue for
        anything else.
        """
        address = read_url(url)
        options = engine_options(address, pool_size, timeouts)
        try:
            engine = sa.create_engine(address, poolclass=sa.QueuePool, **options)
        except ModuleNotFoundError as error:
            raise_with_extra(error)
        return cls(engine, timeouts=timeouts, chance=chance, sleep=sleep)

    @property
    def engine(self) -> sa.Engine:
        """The engine underneath, for an application that keeps its own tables beside ours.

        On SQLite every transaction of its connections begins with `BEGIN IMMEDIATE`, even one that only
        reads: it takes the one write lock and waits for whoever has it. To read, use `snapshots`.
        """
        return self._engine

    @property
    def snapshots(self) -> sa.Engine:
        """The same connections for reading alone: each transaction is a snapshot, and nothing is locked."""
        return self._snapshots

    def migrate(self) -> None:
        """Bring the tables to the newest version, from none or from any other; safe from many processes."""
        with translated(), self._engine.begin() as connection:
            migrations.upgrade(connection)

    def transact(self, work: Work[T]) -> T:
        """Run *work* in one transaction and commit, or roll back what it wrote if it raises.

        A lost race is run again at most three times, then Conflict is raised. StorageUnavailable means
        that the database did not answer in time; where it was the answer to the commit that did not come,
        everything or nothing has been kept.
        """
        if not has_one_writer(self._engine):
            return self._try(self._engine, lambda connection: write(connection, work))
        if not self._turn.acquire(timeout=self._patience):
            raise StorageUnavailable(SOON)
        try:
            return self._try(self._engine, lambda connection: write(connection, work))
        finally:
            self._turn.release()

    def read(self, work: Work[T]) -> T:
        """Run *work* on a snapshot, without a lock."""
        return self._try(self._snapshots, lambda connection: look(connection, work))

    def close(self) -> None:
        """Close the connections; the storage is not used afterwards."""
        self._engine.dispose()

    def _try(self, engine: sa.Engine, run: Callable[[sa.Connection], T]) -> T:
        attempts = Attempts(self._chance)
        while True:
            try:
                with translated(), engine.connect() as connection:
                    return run(connection)
            except (LostRace, ConnectionLost) as failure:
                pause = attempts.pause_after(failure)
            self._sleep(pause)


class AsyncSqlStorage:
    """Keeps everything in a SQLite or PostgreSQL database; shared by the tasks of an event loop.

    An *engine* that is given must be new, because what its connections need is set as they are made.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        timeouts: Timeouts = _USUAL,
        chance: Chance = draw,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._engine = engine
        snapshots = prepare(engine.sync_engine, timeouts)
        self._snapshots = AsyncEngine(snapshots)
        self._turn = asyncio.Lock()
        self._patience = timeouts.lock.total_seconds()
        self._chance = chance
        self._sleep = sleep

    @classmethod
    def from_url(
        cls,
        url: str | sa.URL,
        *,
        pool_size: int = 10,
        timeouts: Timeouts = _USUAL,
        chance: Chance = draw,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> Self:
        """Return a storage on the database at *url*, as `SqlStorage.from_url` does."""
        address = read_url(url, in_event_loop=True)
        options = engine_options(address, pool_size, timeouts)
        try:
            engine = create_async_engine(address, poolclass=sa.AsyncAdaptedQueuePool, **options)
        except ModuleNotFoundError as error:
            raise_with_extra(error)
        return cls(engine, timeouts=timeouts, chance=chance, sleep=sleep)

    @property
    def engine(self) -> AsyncEngine:
        """As `SqlStorage.engine`."""
        return self._engine

    @property
    def snapshots(self) -> AsyncEngine:
        """As `SqlStorage.snapshots`."""
        return self._snapshots

    async def migrate(self) -> None:
        """Do as `SqlStorage.migrate`."""
        with translated():
            async with self._engine.begin() as connection:
                await connection.run_sync(migrations.upgrade)

    async def transact(self, work: Work[T]) -> T:
        """Do as `SqlStorage.transact`."""
        if not has_one_writer(self._engine.sync_engine):
            return await self._try(self._engine, lambda connection: write(connection, work))
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            raise StorageUnavailable(SOON) from None
        try:
            return await self._try(self._engine, lambda connection: write(connection, work))
        finally:
            self._turn.release()

    async def read(self, work: Work[T]) -> T:
        """Do as `SqlStorage.read`."""
        return await self._try(self._snapshots, lambda connection: look(connection, work))

    async def close(self) -> None:
        """Do as `SqlStorage.close`."""
        await self._engine.dispose()

    async def _try(self, engine: AsyncEngine, run: Callable[[sa.Connection], T]) -> T:
        # All of one attempt runs in one greenlet. Through an AsyncConnection it would be three and a task.
        def attempt() -> T:
            with translated(), engine.sync_engine.connect() as connection:
                return run(connection)

        attempts = Attempts(self._chance)
        while True:
            try:
                return await greenlet_spawn(attempt)
            except (LostRace, ConnectionLost) as failure:
                pause = attempts.pause_after(failure)
            await self._sleep(pause)
