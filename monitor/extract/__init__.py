"""From the bytes of a snapshot to a Document: one module per media type.

`extract` chooses the module, `sniff` says what the bytes are. The libraries that read HTML, Markdown and
PDF are imported only by the module that needs them, when it is needed.
"""

from collections.abc import Sequence
from dataclasses import replace

from monitor.errors import ExtractError
from monitor.extract.encoding import decode
from monitor.extract.media_type import BINARY, is_binary, sniff
from monitor.model import Document

MAX_BYTES = 8 * 1024 * 1024  #: a longer body is refused

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_MARKDOWN = frozenset({"text/markdown", "text/x-markdown"})
_PLAIN = frozenset({"text/plain"})
_PDF = frozenset({"application/pdf", "application/x-pdf"})

__all__ = ["BINARY", "MAX_BYTES", "extract", "selector_problem", "sniff"]


def extract(
    body: bytes,
    media_type: str,
    *,
    charset: str = "",
    select: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> Document:
    """The text of a body, segment by segment.

    media_type: text/html, application/xhtml+xml, text/markdown, text/plain or application/pdf.
    charset: as the HTTP header declared it, or "". select, remove: CSS selectors, for HTML alone.
    Raises ExtractError: empty (nothing to read), too_large or unsupported.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if len(body) > MAX_BYTES:
        raise ExtractError(
            "too_large", f"the body has {len(body):,} bytes; at most {MAX_BYTES:,} bytes are read"
        )
    if not body.strip():
        raise ExtractError("empty", "the body is empty")
    document = _read(body, kind, charset, select, remove)
    if not document.segments:
        raise ExtractError("empty", f"the body ({kind}, {len(body):,} bytes) holds no text")
    return replace(document, media_type=kind)


def selector_problem(selector: str) -> str:
    """What is wrong with a CSS selector, as one sentence; "" when it is good."""
    from monitor.extract.html import selector_problem as problem

    return problem(selector)


def _read(body: bytes, kind: str, charset: str, select: Sequence[str], remove: Sequence[str]) -> Document:
    if kind in _PDF:
        from monitor.extract.pdf import read as read_pdf

        return read_pdf(body)
    if kind not in _HTML | _MARKDOWN | _PLAIN:
        raise ExtractError("unsupported", f"no text can be read from {kind or 'an unknown media type'}")
    if is_binary(body):
        raise ExtractError("unsupported", f"the body is declared as {kind}, but holds binary content")
    return _read_text(decode(body, charset), kind, select, remove)


def _read_text(text: str, kind: str, select: Sequence[str], remove: Sequence[str]) -> Document:
    if kind in _HTML:
        from monitor.extract.html import read as read_html

        return read_html(text, select=select, remove=remove)
    if kind in _MARKDOWN:
        from monitor.extract.markdown import read as read_markdown

        return read_markdown(text)
    from monitor.extract.plain import read as read_plain

    return read_plain(text)
