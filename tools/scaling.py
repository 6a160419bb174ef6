"""Rewrite the marked blocks of docs/explanation/scaling.md from one run on a million appointments.

Fills a database, runs the hot use cases of the library on it and hears what they send, and asks PostgreSQL
how it answers each statement; then the same on the variant of the tables that is partitioned by host.
Takes four minutes.
"""

import contextlib
import itertools
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import sqlalchemy as sa
from rich.progress import Progress

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "explanation" / "scaling.md"
sys.path.insert(0, str(ROOT / "testbed"))

from private_postgres import obtain_server  # noqa: E402  The folder has to be on the path first.
from scheduling_core import AppointmentId  # noqa: E402  As above.
from scheduling_core.sql import SqlStorage  # noqa: E402  As above.
from scheduling_core.sql.schema import appointment  # noqa: E402  As above.
from stored import HOT, Sent, fill, hear_hot, listen, partition, partitions_locked, prepare_hot  # noqa: E402

HOSTS, EACH, BUSY, PARTS = 1_000, 1_000, 20_000, 8
# What the document shows in full, by the name of the block.
SHOWN = {
    "claims": "find what takes the host's time",
    "booking": "write an appointment, its log entry and the host's version",
    "upcoming": "find the next appointments",
    "by-id": "find the host of an appointment",
    "history": "read the history of an appointment",
}
BY_ID = ("find the host of an appointment", "read the history of an appointment")
SAMPLES, REPEATED = 2_000, 15


@attrs.frozen
class Statement:
    """A hot statement, and the use cases that send it."""

    sent: Sent
    uses: list[str] = attrs.field(factory=list)


def main() -> None:
    """Measure, and rewrite the document."""
    with obtain_server() as server, Progress() as progress:
        url = server.create_database()
        task = progress.add_task("filling")

        def report(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total)

        with contextlib.closing(SqlStorage.from_url(url)) as storage:
            sent = listen(storage.engine)
            fill(storage, hosts=HOSTS, each=EACH, busy=BUSY, report=report)
            booked = prepare_hot(storage)
            progress.update(task, description="asking for plans", total=None)
            hot = gather(storage, booked)
            whole = {purpose: explain(storage, it.sent) for purpose, it in hot.items()}
            whole_times = {purpose: measure(storage, hot[purpose].sent) for purpose in BY_ID}
            progress.update(task, description="partitioning by host")
            sent.clear()
            cut_up(storage)
            schema = [str(it.query) for it in sent]
            progress.update(task, description="asking for plans again")
            hot = gather(storage, booked)
            parted = {purpose: explain(storage, it.sent) for purpose, it in hot.items()}
            parted_times = {purpose: measure(storage, hot[purpose].sent) for purpose in BY_ID}
            touched = {purpose: count_touched(storage, it.sent) for purpose, it in hot.items()}
            run = describe_run(storage)
    blocks = {
        "run": run,
        "statements": tabulate(hot, whole, touched),
        "schema": "\n".join(["```sql", *map(tidy, of_first_part(schema)), "```"]),
        "times": tabulate_times(whole_times, parted_times),
        **{block: show(parted[purpose]) for block, purpose in SHOWN.items()},
    }
    text = rewrite(DOCUMENT.read_text(encoding="utf-8"), blocks)
    DOCUMENT.write_text(text, encoding="utf-8")


def gather(storage: SqlStorage, booked: AppointmentId) -> dict[str, Statement]:
    """Return the hot statements by their purpose."""
    found: dict[str, Statement] = {}
    for name, sent in hear_hot(storage.engine.url, booked).items():
        for purpose, one in zip(HOT[name].purposes, sent, strict=True):
            known = found.setdefault(purpose, Statement(one))
            if known.sent.query != one.query:
                raise ValueError(f"two statements to {purpose}: {known.sent.query} and {one.query}")
            known.uses.append(name)
    return found


@contextlib.contextmanager
def undone(storage: SqlStorage) -> Iterator[sa.Connection]:
    """Give a connection whose transaction is taken back."""
    with storage.engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def explain(storage: SqlStorage, sent: Sent) -> list[str]:
    """Return PostgreSQL's plan."""
    with undone(storage) as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {sent.query}", sent.values)
        return [line for (line,) in rows]


def count_touched(storage: SqlStorage, sent: Sent) -> int:
    """Return how many parts of one table the statement touches, prepared and with the plan that it keeps.

    The driver prepares a statement that comes again, and PostgreSQL then chooses between plans for these
    values and one for all. Locks are given back with what is rolled back, so only the last run counts.
    """
    with undone(storage) as connection:
        for _ in range(REPEATED):
            with connection.begin_nested() as savepoint:
                connection.exec_driver_sql(sent.query, sent.values)
                savepoint.rollback()
        connection.exec_driver_sql(sent.query, sent.values)
        return max(map(len, partitions_locked(connection).values()), default=0)


