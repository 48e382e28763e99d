"""Texts of snapshots for the pages of the desk: read behind the same guard as ever, remembered a while."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from threading import Lock

from app.desk.memory import Memory
from app.home import Home
from monitor.access import primary
from monitor.compare import statements_in
from monitor.errors import ExtractError, StoreError
from monitor.lexicon import Lexicon
from monitor.model import Document, Fetch, Page, Role, Statement
from monitor.reading import Read
from monitor.store import Store

REMEMBERED = 24  #: texts, the last ones that were asked for
_LOOKED_THROUGH = 8  # texts whose statements are remembered: a text of megabytes takes seconds
_CHARACTERS = 300_000  # of a text that is worth remembering


@dataclass
class _Texts:
    """What bodies say, by what decides it: the bytes, how they were declared, which parts are asked for."""

    one_at_a_time: Lock = field(default_factory=Lock)  # the guarded reader answers one thread at a time
    known: OrderedDict[Hashable, Document | ExtractError] = field(default_factory=OrderedDict)

    def of(self, home: Home, body: bytes, fetch: Fetch, page: Page) -> Document | ExtractError:
        where = fetch.final_url or fetch.requested_url
        key = (fetch.body_sha256, fetch.header("Content-Type"), where, page.select, page.remove)
        with self.one_at_a_time:
            text = self.known.get(key) or home.rules.read(body, fetch, page)
            if isinstance(text, ExtractError) or len(text.text) <= _CHARACTERS:
                self.known[key] = text
                self.known.move_to_end(key)
            if len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        return text


_TEXTS = _Texts()
_STATEMENTS = Memory[tuple[Statement, ...]](_LOOKED_THROUGH)


def body_of(store: Store, sha256: str) -> bytes | None:
    """The bytes of a body, checked against their SHA-256; None where they are missing or damaged."""
    try:
        return store.blobs.get(sha256)
    except StoreError:
        return None


def text_of(home: Home, store: Store, fetch: Fetch, page: Page) -> Document | None:
    """What a snapshot says, read as the page declares it; None where there is no text to be had of it."""
    text = read(home, store, fetch, page)
    return text if isinstance(text, Document) else None


def read(home: Home, store: Store, fetch: Fetch, page: Page) -> Document | ExtractError | None:
    """The same, or why it could not be read; None without a whole body."""
    body = body_of(store, fetch.body_sha256) if fetch.body_sha256 else None
    return None if body is None else _TEXTS.of(home, body, fetch, page)


def page_of(home: Home, page_id: str, url: str) -> tuple[Page, bool]:
    """The page as it is declared today, and whether it is; else a page of this id, read as a whole."""
    found = next((one for one in home.watchlist.pages if one.id == page_id), None)
    return found or Page(page_id, page_id.partition("/")[0], url, Role.POLICY), found is not None


def name_of(home: Home, organization: str) -> str:
    """What the watchlist calls this organization (its id); the id where it is not on it."""
    names = {one.id: one.name for one in home.watchlist.organizations}
    return names.get(organization, organization)


def whole(page: Page) -> Page:
    """The page without a choice of its parts."""
    return replace(page, select=(), remove=())


def lexicon_of(home: Home, page: Page) -> Lexicon | None:
    """The words of its language; None where we have none."""
    language = primary(page.language)
    return home.rules.lexicons.get(language)


def statements_of(home: Home, page: Page, document: Document) -> tuple[Statement, ...]:
    """The statements in a text, remembered as the texts are; none in a language without words of ours."""
    lexicon = lexicon_of(home, page)
    if lexicon is None:
        return ()
    return _STATEMENTS.get((document, lexicon.sha256), lambda: statements_in(document, lexicon))


def reader_of(home: Home) -> Read:
    """Reads bodies for one after the other, whichever threads ask."""
    return lambda body, fetch, page: _TEXTS.of(home, body, fetch, page)
