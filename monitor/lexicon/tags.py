"""Phrases found in spelled text: which ones stand, which ones another one covers."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from monitor.lexicon.file import Entry


@dataclass(frozen=True, slots=True)
class Tag:
    """One phrase found in spelled text: which list, which entry, where (character offsets)."""

    list: str
    entry: Entry
    start: int
    end: int


def whole(text: str, start: int, end: int) -> bool:
    """Whether a match begins and ends with a word."""
    return (start == 0 or text[start - 1] == " ") and (end == len(text) or text[end] == " ")


def close(ones: Sequence[Tag], others: Sequence[Tag], words: int, text: str) -> list[Tag]:
    """Those of `ones` that have one of `others` at most so many words away. Both are in order."""
    starts = sorted({tag.start for tag in others})
    ends = sorted({tag.end for tag in others})
    close = []
    for tag in ones:
        after = bisect_left(starts, tag.end)
        before = bisect_right(ends, tag.start) - 1
        if (after < len(starts) and text.count(" ", tag.end, starts[after]) <= words) or (
            before >= 0 and text.count(" ", ends[before], tag.start) <= words
        ):
            close.append(tag)
    return close


def longest(found: list[Tag]) -> tuple[Tag, ...]:
    """Drop a tag that begins inside a longer one of its own list, and what a pseudo-cue touches."""
    found.sort(key=lambda tag: (tag.start, -tag.end, tag.list, tag.entry.id))
    pseudo = [tag for tag in found if tag.list == "pseudo"]
    starts = [tag.start for tag in pseudo]
    furthest = [0, *accumulate((tag.end for tag in pseudo), max)]  # how far the first n of them reach
    kept: list[Tag] = []
    reach: dict[str, int] = {}
    for tag in found:
        is_false = furthest[bisect_left(starts, tag.end)] > tag.start
        if tag.list != "pseudo" and not is_false and tag.start >= reach.get(tag.list, 0):
            kept.append(tag)
            reach[tag.list] = tag.end
    return tuple(kept)
