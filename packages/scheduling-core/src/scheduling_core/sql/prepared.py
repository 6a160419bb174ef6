"""Statements, sent by the shortest way.

SQLAlchemy says what a statement is in the database's own words, and how each value is written and read. It
is asked once; after that a statement goes straight to the driver, which makes half as many bookings again in
the same time as `Connection.execute` would. What is given up are SQLAlchemy's events for statements. What is
not given up is how it handles failures: a connection that broke, or was interrupted in the middle of an
answer, is never used again.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import sqlalchemy as sa

from scheduling_core.sql.failures import translated

Statement = sa.Select[Any] | sa.CompoundSelect[Any] | sa.Insert | sa.Update | sa.Delete
Row = Any
"""An object with one attribute for each column."""

_Processor = Callable[[Any], Any]
_CURSOR = "scheduling_cursor"


@attrs.frozen
class _Plan:
    """What one driver is given, and how its answer is read."""

    text: str
    constants: Mapping[str, Any]
    writers: Sequence[tuple[str, _Processor | None]]
    order: Sequence[str] | None
    readers: Sequence[tuple[int, _Processor]]
    returns_rows: bool
    make_row: Callable[..., Row]


class Prepared:
    """A statement that is run with values of the same names each time."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> Sequence[Row]:
        """Send the statement with *values* and return the rows that it finds.

        Raises LostRace or StorageUnavailable in place of whatever the driver raises.
        """
        plan = self._plans.get(connection.dialect.driver)
        if plan is None:
            plan = self._plans[connection.dialect.driver] = self._plan(connection.dialect, list(values))
        written = dict(plan.constants)
        for name, write in plan.writers:
            written[name] = values[name] if write is None else write(values[name])
        parameters = written if plan.order is None else [written[name] for name in plan.order]
        with translated():
            if not connection.in_transaction():
                connection.begin()
            cursor = _cursor_of(connection)
            try:
                cursor.execute(plan.text, parameters)
                found = cursor.fetchall() if plan.returns_rows else ()
            except BaseException as error:  # noqa: BLE001  An interrupted connection is of no use either.
                connection.info.pop(_CURSOR)
                # SQLite holds its lock for as long as an answer is open, even past the end of its connection.
                with contextlib.suppress(Exception):
                    cursor.close()
                connection._handle_dbapi_exception(error, plan.text, None, cursor, None)  # noqa: SLF001  See above.
        return [_read(plan, row) for row in found]

    def run_many(self, connection: sa.Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Send the statement once for each of *many*, if there are any."""
        if many:
            with translated():
                connection.execute(self._statement, many)

    def _plan(self, dialect: sa.Dialect, names: list[str]) -> _Plan:
        statement = self._statement
        is_write = isinstance(statement, sa.Insert | sa.Update)
        compiled = statement.compile(dialect=dialect, column_keys=names if is_write else None)
        writers = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect)
            for bound, name in compiled.bind_names.items()
        }
        columns = statement.exported_columns
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        return _Plan(
            text=compiled.string,
            # SQLAlchemy has numbers of its own to add, such as the offset of a limit.
            constants={name: value for name, value in compiled.params.items() if name not in names},
            writers=[(name, write) for name, write in writers.items() if name in names],
            order=compiled.positiontup,
            readers=[(number, read) for number, read in enumerate(readers) if read is not None],
            returns_rows=bool(columns),
            make_row=attrs.make_class("Row", [str(column.key) for column in columns]),
        )


def _cursor_of(connection: sa.Connection) -> Any:  # noqa: ANN401  A driver's cursor.
    """Return the one cursor of a connection of the driver: it learns how values are written and read."""
    known = connection.info
    if _CURSOR not in known:
        known[_CURSOR] = connection.connection.cursor()
    return known[_CURSOR]


def _read(plan: _Plan, row: Sequence[Any]) -> Row:
    values = list(row)
    for number, read in plan.readers:
        values[number] = read(values[number])
    return plan.make_row(*values)
