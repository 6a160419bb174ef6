"""A network that breaks between a commit and its answer: the client cannot know, and a retry tells."""

from collections.abc import Iterator

import pytest

from reliability.hosts import numbered, open_hosts, scheduler_over
from reliability.proxy import CuttingProxy, cutting_proxy
from reliability.tables import booked_ids, find_disagreements, find_overlaps
from scheduling_core import StorageUnavailable
from scheduling_core.sql import SqlStorage


@pytest.fixture
def proxied(postgres_url: str) -> Iterator[tuple[CuttingProxy, SqlStorage]]:
    """A storage on PostgreSQL behind a proxy that cuts."""
    with cutting_proxy(postgres_url) as (proxy, url):
        storage = SqlStorage.from_url(url, pool_size=3)
        storage.migrate()
        yield proxy, storage
        storage.close()


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.soak)])
@pytest.mark.parametrize("forward", [True, False], ids=["commit arrives", "commit is lost"])
def test_a_commit_without_an_answer_is_settled_by_a_retry(
    proxied: tuple[CuttingProxy, SqlStorage], rounds: int, *, forward: bool
) -> None:
    """Without the answer to a commit the storage is unavailable, and a retry gives the one booking."""
    proxy, storage = proxied
    [host] = open_hosts(storage, 1)
    scheduler = scheduler_over(storage)
    told = {}
    for number in range(rounds):
        key = f"key {number}"
        request = numbered(host, number, name=key)
        proxy.cut_next_commit(forward=forward)
        with pytest.raises(StorageUnavailable):
            scheduler.book(request, idempotency_key=key)
        # The one that is there is the one that the client was not told about.
        kept = booked_ids(storage.snapshots)
        assert (key in kept) is forward
        told[key] = scheduler.book(request, idempotency_key=key).id
        assert not forward or told[key] == kept[key]
    assert proxy.cuts == rounds
    assert booked_ids(storage.snapshots) == told
    assert find_overlaps(storage.snapshots) == []
    assert find_disagreements(storage.snapshots) == []


def test_a_change_without_an_answer_is_seen_by_its_version(
    proxied: tuple[CuttingProxy, SqlStorage],
) -> None:
    """A cancellation whose answer was cut is there once, and the client's version is out of date."""
    proxy, storage = proxied
    [host] = open_hosts(storage, 1)
    scheduler = scheduler_over(storage)
    booked = scheduler.book(numbered(host, 0, name="key"), idempotency_key="key")
    proxy.cut_next_commit(forward=True)
    with pytest.raises(StorageUnavailable):
        scheduler.cancel(booked.id, expected_version=booked.version)
    assert scheduler.get(booked.id).version == booked.version + 1
    assert [entry.change.kind for entry in scheduler.history(booked.id)] == ["booked", "cancelled"]
