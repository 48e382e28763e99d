"""How much of everything a message shows, so that no mail is ever too large for its reader. Pure.

Sizes are bytes as they stand in the HTML (see alerts/marking.py). What is left out is counted, never hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from alerts.marking import size, start, visible

MAIL_BYTES = 100_000  #: mail clients cut what is longer

_STEPS = 16
_FEWER, _SHORTER = 0.7, 0.9  # what a step leaves of each count, and of the length of a line

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is shown at most."""

    passages: int = 12
    room: int = 20_000  #: bytes of the words of all passages, on each side
    changes: int = 4  #: of one passage
    reasons: int = 6  #: of one change
    entries: int = 20  #: of a list in an alert
    lines: int = 1_000  #: of a notice
    sections: int = 200
    items: int = 200  #: of one section
    line: int = 480  #: bytes of any other text

    def at(self, step: int) -> "Limits":
        """So many steps further down; nothing falls below one."""

        def fewer(most: int) -> int:
            return max(1, int(most * _FEWER**step))

        return Limits(
            passages=fewer(self.passages),
            room=fewer(self.room),
            changes=fewer(self.changes),
            reasons=fewer(self.reasons),
            entries=fewer(self.entries),
            lines=fewer(self.lines),
            sections=fewer(self.sections),
            items=fewer(self.items),
            line=max(1, int(self.line * _SHORTER**step)),
        )


#: From what nearly every message needs down to what always fits.
LADDER = tuple(Limits().at(step) for step in range(_STEPS))


def first(some: Sequence[One], most: int) -> tuple[tuple[One, ...], int]:
    """The first `most` of them, and how many are left out."""
    return tuple(some[:most]), max(0, len(some) - most)


def line(text: str, most: int) -> str:
    """The text on one line, with nothing in it that could act; "…" stands for what does not fit."""
    stripped = text.strip()
    words = " ".join(stripped[: 20 * most].split())
    if len(stripped) <= 20 * most and size(words) <= most:
        return visible(words)
    return visible(start(words, most)).rstrip() + "…"
