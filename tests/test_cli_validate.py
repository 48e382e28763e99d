"""pledgewatch validate: what is declared, and with --fetch (in its own process) what pages say today."""

import os
import subprocess
import sys
from collections.abc import Iterator
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
            'routes[0].organizations[1]: "herons" is not on the watchlist, so nothing would be sent; did you mean "heron"?',
            id="organization",
        ),
        pytest.param(
            'kinds = ["vendors"]',
            'routes[0].kinds[0]: "vendors" is not on the watchlist, so nothing would be sent; did you mean "vendor"?',
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
