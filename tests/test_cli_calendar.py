"""pledgewatch calendar write FILE.ics: from a home to a file, once, in whole."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from monitor.blobs import Blobs
from monitor.model import Standing
from monitor.store import open_store, sqlite_url, standing
from monitor.store.standing import OnPage
from tests.homes import Screen, at_home, declared, home

__all__ = ["home"]

CORVELLAM = """
name = "Corvellam Cloud"
kind = "platform"

[pages.pledge]
url = "https://corvellam.example/pledge"
role = "pledge"

[[dates]]
on = 2027-05-20
kind = "annual_meeting"
what = "The annual meeting"
"""
WORDS = "We will not sell facial recognition to police until 10 June 2027."


@pytest.fixture
def watching(home: Path) -> Path:
    """A home that watches one page, on which a commitment stands with its last day."""
    declared(home, "corvellam").write_text(CORVELLAM, encoding="utf-8")
    since = datetime(2026, 3, 1, 6, tzinfo=UTC)
    one = Standing("k", WORDS, (), since, "refuses", technologies=("face_recognition",), ends="2027-06-10")
    stands(home, one)
    return home


def stands(home: Path, *statements: Standing) -> None:
    with (
        open_store(sqlite_url(home / "pledgewatch.db"), Blobs(home / "blobs")) as store,
        store.begin() as conn,
    ):
        standing.keep(conn, OnPage("corvellam/pledge", "f", "w", statements))


def days(file: Path) -> list[date]:
    return [one["DTSTART"].dt for one in Calendar.from_ical(file.read_bytes()).subcomponents]


def test_it_writes_the_days_and_says_how_many(watching: Path, tmp_path: Path, capsys: Screen) -> None:
    file = tmp_path / "pledges.ics"
    assert at_home(watching, "calendar", "write", file) == 0
    assert "2 entries" in capsys.readouterr().out.replace("\n", " ")
    assert days(file) == [date(2027, 5, 20), date(2027, 6, 10)]
    assert [path.name for path in tmp_path.glob("*pledges*")] == ["pledges.ics"]


def test_a_second_write_touches_nothing(watching: Path, tmp_path: Path, capsys: Screen) -> None:
    file = tmp_path / "pledges.ics"
    at_home(watching, "calendar", "write", file)
    first = file.stat()
    assert at_home(watching, "calendar", "write", file) == 0
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    assert "as before" in capsys.readouterr().out
    stands(watching)
    assert at_home(watching, "calendar", "write", file) == 0
    assert days(file) == [date(2027, 5, 20)]


def test_the_last_day_of_a_mute_is_in_it(watching: Path, tmp_path: Path, capsys: Screen) -> None:
    (watching / "config" / "mutes.toml").write_text(
        '[[mutes]]\norganization = "corvellam"\nauthor = "Ana"\nreason = "Seen."\n'
        "since = 2027-01-01\nuntil = 2027-02-01\n"
    )
    assert at_home(watching, "calendar", "write", tmp_path / "x.ics") == 0
    assert days(tmp_path / "x.ics") == [date(2027, 2, 1), date(2027, 5, 20), date(2027, 6, 10)]


def test_a_folder_or_a_place_that_cannot_be_is_refused_in_a_sentence(
    watching: Path, tmp_path: Path, capsys: Screen
) -> None:
    (tmp_path / "file").write_text("mine")
    for file, said in ((tmp_path, "is a folder"), (tmp_path / "file" / "x.ics", "cannot be written")):
        assert at_home(watching, "calendar", "write", file) == 2
        assert said in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.glob("**/*unfinished"))


def test_a_write_that_fails_leaves_the_old_file(
    watching: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    file = tmp_path / "pledges.ics"
    at_home(watching, "calendar", "write", file)
    old = file.read_bytes()
    stands(watching)

    def full(self: Path, _: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert at_home(watching, "calendar", "write", file) == 2
    assert file.read_bytes() == old
    assert not list(tmp_path.glob(".*unfinished"))
    assert "No space left" in " ".join(capsys.readouterr().err.split())
