"""The watchlist's files changed by a program: what was meant is there, and every other byte stays."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.watchlist_files import changing, edited_page, new_file, page_text, without_unconfirmed
from monitor.errors import ConfigError, InputError
from monitor.watchlist import read_organization

HERON = '''\
# Ours: ask Ana before you change it.
name = "Heron Systems"  # as people know it
kind   =   "vendor"
why = [
    "sells cameras",  # of two kinds
]

[pages.terms]  # the long one
url = "https://heron.example/terms"
role = "terms"
select = [
    "main",   # the text
    "article",  # and this
]
note = """
two
lines"""

[[unconfirmed]]
url = "https://heron.example/a"
role = "policy"
why = "a letter"

[[unconfirmed]]
url = "https://heron.example/b"
role = "policy"
why = "another"

# added later
[pages.privacy]
url = "https://heron.example/privacy"
role = "policy"
'''
FILE = "heron.toml"


def lines(body: bytes) -> set[str]:
    return set(body.decode().splitlines())


@pytest.mark.parametrize(
    ("slug", "changes", "gone", "new"),
    [
        ("terms", {"role": "policy"}, {'role = "terms"'}, set()),
        ("terms", {"paused": True}, set(), {"paused = true"}),
        ("terms", {"every_hours": 0.5}, set(), {"every_hours = 0.5"}),
        ("terms", {"note": None}, {'note = """', "two", 'lines"""'}, set()),
        ("terms", {"url": "https://heron.example/terms"}, set(), set()),
        ("terms", {"select": ("main",)}, {'    "article",  # and this'}, set()),
        ("terms", {"select": ("main", "article", "h1")}, set(), {'    "h1",'}),
        ("terms", {"contains": ("x", "y")}, set(), {'contains = ["x", "y"]'}),
        ("privacy", {"paused": True}, set(), {"paused = true"}),
        ("privacy", {"remove": ("nav",)}, set(), {'remove = ["nav"]'}),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else None,
)
def test_only_what_was_meant_changes(
    slug: str, changes: dict[str, object], gone: set[str], new: set[str]
) -> None:
    before = HERON.encode()
    after = edited_page(before, slug, changes, FILE)  # type: ignore[arg-type]
    assert (lines(before) - lines(after), lines(after) - lines(before)) == (gone, new)
    page = tomllib.loads(after.decode())["pages"][slug]
    meant = {key: list(one) if isinstance(one, tuple) else one for key, one in changes.items()}
    assert {key: page.get(key) for key in changes} == meant


def test_nothing_changed_is_byte_for_byte_the_same() -> None:
    for body in (HERON.encode(), HERON.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + HERON.encode()):
        assert edited_page(body, "terms", {"role": "terms", "paused": None}, FILE) == body


def test_line_ends_and_byte_order_mark_stay() -> None:
    body = b"\xef\xbb\xbf" + HERON.replace("\n", "\r\n").encode()
    after = edited_page(body, "terms", {"role": "policy"}, FILE)
    assert after == body.replace(b'role = "terms"', b'role = "policy"')


@pytest.mark.parametrize(
    "pages",
    [
        'pages = { a = { url = "https://a.example/", role = "terms" } }',
        'pages.a.url = "https://a.example/"\npages.a.role = "terms"',
        '[pages]\na = { url = "https://a.example/", role = "terms" }',
        '[pages.a]\nurl = "https://a.example/"\nrole = "terms"',
        '["pages"."a"]\n"url" = \'https://a.example/\'\nrole = """terms"""',
    ],
)
def test_every_way_to_write_a_page_is_changed_or_refused_in_a_sentence(pages: str) -> None:
    body = f'name = "A"\nkind = "vendor"\n{pages}\n'.encode()
    after = edited_page(body, "a", {"paused": True, "url": "https://a.example/b"}, FILE)
    page = tomllib.loads(after.decode())["pages"]["a"]
    assert page == {"url": "https://a.example/b", "role": "terms", "paused": True}


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            '"""',
            "'''",
            '"\nrole = "x"\n[pages.evil]\nurl = "u',
            "]",
            "\x00",
            "\\",
            "#",
            "\u202e",
        ]
    ),
).filter(lambda text: text.isascii() or text.encode("utf-8", "ignore").decode() == text)


