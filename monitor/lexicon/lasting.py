"""How long a sentence says that a ban holds, where it names no day: "a one-year moratorium". Pure.

A wrong length would have us say of a commitment that it has lapsed. So one is believed only where the words
are about the ban itself, or close a refusal, where the sentence names one time, and where no word leaves open
when it begins, or whether it was extended.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from monitor.lexicon.file import Lasts
from monitor.lexicon.spelling import spell, spelled

_LEAST = 28  #: days: a shorter time in a refusal is not how long it holds


def lasts_of(parts: Sequence[str], named: Collection[float], lasts: Lasts) -> int:
    """For how many days it holds by its own words; 0 where they do not say.

    parts: the sentence and the lines above it, verbatim; named: the lengths of time (days) in the sentence.
    """
    if len(named) != 1 or not lasts.bans:
        return 0
    (days,) = named
    bans, closing, leaves_open = _patterns(lasts)
    if days < _LEAST or any(leaves_open.search(spell(part)) for part in parts):
        return 0
    said = spell(parts[0])
    return int(days) if bans.search(said) or closing.search(said.rstrip(" .!")) else 0


@lru_cache(maxsize=64)
def _patterns(lasts: Lasts) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    bans, closing, leaves_open = (_any_of(each) for each in (lasts.bans, lasts.closing, lasts.leaves_open))
    return re.compile(bans), re.compile(rf"{closing}\Z"), re.compile(leaves_open)


def _any_of(phrases: tuple[str, ...]) -> str:
    return rf"\b(?:{'|'.join(map(re.escape, spelled(phrases))) or '(?!)'})\b"
