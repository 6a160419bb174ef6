"""Providers of external calendars: what all relays share, and the hints that come in."""

import datetime as dt

from scheduling_core.intervals import TICK
from scheduling_core.ports import UnitOfWork
from scheduling_core.sync import Hint, Provider
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import HOUR, NOW


class Providers(Contract):
    """What is kept beside the rows of delivery, in the same transactions."""

    def test_what_is_known_of_a_provider_comes_back(self, stage: Stage) -> None:
        """Nothing at first; then the last that was written, unless it was rolled back."""
        name = stage.new_id()
        full = Provider(name, 3, NOW + TICK, "locked out", NOW - TICK)

        def known() -> Provider:
            return stage.storage.read(lambda work: work.outbox.provider(name))

        assert known() == Provider(name)
        stage.storage.transact(lambda work: work.outbox.put_provider(full))
        assert known() == full
        bare = Provider(name, swept_until=NOW)
        assert not stage.refuses(lambda work: work.outbox.put_provider(bare))
        assert known() == full
        stage.storage.transact(lambda work: work.outbox.put_provider(bare))
        assert known() == bare

    def test_a_hint_is_kept_once(self, stage: Stage) -> None:
        """The same message again is no new hint; those nobody has followed come oldest first."""
        provider = stage.new_id()
        hints = [_hint(stage, provider, hours) for hours in (2, 0, 1)]
        _hint(stage, stage.new_id(), 0)
        assert [_keep(stage, hint) for hint in hints] == [True] * 3
        assert [_keep(stage, hint) for hint in hints] == [False] * 3
        assert _open(stage, provider) == (hints[1], hints[2], hints[0])
        assert _open(stage, provider, 2) == (hints[1], hints[2])

    def test_a_hint_is_followed_once(self, stage: Stage) -> None:
        """Once settled it is open no more, but still known until it is old enough to be forgotten."""
        provider = stage.new_id()
        first, second = (_hint(stage, provider, hours) for hours in (0, 1))
        for hint in (first, second):
            _keep(stage, hint)
        assert not stage.refuses(lambda work: work.outbox.settle_hint(first, NOW))
        assert _open(stage, provider) == (first, second)
        stage.storage.transact(lambda work: work.outbox.settle_hint(first, NOW))
        assert _open(stage, provider) == (second,)
        assert not _keep(stage, first, NOW)
        assert _keep(stage, first, NOW + TICK)
        assert not _keep(stage, second, NOW + TICK)


def _hint(stage: Stage, provider: str, hours: int) -> Hint:
    return Hint(stage.new_id(), provider, "MOVED", "uid 鍵", NOW + hours * HOUR + TICK)


def _keep(stage: Stage, hint: Hint, since: dt.datetime = NOW) -> bool:
    def work(unit: UnitOfWork) -> bool:
        return unit.outbox.keep_hint(hint, since)

    return stage.storage.transact(work)


def _open(stage: Stage, provider: str, limit: int = 9) -> tuple[Hint, ...]:
    return stage.storage.read(lambda work: work.outbox.open_hints(provider, limit))
