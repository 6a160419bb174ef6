"""The variant of the tables that is partitioned by host, and the hot statements on it."""

import contextlib
import datetime as dt
from collections.abc import Iterator

import attrs
import pytest
import sqlalchemy as sa

from private_postgres import Server
from scheduling_core import AppointmentId, BookingRefused, BookingRequest, Scheduler
from scheduling_core.sql import SqlStorage, diagnose
from scheduling_core.sql.schema import appointment
from scheduling_core.testing import ManualClock
from stored import HOT, NOW, TYPE, fill, hear_hot, host_named, partition, partitions_locked, prepare_hot

PARTS = 4
NINE = NOW + dt.timedelta(days=1, hours=9)
REQUEST = BookingRequest(host_named(1), TYPE, NINE, "Ann")


@attrs.frozen
class Partitioned:
    """A database in the variant, with an appointment to ask for."""

    storage: SqlStorage
    booked: AppointmentId

    @property
    def scheduler(self) -> Scheduler:
        """A scheduler on it."""
        return Scheduler(self.storage, clock=ManualClock(NOW))


@pytest.fixture(scope="module")
def partitioned(postgres_server: Server) -> Iterator[Partitioned]:
    """Two thousand appointments of a hundred hosts, in parts by host."""
    url = postgres_server.create_database()
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        fill(storage, hosts=100, each=20)
        booked = prepare_hot(storage)
        with storage.engine.begin() as connection:
            partition(connection, PARTS)
        yield Partitioned(storage, booked)
    postgres_server.drop_database(url)


@pytest.fixture(scope="module")
def touched(partitioned: Partitioned) -> dict[str, dict[str, list[str]]]:
    """The parts of each table that each hot use case touches."""
    found: dict[str, dict[str, list[str]]] = {}

    def look(name: str, connection: sa.Connection) -> None:
        found[name] = partitions_locked(connection)

    hear_hot(partitioned.storage.engine.url, partitioned.booked, look)
    return found


@pytest.mark.parametrize("name", [name for name, hot in HOT.items() if hot.names_host])
def test_what_names_the_host_touches_one_part(touched: dict[str, dict[str, list[str]]], name: str) -> None:
    """All statements of a use case that names the host touch the same one part of each table."""
    numbers = {part.rpartition("_")[2] for parts in touched[name].values() for part in parts}
    assert len(numbers) == 1, touched[name]


@pytest.mark.parametrize("name", [name for name, hot in HOT.items() if not hot.names_host])
def test_what_names_an_appointment_asks_all_parts(
    touched: dict[str, dict[str, list[str]]], name: str
) -> None:
    """Where an appointment is known by its id alone, its host is looked for in every part."""
    assert len(touched[name][appointment.name]) == PARTS


def test_a_booking_is_refused_as_ever(partitioned: Partitioned) -> None:
    """On the variant the library books, finds what it booked, and refuses what overlaps it."""
    booked = partitioned.scheduler.book(REQUEST)
    assert partitioned.scheduler.get(booked.id) == booked
    with pytest.raises(BookingRefused) as refused:
        partitioned.scheduler.book(REQUEST)
    assert [reason.code for reason in refused.value.reasons] == ["overlap"]


def test_the_variant_is_healthy(partitioned: Partitioned) -> None:
    """The library finds its guard on the variant, and nothing that got past it."""
    assert diagnose(partitioned.storage.engine).is_healthy


def test_the_guard_stands_on_every_part(partitioned: Partitioned) -> None:
    """A row that overlaps another is refused in whichever part it lies, and one that touches it is not."""
    parts = set()
    for number in range(2, 30):
        booked = partitioned.scheduler.book(attrs.evolve(REQUEST, host=host_named(number)))
        length = booked.occupied.duration
        with partitioned.storage.engine.connect() as connection:
            parts.add(part_of(connection, booked.id))
            with pytest.raises(sa.exc.IntegrityError, match="scheduling_no_overlap"):
                copy_row(connection, booked.id, length - dt.timedelta.resolution)
            connection.rollback()
            copy_row(connection, booked.id, length)
            connection.rollback()
    assert len(parts) == PARTS


def test_a_part_without_its_guard_takes_an_overlap(partitioned: Partitioned) -> None:
    """It is the constraint of the part that refuses: without it, the same row goes through."""
    with partitioned.storage.engine.connect() as connection:
        part = part_of(connection, partitioned.booked)
        guard = f"scheduling_no_overlap_{part.rpartition('_')[2]}"
        connection.execute(sa.text(f"ALTER TABLE {part} DROP CONSTRAINT {guard}"))
        copy_row(connection, partitioned.booked, dt.timedelta.resolution)
        connection.rollback()


def part_of(connection: sa.Connection, id: AppointmentId) -> str:
    """Return the part that holds an appointment."""
    part = sa.select(sa.literal_column("tableoid::regclass::text", sa.Text)).select_from(appointment)
    return connection.execute(part.where(appointment.c.id == id)).scalar_one()


def copy_row(connection: sa.Connection, id: AppointmentId, shift: dt.timedelta) -> None:
    """Write an appointment a second time, later, behind the library's back."""
    instants = {"start", "end", "occupied_start", "occupied_end"}
    columns = [
        sa.literal("copy")
        if column.name == "id"
        else column + sa.literal(shift, sa.Interval)
        if column.name in instants
        else column
        for column in appointment.c
    ]
    rows = sa.select(*columns).where(appointment.c.id == id)
    connection.execute(sa.insert(appointment).from_select([column.name for column in appointment.c], rows))
