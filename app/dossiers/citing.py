"""Every quote of a dossier gets a number, and is looked up again in the snapshot that it is from.

Nothing is left out because its snapshot is damaged: it is shown, and marked.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from app.dossiers.above import deciding, in_place, lines_above
from app.dossiers.dossier import Evidence, Place, Proof
from monitor.blobs import Blobs
from monitor.compare import statements_in
from monitor.errors import StoreError
from monitor.lexicon import Lexicon
from monitor.model import Document, Fetch, Page, Role, Statement
from monitor.reading import Read, text_sha256
from monitor.segment import sentences
from monitor.store import Connection, fetches, snapshots
from monitor.strength import Strength, of_role


class Citations:
    """The quotes in the order in which they are cited first, each once."""

    def __init__(
        self,
        pages: Mapping[str, Page],
        roles: Mapping[str, Role],
        seen: Mapping[tuple[str, str], tuple[datetime, datetime]],
    ) -> None:
        """seen: (page id, words) → when these words were seen first and last on the page, in any snapshot."""
        self._pages, self._roles = pages, roles
        self._spans: dict[tuple[str, str], tuple[datetime | None, datetime | None]] = {**seen}
        self._found: dict[Place, Evidence] = {}
        self._numbers = count(1)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All of them, by their numbers; not looked up yet. The same words on a page have the same times."""
        return tuple(self._timed(one) for one in self._found.values())

    def _timed(self, one: Evidence) -> Evidence:
        first, last = self._spans.get((one.page_id, one.quote), (None, None))
        return replace(one, first_seen=first, last_seen=last)

    @property
    def numbers(self) -> dict[Place, int]:
        """Place → number."""
        return {place: one.number for place, one in self._found.items()}

    def cite(
        self,
        page_id: str,
        quote: str,
        fetch_id: int,
        context: tuple[str, ...],
        first: datetime | None,
        last: datetime | None,
    ) -> int:
        """The number of words on a page, in this fetch; 0 for no words. first, last: when they were seen."""
        if not quote:
            return 0
        place = (page_id, quote, fetch_id)
        known = self._found.get(place)
        if known is None:
            page, role = self._pages.get(page_id), self._roles.get(page_id)
            strength = of_role(role) if role else Strength.PUBLIC_STATEMENT
            known = Evidence(next(self._numbers), quote, context, strength, Proof.DAMAGED, page_id=page_id)
            known = replace(known, url=page.url if page else "", fetch_id=fetch_id)
        self._found[place] = known
        since, until = self._spans.get((page_id, quote), (None, None))
        self._spans[page_id, quote] = _first(since, first), _last(until, last)
        return known.number

    def source(self, place: str, quote: str, strength: Strength, sources: tuple[str, ...]) -> int:
        """The number of words that others hold. place: "documented:<id>" or "reply:<number>"."""
        key = (place, quote, 0)
        if key not in self._found:
            number = next(self._numbers)
            self._found[key] = Evidence(number, quote, (), strength, Proof.NO_SNAPSHOT, sources=sources)
        return self._found[key].number


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at), default=None)


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at), default=None)


# --------------------------------------------------------------------------- looked up


@dataclass(frozen=True, slots=True)
class Sources:
    """Where quotes are looked up. pages: as they are declared today, by id; lexicons: by page id."""

    conn: Connection
    blobs: Blobs
    read: Read
    pages: Mapping[str, Page]
    lexicons: Mapping[str, Lexicon]


Statements = Mapping[int, Statement]  #: number of the evidence → the statement that it is


