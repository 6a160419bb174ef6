"""The one public surface: what can be imported from `scheduling_core`, and what that costs."""

import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import scheduling_core
from scheduling_core import changes, errors, ports, reasons, sql
from scheduling_core.testing import contracts

# What is too heavy, or has no business, in a library of values and rules.
HEAVY = ("asyncio", "logging", "sqlite3", "sqlalchemy", "hypothesis", "pytest", "http", "socket", "unittest")
REPORT = """
import sys

before = set(sys.modules)  # What a tool of the developer's loads at the start is not ours.
import scheduling_core
from scheduling_core import local_time

loaded = sorted(set(sys.modules) - before)
print(*(name for name in loaded if name.partition(".")[0] in sys.argv[1:]))
print(*(name for name in loaded if name.startswith("scheduling_core.")))
print(local_time._zone_names.cache_info().currsize)
"""


def test_the_names_are_sorted() -> None:
    """Constants first, then classes, then functions and modules, each in order of the alphabet."""
    names = scheduling_core.__all__
    assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert len(names) == len(set(names))


def test_every_name_is_there_and_no_other() -> None:
    """All that `__init__` imports is public, and nothing else is, but for the modules themselves."""
    present = {
        name
        for name, value in vars(scheduling_core).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert set(scheduling_core.__all__) - present == {"decisions", "local_time"}
    assert present <= set(scheduling_core.__all__)


@pytest.mark.parametrize("module", [errors, reasons, changes], ids=lambda module: module.__name__)
def test_every_error_reason_and_change_is_public(module: ModuleType) -> None:
    """Whoever catches or matches them can name them."""
    defined = {
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert defined <= set(scheduling_core.__all__)


def test_every_public_name_is_described() -> None:
    """Each class and function has a docstring."""
    things = [getattr(scheduling_core, name) for name in scheduling_core.__all__]
    described = [thing for thing in things if inspect.isclass(thing) or inspect.isfunction(thing)]
    assert [thing.__name__ for thing in described if not (thing.__doc__ or "").strip()] == []


def test_the_names_of_the_sql_storage_are_there() -> None:
    """Whoever books in a transaction of their own can name what it means to have come second."""
    assert sql.__all__ == sorted(sql.__all__, key=lambda name: (name[0].islower(), name))
    assert all(hasattr(sql, name) for name in sql.__all__)
    assert sql.LostRace is ports.LostRace


def test_the_contract_of_storages_is_public() -> None:
    """There is one class for each kind of storage, and all that it tests is described."""
    assert contracts.__all__ == sorted({"AsyncStorageContract", "StorageContract"})
    for name in contracts.__all__:
        tests = [test for test in inspect.getmembers(getattr(contracts, name)) if "test_" in test[0]]
        assert len(tests) > 50
        assert [test for test, made in tests if not (made.__doc__ or "").strip()] == []


def test_importing_is_cheap() -> None:
    """An import loads nothing heavy, no adapter but the one in memory, and reads no time zone data."""
    python = [sys.executable, "-c", REPORT, *HEAVY]
    run = subprocess.run(python, capture_output=True, text=True, check=True)
    heavy, own, zones = run.stdout.splitlines()
    assert heavy == ""
    assert not [name for name in own.split() if name.split(".")[1] in {"sql", "testing", "relay"}]
    assert zones == "0"
