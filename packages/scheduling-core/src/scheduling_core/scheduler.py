"""`Scheduler` and `AsyncScheduler`: the use cases over a storage, in two thin shells.

A shell reads the clock, makes ids and opens the transaction; everything else is further inside. A method
has the parameters, the result and the description of its use case, so the two cannot drift apart.
`Questions` are what only reads, alone.
"""

import datetime as dt
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import attrs

from scheduling_core import hosting, linking, queries, system, usecases
from scheduling_core.ports import AsyncStorage, Stamp, Storage, UnitOfWork

P = ParamSpec("P")
T = TypeVar("T")
UseCase = Callable[Concatenate[UnitOfWork, Stamp, P], T]
Clock = Callable[[], dt.datetime]
NewId = Callable[[], str]

_NOTHING_NEW = ""  # In place of an id, for what only reads.


class _Readable(Protocol):
    def read(self, work: Callable[[UnitOfWork], T]) -> T: ...


@attrs.frozen
class _Snapshot:
    """A snapshot that is being read."""

    _unit: UnitOfWork

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return work(self._unit)


def _method(usecase: Callable[..., Any], method: Callable[..., Any]) -> None:
    """Give *method* the name, the description and the signature of *usecase*, with a `self`."""
    functools.update_wrapper(method, usecase)
    del method.__wrapped__  # type: ignore[attr-defined]  # It would show the use case's own signature.
    signature = inspect.signature(usecase)
    myself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    parameters = [myself, *list(signature.parameters.values())[2:]]
    method.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]


def _write(usecase: UseCase[P, T]) -> "Callable[Concatenate[Scheduler, P], T]":
    def method(self: "Scheduler", /, *args: P.args, **kwargs: P.kwargs) -> T:
        stamp = self._stamp()
        return self._storage.transact(lambda work: usecase(work, stamp, *args, **kwargs))

    _method(usecase, method)
    return method


def _read(usecase: UseCase[P, T]) -> "Callable[Concatenate[Questions, P], T]":
    def method(self: "Questions", /, *args: P.args, **kwargs: P.kwargs) -> T:
        stamp = Stamp(self._clock(), _NOTHING_NEW)
        return self._readable.read(lambda work: usecase(work, stamp, *args, **kwargs))

    _method(usecase, method)
    return method


def _write_async(
    usecase: UseCase[P, T],
) -> "Callable[Concatenate[AsyncScheduler, P], Coroutine[Any, Any, T]]":
    async def method(self: "AsyncScheduler", /, *args: P.args, **kwargs: P.kwargs) -> T:
        stamp = self._stamp()
        return await self._storage.transact(lambda work: usecase(work, stamp, *args, **kwargs))

    _method(usecase, method)
    return method


def _read_async(
    usecase: UseCase[P, T],
) -> "Callable[Concatenate[AsyncScheduler, P], Coroutine[Any, Any, T]]":
    async def method(self: "AsyncScheduler", /, *args: P.args, **kwargs: P.kwargs) -> T:
        stamp = Stamp(self._clock(), _NOTHING_NEW)
        return await self._storage.read(lambda work: usecase(work, stamp, *args, **kwargs))

    _method(usecase, method)
    return method


class Questions:
    """All that can be asked, and nothing that writes."""

    def __init__(self, readable: _Readable, clock: Clock) -> None:
        self._readable = readable
        self._clock = clock

    get = _read(queries.get)
    find_slots = _read(queries.find_slots)
    next_slot = _read(queries.next_slot)
    explain = _read(queries.explain)
    suggest = _read(queries.suggest)
    upcoming = _read(queries.upcoming)
    between = _read(queries.between)
    page = _read(queries.page)
    history = _read(queries.history)
    changes = _read(queries.changes)
    version = _read(queries.version)
    schedule = _read(queries.schedule)
    affected = _read(queries.affected)
    time_off = _read(queries.time_off)
    busy = _read(queries.busy)
    availability = _read(hosting.availability)
    preview_availability = _read(hosting.preview_availability)
    types = _read(queries.types)
    links = _read(linking.links)
    sync_rows = _read(linking.sync_rows)
    references = _read(linking.references)
    provider = _read(linking.provider)


