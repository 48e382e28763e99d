"""What a paper is made of. Everything in it is text to be shown as it is: no markup, in any format."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

Cell = str | int | float | date | datetime | None  #: times are UTC; None is an empty cell


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences. soft: of less weight, as a remark on method."""

    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list, each entry a sentence or two. numbered: the order counts."""

    entries: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    """Exact words. above: the headings and lines that govern them; source: who, where and when."""

    quote: str
    source: str
    above: tuple[str, ...] = ()
    mark: str = ""  #: how it stands, in a word or two: "standing", "weaker"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what is said under each."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. name: short and without spaces, of the sheet; empty: said where there is no row.

    is_index: what stands in the first column are names, such as E12, by which the rest of the paper points to
    the rows; each once, of letters and digits.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing."
    is_index: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture. svg: ours alone, with no word from outside that is not escaped; alt: the same in words."""

    svg: str
    alt: str
    caption: str = ""


Block = Paragraph | Items | Quotation | Facts | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a heading. id: letters, digits and hyphens, once in the paper. level: 1, or 2 below one."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. facts: of the cover; note: one sentence below the last line of every format."""

    title: str
    subtitle: str
    facts: Facts
    sections: tuple[Section, ...]
    note: str = ""
    language: str = "en"


def tables_of(paper: Paper) -> Sequence[Table]:
    """Every table of it, in order."""
    return [block for section in paper.sections for block in section.blocks if isinstance(block, Table)]
