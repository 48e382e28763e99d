"""Blocks in reading order → segments, each with its heading trail and the lead-ins that govern it.

Every media type feeds the same Outline: headings, blocks, lists and table rows, as they come.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise

from monitor.extract.encoding import tidy
from monitor.extract.ordinals import DEEPEST, Series, governs, introduces, shape
from monitor.model import Segment

BOLD_LEVEL = 7  #: a line all in bold ranks below h6
_HEADING_AT_MOST = 1_000  #: characters of a heading that what stands below it is told
_TITLE_WORDS = 18  #: at most, in a line that is set like a heading and is none
_ROW_HEADER = 100  #: characters of a first cell that heads its row
_ROW_BLOCKS = 30  #: blocks in such a row; more is a layout, not a row


@dataclass(slots=True)
class _Level:
    """One open list (or the page): the lead-ins its items inherit."""

    lead_ins: tuple[str, ...] = ()
    header: tuple[str, ...] = ()  #: the header row of an open table
    series: Series = field(default_factory=Series)
    closed: tuple[str, ...] | None = None  #: lead-ins of a list that ended just here

    @property
    def all_lead_ins(self) -> tuple[str, ...]:
        return self.lead_ins + self.header + self.series.lead_ins


@dataclass(slots=True)
class _Row:
    """An open table row: where its cells end among the segments."""

    start: int
    depth: int  #: lead-ins that govern the whole row
    ends: list[int] = field(default_factory=list)
    is_header: bool = True


class Outline:
    """Collects the segments of one document."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._trail: list[tuple[int, str]] = []
        self._headings: tuple[str, ...] = ()  # the words of the trail, shared by all segments below it
        self._levels = [_Level()]
        self._rows: list[_Row] = []
        self._intro = ""  # what would introduce a list that opens now
        self._title = ""  # a short line with no full stop, right before a "… :" that introduces a list

    # ------------------------------------------------------------------ blocks

    def heading(self, level: int, text: str) -> None:
        """A heading: 1 is the highest. It ends all headings of its level and below."""
        text = tidy(text)
        while self._trail and self._trail[-1][0] >= level:
            self._trail.pop()
        self._headings = tuple(above for _, above in self._trail)
        self._append(text, "heading", ())
        self._trail.append((level, text[:_HEADING_AT_MOST]))
        self._headings = (*self._headings, text[:_HEADING_AT_MOST])
        self._intro = ""
        self._levels[-1].series = Series()
        self._levels[-1].closed = None

    def block(self, text: str, kind: str = "paragraph") -> None:
        """A paragraph, item, cell or quote. A numbered paragraph after "… :" is an item of it."""
        text = tidy(text)
        level = self._levels[-1]
        intro = self._intro if introduces(self._intro) else ""
        inherited = level.series.advance(shape(text), intro)
        if kind == "paragraph" and inherited:
            kind = "item"
        self._append(text, kind, level.all_lead_ins)
        is_titled = kind == "paragraph" and introduces(text) and _is_title(self._intro)
        self._title = self._intro if is_titled else ""
        self._intro = text
        level.closed = None

    def section(self) -> None:
        """A part of the page starts or ends: only "… :" still introduces what follows."""
        if not introduces(self._intro):
            self._intro = ""
        self._levels[-1].closed = None

    # ------------------------------------------------------------------ lists

    def open_list(self) -> None:
        """A list: the block right before it is its lead-in, unless it is a finished sentence that does not
        point at what follows; a list right after a list shares that one's."""
        level = self._levels[-1]
        lead_ins = level.all_lead_ins
        if self._intro and governs(self._intro):
            title = (self._title,) if self._title else ()
            lead_ins = (*lead_ins, *title, self._intro)[-DEEPEST:]
        elif level.closed is not None:
            lead_ins = level.closed
        self._levels.append(_Level(lead_ins))
        self._intro = ""

    def close_list(self) -> None:
        """The list ends, and so does what introduced it."""
        if len(self._levels) > 1:
            closed = self._levels.pop()
            self._levels[-1].closed = closed.lead_ins
        self._intro = ""

    def open_item(self) -> None:
        """The next item of the open list: it does not follow from the item before it."""
        self._intro = ""
        self._levels[-1].series = Series()

    # ------------------------------------------------------------------ tables

    def open_table(self) -> None:
        """A table: "… :" before it governs every row, and so will its header row."""
        self.section()
        self.open_list()

    def open_row(self) -> None:
        """A row of the open table."""
        self._rows.append(_Row(len(self.segments), len(self._levels[-1].all_lead_ins)))

    def close_cell(self, *, is_header: bool) -> None:
        """A cell of the open row ends here."""
        if self._rows:
            self._rows[-1].ends.append(len(self.segments))
            self._rows[-1].is_header &= is_header
        self._intro = ""

    def close_row(self) -> None:
        """Plain cells become one segment; cells that hold blocks stay, under the first cell."""
        if not self._rows:
            return
        row = self._rows.pop()
        cells = [self.segments[start:end] for start, end in pairwise([row.start, *row.ends])]
        if all(_is_plain(cell) for cell in cells):
            self._join_row(row, [cell[0] for cell in cells if cell])
        elif _heads_row(cells):
            self._put_under(row, cells[0][0].text, row.ends[0])
        self._intro = ""

    def _join_row(self, row: _Row, cells: list[Segment]) -> None:
        if not cells:
            return
        text = " | ".join(cell.text for cell in cells)
        lead_ins = cells[0].lead_ins
        if row.is_header and len(cells) > 1:
            level = self._levels[-1]
            lead_ins, level.header = level.lead_ins, (text,)
        self.segments[row.start : row.ends[-1]] = [replace(cells[0], text=text, lead_ins=lead_ins)]

    def _put_under(self, row: _Row, header: str, first: int) -> None:
        for index in range(first, len(self.segments)):
            segment = self.segments[index]
            inner = segment.lead_ins[row.depth :]
            lead_ins = (*segment.lead_ins[: row.depth], header, *inner)[-DEEPEST:]
            self.segments[index] = replace(segment, lead_ins=lead_ins)

    # ------------------------------------------------------------------ segments

    def _append(self, text: str, kind: str, lead_ins: tuple[str, ...]) -> None:
        self.segments.append(Segment(text, kind, self._headings, lead_ins))


def _is_plain(cell: list[Segment]) -> bool:
    return len(cell) <= 1 and all(segment.kind == "cell" for segment in cell)


def _heads_row(cells: list[list[Segment]]) -> bool:
    """True when a short first cell names what the rest of the row is about."""
    first, rest = cells[0], [segment for cell in cells[1:] for segment in cell]
    is_short = len(first) == 1 and _is_plain(first) and len(first[0].text) <= _ROW_HEADER
    return is_short and len(rest) <= _ROW_BLOCKS and all(segment.kind != "heading" for segment in rest)


def _is_title(text: str) -> bool:
    """A short line that no full stop ends: "Do not use it for surveillance"."""
    return 0 < len(text.split()) <= _TITLE_WORDS and text[-1:].isalnum()
