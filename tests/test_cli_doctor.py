"""pledgewatch doctor: each check is a row that says how to mend it; the exit code names the worst."""

import sqlite3
from pathlib import Path

import pytest

from app.doctor import State, channel_row, disk_row, sqlite_row
from app.home import Home
from monitor.settings import Channel
from monitor.store import pages
from tests.homes import Screen, at_home, declared, home, program
from tests.store_values import NOW, page

__all__ = ["home"]  # the fixture


def rows(told: str) -> dict[str, tuple[str, str]]:
    """What is checked → (state, sentence)."""
    split = [line.split(maxsplit=1) for line in told.splitlines()]
    named = [(state, *rest.split("  ", 1)) for state, rest in split]
    return {what: (state, sentence.strip()) for state, what, sentence in named}


def examined(capsys: Screen, folder: Path, code: int = 0) -> dict[str, tuple[str, str]]:
    capsys.readouterr()
    assert at_home(folder, "doctor") == code
    return rows(capsys.readouterr().out)


# --------------------------------------------------------------------------- healthy


def test_a_new_home_is_healthy(home: Path, capsys: Screen) -> None:
    told = examined(capsys, home)
    assert [what for what, (state, _) in told.items() if state == "bad"] == []
    for what in (
        "program",
        "libraries",
        "settings",
        "watchlist",
        "words",
        "mutes",
        "contact",
        "store",
        "blobs",
    ):
        assert told[what][0] == "ok", told[what]
    assert "sqlalchemy 2." in told["libraries"][1]
    assert told["SQLite"][1].startswith(f"SQLite {sqlite3.sqlite_version}")


def test_a_store_that_is_not_there_is_not_made(home: Path, capsys: Screen) -> None:
    (home / "pledgewatch.db").unlink()
    told = examined(capsys, home)
    assert told["store"] == ("warn", f"{home / 'pledgewatch.db'} is not there yet: the first check makes it.")
    assert sorted(path.name for path in home.iterdir()) == ["config"]


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ((3, 6, 23), State.OK),
        ((3, 7, 0), State.WARN),
        ((3, 40, 1), State.WARN),
        ((3, 44, 5), State.WARN),
        ((3, 44, 6), State.OK),
        ((3, 45, 0), State.WARN),
        ((3, 50, 6), State.WARN),
        ((3, 50, 7), State.OK),
        ((3, 51, 0), State.WARN),
        ((3, 51, 2), State.WARN),
        ((3, 51, 3), State.OK),
        ((3, 53, 0), State.OK),
        ((4, 0, 0), State.OK),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_which_sqlite_has_the_wal_reset_bug(number: tuple[int, ...], state: State) -> None:
    assert sqlite_row(number).state is state


