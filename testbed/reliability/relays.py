"""Relay processes, of which one is killed now and then, and another one started."""

import multiprocessing
import os
import secrets
import signal
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from types import TracebackType
from typing import Self

import attrs

from reliability import relaying

# A process that has loaded what takes long is copied for each relay: to load it anew would take longer than a
# lease. What is not installed, as this package, it does not find by itself.
_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(
    [
        "scheduling_calcom.calendar",
        "scheduling_calcom.testing",
        "scheduling_core.relay",
        "scheduling_core.sql",
        "sqlalchemy.dialects.postgresql.psycopg",
    ]
)

_PATIENCE = 60.0


@attrs.frozen
class RelayProcess:
    """One relay in a process of its own."""

    process: ForkServerProcess
    _heard: Connection

    @classmethod
    def start(cls, kind: str, url: str, calcom: str, stops: set[str]) -> Self:
        """Start one, with what `relaying.deliver` takes, and wait until it begins."""
        heard, tell = _nursery.Pipe(duplex=False)
        process = _nursery.Process(
            target=relaying.deliver, args=(kind, url, calcom, stops, tell), daemon=True
        )
        process.start()
        tell.close()
        started = cls(process, heard)
        started.wait_for("ready")
        return started

    def wait_for(self, word: str) -> None:
        """Wait until it says the word; whatever else it says or does is an error."""
        if not self._heard.poll(_PATIENCE) or self._heard.recv() != word:
            raise RuntimeError(f"a relay never said that it was {word}")

    def go_on(self) -> None:
        """Let it go on after it has stopped."""
        if self.process.pid is not None:
            os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it without a last word."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self._heard.close()


class Relays:
    """So many relay processes, over that kind of storage at *url*, to *calcom*, for the `with` block."""

    def __init__(self, number: int, url: str, calcom: str, *, storage: str = "claimed") -> None:
        self._words = (storage, url, calcom)
        self._number = number
        self._running: list[RelayProcess] = []

    def __enter__(self) -> Self:
        for _ in range(self._number):
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for relay in self._running:
            relay.kill()

    def start(self, *stops: str) -> RelayProcess:
        """Start one more, which stops at the places that are named, such as `before create`."""
        relay = RelayProcess.start(*self._words, set(stops))
        self._running.append(relay)
        return relay

    def kill_one(self) -> None:
        """Kill one at random."""
        self.kill(secrets.choice(self._running))

    def kill(self, relay: RelayProcess) -> None:
        """Kill one of them."""
        self._running.remove(relay)
        relay.kill()

    def are_running(self) -> bool:
        """Return whether none of them ended by itself."""
        return all(relay.process.is_alive() for relay in self._running)
