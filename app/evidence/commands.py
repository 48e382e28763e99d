"""pledgewatch evidence export | verify."""

import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from alerts.marking import visible
from app.dossiers.found import refuse_unknown
from app.evidence.checking import Checked, checked
from app.evidence.container import LARGEST, MOST, files_in
from app.evidence.contents import head_line, packed
from app.evidence.gathering import gathered, gathered_period
from app.evidence.imported import private_names
from app.evidence.links import left_out
from app.evidence.source import ORGANIZATION, BrokenError, Period, Source, without_text
from app.evidence.stamping import read_authority, stamped
from app.home import Home
from app.screen import columns, say
from app.writing import write_file
from monitor.errors import DeliveryError, InputError, StoreError
from monitor.model import Alert, Page, Role
from monitor.store import alerts
from monitor.wire import utc_text

INTACT, NOT_INTACT = 0, 1
WHOLE, WITHOUT_STAMP = 0, 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


# --------------------------------------------------------------------------- export


def export_alert(home: Home, id: str, file: Path | None) -> int:
    """Write the pack of this alert (its id, or how it begins): 1 where the authority gave no time stamp.

    Raises InputError where there is no such alert, or the file cannot be written, and StoreError where a body
    is missing or damaged, or a row is not what its link holds: then nothing is written.
    """
    _refuse_name(file)
    with home.existing_store() as store, store.read() as conn:
        alert = alerts.get(conn, id)
        source = gathered(conn, store, alert, _page_of(home, alert), home.rules.read)
    return _export(home, source, file or Path(f"evidence-{alert.id[:12]}.zip"))


def export_period(home: Home, organization: str, first: str, last: str, file: Path | None) -> int:
    """Write the pack of an organization from this day (UTC) to that, both included.

    Raises as `export_alert`, and InputError where the days are none, or nothing was looked at in them.
    """
    _refuse_name(file)
    period = _period(organization, first, last)
    watched = [page for page in home.watchlist.pages if page.organization_id == organization]
    with home.existing_store() as store, store.read() as conn:
        refuse_unknown(conn, home, organization)
        read = home.rules.read
        source = gathered_period(conn, store, period, watched, lambda alert: _page_of(home, alert), read)
    return _export(home, source, file or Path(f"evidence-{organization}-{first}-{last}.zip"))


def _refuse_name(file: Path | None) -> None:
    """A pack replaces what has its name: never a store, a paper, a file of the configuration."""
    if file and file.suffix.lower() != ".zip":
        raise InputError(f'"{file}" is no name of a pack: end it in .zip')


def _period(organization: str, first: str, last: str) -> Period:
    if not ORGANIZATION.fullmatch(organization):
        raise InputError(f"{organization!r} is no id of an organization: Coverage at the desk shows them")
    days = _day("--from", first), _day("--to", last)
    if days[0] > days[1]:
        raise InputError(f"the period ends ({last}) before it begins ({first}): swap --from and --to")
    return Period(organization, *days)


