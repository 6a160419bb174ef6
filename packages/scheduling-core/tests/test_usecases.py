"""What can be done, over a storage in memory: load, decide, record."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from scheduling_core import (
    Appointment,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingRefused,
    BookingRequest,
    DateOverride,
    HostId,
    IllegalTransition,
    Interval,
    InvalidValue,
    MemoryStorage,
    NotFound,
    PolicyOverride,
    Schedule,
    Scheduler,
    SchedulingError,
    Status,
    TimeOff,
    TimeRange,
    VersionMismatch,
    WeeklyHours,
)

HOST = HostId("host")
TALK, CALL, CHAT = (AppointmentTypeId(name) for name in ("talk", "call", "chat"))
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NOW, NINE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 25, 9, tzinfo=dt.UTC)
HOURS = Schedule(ZoneInfo("UTC"), WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(17))))
NEXT, UNKNOWN = Interval.of(NINE + 3 * HOUR, HOUR), AppointmentId("unknown")
REQUEST, LONG = BookingRequest(HOST, TALK, NINE, "Ann Quux"), AppointmentType(TALK, "Long talk", [3 * HOUR])
OTHER = AppointmentType(CHAT, "Chat")


class World:
    """A host with hours and types, and a clock to set."""

    def __init__(self) -> None:
        self.now = NOW
        numbers = itertools.count()
        self.storage = MemoryStorage()
        self.scheduler = Scheduler(
            self.storage, clock=lambda: self.now, new_id=lambda: f"id-{next(numbers):04}"
        )
        self.scheduler.set_schedule(HOST, HOURS)
        self.scheduler.add_type(HOST, AppointmentType(TALK, "Talk", [HOUR]))
        self.scheduler.add_type(HOST, AppointmentType(CALL, "Call", [HOUR], requires_confirmation=True))

    def book(self, start: dt.datetime = NINE, type: AppointmentTypeId = TALK) -> Appointment:
        """Book with the host."""
        return self.scheduler.book(BookingRequest(HOST, type, start, "Ann Quux"))

    def version(self) -> int:
        """Return the host's version."""
        host = self.storage.read(lambda work: work.host(HOST))
        assert host is not None
        return host.version


@pytest.fixture
def world() -> World:
    """A host with hours and types, and a clock to set."""
    return World()


STEPS: dict[str, tuple[Callable[[Scheduler, AppointmentId], object], str]] = {
    "reschedule": (lambda scheduler, known: scheduler.reschedule(known, NINE + HOUR), "rescheduled"),
    "amend": (lambda scheduler, known: scheduler.amend(known, notes="allergic"), "amended"),
    "confirm": (lambda scheduler, known: scheduler.confirm(known), "confirmed"),
    "decline": (lambda scheduler, known: scheduler.decline(known, reason="full"), "declined"),
    "cancel": (lambda scheduler, known: scheduler.cancel(known, reason="ill", by="customer"), "cancelled"),
    "purge": (lambda scheduler, known: scheduler.purge(known), "purged"),
}


