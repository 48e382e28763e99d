"""The words before and after, with the difference marked and the long unchanged parts folded. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.align import word_marks

AROUND = 14  #: words kept on each side of a change
WORTH_FOLDING = 20  #: fewer hidden words than this are shown
MARK_COSTS = 30  #: characters of room that a marked run takes besides its words (its tags in the HTML)

_WORD = re.compile(r"\s{0,9}\S{1,99}(?:\s{1,9}\Z)?|\s{1,99}")  # with its blanks; never long
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BRACKETS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "same": ("", ""), "folded": (" ", " ")}


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words. kind: same, removed, added, or folded (our own note of what is not shown)."""

    kind: str
    text: str


def visible(text: str) -> str:
    """Text whose control and direction characters are shown by number, so that they cannot act."""
    return _UNSAFE.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)


def sides(before: str, after: str, room: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """What to show of each side: folded around the changes, at most about `room` characters each."""
    marks = word_marks(before, after)
    old = [Run(mark.kind, mark.text) for mark in marks if mark.kind != "added"]
    new = [Run(mark.kind, mark.text) for mark in marks if mark.kind != "removed"]
    return _shown(old, room), _shown(new, room)


def plain(runs: Sequence[Run]) -> str:
    """The runs as plain text: [-removed-] and {+added+}, blanks outside, each one space wide."""
    return " ".join("".join(_bracketed(run) for run in runs).split())


def _bracketed(run: Run) -> str:
    opening, closing = _BRACKETS[run.kind]
    core = run.text.strip()
    if run.kind == "same" or not core:
        return run.text
    lead, tail = run.text.split(core, 1)
    return f"{lead}{opening}{core}{closing}{tail}"


def _shown(runs: Sequence[Run], room: int) -> tuple[Run, ...]:
    folded: list[Run] = []
    for place, run in enumerate(runs):
        if run.kind == "same" and len(runs) > 1:
            folded += _fold(run.text, 0 if place == 0 else AROUND, 0 if place == len(runs) - 1 else AROUND)
        else:
            folded.append(run)
    return tuple(Run(run.kind, visible(run.text)) for run in _cut(folded, room))


def _fold(text: str, head: int, tail: int) -> list[Run]:
    """Keep the first `head` and the last `tail` words of an unchanged run, and say what is between."""
    words = _WORD.findall(text)
    end = max(head, len(words) - tail)
    hidden = _count(words[head:end])
    if hidden < WORTH_FOLDING:
        return [Run("same", text)]
    kept = [
        Run("same", "".join(words[:head])),
        Run("folded", f"… {hidden:,} words unchanged …"),
        Run("same", "".join(words[end:])),
    ]
    return [run for run in kept if run.text]


def _cut(runs: Sequence[Run], room: int) -> list[Run]:
    """Stop after about `room` characters, at the end of a word, and say how many words are left out."""
    shown: list[Run] = []
    left_out = 0
    for run in runs:
        if run.kind != "folded":
            kept, rest = _split(run.text, room)
            left_out += _count(rest)
            shown += [Run(run.kind, kept)] if kept else []
            room -= len(run.text) + (MARK_COSTS if run.kind != "same" else 0)
        elif room > 0:
            shown.append(run)
    return [*shown, Run("folded", f"… {left_out:,} more words, not shown here …")] if left_out else shown


def _split(text: str, room: int) -> tuple[str, list[str]]:
    """The text up to about `room` characters, and the words after it."""
    if len(text) <= room:
        return text, []
    words = _WORD.findall(text)
    used = 0
    for place, word in enumerate(words):
        used += len(word)
        if used > room:
            return "".join(words[:place]), words[place:]
    return text, []


def _count(words: Sequence[str]) -> int:
    return sum(1 for word in words if not word.isspace())
