"""Whatever is done, the databases do as the storage in memory does."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given

from scheduling_core import HostId, MemoryStorage, Scheduler, SchedulingError
from scheduling_core.sql import SqlStorage, diagnose, metadata
from scheduling_core.testing import CountingIds, ManualClock, strategies


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStorage]:
    """A storage that all examples share."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'scheduling.db'}"
    else:
        url = request.getfixturevalue("postgres_server").create_database()
    storage = SqlStorage.from_url(url)
    storage.migrate()
    yield storage
    storage.close()
    if request.param == "postgresql":
        request.getfixturevalue("postgres_server").drop_database(url)


def empty(storage: SqlStorage) -> None:
    """Remove every row."""
    with storage.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))


def told(error: SchedulingError | None) -> object:
    """Return all that an error says, because errors are equal to none but themselves."""
    return error and (type(error), str(error), vars(error) or getattr(error, "reasons", None))


def everything(scheduler: Scheduler, host: HostId) -> object:
    """Return all that a scheduler knows about the host."""
    log = scheduler.changes(host)
    ids = {entry.change.appointment.id for entry in log if hasattr(entry.change, "appointment")}
    return [
        log,
        scheduler.schedule(host),
        scheduler.types(host),
        scheduler.time_off(host),
        scheduler.upcoming(host),
        [(scheduler.get(one), scheduler.history(one)) for one in sorted(ids)],
    ]


@given(history=strategies.histories())
def test_a_database_does_what_memory_does(storage: SqlStorage, history: strategies.History) -> None:
    """Every call has the same outcome on a database as in memory, and leaves the same behind, healthy."""
    empty(storage)
    found = []
    for kept in (MemoryStorage(), storage):
        clock = ManualClock(history.now)
        scheduler = Scheduler(kept, clock=clock, new_id=CountingIds())
        outcomes = history.replay(scheduler, clock)
        results = [(outcome.call, outcome.result, told(outcome.error)) for outcome in outcomes]
        found.append((results, everything(scheduler, history.host)))
    assert found[0] == found[1]
    assert diagnose(storage.engine).is_healthy
