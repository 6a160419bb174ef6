"""What tests of scheduling need: clocks and calendars that obey, ids that count, strategies for every value.

Part of the extra "testing": the strategies need Hypothesis. `contracts`, the tests that every storage has to
pass, is imported by its own name, because it needs pytest as well.
"""

from scheduling_core.extras import raise_with_extra

try:
    from scheduling_core.testing import strategies
    from scheduling_core.testing.calendars import FakeCalendar, Fault
    from scheduling_core.testing.clocks import CountingIds, ManualClock
except ModuleNotFoundError as error:
    raise_with_extra(error)

__all__ = ["CountingIds", "FakeCalendar", "Fault", "ManualClock", "strategies"]
