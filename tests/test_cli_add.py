"""pledgewatch add, through the real program: all of it or nothing, and never a word lost."""

from pathlib import Path

import pytest

from monitor.watchlist import load_watchlist
from tests.homes import Screen, at_home, declared, home, tree, watched

__all__ = ["home"]  # the fixture


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
    assert [one.name for one in load_watchlist(home / "config").organizations] == ["acme"]


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
