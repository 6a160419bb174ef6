"""All parts of the contract in one class: one for storages, one for those of event loops."""

import contextlib
from collections.abc import Iterator

import pytest

from scheduling_core.testing.contracts.deliveries import Deliveries
from scheduling_core.testing.contracts.guarding import Guarding
from scheduling_core.testing.contracts.keys import Keys
from scheduling_core.testing.contracts.machine import Machines
from scheduling_core.testing.contracts.promises import Promises
from scheduling_core.testing.contracts.providers import Providers
from scheduling_core.testing.contracts.races import Races
from scheduling_core.testing.contracts.reading import Reading
from scheduling_core.testing.contracts.restarts import Restarts
from scheduling_core.testing.contracts.round_trips import RoundTrips
from scheduling_core.testing.contracts.stages import OpenStorage, Stage
from scheduling_core.testing.contracts.transactions import Transactions
from scheduling_core.testing.contracts.versions import Versions
from scheduling_core.testing.contracts.waiting import OpenAsyncStorage, Waiting


class StorageContract(
    Transactions,
    RoundTrips,
    Reading,
    Guarding,
    Versions,
    Keys,
    Deliveries,
    Providers,
    Races,
    Promises,
    Restarts,
    Machines,
):
    """What holds for every `Storage`. A class that inherits it needs a fixture *open_storage*."""

    @classmethod
    @contextlib.contextmanager
    def on_stage(cls, open_storage: OpenStorage) -> Iterator[Stage]:
        """Open what one test needs, and close it."""
        with contextlib.closing(Stage(open_storage, lasting=cls.lasting, examples=cls.examples)) as stage:
            yield stage

    @pytest.fixture
    def stage(self, open_storage: OpenStorage) -> Iterator[Stage]:
        """The storage under test and what belongs to it."""
        with self.on_stage(open_storage) as stage:
            yield stage


class AsyncStorageContract(StorageContract):
    """What holds for every `AsyncStorage`: the same. Here *open_storage* is a coroutine function."""

    @pytest.fixture
    def stage(self, open_storage: OpenAsyncStorage) -> Iterator[Stage]:
        """The storage under test, on an event loop in a thread."""
        with self.on_stage(lambda: Waiting(open_storage)) as stage:
            yield stage
