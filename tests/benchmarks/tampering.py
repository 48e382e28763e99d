"""Is every tampering found? Single changes to a store, one at a time, by somebody who knows SQL and the disk.

    python -m tests.benchmarks.tampering [--trials 1000] [--seed N]

Each trial takes a fresh copy of one populated store, changes one thing, and lets verify-store look at it. A flip in
the raw SQLite file may hit a byte that says nothing, or a table that is not chained (schedule, hosts, leases, clock):
every row is dumped before and after, such a flip is counted beside, and another one is made in its place.
Exits 1 unless all are found.
"""

import argparse
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from monitor.blobs import Blobs
from monitor.errors import StoreError
from monitor.store import Store, open_store, sqlite_url
from monitor.store.chain import CHAINED
from monitor.store.verify import Damage, Verification
from tests.populated import populate
from tests.tamperings import FILE_BIT, KINDS

FOUND, UNCHANGED, NOT_CHAINED, MISSED = "found", "no row changed", "not chained", "MISSED"
BESIDE = (UNCHANGED, NOT_CHAINED)
Dump = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Trial:
    """One tampering: of what kind, what came of it, whether what was touched was named, and what was said."""

    kind: str
    outcome: str
    is_named: bool
    said: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description="Is every tampering found?")
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pledgewatch-tampering-") as folder:
        trials = run(Path(folder), arguments.trials, arguments.seed)
    show(trials)
    return int(any(trial.outcome == MISSED for trial in trials))


def run(folder: Path, count: int, seed: int) -> list[Trial]:
    """So many tamperings of a store that is made in this folder."""
    whole = folder / "whole"
    with opened(whole) as store:
        populate(store)
        assert [str(damage) for damage in Verification(store).damages()] == []
    before, random, trials = dump(whole), Random(seed), []
    for kind in _plan(count):
        trials.append(_trial(kind, whole, folder / "changed", before, random))
        while trials[-1].outcome in BESIDE:
            trials.append(_trial(kind, whole, folder / "changed", before, random))
    return trials


def show(trials: Sequence[Trial]) -> None:
    """A table by kind, and what was missed or not named."""
    print(f"{'':<24}{'trials':>8}{'found':>8}{'named':>8}   beside: {UNCHANGED}, {NOT_CHAINED}")
    for kind in [*KINDS, "all"]:
        some = [trial for trial in trials if kind in (trial.kind, "all")]
        counts = Counter(trial.outcome for trial in some)
        named = sum(trial.is_named for trial in some if trial.kind != FILE_BIT)
        cells = (counts[FOUND] + counts[MISSED], counts[FOUND], "" if kind == FILE_BIT else named)
        beside = f"{counts[UNCHANGED]:>11}{counts[NOT_CHAINED]:>16}" if kind == FILE_BIT else ""
        print(f"{kind:<24}" + "".join(f"{cell:>8}" for cell in cells) + f"{beside:>35}")
    for trial in trials:
        if trial.outcome == MISSED or not trial.is_named:
            print(f"{trial.outcome}: {trial.kind}: {'; '.join(trial.said)}")


def _plan(count: int) -> Iterator[str]:
    total = sum(weight for weight, _ in KINDS.values())
    for kind, (weight, _) in KINDS.items():
        yield from [kind] * max(1, round(count * weight / total))


def _trial(kind: str, whole: Path, folder: Path, before: Dump, random: Random) -> Trial:
    shutil.copytree(whole, folder)
    try:
        names = KINDS[kind][1](folder, random)
        damages = _verified(folder)
        found = bool(damages)
        is_named = all(any(_is_named(name, damage.where) for damage in damages) for name in names)
        outcome = FOUND if found else _outcome_unfound(kind, before, dump(folder))
        return Trial(kind, outcome, is_named, (*(f"[{name}]" for name in names), *map(str, damages)))
    finally:
        shutil.rmtree(folder)


def _verified(folder: Path) -> list[Damage]:
    try:
        with opened(folder) as store:
            return list(Verification(store).damages())
    except StoreError as error:
        return [Damage("the store", str(error))]


def _is_named(name: str, where: str) -> bool:
    """Whether this damage names it: alone, or in a row of missing links ("links 3 to 7")."""
    kind, _, key = name.partition(" ")
    if where.startswith("links ") and " to " in where and kind == "links":
        first, last = where.removeprefix("links ").split(" to ")
        return int(first) <= int(key) <= int(last)
    return where == name


def _outcome_unfound(kind: str, before: Dump, after: Dump) -> str:
    changed = {table for table in {*before, *after} if before.get(table) != after.get(table)}
    if kind != FILE_BIT or changed & {*CHAINED, "links", "alembic_version"}:
        return MISSED
    return NOT_CHAINED if changed else UNCHANGED


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    with open_store(sqlite_url(folder / "pledgewatch.db"), Blobs(folder / "blobs")) as store:
        yield store


def dump(folder: Path) -> Dump:
    """Table → all its rows, text as its bytes; the error in place of what cannot be read."""
    rows: dict[str, list[Any]] = {}
    with closing(sqlite3.connect(folder / "pledgewatch.db")) as db:
        db.text_factory = bytes
        tables = [
            name.decode() for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            try:
                rows[table] = db.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()
            except sqlite3.Error as error:
                rows[table] = [str(error)]
    return rows


if __name__ == "__main__":
    sys.exit(main())
