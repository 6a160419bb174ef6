"""What is said where an extra was not installed."""

import subprocess
import sys

import pytest

TRY = """
import sys

missing, statement = sys.argv[1:]
sys.modules[missing] = None  # Which Python takes for a module that is not there.
try:
    exec(statement)
except ModuleNotFoundError as error:
    print(error.name, error, sep="\\n")
"""
ASYNC = "from scheduling_core.sql import AsyncSqlStorage; AsyncSqlStorage.from_url"
SYNC = "from scheduling_core.sql import SqlStorage; SqlStorage.from_url"


@pytest.mark.parametrize(
    ("missing", "statement", "extra"),
    [
        ("sqlalchemy", "import scheduling_core.sql", "sql"),
        ("alembic", "import scheduling_core.sql", "sql"),
        ("aiosqlite", f"{ASYNC}('sqlite://')", "async"),
        ("psycopg", f"{ASYNC}('postgresql://ann@server/name')", "postgres"),
        ("psycopg", f"{SYNC}('postgresql://ann@server/name')", "postgres"),
        ("hypothesis", "import scheduling_core.testing", "testing"),
        ("pytest", "import scheduling_core.testing.contracts", "testing"),
    ],
)
def test_what_is_missing_is_said_with_the_extra_that_brings_it(
    missing: str, statement: str, extra: str
) -> None:
    """The error is the usual one for a module that is not there, and tells what to install."""
    python = [sys.executable, "-c", TRY, missing, statement]
    run = subprocess.run(python, capture_output=True, text=True, check=True)
    name, message = run.stdout.splitlines()
    assert name == missing
    assert f'pip install "scheduling-core[{extra}]"' in message


def test_a_module_of_no_extra_is_left_as_it_is() -> None:
    """Where something else is missing, no extra is made out to bring it."""
    python = [sys.executable, "-c", TRY, "sqlite3", "import scheduling_core.sql"]
    run = subprocess.run(python, capture_output=True, text=True, check=True)
    name, message = run.stdout.splitlines()
    assert name == "sqlite3"
    assert "pip install" not in message
