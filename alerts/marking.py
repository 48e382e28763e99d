"""The words before and after, with the difference marked and the long unchanged parts folded. Pure.

Sizes are bytes as they stand in the HTML: "&" is five of them, a character that is shown by number twelve.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from monitor.align import word_marks

AROUND = 14  #: words kept on each side of a change
WORTH_FOLDING = 60  #: fewer hidden words than this are shown
MARK_COSTS = 150  #: bytes of room that a marked or folded run takes besides its words: its tags in the HTML
LARGE = 60_000  #: characters of both sides; of what is larger the middle alone is compared word by word

_COMPARED = 20_000  #: bytes of each side's middle
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_BRACKETS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "same": ("", ""), "folded": (" ", " ")}


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words. kind: same, removed, added, or folded (our own note of what is not shown)."""

    kind: str
    text: str
    hidden: int = 0  #: words that a folded run stands for

    @property
    def parted(self) -> tuple[str, str, str]:
        """The blanks before its words, the words, the blanks after them: blanks alone are words."""
        core = self.text.strip() or self.text
        lead, _, tail = self.text.partition(core)
        return lead, core, tail


def visible(text: str) -> str:
    """Text whose control and direction characters are shown by number, so that they cannot act."""
    return _UNSAFE.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def size(text: str) -> int:
    """Bytes of this text as it is shown in the HTML."""
    return len(escape(visible(text)).encode())


def start(text: str, most: int) -> str:
    """The longest start of the text that takes at most so many bytes."""
    low, high = 0, min(len(text), max(most, 0))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return text[:low]


def sides(before: str, after: str, room: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """What to show of each side: folded around the changes, at most about `room` bytes each."""
    runs = _folded(_marks(before, after))
    old = [run for run in runs if run.kind != "added"]
    new = [run for run in runs if run.kind != "removed"]
    return _cut(old, room), _cut(new, room)


def inline(before: str, after: str, room: int) -> tuple[Run, ...]:
    """The same for both sides in one text: what went stands before what came in its place."""
    return _cut(_folded(_marks(before, after)), room)


def plain(runs: Sequence[Run]) -> str:
    """The runs as plain text: [-removed-] and {+added+}, blanks outside, each one space wide."""
    return " ".join("".join(_bracketed(run) for run in runs).split())


def looks_marked(runs: Sequence[Run]) -> bool:
    """Whether the page's own words hold a sign that plain text marks words with."""
    signs = [sign for kind in ("removed", "added") for sign in _BRACKETS[kind]]
    return any(sign in run.text for run in runs if run.kind != "folded" for sign in signs)


def _bracketed(run: Run) -> str:
    opening, closing = _BRACKETS[run.kind]
    lead, core, tail = run.parted
    if run.kind == "same" or core.isspace():
        return run.text
    return f"{lead}{opening}{core}{closing}{tail}"


# --------------------------------------------------------------------------- what differs


def _marks(before: str, after: str) -> list[Run]:
    """Joined same + removed give `before`; same + added give `after`."""
    if len(before) + len(after) <= LARGE:
        return [Run(mark.kind, mark.text) for mark in word_marks(before, after)]
    head, tail = _common_ends(before, after)
    a, b = before[head : len(before) - tail], after[head : len(after) - tail]
    compared_a, compared_b = (_whole_words(middle, _COMPARED) for middle in (a, b))
    compared = word_marks(compared_a, compared_b)
    runs = [Run("same", before[:head]), *(Run(mark.kind, mark.text) for mark in compared)]
    runs += [
        Run("removed", a[len(compared_a) :]),
        Run("added", b[len(compared_b) :]),
        Run("same", before[len(before) - tail :]),
    ]
    return _joined(runs)


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Without empty runs, and with neighbours of one kind as one."""
    groups = groupby((run for run in runs if run.text), key=lambda run: run.kind)
    return [Run(kind, "".join(run.text for run in group)) for kind, group in groups]


def _common_ends(before: str, after: str) -> tuple[int, int]:
    """How many characters are the same from the start and from the end, in whole words."""
    head = _alike(before, after)
    if head < max(len(before), len(after)):
        head = max(before.rfind(" ", 0, head), before.rfind("\n", 0, head)) + 1
    tail = _alike(before[head:][::-1], after[head:][::-1])
    ending = before[len(before) - tail :]
    return head, tail - len(ending.split(" ", 1)[0])


def _alike(a: str, b: str) -> int:
    """How many characters are the same from the start."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[low:middle] == b[low:middle] else (low, middle - 1)
    return low


# --------------------------------------------------------------------------- what is shown of it


def _folded(runs: Sequence[Run]) -> list[Run]:
    """The runs of both sides, each unchanged one folded but for the words beside a change."""
    if len(runs) < 2:
        return list(runs)
    folded: list[Run] = []
    for place, run in enumerate(runs):
        head, tail = 0 if place == 0 else AROUND, 0 if place == len(runs) - 1 else AROUND
        folded += _fold(run.text, head, tail) if run.kind == "same" else [run]
    return folded


def _fold(text: str, head: int, tail: int) -> list[Run]:
    """Keep the first `head` and the last `tail` words of an unchanged run, and say what is between."""
    begin = len(text) - len(_rest(text.split(None, head), head))
    end = max(begin, len(_rest(text.rsplit(None, tail)[::-1], tail)))
    hidden = len(text[begin:end].split())
    if hidden < WORTH_FOLDING:
        return [Run("same", text)]
    kept = [
        Run("same", text[:begin]),
        Run("folded", f"… {hidden:,} words unchanged …", hidden),
        Run("same", text[end:]),
    ]
    return [run for run in kept if run.text]


def _rest(parts: Sequence[str], words: int) -> str:
    """What is left of a text after so many words were split off it."""
    return parts[words] if len(parts) > words else ""


def _cut(runs: Sequence[Run], room: int) -> tuple[Run, ...]:
    """Stop after about `room` bytes, at the end of a word, and say how many words are left out."""
    shown: list[Run] = []
    left_out = 0
    for run in runs:
        room -= MARK_COSTS if run.kind != "same" else 0
        kept = _whole_words(run.text, room)
        if run.kind == "folded" and kept != run.text:
            kept, left_out = "", left_out + run.hidden
        elif kept != run.text:
            left_out += len(run.text[len(kept) :].split())
        shown += [Run(run.kind, visible(kept), run.hidden)] if kept else []
        room = room - size(kept) if kept == run.text else 0
    if left_out:
        words = "1 more word" if left_out == 1 else f"{left_out:,} more words"
        shown.append(Run("folded", f"… {words}, not shown here …", left_out))
    return tuple(shown)


def _whole_words(text: str, room: int) -> str:
    """The text up to so many bytes, at the end of a word where there is one."""
    kept = start(text, room)
    if kept == text or text[len(kept)].isspace():
        return kept
    words = kept.rsplit(None, 1)
    return kept[: len(kept) - len(words[-1])] if len(words) > 1 else kept
