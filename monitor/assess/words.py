"""When two words are one word."""

from collections.abc import Iterable

from rapidfuzz import fuzz

_MISSPELT_AT = 80  #: likeness in per cent
_DENYING = ("un", "in", "im", "il", "ir", "non", "dis", "des")
_SHORTEST = 5  #: letters; shorter words differ by meaning


def same_word(a: str, b: str) -> bool:
    """Whether one is a misspelling of the other; never "lawful" and "unlawful", never numbers."""
    if a == b:
        return True
    wordlike = min(len(a), len(b)) >= _SHORTEST and a[:2] == b[:2] and a.isalpha() and b.isalpha()
    return wordlike and fuzz.ratio(a, b) >= _MISSPELT_AT


def opposite(a: str, b: str) -> bool:
    """Whether one is the other with a prefix that denies it: "lawful" and "unlawful"."""
    short, long = sorted((a, b), key=len)
    return len(short) >= _SHORTEST and any(long == prefix + short for prefix in _DENYING)


def unlike(words: Iterable[str], others: Iterable[str]) -> list[str]:
    """Those of `words` that are no word of `others`, however spelled."""
    others = tuple(others)
    return [word for word in words if not any(same_word(word, other) for other in others)]
