"""A page is looked at before it is watched: the real spider in a process of its own, and nothing recorded."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from app import previewing
from app.home import Home
from app.previewing import AT_ONCE, Asked, BusyError, Preview, preview, previews
from monitor.errors import ConfigError, InputError
from monitor.model import Access, Page, Role
from tests.homes import tree
from tests.loopback import Answer, Loopback, redirect
from tests.sockets import Listener

SETTINGS = (
    '[operator]\ncontact = "watch@example.org"\n[network]\nallow_hosts = ["localhost"]\n'
    "delay_seconds = 0.0\ntimeout_seconds = 4.0\nmax_bytes = 200_000\n"
)
PROMISE = "We will not sell Herongaze to police departments."
PAGES: Mapping[str, Answer] = {
    "/robots.txt": Answer(
        body=b"User-agent: *\nDisallow: /private\n", headers=(("Content-Type", "text/plain"),)
    ),
    "/pledge": Answer(
        body=f"<title>Heron</title><h1>Our promise</h1><p>{PROMISE}</p><p>\u202etxet</p>".encode()
    ),
    "/long": Answer(body=b"<p>word</p>" * 3_000 + b"<p>" + b"x" * 50_000 + b"</p>"),
    "/private": Answer(body=b"<p>hidden</p>"),
    "/large": Answer(body=b"x" * 300_000),
    "/slow": Answer(hangs=True),
    "/away": redirect("/pledge"),
}
#: V11 to V16 of addresses that are well formed: in each the place of a port.
REFUSED = (
    "http://127.0.0.1:{0}/", "http://10.0.0.1:{0}/", "http://172.16.0.1:{0}/", "http://192.168.0.1:{0}/",
    "http://169.254.169.254:{0}/latest/meta-data/", "http://100.64.0.1:{0}/", "http://168.63.129.16:{0}/",
    "http://0.0.0.0:{0}/", "http://[::1]:{0}/", "http://[fd00:ec2::254]:{0}/", "http://2130706433:{0}/",
    "http://0x7f.1:{0}/", "http://0177.0.0.1:{0}/", "http://127.1:{0}/", "http://0:{0}/",
    "http://①②⑦.0.0.1:{0}/", "http://127。0。0。1:{0}/", "http://[::ffff:127.0.0.1]:{0}/",
    "http://[64:ff9b::7f00:1]:{0}/", "http://[2002:7f00:1::]:{0}/",
)  # fmt: skip


def page(url: str, id: str = "heron/terms") -> Page:
    return Page(id, "heron", url, Role.TERMS)


def home_in(folder: Path, settings: str = SETTINGS) -> Home:
    (folder / "config" / "watchlist").mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text(settings)
    return Home(folder, folder / "config")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_in(tmp_path)


# --------------------------------------------------------------------------- one process, many pages


@dataclass(frozen=True)
class Seen:
    """What came of each page, of each refused address and a redirect to it, and who was asked."""

    pages: Mapping[str, Preview]
    refused: Mapping[str, Preview]
    knocks: int
    asked: tuple[str, ...]
    is_recorded: bool


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = home_in(tmp_path_factory.mktemp("home"))
    before = tree(home.root)
    with ExitStack() as stack:
        listener = stack.enter_context(Listener())
        targets = [one.format(listener.port) for one in REFUSED]
        hops = {
            f"/to/{number}": redirect(url.encode().decode("latin-1")) for number, url in enumerate(targets)
        }
        site = stack.enter_context(Loopback({**PAGES, **hops}))
        paths = [path for path in PAGES if path != "/robots.txt"] + ["/gone"]
        urls = [site.url(path, "localhost") for path in [*paths, *hops]] + targets
        wanted = [page(url, f"heron/p{number}") for number, url in enumerate(urls)]
        found = previews(home, wanted, [("Herongaze",)] * len(wanted))
        yield Seen(
            dict(zip(paths, found, strict=False)),
            dict(zip([f"to {url}" for url in targets] + targets, found[len(paths) :], strict=True)),
            listener.knocks(),
            tuple(one.path for one in site.asked),
            tree(home.root) != before,
        )


def test_a_page_is_shown_with_what_was_found_in_it(seen: Seen) -> None:
    one = seen.pages["/pledge"]
    assert (one.access, one.title, one.lines[:2]) == (Access.OK, "Heron", ("Our promise", PROMISE))
    (said,) = one.statements
    assert (said.quote, said.context) == (PROMISE, ("Our promise",))
    assert said.told.startswith("stance: refuses;") and "technologies: face_recognition" in said.told


def test_a_long_page_is_cut(seen: Seen) -> None:
    one = seen.pages["/long"]
    assert (len(one.lines), one.more_lines) == (200, 2_801)
    assert len(json.dumps(asdict(one))) < 20_000


@pytest.mark.parametrize(
    ("path", "access", "sentence"),
    [
        ("/private", Access.ROBOTS_DISALLOWED, "robots.txt"),
        ("/large", Access.TOO_LARGE, "larger than network.max_bytes allows"),
        ("/slow", Access.TIMEOUT, "no whole answer in time"),
        ("/gone", Access.GONE, "The server answered 404."),
    ],
)
def test_what_was_not_read_says_why(seen: Seen, path: str, access: Access, sentence: str) -> None:
    assert seen.pages[path].access is access
    assert sentence in " ".join(seen.pages[path].evidence)


def test_where_an_address_leads_is_told(seen: Seen) -> None:
    assert seen.pages["/away"].final_url.endswith("/pledge")
    assert seen.pages["/away"].access is Access.OK


def test_private_addresses_are_refused_in_every_spelling_and_at_every_hop(seen: Seen) -> None:
    states = {what: one.access for what, one in seen.refused.items()}
    assert {what for what, access in states.items() if access is not Access.BLOCKED_BY_POLICY} == set()
    assert all(one.evidence and not one.lines for one in seen.refused.values())
    assert len(states) == 2 * len(REFUSED)


def test_nobody_there_was_asked_and_nothing_is_recorded(seen: Seen) -> None:
    assert seen.knocks == 0
    assert not seen.is_recorded
    assert "/private" not in seen.asked
    assert seen.asked.count("/gone") == 1 and seen.asked.count("/robots.txt") == 1


# --------------------------------------------------------------------------- when it cannot be done


def test_who_does_not_say_who_they_are_asks_nobody(tmp_path: Path) -> None:
    home = home_in(tmp_path, SETTINGS.replace("watch@example.org", ""))
    with pytest.raises(ConfigError, match=r"operator\.contact: is empty"):
        preview(home, page("https://heron.example/"))


def test_no_more_than_a_few_run_at_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    inner: list[str] = []

    def nested(*_: object) -> tuple[Preview, ...]:
        inner.append("runs")
        if len(inner) < 5:
            preview(home, page("https://heron.example/"))
        return (Preview(Access.OK),)

    monkeypatch.setattr(previewing, "previews", nested)
    for _ in range(2):  # whoever was refused took no place away
        inner.clear()
        with pytest.raises(BusyError, match="try again in a moment"):
            preview(home, page("https://heron.example/"))
        assert len(inner) == AT_ONCE


def test_a_process_that_takes_too_long_is_ended(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "START_SECONDS", -3.9)
    with pytest.raises(InputError, match=r"was not read within 0\.1 seconds"):
        previews(home, [page("https://heron.example/")], [()])


def test_a_process_that_breaks_off_is_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="broke off before its end"):
        previewing._answer(b"this is no JSON", 60)
    assert "JSONDecodeError" in capfd.readouterr().err


def test_trouble_with_the_configuration_comes_back_as_its_sentence(home: Home) -> None:
    nowhere = Asked(str(home.root), str(home.root / "nowhere"), 4.0, (page("https://heron.example/"),), ((),))
    answer = previewing._answer(json.dumps(asdict(nowhere)).encode(), 60)
    assert "nowhere/settings.toml: is not there" in answer["problem"]
