"""Files that others read: there in whole, or as they were; and which format a file is to have."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from app.writing import format_of, write_file
from monitor.errors import InputError

FORMATS = ("html", "pdf")


def inside(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def test_a_file_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.html"
    assert write_file(file, b"one")
    assert not write_file(file, b"one")
    assert write_file(file, b"two")
    assert (file.read_bytes(), inside(file.parent)) == (b"two", ["a.html"])


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_file(tmp_path / "link", b"words")
    assert ((tmp_path / "real").read_bytes(), (tmp_path / "link").is_symlink()) == (b"words", True)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"one")
    file.chmod(mode)
    write_file(file, b"two")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"two", mode)


def test_a_new_file_is_as_this_machine_makes_them(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"one")
    write_file(tmp_path / "new", b"one")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_links_that_lead_in_a_circle_end_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises(InputError, match="links lead nowhere"):
        write_file(tmp_path / "one", b"words")


def test_a_store_is_written_over_by_nothing(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db")) as store, store:
        store.execute("CREATE TABLE a (b)")
    was = (tmp_path / "store.db").read_bytes()
    with pytest.raises(InputError, match="is a database"):
        write_file(tmp_path / "store.db", b"words")
    assert ((tmp_path / "store.db").read_bytes(), inside(tmp_path)) == (was, ["store.db"])


def _folder(place: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize(("make", "said"), [(os.mkfifo, "no file"), (_folder, "a folder")])
def test_what_is_no_file_stays_what_it_is(tmp_path: Path, make: object, said: str) -> None:
    place = tmp_path / "place"
    assert callable(make)
    make(place)
    mode = place.stat().st_mode
    with pytest.raises(InputError, match=said):
        write_file(place, b"words")
    assert (place.stat().st_mode, inside(tmp_path)) == (mode, ["place"])


@pytest.mark.parametrize("name", ["n" * 300, "n" * 240 + ".html"])
def test_a_long_name_ends_in_a_sentence_or_a_file(tmp_path: Path, name: str) -> None:
    try:
        assert write_file(tmp_path / name, b"words")
    except InputError as error:
        assert "File name too long" in str(error)
    assert len(inside(tmp_path)) == (len(name) < 256)


@pytest.mark.parametrize(
    ("kind", "file", "expected"),
    [
        ("", None, "html"),
        ("", "a.pdf", "pdf"),
        ("", "a", "html"),
        ("PDF", None, "pdf"),
        ("pdf", "a.PDF", "pdf"),
        ("pdf", "a", "pdf"),
        ("pdf", "a.html", '"a.html" ends as another format than --format pdf; name it .pdf'),
        ("", "a.docx", 'the ending of "a.docx" is none that there is'),
        ("pfd", None, '--format "pfd" is none that there is; did you mean "pdf"?'),
    ],
)
def test_a_file_is_what_its_name_says(kind: str, file: str | None, expected: str) -> None:
    try:
        found = format_of(kind, Path(file) if file else None, FORMATS, "html")
    except InputError as error:
        found = str(error)
    assert found.startswith(expected)
