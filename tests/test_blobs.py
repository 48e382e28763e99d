"""Bodies are kept once, byte for byte, and nothing but the bytes of their name ever comes back."""

import hashlib
import os
import random
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from monitor.blobs import Blobs
from monitor.errors import StoreError

BODY = b"<p>We will not sell facial recognition to police departments.</p>" * 50
NAME = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def file_of(blobs: Blobs, sha256: str = NAME) -> Path:
    return blobs.root / sha256[:2] / f"{sha256}.zst"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY, id="a page"),
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(range(256)) * 7, id="every byte"),
        pytest.param(b"\0" * 9_000_000, id="9 MB of zeros"),
    ],
)
def test_what_is_put_comes_back(blobs: Blobs, body: bytes) -> None:
    sha256 = blobs.put(body)
    assert sha256 == hashlib.sha256(body).hexdigest()
    assert blobs.get(sha256) == body
    assert file_of(blobs, sha256).is_file()


@given(body=st.binary(max_size=2000))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    blobs = Blobs(tmp_path_factory.getbasetemp() / "any-bytes")
    assert blobs.get(blobs.put(body)) == body


def test_a_blob_that_is_there_is_not_written_again(blobs: Blobs) -> None:
    blobs.put(BODY)
    before = file_of(blobs).stat()
    blobs.put(BODY)
    after = file_of(blobs).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_has_and_all_name_what_is_there(blobs: Blobs) -> None:
    assert not blobs.has(NAME)
    assert list(blobs.all()) == []
    names = [blobs.put(body) for body in (BODY, b"one", b"two")]
    (blobs.root / "unfinished" / "x.zst").write_bytes(b"left by a crash")
    (file_of(blobs).parent / "README.zst").write_bytes(b"not ours")
    assert list(blobs.all()) == sorted(names)
    assert all(map(blobs.has, names))


def test_nothing_unfinished_stays_behind(blobs: Blobs) -> None:
    blobs.put(BODY)
    assert [path for path in blobs.root.rglob("*") if path.is_file()] == [file_of(blobs)]


def test_what_a_crash_left_is_removed_after_a_day(blobs: Blobs) -> None:
    now = datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert blobs.clear_unfinished(now) == 0  # there is no folder yet
    blobs.put(BODY)
    for name, age in {"fresh": timedelta(hours=23), "old": timedelta(hours=25)}.items():
        left = blobs.root / "unfinished" / name
        left.write_bytes(b"half a bl")
        os.utime(left, ((now - age).timestamp(),) * 2)
    assert blobs.clear_unfinished(now) == 1
    assert [path.name for path in (blobs.root / "unfinished").iterdir()] == ["fresh"]
    assert blobs.get(NAME) == BODY


def cut(frame: bytes) -> bytes:
    return frame[:-1]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda frame: b"", id="empty file"),
        pytest.param(cut, id="last byte missing"),
        pytest.param(lambda frame: frame[:10], id="cut after the header"),
        pytest.param(lambda frame: frame + b"\0", id="a byte too many"),
        pytest.param(lambda frame: frame + frame, id="twice"),
        pytest.param(lambda frame: b"not zstd", id="another format"),
        pytest.param(lambda frame: zstandard.compress(b"other bytes"), id="another body"),
        pytest.param(lambda frame: frame[:-40], id="without its seal"),
        pytest.param(lambda frame: frame[:-32] + bytes(32), id="under another seal"),
        pytest.param(
            lambda frame: frame[:4] + b"\xe0" + (1 << 60).to_bytes(8, "little") + frame[7:],
            id="claims an exabyte",
        ),
    ],
)
def test_a_damaged_blob_is_refused_by_name(blobs: Blobs, damage: Callable[[bytes], bytes]) -> None:
    blobs.put(BODY)
    file_of(blobs).write_bytes(damage(file_of(blobs).read_bytes()))
    with pytest.raises(StoreError, match=rf"{NAME}\.zst: blob is damaged"):
        blobs.get(NAME)


