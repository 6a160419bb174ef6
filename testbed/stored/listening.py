"""Hearing what is sent to PostgreSQL, below all that the library does."""

from collections.abc import Iterable
from typing import Any, Self

import attrs
import psycopg
import sqlalchemy as sa


@attrs.frozen
class Sent:
    """One statement as the driver was given it, and its values."""

    query: str
    values: Any


def listen(engine: sa.Engine) -> list[Sent]:
    """Return a list to which each statement is added that goes through connections made from now on.

    BEGIN and COMMIT are not among them: the driver sends those by itself.
    """
    sent: list[Sent] = []

    class Listener(psycopg.Cursor[Any]):
        """A cursor that tells what goes through it."""

        def execute(self, query: Any, params: Any = None, **options: Any) -> Self:  # noqa: ANN401  As the driver's.
            """Tell, and send."""
            sent.append(Sent(query, params))
            return super().execute(query, params, **options)

        def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:  # noqa: ANN401  As above.
            """Tell, and send."""
            many = list(params_seq)
            sent.extend(Sent(query, params) for params in many)
            super().executemany(query, many, **options)

    def connect(_: object, __: object, ___: object, options: dict[str, Any]) -> None:
        options["cursor_factory"] = Listener

    sa.event.listen(engine, "do_connect", connect)
    return sent
