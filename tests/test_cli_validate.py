"""pledgewatch validate: what is declared, and with --fetch (in its own process) what pages say today."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.homes import ROOT, Screen, at_home, declared, home, program, tree
from tests.loopback import Answer, Loopback

__all__ = ["home"]  # the fixture

PROMISE = "We will not sell Herongaze to police departments."
PLEDGE = f"<h1>Our promise</h1><p>{PROMISE}</p><p>The office opens at nine.</p><p>\u202etxet</p>"


def declare(folder: Path, base: str) -> None:
    """Heron Systems with a pledge that is there, terms that are gone, and an address that nobody saw."""
    declared(folder, "heron").write_text(
        f"""
name = "Heron Systems"
kind = "vendor"
products = ["Herongaze"]
[pages.pledge]
url = "{base}/pledge"
role = "pledge"
[pages.terms]
url = "{base}/terms"
role = "terms"
[[unconfirmed]]
url = "{base}/maybe"
role = "policy"
why = "named in a letter"
"""
    )


# --------------------------------------------------------------------------- what is declared


def test_what_is_declared_is_counted(home: Path, capsys: Screen) -> None:
    declare(home, "https://heron.example")
    assert at_home(home, "validate") == 0
    told = capsys.readouterr().out
    for line in (
        "Contact        watch@example.org",
        "Routes         console (by console)",
        "Organizations  1",
        "Pages          2, and 1 unconfirmed addresses that are never fetched",
        "Languages      en (2)",
        "The configuration holds.",
    ):
        assert line in told.splitlines()


def test_one_organization_shows_its_pages(home: Path, capsys: Screen) -> None:
    declare(home, "https://heron.example")
    at_home(home, "add", "https://other.example/a")
    assert at_home(home, "validate", "heron") == 0
    told = capsys.readouterr().out
    assert "Organizations  1" in told
    assert "  heron/pledge  pledge  plain  https://heron.example/pledge" in told
    assert "named in a letter" in told


def test_a_language_without_words_is_said(home: Path, capsys: Screen) -> None:
    declare(home, "https://heron.example")
    file = declared(home, "heron")
    file.write_text(file.read_text().replace('role = "terms"', 'role = "terms"\nlanguage = "gl"'))
    assert at_home(home, "validate") == 0
    told = capsys.readouterr().out
    assert "Languages      en (1), gl (1)" in told
    said = "  heron/terms is read, but nothing can be found in it: there is no lexicon for gl."
    assert said in told.splitlines()


def test_pages_of_one_language_without_words_share_a_line(home: Path, capsys: Screen) -> None:
    declare(home, "https://heron.example")
    file = declared(home, "heron")
    file.write_text(
        file.read_text().replace("[pages.", "[pages.gl-").replace("role", 'language = "gl"\nrole', 2)
    )
    assert at_home(home, "validate") == 0
    said = (
        "  heron/gl-pledge, heron/gl-terms are read, but nothing can be found in them: "
        "there is no lexicon for gl."
    )
    assert said in capsys.readouterr().out.splitlines()


def test_our_own_configuration_holds(capsys: Screen) -> None:
    assert program("--config", ROOT / "config", "validate") == 0
    assert "The configuration holds." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        pytest.param("settings.toml", "[netwerk]\n", 'did you mean "network"?', id="misspelt settings"),
        pytest.param(
            "watchlist/a.toml",
            'name = "A"\nkind = "vendor"\n[pages.x]\nurl = "nowhere"\nrole = "terms"\n',
            "pages.x.url",
            id="bad URL",
        ),
        pytest.param(
            "watchlist/a.toml",
            'name = "A"\nkind = "vendor"\n'
            '[pages.x]\nurl = "https://a.example/"\nrole = "terms"\nselect = ["p["]\n',
            "pages.x.select[0]",
            id="bad selector",
        ),
        pytest.param("access.toml", "x = 1\n", "access.toml", id="bad marks"),
    ],
)
def test_what_cannot_be_followed_is_one_sentence(
    home: Path, capsys: Screen, file: str, text: str, sentence: str
) -> None:
    (home / "config" / file).write_text(text)
    assert at_home(home, "validate") == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert "holds" not in told.out


@pytest.mark.parametrize("command", ["validate", "check", "run", "status"])
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param(
            'organizations = ["heron", "herons"]',
            'routes[0].organizations[1]: "herons", which the route "console" asks for, is not on the watchlist, so nothing would be sent; did you mean "heron"?',
            id="organization",
        ),
        pytest.param(
            'kinds = ["vendors"]',
            'routes[0].kinds[0]: "vendors", which the route "console" asks for, is not on the watchlist, so nothing would be sent; did you mean "vendor"?',
            id="kind",
        ),
    ],
)
def test_a_route_for_nobody_is_refused(
    home: Path, capsys: Screen, command: str, asked: str, sentence: str
) -> None:
    declare(home, "https://heron.example")
    settings = home / "config" / "settings.toml"
    settings.write_text(settings.read_text().replace('channel = "console"', f'channel = "console"\n{asked}'))
    assert at_home(home, command) == 2
    assert capsys.readouterr() == ("", f"pledgewatch: {settings}: {sentence}\n")


MUTE = """\
[[mutes]]
{what}
author = "Ana"
reason = "Two editions."
since = {since}
until = {until}
"""


def muting(home: Path, what: str = 'page = "heron/terms"', first: int = -1, last: int = 9) -> Path:
    """A mutes.toml with a mute that holds from one day to another, counted from today."""
    today = datetime.now(UTC).date()
    days = {"since": today + timedelta(days=first), "until": today + timedelta(days=last)}
    file = home / "config" / "mutes.toml"
    file.write_text(MUTE.format(what=what, **days))
    return file


@pytest.mark.parametrize("command", ["validate", "check", "run", "doctor"])
@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        pytest.param('page = "heron/term"', 'mutes[0].page: is "heron/term", which is not on the watchlist, so nothing would be muted; did you mean "heron/terms"?', id="page"),
        pytest.param('organization = "herons"', 'mutes[0].organization: is "herons", which is not on the watchlist, so nothing would be muted; did you mean "heron"?', id="organization"),
        pytest.param('page = "heron/terms"\nwords = ""', "mutes[0].words: is empty; write a phrase, or leave it out", id="words"),
    ],
)  # fmt: skip
def test_a_mute_that_cannot_be_followed_is_refused_before_anything_begins(
    home: Path, capsys: Screen, command: str, what: str, sentence: str
) -> None:
    declare(home, "https://heron.example")
    file = muting(home, what)
    before = tree(home)
    assert at_home(home, command) == 2
    told = capsys.readouterr()
    assert f"{file}: {sentence}" in " ".join((told.out + told.err).split())
    assert tree(home) == before


def test_the_mutes_in_force_are_listed(home: Path, capsys: Screen) -> None:
    declare(home, "https://heron.example")
    muting(home, 'page = "heron/terms"\nkinds = ["scope", "force"]\nwords = "the login"')
    assert at_home(home, "validate") == 0
    told = capsys.readouterr().out
    until = datetime.now(UTC).date() + timedelta(days=9)
    assert "Mutes          1 in force\n" in told
    assert f"  heron/terms  scope, force “the login”  until {until}  Ana: Two editions.\n" in told


@pytest.mark.parametrize(("first", "last"), [(-9, -1), (1, 9)], ids=["over", "not yet"])
def test_a_mute_that_does_not_hold_today_is_not_listed(
    home: Path, capsys: Screen, first: int, last: int
) -> None:
    declare(home, "https://heron.example")
    muting(home, first=first, last=last)
    assert at_home(home, "validate") == 0
    told = capsys.readouterr().out
    assert "Mutes          none in force\n" in told and "Two editions" not in told


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("slak://a/b/c", "the slak:// address is not an address that Apprise knows; mend it", id="misspelt"),
        pytest.param("json://desk.example.org", "the json:// address is not allowed: use a channel of kind webhook for JSON, XML and forms; mend it", id="webhook"),
        pytest.param("mailto://a:CANARY@b.example", "the mailto:// address is not allowed: use a channel of kind email for mail; mend it", id="mail"),
        pytest.param("mmosts://chat.example.org", "the mmosts:// address is not a whole address of mmosts://; mend it", id="half"),
    ],
)  # fmt: skip
def test_an_address_of_apprise_that_nothing_can_be_sent_to_is_refused(
    home: Path, capsys: Screen, url: str, sentence: str
) -> None:
    settings = home / "config" / "settings.toml"
    with settings.open("a") as file:
        file.write(f'\n[channels.chat]\nkind = "apprise"\nurl = "{url}"\n')
    assert at_home(home, "validate") == 2
    told = capsys.readouterr()
    assert told.err == f"pledgewatch: {settings}: channels.chat.url: {sentence}\n"
    assert at_home(home, "doctor") == 2
    told = capsys.readouterr()
    assert "bad" in told.out and sentence.removeprefix("the ") in told.out
    assert "CANARY" not in told.out


def test_apprise_is_loaded_only_where_a_channel_is_one(home: Path) -> None:
    lines = (
        "import sys; from app.cli import app; app({}, standalone_mode=False); print('apprise' in sys.modules)"
    )
    asked = ["--home", str(home), "validate"]
    command = [sys.executable, "-c", lines.format(asked)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.endswith("The configuration holds.\nFalse\n"), done.stderr


def test_a_route_for_who_is_watched_holds(home: Path, capsys: Screen) -> None:
    declare(home, "https://heron.example")
    settings = home / "config" / "settings.toml"
    asked = 'channel = "console"\norganizations = ["heron"]\nkinds = ["vendor"]'
    settings.write_text(settings.read_text().replace('channel = "console"', asked))
    assert at_home(home, "validate") == 0


def test_an_organization_can_be_added_that_a_route_waits_for(home: Path, capsys: Screen) -> None:
    settings = home / "config" / "settings.toml"
    asked = 'channel = "console"\norganizations = ["acme"]'
    settings.write_text(settings.read_text().replace('channel = "console"', asked))
    assert at_home(home, "validate") == 2
    assert at_home(home, "add", "https://acme.example/terms", "--organization", "acme") == 0
    assert at_home(home, "validate") == 0


def test_an_unknown_organization_is_refused_with_the_nearest(home: Path, capsys: Screen) -> None:
    declare(home, "https://heron.example")
    assert at_home(home, "validate", "herons") == 2
    assert 'did you mean "heron"?' in capsys.readouterr().err


# --------------------------------------------------------------------------- what the pages say


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback({"/pledge": Answer(body=PLEDGE.encode())}) as server:
        yield server


def fetched(home: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of `validate --fetch` in a new process (a reactor starts only once)."""
    command = [sys.executable, "-m", "app", "--home", str(home), "validate", *arguments, "--fetch"]
    environ = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", env=environ, check=False)
    return done.returncode, done.stdout + done.stderr


