"""Whether a pack from anywhere is as it was written: what stands by itself is proved, all else made anew."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from app.evidence.container import CONTAINER, SUMS, sums_of, taken_apart, written
from app.evidence.contents import (
    CHAIN,
    FORM,
    HEAD,
    SCOPE,
    STAMP,
    contents,
    is_as_read,
    suffix,
)
from app.evidence.links import check_head, check_records, read_chain
from app.evidence.source import (
    ANEW,
    FORMAT,
    ORGANIZATION,
    SIDES,
    TEXT,
    BrokenError,
    Change,
    Facts,
    Period,
    Source,
    facts_of,
    record_name,
    without_text,
)
from app.evidence.stamping import check_stamp
from app.evidence.wording import readme, tells_of_no_text
from monitor.model import Fetch
from monitor.store.chain import Link

README, CERTIFICATE = "README.txt", "CERTIFICATE-DRAFT.txt"
_MISSING, _FOREIGN = "it is missing", "it does not belong in a pack"
_RECORD = re.compile(r"records/(?:alerts|fetches|readings|findings)-[0-9a-f]{1,64}\.json")
_BY_ITSELF = re.compile(
    r"(?:changes/[0-9a-f]{16}/)?(?:before|after)/(?:body\.[a-z.]{2,8}|text(?:-read-anew)?\.txt)"
)
_Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was proved of a pack that is intact."""

    source: Source
    facts: Facts
    files: int
    quotes: int  #: exact words that stand in a text that was read then
    anew: tuple[str, ...] = field(default=())  #: texts of which no record holds the sum
    stamped_at: datetime | None = None  #: UTC; None without a time stamp
    known: Link | None = None  #: the link that the head kept elsewhere is


def checked(zipped: bytes, known_head: str = "", authority: bytes = b"") -> Checked:
    """What holds of these bytes. known_head: 64 hex digits that were kept elsewhere, "" for none.

    authority: certificates of the time-stamping authority (PEM), b"" where its signature is not to be proved.
    Raises BrokenError with the first thing that is not as it was written.
    """
    files = taken_apart(zipped)
    held, broken = None, None
    try:
        held = _held({name: body for name, body in files.items() if name != SUMS}, authority)
    except BrokenError as error:
        broken = error
    _check_sums(files, broken)
    if held is None:
        raise broken or AssertionError
    if written(files) != zipped:
        what = "it was changed around its files, each of which is as it was; use the pack as it was written"
        raise BrokenError(CONTAINER, what)
    return replace(held, files=len(files), known=_known(held, known_head) if known_head else None)


def _check_sums(files: _Files, broken: BrokenError | None) -> None:
    """SHA256SUMS names each file with its sum. Where all else holds it was changed itself, else the file."""
    said = files.get(SUMS)
    others = {name: body for name, body in files.items() if name != SUMS}
    if said == sums_of(others):
        return
    if said is None:
        raise broken or BrokenError(SUMS, _MISSING)
    if broken is None:
        raise _without_proof(said, sums_of(others))
    lines = set(said.decode("utf-8", "replace").splitlines())
    sums = ((name, f"{sha256(body).hexdigest()}  {name}") for name, body in sorted(others.items()))
    changed = [name for name, line in sums if line not in lines]
    if broken.where not in changed and changed:
        raise BrokenError(changed[0], "SHA256SUMS holds no such name with its SHA-256")
    raise broken


def _without_proof(said: bytes, sums: bytes) -> BrokenError:
    """Where only the sum of a file differs that nothing else holds, that file was changed."""
    pairs = list(zip(said.split(b"\n"), sums.split(b"\n"), strict=False))
    differing = [(one, other[66:].decode()) for one, other in pairs if one != other]
    if said.count(b"\n") == sums.count(b"\n") and len(differing) == 1:
        line, name = differing[0]
        if name.endswith((STAMP, ANEW)) and re.fullmatch(
            rf"[0-9a-f]{{64}}  {re.escape(name)}".encode(), line
        ):
            return BrokenError(name, "SHA256SUMS holds another SHA-256 of it")
    return BrokenError(SUMS, "it was changed: each file is as it was written")


