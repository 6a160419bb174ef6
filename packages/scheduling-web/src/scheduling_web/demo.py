"""The demo: a folder that has all a service needs, made where it is missing and else found again."""

import contextlib
import datetime as dt
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

import attrs

from scheduling_core import Scheduler
from scheduling_core.local_time import to_local
from scheduling_web.accounts import Accounts, InvalidCredentials, User, UsernameTaken
from scheduling_web.hosts import APPOINTMENT, add_user, make_host, usual_schedule

FOLDER = Path("demo-data")
USERNAME = "demo"

_KEPT = "demo.json"
_DATABASE = "scheduling.sqlite3"
_HALF_AN_HOUR = dt.timedelta(minutes=30)


class UnreadableFolder(Exception):
    """The demo's folder is not one that the demo made; the words are for people."""


@attrs.frozen
class Kept:
    """What is in the folder beside the database, readable by its owner only."""

    username: str
    password: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)


def open_folder(folder: Path) -> Kept:
    """Make the folder and what it keeps, or find it again; raises UnreadableFolder."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = _keep(folder / _KEPT)
        return Kept(**json.loads(text))
    except (OSError, TypeError, ValueError) as error:
        raise UnreadableFolder(f"{folder} cannot be used: {error}") from None


def environment(folder: Path, kept: Kept, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the demo's settings: what is *given* stands before what the folder has."""
    own = {
        "SCHEDULING_DATABASE_URL": f"sqlite:///{(folder / _DATABASE).resolve()}",
        "SCHEDULING_SECRET": kept.secret,
        "SCHEDULING_STOP_NOTICE": "0",  # Nobody is there to be told.
        "SCHEDULING_ACCESS_LOG": "off",  # What is tried out is not to be pushed off the screen.
    }
    return {**own, **given}


def make_user(accounts: Accounts, scheduler: Scheduler, kept: Kept) -> User:
    """Make the demo's user and host where they are missing, with the password that the folder keeps."""
    with contextlib.suppress(UsernameTaken):  # Mostly by an earlier start, or by one at the same time.
        return add_user(accounts, scheduler, kept.username, kept.password, usual_schedule())
    try:
        user = accounts.sign_in(kept.username, kept.password)
    except InvalidCredentials:
        # The database is older than the folder; what the folder says is what will be printed.
        accounts.set_password(kept.username, kept.password)
        user = accounts.sign_in(kept.username, kept.password)
    make_host(scheduler, user.id, usual_schedule())
    return user


def greet(url: str, folder: Path, kept: Kept, scheduler: Scheduler, user: User) -> str:
    """Return what a person is told when the demo answers."""
    zone = scheduler.schedule(user.id).timezone
    slot = scheduler.next_slot(user.id, APPOINTMENT.id, duration=_HALF_AN_HOUR)
    start = "2030-01-31T09:00:00+01:00" if slot is None else to_local(slot, zone).isoformat()
    day = start[:10]
    credentials = json.dumps({"username": kept.username, "password": kept.password})
    booking = json.dumps({"customer_name": "Ann Example", "start_time": start, "duration_minutes": 30})
    cut_out = r"""sed 's/.*"access_token":"\([^"]*\)".*/\1/'"""
    is_json = "-H 'Content-Type: application/json'"
    signed = '-H "Authorization: Bearer $TOKEN"'
    return f"""\
The demo answers on {url} (Ctrl-C stops it). Its data is in {folder}.

    username  {kept.username}
    password  {kept.password}

Sign in, list the free slots of a day, and book one; the same time again is refused with the reason:

    TOKEN=$(curl -s {is_json} -d '{credentials}' {url}/api/auth/login | {cut_out})
    curl -s {signed} '{url}/api/slots?from={day}T00:00:00Z&to={day}T23:59:59Z&duration_minutes=30'
    curl -s {signed} {is_json} -d '{booking}' {url}/api/appointments
"""


def _keep(path: Path) -> str:
    """Return the text of a file that is written once: of two processes that come at once, one writes it."""
    if not path.exists():
        made = Kept(USERNAME, secrets.token_urlsafe(15), secrets.token_urlsafe(32))
        descriptor, draft = tempfile.mkstemp(dir=path.parent)  # Made for its owner's eyes only.
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(attrs.asdict(made), file)
            os.link(draft, path)
        except FileExistsError:
            pass  # The other process was quicker, and its file counts.
        finally:
            Path(draft).unlink()
    return path.read_text(encoding="utf-8")
