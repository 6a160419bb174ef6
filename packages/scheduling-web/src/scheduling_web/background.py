"""Work beside the requests: one thread in each process, which stops when the process does.

Any number of processes may do so at once: deliveries are claimed, and what is due for all of them alike is
looked up in the database each time, where the others have noted what they did.
"""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator

import attrs

from scheduling_web import logs

STOP_WITHIN = dt.timedelta(seconds=10)
"""How long the end of the process waits for a call that is under way.

A delivery that is left then is known to be unfinished, and is looked at again by whoever comes next.
"""

_AFTER_FAILURE = dt.timedelta(seconds=30)


@attrs.frozen
class Job:
    """Something to do *every* so often; *run* does one piece of it, and returns whether there is more."""

    name: str
    run: Callable[[], bool]
    every: dt.timedelta


@contextlib.contextmanager
def working(jobs: Iterable[Job], count_failure: Callable[[str], None]) -> Iterator[None]:
    """Do the jobs for as long as the context; *count_failure* is told the name of one that failed."""
    stopping = threading.Event()
    arguments = (tuple(jobs), count_failure, stopping)
    # As a daemon it cannot keep the process from ending, whatever it waits for.
    thread = threading.Thread(target=_work, args=arguments, name="background", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(STOP_WITHIN.total_seconds())


def _work(jobs: tuple[Job, ...], count_failure: Callable[[str], None], stopping: threading.Event) -> None:
    due = dict.fromkeys(jobs, 0.0)
    while due and not stopping.wait(max(0.0, min(due.values()) - time.monotonic())):
        job = min(due, key=due.__getitem__)
        pause = job.every
        try:
            while job.run() and not stopping.is_set():
                pass
        except Exception as error:  # noqa: BLE001  Whatever it is, the others go on, and so does it later.
            count_failure(job.name)
            logs.report_job_failure(error, job.name)
            pause = max(pause, _AFTER_FAILURE)
        due[job] = time.monotonic() + pause.total_seconds()
