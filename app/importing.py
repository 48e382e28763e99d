"""pledgewatch import-snapshots: captures that others took, assessed in the order of their dates.

Nothing is sent: an import tells the past. What it leaves in the store is what the next check compares with.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.home import Home, program_version
from app.screen import Tick, bar, say
from monitor.check import check_together
from monitor.errors import InputError
from monitor.mementos import Memento, body_of, fetch_of, read_manifest
from monitor.model import Alert, Document, Organization, Page, Reading, Sighting, Tracked
from monitor.reader import Reader
from monitor.reading import Read, read_document
from monitor.store import Connection, Store, alerts, fetches, findings, readings
from monitor.wire import alert_json, finding_json, utc_text

SCHEMA = "pledgewatch.import/1"
_ALERTS_AT_MOST = 1_000_000


class Taken(StrEnum):
    """How a capture was taken up."""

    NEW = "new"
    KNOWN = "imported before"
    LATE = "older than what was read of their page, so left out"


@dataclass(frozen=True, slots=True)
class History:
    """What the captures of one page told, oldest first."""

    page: Page
    readings: tuple[Reading, ...]
    changes: tuple[Tracked, ...]
    alerts: tuple[Alert, ...]
    unfit: tuple[str, ...] = ()  #: selectors of the manifest that were left out

    @property
    def texts(self) -> tuple[Reading, ...]:
        """The readings whose text is not that of the reading before: the first, and every change."""
        read = [reading for reading in self.readings if reading.access.is_reading and reading.text_sha256]
        changed = [after for before, after in pairwise(read) if after.text_sha256 != before.text_sha256]
        return (*read[:1], *changed)

    @property
    def not_readable(self) -> tuple[Reading, ...]:
        """The readings that say nothing about the page."""
        return tuple(reading for reading in self.readings if not reading.access.is_reading)


def run_import(home: Home, folder: Path, *, as_json: bool) -> int:
    """Record the captures of a folder, read them, print a timeline; 1 where some could not be read.

    Captures that were imported before are passed over. Raises InputError, ConfigError and StoreError.
    """
    manifest = read_manifest(folder)
    watched = {page.id: page for page in home.watchlist.pages}
    home.read_words()
    unknown = [memento for memento in manifest if memento.page.id not in watched]
    with Reader() as reader:
        unfit = unfit_selectors(unknown, reader.read)
    mementos = [replace(memento, page=_page(memento, watched, unfit)) for memento in manifest]
    with home.open_store() as store:
        _refuse_unsettled(store, sorted({memento.page.id for memento in mementos}))
        steps = 2 * len(mementos)  # each capture is recorded, and read
        with bar("Importing captures", steps, quiet=as_json) as tick:
            taken = _record(home, store, mementos, tick)
            _read(home, store, mementos, tick)
        histories = _histories(store, mementos, unfit)
    if as_json:
        print(json.dumps(import_json(taken, histories), ensure_ascii=False, indent=1))
    else:
        _show(taken, histories)
    return int(any(history.not_readable for history in histories))


def _refuse_unsettled(store: Store, page_ids: Iterable[str]) -> None:
    """Our own fetches are read, and what they show is believed, by a check: only a check sends it."""
    with store.read() as conn:
        for page_id in page_ids:
            if any(not fetch.archive_url for fetch in fetches.unread(conn, page_id)):
                raise InputError(
                    f"{page_id} was fetched and not read yet: run `pledgewatch check`, then import again."
                )
            if any(_is_ours(conn, page_id, one) for one in findings.tracked(conn, page_id)):
                raise InputError(
                    f"{page_id} has a change that waits to be confirmed, and an import would never send it: "
                    "run `pledgewatch check` until it is settled, then import again."
                )


def _is_ours(conn: Connection, page_id: str, one: Tracked) -> bool:
    """Whether this finding waits to be confirmed, and a fetch of our own was read since it was first seen."""
    if one.state is not Sighting.PENDING:
        return False
    since = readings.of_page(conn, page_id, one.first_seen_at)
    return any(not fetches.get(conn, reading.fetch_id).archive_url for reading in since)


# --------------------------------------------------------------------------- how the pages are read


def _page(memento: Memento, watched: Mapping[str, Page], unfit: Mapping[str, tuple[str, ...]]) -> Page:
    """The page as our watchlist declares it, else as the manifest does, without selectors that never fit."""
    page = memento.page
    return watched.get(page.id) or (replace(page, select=()) if page.id in unfit else page)


def unfit_selectors(mementos: Iterable[Memento], read: Read = read_document) -> dict[str, tuple[str, ...]]:
    """Page id → its selectors, where they fit none of its captures and these do have a text."""
    captures: defaultdict[str, list[Memento]] = defaultdict(list)
    for memento in mementos:
        captures[memento.page.id].append(memento)
    last = {page_id: of_page[-1].page for page_id, of_page in captures.items()}
    return {
        page_id: page.select
        for page_id, page in last.items()
        if page.select and _fits_none(page, captures[page_id], read)
    }


def _fits_none(page: Page, captures: Iterable[Memento], read: Read) -> bool:
    whole = replace(page, select=())
    has_text = False
    for memento in captures:
        if _has_text(memento, page, read):
            return False
        has_text = has_text or _has_text(memento, whole, read)
    return has_text


def _has_text(memento: Memento, page: Page, read: Read) -> bool:
    body = body_of(memento)
    fetch = fetch_of(memento, body, program_version="", config_sha256="")
    return isinstance(read(body, fetch, page), Document)


# --------------------------------------------------------------------------- record and read


def _record(home: Home, store: Store, mementos: Sequence[Memento], tick: Tick) -> Counter[Taken]:
    """Keep every capture that can still be told in order of date."""
    with store.read() as conn:
        last = {memento.page.id: readings.last(conn, memento.page.id) for memento in mementos}
    config = home.config_sha256
    taken: Counter[Taken] = Counter()
    for memento in mementos:
        taken[_take_up(store, memento, last[memento.page.id], config)] += 1
        tick(memento.page.id, 1)
    return taken


def _take_up(store: Store, memento: Memento, last: Reading | None, config: str) -> Taken:
    body = body_of(memento)
    fetch = fetch_of(memento, body, program_version=program_version(), config_sha256=config)
    with store.read() as conn:
        if fetches.has_memento(conn, fetch):
            return Taken.KNOWN
    if last is not None and memento.captured_at <= last.at:
        return Taken.LATE
    store.blobs.put(body)
    with store.begin() as conn:
        fetches.record(conn, fetch)
    return Taken.NEW


def _read(home: Home, store: Store, mementos: Sequence[Memento], tick: Tick) -> None:
    """Read whatever was recorded and not read yet, also what an import that was stopped left behind.

    The captures of all pages of an organization are read in the order of their dates: words that left one of
    them may stand on another.
    """
    watched = {organization.id: organization for organization in home.watchlist.organizations}
    asked: defaultdict[str, dict[str, tuple[Page, datetime]]] = defaultdict(dict)
    for one in mementos:  # oldest first: a watched page is due as if it was read when it was captured last
        asked[one.page.organization_id][one.page.id] = one.page, one.captured_at
    for id, pages in asked.items():
        organization = watched.get(id) or _unwatched(id, [page for page, _ in pages.values()])
        with store.begin() as conn:
            outcomes = check_together(conn, store, organization, pages.values(), home.rules, lambda alert: ())
        for outcome in outcomes:
            tick(outcome.page_id, len(outcome.readings))


def _unwatched(organization_id: str, pages: Iterable[Page]) -> Organization:
    """An organization of which only the manifest speaks."""
    return Organization(organization_id, organization_id, "other", pages=tuple(pages))


# --------------------------------------------------------------------------- what they told


def _histories(
    store: Store, mementos: Sequence[Memento], unfit: Mapping[str, tuple[str, ...]]
) -> list[History]:
    """The history of each page, over the captures of this manifest."""
    times: defaultdict[str, set[datetime]] = defaultdict(set)
    for memento in mementos:
        times[memento.page.id].add(memento.captured_at)
    pages = {memento.page.id: memento.page for memento in mementos}
    with store.read() as conn:
        raised = alerts.all(conn, _ALERTS_AT_MOST)
        told = [_history(conn, pages[page_id], times[page_id], raised) for page_id in sorted(pages)]
    return [replace(history, unfit=unfit.get(history.page.id, ())) for history in told]


def _history(conn: Connection, page: Page, times: set[datetime], raised: Iterable[Alert]) -> History:
    return History(
        page,
        tuple(reading for reading in readings.of_page(conn, page.id) if reading.at in times),
        tuple(one for one in findings.tracked(conn, page.id) if one.first_seen_at in times),
        tuple(one for one in raised if one.page["id"] == page.id and one.raised_at in times),
    )


def import_json(taken: Mapping[Taken, int], histories: Sequence[History]) -> dict[str, Any]:
    """pledgewatch.import/1: what was taken up, and the history of each page."""
    return {
        "schema": SCHEMA,
        "captures": {one.name.lower(): taken[one] for one in Taken},
        "pages": [_history_json(history) for history in histories],
        "alerts": [alert_json(alert) for history in histories for alert in history.alerts],
    }


def _history_json(history: History) -> dict[str, Any]:
    return {
        "page": history.page.id,
        "url": history.page.url,
        "selectors_left_out": list(history.unfit),
        "readings": dict(_by_access(history)),
        "texts": [
            {"at": utc_text(reading.at), "sha256": reading.text_sha256, "words": reading.words}
            for reading in history.texts
        ],
        "not_readable": [
            {"at": utc_text(reading.at), "access": reading.access.value, "evidence": list(reading.evidence)}
            for reading in history.not_readable
        ],
        "changes": [_change_json(one) for one in history.changes],
    }


def _change_json(one: Tracked) -> dict[str, Any]:
    return {
        "first_seen_at": utc_text(one.first_seen_at),
        "last_seen_at": utc_text(one.last_seen_at),
        "readings": one.readings,
        "state": one.state.value,
        "confirmed_at": utc_text(one.confirmed_at) if one.confirmed_at else None,
        "finding": finding_json(one.finding),
    }


def _by_access(history: History) -> Counter[str]:
    return Counter(reading.access.value for reading in history.readings)


# --------------------------------------------------------------------------- for people


def _show(taken: Mapping[Taken, int], histories: Sequence[History]) -> None:
    for history in histories:
        _show_history(history)
        say()
    raised = sum(len(history.alerts) for history in histories)
    counted = "; ".join(f"{taken[one]} {one}" for one in Taken if taken[one] or one is Taken.NEW)
    say(f"Captures: {counted}. Alerts: {raised} (kept, not sent).")


def _show_history(history: History) -> None:
    say(f"{history.page.id}  {history.page.url}")
    for selector in history.unfit:
        say(f'  the selector "{selector}" fits none of the captures, so the whole page is read')
    if not history.readings:
        say("  no capture was read")
        return
    first, last = history.readings[0].at, history.readings[-1].at
    states = ", ".join(f"{count} {state}" for state, count in _by_access(history).most_common())
    say(f"  {len(history.readings)} captures, {first:%Y-%m-%d} to {last:%Y-%m-%d}: {states}")
    for at, lines in sorted(_timeline(history), key=lambda entry: entry[0]):
        for number, line in enumerate(lines):
            say(f"  {f'{at:%Y-%m-%d %H:%M}' if number == 0 else '':16}  {line}", hang=2 if number else 18)


def _timeline(history: History) -> Iterator[tuple[datetime, list[str]]]:
    """(when, lines) for everything worth telling; what happened at one moment stays in this order."""
    for number, reading in enumerate(history.texts):
        yield reading.at, [f"{'the text changed' if number else 'first text'} ({reading.words} words)"]
    for reading in history.not_readable:
        yield reading.at, [f"not readable: {reading.access}. {' '.join(reading.evidence)}"]
    for one in history.changes:
        yield one.first_seen_at, _change_told(one)
    for alert in history.alerts:
        yield alert.raised_at, [f"ALERT {alert.direction.upper()} {alert.headline} [{alert.id[:12]}]"]


def _change_told(one: Tracked) -> list[str]:
    finding = one.finding
    state = f"{one.state} {one.confirmed_at:%Y-%m-%d %H:%M}" if one.confirmed_at else str(one.state)
    kind = f"{finding.direction.upper()} {finding.kind}, {finding.tier}, {state}: {' '.join(finding.reasons)}"
    quotes = (("-", finding.before_quote), ("+", finding.after_quote))
    return [kind, *(f"  {mark} {quote}" for mark, quote in quotes if quote)]
