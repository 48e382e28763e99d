"""pledgewatch init, through the real program: all of it or nothing."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.setup import Wishes, settings_text
from monitor.errors import InputError
from monitor.settings import Confirm, load_settings
from monitor.watchlist import load_watchlist
from tests.homes import ROOT, Screen, program, tree

# --------------------------------------------------------------------------- init


def test_a_new_home_has_settings_an_empty_watchlist_and_a_store(tmp_path: Path, capsys: Screen) -> None:
    home = tmp_path / "deep" / "home"
    assert program("init", home, "--contact", "https://example.org/watch") == 0
    assert sorted(path.name for path in home.iterdir()) == ["config", "pledgewatch.db"]
    assert load_watchlist(home / "config").pages == ()
    settings = load_settings(home / "config")
    assert settings.operator.contact == "https://example.org/watch"
    assert settings.confirm == Confirm()
    assert f"pledgewatch --home {home} add URL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "routes"),
    [
        pytest.param([], [("console", "console", ())], id="nothing asked: printed"),
        pytest.param(["--webhook", "https://example.org/h?k=1"], [("webhook", "webhook", ())], id="webhook"),
        pytest.param(["--email", "a@example.org"], [("mail", "email", ("a@example.org",))], id="e-mail"),
        pytest.param(
            ["--webhook", "http://127.0.0.1:9/h", "--email", "a@example.org"],
            [("webhook", "webhook", ()), ("mail", "email", ("a@example.org",))],
            id="both",
        ),
    ],
)
def test_each_way_out_has_a_channel_and_a_route(
    tmp_path: Path, options: list[str], routes: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert program("init", tmp_path / "home", *options) == 0
    settings = load_settings(tmp_path / "home" / "config")
    made = [(one.name, settings.channels[one.channel].kind, one.recipients) for one in settings.routes]
    assert made == routes
    assert list(settings.channels) == [name for name, _, _ in routes]


def test_hosts_and_proof_are_as_asked(tmp_path: Path) -> None:
    options = ["--allow-host", "127.0.0.1", "--allow-host", "desk.example.org", "--confirm", "none"]
    assert program("init", tmp_path / "home", *options) == 0
    settings = load_settings(tmp_path / "home" / "config")
    assert settings.network.allow_hosts == ("127.0.0.1", "desk.example.org")
    assert settings.confirm == Confirm(1, 0.0, 1, 0.0, 1, 0.0)


def test_our_watchlist_comes_along_when_asked(tmp_path: Path) -> None:
    assert program("init", tmp_path / "home", "--with-watchlist") == 0
    ours = load_watchlist(ROOT / "config")
    assert load_watchlist(tmp_path / "home" / "config").pages == ours.pages
    assert ours.pages


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param(["--webhook", "example.org/hook"], "--webhook must begin with http", id="no scheme"),
        pytest.param(["--webhook", "http://"], "--webhook names no host", id="no host"),
        pytest.param(["--email", "nobody"], '--email is "nobody"', id="no address"),
        pytest.param(["--contact", "me"], '--contact is "me"', id="contact that reaches nobody"),
        pytest.param(["--allow-host", "http://a.example/"], "--allow-host is", id="a URL for a host"),
        pytest.param(["--confirm", "maybe"], "choose one of default, none", id="unknown proof"),
        pytest.param(["--contact", "a\udcff@example.org"], "not valid UTF-8", id="not UTF-8"),
    ],
)
def test_a_bad_wish_is_one_sentence_and_leaves_nothing_behind(
    tmp_path: Path, capsys: Screen, options: list[str], sentence: str
) -> None:
    assert program("init", tmp_path / "deep" / "home", *options) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert told.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", ["config/settings.toml", "pledgewatch.db"])
def test_what_may_be_a_home_is_refused_and_kept(tmp_path: Path, capsys: Screen, part: str) -> None:
    (tmp_path / part).parent.mkdir(exist_ok=True)
    (tmp_path / part).write_bytes(b"mine")
    assert program("init", tmp_path) == 2
    assert "it may be a home" in capsys.readouterr().err
    assert tree(tmp_path) == {part: b"mine"}


def test_a_file_is_no_folder(tmp_path: Path, capsys: Screen) -> None:
    (tmp_path / "file").write_text("mine")
    assert program("init", tmp_path / "file") == 2
    assert "is a file" in capsys.readouterr().err


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert program("init", tmp_path) == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config", "notes.txt", "pledgewatch.db"]


def test_a_bad_wish_keeps_the_files_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert program("init", tmp_path, "--contact", "me") == 2
    assert tree(tmp_path) == {"notes.txt": b"mine"}


@given(contact=st.text(), webhook=st.text(min_size=1))
@example(contact='"\n[channels.x]\nkind = "console"', webhook="\\\x00\x7f\x85\u2028")
def test_no_wish_can_break_out_of_its_quotes(contact: str, webhook: str) -> None:
    try:
        text = settings_text(Wishes(contact=contact, allow_hosts=(webhook,), webhook=webhook, email=contact))
    except InputError:
        return
    settings = tomllib.loads(text)
    assert settings["operator"] == {"contact": contact}
    assert settings["network"] == {"allow_hosts": [webhook]}
    assert settings["channels"]["webhook"]["url"] == webhook
    assert set(settings) == {"operator", "network", "store", "confirm", "channels", "routes"}


def test_the_installed_program_makes_a_home(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "app", "init", str(tmp_path / "home")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "A new home is ready" in done.stdout
