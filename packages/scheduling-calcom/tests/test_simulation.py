"""Delivery to Cal.com while everything goes wrong: both sides agree in the end, for every seed."""

import datetime as dt

import pytest

from scheduling_calcom.testing import Mischief
from simulation import USUAL_FAULTS, BlindCalendar, Faults, Simulation
from simulation.world import HOST

MISCHIEF = Mischief(duplicate=0.2, drop=0.05, forge=0.01, delay=dt.timedelta(seconds=30), shuffle=True)
TOLD = {"overlap", "outside_hours", "off_grid", "too_soon", "slot_taken", "ping_pong", "conflict"}
"""Why an appointment may need a person, where people change bookings over there."""


def seeds(few: int, many: int) -> list[object]:
    """Return parameters for a few seeds in every run, and many in a soak."""
    usual = [pytest.param(seed, id=f"seed {seed}") for seed in range(few)]
    return [
        *usual,
        *(pytest.param(seed, id=f"seed {seed}", marks=pytest.mark.soak) for seed in range(few, many)),
    ]


@pytest.mark.parametrize("seed", seeds(20, 200))
def test_both_sides_agree_in_the_end(seed: int) -> None:
    """Whatever was lost, late, doubled or crashed, every appointment is there once and where it should be."""
    simulation = Simulation(seed)
    simulation.run(400, faults=USUAL_FAULTS)
    assert simulation.divergences() == []
    assert simulation.conflicts() == []
    assert simulation.machine.crashes > 0


@pytest.mark.parametrize("seed", seeds(5, 50))
def test_people_may_change_things_over_there(seed: int) -> None:
    """With webhooks doubled, shuffled, lost and forged, all that is not told to a person agrees.

    Forged ones are refused, and no word of what we did ourselves makes a call that changes anything.
    """
    simulation = Simulation(seed, people=0.2, mischief=MISCHIEF)
    simulation.run(200, faults=USUAL_FAULTS)
    assert simulation.divergences() == []
    assert set(simulation.conflicts()) <= TOLD
    assert simulation.refused_calls == len(simulation.sender.forged)
    writes = len(simulation.writes)
    simulation.echo()
    assert len(simulation.writes) == writes


def test_bookings_go_on_while_cal_com_is_down() -> None:
    """Nothing is refused or asked for because of it, and all of it is delivered when it is back."""
    simulation, healthy = Simulation(5), Simulation(5)
    simulation.machine.faults = Faults(refused=1.0)
    for world in (simulation, healthy):
        asked = len(world.fake.asked)
        world.act_here(100)
        assert len(world.fake.asked) == asked
    assert simulation.scheduler.changes(HOST) == healthy.scheduler.changes(HOST)
    simulation.run(100, faults=Faults(refused=1.0))
    assert (simulation.divergences(), simulation.conflicts()) == ([], [])


def test_the_same_seed_is_the_same_run() -> None:
    """A run that fails can be run again."""
    runs = [Simulation(3), Simulation(3)]
    for simulation in runs:
        simulation.run(60, faults=USUAL_FAULTS)
    assert runs[0].writes == runs[1].writes
    assert runs[0].machine.time.clock() == runs[1].machine.time.clock()


def test_trying_again_without_looking_diverges() -> None:
    """The simulation notices: a relay that never looks leaves bookings twice, or in the wrong place."""
    found = []
    for seed in range(5):
        simulation = Simulation(seed, calendar=BlindCalendar)
        simulation.run(200, faults=USUAL_FAULTS)
        found += simulation.divergences()
    assert found


def test_telling_once_diverges() -> None:
    """The simulation notices: what is told once and never again is not there in the end."""
    simulation = Simulation(0, best_effort=True)
    simulation.run(200, faults=USUAL_FAULTS)
    assert simulation.divergences()
