"""A backup as a file: one tar, whose last two members say what must be in it.

    rows/<table>.jsonl.zst    the rows of a table (monitor/store/dump.py)
    config/….toml             what the home's own config folder says, without its settings
    blobs/ab/<sha256>.zst     every body, as it lies in the home
    manifest.json             what this is, with SHA-256 and size of every member above
    manifest.json.sha256      the SHA-256 of the manifest, as sha256sum writes it

A backup that is cut off has no end, so it cannot be taken for a whole one.
"""

import hashlib
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import zstandard

from monitor.blobs import sync_folder
from monitor.errors import InputError

SCHEMA = "pledgewatch.backup/1"
_MANIFEST, _SEAL = "manifest.json", "manifest.json.sha256"
_ROWS = re.compile(r"rows/([a-z_]+)\.jsonl\.zst")
_BODY = re.compile(r"blobs/([0-9a-f]{2})/\1[0-9a-f]{62}\.zst")
_CHUNK = 1 << 20  # bytes


def is_taken_along(config_file: str) -> bool:
    """Whether a file of config/ (as "watchlist/heron.toml") belongs in a backup.

    Settings never: they may hold addresses that are secrets. Nor does what no command would read.
    """
    *folders, name = parts = config_file.split("/")
    is_visible = all(part and not part.startswith(".") and "\0" not in part for part in parts)
    is_settings = not folders and name.lower().startswith("settings")
    return is_visible and name.endswith(".toml") and not is_settings


@contextmanager
def whole_file(path: Path, scratch: Path | None = None) -> Iterator[IO[bytes]]:
    """A file that gets its name when all of it is on the disk, and of which nothing stays otherwise.

    Until then it lies in scratch, a folder of the same disk, or beside itself.
    """
    handle, unfinished = tempfile.mkstemp(prefix=".unfinished-", dir=scratch or path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(unfinished).unlink()
        raise
    sync_folder(path.parent)


# --------------------------------------------------------------------------- writing


class Writer:
    """Writes a backup, one member after the other, to this file."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w:", format=tarfile.PAX_FORMAT)  # noqa: SIM115  see `end`
        self._at = int(at.timestamp())
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        """One more member: so many bytes of this. Raises OSError."""
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, self._at, 0o600
        counted = _Counted(content)
        self._tar.addfile(info, counted)
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember them all
        self.members[name] = {"bytes": size, "sha256": counted.sha256.hexdigest()}

    def end(self, facts: Mapping[str, Any]) -> None:
        """The manifest, with these facts, and its SHA-256."""
        manifest = json.dumps({"schema": SCHEMA, **facts, "members": self.members}, indent=1).encode() + b"\n"
        self.add(_MANIFEST, BytesIO(manifest), len(manifest))
        seal = _seal_of(manifest)
        self.add(_SEAL, BytesIO(seal), len(seal))
        self._tar.close()


class _Counted:
    """A file that is hashed while it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self.sha256 = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._content.read(size)
        self.sha256.update(chunk)
        return chunk


def _seal_of(manifest: bytes) -> bytes:
    return f"{hashlib.sha256(manifest).hexdigest()}  {_MANIFEST}\n".encode()


# --------------------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Member:
    """Where a member's bytes lie in the file, and what they are."""

    offset: int
    size: int
    sha256: str


class Backup:
    """A backup of which every byte was verified. facts: its manifest, without the members."""

    def __init__(self, tar: tarfile.TarFile, facts: Mapping[str, Any], members: Mapping[str, Member]) -> None:
        self._tar, self.facts, self._members = tar, facts, members

    def open(self, name: str) -> BinaryIO:
        """The bytes of one member."""
        info = tarfile.TarInfo(name)
        info.offset_data, info.size = self._members[name].offset, self._members[name].size
        return cast(BinaryIO, self._tar.extractfile(info))

    def tables(self) -> dict[str, Iterator[str]]:
        """Table → its rows as lines, read when they are asked for. Raises InputError."""
        found = {match[1]: name for name in self._members if (match := _ROWS.fullmatch(name))}
        return {table: self._lines(name) for table, name in found.items()}

    def bodies(self) -> list[str]:
        """The names of the members under blobs/."""
        return [name for name in self._members if name.startswith("blobs/")]

    def config(self) -> list[str]:
        """The names of the members under config/."""
        return [name for name in self._members if name.startswith("config/")]

    def _lines(self, name: str) -> Iterator[str]:
        try:
            with zstandard.open(self.open(name), "rt", encoding="utf-8", newline="\n") as lines:
                yield from lines
        except zstandard.ZstdError as error:
            raise InputError(f"{name} cannot be unpacked") from error


@contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """The backup in this file, once all of it was read. Raises InputError where it is none, or not whole."""
    try:
        raw = file.open("rb")
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}): name a backup") from error
    with raw:
        try:
            tar = tarfile.open(fileobj=raw, mode="r:")  # noqa: SIM115  it holds nothing but the file
            facts, members = _verified(tar)
        except InputError as error:
            raise InputError(f"{file}: {error}") from error
        except (tarfile.TarError, OSError, ValueError, OverflowError) as error:
            raise InputError(f"{file} is no backup, or it is cut off or damaged: use another one") from error
        yield Backup(tar, facts, members)


