"""The contract of storages notices what is broken: each of a shelf of storages fails the tests it should."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

import broken_storages as broken
from scheduling_core import MemoryStorage, SchedulingError
from scheduling_core.ports import LostRace, Storage
from scheduling_core.sql import SqlStorage
from scheduling_core.testing import contracts

# How a test fails. Any other error would be the broken storage's own, and no proof.
FAILURES = (AssertionError, SchedulingError, LostRace, pytest.fail.Exception)

SHELF: dict[type[Storage], tuple[str, ...]] = {
    broken.storing_by(broken.AnswersThatFollow): ("an_answer_is_recalled_as_it_was_given",),
    broken.storing_by(broken.CancelledBlocks): (
        "a_refusal_is_not_kept",
        "what_holds_no_time_is_in_nobody_s_way",
        "what_was_cancelled_is_free_again",
    ),
    broken.storing_by(broken.ClosedIntervals): (
        "touching_is_recorded",
        "one_free_slot_takes_one_move",
    ),
    broken.DirtyRead: ("what_is_not_committed_is_not_seen",),
    broken.storing_by(broken.HintsTwice): ("a_hint_is_followed_once", "a_hint_is_kept_once"),
    broken.storing_by(broken.HostsMixed): (
        "hosts_do_not_see_each_other_s",
        "versions_of_hosts_are_their_own",
    ),
    broken.storing_by(broken.HostsOutOfNothing): (
        "links_come_back",
        "nobody_has_nothing",
        "only_hours_make_a_host_known",
    ),
    broken.storing_by(broken.IdsGivenTwice): ("an_id_is_given_once",),
    broken.storing_by(broken.IgnoredBuffers): ("claimed_is_occupied_time_and_time_off",),
    broken.storing_by(broken.IgnoredVersion): (
        "a_change_of_another_version_is_a_lost_race",
        "a_stale_change_is_a_conflict_and_leaves_nothing",
    ),
    broken.KeepsTheLog: (
        "a_purge_and_what_it_erased_are_rolled_back_together",
        "what_raises_leaves_nothing",
    ),
    broken.KeepsWhatWasLost: ("a_lost_race_is_run_again",),
    broken.KeyOutsideTheTransaction: ("what_raises_leaves_nothing",),
    broken.storing_by(broken.KeyOverwritten): (
        "an_answer_is_given_once",
        "old_answers_are_forgotten",
    ),
    broken.storing_by(broken.KeysOfAll): ("a_key_is_the_host_s_own",),
    broken.storing_by(broken.LimitBeforeOrder): ("upcoming_is_what_will_be_and_has_not_ended",),
    broken.LostUpdate: (
        "a_delivery_is_claimed_once",
        "a_host_is_made_once",
        "no_update_is_lost",
    ),
    broken.storing_by(broken.MeaningLost): ("the_clocks_that_were_meant_come_back",),
    broken.MovesUnguarded: (
        "a_move_is_guarded",
        "what_was_cancelled_is_free_again",
    ),
    broken.MovingSnapshot: ("a_snapshot_does_not_move",),
    broken.storing_by(broken.NaiveTimes): ("instants_come_back_to_the_microsecond",),
    broken.storing_by(broken.NewestFirst): (
        "busy_times_are_kept_by_source",
        "every_change_comes_back_from_the_log",
        "history_and_changes_are_oldest_first",
        "property_07_no_two_appointments_that_hold_time_overlap",
        "property_17_availability_survives_the_round_trip",
        "versions_have_no_gaps",
    ),
    broken.NoLock: (
        "a_delivery_is_claimed_once",
        "a_type_that_was_read_cannot_change_before_the_end",
        "no_update_is_lost",
        "what_is_read_cannot_change_before_the_end",
    ),
    broken.storing_by(broken.DeliveriesForgotten): ("a_delivery_is_kept_with_its_change_or_not_at_all",),
    broken.storing_by(broken.NonAtomicOutbox): ("a_delivery_is_kept_with_its_change_or_not_at_all",),
    broken.storing_by(broken.NothingClaimed): (
        "one_slot_has_one_winner",
        "only_what_holds_time_is_claimed",
        "property_10_a_reschedule_into_a_conflict_leaves_everything_as_it_was",
    ),
    broken.storing_by(broken.NothingCounted): ("what_is_counted_is_found_once",),
    broken.storing_by(broken.NothingRecalled): (
        "an_answer_is_recalled_as_long_as_it_is_wanted",
        "the_same_request_has_the_same_answer",
        "twins_get_one_answer",
    ),
    broken.storing_by(broken.OneGuardForAll): ("every_host_is_guarded_alone",),
    broken.storing_by(broken.TwinsSkipped): ("pages_make_up_the_whole",),
    broken.storing_by(broken.TypesForEver): ("a_type_that_was_removed_is_gone",),
    broken.storing_by(broken.OrderLost): (
        "deliveries_are_in_order",
        "time_off_is_in_order_of_start",
        "types_are_in_order_of_id",
        "what_has_been_due_for_longest_is_due",
        "what_is_between_has_any_status_and_is_by_start",
        "what_starts_together_is_by_id",
    ),
    broken.storing_by(broken.PurgedFromTheAppointmentOnly): ("a_purge_erases_the_customer_everywhere",),
    broken.storing_by(broken.RemoteLost): (
        "a_delivery_comes_back_as_it_was_put",
        "a_delivery_is_found_by_what_is_there",
    ),
    broken.RunsOnce: (
        "a_lost_race_is_run_again",
        "a_race_that_stays_lost_is_a_conflict",
    ),
    broken.StaleRead: (
        "a_long_appointment_is_found_to_its_end",
        "a_new_read_sees_the_last_write",
        "an_unexpected_version_is_told",
        "what_is_known_of_a_provider_comes_back",
    ),
    broken.Unguarded: (
        "a_long_appointment_is_guarded_to_its_end",
        "an_overlap_is_not_recorded",
        "buffers_are_guarded",
    ),
    broken.storing_by(broken.UpcomingUnsorted): ("upcoming_is_what_will_be_and_has_not_ended",),
    broken.storing_by(broken.VersionOfAppointmentsOnly): (
        "a_storage_and_a_list_hold_the_same",
        "every_change_has_one_version_and_one_log_entry",
        "readers_see_whole_transactions",
    ),
    broken.storing_by(broken.WholeSeconds): ("instants_come_back_to_the_microsecond",),
    broken.storing_by(broken.WindowsIgnored): ("what_is_there_is_found_by_start",),
    broken.storing_by(broken.ZoneLost): (
        "property_08_an_appointment_survives_the_round_trip",
        "what_was_written_is_there",
    ),
}


FORGOTTEN = ("property_18_data_survive_a_restart", "what_was_written_is_there")


class ForMemory(contracts.StorageContract):
    """The contract of storages that go with their process."""

    lasting = False


@pytest.fixture(autouse=True, scope="module")
def _first_failure() -> Iterator[None]:
    """Have Hypothesis stop at the first failure, which need not be the smallest, and forget it."""
    usual = settings.get_current_profile_name()
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("first-failure", settings.get_profile(usual), phases=phases, database=None)
    settings.load_profile("first-failure")
    yield
    settings.load_profile(usual)


def fails(contract: contracts.StorageContract, name: str, kind: type[Storage], folder: Path) -> bool:
    """Return whether a storage of *kind* fails the test of that name."""

    def open_storage() -> Storage:
        if not issubclass(kind, SqlStorage):
            return kind()
        storage = kind.from_url(f"sqlite:///{folder / 'scheduling.db'}")
        storage.migrate()
        return storage

    try:
        with contract.on_stage(open_storage) as stage:
            getattr(contract, f"test_{name}")(stage)
    except FAILURES:
        return True
    return False


@pytest.mark.parametrize(
    ("kind", "name"),
    [pytest.param(kind, name, id=f"{kind.__name__}-{name}") for kind in SHELF for name in SHELF[kind]],
)
def test_what_is_broken_is_noticed(kind: type[Storage], name: str, tmp_path: Path) -> None:
    """A storage that is broken in one way fails the tests that are about it."""
    assert fails(ForMemory(), name, kind, tmp_path)


@pytest.mark.parametrize("name", FORGOTTEN)
def test_a_storage_that_forgets_is_noticed(name: str, tmp_path: Path) -> None:
    """One that says its data outlive it, where they do not, fails after a restart and beside another."""
    assert fails(contracts.StorageContract(), name, MemoryStorage, tmp_path)


def test_everything_on_the_shelf_is_tried() -> None:
    """No broken storage is left out."""
    assert {kind.__name__ for kind in SHELF} == set(broken.__all__) - {"storing_by"}


def test_every_test_of_the_contract_can_fail() -> None:
    """There is no test of the contract that nothing on the shelf fails."""
    tests = {
        name.removeprefix("test_") for name in dir(contracts.StorageContract) if name.startswith("test_")
    }
    assert tests == {*FORGOTTEN, *(name for names in SHELF.values() for name in names)}
