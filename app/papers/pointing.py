"""Where a paper points to a row of one of its tables by name, as by E12: there a page can link. Pure."""

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

from alerts.marking import visible
from app.papers.cells import said
from app.papers.paper import Cell, Paper, tables_of

_NAME = re.compile(r"[A-Za-z]+[0-9]+")
#: Exact words of somebody else, which point to nothing here, or a name.
_QUOTE_OR_NAME = re.compile(r"“[^”]*”|(?<![\w-])[A-Za-z]+[0-9]+(?![\w-])")
#: A cell that points: names, each with a remark of ours behind it or none.
_POINTERS = re.compile(r"[A-Za-z]+[0-9]+(?:, [a-z ]+)?(?:; [A-Za-z]+[0-9]+(?:, [a-z ]+)?)*")


def names_of(paper: Paper) -> frozenset[str]:
    """Every name of a row that the paper may point to."""
    tables = (one for one in tables_of(paper) if one.is_index)
    names = (said(row[0]) for one in tables for row in one.rows)
    return frozenset(name for name in names if _NAME.fullmatch(name))


def anchor(name: str) -> str:
    """The id of the row of this name."""
    return f"row-{name}"


def linking(names: frozenset[str]) -> Callable[[str], Markup]:
    """Text as HTML, with a link wherever one of these names stands outside of quotation marks."""

    def linked(text: str) -> Markup:
        return Markup("").join(_parts(text, names))

    return linked


def cells_linking(names: frozenset[str]) -> Callable[[Cell], Markup]:
    """The same for cells that hold nothing but names; others may be exact words."""
    linked = linking(names)

    def cell_linked(cell: Cell) -> Markup:
        text = said(cell)
        return linked(text) if _POINTERS.fullmatch(text) else escape(text)

    return cell_linked


def _parts(words: str, names: frozenset[str]) -> Iterator[Markup]:
    end, text = 0, visible(words)
    for found in _QUOTE_OR_NAME.finditer(text):
        if found[0] in names:
            yield escape(text[end : found.start()])
            yield Markup('<a href="#{}">{}</a>').format(anchor(found[0]), found[0])
            end = found.end()
    yield escape(text[end:])
