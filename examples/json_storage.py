"""A storage of one's own, in a JSON file that a person can read, and its proof.

A storage runs a use case on a unit of work, and keeps what it wrote or none of it. This one reads the whole
file into memory, lets the unit of work of the memory storage work on it, and puts a new file in the place
of the old one. Threads and processes wait for each other at a lock. That is right for a small shop and
for seeing what a storage has to do; `tests/test_json_storage.py` holds it against the contract that every
storage has to pass, which is all the proof that there is, and all that is needed. It needs

    pip install scheduling-core cattrs

and a system with `flock`: not Windows.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import attrs
from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union

from scheduling_core import AppointmentId, Conflict, HostId
from scheduling_core.appointments import Metadata
from scheduling_core.changes import Change
from scheduling_core.memory.contents import Calendars, Kept
from scheduling_core.memory.unit_of_work import MemoryUnitOfWork
from scheduling_core.ports import LostRace, UnitOfWork

ATTEMPTS = 4
MICROSECOND = dt.timedelta.resolution
KEY = tuple[AppointmentId, str]
T = TypeVar("T")

# The values of the library are attrs classes, which cattrs turns into JSON and back. Here is what JSON has
# no words for.
converter = make_converter()
converter.register_unstructure_hook(dt.time, dt.time.isoformat)
converter.register_structure_hook(dt.time, lambda text, _: dt.time.fromisoformat(text))
converter.register_unstructure_hook(dt.timedelta, lambda span: span // MICROSECOND)
converter.register_structure_hook(dt.timedelta, lambda number, _: number * MICROSECOND)
converter.register_unstructure_hook(ZoneInfo, lambda zone: zone.key)
converter.register_structure_hook(ZoneInfo, lambda key, _: ZoneInfo(key))
converter.register_unstructure_hook(Metadata, dict)
converter.register_structure_hook(Metadata, lambda pairs, _: Metadata(pairs.items()))
converter.register_unstructure_hook_func(lambda kind: kind == KEY, json.dumps)
converter.register_structure_hook_func(lambda kind: kind == KEY, lambda text, _: tuple(json.loads(text)))
configure_tagged_union(Change, converter, tag_name="change")


@attrs.frozen
class Contents:
    """All that is in the file."""

    hosts: Mapping[HostId, Kept] = {}
    calendars: Calendars = attrs.field(factory=Calendars)

    def open(self) -> MemoryUnitOfWork:
        """Return a unit of work on the contents."""
        owners = {each: host for host, kept in self.hosts.items() for each in kept.appointments}
        return MemoryUnitOfWork(self.hosts, owners, self.calendars)

    def after(self, unit: MemoryUnitOfWork) -> "Contents":
        """Return the contents with what was written."""
        return Contents({**self.hosts, **unit.written}, unit.calendars)


class JsonStorage:
    """Keeps everything in the file at *path*; shared by threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* alone, and keep what it wrote unless it raises."""
        with self._alone():
            for _ in range(ATTEMPTS):
                contents = self._load()
                unit = contents.open()
                with contextlib.suppress(LostRace):
                    result = work(unit)
                    self._save(contents.after(unit))
                    return result
        raise Conflict(ATTEMPTS)

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* on the file as it is now; whoever writes puts another one in its place."""
        return work(self._load().open())

    def close(self) -> None:
        """Do nothing: no file stays open."""

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _load(self) -> Contents:
        if not self._path.exists():
            return Contents()
        return converter.loads(self._path.read_text(encoding="utf-8"), Contents)

    def _save(self, contents: Contents) -> None:
        draft = self._path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            file.write(converter.dumps(contents, indent=1))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)  # In one step: after a crash there is the old file or the new one.
