"""Exact words for a headline: what can stand between quotation marks, and which words changed."""

import re
from collections.abc import Sequence

from monitor.align import word_marks
from monitor.model import Finding

OPENING_AT_MOST = 90  #: characters of a longer passage, from its beginning


def is_quotable(text: str) -> bool:
    """Whether quotation marks can stand around it: something on one line, no marks in it, nothing unseen."""
    signs = set(text)  # of megabytes, a few
    return (
        bool(text.strip())
        and all(sign.isprintable() or sign in _BLANKS for sign in signs)
        and not _MARKS & signs
    )


_BLANKS = frozenset("\u00a0\u00ad\u2009\u202f")  # blanks and hyphens that do not break a line
_MARKS = frozenset('"“”„‟«»‹›')


def opening(words: str, at_most: int = OPENING_AT_MOST) -> str:
    """The first words, verbatim; not into a parenthesis that is left open."""
    if len(words) <= at_most:
        return words
    first = words[: at_most + 1].rsplit(" ", 1)[0][:at_most]
    if first.count("(") > first.count(")"):
        first = first[: first.rindex("(")] or first
    return first.rstrip(" .;:,(–-")


Place = tuple[slice, slice]  #: of the words that went, and of those that came


def changed_places(before: str, after: str) -> list[Place]:
    """Where words went or came; places at most two words apart are one."""
    places: list[Place] = []
    old = new = 0
    for mark in word_marks(before, after):
        went, came = (len(mark.text) if mark.kind != kind else 0 for kind in ("added", "removed"))
        if mark.kind != "same":
            begin = slice(old, old), slice(new, new)
            if places and len(before[places[-1][0].stop : old].split()) <= 2:
                begin = places.pop()
            places.append((slice(begin[0].start, old + went), slice(begin[1].start, new + came)))
        old, new = old + went, new + came
    return places


def changed_spans(before: str, after: str) -> list[tuple[str, str]]:
    """(words that went, words that came) of each place."""
    clean = [(bare(before[old]), bare(after[new])) for old, new in changed_places(before, after)]
    return [(a, b) for a, b in clean if a != b]


def leading(spans: Sequence[tuple[str, str]], finding: Finding) -> tuple[str, str]:
    """The place of which the finding's first reason says most, or the longest place."""
    named = re.findall("“([^”]+)”", finding.reasons[0]) if finding.reasons else []

    def weight(span: tuple[str, str]) -> tuple[int, int]:
        return max((_common(word, side) for word in named for side in span), default=0), len("".join(span))

    return max(spans, key=weight, default=("", ""))


def _common(a: str, b: str) -> int:
    """How long the words are that stand whole in the other ones, too."""
    short, long = sorted((a, b), key=len)
    return len(short) if short and re.search(rf"(?<!\w){re.escape(short)}(?!\w)", long) else 0


def bare(words: str) -> str:
    """The words without blanks and stops around them; "" where there is no word."""
    return words.strip().strip(" .;:,") if any(sign.isalnum() for sign in words) else ""
