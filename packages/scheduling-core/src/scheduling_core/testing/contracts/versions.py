"""Versions: each change of a host has its own, and builds on the appointment that it knew."""

import attrs
import pytest

from scheduling_core.agenda import TimeOff
from scheduling_core.changes import Amended, Booked, Change, Purged, ScheduleSet, TimeOffAdded
from scheduling_core.errors import Conflict, VersionMismatch
from scheduling_core.ids import HostId
from scheduling_core.intervals import Interval
from scheduling_core.testing.contracts.guarding import is_refused
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.values import ALL_DAY, HOUR, NINE, NOW, VISITS, appointment, request


def version_of(stage: Stage, host: HostId) -> int | None:
    """Return the host's version."""
    found = stage.storage.read(lambda work: work.host(host))
    return None if found is None else found.version


class Versions(Contract):
    """The host's version counts its changes, and an appointment's version refuses what is stale."""

    def test_every_change_has_one_version_and_one_log_entry(self, stage: Stage) -> None:
        """The host's version rises by one with each change, and the log holds each once, without a gap."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())
        off = TimeOff(Interval.of(NINE, HOUR))
        changes: list[Change] = [
            Booked(booked),
            Amended(attrs.evolve(booked, version=2, notes="late")),
            TimeOffAdded(host, NOW, off),
            ScheduleSet(host, NOW, ALL_DAY),
            Purged(attrs.evolve(booked.without_customer(), version=3)),
        ]
        for count, change in enumerate(changes, start=len(VISITS) + 2):
            assert stage.record(change) == [count]
            assert version_of(stage, host) == count
        log = stage.storage.read(lambda work: work.changes(host, 0))
        assert [entry.version for entry in log] == list(range(1, 2 + len(VISITS) + len(changes)))
        assert [entry.change.kind for entry in log[-5:]] == [change.kind for change in changes]

    def test_versions_of_hosts_are_their_own(self, stage: Stage) -> None:
        """A change of one host is none of another's."""
        one, other = stage.new_host(), stage.new_host()
        before = version_of(stage, other)
        stage.record(Booked(appointment(one, stage.new_id())))
        assert version_of(stage, other) == before

    def test_a_change_of_another_version_is_a_lost_race(self, stage: Stage) -> None:
        """A change is recorded over the version before its own, and over no older and no later one."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())
        stage.record(Booked(booked), Amended(attrs.evolve(booked, version=2, notes="second")))
        for version in (1, 2, 4):
            assert is_refused(stage, Amended(attrs.evolve(booked, version=version))), f"version {version}"
        assert not is_refused(stage, Amended(attrs.evolve(booked, version=3)))

    def test_a_stale_change_is_a_conflict_and_leaves_nothing(self, stage: Stage) -> None:
        """Where the work does not read anew, the race stays lost, and the appointment stays as it is."""
        host = stage.new_host()
        booked = appointment(host, stage.new_id())
        second = attrs.evolve(booked, version=2, notes="second")
        stage.record(Booked(booked), Amended(second))
        with pytest.raises(Conflict):
            stage.record(Amended(attrs.evolve(booked, version=2, notes="stale")))
        assert stage.find(booked.id) == second
        assert version_of(stage, host) == len(VISITS) + 3

    def test_an_id_is_given_once(self, stage: Stage) -> None:
        """A second appointment under the id of a first is a lost race, at any other time and for any host."""
        host, another = stage.new_host(), stage.new_host()
        booked = appointment(host, stage.new_id())
        stage.record(Booked(booked))
        assert is_refused(stage, Booked(appointment(host, booked.id, NINE + 5 * HOUR)))
        assert is_refused(stage, Booked(appointment(another, booked.id, NINE + 5 * HOUR)))
        assert stage.find(booked.id) == booked

    def test_an_unexpected_version_is_told(self, stage: Stage) -> None:
        """Who expects a version that is no longer stored learns which one is, and changes nothing."""
        host, scheduler = stage.new_host(), stage.scheduler()
        booked = scheduler.book(request(host))
        amended = scheduler.amend(booked.id, notes="late", expected_version=1)
        with pytest.raises(VersionMismatch) as mismatch:
            scheduler.reschedule(booked.id, NINE + HOUR, expected_version=1)
        assert (mismatch.value.expected, mismatch.value.actual) == (1, 2)
        assert scheduler.get(booked.id) == amended
