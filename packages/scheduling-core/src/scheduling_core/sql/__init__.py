"""Storage in SQLite and PostgreSQL, through SQLAlchemy and Alembic (extra `sql`)."""

from scheduling_core.extras import raise_with_extra
from scheduling_core.ports import LostRace

try:
    from scheduling_core.sql.connections import Timeouts
    from scheduling_core.sql.doctor import Diagnosis, OverlapFound, diagnose
    from scheduling_core.sql.schema import metadata
    from scheduling_core.sql.storage import AsyncSqlStorage, SqlStorage
    from scheduling_core.sql.unit_of_work import SqlUnitOfWork
except ModuleNotFoundError as error:
    raise_with_extra(error)

__all__ = [
    "AsyncSqlStorage",
    "Diagnosis",
    "LostRace",
    "OverlapFound",
    "SqlStorage",
    "SqlUnitOfWork",
    "Timeouts",
    "diagnose",
    "metadata",
]
