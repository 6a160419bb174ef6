"""A host and its Cal.com, with everything in between going wrong, from one seed.

The code is that of production: use cases, relay, inbound, the calendar, its client. Time, chance, network and
the other side are not: they follow the seed, so that a run that fails can be run again. A crash may come
between any two effects, which are requests and transactions.
"""

from simulation.controls import BestEffort, BlindCalendar
from simulation.network import NO_FAULTS, USUAL_FAULTS, Crash, Faults
from simulation.world import Simulation

__all__ = ["NO_FAULTS", "USUAL_FAULTS", "BestEffort", "BlindCalendar", "Crash", "Faults", "Simulation"]