def _day(option: str, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise InputError(f"{option} {said!r} is no day: write it as 2026-11-22") from None


def _page_of(home: Home, alert: Alert) -> Page:
    """The page as it is declared today; else a page of this id, read as a whole."""
    known = {page.id: page for page in home.watchlist.pages}
    id = alert.page["id"]
    return known.get(id) or Page(id, id.partition("/")[0], alert.page["url"], Role.POLICY)


def _export(home: Home, source: Source, file: Path) -> int:
    source = _with_stamp(home, source)
    body = packed(source)
    if len(body) > LARGEST or files_in(body) > MOST:
        said = f"the pack would hold more than {MOST:,} files, or {LARGEST:,} bytes"
        raise InputError(f"{said}: choose fewer or later days")
    try:
        checked(body)
    except BrokenError as error:
        raise StoreError(f"the store does not hold what was recorded ({error}): run verify-store") from None
    write_file(file, body)
    say(f"{file}: {len(body):,} bytes, {len(source.records):,} records, {len(source.chain):,} links.")
    if source.head:
        say(f"Head: {source.head.sha256}, link {source.head.id:,}. Keep it elsewhere, too.")
    if private := private_names(source):
        say(_PRIVATE.format(count=private))
    return WITHOUT_STAMP if home.settings.time_stamp.url and not source.stamp else WHOLE


_PRIVATE = (
    "Remark: {count:,} of its records say where a captured file lay on the machine that imported it "
    "(archive_url). They are as they were hashed and cannot be cut: whoever gets the pack can read it."
)


def _with_stamp(home: Home, source: Source) -> Source:
    url = home.settings.time_stamp.url
    if not url:
        return source
    try:
        return replace(source, stamp=stamped(head_line(source), url, home.settings.network.allow_hosts))
    except DeliveryError as error:
        print(f"pledgewatch: {visible(str(error))}; the pack has no time stamp", file=sys.stderr)
        return source


# --------------------------------------------------------------------------- verify


def verify(file: Path, head: str | None, authority: Path | None) -> int:
    """Print what was checked, or the first thing that is broken: 0 intact, 1 not.

    Needs neither home nor store. Raises InputError where file, head or certificates cannot be read.
    """
    known = (head or "").strip().lower()
    if head is not None and not _SHA256.fullmatch(known):
        raise InputError(f"{head!r} is no head: after --head write the 64 hexadecimal digits of its SHA-256")
    certificates = read_authority(authority) if authority else b""
    zipped = _read(file)
    try:
        found = checked(zipped, known, certificates)
    except BrokenError as error:
        say(f"{error.where}: {error.what}.")
        say(f"Not intact: {file}.")
        return NOT_INTACT
    _show(found, known, bool(certificates))
    return INTACT


def _read(file: Path) -> bytes:
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{file} cannot be read: it is no regular file; name an evidence pack")
        if found.st_size > LARGEST:
            raise InputError(f"{file} is larger than any pack ({LARGEST:,} bytes): name another file")
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}; name an evidence pack") from None


def _show(found: Checked, known: str, is_signer_checked: bool) -> None:
    source = found.source
    assert source.head is not None
    captures = 2 * len(found.facts.changes)
    columns(
        [
            ("Checked", f"{found.files:,} files: each is in SHA256SUMS, and is what it must be"),
            ("Chain", f"{len(source.chain):,} links, each computed once more, none left out up to the head"),
            ("Records", f"{len(source.records):,}, each as its link holds it"),
            ("Not in here", _left_out(left_out(source))),
            ("Captures", f"{captures:,}, each the body that its fetch names, as file and as WARC"),
            ("Quotes", f"{found.quotes:,}, word for word in the texts that were read"),
            ("Head", source.head.sha256),
            ("Time stamp", _stamp(found, is_signer_checked)),
        ]
    )
    for remark in _remarks(found):
        say(f"Remark: {remark}")
    if found.known:
        later = source.head.id - found.known.id
        say(f"The head that you gave is in this chain; {later:,} links came after it.")
    say("Intact.")
    if not known:
        say(_UNPROVED)


def _left_out(alerts: int) -> str:
    if not alerts:
        return "no alert that the chain names"
    return f"{alerts:,} of the alerts that the chain names; it does not say on which page or organization"


def _remarks(found: Checked) -> Iterator[str]:
    for name in found.anew:
        yield f"{name} was read when the pack was made; no record holds its sum."
    for change in found.facts.changes:
        for name in without_text(change, found.source.files):
            yield f"{name} is not in here; its record holds the sum of the text that was read then."
    if found.source.period:
        yield "the organization and the days in period.json are what its maker says; no link holds them."


_UNPROVED = (
    "This does not prove who made the pack, nor that its chain was not written anew as a whole: compare the "
    "head with one that was kept elsewhere (--head), or have a time stamp proved (--tsa-cert)."
)


def _stamp(found: Checked, is_signer_checked: bool) -> str:
    if found.stamped_at is None:
        return "none"
    signer = (
        "signed by the authority that you named" if is_signer_checked else "signer not checked (--tsa-cert)"
    )
    return f"of this head, {utc_text(found.stamped_at)}, {signer}"
