"""The statements of every reading, found apart from the checks: what the desk searches and follows.

    readings since the last time ─► texts in them ─► statements ─► spans (monitor/sayings.py) ─► the store

Each page is looked at in one moment of the store, and kept in one short transaction. What cannot be read is
passed over. Of a page that left the watchlist nobody knows any more which part of it was watched: no
statement is found on it, but what was confirmed to have left it stands no longer.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event

from app.home import Home
from app.logs import warn
from app.stale import dropped, settle, stale
from monitor.check.texts import Texts
from monitor.compare import statements_in
from monitor.errors import PledgewatchError, StoreError
from monitor.lexicon import Lexicon
from monitor.model import Document, Page, Saying, Standing, Tracked
from monitor.reader import Reader
from monitor.reading import Read
from monitor.sayings import (
    Seen,
    Stays,
    believed,
    covers,
    left_since,
    never_confirmed,
    runs_of,
    seen_of,
    standing,
    still_said,
    texts_believed,
    texts_proven,
)
from monitor.segment import fold
from monitor.standing import standing_of
from monitor.store import Connection, Store, findings, readings, statements
from monitor.store.findings import Baseline
from monitor.store.statements import Indexed

EVERY = 60.0  #: seconds between two looks for new readings
AT_ONCE = 20.0  #: seconds of work after which the desk is asked whether it closes


def keep_indexed(home: Callable[[], Home], store: Store, clock: Callable[[], datetime], stop: Event) -> None:
    """Find the statements of new readings now and then, until `stop`: the work of a thread of its own.

    home: the one in force; clock: the time (aware UTC). Trouble is logged, and it is tried again.
    """
    is_closing = False
    while not is_closing:
        began = time.monotonic()
        try:
            index_new(home(), store, clock(), AT_ONCE)
        except PledgewatchError as error:
            warn("the statements could not be indexed", why=str(error))
        has_more = time.monotonic() - began > AT_ONCE
        is_closing = stop.wait(0 if has_more else EVERY)


def index_new(home: Home, store: Store, now: datetime, at_most_seconds: float | None = None) -> int:
    """Find the statements of what was read since the last time (now: aware UTC); how many pages had news.

    at_most_seconds: begin no further page after so long. Raises ConfigError, StoreError.
    """
    until = time.monotonic() + at_most_seconds if at_most_seconds is not None else float("inf")
    done = 0
    with Reader() as reader:
        for page, lexicon, words in stale(home, store):
            if time.monotonic() > until:
                break
            _index(_Index(home, store, page, lexicon, words, reader.read), now)
            done += 1
    for page_id in dropped(home, store):
        settle(store, page_id, now)
        done += 1
    return done


# --------------------------------------------------------------------------- one page


@dataclass(frozen=True, slots=True)
class _Index:
    """What the statements of one page are found with."""

    home: Home
    store: Store
    page: Page
    lexicon: Lexicon | None
    words: str
    read: Read


@dataclass(frozen=True, slots=True)
class _News:
    """What there is to do on a page. old: how far it is known; None where it is looked at anew."""

    indexed: Indexed | None
    old: Indexed | None
    seen: tuple[Seen, ...]  #: all of them
    new: tuple[Seen, ...]
    last_old: Seen | None
    newest: int  #: the newest fetch of which we know what came of it
    baseline: Baseline | None
    believed: frozenset[str]  #: the SHA-256 of every text that was believed
    proven: frozenset[str]  #: of them, those of which that is sure
    doubted: frozenset[str]  #: the words, folded, that only changes brought of which none was confirmed
    left: tuple[Tracked, ...]  #: what was confirmed to have left since it was read last

    @property
    def beliefs(self) -> str:
        """The SHA-256 of a list of both."""
        parts = sorted(self.believed) + sorted(one.key for one in self.left)
        return sha256("\n".join(parts).encode()).hexdigest()


def _index(index: _Index, now: datetime) -> None:
    with index.store.read() as conn:
        news = _news(conn, index)
        goes_on = _goes_on(news)
        spans = None if goes_on else _spans(conn, index, news)
    row = Indexed(
        index.page.id,
        now,
        news.newest,
        news.baseline.text_sha256 if news.baseline else "",
        news.beliefs,
        index.words,
    )
    with index.store.begin() as conn:
        if statements.indexed_of(conn, index.page.id) != news.indexed:
            return  # another desk was faster
        if spans is not None:
            statements.keep(conn, row, spans, anew=news.old is None)
            return
        if news.new and news.last_old:
            last = news.new[-1]
            statements.seen_again(conn, index.page.id, news.last_old.fetch_id, last.fetch_id, last.at)
        statements.keep_indexed(conn, row)


def _news(conn: Connection, index: _Index) -> _News:
    indexed = statements.indexed_of(conn, index.page.id)
    all_ = readings.of_page(conn, index.page.id)
    seen = seen_of(all_)
    baseline, tracked = findings.baseline(conn, index.page.id), findings.tracked(conn, index.page.id)
    old = indexed if indexed and indexed.words == index.words else None
    if old and not _is_in_order(seen, old.fetch_id):
        old = None  # what was imported since is older than what is known
    new = tuple(one for one in seen if old is None or one.fetch_id > old.fetch_id)
    known = seen[: len(seen) - len(new)]
    now = baseline.text_sha256 if baseline else ""
    return _News(
        indexed,
        old,
        seen,
        new,
        known[-1] if known else None,
        max((one.fetch_id for one in all_), default=0),
        baseline,
        texts_believed(seen, tracked, now),
        texts_proven(seen, tracked, now),
        never_confirmed(tracked),
        left_since(seen, tracked),
    )


def _is_in_order(seen: Sequence[Seen], fetch_id: int) -> bool:
    """Whether all readings after this one came later, too."""
    later = [one.fetch_id > fetch_id for one in seen]
    return later == sorted(later)


def _goes_on(news: _News) -> bool:
    """Whether the page says what it said the last time, and we believe what we believed."""
    same = {one.text_sha256 for one in news.new} <= ({news.last_old.text_sha256} if news.last_old else set())
    return (
        news.old is not None
        and same
        and news.old.beliefs_sha256 == news.beliefs
        and news.old.text_sha256 == (news.baseline.text_sha256 if news.baseline else "")
    )


# --------------------------------------------------------------------------- its spans


def _spans(conn: Connection, index: _Index, news: _News) -> tuple[Saying, ...]:
    """All spans of the page, with what is new in them."""
    said = _Said(conn, index, news)
    spans = tuple(statements.of_page(conn, index.page.id)) if news.old else ()
    runs = list(runs_of(news.new))
    if runs and news.last_old and runs[0].text_sha256 == news.last_old.text_sha256:
        spans = still_said(spans, news.last_old, runs.pop(0).last)
    hours = timedelta(hours=index.home.settings.confirm.withdrawn_hours)
    unread = {run.text_sha256 for run in runs if said.of(run.text_sha256) is None}
    seen = tuple(one for one in news.seen if one.text_sha256 not in unread)
    for run in runs:
        if (found := said.of(run.text_sha256)) is not None:
            spans = Stays(index.page, seen, hours).grown(spans, run, found)
    spans = _as_believed(spans, news, said)
    return spans + _no_longer_read(conn, index, news, spans) + _unreadable(conn, index, news, spans, unread)


def _no_longer_read(
    conn: Connection, index: _Index, news: _News, spans: Sequence[Saying]
) -> tuple[Saying, ...]:
    """What was found in another part of the page than is read now: it is kept, and stands not."""
    known = news.indexed
    if (
        news.old is not None
        or known is None
        or known.words == index.words
        or not _by_same_rules(index, known)
    ):
        return ()
    return tuple(replace(one, standing=False) for one in _others(conn, index, spans))


def _unreadable(
    conn: Connection, index: _Index, news: _News, spans: Sequence[Saying], unread: Collection[str]
) -> tuple[Saying, ...]:
    """What was found by other rules in bodies that nobody can read any more: it is kept as it was."""
    times = [one.at for one in news.seen if one.text_sha256 in unread]
    known = news.indexed
    if news.old is not None or known is None or _by_same_rules(index, known):
        return ()
    return tuple(one for one in _others(conn, index, spans) if covers(one, times))


def _by_same_rules(index: _Index, known: Indexed) -> bool:
    """Whether what is known was found by the words and the program of now, if in another part of the page."""
    return known.words.split("/")[0] == index.words.split("/")[0]


def _others(conn: Connection, index: _Index, spans: Sequence[Saying]) -> Iterator[Saying]:
    """What is known of the page, but for what was found again."""
    keys = {one.key for one in spans}
    return (one for one in statements.of_page(conn, index.page.id) if one.key not in keys)


def _as_believed(spans: tuple[Saying, ...], news: _News, said: "_Said") -> tuple[Saying, ...]:
    """The same, with what is believed of it, and what stands."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for one in news.seen:
        times[one.text_sha256].append(one.at)
    for text in sorted(news.believed, key=said.is_unread):
        if any(covers(one, times[text]) for one in spans if not one.believed):
            spans = believed(
                spans, times[text], _sure(said.of(text), () if text in news.proven else news.doubted)
            )
    now = said.of(news.baseline.text_sha256) if news.baseline else ()
    keys = {one.key for one in spans if one.standing} if now is None else _keys(now)
    return standing(spans, keys, news.left)


