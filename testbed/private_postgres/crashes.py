"""A private server that can be killed as by a power cut of its machine, and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs

from private_postgres import leftovers
from private_postgres.account import choose_place
from private_postgres.binaries import candidates, this_machine
from private_postgres.cluster import DURABLE, Cluster
from private_postgres.server import Server, start_first, stop


@attrs.define
class MortalServer:
    """A server that keeps what it committed, in the folder of its cluster."""

    _cluster: Cluster
    _process: subprocess.Popen[bytes]

    @property
    def server(self) -> Server:
        """Where databases are made; its address stays the same."""
        return Server(self._cluster.url)

    def kill(self) -> None:
        """End the server and every process of it at once, without giving one of them a last word."""
        # A stopped server cannot see its children die, and so makes no new ones.
        self._process.send_signal(signal.SIGSTOP)
        family = children_of(self._process.pid)
        self._process.kill()
        for child in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.wait()
        while any(leftovers.command_line(child) for child in family):
            time.sleep(0.005)

    def start(self) -> None:
        """Start it again, and return when it has recovered and answers."""
        self._process = self._cluster.serve()

    def stop(self) -> None:
        """End it in order, if it runs."""
        stop(self._cluster, self._process)


@contextlib.contextmanager
def mortal_server() -> Iterator[MortalServer]:
    """Give a server of one's own, which cares for its data, for as long as the context."""
    place = choose_place()
    leftovers.sweep(place)
    cluster, process, lock = start_first(place, candidates(this_machine(os.environ)), DURABLE)
    mortal = MortalServer(cluster, process)
    with lock:
        try:
            yield mortal
        finally:
            mortal.stop()
            leftovers.remove(cluster.folder)


def children_of(parent: int) -> list[int]:
    """Return the ids of the processes that the process started and that are still there."""
    if sys.platform == "linux":
        return [
            int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat") if _parent(stat) == parent
        ]
    command = ["ps", "-A", "-o", "pid=,ppid="]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    pairs = (line.split() for line in run.stdout.splitlines())
    return [int(pid) for pid, above in pairs if int(above) == parent]


def _parent(stat: Path) -> int | None:
    with contextlib.suppress(OSError):  # It ended while we looked.
        # The name in brackets may hold anything, so that one counts from its end.
        return int(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    return None
