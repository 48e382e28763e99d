"""The evidence of one alert as a zip: what anyone needs to check it with sha256sum alone.

    alert.json                     the alert as webhooks carry it
    before/ after/                 body.*: the bytes as captured; text.txt: what we read in them
    snapshots.json                 every fetch from before to confirmed, and what was made of each
    records/<table>-<key>.json     rows as stored: the SHA-256 of the file is what the chain holds
    chain.json                     their links, and the head of the chain
    SHA256SUMS README.txt

The same store gives the same bytes: no time of export, no order by chance. Nothing in it has a name that a
desktop would run, and no captured page has one that a browser would open.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from monitor.confirm import finding_key
from monitor.errors import StoreError
from monitor.extract import sniff
from monitor.model import Alert, Document, Fetch, Page
from monitor.reading import Read
from monitor.store import Connection, Store, chain, extracts, findings, snapshots
from monitor.store.codec import pack
from monitor.store.snapshots import Snapshot
from monitor.wire import alert_json, utc_text

AT_MOST = 500  #: snapshots from before to confirmed
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say
_SUFFIXES = {
    "text/html": "html.txt",
    "text/plain": "txt",
    "text/markdown": "md.txt",
    "application/pdf": "pdf",
}
_README = """\
Evidence of the change {id}

{headline}

Page: {url}
Seen before: {before}
Seen after:  {after}

What is in here
  alert.json        the change as it was told: findings, quotes, reasons, times
  before/, after/   body.*: the bytes as the server sent them, after content decoding;
                    text.txt: the text that we read in them (derived, for reading)
  snapshots.json    every fetch of the page from before to confirmed{bounded}, and what was made of it
  records/          rows of the store, in the very letters that were hashed when they were recorded
  chain.json        for each record its links in the hash chain, and the head of the chain

A captured HTML page is named body.html.txt, so that no browser opens it by accident: it would run the
scripts of that page, and ask its server for pictures. Rename a copy if you must, without a network.

How to check it
1. sha256sum -c SHA256SUMS
   Every file is what it was when this was made.
2. sha256sum before/body.* after/body.*
   The sums stand in alert.json ("before" and "after", "sha256"), and as body_sha256 in the records.
