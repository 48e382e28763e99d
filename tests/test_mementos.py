"""A folder of captures is taken whole and verified, or refused with one sentence."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import InputError
from monitor.mementos import Memento, body_of, fetch_of, read_manifest
from monitor.model import Fetch, Page, Role
from tests.shared import SHARED, WHY_NOT

BODY = b"<main>Heron Systems does not offer face recognition to the police.</main>"
FILE = "heron/aup/20250801T003216Z.html"
URL = "https://heron.example/legal/aup"


def entry(**changes: Any) -> dict[str, Any]:
    capture = {
        "organization": "heron",
        "page": "aup",
        "captured_at": "20250801T003216Z",
        "file": FILE,
        "sha256": hashlib.sha256(BODY).hexdigest(),
        "bytes": len(BODY),
        "url": URL,
        "select": "main",
    }
    return capture | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one capture, beside a file that is none of ours."""
    (tmp_path / "secret.html").write_bytes(BODY)
    captures = tmp_path / "captures"
    (captures / FILE).parent.mkdir(parents=True)
    (captures / FILE).write_bytes(BODY)
    write(captures, [entry()])
    return captures


def write(folder: Path, entries: object) -> None:
    (folder / "manifest.json").write_text(json.dumps(entries), encoding="utf-8")


def test_a_capture_becomes_a_memento(folder: Path) -> None:
    page = Page("heron/aup", "heron", URL, Role.POLICY, select=("main",))
    at = datetime(2025, 8, 1, 0, 32, 16, tzinfo=UTC)
    path = (folder / FILE).resolve()
    expected = Memento("heron", page, at, path, hashlib.sha256(BODY).hexdigest(), URL, f"file:{FILE}")
    assert read_manifest(folder) == (expected,)


def test_a_memento_becomes_a_fetch_that_was_not_ours(folder: Path) -> None:
    (memento,) = read_manifest(folder)
    body = body_of(memento)
    assert body == BODY
    assert fetch_of(memento, body, program_version="0.1.0", config_sha256="c" * 64) == Fetch(
        page_id="heron/aup",
        requested_url=URL,
        started_at=memento.captured_at,
        ended_at=memento.captured_at,
        final_url=URL,
        status=200,
        body_sha256=hashlib.sha256(BODY).hexdigest(),
        body_bytes=len(BODY),
        program_version="0.1.0",
        config_sha256="c" * 64,
        archive_url=f"file:{FILE}",  # never where the folder lies: packs hold the row as it is
    )


@pytest.mark.parametrize("select", [None, "", ...])
def test_without_a_selector_the_whole_page_counts(folder: Path, select: object) -> None:
    capture = entry(select=select)
    if select is ...:
        del capture["select"]
    write(folder, [capture])
    assert read_manifest(folder)[0].page.select == ()


def test_the_archive_is_named_where_it_is_known(folder: Path) -> None:
    write(folder, [entry(archive_url="https://archive.example/2025/heron")])
    assert read_manifest(folder)[0].archive_url == "https://archive.example/2025/heron"


def test_mementos_come_in_date_order(folder: Path) -> None:
    stamps = ["20260102T000000Z", "20240102T000000Z", "20250102T000000Z"]
    write(folder, [entry(captured_at=each) for each in stamps] + [entry(page="terms", captured_at=stamps[1])])
    seen = [(memento.captured_at.year, memento.page.id) for memento in read_manifest(folder)]
    assert seen == [(2024, "heron/aup"), (2024, "heron/terms"), (2025, "heron/aup"), (2026, "heron/aup")]


def test_an_empty_manifest_holds_nothing(folder: Path) -> None:
    write(folder, [])
    assert read_manifest(folder) == ()


def without(key: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in entry().items() if name != key}]