WORDS = random.Random(1).choices(BODY.decode().split(), k=60)
BODIES = {
    "nothing": b"",
    "two bytes": b"ok",
    "a sentence": b"We will not sell facial recognition.",
    "words": " ".join(WORDS).encode(),
    "a page": BODY,
    "a long page": b"".join(b"<p>%d %s</p>" % (i, WORDS[i % 60].encode()) for i in range(60)),
    "noise": random.Random(2).randbytes(100),
    "zeros": b"\0" * 100_000,
    "more than a window": b"\0" * 2_200_000,
}


def flips(kept: bytes) -> list[bytes]:
    """The same file with another bit changed each time."""
    found = []
    for bit in range(len(kept) * 8):
        changed = bytearray(kept)
        changed[bit // 8] ^= 1 << bit % 8
        found.append(bytes(changed))
    return found


def is_read(blobs: Blobs, sha256: str, kept: bytes) -> bool:
    blobs.path(sha256).write_bytes(kept)
    try:
        blobs.get(sha256)
    except StoreError:
        return False
    return True


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_flipped_bit_goes_unseen(blobs: Blobs, body: bytes) -> None:
    sha256 = blobs.put(body)
    kept = blobs.path(sha256).read_bytes()
    assert [changed for changed in flips(kept) if is_read(blobs, sha256, changed)] == []


def of_older_program(blobs: Blobs, body: bytes) -> str:
    """A file without flag and seal, as it was written at first."""
    sha256 = hashlib.sha256(body).hexdigest()
    blobs.path(sha256).parent.mkdir(parents=True, exist_ok=True)
    blobs.path(sha256).write_bytes(zstandard.ZstdCompressor(level=3).compress(body))
    return sha256


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_blob_of_an_older_program_is_read(blobs: Blobs, body: bytes) -> None:
    sha256 = of_older_program(blobs, body)
    assert blobs.get(sha256) == body
    kept = blobs.path(sha256).read_bytes()
    window = [] if kept[4] & 0b100000 else [kept[5:6]]
    header = flips(kept[4:5] + b"".join(window))
    assert not any(is_read(blobs, sha256, kept[:4] + one + kept[4 + len(one) :]) for one in header)
    assert not is_read(blobs, sha256, kept + b"\x50\x2a\x4d\x18" + bytes(4))


def test_a_blob_is_an_ordinary_zstd_file(blobs: Blobs) -> None:
    kept = blobs.path(blobs.put(BODY)).read_bytes()
    reader = zstandard.ZstdDecompressor().stream_reader(kept, read_across_frames=True)
    assert reader.read() == BODY


def test_a_missing_blob_is_named(blobs: Blobs) -> None:
    with pytest.raises(StoreError, match=f"{NAME}.zst: blob is missing"):
        blobs.get(NAME)


@pytest.mark.parametrize(
    "name", ["", "ab", NAME.upper(), NAME + "\n", "../" + NAME[3:], f"{NAME}/x", "é" * 64]
)
def test_only_a_sha256_names_a_blob(blobs: Blobs, name: str) -> None:
    for use in (blobs.get, blobs.has):
        with pytest.raises(StoreError, match="names no blob"):
            use(name)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="blob cannot be written"):
        Blobs(tmp_path / "blobs").put(BODY)


def test_a_full_disk_leaves_no_blob_and_no_rest(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(handle: int) -> None:
        raise OSError(28, "No space left on device")

    file_of(blobs).parent.mkdir(parents=True)
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(StoreError, match="No space left on device"):
        blobs.put(BODY)
    assert not blobs.has(NAME)
    assert [path for path in blobs.root.rglob("*") if path.is_file()] == []


def test_a_blob_has_its_name_only_after_its_bytes_are_on_the_disk(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(handle: int) -> None:
        seen.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def watched_replace(path: Path, target: Path) -> Path:
        seen.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    blobs.put(BODY)
    assert seen == ["folder", "file", "rename", "folder"]  # first: the new folder's own name
