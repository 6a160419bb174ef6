"""Which extra brings what, for whoever did not install it."""

from typing import NoReturn

_BRINGS = {
    "aiosqlite": "async",
    "alembic": "sql",
    "hypothesis": "testing",
    "psycopg": "postgres",
    "pytest": "testing",
    "sqlalchemy": "sql",
}


def raise_with_extra(error: ModuleNotFoundError) -> NoReturn:
    """Raise an error that tells the extra which brings the missing module; where none does, raise *error*."""
    extra = _BRINGS.get((error.name or "").partition(".")[0])
    if extra is None:
        raise error
    told = f'{error.name} is not installed: pip install "scheduling-core[{extra}]"'
    raise ModuleNotFoundError(told, name=error.name, path=error.path) from error
