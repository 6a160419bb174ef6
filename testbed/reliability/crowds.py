"""Many clients at once."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def run_at_once(call: Callable[[int], T], clients: int) -> list[T | BaseException]:
    """Make the call in so many threads that start together; return what came of each, errors included."""
    barrier = threading.Barrier(clients)
    outcomes: list[T | BaseException] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            outcomes.append(call(number))
        except BaseException as error:  # noqa: BLE001  Whatever it is, the test looks at it.
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
