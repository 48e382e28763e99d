"""The floor of free space, and the ballast, on the disk at hand."""

import os
from pathlib import Path

import pytest

from app.room import BALLAST_BYTES, Room
from monitor.errors import StoreError

MORE_THAN_ANY_DISK = 1 << 62


def ballast(home: Path) -> Path:
    return home / "ballast"


def test_above_the_floor_there_is_no_problem(tmp_path: Path) -> None:
    assert Room(tmp_path, 0).problem() == ""


def test_below_the_floor_one_sentence_says_how_much_is_free_and_how_to_mend_it(tmp_path: Path) -> None:
    problem = Room(tmp_path, MORE_THAN_ANY_DISK).problem()
    free = f"{tmp_path}: {os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize // 100_000_000}"
    assert problem.startswith(free)
    for part in (
        "the floor (store.free_bytes) is 4611686018427 MB",
        "nothing is fetched until there is room",
        "free some space, or lower the floor in the settings",
    ):
        assert part in problem


def test_a_home_that_is_not_there_yet_is_judged_by_the_disk_that_it_will_be_on(tmp_path: Path) -> None:
    home = tmp_path / "not" / "yet"
    assert Room(home, 0).problem() == ""
    assert "nothing is fetched" in Room(home, MORE_THAN_ANY_DISK).problem()
    assert not home.parent.exists()


def test_the_ballast_is_whole_bytes_that_cannot_be_squeezed_and_it_is_made_once(tmp_path: Path) -> None:
    room = Room(tmp_path, 0)
    room.keep_ballast()
    made = ballast(tmp_path).read_bytes()
    assert len(made) == BALLAST_BYTES
    assert len(set(made[:65536])) == 256
    room.keep_ballast()
    assert ballast(tmp_path).read_bytes() == made


def test_a_ballast_that_a_kill_left_unfinished_is_made_whole(tmp_path: Path) -> None:
    ballast(tmp_path).write_bytes(b"half")
    Room(tmp_path, 0).keep_ballast()
    assert ballast(tmp_path).stat().st_size == BALLAST_BYTES


def test_below_the_floor_no_ballast_is_made(tmp_path: Path) -> None:
    Room(tmp_path, MORE_THAN_ANY_DISK).keep_ballast()
    assert not ballast(tmp_path).exists()


def test_the_ballast_is_dropped_once(tmp_path: Path) -> None:
    room = Room(tmp_path, 0)
    assert not room.drop_ballast()
    room.keep_ballast()
    assert room.drop_ballast()
    assert not ballast(tmp_path).exists()
    assert not room.drop_ballast()


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    ballast(tmp_path).mkdir()
    with pytest.raises(StoreError, match=r"ballast: the ballast cannot be written \(Is a directory\)"):
        Room(tmp_path, 0).keep_ballast()
    assert not Room(tmp_path, 0).drop_ballast()
