"""The configuration in force: read again when its files change, kept as it was where they cannot be followed.

The last good one lies in the home as `config.last-good`: the checks that are started meanwhile follow it too.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.home import Home, find_home
from monitor.errors import ConfigError

LAST_GOOD = "config.last-good"

Options = tuple[str | None, str | None]  #: --home and --config, as they were given


@dataclass(frozen=True, slots=True)
class InForce:
    """What to follow: the home, the --config for a check ("" for its own), what is wrong with the files."""

    home: Home
    config: str = ""
    problem: str = ""


class SteadyConfig:
    """Reads the configuration of a home as often as it changes."""

    def __init__(self, options: Options, environ: Mapping[str, str]) -> None:
        self.options, self.environ = options, environ
        self.seen: tuple[tuple[str, int, int], ...] = ()
        self.in_force: InForce | None = None

    def read(self) -> InForce:
        """What is in force now. Raises ConfigError where none ever could be followed."""
        home = find_home(*self.options, self.environ)
        files = tuple(_files(home.config))
        if self.in_force is None or files != self.seen:
            self.in_force = self._followed(home)
            self.seen = () if self.in_force.problem else files
        return self.in_force

    def _followed(self, home: Home) -> InForce:
        try:
            home.read_all()
        except ConfigError as error:
            last_good = home.root / LAST_GOOD
            if self.in_force is None and not last_good.is_dir():
                raise
            kept = find_home(self.options[0], str(last_good), self.environ)
            return InForce(kept, str(last_good), str(error))
        _keep(home)
        return InForce(home)


def _keep(home: Home) -> None:
    """Copy what could be followed, where it is another than was kept; the copy is there in whole, or not.

    A disk that is full or may not be written is no reason to stop: it is followed all the same.
    """
    fresh, kept = home.root / f"{LAST_GOOD}.new", home.root / LAST_GOOD
    with suppress(OSError):
        files = [file for file in home.config.rglob("*.toml") if not _is_kept(file)]
        is_whole = (kept / "watchlist").is_dir()
        if is_whole and _contents(kept, kept.rglob("*.toml")) == _contents(home.config, files):
            return
        shutil.rmtree(fresh, ignore_errors=True)
        (fresh / "watchlist").mkdir(parents=True)  # an empty one is a watchlist, too
        for file in files:
            copy = fresh / file.relative_to(home.config)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        shutil.rmtree(kept, ignore_errors=True)
        fresh.rename(kept)


def _contents(folder: Path, files: Iterable[Path]) -> dict[Path, bytes]:
    return {file.relative_to(folder): file.read_bytes() for file in files}


def _is_kept(file: Path) -> bool:
    """Whether it is such a copy itself: the folder given as --config may hold the home."""
    return any(part.startswith(LAST_GOOD) for part in file.parts)


def _files(config: Path) -> Iterator[tuple[str, int, int]]:
    for file in sorted(file for file in config.rglob("*.toml") if not _is_kept(file)):
        with suppress(FileNotFoundError):  # it went between two looks: the next one sees that
            known = file.stat()
            yield str(file), known.st_mtime_ns, known.st_size