REFUSED: dict[str, tuple[object, str]] = {
    "not an array": ({"captures": []}, "must be an array"),
    "not an object": (["heron"], "entry 1: a capture must be an object"),
    **{
        f"no {key}": (without(key), f"entry 1: the key '{key}' is missing")
        for key in entry()
        if key != "select"
    },
    "second entry": ([entry(), {}], "entry 2: the key 'organization' is missing"),
    "number for a text": ([entry(url=7)], "url must be a text, not 7"),
    "text for a number": ([entry(bytes="12")], "bytes must be a whole number, not '12'"),
    "truth for a number": ([entry(bytes=True)], "bytes must be a whole number"),
    "odd select": ([entry(select=["main"])], "select must be a text or null"),
    "odd id": ([entry(organization="../heron")], "organization must be an id"),
    "odd address": ([entry(url="javascript:alert(1)")], "url must begin with http"),
    "broken address": ([entry(url="http://[bad/x")], "is not a well-formed address"),
    "odd time": ([entry(captured_at="2025-08-01")], "captured_at must be like 20250801T003216Z"),
    "no such time": ([entry(captured_at="20250231T003216Z")], "captured_at must be like"),
    "file missing": ([entry(file="heron/aup/none.html")], "the file 'heron/aup/none.html' is missing"),
    "a folder": ([entry(file="heron")], "the file 'heron' is missing"),
    "up and out": ([entry(file="../secret.html")], "'../secret.html' lies outside the folder"),
    "in and out": ([entry(file="heron/../../secret.html")], "lies outside the folder"),
    "absolute": ([entry(file="/etc/hostname")], "lies outside the folder"),
    "by a link": ([entry(file="link.html")], "lies outside the folder"),
    "a NUL": ([entry(file="a\0b")], "is no file name"),
    "odd sha256": ([entry(sha256="abc")], "sha256 must be 64 lower-case"),
    "another sha256": ([entry(sha256="0" * 64)], "is not the file that was captured"),
    "another length": ([entry(bytes=1)], f"has {len(BODY)} bytes, the manifest says 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_capture_is_refused_by_name(folder: Path, name: str) -> None:
    entries, sentence = REFUSED[name]
    (folder / "link.html").symlink_to(folder.parent / "secret.html")
    write(folder, entries)
    with pytest.raises(InputError) as refusal:
        read_manifest(folder)
    assert sentence in str(refusal.value)
    assert str(folder / "manifest.json") in str(refusal.value)
    assert "\n" not in str(refusal.value)


def put_a_folder_there(file: Path) -> None:
    file.unlink()
    file.mkdir()


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda file: file.unlink(), "there is no manifest here"),
    "empty": (lambda file: file.write_text(""), "not valid JSON"),
    "cut": (lambda file: file.write_text('[{"organization": '), "not valid JSON"),
    "not UTF-8": (lambda file: file.write_bytes(b'["\xff\xfe\xfa"]'), "not valid JSON"),
    "nested without end": (lambda file: file.write_text("[" * 100_000), "not valid JSON"),
    "a folder": (put_a_folder_there, "there is no manifest here"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_manifest_that_cannot_be_read_is_refused(folder: Path, name: str) -> None:
    spoil, sentence = UNREADABLE[name]
    spoil(folder / "manifest.json")
    with pytest.raises(InputError, match=sentence):
        read_manifest(folder)


def test_a_file_that_changes_during_the_import_is_refused(folder: Path) -> None:
    (memento,) = read_manifest(folder)
    memento.path.write_bytes(BODY + b" ")
    with pytest.raises(InputError, match="was changed while it was being imported"):
        body_of(memento)
    memento.path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        body_of(memento)


@pytest.mark.skipif(not SHARED.is_dir(), reason=WHY_NOT)
def test_the_real_captures_are_all_read_and_verified() -> None:
    mementos = read_manifest(SHARED / "timelapse")
    assert len(mementos) == 158
    assert len({memento.page.id for memento in mementos}) == 8
    assert [memento.captured_at for memento in mementos] == sorted(
        memento.captured_at for memento in mementos
    )
