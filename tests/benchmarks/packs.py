"""Is every tampering with an evidence pack found, and the right culprit named? One change at a time.

    python -m tests.benchmarks.packs [--trials 1000] [--seed N]

The packs are those of the demo world: each of its changes, and a period. Whoever changes a file knows the form:
but for flips in the zip itself SHA256SUMS is made anew, and history that is written anew is so down to the head,
with all that follows from it; then a head that was kept elsewhere has to show it. Exits 1 unless all are found
and named.
"""

import argparse
import io
import json
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from random import Random

from app.evidence.checking import checked
from app.evidence.container import CONTAINER, SUMS, sums_of, taken_apart, written
from app.evidence.contents import CHAIN, HEAD, packed
from app.evidence.gathering import gathered, gathered_period
from app.evidence.links import read_chain
from app.evidence.source import BrokenError, Period, Source
from monitor.store import alerts
from monitor.store.chain import following
from tests.desks import home_at

Files = dict[str, bytes]
#: What was made of a pack, and what must be named: one of these.
Tampered = tuple[bytes, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it was written."""

    source: Source
    zipped: bytes

    @property
    def files(self) -> Files:
        """All but SHA256SUMS."""
        return {name: body for name, body in taken_apart(self.zipped).items() if name != SUMS}

    @property
    def head(self) -> str:
        """The head that somebody kept elsewhere."""
        assert self.source.head is not None
        return self.source.head.sha256


@dataclass(frozen=True, slots=True)
class Trial:
    """One tampering: of what kind, what must be named, what was said ("" where it was not found)."""

    kind: str
    culprits: Sequence[str]
    where: str
    said: str

    @property
    def is_named(self) -> bool:
        return any(fnmatch(name, self.where) for name in self.culprits)


# --------------------------------------------------------------------------- the zip itself


def flip_in_zip(pack: Pack, random: Random) -> Tampered:
    changed, place = _flipped(pack.zipped, random)
    with zipfile.ZipFile(io.BytesIO(pack.zipped)) as archive:
        inside = [one for one in archive.infolist() if one.header_offset <= place < archive.start_dir]
    owner = inside[-1].filename if inside else CONTAINER
    with_name = [CONTAINER, owner, *_names_that_are_new(pack, changed)]
    return changed, with_name


def _names_that_are_new(pack: Pack, changed: bytes) -> list[str]:
    """A flip in the list of files gives a file another name."""
    try:
        with zipfile.ZipFile(io.BytesIO(changed)) as archive:
            listed = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError):
        return []
    with zipfile.ZipFile(io.BytesIO(pack.zipped)) as archive:
        pairs = zip(archive.namelist(), listed, strict=False)
        return [name for was, new in pairs if was != new for name in (was, new)] + _touched(pack, changed)


def _touched(pack: Pack, changed: bytes) -> list[str]:
    """The files whose entries in the list say other things than they did."""
    with zipfile.ZipFile(io.BytesIO(pack.zipped)) as one, zipfile.ZipFile(io.BytesIO(changed)) as other:
        names = zip(one.infolist(), other.infolist(), strict=False)
        return [was.filename for was, new in names if _said(was) != _said(new)]


def _said(entry: zipfile.ZipInfo) -> object:
    return [getattr(entry, name, None) for name in zipfile.ZipInfo.__slots__]


def cut_zip(pack: Pack, random: Random) -> Tampered:
    return pack.zipped[: random.randrange(len(pack.zipped))], [CONTAINER]


def append_to_zip(pack: Pack, random: Random) -> Tampered:
    return pack.zipped + random.randbytes(random.randint(1, 40)), [CONTAINER]


def zip_anew(pack: Pack, random: Random) -> Tampered:
    """All files as they were, in another order or with a comment or another time."""
    names = [*pack.files, SUMS]
    files = taken_apart(pack.zipped)
    random.shuffle(names)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, (1980 + random.randrange(9), 1, 1, 0, 0, 0)), files[name])
        archive.comment = b"as it was" * random.randrange(2)
    return made.getvalue(), [CONTAINER]


def compress(pack: Pack, random: Random) -> Tampered:
    """One file as a bomb would be."""
    files = taken_apart(pack.zipped)
    bad = random.choice(sorted(files))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, body in files.items():
            kind = zipfile.ZIP_DEFLATED if name == bad else zipfile.ZIP_STORED
            archive.writestr(name, bytes(1_000_000) if name == bad else body, kind)
    return made.getvalue(), [bad]


def lead_out(pack: Pack, random: Random) -> Tampered:
    """A file that would be written elsewhere, or a link to one."""
    name = random.choice(
        ["../../out.txt", "/etc/out", "a/../../b", "C:\\out", "records/link.json", "before/"]
    )
    entry = zipfile.ZipInfo(name)
    if name == "records/link.json":
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return _with(pack, entry, b"/etc/passwd"), [name]


def put_in_twice(pack: Pack, random: Random) -> Tampered:
    name = random.choice(sorted(pack.files))
    return _with(pack, zipfile.ZipInfo(name), pack.files[name] + b"\n"), [name]


def _with(pack: Pack, entry: zipfile.ZipInfo, body: bytes) -> bytes:
    made = io.BytesIO(pack.zipped)
    with zipfile.ZipFile(made, "a") as archive:
        archive.NameToInfo.clear()  # or it warns of a name that is there
        archive.writestr(entry, body)
    return made.getvalue()


# --------------------------------------------------------------------------- a file, with sums made anew


def flip_in_file(pack: Pack, random: Random) -> Tampered:
    name = random.choice(sorted(pack.files))
    return _rezipped(pack.files | {name: _flipped(pack.files[name], random)[0]}), [name]


def edit_row(pack: Pack, random: Random) -> Tampered:
    """Another value in a record, written as the store would."""
    name = random.choice(sorted(pack.source.records))
    row = json.loads(pack.files[name])
    column = random.choice(sorted(row))
    row[column] = row[column] + 1 if isinstance(row[column], int) else f"{row[column]}x"
    changed = json.dumps(row, sort_keys=True, separators=(",", ":")).encode()
    return _rezipped(pack.files | {name: changed}), [name]


def edit_words(pack: Pack, random: Random) -> Tampered:
    """Other words where people read."""
    name = random.choice(sorted(name for name in pack.files if not name.startswith("records/")))
    words = pack.files[name].split(b" ")
    words[random.randrange(len(words))] = b"always"
    return _rezipped(pack.files | {name: b" ".join(words)}), [name]


def edit_link(pack: Pack, random: Random) -> Tampered:
    """Another value in a line of the chain."""
    lines = pack.files[CHAIN].decode().splitlines()
    place = random.randrange(len(lines))
    cells = lines[place].split("\t")
    column = random.randrange(len(cells))
    cells[column] = random.choice([one.split("\t")[column] for one in lines]) + random.choice(["", "0"])
    lines[place] = "\t".join(cells)
    return _rezipped(pack.files | {CHAIN: "".join(f"{line}\n" for line in lines).encode()}), [CHAIN]


def drop_link(pack: Pack, random: Random) -> Tampered:
    lines = pack.files[CHAIN].splitlines(keepends=True)
    del lines[random.randrange(1, len(lines))]
    return _rezipped(pack.files | {CHAIN: b"".join(lines)}), [CHAIN]


def edit_sums(pack: Pack, random: Random) -> Tampered:
    sums = sums_of(pack.files)
    return written(pack.files | {SUMS: _flipped(sums, random)[0]}), [SUMS]


def remove(pack: Pack, random: Random) -> Tampered:
    name = random.choice(sorted(pack.files))
    left = {one: body for one, body in pack.files.items() if one != name}
    return _rezipped(left) if random.random() < 0.7 else written(left | {SUMS: sums_of(pack.files)}), [name]


def swap(pack: Pack, random: Random) -> Tampered:
    one, other = random.sample(sorted(pack.files), 2)
    return _rezipped(pack.files | {one: pack.files[other], other: pack.files[one]}), [one, other]


def rename(pack: Pack, random: Random) -> Tampered:
    was = random.choice(sorted(pack.files))
    new = random.choice([f"{was}.txt", f"x-{was}", was.replace("t", "r", 1) + "t", was.upper()])
    files = {new if name == was else name: body for name, body in pack.files.items()}
    return _rezipped(files), [was, new]


def cut_file(pack: Pack, random: Random) -> Tampered:
    name = random.choice(sorted(pack.files))
    body = pack.files[name]
    return _rezipped(pack.files | {name: body[: random.randrange(len(body))]}), [name]


def add(pack: Pack, random: Random) -> Tampered:
    kind = random.choice(["alerts", "fetches", "findings"])
    new = random.choice(
        ["notes.txt", f"records/{kind}-999.json", "after/body.exe", "head.tsr", "before/text-read-anew.txt"]
    )
    return _rezipped({**pack.files, new: random.choice(sorted(pack.files.values()))}), [new]


def write_anew(pack: Pack, random: Random) -> Tampered:
    """A record that says something else, and all links, sums and files that follow from it."""
    name = random.choice(sorted(name for name in pack.source.records if "/fetches-" in name))
    row = json.loads(pack.source.records[name])
    row["user_agent"] = "somebody else"
    body = json.dumps(row, sort_keys=True, separators=(",", ":")).encode()
    chain, before = [], pack.source.chain[0].before
    for one in read_chain(pack.files[CHAIN]):
        content = sha256(body).hexdigest() if one.file == name else one.link.content_sha256
        link = replace(
            one.link, content_sha256=content, sha256=following(before, one.link.kind, one.link.key, content)
        )
        chain.append(replace(one, link=link, before=before))
        before = link.sha256
    records = {**pack.source.records, name: body}
    return packed(replace(pack.source, records=records, chain=tuple(chain))), [HEAD]


def _rezipped(files: Files) -> bytes:
    return written(files | {SUMS: sums_of(files)})


def _flipped(body: bytes, random: Random) -> tuple[bytes, int]:
    bit = random.randrange(len(body) * 8)
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed), bit // 8


#: Kind → (weight, what does it).
KINDS: Mapping[str, tuple[int, Callable[[Pack, Random], Tampered]]] = {
    "flip in the zip": (20, flip_in_zip),
    "flip in a file": (16, flip_in_file),
    "edit a row": (12, edit_row),
    "edit words": (8, edit_words),
    "edit a link": (8, edit_link),
    "drop a link": (3, drop_link),
    "edit SHA256SUMS": (3, edit_sums),
    "remove a file": (6, remove),
    "swap two files": (5, swap),
    "rename a file": (5, rename),
    "cut a file": (4, cut_file),
    "add a file": (3, add),
    "put in twice": (2, put_in_twice),
    "cut the zip": (4, cut_zip),
    "append to the zip": (2, append_to_zip),
    "zip anew": (2, zip_anew),
    "compress a file": (2, compress),
    "lead out": (3, lead_out),
    "write history anew": (4, write_anew),
}


# --------------------------------------------------------------------------- trials


def packs_of(folder: Path) -> list[Pack]:
    """A pack of each change in this home, and one of a period."""
    home, sources = home_at(folder), list[Source]()
    pages = {page.id: page for page in home.watchlist.pages}
    with home.open_store() as store, store.read() as conn:
        told = alerts.all(conn)
        for alert in told:
            sources.append(gathered(conn, store, alert, pages[alert.page["id"]], home.rules.read))
        id = told[0].organization["id"]
        period = Period(id, date(2021, 1, 1), date(2022, 12, 31))
        own = [page for page in pages.values() if page.organization_id == id]
        read = home.rules.read
        sources.append(gathered_period(conn, store, period, own, lambda one: pages[one.page["id"]], read))
    return [Pack(source, packed(source)) for source in sources]


def run(packs: Sequence[Pack], count: int, seed: int) -> list[Trial]:
    """So many tamperings, at least one of each kind."""
    for pack in packs:
        assert checked(pack.zipped, pack.head).files == len(pack.files) + 1
    total, random, trials = sum(weight for weight, _ in KINDS.values()), Random(seed), list[Trial]()
    for kind, (weight, tamper) in KINDS.items():
        for _ in range(max(1, round(count * weight / total))):
            trials.append(_trial(kind, tamper, random.choice(packs), random))
    return trials


def _trial(kind: str, tamper: Callable[[Pack, Random], Tampered], pack: Pack, random: Random) -> Trial:
    zipped, culprits = tamper(pack, random)
    while zipped == pack.zipped:  # two files that are the same, or a value put where it stood
        zipped, culprits = tamper(pack, random)
    try:
        checked(zipped, pack.head)
    except BrokenError as error:
        return Trial(kind, culprits, error.where, str(error))
    return Trial(kind, culprits, "", "")


def show(trials: Sequence[Trial]) -> None:
    """A table by kind, and what was missed or not named."""
    print(f"{'':<22}{'trials':>8}{'found':>8}{'named':>8}")
    every = Counter(trial.kind for trial in trials)
    found = Counter(trial.kind for trial in trials if trial.where)
    named = Counter(trial.kind for trial in trials if trial.is_named)
    for kind in KINDS:
        print(f"{kind:<22}{every[kind]:>8}{found[kind]:>8}{named[kind]:>8}")
    print(f"{'all':<22}{every.total():>8}{found.total():>8}{named.total():>8}")
    for trial in trials:
        if not trial.is_named:
            print(f"{trial.kind}: [{', '.join(trial.culprits)}] {trial.said or 'MISSED'}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Is every tampering with a pack found?")
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pledgewatch-packs-") as folder:
        home = Path(folder) / "home"
        code = f"from pathlib import Path; from app.demo import watch_editions; watch_editions(Path({str(home)!r}))"
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        trials = run(packs_of(home), arguments.trials, arguments.seed)
    show(trials)
    return int(not all(trial.is_named for trial in trials))


if __name__ == "__main__":
    sys.exit(main())
