"""One snapshot: what was asked and answered, what we read in it, and the page as captured, kept harmless."""

import re
from typing import Any

from starlette.responses import HTMLResponse, Response

from app.desk.door import READER, Door
from app.desk.lines import marked
from app.desk.reading import body_of, name_of, page_of, read, statements_of, whole
from app.desk.rendering import attachment, page
from app.desk.texts import texts
from app.desk.visit import NotFoundError, Visit
from app.evidence import suffix
from monitor.errors import ExtractError
from monitor.extract import sniff
from monitor.extract.encoding import decode
from monitor.extract.inert import inert
from monitor.model import Document, Fetch, Page
from monitor.store import Connection, fetches, snapshots
from monitor.store.snapshots import Snapshot

SEGMENTS, STATEMENTS = 2_000, 200  #: shown at most
_NUMBER = re.compile(r"[1-9][0-9]{0,14}")
_PNG = b"\x89PNG\r\n\x1a\n"
#: What a captured page may do: nothing; it has no origin, and nothing is loaded for it.
_CAGE = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_CAGED = {"Content-Security-Policy": _CAGE, "X-Content-Type-Options": "nosniff"}
_DOWNLOADED = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


def show(visit: Visit) -> Response:
    """The facts, the text, the page."""
    with visit.store.read() as conn:
        here = _asked(visit, conn)
        before, after = snapshots.beside(conn, here.fetch)
        stands_for = fetches.previous_body(conn, here.fetch) if here.fetch.status == 304 else None
    declared, is_watched = page_of(visit.home, here.fetch.page_id, here.fetch.requested_url)
    values: dict[str, Any] = {
        "here": here,
        "before": before,
        "after": after,
        "stands_for": stands_for,
        "is_watched": is_watched,
        "organization": declared.organization_id,
        "name": name_of(visit.home, declared.organization_id),
        "most": SEGMENTS,
    }
    return page(visit, "snapshot.html", values | _content(visit, here.fetch, declared))


def _content(visit: Visit, fetch: Fetch, declared: Page) -> dict[str, Any]:
    """What its body holds."""
    body = body_of(visit.store, fetch.body_sha256) if fetch.body_sha256 else b""
    text = read(visit.home, visit.store, fetch, declared) if body else None
    found = statements_of(visit.home, declared, text) if isinstance(text, Document) else ()
    quotes = [(one.sentence.segment, one.quote) for one in found]
    is_text = isinstance(text, Document)
    return {
        "is_damaged": body is None,
        "is_html": bool(body) and _kind(body or b"", fetch) == "text/html",
        "trouble": str(text) if isinstance(text, ExtractError) else "",
        "document": text if is_text else None,
        "lines": marked(text, quotes, SEGMENTS) if isinstance(text, Document) else (),
        "statements": found[:STATEMENTS],
        "statements_left_out": max(0, len(found) - STATEMENTS),
    }


def frame(visit: Visit) -> Response:
    """The captured page without anything that acts, in a cage besides."""
    with visit.store.read() as conn:
        fetch = _asked(visit, conn).fetch
    shown = _harmless(visit, fetch)
    return HTMLResponse(shown, headers=_CAGED)


def _harmless(visit: Visit, fetch: Fetch) -> str:
    """Only what the guarded reader has read without trouble is parsed in this process, too."""
    body = _body(visit, fetch.body_sha256)
    declared, _ = page_of(visit.home, fetch.page_id, fetch.requested_url)
    is_read = isinstance(read(visit.home, visit.store, fetch, whole(declared)), Document)
    if not is_read or _kind(body, fetch) != "text/html":
        raise NotFoundError(texts()("snapshots.no_frame"))
    _, _, charset = fetch.header("Content-Type").partition("charset=")
    try:
        return inert(decode(body, charset.split(";")[0].strip(" \"'")))
    except ExtractError:
        raise NotFoundError(texts()("snapshots.no_frame")) from None


def body(visit: Visit) -> Response:
    """The exact bytes, as a file."""
    with visit.store.read() as conn:
        fetch = _asked(visit, conn).fetch
    held = _body(visit, fetch.body_sha256)
    name = f"snapshot-{fetch.id}.{suffix(held, fetch)}"
    answer = attachment(held, name, "application/octet-stream")
    answer.headers.update(_DOWNLOADED)
    return answer


def screenshot(visit: Visit) -> Response:
    """The picture that was taken of a rendered page."""
    with visit.store.read() as conn:
        fetch = _asked(visit, conn).fetch
    held = _body(visit, fetch.screenshot_sha256) if fetch.screenshot_sha256 else b""
    if not held.startswith(_PNG):
        raise NotFoundError(texts()("snapshots.no_picture"))
    return Response(held, media_type="image/png", headers=_DOWNLOADED)


def _kind(body: bytes, fetch: Fetch) -> str:
    return sniff(body, fetch.final_url or fetch.requested_url, fetch.header("Content-Type"))


def _body(visit: Visit, sha256: str) -> bytes:
    """Raises NotFoundError where there is none, or not the one that was kept."""
    held = body_of(visit.store, sha256) if sha256 else None
    if held is None:
        raise NotFoundError(texts()("snapshots.damaged" if sha256 else "snapshots.no_body"))
    return held


def _asked(visit: Visit, conn: Connection) -> Snapshot:
    return snapshot_of(conn, visit.path["fetch"])


def snapshot_of(conn: Connection, said: str) -> Snapshot:
    """The snapshot of this number. Raises NotFoundError where there is none, and for what is no number."""
    found = snapshots.get(conn, int(said)) if _NUMBER.fullmatch(said) else {}
    if not found:
        raise NotFoundError(texts()("snapshots.none"))
    return found[int(said)]


DOORS = (
    Door("/snapshots/{fetch}", READER, show),
    Door("/snapshots/{fetch}/frame", READER, frame),
    Door("/snapshots/{fetch}/body", READER, body),
    Door("/snapshots/{fetch}/screenshot", READER, screenshot),
)
