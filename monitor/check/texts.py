"""The fetches of one page and the texts in them, each asked for once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from monitor.access import MARKUP_BYTES
from monitor.asides import probe_id
from monitor.errors import ExtractError
from monitor.model import Access, Document, Fetch, Page, Reading
from monitor.reading import Read
from monitor.store import Connection, Store, fetches, readings

Text = Document | ExtractError | None
_CURRENT = timedelta(days=7)  #: so old a text of another page still counts …
_GONE_FOR_GOOD = timedelta(days=3)  #: … but not so old where the page is gone since
_BODIES_KEPT, _TEXTS_KEPT = 4, 32  #: the newest that were asked for
_LONGEST = fetches.FULL_FETCH_EVERY + timedelta(days=1)


def _is_current(good: Reading, last: Reading, at: datetime) -> bool:
    """Whether what was read then still stands at this time, for all that we know."""
    patience = _GONE_FOR_GOOD if last.access is Access.GONE else _CURRENT
    return at - good.at <= patience


_Remembered = tuple[Callable[[str], bytes], Callable[[Fetch, Page], Text]]


def _remembering(store: Store, read: Read) -> _Remembered:
    """Bodies by their SHA-256, and their texts as a declaration wants them; only a few are held."""
    body = lru_cache(_BODIES_KEPT)(store.blobs.get)

    def text(fetch: Fetch, page: Page) -> Text:
        return read(body(fetch.body_sha256), fetch, page) if fetch.body_sha256 else None

    return body, lru_cache(_TEXTS_KEPT)(text)


class Texts:
    """What the store holds of one page, within one transaction; every text is read with today's code."""

    def __init__(self, store: Store, conn: Connection, page: Page, read: Read) -> None:
        self.conn, self.page = conn, page
        self._fetches: dict[int, Fetch] = {}
        self._body, self._read_as = _remembering(store, read)

    def fetch(self, fetch_id: int) -> Fetch:
        """A fetch by its id."""
        if fetch_id not in self._fetches:
            self._fetches[fetch_id] = fetches.get(self.conn, fetch_id)
        return self._fetches[fetch_id]

    def with_body(self, fetch: Fetch) -> Fetch:
        """The fetch whose body this one stands for: itself, or the one that a 304 refers to."""
        return (fetches.previous_body(self.conn, fetch) or fetch) if fetch.status == 304 else fetch

    def is_stale(self, fetch: Fetch) -> bool:
        """A 304 that refers to a body so old that the whole page was asked for: it proves nothing."""
        body = self.with_body(fetch)
        return fetch.status == 304 and fetch.started_at - body.started_at > _LONGEST

    def body(self, fetch: Fetch) -> bytes:
        """The bytes of its body, b"" where it has none."""
        return self._body(fetch.body_sha256) if fetch.body_sha256 else b""

    def of(self, fetch: Fetch) -> Text:
        """The part of a fetch that the page's declaration wants; why there is none; None without a body."""
        return self._read_as(fetch, self.page)

    def whole(self, fetch: Fetch) -> Document | None:
        """The text of the whole answer, where the part that we watch is not in it."""
        text = self._whole_text(fetch)
        return text if isinstance(text, Document) else None

    def markup(self, fetch: Fetch) -> str:
        """The beginning of the body as it came, for marks that no reader sees."""
        return self.body(fetch)[:MARKUP_BYTES].decode("utf-8", "replace")

    def missing(self) -> Document | None:
        """What the page's host answers (200) to an address that cannot exist; None if not known."""
        probe = fetches.newest_aside(self.conn, probe_id(self.page.url))
        text = self._whole_text(probe) if probe else None
        return text if isinstance(text, Document) else None

    def said_by(
        self, page: Page, at: datetime, *, whatever_came: bool = False, that_day: bool = False
    ) -> tuple[datetime, Document] | None:
        """When another page was last read well, by this time (UTC), and what it said then.

        None where that is long ago, or where the page was gone since: then it says nothing of this time.
        whatever_came: then it does not matter how long ago it was, and what came after it. that_day: what
        was read later on the same day (UTC) counts too, as captures of the past may have been.
        """
        until = datetime.combine(at.astimezone(UTC), time.max, UTC) if that_day else at
        seen = [one for one in readings.of_page(self.conn, page.id) if one.at <= until]
        good = [one for one in seen if one.access.is_reading]
        if not good or not (whatever_came or _is_current(good[-1], seen[-1], at)):
            return None
        fetch = self.with_body(self.fetch(good[-1].fetch_id))
        text = self._read_as(fetch, page)
        return (good[-1].at, text) if isinstance(text, Document) else None

    def asides(self, prefix: str) -> list[tuple[Fetch, Document]]:
        """The newest good answer to each aside whose id begins like this, with its text."""
        newest = fetches.newest_asides(self.conn, prefix)
        texts = [(fetch, self._whole_text(fetch)) for fetch in newest]
        return [(fetch, text) for fetch, text in texts if isinstance(text, Document)]

    def _whole_text(self, fetch: Fetch) -> Text:
        return self._read_as(fetch, replace(self.page, select=(), remove=()))
