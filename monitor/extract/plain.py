"""Plain text → Document: blank lines separate blocks, bullets and ordinals start items."""

from collections.abc import Iterator

from monitor.extract.ordinals import shape
from monitor.extract.outline import Outline
from monitor.model import Document

_SURE_BULLETS = frozenset("•▪◦‣●■∙*")
_FIRST = frozenset({"1.", "1)", "(1)", "a)", "(a)", "(i)", "A)", "(A)"})
_BEFORE_ITEM = (".", ":", ";", "?", "!", ",", "—", " and", " or")


def read(text: str) -> Document:
    """The document of a plain text. No headings: plain text does not tell them from short paragraphs."""
    outline = Outline()
    for block in _blocks(text):
        for piece in _pieces(block):
            outline.block(piece, "item" if shape(piece) else "paragraph")
    return Document(tuple(outline.segments))


def _blocks(text: str) -> Iterator[list[str]]:
    """Runs of lines that are not blank, each line's white space collapsed."""
    block: list[str] = []
    for line in text.splitlines():
        words = " ".join(line.split())
        if words:
            block.append(words)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _pieces(block: list[str]) -> Iterator[str]:
    """A block's paragraph and items: a wrapped line belongs to the line before it."""
    piece: list[str] = []
    for line in block:
        if piece and _starts_item(line, piece[0], piece[-1]):
            yield " ".join(piece)
            piece = []
        piece.append(line)
    yield " ".join(piece)


def _starts_item(line: str, first: str, previous: str) -> bool:
    """True when a line starts an item, rather than going on after "… as set out in section"."""
    mark = shape(line)
    if not mark:
        return False
    is_first = line.split(" ", 1)[0] in _FIRST
    return mark in _SURE_BULLETS or is_first or mark == shape(first) or previous.endswith(_BEFORE_ITEM)
