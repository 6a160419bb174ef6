"""What killed test runs leave behind, and how it is recognised and removed.

A run that is killed cannot clean up. Each server therefore stands in a folder with a file that
its run keeps locked; the system takes the lock off when the run is gone, however it went. The
next run removes every folder whose lock it gets, and first stops the server in it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

PREFIX = "scheduling-postgres-"
LOCK = "owner"


def make_folder(place: Path) -> tuple[Path, IO[str]]:
    """Make a folder, and the file that marks it as ours for as long as the file stays open."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    lock = (folder / "unowned").open("w", encoding="ascii")
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    fcntl.flock(lock, fcntl.LOCK_EX)
    # It gets its name with the lock already on it, so that nobody ever finds it free.
    (folder / "unowned").rename(folder / LOCK)
    return folder, lock


def sweep(place: Path) -> list[Path]:
    """Remove the folders of runs that are gone, and return them."""
    return [folder for folder in sorted(place.glob(PREFIX + "*")) if remove_if_abandoned(folder)]


def remove_if_abandoned(folder: Path) -> bool:
    """Stop the server in the folder and remove both, unless somebody still holds its lock.

    A folder without the file is just being made, and one of another user cannot be looked into:
    both are left alone.
    """
    try:
        lock = (folder / LOCK).open(encoding="ascii")
    except OSError:
        return False
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        stop_server(folder)
        return remove(folder)


def remove(folder: Path) -> bool:
    """Remove the folder with all that is in it, and say whether it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def stop_server(folder: Path) -> None:
    """End the server that works in the folder, if there is one, without waiting for its clients."""
    if server := server_in(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(server, signal.SIGQUIT)
        deadline = time.monotonic() + 10
        while server_in(folder) and time.monotonic() < deadline:
            time.sleep(0.02)


def server_in(folder: Path) -> int | None:
    """Return the process id of the server in the folder.

    The number that the server wrote down may by now be that of an innocent process. It counts only
    if its command line names the folder.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        if str(folder / "data") in command_line(pid):
            return pid
    return None


def command_line(pid: int) -> str:
    """Return the command line of a process, empty if there is none of that number."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
        return ""
    command = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
