"""A home that is not there, as one whose name was mistyped: whoever only reads is told so, and makes none."""

from pathlib import Path

import pytest

from tests.homes import Screen, at_home

PERIOD = ("--organization", "heron", "--from", "2026-01-01", "--to", "2026-01-31")


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("alerts", "list"),
        ("alerts", "show", "abc"),
        ("alerts", "reviews"),
        ("calendar", "write", "c.ics"),
        ("feeds", "write", "feeds"),
        ("dossier", "heron"),
        ("letter", "heron"),
        ("portfolio", "held.csv"),
        ("export", "open-data"),
        ("evidence", "export", "abc"),
        ("evidence", "export", *PERIOD),
    ],
    ids=" ".join,
)
def test_a_home_that_is_not_there_stays_so(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("held.csv").write_text("name\nHeron Systems\n")
    assert at_home(Path("hmoe"), *command) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert (
        "there is no store in hmoe: name another home with --home, or make one with `pledgewatch init" in said
    )
    assert [path.name for path in tmp_path.iterdir()] == ["held.csv"]
