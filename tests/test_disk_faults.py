"""A full disk, and one that may only be read: told in one sentence, nothing lost; once mended, everything goes on."""

import os
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.room import Room
from monitor.blobs import Blobs
from monitor.errors import StoreError
from monitor.store import Store, fetches, open_store, sqlite_url
from monitor.store.verify import Verification
from tests.store_values import TERMS, fetch

KEPT = b"a body that was kept before"
FULL = r"^[^\n]*: the disk is full: free some space and start again, nothing that was recorded is lost$"
Act = Callable[["Disk"], None]


class Disk:
    """A small disk of memory with a home on it: a store with one fetch, one body, and ballast."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with self.store() as store, store.begin() as conn:
            fetches.record(conn, fetch(body_sha256=store.blobs.put(KEPT)))
        Room(root, 0).keep_ballast()

    def store(self) -> Store:
        return open_store(sqlite_url(self.root / "pledgewatch.db"), Blobs(self.root / "blobs"))

    def fill(self) -> None:
        """To the last byte."""
        handle = os.open(self.root / "filler", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for size in (1 << 16, 1):
            try:
                while os.write(handle, b"\0" * size):
                    pass
            except OSError:
                continue
        os.close(handle)

    def kept(self) -> int:
        """How many fetches are there; the body is there too."""
        with self.store() as store, store.read() as conn:
            assert store.blobs.get(sha256(KEPT).hexdigest()) == KEPT
            return len(fetches.unread(conn, TERMS))


def mounted(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    root = tmp_path / "disk"
    root.mkdir()
    try:
        mounted("-t", "tmpfs", "-o", "size=16m", "pledgewatch", str(root))
    except (subprocess.CalledProcessError, FileNotFoundError):
        pytest.skip("no disk of memory can be mounted here (it takes root)")
    try:
        yield Disk(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)


# --------------------------------------------------------------------------- a full disk


def put_a_body(disk: Disk) -> None:
    with disk.store() as store:
        store.blobs.put(os.urandom(100_000))


def record_fetches(disk: Disk) -> None:
    with disk.store() as store, store.begin() as conn:
        for hours in range(1, 301):
            fetches.record(conn, fetch(hours, body_sha256=sha256(KEPT).hexdigest()))


def make_a_store(disk: Disk) -> None:
    open_store(sqlite_url(disk.root / "another.db"), Blobs(disk.root / "blobs")).close()


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        pytest.param(put_a_body, r"blob cannot be written \(No space left on device\)", id="a body is put"),
        pytest.param(record_fetches, FULL, id="a transaction is committed"),
        pytest.param(make_a_store, FULL, id="a store is made"),
    ],
)
def test_on_a_full_disk_it_is_told_nothing_is_lost_and_the_ballast_lets_it_go_on(
    disk: Disk, act: Act, sentence: str
) -> None:
    with disk.store() as held:  # as the daemon holds it: its files are there
        with held.read():
            disk.fill()
        with pytest.raises(StoreError, match=sentence):
            act(disk)
        assert disk.kept() == 1
    assert Room(disk.root, 0).drop_ballast()
    assert disk.kept() == 1
    act(disk)
    with disk.store() as store:
        assert list(Verification(store).damages()) == []


def test_a_store_that_was_closed_cannot_be_opened_on_a_full_disk_and_the_ballast_opens_it(disk: Disk) -> None:
    disk.fill()
    with pytest.raises(StoreError, match=FULL):
        disk.kept()
    assert Room(disk.root, 0).drop_ballast()
    assert disk.kept() == 1


def test_what_cannot_be_moved_out_of_the_log_for_want_of_room_is_not_lost(disk: Disk) -> None:
    log = disk.root / "pledgewatch.db-wal"
    with disk.store() as store:
        with store.begin() as conn:
            for hours in range(1, 301):
                fetches.record(conn, fetch(hours, body_sha256=sha256(KEPT).hexdigest()))
        disk.fill()
    assert log.stat().st_size > 100_000  # closing could not move it
    assert disk.kept() == 301
    assert Room(disk.root, 0).drop_ballast()
    assert disk.kept() == 301
    assert not log.exists()


# --------------------------------------------------------------------------- may not be written


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        pytest.param(put_a_body, r"Read-only file system|cannot be opened", id="a body is put"),
        pytest.param(record_fetches, r"the store cannot be opened: check that its folder", id="a commit"),
        pytest.param(make_a_store, r"the store cannot be opened: check that its folder", id="a new store"),
    ],
)
def test_a_disk_that_may_only_be_read_is_told_and_what_was_there_stays(
    disk: Disk, act: Act, sentence: str
) -> None:
    mounted("-o", "remount,ro", str(disk.root))
    with pytest.raises(StoreError, match=sentence):
        act(disk)
    mounted("-o", "remount,rw", str(disk.root))
    assert disk.kept() == 1
    act(disk)


def test_a_file_that_may_only_be_read_can_be_read(disk: Disk) -> None:
    file = str(disk.root / "pledgewatch.db")
    mounted("--bind", file, file)
    mounted("-o", "remount,bind,ro", file)
    try:
        with pytest.raises(StoreError, match=r"the store may not be written: check the owner"):
            record_fetches(disk)
        assert disk.kept() == 1
    finally:
        subprocess.run(["umount", file], check=True)
    record_fetches(disk)
    assert disk.kept() == 301
