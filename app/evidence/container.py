"""The zip around a pack: nothing compressed, nothing by chance; and how one from anywhere is opened."""

import hashlib
import io
import re
import stat
import struct
import zipfile
from collections.abc import Iterable, Mapping

from app.evidence.source import BrokenError

SUMS = "SHA256SUMS"
CONTAINER = "the zip itself"
LARGEST = 1 << 30  #: bytes of a pack
MOST = 20_000  #: files in one
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}")
_LONGEST = 150  # characters of a name
_ENCRYPTED = 1
_BEFORE, _LISTED, _END = 30, 46, 22  # bytes of a zip around names and files, without extra fields or comments
#: What reading a zip that was made to harm may raise.
_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    KeyError,
    OverflowError,
    struct.error,
)


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """SHA256SUMS, as `sha256sum --check` reads it."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items()))
    return "".join(lines).encode()


def written(files: Mapping[str, bytes]) -> bytes:
    """The zip of these files in the order of their names: the same files give the same bytes, everywhere."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, body in sorted(files.items()):
            archive.writestr(_entry(name), body)
    return made.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
    return entry


def files_in(zipped: bytes) -> int:
    """How many files a zip that `written` made holds."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return len(archive.infolist())


def taken_apart(zipped: bytes) -> dict[str, bytes]:
    """Name → bytes of every file. Raises BrokenError; nothing is written anywhere, nothing is unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(zipped))
    except _UNREADABLE:
        raise BrokenError(CONTAINER, "it is no zip, or it was cut off") from None
    with archive:
        entries = archive.infolist()
        _refuse_entries(entries)
        if len(zipped) != _END + sum(_size(entry) for entry in entries):
            raise BrokenError(CONTAINER, "it holds bytes that belong to none of the files in its list")
        return {entry.filename: _read(archive, entry) for entry in entries}


def _size(entry: zipfile.ZipInfo) -> int:
    """Bytes that a file takes: what stands before it, itself, and its line in the list at the end."""
    return _BEFORE + _LISTED + 2 * len(entry.filename) + entry.file_size


def _refuse_entries(entries: Iterable[zipfile.ZipInfo]) -> None:
    """Names, kinds and sizes, before a byte of a file is read."""
    seen: set[str] = set()
    size = 0
    for entry in entries:
        name = entry.filename
        size += entry.file_size
        if problem := _problem(entry):
            raise BrokenError(_line(name), problem)
        if name in seen:
            raise BrokenError(name, "it is in the zip twice")
        seen.add(name)
        if len(seen) > MOST or size > LARGEST:
            raise BrokenError(CONTAINER, f"it holds more than {MOST:,} files, or more than {LARGEST:,} bytes")


def _line(name: str) -> str:
    """A name from anywhere, as part of one line."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name)


def _problem(entry: zipfile.ZipInfo) -> str:
    """Why this entry is none of a pack; "" where it may be one."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link to another file, which no pack holds"
    if not _NAME.fullmatch(entry.filename) or len(entry.filename) > _LONGEST:
        return "a name like this, which may lead out of the folder, stands in no pack"
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted, which no file of a pack is"
    if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
        return "it is compressed, which no file of a pack is"
    return ""


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except _UNREADABLE:
        raise BrokenError(entry.filename, "it cannot be read: the zip was changed there") from None
