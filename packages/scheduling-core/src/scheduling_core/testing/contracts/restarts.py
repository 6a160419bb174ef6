"""Restarts: what was written is there after the storage was closed and opened again."""

import attrs
import pytest
from hypothesis import strategies as st

from scheduling_core.agenda import TimeOff
from scheduling_core.appointments import Appointment
from scheduling_core.changes import Booked, ScheduleSet, TimeOffAdded
from scheduling_core.ids import AppointmentId, HostId
from scheduling_core.ports import Answer, UnitOfWork
from scheduling_core.schedules import Schedule
from scheduling_core.testing import strategies
from scheduling_core.testing.contracts.stages import Contract, Stage
from scheduling_core.testing.contracts.transactions import everything
from scheduling_core.testing.contracts.values import NOW, request

_HOSTS = st.tuples(strategies.schedules(), strategies.time_off(NOW), strategies.appointments())


class Restarts(Contract):
    """Of a storage whose data outlive it."""

    def test_property_18_data_survive_a_restart(self, stage: Stage) -> None:
        """All that any host has is found unchanged, and the same request has the same answer."""
        if not self.lasting:
            pytest.skip("the data of this storage go with it")
        before: dict[HostId, object] = {}

        def promise(drawn: tuple[Schedule, TimeOff, Appointment]) -> None:
            schedule, off, somebody = drawn
            host = stage.new_host()
            booked = attrs.evolve(somebody, host=host, id=AppointmentId(stage.new_id()), version=1)

            def work(unit: UnitOfWork) -> object:
                for change in (
                    ScheduleSet(host, NOW, schedule),
                    TimeOffAdded(host, NOW, off),
                    Booked(booked),
                ):
                    unit.record(change)
                unit.remember(host, "key", Answer("print", booked, NOW), NOW)
                return everything(unit, host)

            before[host] = stage.storage.transact(work)

        stage.for_all(_HOSTS, promise)
        booked = stage.scheduler().book(request(stage.new_host()), idempotency_key="key")
        stage.reopen()
        after = stage.storage.read(lambda work: {host: everything(work, host) for host in before})
        assert after == before
        assert stage.scheduler().book(request(booked.host), idempotency_key="key") == booked
