"""Statements, sent by the shortest way.

SQLAlchemy says what a statement is in the database's own words, and how each value is written and read. It is
asked once; after that a statement goes straight to the driver, because to send it through `Connection.execute`
costs several times as much, and the half of all bookings. What that gives up are the events of SQLAlchemy
that tell of statements. What it must not give up is how failures are handled: that stays SQLAlchemy's.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import sqlalchemy as sa

from scheduling_core.sql.failures import translated

Statement = sa.Select[Any] | sa.CompoundSelect[Any] | sa.Insert | sa.Update | sa.Delete
Row = Any
"""A tuple that has its columns as attributes, too."""

_Processor = Callable[[Any], Any]


@attrs.frozen
class _Plan:
    """What one driver is given, and how its answer is read."""

    text: str
    constants: Mapping[str, Any]
    writers: Sequence[tuple[str, _Processor | None]]
    order: Sequence[str] | None
    readers: Sequence[tuple[int, _Processor]]
    make_row: Callable[[Sequence[Any]], Row] | None


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
            cursor = connection.connection.cursor()
            try:
                cursor.execute(plan.text, parameters)
                found = () if plan.make_row is None else cursor.fetchall()
            except BaseException as error:  # noqa: BLE001  An interrupted connection is of no use either.
                connection._handle_dbapi_exception(error, plan.text, None, cursor, None)  # noqa: SLF001  See above.
            cursor.close()
        return found if plan.make_row is None else [_read(plan, plan.make_row, row) for row in found]

    def run_many(self, connection: sa.Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Send the statement once for each of *many*, if there are any."""
        if many:
            with translated():
                connection.execute(self._statement, many)

    def _plan(self, dialect: sa.Dialect, names: list[str]) -> _Plan:
        statement = self._statement
        is_write = isinstance(statement, sa.Insert | sa.Update)
        compiled = statement.compile(dialect=dialect, column_keys=names if is_write else None)
        assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
        writers = {
            name: bound.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bound in compiled.binds.items()
        }
        columns = statement.exported_columns
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        return _Plan(
            text=compiled.string,
            constants={name: compiled.params[name] for name in writers if name not in names},
            writers=[(name, write) for name, write in writers.items() if name in names],
            order=compiled.positiontup,
            readers=[(number, read) for number, read in enumerate(readers) if read is not None],
            make_row=namedtuple("Row", columns.keys())._make if columns else None,
        )


def _read(plan: _Plan, make_row: Callable[[Sequence[Any]], Row], row: Sequence[Any]) -> Row:
    values = list(row)
    for number, read in plan.readers:
        values[number] = read(values[number])
    return make_row(values)
