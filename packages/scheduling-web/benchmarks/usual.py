"""A service as it is usually written: FastAPI, a session of the ORM for each request, lock, check and insert.

    python usual.py

Its handlers and dependencies run in threads, the user is loaded for each request, and appointments are
objects of the ORM. It checks nothing but overlap, and keeps no history. It serves the database of the
settings as `bare.py` does.
"""

import datetime as dt
import os
import sys
from collections.abc import Iterator
from typing import Annotated

import fastapi
import jwt
import sqlalchemy as sa
import uvicorn
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import orm

from scheduling_core import system
from scheduling_core.sql.connections import read_url
from scheduling_web.serving import address_of, listen, stopping_well
from scheduling_web.settings import read_settings, require_secrets

THREADS = 40
"""How many the framework works with, each with a connection of its own."""


class Model(orm.DeclarativeBase):
    """The tables."""


class User(Model):
    """Whoever signs in."""

    __tablename__ = "usual_user"
    id: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    disabled_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(sa.DateTime(timezone=True))


class Appointment(Model):
    """An appointment of a user."""

    __tablename__ = "usual_appointment"
    __table_args__ = (sa.Index(None, "user_id", "start_time"),)
    id: orm.Mapped[str] = orm.mapped_column(primary_key=True, default=system.new_id)
    user_id: orm.Mapped[str] = orm.mapped_column(sa.ForeignKey("usual_user.id"))
    customer_name: orm.Mapped[str]
    start_time: orm.Mapped[dt.datetime] = orm.mapped_column(sa.DateTime(timezone=True))
    end_time: orm.Mapped[dt.datetime] = orm.mapped_column(sa.DateTime(timezone=True))
    status: orm.Mapped[str] = orm.mapped_column(default="confirmed")
    notes: orm.Mapped[str]
    created_at: orm.Mapped[dt.datetime] = orm.mapped_column(
        sa.DateTime(timezone=True), default=system.read_clock
    )


class NewAppointment(BaseModel):
    """What to book."""

    model_config = ConfigDict(extra="forbid")
    customer_name: str = Field(min_length=1, max_length=200)
    start_time: AwareDatetime
    duration_minutes: int = Field(ge=1, le=480)
    notes: str = Field(default="", max_length=10_000)


class AppointmentOut(BaseModel):
    """An appointment as it is answered."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    customer_name: str
    start_time: dt.datetime
    end_time: dt.datetime
    status: str
    notes: str
    created_at: dt.datetime


def get_session(request: fastapi.Request) -> Iterator[orm.Session]:
    """Provide a session for one request."""
    with orm.Session(request.app.state.engine) as session:
        yield session


SessionOf = Annotated[orm.Session, fastapi.Depends(get_session)]


def get_user(
    request: fastapi.Request,
    session: SessionOf,
    credentials: Annotated[HTTPAuthorizationCredentials, fastapi.Depends(HTTPBearer())],
) -> User:
    """Provide the user whose token came with the request."""
    key, audience = request.app.state.key, "scheduling-web/access"
    try:
        claims = jwt.decode(credentials.credentials, key, algorithms=["HS256"], audience=audience)
    except jwt.InvalidTokenError:
        raise fastapi.HTTPException(401) from None
    user = session.get(User, claims["sub"])
    if user is None or user.disabled_at is not None:
        raise fastapi.HTTPException(401)
    return user


UserOf = Annotated[User, fastapi.Depends(get_user)]
router = fastapi.APIRouter(prefix="/api/appointments")


@router.post("", status_code=201, response_model=AppointmentOut)
def book(data: NewAppointment, session: SessionOf, user: UserOf) -> Appointment:
    """Book, unless the time overlaps."""
    end_time = data.start_time + dt.timedelta(minutes=data.duration_minutes)
    session.execute(sa.select(User).where(User.id == user.id).with_for_update()).scalar_one()
    overlapping = sa.select(Appointment).where(
        Appointment.user_id == user.id,
        Appointment.status == "confirmed",
        Appointment.start_time < end_time,
        Appointment.end_time > data.start_time,
    )
    if session.scalars(overlapping.limit(1)).first() is not None:
        raise fastapi.HTTPException(409, "This time is taken.")
    appointment = Appointment(
        user_id=user.id,
        customer_name=data.customer_name,
        start_time=data.start_time,
        end_time=end_time,
        notes=data.notes,
    )
    session.add(appointment)
    session.commit()
    session.refresh(appointment)
    return appointment


@router.get("/upcoming", response_model=list[AppointmentOut])
def list_upcoming(session: SessionOf, user: UserOf) -> list[Appointment]:
    """Return what has not ended."""
    upcoming = sa.select(Appointment).where(
        Appointment.user_id == user.id,
        Appointment.status == "confirmed",
        Appointment.end_time > system.read_clock(),
    )
    return list(session.scalars(upcoming.order_by(Appointment.start_time)))


def fill_tables(connection: sa.Connection) -> None:
    """Make the tables, and fill them with the users and appointments that the database has, where missing."""
    Model.metadata.create_all(connection)
    connection.exec_driver_sql("""
        INSERT INTO usual_user (id, disabled_at)
        SELECT id, disabled_at FROM scheduling_web_user
        ON CONFLICT DO NOTHING
    """)
    connection.exec_driver_sql("""
        INSERT INTO usual_appointment
            (id, user_id, customer_name, start_time, end_time, status, notes, created_at)
        SELECT one.id, host.id, one.customer_name, one.start, one."end", one.status, one.notes, one.created_at
        FROM scheduling_appointment AS one JOIN scheduling_host AS host ON host.key = one.host
        ON CONFLICT DO NOTHING
    """)


def main() -> None:
    """Serve."""
    settings = read_settings(os.environ)
    with stopping_well():
        engine = sa.create_engine(read_url(settings.database_url), pool_size=THREADS)
        with engine.begin() as connection:
            fill_tables(connection)
        app = fastapi.FastAPI()
        app.state.engine, app.state.key = engine, require_secrets(settings)[0].value
        app.include_router(router)
        config = uvicorn.Config(app, access_log=False, log_config=None, ws="none")
        listener = listen("127.0.0.1", 0)
        sys.stderr.write(f"serving on {address_of(listener)}\n")
        sys.stderr.flush()
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
