"""Mementos: dated captures that somebody else took, read from a folder with a manifest.json.

The manifest is an array of objects: organization, page, captured_at ("20250801T003216Z"), file (relative to
the folder), sha256, bytes, url, select (a CSS selector or null) and, where it is known, archive_url.
Everything is checked before anything is given back, so an import that begins can end.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from monitor.errors import InputError
from monitor.model import Fetch, Page, Role
from monitor.tables import url_problem

MANIFEST = "manifest.json"
_CAPTURED_AT = "%Y%m%dT%H%M%SZ"
_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEYS: Mapping[str, type] = {
    "organization": str,
    "page": str,
    "captured_at": str,
    "file": str,
    "sha256": str,
    "bytes": int,
    "url": str,
}


@dataclass(frozen=True, slots=True)
class Memento:
    """One capture: of which page, when (UTC), the file that holds its bytes, and where it came from."""

    organization_id: str
    page: Page
    captured_at: datetime
    path: Path
    sha256: str
    url: str  #: the address that was captured
    archive_url: str  #: where the capture itself is kept; else "file:" and its name below the folder


def read_manifest(folder: Path) -> tuple[Memento, ...]:
    """The mementos of this folder, oldest first, every file verified. Raises InputError."""
    file = folder / MANIFEST
    entries = _entries(file)
    root = folder.resolve()
    mementos = (_memento(entry, root, f"{file}: entry {number}") for number, entry in enumerate(entries, 1))
    return tuple(sorted(mementos, key=lambda memento: (memento.captured_at, memento.page.id)))


def body_of(memento: Memento) -> bytes:
    """The captured bytes, verified once more. Raises InputError."""
    body = _bytes_of(memento.path)
    if hashlib.sha256(body).hexdigest() != memento.sha256:
        raise InputError(f"{memento.path}: the file was changed while it was being imported: import it again")
    return body


def fetch_of(memento: Memento, body: bytes, *, program_version: str, config_sha256: str) -> Fetch:
    """The fetch that the archive once made, with archive_url saying that it was not ours."""
    return Fetch(
        page_id=memento.page.id,
        requested_url=memento.url,
        started_at=memento.captured_at,
        ended_at=memento.captured_at,
        final_url=memento.url,
        status=200,
        body_sha256=memento.sha256,
        body_bytes=len(body),
        program_version=program_version,
        config_sha256=config_sha256,
        archive_url=memento.archive_url,
    )


def _entries(file: Path) -> list[Any]:
    if not file.is_file():
        raise InputError(f"{file}: there is no manifest here: name a folder of captures that has one")
    try:
        entries = json.loads(_bytes_of(file))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: this is not valid JSON in UTF-8 ({error})") from error
    if not isinstance(entries, list):
        raise InputError(f"{file}: the manifest must be an array of captures")
    return entries


def _memento(entry: Any, root: Path, where: str) -> Memento:
    _check_keys(entry, where)
    path = _path(root, entry["file"], where)
    _check_bytes(path, entry["sha256"], entry["bytes"], where)
    return Memento(
        organization_id=entry["organization"],
        page=_page(entry, where),
        captured_at=_captured_at(entry["captured_at"], where),
        path=path,
        sha256=entry["sha256"],
        url=entry["url"],
        archive_url=entry.get("archive_url") or f"file:{quote(path.relative_to(root).as_posix())}",
    )


def _check_keys(entry: Any, where: str) -> None:
    if not isinstance(entry, dict):
        raise InputError(f"{where}: a capture must be an object with the keys {', '.join(_KEYS)}")
    for key, kind in _KEYS.items():
        if key not in entry:
            raise InputError(f"{where}: the key {key!r} is missing")
        if type(entry[key]) is not kind:
            kind_name = "a text" if kind is str else "a whole number"
            raise InputError(f"{where}: {key} must be {kind_name}, not {entry[key]!r}")
    for key in ("select", "archive_url"):
        if not isinstance(entry.get(key), str | None):
            raise InputError(f"{where}: {key} must be a text or null, not {entry[key]!r}")


def _page(entry: Mapping[str, Any], where: str) -> Page:
    for key in ("organization", "page"):
        if not _ID.fullmatch(entry[key]):
            raise InputError(f"{where}: {key} must be an id such as 'service-terms', not {entry[key]!r}")
    if problem := url_problem(entry["url"]):
        raise InputError(f"{where}: url {problem}")
    return Page(
        id=f"{entry['organization']}/{entry['page']}",
        organization_id=entry["organization"],
        url=entry["url"],
        role=Role.POLICY,
        select=(entry["select"],) if entry.get("select") else (),
    )


def _captured_at(stamp: str, where: str) -> datetime:
    try:
        return datetime.strptime(stamp, _CAPTURED_AT).replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError(f"{where}: captured_at must be like 20250801T003216Z, not {stamp!r}") from error


def _path(root: Path, name: str, where: str) -> Path:
    """The file of this name inside the folder, also after following links."""
    try:
        path = (root / name).resolve()
    except (ValueError, OSError, RuntimeError) as error:  # a NUL, a name too long, a loop of links
        raise InputError(f"{where}: {name!r} is no file name ({error})") from error
    if not path.is_relative_to(root):
        raise InputError(f"{where}: {name!r} lies outside the folder: captures must be inside it")
    if not path.is_file():
        raise InputError(f"{where}: the file {name!r} is missing")
    return path


def _check_bytes(path: Path, sha256: str, length: int, where: str) -> None:
    if not _SHA256.fullmatch(sha256):
        raise InputError(f"{where}: sha256 must be 64 lower-case hexadecimal digits, not {sha256!r}")
    body = _bytes_of(path)
    if len(body) != length:
        raise InputError(f"{where}: {path} has {len(body)} bytes, the manifest says {length}")
    if hashlib.sha256(body).hexdigest() != sha256:
        raise InputError(f"{where}: {path} is not the file that was captured: its SHA-256 is another")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check its permissions") from error