def measure(storage: SqlStorage, sent: Sent) -> float:
    """Return the median of the seconds that the statement takes, prepared, on one connection."""
    with undone(storage) as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise ValueError("the connection is closed")

        def once() -> float:
            start = time.perf_counter()
            driver.execute(sent.query, sent.values).fetchall()
            return time.perf_counter() - start

        return statistics.median(once() for _ in range(SAMPLES))


def cut_up(storage: SqlStorage) -> None:
    """Put the partitioned variant in place of the tables."""
    with storage.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        partition(connection, PARTS)
    with storage.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")


def describe_run(storage: SqlStorage) -> str:
    """Return on what all this was found."""
    with storage.engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(appointment)) or 0
        version = str(connection.scalar(sa.text("SHOW server_version"))).split()[0]
    return (
        f"*One run: {count:,} appointments of {HOSTS:,} hosts, one of whom has {BUSY:,}; "
        f"PostgreSQL {version}, Python {platform.python_version()}, a machine with {os.cpu_count()} cores.*"
    )


def nodes(plan: Sequence[str]) -> list[str]:
    """Return the steps of a plan, without their conditions."""
    heads = ("->", "CTE ", "InitPlan", "SubPlan")
    return [line for number, line in enumerate(plan) if number == 0 or line.strip().startswith(heads)]


def show(plan: Sequence[str]) -> str:
    """Return the steps of a plan as a block of text, and of steps that differ by the part only the first."""
    lines: list[str] = []
    for same, group in itertools.groupby(nodes(plan), lambda line: re.sub(r"_\d+", "", line)):
        first, *others = group
        lines.append(re.sub(r"( on \w+) \w+$", r"\1", first))
        if others:
            indent = " " * (len(same) - len(same.lstrip()))
            lines.append(f"{indent}    (and {len(others)} more like it, on the other parts)")
    return "\n".join(["```text", *lines, "```"])


def tabulate(hot: Mapping[str, Statement], whole: Mapping[str, list[str]], touched: Mapping[str, int]) -> str:
    """Return the hot statements, who sends them, what serves them, and how many parts they touch."""
    rows = [f"| to | sent by | served by | parts touched, of {PARTS} |", "| --- | --- | --- | --- |"]
    for purpose, statement in hot.items():
        parts = touched[purpose] or "-"
        served = ", ".join(f"`{name}`" for name in serving(whole[purpose])) or "-"
        rows.append(f"| {purpose} | {', '.join(statement.uses)} | {served} | {parts} |")
    return "\n".join(rows)


def serving(plan: Sequence[str]) -> list[str]:
    """Return the indexes that a plan reads, and the tables that it reads as a whole."""
    found = re.findall(
        r"(?:Index (?:Only )?Scan (?:Backward )?using|Bitmap Index Scan on) (\w+)|(Seq Scan on \w+)",
        "\n".join(nodes(plan)),
    )
    return list(dict.fromkeys(index or scan for index, scan in found))


def tabulate_times(whole: Mapping[str, float], parted: Mapping[str, float]) -> str:
    """Return what statements cost that do not name the host."""
    rows = [f"| to | one table | {PARTS} parts |", "| --- | --- | --- |"]
    for purpose, seconds in whole.items():
        rows.append(f"| {purpose} | {seconds * 1e6:.0f} µs | {parted[purpose] * 1e6:.0f} µs |")
    return "\n".join(rows)


def of_first_part(schema: Sequence[str]) -> list[str]:
    """Return what made the table of appointments and the first of its parts, without the moving of rows."""
    other = re.compile(rf"{appointment}_([1-9]|whole\b(?! INC))|^INSERT")
    about = re.compile(rf"TABLE {appointment}(_0)? |ON {appointment} ")
    return [query for query in schema if about.search(query) and not other.search(query)]


def tidy(query: str) -> str:
    """Return a statement in lines that fit."""
    query = query.replace(f"{appointment}_whole INCLUDING", f"{appointment}_as_declared INCLUDING")
    return (
        re.sub(r" (PARTITION|FOR VALUES|EXCLUDE|WHERE|REFERENCES|INCLUDING DEFAULTS)", r"\n    \1", query)
        + ";"
    )


def rewrite(text: str, blocks: Mapping[str, str]) -> str:
    """Return the document with new blocks; each stands between two marks that name it."""

    def block(match: re.Match[str]) -> str:
        return f"<!-- begin: {match[1]} -->\n{blocks[match[1]]}\n<!-- end: {match[1]} -->"

    pattern = re.compile(r"<!-- begin: ([\w-]+) -->\n.*?<!-- end: \1 -->", re.DOTALL)
    marked = {match[1] for match in pattern.finditer(text)}
    if marked != set(blocks):
        raise ValueError(f"{DOCUMENT} has blocks {sorted(marked)}, and not {sorted(blocks)}")
    return pattern.sub(block, text)


if __name__ == "__main__":
    main()
