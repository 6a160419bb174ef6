"""New passwords: their form, and what guessers would try first."""

import time
from importlib import resources
from itertools import product
from typing import Any

import pytest

from scheduling_core import InvalidValue
from scheduling_web.accounts import Accounts
from scheduling_web.accounts.common_passwords import refuse_common
from scheduling_web.accounts.passwords import check_form


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "password password",
        "PasswordPassword!",
        "Password1234567!",
        "p4ssw0rd p@$$w0rd",
        "\uff30\uff21\uff33\uff33\uff37\uff2f\uff32\uff24 welcome 1",
        "letmeinletmein1!",
        "iloveyouforever2024",
        "summer2024winter!",
        "123456789012345",
        "98765432109876543",
        "qwertyuiopasdfgh",
        "asdfghjklqwertyuiop",
        "abcdefghijklmnopqrst",
        "aaaaaaaaaaaaaaaa",
        "               ",
        "20252025202520252025",
        "xk7xk7xk7xk7xk7",
        "ann.example12345",
        "annexample password",
        "schedulingschedule",
    ],
)
def test_s38_what_guessers_try_first_is_refused(password: str) -> None:
    """Common words, runs of keys, repetition and the username are no password, whatever decorates them."""
    with pytest.raises(InvalidValue, match=r"^password must not be ") as caught:
        refuse_common(password, "Ann Example")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "tr0ub4dor&3 on a bicycle",
        "mXy7pQz9RtVb2LkW",
        "831094672250193847",
        "vier Igel im Keller",
        "汉字密码很长很长很长很长很长好",
        "password of a very small hedgehog",
        "ann.example keeps seven hedgehogs",
    ],
)
def test_s38_what_a_person_made_up_is_taken(password: str) -> None:
    """Several words, other alphabets and random characters pass, without any rule on kinds of characters."""
    check_form(password)
    refuse_common(password, "Ann Example")


def test_s38_the_list_stands_for_more_than_three_thousand_passwords() -> None:
    """Of all pairs of its words that are long enough to be a password, none is taken."""
    path = resources.files("scheduling_web.accounts") / "common_words.txt"
    words = path.read_text(encoding="utf-8").split()
    assert words == sorted(set(words))
    pairs = [first + second for first, second in product(words, words) if len(first + second) >= 15]
    assert len(pairs) > 3000
    for pair in pairs[:: len(pairs) // 3000]:
        with pytest.raises(InvalidValue):
            refuse_common(pair, "ann")


def test_s38_the_longest_password_is_looked_at_in_no_time() -> None:
    """The search takes time in proportion to the length, whatever the characters."""
    start = time.perf_counter()
    refuse_common(("a1" * 60 + "b-" * 68)[:255] + "z", "a" * 100)
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("password", ["", "fourteen chars", "x" * 257, "x" * 10**6, "lone \ud800 surrogate"])
def test_s38_what_is_no_password_is_refused(password: str) -> None:
    """Too short, too long and no text at all."""
    with pytest.raises(InvalidValue, match=r"^password must "):
        check_form(password)


@pytest.fixture
def accounts_of_ann(service: Any, ann: dict[str, str]) -> Accounts:  # noqa: ANN401  Its class is the fixtures' own.
    """The accounts of the service, with one user."""
    accounts: Accounts = service.accounts
    return accounts


def test_s38_a_user_cannot_have_a_common_password(accounts_of_ann: Accounts) -> None:
    """Neither a new user nor a change of the password gets around the rule."""
    with pytest.raises(InvalidValue, match="common words"):
        accounts_of_ann.new_user("bob", "passwordwelcome1")
    with pytest.raises(InvalidValue, match="common words"):
        accounts_of_ann.set_password("ann", "passwordwelcome1")
    user = accounts_of_ann.sign_in("ann", "correct horse battery staple")
    with pytest.raises(InvalidValue, match=r"^new_password must not be made of common words"):
        accounts_of_ann.change_password(
            user, "correct horse battery staple", "passwordwelcome1", address="here"
        )
