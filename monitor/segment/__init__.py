"""Segments → sentences: where each one ends, which ordinal stands before it, which words govern it."""

from collections.abc import Iterator

from monitor.extract.ordinals import Series, introduces, ordinal_end, shape
from monitor.model import Document, Segment, Sentence
from monitor.segment.boundaries import ABBREVIATIONS, spans
from monitor.segment.fold import fold

__all__ = ["ABBREVIATIONS", "fold", "sentences"]


def sentences(document: Document, abbreviations: frozenset[str] = ABBREVIATIONS) -> tuple[Sentence, ...]:
    """Every sentence of a document, in order; each text is an exact substring of its segment's text.

    abbreviations: lower case, without the final full stop ("inc", "abs"). What holds no word is left out.
    """
    frames = _Frames(abbreviations)
    found: list[Sentence] = []
    for index, segment in enumerate(document.segments):
        found.extend(_of_segment(segment, index, frames))
    return tuple(found)


class _Frames:
    """The words that govern a segment, and their key; worked out once for each list of one document."""

    def __init__(self, abbreviations: frozenset[str]) -> None:
        self.abbreviations = abbreviations
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], str]] = {}

    def of(self, lead_ins: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        """(the governing sentence of each lead-in, their key)."""
        if lead_ins not in self._known:
            governing = tuple(self._last_sentence(text) for text in lead_ins)
            self._known[lead_ins] = governing, fold(" ".join(governing))
        return self._known[lead_ins]

    def _last_sentence(self, text: str) -> str:
        last = list(spans(text, self.abbreviations))[-1:]
        return text[ordinal_end(text, last[0].start) : last[0].end] if last else text


def _of_segment(segment: Segment, index: int, frames: _Frames) -> Iterator[Sentence]:
    text = segment.text
    series, intro = Series(), ""
    for span in spans(text, frames.abbreviations):
        start = min(ordinal_end(text, span.start), span.end)
        mark = shape(text, span.start) if start > span.start else ""
        inner = series.advance(mark, intro)
        words = text[start : span.end]
        intro = words if span.opens_series or introduces(words) else ""
        key = fold(words)
        if key:
            ordinal = _without_dots(text[span.start : start]) if mark else ""
            lead_ins, frame = frames.of(segment.lead_ins + inner if inner else segment.lead_ins)
            yield Sentence(words, ordinal, segment.headings, lead_ins, segment.kind, index, key, frame)


def _without_dots(ordinal: str) -> str:
    """ "50.9.1" for "50.9.1. ", "(a)" for "(a) "; a bullet stays what it is."""
    mark = ordinal.strip(" |")
    return mark.rstrip(".:–— ") or mark