def looked_up(
    evidence: Sequence[Evidence], sources: Sources, asked: Collection[int]
) -> tuple[tuple[Evidence, ...], Statements]:
    """Each with what came of it, by its number; each snapshot is read once.

    asked: the numbers of those whose statements are wanted too; what is no statement by our reading is left
    out. Of these, words that name no technology themselves get the lines above them in their context. That
    is the one which the words have in their own snapshot.
    """
    found = {one.number: one for one in evidence}
    statements: dict[int, Statement] = {}
    held = snapshots.get(sources.conn, *{one.fetch_id for one in evidence if one.fetch_id})
    for (page_id, fetch_id), its in _by_snapshot(evidence).items():
        fetch = held[fetch_id].fetch if fetch_id in held else None
        texts = _texts(sources, page_id, fetch, its)
        its = _in_place(its, texts.declared)
        for one in its:
            under = deciding(one.quote, one.context, sources.lexicons.get(page_id))
            found[one.number] = replace(_proven(one, texts), under=under)
        if (wanted := [one for one in its if one.number in asked]) and texts.declared:
            lexicon = sources.lexicons.get(page_id)
            statements |= _statements(wanted, texts.declared, lexicon)
            found |= {one.number: _below(found[one.number], texts.declared, lexicon) for one in wanted}
    return tuple(found[number] for number in sorted(found)), statements


def _by_snapshot(evidence: Sequence[Evidence]) -> Mapping[tuple[str, int], list[Evidence]]:
    found = defaultdict(list)
    for one in evidence:
        if one.page_id:
            found[one.page_id, one.fetch_id].append(one)
    return found


@dataclass(frozen=True, slots=True)
class _Texts:
    """What a snapshot holds. declared: the part that its page declares; whole: all, where quotes need it."""

    fetch: Fetch | None
    body: bytes | None = None
    declared: Document | None = None
    whole: Document | None = None


def _texts(sources: Sources, page_id: str, fetch: Fetch | None, its: Sequence[Evidence]) -> _Texts:
    """Of the fetch itself, or of the one that it refers to (304)."""
    if fetch is None:
        return _Texts(None)
    if fetch.status == 304:
        fetch = fetches.previous_body(sources.conn, fetch) or fetch
    try:
        body = sources.blobs.get(fetch.body_sha256)
    except StoreError:
        return _Texts(fetch)
    url = fetch.final_url or fetch.requested_url
    page = sources.pages.get(page_id) or Page(page_id, page_id.partition("/")[0], url, Role.POLICY)
    declared = _document(sources.read, body, fetch, page)
    if not (page.select or page.remove) or (declared and all(one.quote in declared.text for one in its)):
        return _Texts(fetch, body, declared)
    whole = _document(sources.read, body, fetch, replace(page, select=(), remove=()))
    return _Texts(fetch, body, declared, whole)


def _document(read: Read, body: bytes, fetch: Fetch, page: Page) -> Document | None:
    text = read(body, fetch, page)
    return text if isinstance(text, Document) else None


def _proven(one: Evidence, texts: _Texts) -> Evidence:
    """With the facts of its snapshot; the text is the one in which the words stand."""
    if texts.fetch is None:
        return one  # a fetch that the store has no more: damaged, as it began
    fetch = texts.fetch
    one = replace(
        one,
        url=fetch.final_url or fetch.requested_url,
        captured_at=fetch.ended_at,
        body_sha256=fetch.body_sha256,
        archive_url=fetch.archive_url,
    )
    if texts.body is None:
        return one
    its = [text for text in (texts.declared, texts.whole) if text]
    holding = next((text for text in its if one.quote in text.text), None)
    text = holding or next(iter(its), None)
    proof = Proof.VERBATIM if holding else Proof.OTHER_TEXT if its else Proof.UNREAD
    return replace(one, proof=proof, text_sha256=text_sha256(text) if text else "")


def _in_place(its: Sequence[Evidence], text: Document | None) -> list[Evidence]:
    said = sentences(text) if text else ()
    return [replace(one, context=in_place(one.quote, one.context, said)) for one in its]


def _statements(wanted: Sequence[Evidence], text: Document, lexicon: Lexicon | None) -> dict[int, Statement]:
    if lexicon is None:
        return {}
    said = {one.quote: one for one in reversed(statements_in(text, lexicon))}
    return {one.number: said[one.quote] for one in wanted if one.quote in said}


def _below(one: Evidence, text: Document, lexicon: Lexicon | None) -> Evidence:
    lines = lines_above(one.quote, one.context, text, lexicon) if lexicon else ()
    return replace(one, context=(*one.context, *lines), above=lines)
