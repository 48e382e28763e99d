"""A pack of made-up rows, without a store: a chain, two captures, a reading of each, and what was told of them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from app.evidence.contents import body_and_text
from app.evidence.source import Linked, Period, Seen, Source, folder_of, record_name
from monitor.model import Alert, Fetch, Side
from monitor.store.chain import CHAINED, ORIGIN, Link, following
from monitor.store.codec import dumps, pack
from monitor.store.tables import Packed
from tests.store_values import HOUR, alert, fetch, finding, reading

PLEDGE = "We will not sell “face recognition” to the police."
BODIES = {"before": f"<!doctype html><p>{PLEDGE}".encode(), "after": b"<!doctype html><p>We sell things."}
TEXTS = {"before": PLEDGE, "after": "We sell things."}


def letters(kind: str, value: object, **more: Any) -> bytes:
    """A row as chain.written gives it."""
    row = {**pack(value), **more} if not isinstance(value, Alert) else more
    for column in CHAINED[kind].columns:
        if isinstance(column.type, Packed) and row.get(column.name) is not None:
            row[column.name] = dumps(row[column.name])
    held = {name: value for name, value in row.items() if value is not None}
    return json.dumps(held, sort_keys=True, separators=(",", ":")).encode()


def chain_of(records: Mapping[str, bytes], others: int = 0, first: int = 1) -> tuple[Linked, ...]:
    """A link for each record, then so many of other rows."""
    rows = [(name, sha256(body).hexdigest()) for name, body in records.items()]
    rows += [(f"checks/{number}", "d" * 64) for number in range(others)]
    chain, before = list[Linked](), ORIGIN if first == 1 else "e" * 64
    for id, (name, content) in enumerate(rows, first):
        kind, _, key = name.removeprefix("records/").removesuffix(".json").replace("/", "-").partition("-")
        sum = following(before, kind, key, content)
        file = name if name in records else "-"
        chain.append(Linked(Link(id, kind, key, content, sum), before, file))
        before = sum
    return tuple(chain)


def made_source(
    *,
    others: int = 3,
    texts: Mapping[str, str] = TEXTS,
    period: Period | None = None,
    told: Mapping[str, Any] | None = None,
    are_read: bool = True,
    **fetched: Any,
) -> Source:
    """The evidence of one change. told, fetched: other values of the alert and of both fetches."""
    seen = {side: _seen(side, id, are_read, fetched) for id, side in enumerate(("before", "after"), 1)}
    one = replace(_alert(seen), **(told or {}))
    records = {record_name("alerts", one.id): letters("alerts", one, **_row(one))}
    for held in seen.values():
        records[record_name("fetches", str(held.fetch.id))] = letters("fetches", held.fetch)
        if held.reading:
            records[record_name("readings", str(held.fetch.id))] = letters("readings", held.reading)
    files = dict[str, bytes]()
    for side, held in seen.items():
        files |= body_and_text(folder_of(one.id, period), side, held, BODIES[side], texts[side])
    return Source(records, chain_of(records, others), files, period)


def _seen(side: str, id: int, is_read: bool, fetched: Mapping[str, Any]) -> Seen:
    body = BODIES[side]
    one = fetch(id * 9, id=id, body_sha256=sha256(body).hexdigest(), body_bytes=len(body), **fetched)
    read = replace(reading(id, id * 9), text_sha256=sha256(TEXTS[side].encode()).hexdigest())
    return Seen(one, read if is_read else None, {})


def _alert(seen: Mapping[str, Seen]) -> Alert:
    before, after = (_side(seen[side].fetch) for side in ("before", "after"))
    return replace(alert(hours=30), before=before, after=after, findings=(finding(before_quote=PLEDGE),))


def _side(of: Fetch) -> Side:
    return Side(
        of.ended_at, of.body_sha256, of.final_url, last_seen_at=of.ended_at, confirmed_at=of.ended_at + HOUR
    )


def _row(one: Alert) -> dict[str, Any]:
    return {
        "id": one.id,
        "raised_at": pack(one.raised_at),
        "alert": pack(one),
        "page_id": one.page["id"],
        "direction": one.direction.value,
    }