@settings(max_examples=40)
@given(HOSTILE, st.lists(HOSTILE, max_size=3))
def test_whatever_is_written_is_a_value_and_nothing_else(note: str, entries: list[str]) -> None:
    before = tomllib.loads(HERON)
    after = edited_page(HERON.encode(), "terms", {"note": note, "select": tuple(entries)}, FILE)
    before["pages"]["terms"] |= {"note": note, "select": entries}
    assert tomllib.loads(after.decode()) == before
    new = new_file(note, "vendor") + page_text("a", {"url": note, "select": tuple(entries)}).encode()
    page = {"url": note, "select": entries}
    assert tomllib.loads(new.decode()) == {"name": note, "kind": "vendor", "pages": {"a": page}}


def test_an_address_that_is_confirmed_is_unconfirmed_no_more() -> None:
    once = without_unconfirmed(HERON.encode(), "https://heron.example/a", FILE)
    assert [one["url"] for one in tomllib.loads(once.decode())["unconfirmed"]] == ["https://heron.example/b"]
    assert "# added later\n[pages.privacy]" in once.decode()
    twice = without_unconfirmed(once, "https://heron.example/b", FILE)
    assert "unconfirmed" not in tomllib.loads(twice.decode())
    assert without_unconfirmed(twice, "https://heron.example/b", FILE) == twice


# --------------------------------------------------------------------------- in place


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "watchlist").mkdir()
    (tmp_path / "watchlist" / FILE).write_text(HERON)
    return tmp_path


def test_what_could_not_be_followed_is_refused_before_a_byte_is_written(config: Path) -> None:
    with changing(config) as files, pytest.raises(ConfigError, match=r"pages\.terms\.role"):
        files.stage(files.file("heron"), HERON.replace('"terms"', '"oath"').encode())
        files.accept()
    assert (config / "watchlist" / FILE).read_text() == HERON


def test_all_files_are_as_they_were_where_one_cannot_be_written(config: Path) -> None:
    (config / "watchlist" / ".later.toml.new").mkdir()  # stands in the way
    with changing(config) as files, pytest.raises(InputError, match=r"cannot be written: .*pledgewatch init"):
        files.stage(files.file("heron"), b"new")
        files.stage(files.file("a-new-one"), b"new")
        files.stage(files.file("later"), b"new")
        files.put()
    assert sorted(one.name for one in (config / "watchlist").iterdir()) == [".later.toml.new", FILE]
    assert (config / "watchlist" / FILE).read_text() == HERON


def test_without_the_folder_it_is_one_sentence(config: Path) -> None:
    shutil.rmtree(config / "watchlist")
    with pytest.raises(ConfigError, match="cannot be opened"), changing(config):
        pass


def test_nobody_else_changes_files_meanwhile(config: Path) -> None:
    """The other one is the command line, in a process of its own."""
    script = (
        "import sys; from pathlib import Path; from app.watchlist_files import changing\n"
        "print('asks', flush=True)\n"
        "with changing(Path(sys.argv[1])) as files: print(files.body(files.file('heron')).decode())"
    )
    with changing(config) as files:
        other = subprocess.Popen([sys.executable, "-c", script, config], stdout=subprocess.PIPE, text=True)
        assert other.stdout and other.stdout.readline() == "asks\n"
        files.stage(files.file("heron"), b"what it sees")
        files.put()
    assert other.communicate()[0] == "what it sees\n"


def test_a_file_keeps_its_rights(config: Path) -> None:
    file = config / "watchlist" / FILE
    file.chmod(0o640)
    with changing(config) as files:
        files.stage(file, HERON.replace('kind   =   "vendor"', 'kind = "agency"').encode())
        files.put()
    assert file.stat().st_mode & 0o777 == 0o640
    assert read_organization(file).kind == "agency"
