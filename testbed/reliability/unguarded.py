"""The storage with its guard removed, which the harness has to catch."""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from scheduling_core.ports import LostRace, UnitOfWork
from scheduling_core.sql import SqlStorage, SqlUnitOfWork, guard
from scheduling_core.sql.failures import translated

T = TypeVar("T")


def take_down(engine: sa.Engine) -> None:
    """Remove the constraint from the tables."""
    statements = {
        "postgresql": [f"ALTER TABLE scheduling_appointment DROP CONSTRAINT {guard.NAME}"],
        "sqlite": [f"DROP TRIGGER {guard.NAME}_on_insert", f"DROP TRIGGER {guard.NAME}_on_update"],
    }
    with engine.begin() as connection:
        for statement in statements[engine.dialect.name]:
            connection.execute(sa.text(statement))


class UnguardedStorage(SqlStorage):
    """A storage that takes no lock, and begins its transactions as Python does by default."""

    def __init__(self, engine: sa.Engine, **options: Any) -> None:  # noqa: ANN401  Those of the original.
        super().__init__(engine, **options)
        self._unlocked = sa.create_engine(engine.url, pool_size=32)

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one transaction, again and again while others change the same row."""
        while True:
            try:
                with translated(), self._unlocked.begin() as connection:
                    return work(SqlUnitOfWork(connection, locking=False))
            except LostRace:
                continue

    def close(self) -> None:
        """Close all connections."""
        self._unlocked.dispose()
        super().close()
