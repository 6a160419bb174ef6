"""The package as such."""

import scheduling_calcom


def test_nothing_is_promised_yet() -> None:
    """The package can be imported and has no public names."""
    assert scheduling_calcom.__all__ == []
