"""Bodies as content-addressed files: `<root>/ab/<sha256>.zst`, written once, verified at every read.

A blob has its final name only when all of it is on the disk (file in `<root>/unfinished`, fsync, rename,
fsync of the folder), so it can be put before the database row that names it: a crash leaves an orphan, never
a hole.

A file is one zstd frame with the checksum flag, and its seal: a skippable frame, which every zstd program
passes over, with the SHA-256 of the first. A frame has bits that change no byte of the body (unused ones,
window sizes, codes that nothing uses), so the SHA-256 of the body alone does not prove it. Files of older
programs have neither flag nor seal; of their header we know what it must say.
"""

import contextlib
import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import zstandard

from monitor.errors import StoreError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEVEL = 3
_LARGEST = 1 << 30  # bytes: what a frame may claim before we call its header damaged
_SEAL = (0x184D2A50).to_bytes(4, "little") + (32).to_bytes(4, "little")  # skippable frame, of 32 bytes
_SEAL_BYTES = len(_SEAL) + 32
_FLAGS = 0b11111  # unused, reserved, checksum, two of a dictionary: none is set in files without a seal
_OLD_WINDOW = 1 << 21  # bytes: theirs, where the body is larger
_OLD_NOTHING = bytes.fromhex("28b52ffd2000010000")  # theirs for an empty body: zstd looks at no further bit
_UNFINISHED = "unfinished"
_LEFT_BEHIND_AFTER = timedelta(days=1)


class _Zstd(threading.local):
    """One compressor and one decompressor a thread: they are costly to make and not to be shared."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self.decompressor = zstandard.ZstdDecompressor()


class Blobs:
    """A folder of bodies, each under the SHA-256 of its bytes (64 lower-case hex digits)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._zstd = _Zstd()

    def put(self, body: bytes) -> str:
        """Keep these bytes and return their SHA-256; what is there already is not written again.

        Raises StoreError where the folder cannot be written (permissions, a full disk).
        """
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            try:
                self._write(path, _sealed(self._zstd.compressor.compress(body)))
            except OSError as error:
                raise StoreError(
                    f"{path}: blob cannot be written ({error.strerror}): check space and permissions"
                ) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of this blob. Raises StoreError if it is missing, or not what its name says."""
        path = self.path(sha256)
        try:
            kept = path.read_bytes()
        except FileNotFoundError as error:
            raise StoreError(f"{path}: blob is missing: restore it from a backup") from error
        except OSError as error:
            raise StoreError(f"{path}: blob cannot be read ({error.strerror}): check permissions") from error
        body = self._unpack(kept)
        if body is None or hashlib.sha256(body).hexdigest() != sha256:
            raise StoreError(
                f"{path}: blob is damaged, its bytes are not its name's: restore it from a backup"
            )
        return body

    def has(self, sha256: str) -> bool:
        """Whether this blob is there (its bytes are verified only when they are read)."""
        return self.path(sha256).exists()

    def all(self) -> Iterator[str]:
        """The SHA-256 of every blob, in order; unfinished and foreign files are passed over."""
        for folder in sorted(self.root.glob("??/")):
            for path in sorted(folder.glob("*.zst")):
                if _SHA256.fullmatch(path.stem) and folder.name == path.stem[:2]:
                    yield path.stem

    def clear_unfinished(self, now: datetime) -> int:
        """Remove what was left half-written over a day before now (aware); returns how many files.

        Raises StoreError where it may not be removed.
        """
        old = (now - _LEFT_BEHIND_AFTER).timestamp()
        cleared = 0
        try:
            for path in (self.root / _UNFINISHED).glob("*"):
                with contextlib.suppress(FileNotFoundError):  # its writer has just ended
                    if path.stat().st_mtime < old:
                        path.unlink()
                        cleared += 1
        except OSError as error:
            folder = self.root / _UNFINISHED
            raise StoreError(f"{folder} cannot be cleared ({error.strerror}): check permissions") from error
        return cleared

    def path(self, sha256: str) -> Path:
        """The file of this blob, there or not. Raises StoreError for what is no SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise StoreError(f"{sha256!r} names no blob: a SHA-256 is 64 lower-case hexadecimal digits")
        return self.root / sha256[:2] / f"{sha256}.zst"

    def _unpack(self, kept: bytes) -> bytes | None:
        """The body of the one whole frame, or None: cut, followed by other bytes, changed, absurdly long."""
        try:
            facts = zstandard.get_frame_parameters(kept)
            frame = _unsealed(kept) if facts.has_checksum else _without_seal(kept, facts)
            if frame is None or facts.content_size > _LARGEST:
                return None
            body = self._zstd.decompressor.decompress(frame, allow_extra_data=False)
        except zstandard.ZstdError:
            return None
        return body if len(body) == facts.content_size else None

    def _write(self, path: Path, kept: bytes) -> None:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self.root)
        (self.root / _UNFINISHED).mkdir(exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=self.root / _UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(unfinished).unlink()
            raise
        sync_folder(path.parent)


def _sealed(frame: bytes) -> bytes:
    return frame + _SEAL + hashlib.sha256(frame).digest()


def _unsealed(kept: bytes) -> bytes | None:
    """The frame that this seal is of; None where it is of no such frame."""
    frame = kept[:-_SEAL_BYTES]
    return frame if _sealed(frame) == kept else None


def _without_seal(kept: bytes, facts: zstandard.FrameParameters) -> bytes | None:
    """The frame as an older program wrote it; None where its header says what they never said."""
    if facts.content_size == 0:
        return kept if kept == _OLD_NOTHING else None
    header_holds = not kept[4] & _FLAGS and facts.window_size in (facts.content_size, _OLD_WINDOW)
    return kept if header_holds else None


def sync_folder(folder: Path) -> None:
    """Make the names in this folder survive a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
