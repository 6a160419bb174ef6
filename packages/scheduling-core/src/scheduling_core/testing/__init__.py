"""What tests of scheduling need: a clock that obeys, ids that count, and strategies for every value.

Part of the extra "testing": the strategies need Hypothesis. `contracts`, the tests that every storage has to
pass, is imported by its own name, because it needs pytest as well.
"""

from scheduling_core.testing import strategies
from scheduling_core.testing.clocks import CountingIds, ManualClock

__all__ = ["CountingIds", "ManualClock", "strategies"]