3. sha256sum records/*.json
   Each sum stands in chain.json as content_sha256 of the newest link of that table and key.
   A record was written when it happened; whoever changes one later has to add a link.
4. Each link's sha256 is the SHA-256 of "<before> <kind> <key> <content_sha256>", where before is the
   sha256 of the link before it:
   printf '%s %s %s %s' BEFORE KIND KEY CONTENT | sha256sum
   The head stands for everything that was recorded up to then. That these links lie under it, the store
   proves: pledgewatch verify-store --head HEAD. Compare it with a head that you kept elsewhere.

Quotation marks hold exact words of the page; everything else is a description of what was seen and when.
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that the pack is made of. sides: by name, before and after."""

    alert: Alert
    sides: Mapping[str, Snapshot]
    between: Sequence[Snapshot]
    left_out: int  #: snapshots beyond AT_MOST
    files: Mapping[str, bytes]  #: bodies and texts
    records: Mapping[tuple[str, str], str]  #: (table, key) → the row in the letters that were hashed
    links: Sequence[chain.Link]
    befores: Mapping[int, str]  #: link → the SHA-256 of the link before it
    head: chain.Link | None


def gathered(conn: Connection, store: Store, alert: Alert, page: Page, read: Read) -> Evidence:
    """The evidence as the store holds it. read: gives the text of a body.

    Raises StoreError where a fetch or a body is missing or damaged: half of the evidence proves nothing.
    """
    sides = {name: _side(conn, alert, name) for name in ("before", "after")}
    first, last = sides["before"].fetch.started_at, _last(alert, sides)
    between = snapshots.until(conn, page.id, last, AT_MOST)
    kept = [one for one in between if one.fetch.started_at >= first]
    inside = {one.fetch.id: one for one in (*sides.values(), *kept)}
    every = sorted(inside.values(), key=lambda one: (one.fetch.started_at, one.fetch.id))
    counted = snapshots.count(conn, page.id, first, last)
    records = _records(conn, alert, every)
    links = [one for kind, keys in _by_kind(records).items() for one in extracts.links_of(conn, kind, keys)]
    files = {name: body for side, one in sides.items() for name, body in _files(store, side, one, page, read)}
    links.sort(key=lambda link: link.id)
    left_out = max(0, counted - len(every))
    befores, head = extracts.befores(conn, links), chain.head(conn)
    return Evidence(alert, sides, every, left_out, files, records, links, befores, head)


def packed(evidence: Evidence) -> bytes:
    """The zip: the same evidence gives the same bytes."""
    files = dict(sorted(_written(evidence).items()))
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, body in (*files.items(), ("SHA256SUMS", sums.encode())):
            archive.writestr(_entry(name), body)
    return made.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def _written(evidence: Evidence) -> dict[str, bytes]:
    chained = {
        "head": asdict(evidence.head) if evidence.head else None,
        "links": [{"before": evidence.befores.get(one.id, "")} | asdict(one) for one in evidence.links],
    }
    return {
        "alert.json": _json(alert_json(evidence.alert)),
        "snapshots.json": _json([_snapshot(one) for one in evidence.between]),
        "chain.json": _json(chained),
        "README.txt": _readme(evidence).encode(),
        **{f"records/{kind}-{key}.json": row.encode() for (kind, key), row in evidence.records.items()},
        **evidence.files,
    }


def _readme(evidence: Evidence) -> str:
    alert = evidence.alert
    after = utc_text(alert.after.fetched_at)
    if alert.after.confirmed_at:
        after += f", confirmed {utc_text(alert.after.confirmed_at)}"
    return _README.format(
        id=alert.id,
        headline=alert.headline,
        url=alert.page["url"],
        before=utc_text(alert.before.fetched_at),
        after=after,
        bounded=f" (the newest {AT_MOST}; {evidence.left_out} more are in the store)"
        if evidence.left_out
        else "",
    )


def _json(value: Any) -> bytes:
    written = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    return written.encode("utf-8", "backslashreplace")


def _snapshot(one: Snapshot) -> dict[str, Any]:
    return {"fetch": pack(one.fetch), "reading": pack(one.reading) if one.reading else None}


# --------------------------------------------------------------------------- what goes in


def _side(conn: Connection, alert: Alert, name: str) -> Snapshot:
    side = getattr(alert, name)
    found = snapshots.of_side(conn, alert.page["id"], side.fetched_at, side.sha256)
    if found is None:
        at = utc_text(side.fetched_at)
        raise StoreError(f"the store has no fetch of {at}, which this alert names: restore it from a backup")
    return found


def _last(alert: Alert, sides: Mapping[str, Snapshot]) -> datetime:
    """When the last look was that this alert rests on."""
    return max(alert.after.confirmed_at or alert.after.fetched_at, sides["after"].fetch.started_at)


def _records(conn: Connection, alert: Alert, every: Iterable[Snapshot]) -> dict[tuple[str, str], str]:
    ids = [str(one.fetch.id) for one in every]
    keys = {finding_key(finding) for finding in alert.findings}
    wanted = {
        "alerts": [alert.id],
        "fetches": ids,
        "readings": ids,
        "findings": [str(id) for id in findings.ids_of(conn, alert.page["id"], keys)],
    }
    return {
        (kind, key): row
        for kind, keys in wanted.items()
        for key, row in chain.written(conn, kind, keys).items()
    }


def _by_kind(records: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for kind, key in records:
        grouped.setdefault(kind, []).append(key)
    return grouped


def _files(store: Store, side: str, one: Snapshot, page: Page, read: Read) -> Iterable[tuple[str, bytes]]:
    """The body of a side and its text, where there are any."""
    if not one.fetch.body_sha256:
        return
    body = store.blobs.get(one.fetch.body_sha256)
    yield f"{side}/body.{suffix(body, one.fetch)}", body
    text = read(body, one.fetch, page)
    if isinstance(text, Document):
        yield f"{side}/text.txt", text.text.encode("utf-8", "replace")


def suffix(body: bytes, fetch: Fetch) -> str:
    """How the name of a captured body ends: of a few known kinds only, and none that a browser opens."""
    kind = sniff(body, fetch.final_url or fetch.requested_url, fetch.header("Content-Type"))
    return _SUFFIXES.get(kind, "bin")
