"""Which pages have news for the index of statements, and what becomes of those that left the watchlist."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from app.home import Home, program_version
from monitor.access import primary
from monitor.ledger import is_taken
from monitor.lexicon import Lexicon
from monitor.model import PAGE_GONE, Page, Sighting
from monitor.sayings import left_since, seen_of
from monitor.standing import found_by
from monitor.store import Store, findings, readings, statements


def stale(home: Home, store: Store) -> list[tuple[Page, Lexicon | None, str]]:
    """The watched pages with fetches since, or whose statements were found by other words than ours."""
    with store.read() as conn:
        known, newest = statements.all_indexed(conn), statements.newest_fetches(conn)
    program = program_version()
    found = []
    for organization in home.watchlist.organizations:
        lexicons = _lexicons(home, organization.products, organization.pages)
        for page in organization.pages:
            lexicon = lexicons[primary(page.language)]
            words = _words(lexicon, page, program)
            old = known.get(page.id)
            if page.id in newest and (old is None or old.fetch_id < newest[page.id] or old.words != words):
                found.append((page, lexicon, words))
    return found


def _words(lexicon: Lexicon | None, page: Page, program: str) -> str:
    """What finds the statements of a page, and after a slash which part of it is read."""
    part = repr((page.select, page.remove, page.language))
    found = found_by(lexicon, program) if lexicon else ""
    return f"{found}/{sha256(part.encode()).hexdigest()}"


def _lexicons(home: Home, products: Sequence[str], pages: Iterable[Page]) -> Mapping[str, Lexicon | None]:
    """The words of each language of these pages, with the organization's names for its products."""
    spoken = {primary(page.language) for page in pages}
    ours = {language: home.rules.lexicons.get(language) for language in spoken}
    return {language: one.with_products(products) if one else None for language, one in ours.items()}


# --------------------------------------------------------------------------- a page that left the watchlist


def dropped(home: Home, store: Store) -> list[str]:
    """The pages with fetches since that are not watched any more."""
    watched = {page.id for page in home.watchlist.pages}
    with store.read() as conn:
        known, newest = statements.all_indexed(conn), statements.newest_fetches(conn)
    return [id for id, row in known.items() if id not in watched and row.fetch_id < newest.get(id, 0)]


def settle(store: Store, page_id: str, now: datetime) -> None:
    """What was confirmed to have left it stands no longer. If it is watched again, it is looked at anew."""
    with store.begin() as conn:
        row = statements.indexed_of(conn, page_id)
        known = readings.of_page(conn, page_id)
        if row is None or not known:
            return
        spans, tracked = statements.of_page(conn, page_id), findings.tracked(conn, page_id)
        seen = seen_of(known)
        confirmed = [(page_id, one) for one in tracked if one.state is Sighting.CONFIRMED]
        is_gone = any(one.finding.rule == PAGE_GONE for one in left_since(seen, tracked))
        left = [replace(one, standing=False) for one in spans if is_gone or is_taken(one, spans, confirmed)]
        newest = max(one.fetch_id for one in known)
        statements.keep(conn, replace(row, at=now, fetch_id=newest, words=""), left)
