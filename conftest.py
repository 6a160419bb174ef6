"""Settings and fixtures of all tests."""

import doctest
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

from private_postgres import Server, obtain_server

# No deadline and no complaint about slowness: both would measure the machine. Not derandomized
# either, not even where Hypothesis does so by itself: every run may find something new, and what
# it finds is printed with the line that repeats it.
for profile, examples in {"dev": 100, "soak": 5_000, "few": 20}.items():
    settings.register_profile(
        profile,
        deadline=None,
        derandomize=False,
        max_examples=examples,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# Whatever a document or a docstring shows is run: the blocks of a document share their names, and
# a docstring knows those of its module.
documents = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS), SkipParser()],
    pattern="*.md",
)
docstrings = Sybil(
    parsers=[DocTestParser(doctest.ELLIPSIS)],
    patterns=["src/*/*.py", "src/*/*/*.py", "src/*/*/*/*.py"],
)
pytest_collect_file = (documents + docstrings).pytest()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server, which `private_postgres` finds or starts and the whole run shares."""
    with obtain_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The address of an empty database of the test's own, as SQLAlchemy reads it."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL or a browser, so that `-m "not postgres"` leaves it out."""
    for item in items:
        for fixture, mark in {"postgres_server": "postgres", "browser": "browser"}.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