@pytest.mark.parametrize(("free", "state"), [(499_999_999, State.WARN), (500_000_000, State.OK)])
def test_little_room_is_a_warning(
    home: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    monkeypatch.setattr("app.room.Room.free", lambda room: free)
    for settings_hold in (True, False):
        assert disk_row(Home(home, home / "config"), settings_hold=settings_hold).state is state


# --------------------------------------------------------------------------- warnings


def test_without_a_contact_only_this_machine_is_read(tmp_path: Path, capsys: Screen) -> None:
    program("init", tmp_path / "home")
    assert examined(capsys, tmp_path / "home")["contact"][0] == "warn"


def test_a_secret_that_is_not_set_is_a_warning(
    tmp_path: Path, capsys: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "home"
    program("init", folder, "--webhook", "https://example.org/hook")
    settings = folder / "config" / "settings.toml"
    settings.write_text(settings.read_text().replace("# secret_env", "secret_env"))
    monkeypatch.delenv("PLEDGEWATCH_HOOK_SECRET", raising=False)
    state, sentence = examined(capsys, folder)["channel webhook"]
    assert state == "warn"
    assert "PLEDGEWATCH_HOOK_SECRET is not set" in sentence
    monkeypatch.setenv("PLEDGEWATCH_HOOK_SECRET", "whsec_AAAA")
    assert examined(capsys, folder)["channel webhook"][0] == "ok"


@pytest.mark.parametrize(
    ("environ", "state", "said"),
    [
        ({}, State.WARN, "The environment variable HOOK_URL is not set; set it, or HOOK_URL_FILE"),
        (
            {"HOOK_URL_FILE": "/nowhere"},
            State.WARN,
            "which HOOK_URL_FILE names, cannot be read: No such file",
        ),
        ({"HOOK_URL": "CANARY"}, State.WARN, "What HOOK_URL holds is not an absolute http or https address"),
        ({"HOOK_URL": "https://example.org/CANARY"}, State.OK, "webhook, ready"),
        ({"HOOK_URL_FILE": "{file}"}, State.OK, "webhook, ready"),
    ],
    ids=["not set", "no file", "no address", "variable", "file"],
)
def test_a_secret_address_may_lie_in_a_file(
    tmp_path: Path, environ: dict[str, str], state: State, said: str
) -> None:
    file = tmp_path / "url"
    file.write_text("https://example.org/CANARY\n")
    given = {name: value.format(file=file) for name, value in environ.items()}
    row = channel_row("hook", Channel("webhook", url_env="HOOK_URL"), given)
    assert row.state is state and said in row.sentence
    assert "CANARY" not in row.sentence


@pytest.mark.parametrize(
    ("environ", "state", "said"),
    [
        ({}, State.WARN, "The environment variable CHAT is not set"),
        ({"CHAT": "slak://CANARY"}, State.WARN, "The address in CHAT is not an address that Apprise knows"),
        ({"CHAT": "https://x.example/CANARY"}, State.WARN, "The address in CHAT is not a"),
        ({"CHAT": "mmosts://chat.example.org/CANARY0123456789abcdef\n"}, State.OK, "apprise, ready"),
    ],
    ids=["not set", "misspelt", "a web address", "whole"],
)
def test_the_address_of_a_chat_is_looked_at_where_it_is_known(
    environ: dict[str, str], state: State, said: str
) -> None:
    row = channel_row("chat", Channel("apprise", url_env="CHAT"), environ)
    assert row.state is state and said in row.sentence
    assert "CANARY" not in row.sentence


def test_settings_without_a_route_tell_nobody(home: Path, capsys: Screen) -> None:
    (home / "config" / "settings.toml").write_text('[operator]\ncontact = "a@example.org"\n')
    assert examined(capsys, home)["routes"][0] == "warn"


def test_a_language_without_words_is_a_warning(home: Path, capsys: Screen) -> None:
    declared(home, "reiher").write_text(
        'name = "Reiher"\nkind = "vendor"\n'
        '[pages.a]\nurl = "https://reiher.example/a"\nrole = "terms"\nlanguage = "gl"\n'
    )
    assert examined(capsys, home)["languages"] == (
        "warn",
        "There is no lexicon for gl: no statement is found on its pages (1).",
    )


def test_a_browser_matters_where_a_page_asks_for_one(
    home: Path, capsys: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert examined(capsys, home)["rendered pages"][0] == "ok"
    declared(home, "heron").write_text(
        'name = "Heron"\nkind = "vendor"\n'
        '[pages.a]\nurl = "https://heron.example/a"\nrole = "terms"\nfetch = "rendered"\n'
    )
    state, sentence = examined(capsys, home)["rendered pages"]
    assert (state, "is missing: pages with" in sentence) == ("warn", True)


# --------------------------------------------------------------------------- bad


@pytest.mark.parametrize(
    ("file", "text", "what", "sentence"),
    [
        pytest.param("settings.toml", "[operater]\n", "settings", "did you mean", id="settings"),
        pytest.param("watchlist/a.toml", 'name = "A"\n', "watchlist", "kind: is missing", id="watchlist"),
        pytest.param("mutes.toml", "[[mute]]\n", "mutes", 'did you mean "mutes"', id="mutes"),
        pytest.param("lexicon/en.toml", "language = 3\n", "words", "lexicon/en.toml", id="words"),
    ],
)
def test_bad_configuration_is_a_row_and_exit_code_2(
    home: Path, capsys: Screen, file: str, text: str, what: str, sentence: str
) -> None:
    (home / "config" / file).parent.mkdir(exist_ok=True)
    (home / "config" / file).write_text(text)
    told = examined(capsys, home, 2)
    assert told[what][0] == "bad"
    assert sentence in told[what][1]
    assert [name for name, (state, _) in told.items() if state == "bad"] == [what]


def test_a_route_for_nobody_is_a_row_and_exit_code_2(home: Path, capsys: Screen) -> None:
    settings = home / "config" / "settings.toml"
    asked = 'channel = "console"\norganizations = ["acme"]'
    settings.write_text(settings.read_text().replace('channel = "console"', asked))
    told = examined(capsys, home, 2)
    assert [name for name, (state, _) in told.items() if state == "bad"] == ["routes"]
    assert '"acme", which the route "console" asks for, is not on the watchlist' in told["routes"][1]


def test_an_unreadable_store_is_a_row_and_exit_code_3(home: Path, capsys: Screen) -> None:
    (home / "pledgewatch.db").write_bytes(b"this is not a database" * 100)
    state, sentence = examined(capsys, home, 3)["store"]
    assert (state, "not a database" in sentence) == ("bad", True)


def test_a_damaged_page_of_the_database_is_a_row_and_exit_code_3(home: Path, capsys: Screen) -> None:
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        pages.sync(conn, [page(f"heron/{number}") for number in range(500)], NOW)
    assert examined(capsys, home)["integrity"][0] == "ok"
    file = home / "pledgewatch.db"
    with file.open("r+b") as raw:
        raw.seek(file.stat().st_size - 4096)
        raw.write(b"\xff" * 4096)
    told = examined(capsys, home, 3)
    assert [name for name, (state, _) in told.items() if state == "bad"] == ["integrity"]
    assert "the store is damaged: restore it from a backup" in told["integrity"][1]


def test_a_newer_store_is_a_row_and_exit_code_3(home: Path, capsys: Screen) -> None:
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    state, sentence = examined(capsys, home, 3)["store"]
    assert (state, "9999" in sentence) == ("bad", True)


def test_blobs_that_cannot_be_written_are_exit_code_3(home: Path, capsys: Screen) -> None:
    (home / "blobs").write_text("a file where a folder should be")
    assert examined(capsys, home, 3)["blobs"][0] == "bad"


def test_the_worst_code_wins(home: Path, capsys: Screen) -> None:
    (home / "pledgewatch.db").write_bytes(b"this is not a database" * 100)
    (home / "config" / "watchlist" / "a.toml").write_text("name")
    examined(capsys, home, 3)