def test_pages_are_read_and_nothing_is_recorded(tmp_path: Path, site: Loopback) -> None:
    home = tmp_path / "home"
    program("init", home, "--allow-host", "127.0.0.1")
    declare(home, site.url(""))
    before = tree(home)
    code, told = fetched(home)
    assert code == 1, "the terms could not be read"
    assert "  access      ok\n" in told
    assert "  access      gone The server answered 404." in told
    assert "  statements  1\n" in told
    assert f"    “{PROMISE}”\n      stance: refuses;" in told
    assert "technologies: face_recognition" in told, "a product's name means facial recognition"
    assert "⟨U+202E⟩txet" in told
    assert tree(home) == before
    assert sorted(asked.path for asked in site.asked) == ["/pledge", "/robots.txt", "/terms"]


def test_one_readable_organization_is_exit_code_0(tmp_path: Path, site: Loopback) -> None:
    home = tmp_path / "home"
    program("init", home, "--allow-host", "127.0.0.1")
    declare(home, site.url(""))
    at_home(home, "add", site.url("/pledge?again"), "--organization", "egret")
    site.routes["/pledge?again"] = site.routes["/pledge"]
    code, told = fetched(home, "egret")
    assert (code, "egret/pledge-again" in told, "heron/" in told) == (0, True, False)


def test_without_a_contact_only_this_machine_is_asked(tmp_path: Path, capsys: Screen) -> None:
    home = tmp_path / "home"
    program("init", home)
    declare(home, "https://heron.example")
    assert at_home(home, "validate", "--fetch") == 2
    assert "operator.contact" in capsys.readouterr().err


def test_without_a_page_there_is_nothing_to_read(home: Path, capsys: Screen) -> None:
    assert at_home(home, "validate", "--fetch") == 2
    assert "There is no page to read here" in capsys.readouterr().err