class TestEveryChange:
    """What holds for each use case that writes."""

    @pytest.mark.parametrize(("step", "kind"), STEPS.values(), ids=STEPS)
    def test_a_step_raises_both_versions_by_one(
        self, world: World, step: Callable[[Scheduler, AppointmentId], object], kind: str
    ) -> None:
        """The answer is what is stored, and the log has one entry more, with the host's new version."""
        before = world.book(type=CALL)
        version = world.version()
        world.now += HOUR
        after = step(world.scheduler, before.id)
        assert after == world.scheduler.get(before.id)
        assert isinstance(after, Appointment)
        assert (after.version, after.updated_at) == (2, NOW + HOUR)
        (entry,) = world.scheduler.changes(HOST, after=version)
        assert (entry.version, entry.change.kind) == (version + 1, kind) == (world.version(), kind)
        assert (entry.change.host, entry.change.at) == (HOST, NOW + HOUR)

    @pytest.mark.parametrize("kind", ["complete", "mark_no_show"])
    def test_what_took_place_or_did_not(self, world: World, kind: str) -> None:
        """A confirmed appointment ends in one of the two, once."""
        booked = world.book()
        ended = getattr(world.scheduler, kind)(booked.id)
        assert ended.status is (Status.COMPLETED if kind == "complete" else Status.NO_SHOW)
        with pytest.raises(IllegalTransition):
            getattr(world.scheduler, kind)(booked.id)

    def test_a_host_is_changed_in_the_same_way(self, world: World) -> None:
        """Hours, types and time off raise the host's version too, each by one."""
        version, away = world.version(), TimeOff(Interval.of(NINE, HOUR))
        world.scheduler.set_schedule(HOST, HOURS)
        world.scheduler.add_type(HOST, AppointmentType(TALK, "Longer talk"), replace=True)
        world.scheduler.add_time_off(HOST, away)
        world.scheduler.remove_time_off(HOST, away)
        log = world.scheduler.changes(HOST, after=version)
        assert [entry.version for entry in log] == [version + number for number in range(1, 5)]
        kinds = ["schedule_set", "type_added", "time_off_added", "time_off_removed"]
        assert [entry.change.kind for entry in log] == kinds
        assert world.version() == version + 4

    @pytest.mark.parametrize(("step", "_"), STEPS.values(), ids=STEPS)
    def test_an_unknown_appointment_is_not_found(
        self, world: World, step: Callable[[Scheduler, AppointmentId], object], _: str
    ) -> None:
        """The error names the kind of thing that is missing, and its id."""
        with pytest.raises(NotFound) as caught:
            step(world.scheduler, UNKNOWN)
        assert (caught.value.kind, caught.value.id) == ("appointment", UNKNOWN)

    @pytest.mark.parametrize(
        ("name", "arguments"),
        [
            ("reschedule", (NINE + HOUR,)),
            ("amend", ()),
            ("revise", ()),
            ("confirm", ()),
            ("decline", ()),
            ("cancel", ()),
            ("complete", ()),
            ("mark_no_show", ()),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    @pytest.mark.parametrize("expected", [0, 1, 3])
    def test_a_stale_version_is_refused(
        self, world: World, name: str, arguments: tuple[Any, ...], expected: int
    ) -> None:
        """Who knows another version than the stored one changes nothing."""
        current = world.scheduler.amend(world.book(type=CALL).id, notes="new")
        with pytest.raises(VersionMismatch) as caught:
            getattr(world.scheduler, name)(current.id, *arguments, expected_version=expected)
        assert (caught.value.expected, caught.value.actual) == (expected, 2)
        assert world.scheduler.get(current.id) == current

    def test_the_current_version_is_accepted(self, world: World) -> None:
        """Who knows the stored version may change it."""
        booked = world.book()
        assert world.scheduler.cancel(booked.id, expected_version=1).status is Status.CANCELLED

    FAILING: Mapping[str, tuple[Callable[[Scheduler, AppointmentId], object], type[SchedulingError]]] = {
        "overlap": (lambda scheduler, _: scheduler.book(REQUEST), BookingRefused),
        "no-host": (lambda scheduler, _: scheduler.book(attrs.evolve(REQUEST, host=HostId("x"))), NotFound),
        "no-type": (lambda scheduler, _: scheduler.book(attrs.evolve(REQUEST, type=CHAT)), NotFound),
        "type-of-nobody": (lambda scheduler, _: scheduler.add_type(HostId("x"), LONG), NotFound),
        "type-to-replace": (lambda scheduler, _: scheduler.add_type(HOST, OTHER, replace=True), NotFound),
        "type-to-be-new": (lambda scheduler, _: scheduler.add_type(HOST, LONG, replace=False), InvalidValue),
        "no-time-off": (lambda scheduler, _: scheduler.remove_time_off(HOST, TimeOff(NEXT)), NotFound),
        "nobody-off": (lambda scheduler, _: scheduler.add_time_off(HostId("x"), TimeOff(NEXT)), NotFound),
        "bad-host": (lambda scheduler, _: scheduler.set_schedule(HostId(""), HOURS), InvalidValue),
        "conflict": (lambda scheduler, known: scheduler.reschedule(known, NEXT.start), BookingRefused),
        "illegal": (lambda scheduler, known: scheduler.confirm(known), IllegalTransition),
        "bad-name": (lambda scheduler, known: scheduler.amend(known, customer_name=""), InvalidValue),
        "bad-reason": (lambda scheduler, known: scheduler.cancel(known, reason="\x00"), InvalidValue),
        "naive": (
            lambda scheduler, known: scheduler.reschedule(known, dt.datetime(2026, 1, 25)),
            InvalidValue,
        ),
    }

    @pytest.mark.parametrize(("call", "error"), FAILING.values(), ids=FAILING)
    def test_what_fails_changes_nothing(
        self,
        world: World,
        call: Callable[[Scheduler, AppointmentId], object],
        error: type[SchedulingError],
    ) -> None:
        """After an error the appointments, the log and the version are what they were."""
        booked = world.book(), world.book(NEXT.start)
        before = world.version(), world.scheduler.changes(HOST)
        with pytest.raises(error):
            call(world.scheduler, booked[0].id)
        assert (world.version(), world.scheduler.changes(HOST)) == before
        assert world.scheduler.between(HOST, Interval.of(NOW, 99 * DAY)) == booked

    @pytest.mark.parametrize(
        "duration",
        [dt.timedelta(0), -HOUR, -99 * DAY, dt.timedelta(days=367), dt.timedelta.max],
        ids=["zero", "negative", "very-negative", "long", "huge"],
    )
    def test_a_move_to_no_duration_is_refused_by_that_name(
        self, world: World, duration: dt.timedelta
    ) -> None:
        """A duration that no appointment can have is a bad value, however far it reaches."""
        booked = world.book()
        with pytest.raises(InvalidValue, match="duration must be a positive timedelta"):
            world.scheduler.reschedule(booked.id, NINE, duration=duration)


class TestPurge:
    """Erasing a customer."""

    def test_nothing_is_left_of_the_customer(self, world: World) -> None:
        """Not in the record, not in the log, not in what is answered under the key."""
        request = BookingRequest(
            HOST, TALK, NINE, "Ann Quux", notes="Quux", customer_email="ann@quux.example"
        )
        wish = PolicyOverride("boss", "Quux asked", ["off_grid"])
        booked = world.scheduler.book(request, idempotency_key="k", override=wish)
        world.scheduler.amend(booked.id, customer_phone="quux")
        world.scheduler.cancel(booked.id, reason="Quux is ill")
        neighbour = world.book(NINE + 3 * HOUR)
        world.scheduler.purge(booked.id)
        answers = [
            world.scheduler.get(booked.id),
            world.scheduler.book(request, idempotency_key="k", override=wish),
            *(entry.change for entry in world.scheduler.history(booked.id)),
        ]
        told = str([attrs.asdict(answer) for answer in answers])
        assert "quux" not in told.lower()
        assert world.scheduler.get(neighbour.id).customer_name == "Ann Quux"
        assert [entry.change.kind for entry in world.scheduler.history(neighbour.id)] == ["booked"]

    def test_the_time_stays_occupied(self, world: World) -> None:
        """Nobody else can have it, and all that is not the customer's is as before."""
        booked = world.book()
        purged = world.scheduler.purge(booked.id)
        assert (purged.during, purged.status) == (booked.during, booked.status)
        with pytest.raises(BookingRefused, match="overlap"):
            world.book()


class TestHours:
    """Hours and absence, around what is booked already."""

    def test_time_off_returns_what_it_touches(self, world: World) -> None:
        """The pending and confirmed appointments that overlap it stay, and are told in order."""
        late, early = world.book(NINE + 2 * HOUR, CALL), world.book(NINE)
        world.scheduler.cancel(world.book(NINE + HOUR).id)
        world.book(NINE + 3 * HOUR)
        away = TimeOff(Interval.of(NINE, 3 * HOUR), "dentist")
        assert world.scheduler.add_time_off(HOST, away) == (early, late)
        assert world.scheduler.time_off(HOST) == (away,)
        with pytest.raises(BookingRefused, match="refused: time_off"):
            world.book(NINE + HOUR)

    def test_the_same_time_off_is_added_once(self, world: World) -> None:
        """Repeated, it changes nothing and is answered the same."""
        booked, away = world.book(), TimeOff(Interval.of(NINE, HOUR))
        assert world.scheduler.add_time_off(HOST, away) == (booked,)
        version = world.version()
        assert world.scheduler.add_time_off(HOST, away) == (booked,)
        assert (world.version(), world.scheduler.time_off(HOST)) == (version, (away,))

    def test_time_off_can_be_taken_back(self, world: World) -> None:
        """Then the time can be booked again; the others stay, in order of start."""
        away, later = TimeOff(Interval.of(NINE, HOUR)), TimeOff(Interval.of(NINE + DAY, HOUR))
        for item in (later, away):
            world.scheduler.add_time_off(HOST, item)
        assert world.scheduler.time_off(HOST) == (away, later)
        world.scheduler.remove_time_off(HOST, away)
        assert world.scheduler.time_off(HOST) == (later,)
        assert world.book().during.start == NINE

    def test_new_hours_return_what_they_leave_outside(self, world: World) -> None:
        """The appointments stay; the same can be asked beforehand, without writing."""
        inside, half, outside = world.book(NINE), world.book(NINE + 2 * HOUR), world.book(NINE + 5 * HOUR)
        world.scheduler.cancel(world.book(NINE + 6 * HOUR).id)
        short = Schedule(ZoneInfo("UTC"), WeeklyHours.on("mon-sun", TimeRange(dt.time(9), dt.time(11, 30))))
        version = world.version()
        assert world.scheduler.affected(HOST, short) == (half, outside)
        assert (world.version(), world.scheduler.schedule(HOST)) == (version, HOURS)
        assert world.scheduler.set_schedule(HOST, short) == (half, outside)
        assert world.scheduler.schedule(HOST) == short
        assert world.scheduler.get(outside.id) == outside
        closed = attrs.evolve(short, overrides=[DateOverride(NINE.date())])
        assert world.scheduler.affected(HOST, closed) == (inside, half, outside)

    def test_the_first_hours_make_a_host_known(self, world: World) -> None:
        """A host begins with version 1, and with nothing outside."""
        new = HostId("new")
        assert world.scheduler.set_schedule(new, HOURS) == ()
        assert [entry.version for entry in world.scheduler.changes(new)] == [1]

    def test_a_type_with_the_same_id_takes_the_place(self, world: World) -> None:
        """What is booked is decided by the type as it is now."""
        world.scheduler.add_type(HOST, LONG)
        assert [item.title for item in world.scheduler.types(HOST)] == ["Call", "Long talk"]
        assert world.book().during.duration == 3 * HOUR