def _verified(tar: tarfile.TarFile) -> tuple[dict[str, Any], dict[str, Member]]:
    found = _walked(tar)
    if not {_MANIFEST, _SEAL} <= found.keys():
        raise InputError("this is no backup, or its end is missing: use another one")
    backup = Backup(tar, {}, found)
    manifest = backup.open(_MANIFEST).read()
    if backup.open(_SEAL).read() != _seal_of(manifest):
        raise _damaged(_MANIFEST)
    facts = _facts(manifest)
    members = {name: member for name, member in found.items() if name not in (_MANIFEST, _SEAL)}
    _compare(facts.pop("members"), members)
    return facts, members


def _walked(tar: tarfile.TarFile) -> dict[str, Member]:
    found: dict[str, Member] = {}
    while (info := tar.next()) is not None:
        tar.members.clear()  # type: ignore[attr-defined]  # it would remember them all
        if not (_is_ours(info.name) and info.isreg() and not info.issparse() and info.size >= 0):
            raise InputError(f"{info.name!r} stands in no backup: nothing was taken out of it")
        if info.name in found:
            raise InputError(f"{info.name!r} stands in it twice: use another one")
        found[info.name] = Member(info.offset_data, info.size, _sha256(tar, info))
    return found


def _is_ours(name: str) -> bool:
    folder, _, rest = name.partition("/")
    if folder == "config":
        return is_taken_along(rest)
    return name in (_MANIFEST, _SEAL) or bool(_ROWS.fullmatch(name) or _BODY.fullmatch(name))


def _sha256(tar: tarfile.TarFile, info: tarfile.TarInfo) -> str:
    content, total = tar.extractfile(info), hashlib.sha256()
    assert content is not None
    while chunk := content.read(_CHUNK):
        total.update(chunk)
    return total.hexdigest()


def _facts(manifest: bytes) -> dict[str, Any]:
    facts = json.loads(manifest)
    if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:
        raise InputError(f"its manifest is not of {SCHEMA}: use the pledgewatch that wrote it")
    missing = {"store_version", "created_at", "head", "rows", "members"} - facts.keys()
    if missing:
        raise _damaged(_MANIFEST)
    return facts


def _compare(declared: Mapping[str, Mapping[str, Any]], found: Mapping[str, Member]) -> None:
    if other := sorted(declared.keys() ^ found.keys()):
        raise InputError(f"{other[0]} is missing, or was put in: use another one")
    for name, member in found.items():
        if declared[name] != {"bytes": member.size, "sha256": member.sha256}:
            raise _damaged(name)


def _damaged(name: str) -> InputError:
    return InputError(f"the backup is damaged, {name} is not what was written: use another one")
