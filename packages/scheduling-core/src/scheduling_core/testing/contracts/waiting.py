"""An asynchronous storage that can be waited for, so that every test is written once."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from scheduling_core.ports import AsyncStorage, UnitOfWork

T = TypeVar("T")
OpenAsyncStorage = Callable[[], Awaitable[AsyncStorage]]


class Waiting:
    """A storage for threads over one for an event loop, which runs in a thread of its own until it is closed.

    Every such storage has its own loop, so that one can be used while the work of another holds its loop up.
    """

    def __init__(self, open_storage: OpenAsyncStorage) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event loop of a test")
        self._thread.start()

        async def opened() -> AsyncStorage:
            return await open_storage()

        try:
            self._storage = self._wait_for(opened())
        except BaseException:
            self._stop()
            raise

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do as the storage underneath."""

        async def transact() -> T:
            return await self._storage.transact(work)

        return self._wait_for(transact())

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do as the storage underneath."""

        async def read() -> T:
            return await self._storage.read(work)

        return self._wait_for(read())

    def close(self) -> None:
        """Close the storage underneath, then the loop."""

        async def close() -> None:
            await self._storage.close()

        try:
            self._wait_for(close())
        finally:
            self._stop()

    def _wait_for(self, doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
