"""Markdown (GitHub's, with tables) → HTML → Document."""

import cmarkgfm
from cmarkgfm.cmark import Options

from monitor.errors import ExtractError
from monitor.extract.html import read as read_html
from monitor.model import Document

MAX_MARKUP = 64 * 1024 * 1024  #: characters of HTML; a run of ">" becomes thirty times longer


def read(text: str) -> Document:
    """The document of a Markdown text. Raises ExtractError as HTML does."""
    markup = cmarkgfm.markdown_to_html_with_extensions(
        text, options=Options.CMARK_OPT_UNSAFE, extensions=["table", "strikethrough"]
    )
    if len(markup) > MAX_MARKUP:
        raise ExtractError("too_large", f"the text becomes {len(markup):,} characters of HTML")
    return read_html(markup)