def _sure(found: Sequence[Standing] | None, doubted: Collection[str]) -> set[str]:
    return {one.key for one in found or () if fold(one.quote) not in doubted}


def _keys(found: Sequence[Standing] | None) -> set[str]:
    return {one.key for one in found or ()}


class _Said:
    """What the texts of one page say, each read once."""

    def __init__(self, conn: Connection, index: _Index, news: _News) -> None:
        self._texts = Texts(index.store, conn, index.page, index.read)
        self._lexicon = index.lexicon
        self._at = news.seen[0].at if news.seen else datetime.min.replace(tzinfo=UTC)
        self._fetches = {one.text_sha256: one.fetch_id for one in reversed(news.seen)}
        self._known: dict[str, tuple[Standing, ...] | None] = {}

    def of(self, text_sha256: str) -> tuple[Standing, ...] | None:
        """The statements of the text with this SHA-256; None where it cannot be read."""
        if text_sha256 not in self._known:
            self._known[text_sha256] = self._found(text_sha256)
        return self._known[text_sha256]

    def is_unread(self, text_sha256: str) -> bool:
        """Whether this text would have to be read first."""
        return text_sha256 not in self._known

    def _found(self, text_sha256: str) -> tuple[Standing, ...] | None:
        if self._lexicon is None:
            return ()
        text = self._text(text_sha256)
        if text is None:
            return None
        return standing_of(statements_in(text, self._lexicon), (), self._at, self._lexicon)

    def _text(self, text_sha256: str) -> Document | None:
        if text_sha256 not in self._fetches:
            return None
        try:
            fetch = self._texts.fetch(self._fetches[text_sha256])
            text = self._texts.of(self._texts.with_body(fetch))
        except StoreError:  # its body is damaged, or gone
            return None
        return text if isinstance(text, Document) else None
