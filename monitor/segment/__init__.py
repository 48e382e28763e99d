"""Segments → sentences: where each one ends, which ordinal stands before it, which words govern it."""

from collections.abc import Iterator

from monitor.extract.ordinals import Series, introduces, ordinal_end, shape
from monitor.model import Document, Segment, Sentence
from monitor.segment.boundaries import ABBREVIATIONS, spans
from monitor.segment.fold import fold

__all__ = ["ABBREVIATIONS", "fold", "sentences"]

_GOVERNING_AT_MOST = 2_000  #: characters of a lead-in that each of its items is told


def sentences(document: Document, abbreviations: frozenset[str] = ABBREVIATIONS) -> tuple[Sentence, ...]:
    """Every sentence of a document, in order; each text is an exact substring of its segment's text.

    abbreviations: lower case, without the final full stop ("inc", "abs"). What holds no word is left out.
    """
    frames = _Frames(abbreviations)
    found: list[Sentence] = []
    for index, segment in enumerate(document.segments):
        found.extend(_of_segment(segment, index, len(found), frames))
    return tuple(found)


_CELLS = " | "  #: between the cells of a row


class _Frames:
    """The words that govern a segment, and their key; worked out once for each list of one document."""

    def __init__(self, abbreviations: frozenset[str]) -> None:
        self.abbreviations = abbreviations
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], str]] = {}
        self._governing: dict[str, tuple[str, str]] = {}

    def of(self, lead_ins: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        """(the governing sentence of each lead-in, their key)."""
        if lead_ins not in self._known:
            governing = [self._of_one(text) for text in lead_ins]
            frame = " ".join(key for _, key in governing if key)
            self._known[lead_ins] = tuple(text for text, _ in governing), frame
        return self._known[lead_ins]

    def _of_one(self, lead_in: str) -> tuple[str, str]:
        if lead_in not in self._governing:
            text = self._last_sentence(lead_in)[:_GOVERNING_AT_MOST]
            self._governing[lead_in] = text, fold(text)
        return self._governing[lead_in]

    def _last_sentence(self, text: str) -> str:
        if _CELLS in text:
            return text  # the header row of a table
        last = list(spans(text, self.abbreviations))[-1:]
        return text[ordinal_end(text, last[0].start) : last[0].end] if last else text


def _of_segment(segment: Segment, index: int, place: int, frames: _Frames) -> Iterator[Sentence]:
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
            yield Sentence(words, ordinal, segment.headings, lead_ins, segment.kind, index, place, key, frame)
            place += 1


def _without_dots(ordinal: str) -> str:
    """ "50.9.1" for "50.9.1. ", "(a)" for "(a) "; a bullet stays what it is."""
    mark = ordinal.strip(" |")
    return mark.rstrip(".:–— ") or mark
