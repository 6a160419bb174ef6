"""Idempotency keys: what was answered is answered again, for as long as it is kept."""

import datetime as dt
from collections.abc import Mapping

import attrs
import pytest

from scheduling_core.appointments import ERASED
from scheduling_core.changes import Booked, Purged
from scheduling_core.errors import IdempotencyMismatch
from scheduling_core.ids import HostId
from scheduling_core.intervals import TICK
from scheduling_core.ports import Answer
from scheduling_core.reasons import BookingRefused
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import HOUR, NINE, NOW, appointment, request


def recall(stage: Stage, host: HostId, key: str, since: dt.datetime = NOW) -> Answer | None:
    """Return what is remembered."""
    return stage.storage.read(lambda work: work.recall(host, key, since))


def remember(stage: Stage, host: HostId, key: str, answer: Answer, since: dt.datetime = NOW) -> None:
    """Remember an answer."""
    stage.storage.transact(lambda work: work.remember(host, key, answer, since))


class Keys(Contract):
    """Answers under keys."""

    def test_an_answer_is_recalled_as_it_was_given(self, stage: Stage) -> None:
        """Fingerprint, appointment and instant, whatever happened to the appointment since."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id(), notes="two\nlines", metadata={"鍵": ""})
        stage.record(Booked(booked))
        answer = Answer("print", booked, NOW + TICK)
        remember(stage, host, "key", answer)
        stage.scheduler().cancel(booked.id)
        assert recall(stage, host, "key") == answer
        assert recall(stage, host, "Key") is None

    def test_an_answer_is_recalled_as_long_as_it_is_wanted(self, stage: Stage) -> None:
        """From its own instant on, and to the microsecond."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())
        stage.record(Booked(booked))
        answer = Answer("print", booked, NOW)
        remember(stage, host, "key", answer)
        assert recall(stage, host, "key", NOW) == answer
        assert recall(stage, host, "key", NOW + TICK) is None

    def test_an_answer_is_given_once(self, stage: Stage) -> None:
        """A second answer under a key is a lost race, until the first is older than what is kept."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())
        stage.record(Booked(booked))
        first, second = Answer("first", booked, NOW), Answer("second", booked, NOW + HOUR)
        remember(stage, host, "key", first)
        assert stage.refuses(lambda work: work.remember(host, "key", second, NOW))
        assert recall(stage, host, "key") == first
        remember(stage, host, "key", second, NOW + TICK)
        assert recall(stage, host, "key") == second

    def test_old_answers_are_forgotten(self, stage: Stage) -> None:
        """With a new answer, those of the same host from before are gone for good, and no others."""
        host, other = stage.new_host(), stage.new_host()
        for each in (host, other):
            booked = appointment(each, stage.new_id())
            stage.record(Booked(booked))
            for hours in range(2):
                remember(stage, each, f"key {hours}", Answer("print", booked, NOW + hours * HOUR))
        remember(stage, host, "new", Answer("print", booked, NOW + 2 * HOUR), NOW + HOUR)
        assert recall(stage, host, "key 0") is None
        assert recall(stage, host, "key 1") is not None
        assert recall(stage, other, "key 0") is not None

    def test_a_key_is_the_host_s_own(self, stage: Stage) -> None:
        """Two hosts may use one key."""
        for _ in range(2):
            host = stage.new_host()
            assert recall(stage, host, "key") is None
            booked = appointment(host, stage.new_id())
            stage.record(Booked(booked))
            remember(stage, host, "key", Answer("print", booked, NOW))

    def test_the_same_request_has_the_same_answer(self, stage: Stage) -> None:
        """A request that is sent again under its key books nothing, and another one is refused."""
        host, scheduler = stage.new_host(), stage.scheduler()
        first = scheduler.book(request(host), idempotency_key="key")
        log = scheduler.changes(host)
        assert scheduler.book(request(host), idempotency_key="key") == first
        with pytest.raises(IdempotencyMismatch):
            scheduler.book(request(host, NINE + HOUR), idempotency_key="key")
        assert scheduler.changes(host) == log

    def test_a_refusal_is_not_kept(self, stage: Stage) -> None:
        """What was refused may be tried again under its key."""
        host, scheduler = stage.new_host(), stage.scheduler()
        obstacle = scheduler.book(request(host))
        with pytest.raises(BookingRefused):
            scheduler.book(request(host), idempotency_key="key")
        assert recall(stage, host, "key") is None
        scheduler.cancel(obstacle.id)
        assert scheduler.book(request(host), idempotency_key="key").during == obstacle.during

    def test_a_purge_erases_the_customer_everywhere(self, stage: Stage) -> None:
        """Name, contact and words are gone from the appointment, its log and the answers; its time stays."""
        host, scheduler = stage.new_host(), stage.scheduler()
        asked = request(
            host,
            customer_name="secret",
            customer_email="secret@example.org",
            notes="secret",
            metadata={"k": "secret"},
        )
        booked = scheduler.book(asked, idempotency_key="key")
        scheduler.amend(booked.id, customer_phone="secret")
        scheduler.cancel(booked.id, reason="secret", by="customer")
        bystander = scheduler.book(request(host, customer_name="Grace"), idempotency_key="other key")
        scheduler.purge(booked.id)
        answer = recall(stage, host, "key")
        assert answer is not None
        assert (answer.fingerprint, answer.appointment) == ("", booked.without_customer())
        history = scheduler.history(booked.id)
        assert [entry.change.kind for entry in history] == ["booked", "amended", "cancelled", "purged"]
        told = [attrs.asdict(entry.change, value_serializer=_as_text) for entry in history]
        assert "secret" not in str([told, attrs.asdict(scheduler.get(booked.id), value_serializer=_as_text)])
        assert scheduler.get(booked.id).customer_name == ERASED
        assert scheduler.get(booked.id).during == booked.during
        assert scheduler.get(bystander.id) == bystander
        kept = recall(stage, host, "other key")
        assert kept is not None
        assert kept.appointment == bystander

    def test_a_purge_and_what_it_erased_are_rolled_back_together(self, stage: Stage) -> None:
        """A purge that is not kept has erased nothing."""
        host, scheduler = stage.new_host(), stage.scheduler()
        booked = scheduler.book(request(host), idempotency_key="key")
        before = scheduler.history(booked.id), recall(stage, host, "key")
        purged = attrs.evolve(booked.without_customer(), version=2)
        assert not stage.refuses(lambda work: work.record(Purged(purged)))
        assert (scheduler.history(booked.id), recall(stage, host, "key")) == before


def _as_text(_: object, __: object, value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value
