"""Users and signing in, on both databases."""

import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from scheduling_core import InvalidValue, NotFound, StorageUnavailable
from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import (
    Access,
    Accounts,
    InvalidCredentials,
    PasswordHasher,
    Session,
    SessionEnded,
    UsernameTaken,
    migrations,
)
from scheduling_web.accounts.passwords import Cost
from scheduling_web.accounts.schema import installation, metadata
from scheduling_web.accounts.users import Users

PASSWORD = "correct horse battery staple"
NOW = dt.datetime(2030, 1, 7, 8, 0, 0, 123456, tzinfo=dt.UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """The engine of an empty database."""
    url = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    with contextlib.closing(SqlStorage.from_url(url)) as storage:
        yield storage.engine


@pytest.fixture
def accounts(engine: sa.Engine, hasher: PasswordHasher) -> Accounts:
    """Accounts without a user."""
    migrations.upgrade(engine)
    return Accounts(engine, hasher, clock=lambda: NOW)


def test_the_tables_come_and_go(engine: sa.Engine) -> None:
    """Upgrading makes the tables as declared, twice is as good as once, and downgrading removes them."""
    assert migrations.find_revision(engine) is None
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert migrations.find_revision(engine) == migrations.NEWEST
    with engine.connect() as connection:
        options = {"version_table": migrations.VERSION_TABLE, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    migrations.downgrade(engine, "base")
    assert migrations.find_revision(engine) is None
    assert sa.inspect(engine).get_table_names() == [migrations.VERSION_TABLE]


def test_a_database_is_named_once_and_for_all(engine: sa.Engine) -> None:
    """Bringing the tables up to date, from whichever version, makes up one name, and another time none."""
    migrations.upgrade(engine, "0001")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        [name] = connection.scalars(sa.select(installation.c.id))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalars(sa.select(installation.c.id)).all() == [name]


def test_the_table_of_users_has_what_others_may_ask_for(engine: sa.Engine) -> None:
    """Id, username, hash and time of making stand in columns of these names."""
    migrations.upgrade(engine)
    columns = {column["name"] for column in sa.inspect(engine).get_columns("scheduling_web_user")}
    assert columns >= {"id", "username", "password_hash", "created_at"}


def test_who_was_added_can_sign_in(accounts: Accounts) -> None:
    """A user is found again as they were added, to the microsecond."""
    user = accounts.new_user("  Ann Example ", PASSWORD)
    accounts.add(user)
    assert accounts.sign_in("Ann Example", PASSWORD) == user
    assert accounts.find("Ann Example") == accounts.get(user.id) == user
    assert (user.username, user.created_at) == ("Ann Example", NOW)
    assert PASSWORD not in user.password_hash
    assert user.password_hash not in repr(user)


@pytest.mark.parametrize("written", ["ann", "ANN", " ann\t", "\uff21\uff4e\uff4e"])
def test_a_username_is_one_whatever_its_case_and_width(accounts: Accounts, written: str) -> None:
    """Nobody can be taken for somebody else whose name reads the same."""
    user = accounts.new_user("Ann", PASSWORD)
    accounts.add(user)
    assert accounts.sign_in(written, PASSWORD) == user
    with pytest.raises(UsernameTaken):
        accounts.new_user(written, PASSWORD)


def test_s06_of_two_users_of_one_name_the_second_is_refused(accounts: Accounts) -> None:
    """The database itself holds the rule, where two processes look at the same time."""
    first, second = accounts.new_user("straße", PASSWORD), accounts.new_user("STRASSE", PASSWORD)
    accounts.add(first)
    with pytest.raises(UsernameTaken):
        accounts.add(second)
    assert accounts.find("Strasse") == first


@pytest.mark.parametrize(
    "username", ["", "   ", "x" * 101, "a\nb", "a\0b", "zero\u200bwidth", "half\ud83d", "no text \udcff"]
)
def test_what_cannot_be_seen_is_no_username(accounts: Accounts, username: str) -> None:
    """A new name is one to 100 visible characters; asking for another finds nobody, from any address."""
    with pytest.raises(InvalidValue, match="username must"):
        accounts.new_user(username, PASSWORD)
    assert accounts.find(username) is None
    for address in (None, "192.0.2.1"):
        with pytest.raises(InvalidCredentials):
            accounts.sign_in(username, PASSWORD, address=address)


def test_the_longest_name_fits_whatever_its_letters(accounts: Accounts) -> None:
    """Letters that become several when case is ignored need no more room than there is."""
    accounts.add(accounts.new_user("\u0390" * 100, PASSWORD))
    assert accounts.find("\u0390" * 100) is not None


def test_a_wrong_name_and_a_wrong_password_are_refused_alike(accounts: Accounts) -> None:
    """The refusal does not tell which of the two was wrong."""
    accounts.add(accounts.new_user("ann", PASSWORD))
    words = set()
    for username, password in [("ann", PASSWORD + "!"), ("bob", PASSWORD), ("ann", "")]:
        with pytest.raises(InvalidCredentials) as caught:
            accounts.sign_in(username, password)
        words.add(str(caught.value))
    assert words == {"the username or the password is wrong"}


def test_s35_every_sign_in_costs_one_hash(engine: sa.Engine, accounts: Accounts) -> None:
    """Whoever is known or not, disabled or not, one password is checked, so that time tells nothing."""

    class Counting(PasswordHasher):
        """Counts what it checks."""

        checked = 0

        def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
            """Check a password."""
            self.checked += 1
            return super().verify(password, stored)

    for name in ("ann", "bob"):
        accounts.add(accounts.new_user(name, PASSWORD))
    Users(engine, engine).disable("bob", NOW)
    hasher = Counting(cost=Cost(memory=8, passes=1, lanes=1, bcrypt_rounds=4))
    counted = Accounts(engine, hasher, clock=lambda: NOW)
    for number, name in enumerate(["ann", "bob", "nobody", "a\0nn"], start=1):
        with pytest.raises(InvalidCredentials):
            counted.sign_in(name, "wrong horse battery", address="192.0.2.1")
        assert hasher.checked == number


def test_signing_in_upgrades_an_old_hash(engine: sa.Engine, accounts: Accounts) -> None:
    """After a change of scheme or cost the new hash is stored, and the old password still works."""
    user = accounts.new_user("ann", PASSWORD)
    accounts.add(user)
    bcrypt = PasswordHasher("bcrypt", Cost(memory=8, passes=1, lanes=1, bcrypt_rounds=4))
    others = Accounts(engine, bcrypt)
    others.sign_in("ann", PASSWORD)
    upgraded = others.find("ann")
    assert upgraded is not None
    assert upgraded.password_hash.startswith("$bcrypt-sha256$")
    assert others.sign_in("ann", PASSWORD) == upgraded


def test_a_hash_that_changed_in_the_meantime_is_left_alone(
    engine: sa.Engine, accounts: Accounts, hasher: PasswordHasher
) -> None:
    """Of two changes of a password at once the first one stays."""
    user = accounts.new_user("ann", PASSWORD)
    accounts.add(user)
    users = Users(engine, engine)
    users.replace_hash(user, hasher.hash("the first new password"))
    users.replace_hash(user, hasher.hash("the second new password"))
    assert accounts.sign_in("ann", "the first new password").id == user.id


def test_a_password_can_be_set(accounts: Accounts) -> None:
    """The new password lets in and the old one does not; a user who is not there has none."""
    accounts.add(accounts.new_user("ann", PASSWORD))
    accounts.set_password("ANN", "another horse battery")
    assert accounts.sign_in("ann", "another horse battery").username == "ann"
    with pytest.raises(InvalidCredentials):
        accounts.sign_in("ann", PASSWORD)
    with pytest.raises(NotFound):
        accounts.set_password("bob", "another horse battery")


def test_of_many_who_renew_at_once_all_get_the_same(accounts: Accounts) -> None:
    """Tabs that renew one session at the same moment share the renewal, and none ends the session."""
    user = accounts.new_user("ann", PASSWORD)
    accounts.add(user)
    session = accounts.open_session(user)
    start = threading.Barrier(8)

    def renew(_: int) -> Session:
        start.wait()
        return accounts.renew_session(session.id, 0)

    with ThreadPoolExecutor(8) as pool:
        renewed = set(pool.map(renew, range(8)))
    assert renewed == {attrs.evolve(session, generation=1)}
    assert accounts.find_signed_in(Access(user.id, session.id)) == user


def test_a_session_is_its_users_alone(accounts: Accounts) -> None:
    """A token that names one user and the session of another is nobody's."""
    ann, bob = accounts.new_user("ann", PASSWORD), accounts.new_user("bob", PASSWORD)
    accounts.add(ann)
    accounts.add(bob)
    session = accounts.open_session(ann)
    assert accounts.find_signed_in(Access(ann.id, session.id)) == ann
    assert accounts.find_signed_in(Access(bob.id, session.id)) is None
    assert accounts.find_signed_in(Access(ann.id, "another")) is None
    accounts.end_session(session.id)
    assert accounts.find_signed_in(Access(ann.id, session.id)) is None
    with pytest.raises(SessionEnded):
        accounts.renew_session(session.id, 0)


def test_a_session_that_begins_too_late_has_ended_already(accounts: Accounts) -> None:
    """A sign-in that was under way when the password was changed or the user disabled is worth nothing."""
    user = accounts.new_user("ann", PASSWORD)
    accounts.add(user)
    signed_in = accounts.sign_in("ann", PASSWORD)
    accounts.set_password("ann", PASSWORD[::-1])
    session = accounts.open_session(signed_in)
    assert accounts.find_signed_in(Access(user.id, session.id)) is None
    with pytest.raises(SessionEnded):
        accounts.renew_session(session.id, 0)


def test_a_change_of_the_password_counts_for_the_session_that_asked(accounts: Accounts) -> None:
    """If sessions were ended in the meantime, the change comes too late, and the password stays."""
    accounts.add(accounts.new_user("ann", PASSWORD))
    user = accounts.sign_in("ann", PASSWORD)
    accounts.set_password("ann", PASSWORD)
    with pytest.raises(SessionEnded):
        accounts.change_password(user, PASSWORD, "another horse battery", address="here")
    assert accounts.sign_in("ann", PASSWORD).id == user.id


def test_a_change_of_the_password_is_kept_as_a_whole_or_not_at_all(
    engine: sa.Engine, accounts: Accounts, hasher: PasswordHasher
) -> None:
    """Where the new session cannot be begun, the password and the sessions from before still count."""
    ann, bob = accounts.new_user("ann", PASSWORD), accounts.new_user("bob", PASSWORD)
    accounts.add(ann)
    accounts.add(bob)
    mine, others = accounts.open_session(ann), accounts.open_session(bob)
    # A session of the id that is made up next is there already.
    hindered = Accounts(engine, hasher, clock=lambda: NOW, new_id=lambda: others.id)
    with pytest.raises(StorageUnavailable):
        hindered.change_password(ann, PASSWORD, "another horse battery", address="here")
    assert accounts.find_signed_in(Access(ann.id, mine.id)) == ann
    assert accounts.sign_in("ann", PASSWORD) == ann
    begun = accounts.change_password(ann, PASSWORD, "another horse battery", address="here")
    assert accounts.find_signed_in(Access(ann.id, mine.id)) is None
    assert accounts.find_signed_in(Access(ann.id, begun.id)) == accounts.find("ann")


@pytest.mark.parametrize("name", ["bob", "a\0b", "no text \udcff", ""])
def test_nobody_is_disabled_who_is_not_there(engine: sa.Engine, accounts: Accounts, name: str) -> None:
    """A name that nobody has is said to be unknown."""
    with pytest.raises(NotFound):
        Users(engine, engine).disable(name, NOW)
    with pytest.raises(NotFound):
        Users(engine, engine).enable(name)
    with pytest.raises(NotFound):
        accounts.set_password(name, PASSWORD)


def test_being_disabled_twice_keeps_the_first_time(engine: sa.Engine, accounts: Accounts) -> None:
    """The table says since when."""
    accounts.add(accounts.new_user("ann", PASSWORD))
    users = Users(engine, engine)
    users.disable("ann", NOW)
    users.disable("ann", NOW + dt.timedelta(days=1))
    found = users.find("ann")
    assert found is not None
    assert found.disabled_at == NOW


def test_a_database_that_does_not_answer_is_unavailable(hasher: PasswordHasher) -> None:
    """The driver's error becomes one of ours, which says when to try again."""
    storage = SqlStorage.from_url("sqlite:////nowhere/at/all.sqlite3")
    with contextlib.closing(storage), pytest.raises(StorageUnavailable):
        Accounts(storage.engine, hasher).get("anybody")


@pytest.mark.parametrize(
    "ask",
    [
        lambda accounts: accounts.get("anybody"),
        lambda accounts: accounts.sign_in("ann", PASSWORD, address="192.0.2.1"),
        lambda accounts: accounts.end_session("any"),
    ],
    ids=["one who signed in", "a sign-in", "the end of a session"],
)
def test_a_database_without_our_tables_is_unavailable(
    engine: sa.Engine, hasher: PasswordHasher, ask: Callable[[Accounts], object]
) -> None:
    """What is missing is an error of another class with each driver, and one and the same of ours."""
    with pytest.raises(StorageUnavailable):
        ask(Accounts(engine, hasher, clock=lambda: NOW))


def test_a_session_of_a_user_who_is_gone_cannot_be_begun(accounts: Accounts) -> None:
    """The database refuses it, and whoever tries again learns that there is no such user."""
    user = accounts.new_user("ann", PASSWORD)
    with pytest.raises(StorageUnavailable):
        accounts.open_session(user)


@pytest.mark.postgres
def test_a_server_that_takes_no_writes_is_unavailable(postgres_url: str, hasher: PasswordHasher) -> None:
    """While another server takes over, there may be one that can only be read: it is asked again later."""
    with contextlib.closing(SqlStorage.from_url(postgres_url)) as storage:
        migrations.upgrade(storage.engine)
        standby = storage.engine.execution_options(postgresql_readonly=True)
        accounts = Accounts(standby, hasher, clock=lambda: NOW)
        assert accounts.get("anybody") is None
        with pytest.raises(StorageUnavailable):
            accounts.forget_ended_sessions()
