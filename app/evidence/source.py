"""What a pack is made of, and what its records say. Pure."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.evidence.typed import is_of
from monitor.errors import PledgewatchError
from monitor.model import Alert, Fetch, Reading
from monitor.store import extracts
from monitor.store.chain import Link
from monitor.store.codec import unpack

FORMAT = "pledgewatch.evidence/1"
SIDES = ("before", "after")
TEXT, ANEW = "text.txt", "text-read-anew.txt"
ORGANIZATION = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")  #: an id
_NO_LINK, _NO_ROW = "-", (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class BrokenError(PledgewatchError):
    """A pack is not as it was written. where: the first broken file, or "the zip itself"."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


@dataclass(frozen=True, slots=True)
class Period:
    """All of one organization from this day (UTC) to that, both included."""

    organization_id: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Linked:
    """A link, the SHA-256 of the one before it, and the record of which it is the newest ("-": of none)."""

    link: Link
    before: str
    file: str = _NO_LINK


@dataclass(frozen=True, slots=True)
class Source:
    """All that stands by itself. records and files (bodies and texts): by their names in the pack."""

    records: Mapping[str, bytes]
    chain: tuple[Linked, ...]
    files: Mapping[str, bytes]
    period: Period | None = None
    stamp: bytes = b""  #: head.tsr

    @property
    def head(self) -> Link | None:
        """The newest link; None while nothing was recorded."""
        return self.chain[-1].link if self.chain else None


@dataclass(frozen=True, slots=True)
class Seen:
    """A fetch and what was made of it, as values and as rows."""

    fetch: Fetch
    reading: Reading | None
    rows: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """An alert, the folder of its files ("" or "changes/…/"), and both sides by name."""

    alert: Alert
    folder: str
    sides: Mapping[str, Seen]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records of a pack say: changes by when they were raised, fetches by when they began."""

    changes: tuple[Change, ...]
    seen: tuple[Seen, ...]


def record_name(kind: str, key: str) -> str:
    """Where the row of a table stands."""
    return f"records/{kind}-{key}.json"


def folder_of(alert_id: str, period: Period | None) -> str:
    """Where the files of a change stand."""
    return f"changes/{alert_id[:16]}/" if period else ""


def without_text(change: Change, files: Container[str]) -> Iterator[str]:
    """The names of the texts that are not in here."""
    for side in SIDES:
        stem = f"{change.folder}{side}/"
        if stem + TEXT not in files and stem + ANEW not in files:
            yield stem + TEXT


def facts_of(records: Mapping[str, bytes], period: Period | None) -> Facts:
    """What they say. BrokenError where one is no row of its table, or a side of an alert is missing."""
    rows = {name: _row(name, body) for name, body in sorted(records.items())}
    readings = {row["fetch_id"]: row for name, row in rows.items() if _kind(name) == "readings"}
    seen = [_seen(name, row, readings) for name, row in rows.items() if _kind(name) == "fetches"]
    seen.sort(key=lambda one: (one.fetch.started_at, one.fetch.id))
    alerts = [_alert(name, row) for name, row in rows.items() if _kind(name) == "alerts"]
    alerts.sort(key=lambda one: (one.raised_at, one.id))
    changes = (Change(one, folder_of(one.id, period), _sides(one, seen)) for one in alerts)
    return Facts(tuple(changes), tuple(seen))


def _kind(name: str) -> str:
    return name.removeprefix("records/").partition("-")[0]


def _row(name: str, body: bytes) -> dict[str, Any]:
    try:
        row = extracts.opened(_kind(name), body.decode())
        key = row["fetch_id" if _kind(name) == "readings" else "id"]
        is_key = isinstance(key, str) == (_kind(name) == "alerts")
        if not is_key or record_name(_kind(name), str(key)) != name:
            raise ValueError
    except _NO_ROW:
        raise BrokenError(name, "it is no row of this table and key") from None
    return row


def _seen(name: str, row: dict[str, Any], readings: Mapping[int, dict[str, Any]]) -> Seen:
    read = readings.get(row["id"])
    try:
        fetch, reading = unpack(Fetch, row), unpack(Reading, read) if read else None
        if not is_of(Fetch, fetch) or not is_of(Reading | None, reading):
            raise ValueError
        return Seen(fetch, reading, {"fetch": row, "reading": read})
    except _NO_ROW:
        raise BrokenError(name, "it does not say what a fetch and its reading say") from None


def _alert(name: str, row: dict[str, Any]) -> Alert:
    try:
        alert: Alert = unpack(Alert, row["alert"])
        is_whole = is_of(Alert, alert) and {"id", "url"} <= alert.page.keys() and "id" in alert.organization
        if not is_whole or alert.id != row["id"]:
            raise ValueError
    except _NO_ROW:
        raise BrokenError(name, "it does not say what an alert says") from None
    return alert


def _sides(alert: Alert, seen: list[Seen]) -> dict[str, Seen]:
    """The fetches that an alert names, by page, time and body: the newest where several fit."""
    found = {}
    for name in SIDES:
        side = getattr(alert, name)
        this = (alert.page["id"], side.fetched_at, side.sha256)
        fits = [one for one in seen if (one.fetch.page_id, one.fetch.ended_at, one.fetch.body_sha256) == this]
        if not fits:
            raise BrokenError(record_name("alerts", alert.id), f"the fetch {name} the change is not in here")
        found[name] = fits[-1]
    return found
