"""Every file of a pack, from what it is made of. What a form holds never changes: a test pins its bytes.

Whoever changes what is written here makes another form (FORMAT) and leaves this one as it is, or packs that
were given away can be checked no more.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.evidence.capture import warc_of
from app.evidence.container import SUMS, sums_of, written
from app.evidence.source import (
    ANEW,
    FORMAT,
    SIDES,
    TEXT,
    Change,
    Facts,
    Linked,
    Period,
    Seen,
    Source,
    facts_of,
)
from app.evidence.wording import certificate, method, readme
from monitor.extract import sniff
from monitor.model import Fetch
from monitor.wire import alert_json

STAMP, HEAD, CHAIN, SCOPE, FORM = "head.tsr", "head.txt", "chain.tsv", "period.json", "format.txt"
_SUFFIXES = {
    "text/html": "html.txt",
    "text/plain": "txt",
    "text/markdown": "md.txt",
    "application/pdf": "pdf",
}
#: What an alert holds in this form, whatever later versions say besides.
_ALERT = (
    "schema", "id", "raised_at", "organization", "page", "headline", "direction", "findings", "before",
    "after", "not_checked", "links", "asks", "places", "follows", "thread",
)  # fmt: skip
_FINDING = (
    "kind", "direction", "tier", "confidence", "stance", "bearer", "actions", "technologies", "parties",
    "before_quote", "after_quote", "context", "rule", "reasons", "asks",
)  # fmt: skip


def packed(source: Source) -> bytes:
    """The zip: the same source gives the same bytes."""
    files = contents(source, facts_of(source.records, source.period))
    return written(files | {SUMS: sums_of(files)})


def contents(source: Source, facts: Facts) -> dict[str, bytes]:
    """Every file but SHA256SUMS, by its name."""
    files = dict(source.records) | dict(source.files)
    files |= {FORM: f"{FORMAT}\n".encode(), CHAIN: chain_lines(source.chain), HEAD: head_line(source)}
    if source.stamp:
        files[STAMP] = source.stamp
    if source.period:
        files[SCOPE] = _json(_scope(source.period))
    for change in facts.changes:
        files |= dict(_of_change(change, source.files))
    files["snapshots.json"] = _json([one.rows for one in facts.seen])
    files["METHOD.txt"] = method(source, facts).encode()
    files["CERTIFICATE-DRAFT.txt"] = certificate(source, facts).encode("utf-8", "replace")
    files["README.txt"] = readme(source, facts).encode("utf-8", "replace")
    return files


def _of_change(change: Change, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    told = alert_json(change.alert)
    findings = [{key: one[key] for key in _FINDING} for one in told["findings"]]
    yield f"{change.folder}alert.json", _json({key: told[key] for key in _ALERT} | {"findings": findings})
    yield f"{change.folder}findings.json", _json(findings)
    for side in SIDES:
        body = files.get(body_name(change, side, files), b"")
        yield f"{change.folder}{side}/capture.warc", warc_of(change.sides[side].fetch, body)


def body_name(change: Change, side: str, files: Iterable[str]) -> str:
    """The name of the captured bytes of this side, "" where they are not among these files."""
    return next((name for name in files if name.startswith(f"{change.folder}{side}/body.")), "")


def body_and_text(change_folder: str, side: str, seen: Seen, body: bytes, text: str) -> dict[str, bytes]:
    """Both, by their names: a text that nobody read then is named so.

    Where another one was read then, whose sum is recorded, there is none: it would rest on nothing.
    """
    read = text.encode("utf-8", "replace")
    files = {f"{change_folder}{side}/body.{suffix(body, seen.fetch)}": body}
    if is_as_read(seen, read) or seen.reading is None:
        files[f"{change_folder}{side}/{ANEW if seen.reading is None else TEXT}"] = read
    return files


def is_as_read(seen: Seen, text: bytes) -> bool:
    """Whether this is the text that was read when the page was looked at, by the reading that says so."""
    return seen.reading is not None and hashlib.sha256(text).hexdigest() == seen.reading.text_sha256


def suffix(body: bytes, fetch: Fetch) -> str:
    """How the name of a captured body ends: of a few known kinds only, and none that a browser opens."""
    kind = sniff(body, fetch.final_url or fetch.requested_url, fetch.header("Content-Type"))
    return _SUFFIXES.get(kind, "bin")


def chain_lines(chain: Iterable[Linked]) -> bytes:
    """One link a line: number, SHA-256 of the one before, table, key, content, its own SHA-256, record."""
    return "".join("\t".join(_cells(one)) + "\n" for one in chain).encode("utf-8", "surrogateescape")


def _cells(one: Linked) -> tuple[str, ...]:
    link = one.link
    return str(link.id), one.before, link.kind, link.key, link.content_sha256 or "-", link.sha256, one.file


def head_line(source: Source) -> bytes:
    """head.txt: the SHA-256 of the newest link."""
    return f"{source.head.sha256}\n".encode() if source.head else b""


def _scope(period: Period) -> dict[str, str]:
    return {
        "organization": period.organization_id,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
    }


def _json(value: Any) -> bytes:
    written = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    return written.encode("utf-8", "backslashreplace")
