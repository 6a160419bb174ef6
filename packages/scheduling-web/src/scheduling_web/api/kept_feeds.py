"""Feeds as they were last written, because not every calendar says which one it has."""

import threading

from scheduling_core import HostId

MOST_BYTES = 16 * 2**20
"""What all kept feeds need at most, in each process."""

_NOTHING = ("", b"")


class KeptFeeds:
    """The newest feed of each host, for threads to share: altogether at most so many bytes.

    Where there is no room for all, those that were asked for longest ago give way.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[HostId, tuple[str, bytes]] = {}  # Who was asked for last comes last.
        self._size = 0

    def find(self, host: HostId, tag: str) -> bytes | None:
        """Return the feed of *host* with this tag; None where it is not the one that is kept."""
        with self._lock:
            known, feed = self._kept.get(host, _NOTHING)
            if known != tag:
                return None
            self._kept[host] = self._kept.pop(host)
            return feed

    def keep(self, host: HostId, tag: str, feed: bytes) -> None:
        """Keep *feed* in place of the one before it, unless it needs more than there is for all."""
        with self._lock:
            self._forget(host)
            if len(feed) > self._most:
                return
            self._kept[host] = tag, feed
            self._size += len(feed)
            while self._size > self._most:
                self._forget(next(iter(self._kept)))

    def _forget(self, host: HostId) -> None:
        _, feed = self._kept.pop(host, _NOTHING)
        self._size -= len(feed)
