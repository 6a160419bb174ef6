"""Has pytest explain the assertions of the kit, as it does those of one's own tests.

It is the first module that the package imports, because pytest must be told before the others are.
"""

import pkgutil
from pathlib import Path

import pytest

_PACKAGE, _, _MYSELF = __name__.rpartition(".")
_FOUND = pkgutil.iter_modules([str(Path(__file__).parent)])
pytest.register_assert_rewrite(*(f"{_PACKAGE}.{each.name}" for each in _FOUND if each.name != _MYSELF))
