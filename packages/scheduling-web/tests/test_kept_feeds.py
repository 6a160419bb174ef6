"""The feeds that a process keeps: the newest of each host, and never more than so many bytes."""

from hypothesis import given
from hypothesis import strategies as st

from scheduling_core import HostId
from scheduling_web.api.kept_feeds import KeptFeeds

ANN, BOB, CARLA = map(HostId, ("ann", "bob", "carla"))


def test_a_feed_is_found_by_its_host_and_tag() -> None:
    """No other feed is ever taken for it."""
    kept = KeptFeeds(10)
    kept.keep(ANN, '"1"', b"anns")
    assert kept.find(ANN, '"1"') == b"anns"
    assert kept.find(ANN, '"2"') is None
    assert kept.find(BOB, '"1"') is None


def test_of_a_host_only_the_newest_feed_is_kept() -> None:
    """However often their agenda changes, one host has no more of the room than one feed."""
    kept = KeptFeeds(10)
    kept.keep(BOB, '"1"', b"bobs")
    for version in range(100):
        kept.keep(ANN, f'"{version}"', b"anns")
    assert [kept.find(ANN, tag) for tag in ('"98"', '"99"')] == [None, b"anns"]
    assert kept.find(BOB, '"1"') == b"bobs"


def test_who_was_asked_for_longest_ago_gives_way() -> None:
    """A feed that is read again and again stays."""
    kept = KeptFeeds(10)
    kept.keep(ANN, '"1"', b"anns")
    kept.keep(BOB, '"1"', b"bobs")
    kept.find(ANN, '"1"')
    kept.keep(CARLA, '"1"', b"carlas")
    assert [kept.find(host, '"1"') for host in (ANN, BOB, CARLA)] == [b"anns", None, b"carlas"]


def test_a_feed_for_which_there_is_no_room_is_not_kept() -> None:
    """It drives nobody else's out, and the one before it of its host is not kept either."""
    kept = KeptFeeds(10)
    kept.keep(BOB, '"1"', b"bobs")
    kept.keep(ANN, '"1"', b"anns")
    kept.keep(ANN, '"2"', b"more than ten")
    assert [kept.find(ANN, tag) for tag in ('"1"', '"2"')] == [None, None]
    assert kept.find(BOB, '"1"') == b"bobs"


@given(st.lists(st.tuples(st.sampled_from([ANN, BOB, CARLA]), st.integers(0, 12))))
def test_all_together_never_need_more_than_the_room(written: list[tuple[HostId, int]]) -> None:
    """Whatever is kept in whichever order, and what fits by itself is kept."""
    kept = KeptFeeds(10)
    for version, (host, size) in enumerate(written):
        kept.keep(host, f'"{version}"', bytes(size))
        assert kept.find(host, f'"{version}"') == (bytes(size) if size <= 10 else None)
        found = [kept.find(host, f'"{earlier}"') for earlier, (host, _) in enumerate(written)]
        assert sum(len(each) for each in found if each is not None) <= 10
