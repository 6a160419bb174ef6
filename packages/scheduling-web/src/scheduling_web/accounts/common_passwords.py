"""Passwords that guessers try first, and that nobody should choose (NIST SP 800-63B-4, section 3.1.1.2).

Of the passwords that people like best hardly one has fifteen characters, so that a list of them would refuse
nothing. What guessers try at that length is put together: common words, runs of the keyboard and the name of
the user, with digits and signs between. So the list has the words, and whatever up to three of them make up
is refused. That is far more than a list of passwords could hold: two words alone make over 60,000.
"""

import functools
import re
import unicodedata
from importlib import resources
from itertools import pairwise

from scheduling_core import InvalidValue
from scheduling_web.accounts.passwords import SHORTEST_PASSWORD

MOST_WORDS = 3
MOST_PADDING = 8
"""Digits and signs beside the words; more of them are hard to guess themselves."""

_SHORTEST_WORD = 2
_SHORTEST_RUN = 3
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz 01234567890123456789 qwertyuiopasdfghjklzxcvbnm qwertzuiop azertyuiop yxcvbnm"
)
_BOTH_WAYS = f"{_RUNS} {_RUNS[::-1]}"
_STANDS_FOR = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}


def refuse_common(password: str, username: str) -> None:
    """Raise InvalidValue for a new password of at least 15 characters that is easy to guess."""
    text = _fold(password)
    periods = range(1, min(SHORTEST_PASSWORD, len(text) // 2 + 1))
    if any(text[period:] == text[:-period] for period in periods):
        raise InvalidValue("password", "must not be something short that repeats")
    if _is_made_of(text, _common_words() | _parts(username)):
        raise InvalidValue("password", "must not be made of common words, the username or runs of keys alone")


@functools.cache
def _common_words() -> frozenset[str]:
    """Return the words of the list."""
    path = resources.files("scheduling_web.accounts") / "common_words.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


def _parts(username: str) -> set[str]:
    """Return the words of a username, and all of them in one."""
    words = re.split(r"[\W_]+", _fold(username))
    return {*words, "".join(words)}


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _is_made_of(text: str, words: frozenset[str]) -> bool:
    """Say whether some words or runs, few enough, and few digits and signs are all there is."""
    text = "".join(text.split())
    plain = "".join(_STANDS_FOR.get(character, character) for character in text)
    longest = max(map(len, words))
    beyond = MOST_PADDING + 1
    # For each place and number of words before it, the least padding with which it is reached.
    least = [[beyond] * (MOST_WORDS + 1) for _ in range(len(text) + 1)]
    least[0][0] = 0
    for place, (here, following) in enumerate(pairwise(least)):
        if not text[place].isalpha():
            for count, padding in enumerate(here):
                following[count] = min(following[count], padding + 1)
        ends = [
            end
            for end in range(place + _SHORTEST_WORD, min(len(text), place + longest) + 1)
            if plain[place:end] in words or text[place:end] in words or _is_run(text[place:end])
        ]
        for end in ends:
            for count, padding in enumerate(here[:-1]):
                least[end][count + 1] = min(least[end][count + 1], padding)
    return min(least[-1]) <= MOST_PADDING


def _is_run(text: str) -> bool:
    return len(text) >= _SHORTEST_RUN and (text in _BOTH_WAYS or len(set(text)) == 1)
