"""A paper as Markdown (with GitHub's tables). Words from outside stay words: no markup, no links."""

import re
from collections.abc import Iterable, Iterator

from alerts.marking import visible
from app.papers.cells import said, sorts
from app.papers.paper import Block, Facts, Items, Paper, Paragraph, Quotation, Table

#: Signs that mean something inside a line.
_INSIDE = re.compile(
    r"[\\`*\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|:(?=//|[a-z][\w+-]*:)|(?<=[wW]{3})\.|@(?=\w)"
)
#: And at the start of one: headings, lists, rules, underlines of headings.
_AT_START = re.compile(r"(#{1,6}(?=\s|$)|[-+=])|(\d{1,9})([.)])(?=\s|$)")
_ADDRESS = re.compile(r"(?<=\w)\\@(?=\w)")  #: of a mail: a link even behind a backslash


def markdown_of(paper: Paper) -> str:
    """The whole text, with one line end at its end. The same for the same paper."""
    parts = [f"# {_line(paper.title)}", _text(paper.subtitle), _facts(paper.facts)]
    for section in paper.sections:
        parts.append(f"{'#' * (section.level + 1)} {_line(section.title)}")
        parts += [_block(block) for block in section.blocks]
    if paper.note:
        parts += ["---", _text(paper.note)]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(line: str) -> str:
    """One line of words as Markdown that shows just them."""
    text = _INSIDE.sub(lambda sign: f"\\{sign[0]}", " ".join(visible(line).split()))
    return _ADDRESS.sub(r"\\@<!-- -->", _start(text))


def _start(text: str) -> str:
    at = _AT_START.match(text)
    if not at:
        return text
    return (f"\\{at[1]}" if at[1] else f"{at[2]}\\{at[3]}") + text[at.end() :]


def _line(text: str) -> str:
    """All of it in one line, as headings and cells are."""
    return escaped(text)


def _text(text: str) -> str:
    """Line by line, as it was."""
    return "\\\n".join(line for line in map(escaped, text.split("\n")) if line)


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _text(block.text)
    if isinstance(block, Items):
        return "\n".join(_items(block))
    if isinstance(block, Quotation):
        return _quotation(block)
    if isinstance(block, Facts):
        return _facts(block)
    if isinstance(block, Table):
        return _table(block)
    return _text(f"Picture: {block.caption}. {block.alt}" if block.caption else f"Picture: {block.alt}")


def _items(block: Items) -> Iterator[str]:
    for number, entry in enumerate(block.entries, 1):
        mark = f"{number}. " if block.numbered else "- "
        yield mark + _text(entry).replace("\n", f"\n{' ' * len(mark)}")


def _facts(block: Facts) -> str:
    return "\n".join(f"- **{_line(name)}:** {_line(text)}" for name, text in block.pairs)


def _quotation(block: Quotation) -> str:
    """The quote as a block of its own; what governs it, how it stands and where it is from around it."""
    above = " › ".join(block.above)
    lead = ": ".join(part for part in (block.mark, above) if part)
    quote = "> " + _text(block.quote).replace("\n", "\n> ")
    return "\n\n".join(part for part in (_text(lead), quote, _text(block.source)) if part)


def _table(table: Table) -> str:
    if not table.rows:
        return f"**{_line(table.caption)}:** {_line(table.empty)}"
    rules = ("---:" if sort == "number" else "---" for sort in sorts(table))
    lines = [_row(map(_line, table.columns)), _row(rules)]
    lines += [_row(_line(said(cell)) for cell in row) for row in table.rows]
    return f"**{_line(table.caption)}**\n\n" + "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
