"""A stored body → the text that its page declares, with today's code."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol

from monitor.errors import ExtractError
from monitor.extract import extract as extract_here
from monitor.extract import sniff
from monitor.model import Document, Fetch, Page


class Extract(Protocol):
    """From bytes to text: `monitor.extract.extract` in this process, or `Reader.extract` in a guarded one."""

    def __call__(
        self,
        body: bytes,
        media_type: str,
        *,
        charset: str = "",
        select: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> Document:
        """The text of a body. Raises ExtractError."""


#: `read_document` in this process, or `Reader.read` in a guarded one.
Read = Callable[[bytes, Fetch, Page], Document | ExtractError]


def read_document(
    body: bytes, fetch: Fetch, page: Page, extract: Extract = extract_here
) -> Document | ExtractError:
    """The text of a body as its page declares it; the trouble as a value."""
    declared = fetch.header("Content-Type")
    kind = sniff(body, fetch.final_url or fetch.requested_url, declared)
    try:
        return extract(body, kind, charset=_charset(declared), select=page.select, remove=page.remove)
    except ExtractError as trouble:
        return trouble


def text_sha256(document: Document) -> str:
    """The SHA-256 of the extracted text (UTF-8)."""
    return sha256(document.text.encode("utf-8", "replace")).hexdigest()


def _charset(content_type: str) -> str:
    _, _, rest = content_type.partition("charset=")
    return rest.split(";")[0].strip(" \"'")
