"""Bodies as content-addressed files: `<root>/ab/<sha256>.zst`, written once, verified at every read.

A blob has its final name only when all of it is on the disk (temporary file, fsync, rename, fsync of
the folder), so it can be put before the database row that names it: a crash leaves an orphan, never a hole.
"""

import contextlib
import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import zstandard

from monitor.errors import StoreError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEVEL = 3
_LARGEST = 1 << 30  # bytes: what a frame may claim before we call its header damaged


class _Zstd(threading.local):
    """One compressor and one decompressor a thread: they are costly to make and not to be shared."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
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
        path = self._path(sha256)
        if not path.exists():
            try:
                self._write(path, self._zstd.compressor.compress(body))
            except OSError as error:
                raise StoreError(
                    f"{path}: blob cannot be written ({error.strerror}): check space and permissions"
                ) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of this blob. Raises StoreError if it is missing, or not what its name says."""
        path = self._path(sha256)
        try:
            frame = path.read_bytes()
        except FileNotFoundError as error:
            raise StoreError(f"{path}: blob is missing: restore it from a backup") from error
        except OSError as error:
            raise StoreError(f"{path}: blob cannot be read ({error.strerror}): check permissions") from error
        body = self._unpack(frame)
        if body is None or hashlib.sha256(body).hexdigest() != sha256:
            raise StoreError(
                f"{path}: blob is damaged, its bytes are not its name's: restore it from a backup"
            )
        return body

    def has(self, sha256: str) -> bool:
        """Whether this blob is there (its bytes are verified only when they are read)."""
        return self._path(sha256).exists()

    def all(self) -> Iterator[str]:
        """The SHA-256 of every blob, in order; unfinished and foreign files are passed over."""
        for path in sorted(self.root.glob("??/*.zst")):
            if _SHA256.fullmatch(path.stem) and path.parent.name == path.stem[:2]:
                yield path.stem

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise StoreError(f"{sha256!r} names no blob: a SHA-256 is 64 lower-case hexadecimal digits")
        return self.root / sha256[:2] / f"{sha256}.zst"

    def _unpack(self, frame: bytes) -> bytes | None:
        """The one whole frame, or None: cut, followed by other bytes, or claiming an absurd length."""
        try:
            length = zstandard.get_frame_parameters(frame).content_size
            if length > _LARGEST:
                return None
            body = self._zstd.decompressor.decompress(frame, allow_extra_data=False)
        except zstandard.ZstdError:
            return None
        return body if len(body) == length else None

    def _write(self, path: Path, frame: bytes) -> None:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sync_folder(self.root)
        handle, unfinished = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(frame)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(unfinished).unlink()
            raise
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in this folder survive a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
