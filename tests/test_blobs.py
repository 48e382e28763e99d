"""Bodies are kept once, byte for byte, and nothing but the bytes of their name ever comes back."""

import hashlib
import os
import stat
from collections.abc import Callable
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
    (file_of(blobs).parent / ".unfinished-x").write_bytes(b"left by a crash")
    (file_of(blobs).parent / "README.zst").write_bytes(b"not ours")
    assert list(blobs.all()) == sorted(names)
    assert all(map(blobs.has, names))


def test_nothing_unfinished_stays_behind(blobs: Blobs) -> None:
    blobs.put(BODY)
    assert [path.name for path in file_of(blobs).parent.iterdir()] == [f"{NAME}.zst"]


def cut(frame: bytes) -> bytes:
    return frame[:-1]


def flip_each_byte_of(frame: bytes) -> list[bytes]:
    return [frame[:at] + bytes([frame[at] ^ 0xFF]) + frame[at + 1 :] for at in range(len(frame))]


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


def test_no_flipped_byte_goes_unseen(blobs: Blobs) -> None:
    blobs.put(BODY)
    for frame in flip_each_byte_of(file_of(blobs).read_bytes()):
        file_of(blobs).write_bytes(frame)
        try:
            body = blobs.get(NAME)
        except StoreError:
            continue
        assert body == BODY  # a bit that zstd does not use


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
    assert list(blobs.root.rglob(".unfinished-*")) == []


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
