"""pledgewatch init and add, through the real program: all of it or nothing, and never a word lost."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.cli import app, outcome_of
from app.setup import Wishes, settings_text
from monitor.errors import InputError
from monitor.settings import Confirm, load_settings
from monitor.watchlist import load_watchlist

ROOT = Path(__file__).resolve().parent.parent
Screen = pytest.CaptureFixture[str]


def program(*arguments: object) -> int:
    """Run the program in this process; its exit code."""
    return outcome_of(lambda: app([str(argument) for argument in arguments], standalone_mode=False))


def at_home(home: Path, *arguments: object) -> int:
    """The same for one home."""
    return program("--home", home, *arguments)


@pytest.fixture
def home(tmp_path: Path, capsys: Screen) -> Path:
    """A new home with an empty watchlist."""
    folder = tmp_path / "home"
    assert program("init", folder, "--contact", "watch@example.org") == 0
    capsys.readouterr()
    return folder


def declared(home: Path, organization: str) -> Path:
    return home / "config" / "watchlist" / f"{organization}.toml"


def watched(home: Path) -> dict[str, str]:
    return {page.id: page.url for page in load_watchlist(home / "config").pages}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
    assert settings.confirm == Confirm(1, 0.0, 1, 0.0)


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


# --------------------------------------------------------------------------- add


@pytest.mark.parametrize(
    ("url", "page_id"),
    [
        ("https://www.example.org/legal/service-terms.html", "example-org/legal-service-terms"),
        ("https://www.example.org/", "example-org/home"),
        ("https://example.org", "example-org/home"),
        ("http://127.0.0.1:8970/p/12", "127-0-0-1/p-12"),
        ("https://Example.ORG/Terms_of_Use.pdf", "example-org/terms-of-use"),
        ("https://example.org/doc?id=7", "example-org/doc-id-7"),
        ("https://example.org/%C3%BC/a", "example-org/c3-bc-a"),
        ("https://example.org/ü/a", "example-org/c3-bc-a"),
        ("https://example.org/" + "long/" * 40, "example-org/" + ("long-" * 12).rstrip("-")),
        ("http://[::1]:80/x", "1/x"),
    ],
)
def test_a_page_is_named_for_its_address(home: Path, url: str, page_id: str) -> None:
    assert at_home(home, "add", url) == 0
    assert watched(home) == {page_id: url}


def test_a_new_organization_is_named_for_its_host(home: Path) -> None:
    assert at_home(home, "add", "https://www.example.org/a", "--role", "terms") == 0
    (organization,) = load_watchlist(home / "config").organizations
    assert (organization.id, organization.name) == ("example-org", "www.example.org")
    assert [str(page.role) for page in organization.pages] == ["terms"]


def test_names_that_are_taken_get_a_number(home: Path) -> None:
    urls = [f"https://example.org/a{ending}" for ending in ("", ".html", "/", ".php")]
    assert at_home(home, "add", *urls) == 0
    assert watched(home) == dict(
        zip(["example-org/a", "example-org/a-2", "example-org/a-3", "example-org/a-4"], urls, strict=True)
    )
    assert at_home(home, "add", "https://example.org/A") == 0
    assert watched(home)["example-org/a-5"] == "https://example.org/A"


def test_addresses_of_several_hosts_go_to_several_files(home: Path, capsys: Screen) -> None:
    assert at_home(home, "add", "https://a.example/x", "https://b.example/x", "https://a.example/y") == 0
    assert sorted(watched(home)) == ["a-example/x", "a-example/y", "b-example/x"]
    assert "3 added, 0 skipped" in capsys.readouterr().out


def test_one_organization_takes_them_all_when_named(home: Path) -> None:
    assert at_home(home, "add", "https://a.example/x", "https://b.example/x", "--organization", "acme") == 0
    assert sorted(watched(home)) == ["acme/x", "acme/x-2"]


@pytest.mark.parametrize(
    "ending",
    [
        b"",
        b"\n",
        b"\n# the end",
        b"\r\n\n\n",
        b'\n[[unconfirmed]]\nurl = "https://example.org/z"\nrole = "terms"\nwhy = "x"',
    ],
)
def test_what_stood_in_the_file_is_kept_byte_for_byte(home: Path, ending: bytes) -> None:
    before = "# Wir schreiben ü\r\n" + 'name = "Example"\nkind   = "vendor"\n\n'
    before += '[pages.terms]\nurl = "https://example.org/terms"\nrole = "terms"'
    declared(home, "example-org").write_bytes(before.encode() + ending)
    assert at_home(home, "add", "https://example.org/new") == 0
    assert declared(home, "example-org").read_bytes().startswith(before.encode() + ending)
    assert sorted(watched(home)) == ["example-org/new", "example-org/terms"]


@pytest.mark.parametrize(
    "again",
    ["https://example.org/terms", "HTTPS://EXAMPLE.org:443/terms"],
    ids=["the same", "as no server can tell apart"],
)
def test_an_address_that_is_watched_is_said_and_skipped(home: Path, capsys: Screen, again: str) -> None:
    at_home(home, "add", "https://example.org/terms")
    before = tree(home / "config")
    capsys.readouterr()
    assert at_home(home, "add", again, "--organization", "other") == 0
    assert f"skipped  {again}: watched already as example-org/terms" in capsys.readouterr().out
    assert tree(home / "config") == before


def test_the_same_address_twice_is_added_once(home: Path, capsys: Screen) -> None:
    assert at_home(home, "add", "https://example.org/a", "https://example.org/a") == 0
    assert list(watched(home)) == ["example-org/a"]
    assert "1 added, 1 skipped" in capsys.readouterr().out


def test_a_file_gives_one_address_a_line(home: Path, tmp_path: Path) -> None:
    lines = "\ufeff# ours\r\nhttps://example.org/a\r\n\r\n  https://example.org/b  \n"
    (tmp_path / "urls.txt").write_text(lines, encoding="utf-8")
    assert at_home(home, "add", "--from", tmp_path / "urls.txt") == 0
    assert sorted(watched(home).values()) == ["https://example.org/a", "https://example.org/b"]


def test_two_hundred_addresses_are_listed_in_short(home: Path, tmp_path: Path, capsys: Screen) -> None:
    urls = [f"http://127.0.0.1:18970/p/{number}" for number in range(200)]
    (tmp_path / "urls.txt").write_text("\n".join(urls))
    assert at_home(home, "add", "--from", tmp_path / "urls.txt") == 0
    assert list(watched(home).values()) == urls
    told = capsys.readouterr().out
    assert "200 added, 0 skipped" in told
    assert len(told.splitlines()) < 30


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param([], "add needs at least one URL", id="nothing"),
        pytest.param(["ftp://example.org/a"], 'must begin with http:// or https:// ("ftp', id="scheme"),
        pytest.param(["https://example.org/a#b"], "carries a fragment", id="fragment"),
        pytest.param(["https://example.org/a b"], "holds a blank", id="blank"),
        pytest.param(["https://me:x@example.org/"], "user name or password", id="password"),
        pytest.param(["--from", "URLS"], "urls.txt, line 3: the address must begin with", id="in a file"),
        pytest.param(["--from", "GONE"], "gone.txt cannot be read", id="no such file"),
        pytest.param(["--from", "BINARY"], "is not UTF-8 at byte 0", id="binary file"),
        pytest.param(
            ["https://example.org/", "--role", "oath"], '--role is "oath"; choose one of', id="role"
        ),
        pytest.param(
            ["https://example.org/", "--organization", "Example Org"], "--organization is", id="organization"
        ),
    ],
)
def test_a_bad_address_is_one_sentence_and_nothing_is_added(
    home: Path, tmp_path: Path, capsys: Screen, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "urls.txt").write_text("https://example.org/good\n\nexample.org/bad\n")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    files = {"URLS": "urls.txt", "GONE": "gone.txt", "BINARY": "binary.txt"}
    before = tree(home)
    given = [str(tmp_path / files[each]) if each in files else each for each in arguments]
    assert at_home(home, "add", *given) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert tree(home) == before


def test_every_file_is_put_back_when_one_cannot_take_a_page(home: Path, capsys: Screen) -> None:
    """An inline table cannot be added to; TOML says so only when the file is read again."""
    inline = 'name = "B"\nkind = "vendor"\npages = { a = { url = "https://b.example/a", role = "terms" } }\n'
    declared(home, "b-example").write_text(inline)
    before = tree(home / "config")
    assert at_home(home, "add", "https://a.example/x", "https://b.example/x", "https://c.example/x") == 2
    assert "b-example.toml" in capsys.readouterr().err
    assert tree(home / "config") == before


def test_a_misspelt_watchlist_is_refused_before_anything_is_added(home: Path, capsys: Screen) -> None:
    declared(home, "acme").write_text('name = "Acme"\nkind = "vendor"\nurll = "x"\n')
    assert at_home(home, "add", "https://example.org/a") == 2
    assert "acme.toml: urll: is not a known key" in capsys.readouterr().err
    assert not declared(home, "example-org").exists()
