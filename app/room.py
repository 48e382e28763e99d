"""Room on the disk: below a floor nothing is fetched, and a ballast is kept that can be thrown off.

A full disk loses nothing that was recorded, but the database cannot even tidy up on it. The ballast gives it
some megabytes back at that moment.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import StoreError

BALLAST_BYTES = 8 * 1024 * 1024
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Room:
    """The room below one folder, the home. floor_bytes: with less than this free nothing is fetched.

    Where the database is on a server of its own, this is about the bodies only.
    """

    root: Path
    floor_bytes: int

    def problem(self) -> str:
        """Why nothing should be fetched now, one sentence; "" where there is room. Raises StoreError."""
        free = self.free()
        if free >= self.floor_bytes:
            return ""
        return (
            f"{self.root}: {_told(free)} of the disk are free, and the floor (store.free_bytes) is "
            f"{_told(self.floor_bytes)}: nothing is fetched until there is room; "
            "free some space, or lower the floor in the settings"
        )

    def is_full(self) -> bool:
        """Whether so little is left that the database may not be able to write. Raises StoreError."""
        return self.free() < BALLAST_BYTES

    def keep_ballast(self) -> None:
        """Make the ballast where it is missing or not whole, and there is room for it above the floor.

        Raises StoreError where the folder cannot be written.
        """
        if self._has_ballast() or self.free() < self.floor_bytes + BALLAST_BYTES:
            return
        try:
            self._write()
        except OSError as error:
            self.drop_ballast()
            problem = f"{self._ballast}: the ballast cannot be written ({error.strerror})"
            raise StoreError(f"{problem}: check space and permissions") from error

    def drop_ballast(self) -> bool:
        """Give the disk its bytes back; False where there were none, or the folder cannot be written."""
        try:
            self._ballast.unlink()
        except OSError:
            return False
        return True

    @property
    def _ballast(self) -> Path:
        return self.root / "ballast"

    def _has_ballast(self) -> bool:
        try:
            return self._ballast.stat().st_size == BALLAST_BYTES
        except OSError:
            return False

    def _write(self) -> None:
        """Bytes that no file system can store as fewer."""
        with self._ballast.open("wb") as file:
            file.write(os.urandom(BALLAST_BYTES))
            file.flush()
            os.fsync(file.fileno())

    def free(self) -> int:
        """Bytes that we may still write, on the disk where the home is or will be made. Raises StoreError."""
        there = existing(self.root)
        try:
            return shutil.disk_usage(there).free
        except OSError as error:
            raise StoreError(f"{there}: the disk does not say how full it is ({error.strerror})") from error


def existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists."""
    return next((one for one in (path, *path.absolute().parents) if one.exists()), Path.cwd())


def _told(size: int) -> str:
    return f"{size // _MB} MB"