def _held(files: _Files, authority: bytes) -> Checked:
    """All but SHA256SUMS and the zip. Raises BrokenError."""
    if files.get(FORM) != f"{FORMAT}\n".encode():
        raise BrokenError(FORM, _MISSING if FORM not in files else f"this program checks {FORMAT} only")
    for name in (CHAIN, HEAD, README):
        if name not in files:
            raise BrokenError(name, _MISSING)
    if SCOPE not in files and any(name.startswith("changes/") for name in files):
        raise BrokenError(SCOPE, _MISSING)
    records = {name: body for name, body in files.items() if _RECORD.fullmatch(name)}
    by_itself = {name: body for name, body in files.items() if _BY_ITSELF.fullmatch(name)}
    period, stamp = _period(files.get(SCOPE)), files.get(STAMP, b"")
    source = Source(records, read_chain(files[CHAIN]), by_itself, period, stamp)
    check_head(source, files[HEAD], files[README])
    check_records(source)
    facts = facts_of(records, period)
    _check_scope(facts, period)
    _check_pages(records, facts, period)
    _check_captures(facts, by_itself)
    _check_derived(source, facts, files)
    stamped_at = check_stamp(stamp, files[HEAD], authority) if stamp else None
    anew = tuple(name for name in sorted(by_itself) if name.endswith(ANEW))
    quotes = sum(_check_quotes(change, by_itself) for change in facts.changes)
    return Checked(source, facts, 0, quotes, anew, stamped_at)


def _period(body: bytes | None) -> Period | None:
    if body is None:
        return None
    try:
        said: Any = json.loads(body)
        days = (date.fromisoformat(said[key]) for key in ("from", "to"))
        if not ORGANIZATION.fullmatch(said["organization"]):
            raise ValueError
        return Period(said["organization"], *days)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BrokenError(SCOPE, "it does not say which organization and which days") from None


def _check_scope(facts: Facts, period: Period | None) -> None:
    if period is None:
        if len(facts.changes) != 1:
            raise BrokenError(SCOPE, f"{_MISSING}: only a pack of a period holds other than one change")
        return
    for one in facts.changes:
        its = one.alert.organization.get("id"), one.alert.raised_at.date()
        if its[0] != period.organization_id or not period.first <= its[1] <= period.last:
            raise BrokenError(SCOPE, f"the change {one.alert.id} is of another organization or time")


def _check_pages(records: _Files, facts: Facts, period: Period | None) -> None:
    """Each row is of the page of a change in here; in a period a fetch may be of any page looked at then."""
    changed = {one.alert.page["id"] for one in facts.changes}
    for fetch in (one.fetch for one in facts.seen if one.fetch.page_id not in changed):
        name = record_name("fetches", str(fetch.id))
        if period is None:
            raise BrokenError(name, "it is of another page than the change")
        if not _is_within(fetch, period):
            raise BrokenError(SCOPE, f"{name} is of another organization or time")
    findings = (name for name in sorted(records) if name.startswith("records/findings-"))
    for name in findings:
        if str(dict(json.loads(records[name])).get("page_id")) not in changed:
            raise BrokenError(name, "it is of a page of which no change is in here")


def _is_within(fetch: Fetch, period: Period) -> bool:
    is_its = fetch.page_id.startswith(f"{period.organization_id}/")
    return is_its and period.first <= fetch.started_at.date() <= period.last


# --------------------------------------------------------------------------- bodies, texts, quotes


def _check_captures(facts: Facts, files: _Files) -> None:
    belong = {name for change in facts.changes for name in _check_sides(change, files)}
    if others := sorted(set(files) - belong):
        raise BrokenError(others[0], _FOREIGN)


def _check_sides(change: Change, files: _Files) -> set[str]:
    """The names of bodies and texts, each of which is the one that its fetch or reading names."""
    return {check(change, side, files) for side in SIDES for check in (_check_body, _check_text)}


