"""The contract of a storage, as tests that the tests of an adapter inherit; they are run by pytest.

The author of a storage writes one fixture, *open_storage*: a function that opens a storage. Called again
it opens a second one on the same data, as another process would, or the same process after a restart.

.. code-block:: python

    class TestMyStorage(contracts.StorageContract):
        @pytest.fixture
        def open_storage(self, tmp_path):
            return lambda: MyStorage(tmp_path / "appointments.db")

That is all for a storage whose data outlive it. Where they do not, *lasting* is False:

>>> import pytest
>>> from scheduling_core import MemoryStorage
>>> from scheduling_core.testing import contracts
>>> class TestMemoryStorage(contracts.StorageContract):
...     lasting = False
...     examples = 10
...
...     @pytest.fixture
...     def open_storage(self):
...         return MemoryStorage

pytest runs every test of it. So does this, for one of them:

>>> with TestMemoryStorage.on_stage(MemoryStorage) as stage:
...     TestMemoryStorage().test_property_08_an_appointment_survives_the_round_trip(stage)

For an `AsyncStorage` the class is `AsyncStorageContract`, and *open_storage* a coroutine function.

*examples* is how many examples Hypothesis tries of each property, *machines* how often the storage is run
against a plain list, and *clients* how many threads take part in a race. Smaller numbers are for slow
storages and prove less. Every test makes hosts of its own, so all of them may share one database.
"""

from scheduling_core.extras import raise_with_extra

try:
    from scheduling_core.testing.contracts import assertions  # noqa: F401  It has to come before the others.
    from scheduling_core.testing.contracts.contract import AsyncStorageContract, StorageContract
except ModuleNotFoundError as error:
    raise_with_extra(error)

__all__ = ["AsyncStorageContract", "StorageContract"]
