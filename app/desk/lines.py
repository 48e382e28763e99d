"""The text of a snapshot as lines with the words marked that matter. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model import Document

BESIDE = 3  #: segments that are shown on each side of a quote


@dataclass(frozen=True, slots=True)
class Line:
    """One segment, with its number in the text. parts: the text in pieces, each with whether it is marked."""

    place: int
    kind: str
    parts: tuple[tuple[str, bool], ...]


def marked(document: Document, quotes: Iterable[tuple[int, str]], at_most: int) -> tuple[Line, ...]:
    """The first lines of a text. quotes: (number of the segment, words of it that are marked)."""
    wanted: dict[int, list[str]] = {}
    for place, quote in quotes:
        wanted.setdefault(place, []).append(quote)
    some = enumerate(document.segments[:at_most])
    return tuple(Line(place, one.kind, _parts(one.text, wanted.get(place, ()))) for place, one in some)


def around(document: Document, quote: str, there: int) -> tuple[Line, ...]:
    """The lines beside these words, with them marked. there: the number of the segment they stand in."""
    beside = range(max(0, there - BESIDE), min(len(document.segments), there + BESIDE + 1))
    segments = document.segments
    return tuple(
        Line(at, segments[at].kind, _parts(segments[at].text, [quote] if at == there else ()))
        for at in beside
    )


def _parts(text: str, quotes: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """The text in pieces: those of the quotes, and what is between them."""
    parts: list[tuple[str, bool]] = []
    done = 0
    for start, end in sorted(_spans(text, quotes)):
        if start >= done:
            parts += [(text[done:start], False), (text[start:end], True)]
            done = end
    return tuple(part for part in [*parts, (text[done:], False)] if part[0])


def _spans(text: str, quotes: Sequence[str]) -> Iterable[tuple[int, int]]:
    for quote in quotes:
        start = text.find(quote)
        if quote and start >= 0:
            yield start, start + len(quote)
