"""The storage of the example fulfils the contract of storages, as those of the library do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from json_storage import JsonStorage
from scheduling_core.testing import contracts


class TestJsonStorage(contracts.StorageContract):
    """In a JSON file."""

    examples = 10  # It reads and writes the whole file for every call, which takes its time.
    machines = 3

    @pytest.fixture
    def open_storage(self, tmp_path: Path) -> Callable[[], JsonStorage]:
        """A storage on one file, and again on the same."""
        return lambda: JsonStorage(tmp_path / "appointments.json")
