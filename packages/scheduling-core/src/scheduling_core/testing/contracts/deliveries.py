"""Deliveries: what external calendars are to be told is written with the change, or not at all."""

import datetime as dt

import attrs
import pytest

from scheduling_core.appointments import Appointment
from scheduling_core.changes import Booked, BusyCopied
from scheduling_core.deliveries import claim
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.intervals import TICK, Interval
from scheduling_core.ports import Stamp, Storage, UnitOfWork
from scheduling_core.sync import Link, RemoteBooking, SyncPolicy, SyncRow, SyncState
from scheduling_core.testing.contracts.races import Meeting, in_two
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.transactions import Raised, everything
from scheduling_core.testing.contracts.values import HOUR, NINE, NOW, WEEK, appointment, request
from scheduling_core.usecases import book, cancel


class Deliveries(Contract):
    """The rows of the outbox, and the ties of a host."""

    def test_a_delivery_is_kept_with_its_change_or_not_at_all(self, stage: Stage) -> None:
        """After a booking and a cancellation there is a row each, and none that was not committed."""
        host, provider = _linked(stage)
        booked = stage.scheduler().book(request(host, NINE + 5 * HOUR))
        before = stage.storage.read(lambda work: everything(work, host))

        def work(unit: UnitOfWork) -> None:
            book(unit, Stamp(NOW, stage.new_id()), request(host))
            cancel(unit, Stamp(NOW, stage.new_id()), booked.id)
            raise Raised

        with pytest.raises(Raised):
            stage.storage.transact(work)
        assert stage.storage.read(lambda work: everything(work, host)) == before
        second = stage.scheduler().book(request(host))
        stage.scheduler().cancel(booked.id)
        rows = stage.beside().read(lambda work: work.outbox.of_host(host))
        wanted = {row.appointment: (row.provider, row.desired_version, row.state) for row in rows}
        assert wanted == {
            booked.id: (provider, 2, SyncState.PENDING),
            second.id: (provider, 1, SyncState.PENDING),
        }

    def test_a_delivery_comes_back_as_it_was_put(self, stage: Stage) -> None:
        """Every field of the row, also where another row is in its place; time to the microsecond."""
        host, provider = _linked(stage)
        booked = _booked(stage, host)
        bare = SyncRow(booked.id, provider, host, 1)
        remote = RemoteBooking(
            "uid 鍵", Interval.of(NINE + TICK, HOUR), is_active=False, appointment=booked.id
        )
        full = SyncRow(
            booked.id,
            provider,
            host,
            desired_version=7,
            state=SyncState.UNKNOWN,
            next_due=NOW + TICK,
            synced_version=3,
            must_observe=True,
            remote=remote,
            origin=provider,
            flips=2,
            flips_since=NOW - TICK,
            attempts=4,
            first_failed_at=NOW,
            fence=5,
            last_error="timeout",
            last_error_at=NOW + 2 * TICK,
        )
        active = attrs.evolve(full, remote=attrs.evolve(remote, is_active=True))
        for row in (bare, full, active, bare):
            _put(stage, row)
            assert stage.storage.read(lambda work: work.outbox.rows(booked.id)) == (row,)

    def test_deliveries_are_in_order(self, stage: Stage) -> None:
        """Of an appointment by provider; of a host by appointment, then provider, without those off."""
        host, provider = _linked(stage)
        one, other = sorted((_booked(stage, host, hours) for hours in (0, 1)), key=lambda each: each.id)
        rows = [
            SyncRow(each.id, name, host, 1) for each in (one, other) for name in ("a calendar", provider, "z")
        ]
        off = attrs.evolve(rows[0], state=SyncState.OFF)
        for row in (*reversed(rows), off):
            _put(stage, row)

        def ask(work: UnitOfWork) -> tuple[object, object, object]:
            return work.outbox.rows(one.id), work.outbox.rows(other.id), work.outbox.of_host(host)

        by_provider = sorted((off, *rows[1:3]), key=lambda row: row.provider)
        others = sorted(rows[3:], key=lambda row: row.provider)
        holding = (*(row for row in by_provider if row != off), *others)
        assert stage.storage.read(ask) == (tuple(by_provider), tuple(others), holding)
        counts = stage.storage.read(lambda work: work.outbox.count(provider))
        assert {state: count for state, count in counts.items() if count} == {SyncState.PENDING: 2}

    def test_what_is_there_is_found_by_start(self, stage: Stage) -> None:
        """By host, provider and window, its end left out, without what is off or has no booking there."""
        host, provider = _linked(stage)
        made = [_booked(stage, host, hours) for hours in range(4)]
        other, _ = _linked(stage)
        foreign = _booked(stage, other)
        rows = [
            SyncRow(
                each.id,
                name,
                each.host,
                1,
                remote=RemoteBooking(f"{name} {number}", each.during, is_active=True, appointment=each.id),
            )
            for number, each in enumerate((*made, foreign))
            for name in (provider, "another")
        ]
        for row in rows:
            _put(stage, row)
        _put(stage, attrs.evolve(rows[6], remote=None))

        def find(start: dt.datetime, end: dt.datetime) -> dict[AppointmentId, str]:
            window = Interval(start, end)
            return dict(stage.storage.read(lambda work: work.outbox.references(host, provider, window)))

        there = [(each.id, f"{provider} {number}") for number, each in enumerate(made[:3])]
        assert find(WEEK.start, WEEK.end) == dict(there)
        assert find(NINE, NINE + HOUR) == dict(there[:1])
        assert find(NINE + TICK, NINE + HOUR + TICK) == dict(there[1:2])
        _put(stage, attrs.evolve(rows[0], state=SyncState.OFF))
        assert find(NINE, NINE + 2 * HOUR) == dict(there[1:2])

    def test_a_delivery_is_found_by_what_is_there(self, stage: Stage) -> None:
        """The uid of a booking leads to its row, at its own provider only."""
        host, provider = _linked(stage)
        booked = _booked(stage, host)
        remote = RemoteBooking("uid", booked.during, is_active=True, appointment=booked.id)
        row = SyncRow(booked.id, provider, host, 1, remote=remote)
        _put(stage, row)

        def find(provider: str, uid: str) -> SyncRow | None:
            return stage.storage.read(lambda work: work.outbox.row_of(provider, uid))

        assert find(provider, "uid") == row
        assert find(provider, "UID") is find(stage.new_id(), "uid") is None

    def test_what_has_been_due_for_longest_is_due(self, stage: Stage) -> None:
        """Of those whose time has come, and of no others."""
        host, provider = _linked(stage)
        late, later, not_yet, done = (_booked(stage, host, hours).id for hours in range(4))
        rows = {
            later: SyncRow(later, provider, host, 1, SyncState.RETRY_WAIT, NOW),
            late: SyncRow(late, provider, host, 1, SyncState.IN_FLIGHT, NOW - TICK),
            not_yet: SyncRow(not_yet, provider, host, 1, SyncState.UNKNOWN, NOW + TICK),
            done: SyncRow(done, provider, host, 1, SyncState.SYNCED),
        }
        for row in rows.values():
            _put(stage, row)

        def due(now: dt.datetime) -> AppointmentId | None:
            row = stage.storage.read(lambda work: work.outbox.due(provider, now))
            return None if row is None else row.appointment

        assert due(NOW) == late
        assert due(NOW - 2 * TICK) is None
        _put(stage, attrs.evolve(rows[late], state=SyncState.DEAD, next_due=None))
        assert due(NOW) == later
        _put(stage, attrs.evolve(rows[later], state=SyncState.SYNCED, next_due=None))
        assert due(NOW) is None
        assert due(NOW + TICK) == not_yet

    def test_a_delivery_is_claimed_once(self, stage: Stage) -> None:
        """Of two who both look for what is due, each gets another."""
        host, provider = _linked(stage)
        ids = [_booked(stage, host, hours).id for hours in range(2)]
        for each in ids:
            _put(stage, SyncRow(each, provider, host, 1))
        meeting = Meeting()

        def take(storage: Storage) -> AppointmentId:
            def work(unit: UnitOfWork) -> AppointmentId:
                row = unit.outbox.due(provider, NOW)
                meeting.wait()
                assert row is not None
                unit.outbox.put(claim(row, NOW, SyncPolicy()))
                return row.appointment

            return storage.transact(work)

        assert sorted(in_two(stage, take)) == sorted(ids)
        counts = stage.storage.read(lambda work: work.outbox.count(provider))
        assert counts[SyncState.IN_FLIGHT] == len(ids)

    def test_links_come_back(self, stage: Stage) -> None:
        """As they were set, in place of those before; the host's version stays as it is."""
        host = stage.new_host()
        full = Link("calendar", {"event": "鍵"}, stale_after=HOUR + TICK, busy_as_of=NOW - TICK)
        before = stage.storage.read(lambda work: work.host(host))
        assert before is not None
        assert before.links == ()

        def set_links(links: tuple[Link, ...]) -> None:
            stage.storage.transact(lambda work: work.set_links(host, links))

        for links in ((full, Link("other")), (full,), ()):
            set_links(links)
            assert stage.storage.read(lambda work: work.host(host)) == attrs.evolve(before, links=links)
        assert stage.refuses(lambda work: work.set_links(stage.unknown_host(), (full,)))

    def test_busy_times_are_kept_by_source(self, stage: Stage) -> None:
        """A copy takes the place of the one from the same source, claims time, and says when it was made."""
        host = stage.new_host()
        first, second, third = (Interval.of(NINE + hours * HOUR, HOUR) for hours in (0, 2, 4))
        stage.record(BusyCopied(host, NOW, "home", (second, first)), BusyCopied(host, NOW, "work", (third,)))
        later = BusyCopied(host, NOW + TICK, "home", (third, second))
        stage.record(later)

        def ask(work: UnitOfWork) -> tuple[object, object, object]:
            return work.busy(host, "home"), work.busy(host, "work"), work.busy(host, "none")

        assert stage.storage.read(ask) == ((second, third), (third,), ())

        def claimed(span: Interval) -> list[tuple[Interval, str, dt.datetime | None]]:
            found = stage.storage.read(lambda work: work.claimed(host, span, None)).external_busy
            return sorted(
                ((each.during, each.source, each.as_of) for each in found),
                key=lambda each: (each[0].start, each[1]),
            )

        assert claimed(WEEK) == [
            (second, "home", later.at),
            (third, "home", later.at),
            (third, "work", NOW),
        ]
        assert claimed(Interval(NINE, second.start)) == []
        assert claimed(Interval(second.end - TICK, third.start)) == [(second, "home", later.at)]
        log = stage.storage.read(lambda work: work.changes(host, 0))
        assert log[-1].change == later


def _linked(stage: Stage) -> tuple[HostId, str]:
    """Return a new host and the provider of a calendar that is tied to no other."""
    host, provider = stage.new_host(), stage.new_id()
    stage.scheduler().link(host, Link(provider))
    return host, provider


def _booked(stage: Stage, host: HostId, hours: int = 0) -> Appointment:
    booked = appointment(host, stage.new_id(), NINE + hours * HOUR)
    stage.record(Booked(booked))
    return booked


def _put(stage: Stage, row: SyncRow) -> None:
    stage.storage.transact(lambda work: work.outbox.put(row))
