"""PDF → Document: the text of all pages, its lines joined to paragraphs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2  # type: ignore[import-untyped]

from monitor.errors import ExtractError
from monitor.extract.plain import read as read_plain
from monitor.model import Document

MAX_PAGES = 2_000
MAX_TEXT = 16 * 1024 * 1024  #: characters

_END = b"%%EOF"
_NEAR_END = 2_048  # bytes
_EDGE = 3  # lines at the head and the foot of a page that may be running headers
_FEW_PAGES = 3  # with fewer, nothing repeats
_PAGE_NUMBER = re.compile(
    r"[-–— ]*(page |seite |página )?\d{1,4}( (of|von|de|sur) \d{1,4}| ?/ ?\d{1,4})?[-–— ]*", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
# PDFium marks a broken word with U+FFFE. The look behind: a megabyte of letters is tried once, not at each.
_BROKEN_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-\u00ad\u2010\x02\ufffe]$")
_WORD_START = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_ENDS = (".", ":", ";", "?", "!")
_FULL_LINE = 0.8  # of the longest line: a line that ends earlier ends its paragraph


def read(body: bytes) -> Document:
    """The document of a PDF.

    Raises ExtractError: unsupported (damaged, encrypted), empty (a scan) or too_large.
    """
    pages = _without_running_lines([_lines(text) for text in _page_texts(body)])
    lines = [line for page in pages for line in page]
    if not lines:
        raise ExtractError(
            "empty", "the PDF holds no text (a scan?); text recognition is not part of this program"
        )
    return replace(read_plain(_paragraphs(lines)), has_end=_END in body[-_NEAR_END:])


def _page_texts(body: bytes) -> list[str]:
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        raise ExtractError("unsupported", f"the PDF cannot be opened: {error}") from None
    try:
        if len(document) > MAX_PAGES:
            raise ExtractError(
                "too_large", f"the PDF has {len(document):,} pages; at most {MAX_PAGES:,} are read"
            )
        return list(_texts(document))
    except pypdfium2.PdfiumError as error:
        raise ExtractError("unsupported", f"a page of the PDF cannot be read: {error}") from None
    finally:
        document.close()


def _texts(document: pypdfium2.PdfDocument) -> Iterator[str]:
    size = 0
    for index in range(len(document)):
        page = document[index]
        textpage = page.get_textpage()
        text = textpage.get_text_range()
        textpage.close()
        page.close()
        size += len(text)
        if size > MAX_TEXT:
            raise ExtractError("too_large", f"the PDF holds more than {MAX_TEXT:,} characters")
        yield text


def _lines(text: str) -> list[str]:
    """The lines of a page; a word that PDFium saw broken has kept its mark and its line end."""
    marked = text.replace("\ufffe", "\ufffe\n").replace("\x02", "\x02\n")
    return [words for line in marked.splitlines() if (words := " ".join(line.split()))]


# ---------------------------------------------------------------------- running headers and page numbers


def _without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    counts = Counter(line for page in pages for line in {_bare(line) for line in _edges(page)})
    often = len(pages) * 0.6
    running = {line for line, count in counts.items() if len(pages) >= _FEW_PAGES and count > often}
    return [_without_edges(page, running) for page in pages]


def _edges(page: list[str]) -> list[str]:
    return page[:_EDGE] + page[-_EDGE:]


def _bare(line: str) -> str:
    return _DIGITS.sub("#", line)


def _without_edges(page: list[str], running: set[str]) -> list[str]:
    last = len(page) - _EDGE
    return [
        line
        for index, line in enumerate(page)
        if not ((index < _EDGE and _bare(line) in running) or (index >= last and _ends_page(line, running)))
    ]


def _ends_page(line: str, running: set[str]) -> bool:
    return _bare(line) in running or _PAGE_NUMBER.fullmatch(line) is not None


# ---------------------------------------------------------------------- lines to paragraphs


def _paragraphs(lines: list[str]) -> str:
    """Lines as plain text: a blank line where a paragraph ends, broken words made whole."""
    whole = _mended(lines)
    width = max(map(len, whole)) * _FULL_LINE
    out: list[str] = []
    for line in whole:
        if out and _ends_paragraph(out[-1], line, width):
            out.append("")
        out.append(line)
    return "\n".join(out)


def _ends_paragraph(line: str, following: str, width: float) -> bool:
    ends_early = len(line) < width
    return ends_early and (line.endswith(_SENTENCE_ENDS) or following[0].isupper())


def _mended(lines: list[str]) -> list[str]:
    known = Counter(word.lower() for line in lines for word in _WORD.findall(line))
    out: list[list[str]] = []  # what each line is joined from
    for line in lines:
        broken = _BROKEN_WORD.search(out[-1][-1]) if out else None
        start = _WORD_START.match(line)
        if broken and start and line[0].islower():
            hyphen = _hyphen(broken[1].lower(), start[0].lower(), known)
            out[-1][-1:] = [out[-1][-1][:-1] + hyphen, line]
        else:
            out.append([line])
    return ["".join(parts).replace("\ufffe", "-").replace("\x02", "-") for parts in out]


def _hyphen(left: str, right: str, known: Counter[str]) -> str:
    """A hyphen where the document elsewhere writes the compound with one, or both halves as words."""
    if known[left + right]:
        return ""
    if known[f"{left}-{right}"]:
        return "-"
    return "-" if known[left] > 1 and known[right] > 1 else ""
