"""Exact words for a headline: what can stand between quotation marks, and which words changed."""

import re
from collections.abc import Sequence

from monitor.align import word_marks
from monitor.model import Finding

OPENING_AT_MOST = 90  #: characters of a longer passage, from its beginning


def is_quotable(text: str) -> bool:
    """Whether quotation marks can stand around it: something on one line, no marks in it, nothing unseen."""
    return (
        bool(text.strip())
        and all(sign.isprintable() or sign in _BLANKS for sign in text)
        and not _MARKS & set(text)
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


def changed_spans(before: str, after: str) -> list[tuple[str, str]]:
    """(words that went, words that came) of each place; places at most two words apart are one."""
    spans: list[tuple[str, str]] = []
    old = new = gap = ""
    for mark in word_marks(before, after):
        if mark.kind == "same":
            if (old or new) and len(mark.text.split()) > 2:
                spans.append((old, new))
                old = new = gap = ""
            elif old or new:
                gap += mark.text
            continue
        old, new = old + gap, new + gap
        gap = ""
        old, new = (old + mark.text, new) if mark.kind == "removed" else (old, new + mark.text)
    clean = [(_trimmed(a), _trimmed(b)) for a, b in (*spans, (old, new))]
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


def _trimmed(words: str) -> str:
    return words.strip().strip(" .;:,") if any(sign.isalnum() for sign in words) else ""
