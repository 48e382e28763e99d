"""pledgewatch feeds write, through the real program: which files, what is in them, and that they stay."""

import json
from pathlib import Path

import feedparser
import pytest

from app.home import Home
from app.writing import write_file
from monitor.errors import InputError
from monitor.store import holds
from monitor.store.alerts import NewDelivery, mark_sent, waiting
from tests.homes import Screen, at_home, declared, home, tree
from tests.sample_alerts import NOW, alert, unconfirmed
from tests.store_values import alert as heron_alert
from tests.test_cli_alerts import hold, raise_alert

__all__ = ["home"]  # the fixture

MUTE = """\
[[mutes]]
page = "{page}"
author = "Ana"
reason = "Seen before."
since = 2026-01-01
until = 2026-12-31
"""


def write(home: Path, folder: Path, capsys: Screen) -> str:
    capsys.readouterr()
    assert at_home(home, "feeds", "write", folder) == 0
    return capsys.readouterr().out


def titles(folder: Path, name: str = "all") -> list[str]:
    read = feedparser.parse((folder / f"{name}.atom").read_bytes())
    assert not read.bozo
    assert [one["title"] for one in json.loads((folder / f"{name}.json").read_text())["items"]] == [
        one.title for one in read.entries
    ]
    return [one.title for one in read.entries]


def test_the_whole_each_organization_and_each_ask_get_both_files(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    raise_alert(home, alert())
    told = write(home, tmp_path / "feeds", capsys)
    assert told == f"3 feeds in {tmp_path / 'feeds'}: 6 files written, 0 unchanged.\n"
    assert sorted(tree(tmp_path / "feeds")) == [
        "all.atom",
        "all.json",
        "asks/POL-1.atom",
        "asks/POL-1.json",
        "organizations/corvid.atom",
        "organizations/corvid.json",
    ]
    for name in ("all", "organizations/corvid", "asks/POL-1"):
        assert titles(tmp_path / "feeds", name) == [alert().headline]


def test_a_home_without_alerts_has_its_whole_feed(home: Path, tmp_path: Path, capsys: Screen) -> None:
    assert "1 feed in" in write(home, tmp_path, capsys)
    assert titles(tmp_path) == []


def test_a_second_write_touches_no_file(home: Path, tmp_path: Path, capsys: Screen) -> None:
    raise_alert(home, alert())
    folder = tmp_path / "feeds"
    write(home, folder, capsys)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*.*")}
    bodies = tree(folder)
    assert "0 files written, 6 unchanged" in write(home, folder, capsys)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*.*")} == before
    assert tree(folder) == bodies


def test_only_what_changed_is_written_and_nothing_is_removed(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    raise_alert(home, alert())
    folder = tmp_path / "feeds"
    write(home, folder, capsys)
    (folder / "organizations" / "of-somebody-else.atom").write_text("theirs")
    raise_alert(home, heron_alert())
    told = write(home, folder, capsys)
    assert "organizations/corvid" not in told and "2 unchanged" in told
    assert (folder / "organizations" / "of-somebody-else.atom").read_text() == "theirs"
    assert not [name for name in tree(folder) if name.startswith(".") or "/." in name], (
        "no file is left half-way"
    )


def test_a_judged_alert_is_corrected_in_the_feed(home: Path, tmp_path: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert())
    write(home, tmp_path, capsys)
    assert at_home(home, "alerts", "review", raised.id, "reworded-only", "--author", "Ana") == 0
    write(home, tmp_path, capsys)
    assert titles(tmp_path) == [f"Corrected: {alert().headline}"]


def test_what_is_held_unconfirmed_or_muted_is_not_in_it(home: Path, tmp_path: Path, capsys: Screen) -> None:
    raise_alert(home, unconfirmed(alert()))
    hold(home, raise_alert(home, heron_alert("b" * 64)))
    write(home, tmp_path, capsys)
    assert titles(tmp_path) == []
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        holds.release(conn, "b" * 64, NOW)
    write(home, tmp_path, capsys)
    assert titles(tmp_path) == [heron_alert().headline]


@pytest.mark.parametrize("was_told", [False, True], ids=["muted", "told before it was muted"])
def test_a_muted_alert_is_marked_and_in_no_feed(
    home: Path, tmp_path: Path, capsys: Screen, was_told: bool
) -> None:
    raised = raise_alert(home, alert(), *[NewDelivery("k", "console", "console", "")] * was_told)
    if was_told:
        with Home(home, home / "config").open_store() as store, store.begin() as conn:
            mark_sent(conn, waiting(conn)[0].id, NOW)
    (home / "config" / "mutes.toml").write_text(MUTE.format(page=raised.page["id"]))
    write(home, tmp_path, capsys)
    assert titles(tmp_path) == [raised.headline] * was_told
    assert at_home(home, "alerts", "list") == 0
    assert ("[muted] Corvid" in capsys.readouterr().out) != was_told
    assert at_home(home, "alerts", "list", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)["alerts"]
    assert told["muted"] == ("" if was_told else "Seen before.")
    assert at_home(home, "alerts", "show", raised.id, "--json") == 0
    assert json.loads(capsys.readouterr().out)["muted"] == told["muted"]
    assert at_home(home, "alerts", "show", raised.id) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Muted, told to nobody: Seen before. (Ana, until 2026-12-31).\n\n") != was_told


def test_what_tries_our_own_watch_out_is_in_no_feed(home: Path, tmp_path: Path, capsys: Screen) -> None:
    raise_alert(home, alert())
    raise_alert(home, heron_alert("b" * 64))
    for name, kind in (("corvid", "canary"), ("heron", "vendor")):
        declared(home, name).write_text(f'name = "{name}"\nkind = "{kind}"\n')
    write(home, tmp_path / "feeds", capsys)
    assert titles(tmp_path / "feeds") == [heron_alert().headline]
    assert not [name for name in tree(tmp_path / "feeds") if "corvid" in name]


def test_the_desk_is_linked_where_the_settings_name_it(home: Path, tmp_path: Path, capsys: Screen) -> None:
    settings = home / "config" / "settings.toml"
    settings.write_text(settings.read_text() + '\n[desk]\nurl = "https://watch.example.org"\n')
    raised = raise_alert(home, alert())
    write(home, tmp_path, capsys)
    told = json.loads((tmp_path / "all.json").read_text())
    assert told["feed_url"] == "https://watch.example.org/feeds/all.json"
    assert told["items"][0]["url"] == f"https://watch.example.org/changes/{raised.id}"


@pytest.mark.parametrize("where", ["file", "file/feeds"], ids=["a file", "below a file"])
def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(
    home: Path, tmp_path: Path, capsys: Screen, where: str
) -> None:
    (tmp_path / "file").write_text("mine")
    assert at_home(home, "feeds", "write", tmp_path / where) == 2
    told = capsys.readouterr().err
    assert "cannot be written" in told and "name a place that you may write to" in told
    assert (tmp_path / "file").read_text() == "mine"


def test_a_mute_with_an_error_is_refused_before_anything_is_written(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    (home / "config" / "mutes.toml").write_text('[[mutes]]\nauthor = "Ana"\n')
    assert at_home(home, "feeds", "write", tmp_path / "feeds") == 2
    assert "mutes[0].reason: is missing" in capsys.readouterr().err
    assert not (tmp_path / "feeds").exists()


def test_a_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves what was there, and nothing half-way."""
    file = tmp_path / "all.atom"
    assert write_file(file, b"one")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="No space left on device"):
        write_file(file, b"two")
    assert tree(tmp_path) == {"all.atom": b"one"}
