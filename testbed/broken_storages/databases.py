"""Databases that lack what our code would have made up for."""

from typing import ClassVar

import sqlalchemy as sa

from scheduling_core.sql import SqlStorage, guard


class Unguarded(SqlStorage):
    """A database on SQLite without the guard against overlaps."""

    dropped: ClassVar[tuple[str, ...]] = ("insert", "update")

    def migrate(self) -> None:
        """Make the tables, and remove the guard."""
        super().migrate()
        with self.engine.begin() as connection:
            for event in self.dropped:
                connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {guard.NAME}_on_{event}"))


class MovesUnguarded(Unguarded):
    """A database on SQLite whose guard looks at new appointments only."""

    dropped = ("update",)