class Scheduler(Questions):
    """All that can be done with appointments, over a storage.

    *clock* returns the present instant and *new_id* a fresh id; tests give their own.
    """

    def __init__(
        self, storage: Storage, *, clock: Clock = system.read_clock, new_id: NewId = system.new_id
    ) -> None:
        super().__init__(storage, clock)
        self._storage = storage
        self._new_id = new_id

    def _stamp(self) -> Stamp:
        return Stamp(self._clock(), self._new_id())

    def snapshot(self, ask: Callable[[Questions], T]) -> T:
        """Return what *ask* does, given questions that are all answered from one snapshot, as of one instant.

        So the answers fit together, whatever is written meanwhile, and several cost little more than one.
        """
        now = self._clock()
        return self._storage.read(lambda unit: ask(Questions(_Snapshot(unit), lambda: now)))

    book = _write(usecases.book)
    reschedule = _write(usecases.reschedule)
    amend = _write(usecases.amend)
    revise = _write(usecases.revise)
    confirm = _write(usecases.confirm)
    decline = _write(usecases.decline)
    cancel = _write(usecases.cancel)
    complete = _write(usecases.complete)
    mark_no_show = _write(usecases.mark_no_show)
    purge = _write(usecases.purge)
    set_schedule = _write(hosting.set_schedule)
    add_type = _write(hosting.add_type)
    remove_type = _write(hosting.remove_type)
    add_time_off = _write(hosting.add_time_off)
    remove_time_off = _write(hosting.remove_time_off)
    set_availability = _write(hosting.set_availability)
    link = _write(linking.link)
    unlink = _write(linking.unlink)
    copy_busy = _write(linking.copy_busy)
    requeue = _write(linking.requeue)
    keep_hint = _write(linking.keep_hint)


class AsyncScheduler:
    """The same, awaited, over an asynchronous storage."""

    def __init__(
        self, storage: AsyncStorage, *, clock: Clock = system.read_clock, new_id: NewId = system.new_id
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._new_id = new_id

    def _stamp(self) -> Stamp:
        return Stamp(self._clock(), self._new_id())

    async def snapshot(self, ask: Callable[[Questions], T]) -> T:
        """Do as `Scheduler.snapshot`; inside of *ask* nothing is awaited."""
        now = self._clock()
        return await self._storage.read(lambda unit: ask(Questions(_Snapshot(unit), lambda: now)))

    book = _write_async(usecases.book)
    reschedule = _write_async(usecases.reschedule)
    amend = _write_async(usecases.amend)
    revise = _write_async(usecases.revise)
    confirm = _write_async(usecases.confirm)
    decline = _write_async(usecases.decline)
    cancel = _write_async(usecases.cancel)
    complete = _write_async(usecases.complete)
    mark_no_show = _write_async(usecases.mark_no_show)
    purge = _write_async(usecases.purge)
    set_schedule = _write_async(hosting.set_schedule)
    add_type = _write_async(hosting.add_type)
    remove_type = _write_async(hosting.remove_type)
    add_time_off = _write_async(hosting.add_time_off)
    remove_time_off = _write_async(hosting.remove_time_off)
    set_availability = _write_async(hosting.set_availability)
    link = _write_async(linking.link)
    unlink = _write_async(linking.unlink)
    copy_busy = _write_async(linking.copy_busy)
    requeue = _write_async(linking.requeue)
    keep_hint = _write_async(linking.keep_hint)

    get = _read_async(queries.get)
    find_slots = _read_async(queries.find_slots)
    next_slot = _read_async(queries.next_slot)
    explain = _read_async(queries.explain)
    suggest = _read_async(queries.suggest)
    upcoming = _read_async(queries.upcoming)
    between = _read_async(queries.between)
    page = _read_async(queries.page)
    history = _read_async(queries.history)
    changes = _read_async(queries.changes)
    version = _read_async(queries.version)
    schedule = _read_async(queries.schedule)
    affected = _read_async(queries.affected)
    time_off = _read_async(queries.time_off)
    busy = _read_async(queries.busy)
    availability = _read_async(hosting.availability)
    preview_availability = _read_async(hosting.preview_availability)
    types = _read_async(queries.types)
    links = _read_async(linking.links)
    sync_rows = _read_async(linking.sync_rows)
    references = _read_async(linking.references)
    provider = _read_async(linking.provider)
