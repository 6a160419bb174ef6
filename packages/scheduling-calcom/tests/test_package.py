"""The package as such."""

import scheduling_calcom


def test_every_public_name_is_there() -> None:
    """What the package promises can be imported, and the list is sorted as the linter sorts it."""
    assert all(hasattr(scheduling_calcom, name) for name in scheduling_calcom.__all__)
    assert len(set(scheduling_calcom.__all__)) == len(scheduling_calcom.__all__)
