"""Who watches what relays do at Cal.com is held to account himself: each planted fault must be found."""

from collections.abc import Callable

import attrs
import pytest

from reliability.practice import Practice
from reliability.witness import Witness, Write, find_complaints
from scheduling_calcom.testing.records import FakeBooking
from scheduling_core import AppointmentId, MemoryStorage

Writes = list[Write]
Plant = Callable[[Writes], Writes]


@attrs.frozen
class Story:
    """One appointment that was booked, moved twice and cancelled, and what was done about it over there."""

    witness: Witness
    practice: Practice
    visit: AppointmentId

    @property
    def writes(self) -> Writes:
        """What took effect for the appointment."""
        return self.witness.writes[self.visit]

    def tell(self, visit: AppointmentId) -> FakeBooking:
        """Book over there what is booked here."""
        [event_type] = self.witness.world.event_types.values()
        start = self.practice.scheduler.get(visit).during.start
        attendee = {"name": "Ann", "email": "ann@customers.example"}
        mark = {"sched_id": visit, "sched_ver": "1"}
        return self.witness.world.book(event_type, start, attendee, metadata=mark)

    def find_complaints(self, writes: Writes) -> list[str]:
        """Return what is wrong if these were the writes."""
        return find_complaints({self.visit: writes}, self.practice.histories)


@pytest.fixture
def story() -> Story:
    """A story in which everything is as it should be."""
    witness = Witness()
    practice = Practice(MemoryStorage(), witness, size=1)
    visit = practice.book()
    told = Story(witness, practice, visit)
    there = told.tell(visit)
    for _ in range(2):
        practice.move(visit)
        there = witness.world.reschedule(there.uid, practice.scheduler.get(visit).during.start)
    practice.cancel(visit)
    witness.world.cancel(there.uid)
    return told


def test_a_story_without_fault_has_no_complaint(story: Story) -> None:
    """What was done in order is right, and so is to skip a version, and to make room before a move."""
    created, moved, moved_again, cancelled = story.writes
    early = attrs.evolve(cancelled, uid=created.uid, at=created.at)
    anew = attrs.evolve(moved_again, kind="BOOKING_CREATED", instead_of=None, version=3)
    skipping = [created, attrs.evolve(moved_again, instead_of=created.uid), cancelled]
    making_room = [created, early, anew, cancelled]
    for writes in (story.writes, skipping, making_room, [created, moved, moved_again]):
        assert story.find_complaints(writes) == []


def again(write: Write) -> Write:
    """Return the write as one that made a booking of its own."""
    return attrs.evolve(write, uid="another", instead_of=None)


PLANTED: dict[str, tuple[Plant, str]] = {
    "twice": (lambda w: [w[0], again(w[0]), *w[1:]], "2 bookings at once"),
    "back": (lambda w: [w[0], w[2], w[1]], "version 2 came after version 3"),
    "after the end": (lambda w: [*w, again(w[0])], "version 1 came after version 4"),
    "elsewhere": (
        lambda w: [attrs.evolve(w[0], version=2), *w[1:]],
        "a booking of version 2 is where version 1 should be",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(story: Story, fault: str) -> None:
    """A second booking, a step back, a booking after the end and one in the wrong place are told apart."""
    plant, complaint = PLANTED[fault]
    assert f"{story.visit}: {complaint}" in story.find_complaints(plant(story.writes))


def test_what_differs_at_rest_is_a_divergence(story: Story) -> None:
    """What is here and not over there shows, what is there and not here, and what stands elsewhere there."""
    practice, world = story.practice, story.witness.world
    assert practice.find_divergences() == []
    visit = practice.book()
    [missing] = practice.find_divergences()
    assert missing.startswith(f"{visit} should be")
    there = story.tell(visit)
    assert practice.find_divergences() == []
    moved = world.reschedule(there.uid, there.interval.end)
    [elsewhere] = practice.find_divergences()
    assert elsewhere.startswith(f"{visit} should be")
    moved.metadata = {"sched_id": "unknown"}
    assert "unknown is there and not here" in practice.find_divergences()
