"""Two texts side by side, sentence by sentence: which stretches stayed and which changed. Pure.

For people to look at. What a change means is another question, and monitor.compare answers it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

PAIRS_AT_MOST = 100_000_000  #: sentences before × after that are put in order; beyond, all between is changed


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences that stand together. Where they are the same on both sides, `before` equals `after`."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed here."""
        return self.before == self.after


def redline(old: Sequence[str], new: Sequence[str]) -> tuple[Stretch, ...]:
    """The stretches in order, same and changed by turns: joined, their sides give `old` and `new`."""
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    middle = _middle(old[start : len(old) - end], new[start : len(new) - end])
    head, tail = old[:start], old[len(old) - end :]
    every = [Stretch(tuple(head), tuple(head)), *middle, Stretch(tuple(tail), tuple(tail))]
    return tuple(_joined(one for one in every if one.before or one.after))


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many are the same from the start."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    if len(old) * len(new) > PAIRS_AT_MOST:
        yield Stretch(tuple(old), tuple(new))
        return
    ids: dict[str, int] = {}
    a, b = ([ids.setdefault(one, len(ids)) for one in side] for side in (old, new))
    for step in Indel.opcodes(a, b):
        yield Stretch(tuple(old[step.src_start : step.src_end]), tuple(new[step.dest_start : step.dest_end]))


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """With neighbours of one kind as one."""
    last: Stretch | None = None
    for one in stretches:
        if last is not None and last.is_same == one.is_same:
            last = Stretch(last.before + one.before, last.after + one.after)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