def _check_body(change: Change, side: str, files: _Files) -> str:
    fetch, stem = change.sides[side].fetch, f"{change.folder}{side}/"
    bodies = {name: body for name, body in sorted(files.items()) if name.startswith(f"{stem}body.")}
    right = [name for name, body in bodies.items() if sha256(body).hexdigest() == fetch.body_sha256]
    if not bodies:
        raise BrokenError(f"{stem}body.*", _MISSING)
    if not right:
        what = f"it is not the body that records/fetches-{fetch.id}.json names"
        raise BrokenError(next(iter(bodies)), what)
    name = f"{stem}body.{suffix(bodies[right[0]], fetch)}"
    if name not in right:
        raise BrokenError(right[0], "a body like this has another name in a pack")
    return name


def _check_text(change: Change, side: str, files: _Files) -> str:
    seen, stem = change.sides[side], f"{change.folder}{side}/"
    as_read, anew = files.get(stem + TEXT), files.get(stem + ANEW)
    if as_read is not None and not is_as_read(seen, as_read):
        what = f"it is not the text that records/readings-{seen.fetch.id}.json names"
        raise BrokenError(stem + TEXT, what)
    if anew is not None and seen.reading is not None:
        what = f"another text was read then: records/readings-{seen.fetch.id}.json holds its sum"
        raise BrokenError(stem + ANEW, what)
    if anew is None and seen.reading is None:
        raise BrokenError(stem + ANEW, _MISSING)
    return stem + (TEXT if anew is None else ANEW)


def _check_quotes(change: Change, files: _Files) -> int:
    """How many quotes stand verbatim in a text that was read then."""
    found = 0
    for side in SIDES:
        text = files.get(f"{change.folder}{side}/{TEXT}")
        quotes = {getattr(finding, f"{side}_quote") for finding in change.alert.findings} - {""}
        for quote in sorted(quotes) if text is not None else ():
            if quote.encode("utf-8", "replace") not in (text or b""):
                what = f"a quote of its findings does not stand in {change.folder}{side}/{TEXT}"
                raise BrokenError(f"{change.folder}alert.json", what)
            found += 1
    return found


# --------------------------------------------------------------------------- what follows from them


def _check_derived(source: Source, facts: Facts, files: _Files) -> None:
    """Every other file is what follows from records, chain, bodies and texts."""
    for name in (name for change in facts.changes for name in without_text(change, source.files)):
        if tells_of_no_text(name).encode() not in files[README]:
            raise BrokenError(name, _MISSING)
    wanted = contents(source, facts)
    differing = [name for name in sorted({*wanted, *files}) if wanted.get(name) != files.get(name)]
    if not differing:
        return
    both = {README, CERTIFICATE} <= set(differing)
    if source.period and both and _below(files[README]) == _below(wanted[README]):
        raise BrokenError(SCOPE, f"{README} and {CERTIFICATE} tell of another organization or time")
    if README in differing and files[README] == _readme_of_other_stamp(source, facts):
        raise BrokenError(STAMP, "README.txt tells of none" if source.stamp else _MISSING)
    for name in differing:
        if name not in wanted:
            raise BrokenError(name, _FOREIGN)
        if name not in files:
            raise BrokenError(name, _MISSING)
    raise BrokenError(differing[0], "it was changed: it is not what follows from the records")


def _below(text: bytes) -> bytes:
    """A README without its title."""
    return text.partition(b"\n")[2]


def _readme_of_other_stamp(source: Source, facts: Facts) -> bytes:
    other = replace(source, stamp=b"" if source.stamp else b"any")
    return readme(other, facts).encode("utf-8", "replace")


# --------------------------------------------------------------------------- the head kept elsewhere


def _known(held: Checked, head: str) -> Link:
    """The link that it is: at the end of this chain, or at least behind everything that the pack tells."""
    found = next((one.link for one in held.source.chain if one.link.sha256 == head), None)
    if found is None:
        what = "no link of this pack is the head that you gave: chain.tsv was written anew"
        raise BrokenError(HEAD, f"{what}, or is of another store or an earlier time")
    newest = max(one.link.id for one in held.source.chain if one.file != "-")
    if found.id < newest:
        what = f"this pack rests on a link that came {newest - found.id:,} after the head that you gave"
        raise BrokenError(HEAD, f"{what}: so old a head cannot prove it")
    return found
