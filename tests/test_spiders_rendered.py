"""Rendered pages: fetched like any other, shown in a real Chromium (skipped where there is none), and read.

One crawl fetches all the pages of this file. www.example.com is the site that we watch; www.example.net is as
public as it is (the guard has nothing against it), and inner.example.org has a private address.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from gzip import compress
from hashlib import sha256
from os import environ
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest

from monitor.model import Access, Failure, Page, Redirect, Role
from monitor.settings import Network
from spiders.browser import find_browser
from spiders.door import Door
from tests.crawl_once import Wanted, crawl_in_process
from tests.loopback import Answer, Loopback, redirect, self_signed
from tests.render_once import Rendered, render
from tests.sockets import free_port
from tests.tricks import SILENT, TRICKS, page_of_tricks

OURS = ("www.example.com", "static.example.com", "www.example.net", "127.0.0.1")
NETWORK = Network(OURS, delay_seconds=0.0, timeout_seconds=30.0, max_bytes=100_000, max_redirects=3)
HTML = ("Content-Type", "text/html; charset=iso-8859-1")
PLEDGE = "Wir verkaufen keine „Gesichtserkennung“."
SCRIPTED = f"""<!doctype html><html><body><div id="root"></div><script>
    document.getElementById("root").textContent = {json.dumps(PLEDGE)};
</script></body></html>""".encode()
ROBOTS = b"User-agent: pledgewatch\nDisallow: /kept-out\n"


def scripted(script: str, text: str = "a few words") -> Answer:
    """A page with this text, then this script."""
    return Answer(
        body=f"<!doctype html><html><body><p id=p>{text}</p><script>{script}</script>".encode()
        + b"</body></html>"
    )


def fetching(url: str) -> Answer:
    """A page that says whether this address could be loaded."""
    return scripted(
        f"fetch({json.dumps(url)}, {{mode: 'no-cors'}}).then(() => p.textContent = 'got in', () => p.textContent = 'kept out')"
    )


class Listener:
    """A port, TCP and UDP, where nobody should knock."""

    def __init__(self) -> None:
        self._tcp = socket.create_server(("127.0.0.1", free_port()), backlog=256)
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))

    def knocks(self) -> list[str]:
        """What came so far; asked once."""
        came = []
        for one, take in (("tcp", self._tcp.accept), ("udp", lambda: self._udp.recv(10_000))):
            one_socket = self._tcp if one == "tcp" else self._udp
            one_socket.setblocking(False)
            try:
                while True:
                    taken = take()
                    came.append(one)
                    if isinstance(taken, tuple):
                        taken[0].close()
            except BlockingIOError:
                one_socket.close()
        return came


def slow_server() -> int:
    """The port of a server that gives one answer, two seconds after it was asked."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            connection.recv(10_000)
            sleep(2)
            head = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 17\r\n\r\n"
            connection.sendall(head + b"worth waiting for")

    Thread(target=serve, daemon=True).start()
    port: int = listening.getsockname()[1]
    return port


@dataclass(frozen=True)
class World:
    """The servers, and what came of the one crawl."""

    out: Rendered
    site: Loopback
    stranger: Loopback
    badly_certified: Loopback
    knocks: list[str]

    def url(self, path: str) -> str:
        """The address of a page of www.example.com."""
        return self.site.url(path, "www.example.com")

    def kind(self, path: str) -> Access | None:
        """The kind of the page's failure."""
        failure = self.out.fetches[path].failure
        return failure.kind if failure else None

    def asked(self, prefix: str = "/") -> list[str]:
        """What the site was asked for, sorted."""
        return sorted({one.path for one in self.site.asked if one.path.startswith(prefix)})


def routes(site: Loopback, stranger: Loopback, badly: Loopback, listener: Listener) -> Mapping[str, Answer]:
    own, other = site.url("", "www.example.com"), stranger.url("", "www.example.net")
    silent = f"127.0.0.1:{listener.port}/"
    long = "x" * 90_000
    return {
        "/scripted": Answer(body=SCRIPTED, headers=(("Content-Type", "text/html; charset=utf-8"), ("X-Twice", "one"), ("X-Twice", "two"))),
        "/latin": Answer(body="<p>Überwachung</p>".encode("latin-1"), headers=(HTML,)),
        "/moved": redirect("/scripted", 301),
        "/missing": Answer(404, b"<p>gone</p><script>document.body.textContent = 'here'</script>"),
        "/a.pdf": Answer(body=b"%PDF-1.4 %%EOF", headers=(("Content-Type", "application/pdf"),)),
        "/cut": Answer(body=compress(SCRIPTED)[:-20], headers=(HTML, ("Content-Encoding", "gzip"))),
        "/policy": Answer(body=SCRIPTED + b"<p>unscripted</p>", headers=(HTML, ("Content-Security-Policy", "script-src 'none'"))),
        # limits
        "/huge": Answer(body=b"x" * 200_000),
        "/grows": scripted("p.textContent = 'x'.repeat(200_000)"),
        "/greedy": scripted("(async () => { for (let i = 0; i < 9; i++) await (await fetch('/long?' + i)).text() })()"),
        **{f"/long?{i}": Answer(body=long.encode()) for i in range(9)},
        "/bomb": scripted("fetch('/packed').then((answer) => answer.text())"),
        "/packed": Answer(body=compress(b"x" * 5_000_000), headers=(("Content-Type", "text/plain"), ("Content-Encoding", "gzip"))),
        # whom a page may ask
        "/own": Answer(body=page_of_tricks(f"{own}/ask/", TRICKS)),
        "/others": Answer(body=page_of_tricks(f"http://www.example.net:{listener.port}/", TRICKS | SILENT)),
        "/others-by-number": Answer(body=page_of_tricks(f"http://{silent}", TRICKS | SILENT)),
        "/undeclared": fetching(f"{other}/data"),
        "/declared": fetching(f"{other}/data"),
        "/same-site": fetching(site.url("/data", "static.example.com")),
        "/declared-but-private": fetching(f"http://inner.example.org:{listener.port}/"),
        "/badly-certified": fetching(badly.url("/data", "www.example.com")),
        "/data": Answer(body=b"data"),
        # where a page may send its reader
        "/by-script": scripted("location = '/scripted'"),
        "/by-meta": Answer(body=b"<meta http-equiv=refresh content='1; url=/scripted'><p>please wait</p>"),
        "/by-replace": scripted("location.replace('/scripted')"),
        "/by-click": scripted("const a = document.createElement('a'); a.href = '/scripted'; a.click()"),
        "/to-kept-out": redirect("/kept-out"),
        "/kept-out": Answer(body=SCRIPTED),
        "/script-to-kept-out": scripted("location = '/kept-out'"),
        "/meta-to-kept-out": Answer(body=b"<meta http-equiv=refresh content='0; url=/kept-out'>"),
        "/to-private": redirect(f"http://inner.example.org:{listener.port}/"),
        "/script-to-stranger": scripted(f"location = '{other}/data'"),
        "/meta-to-stranger": Answer(body=f"<meta http-equiv=refresh content='0; url={other}/data'>".encode()),
        "/script-to-private": scripted(f"location = 'http://{silent}'"),
        "/sends-a-form": scripted("const f = document.createElement('form'); f.method = 'post'; f.action = '/ask/form'; document.body.append(f); f.submit()"),
        "/again-and-again": scripted("location.reload()"),
        "/history": scripted("history.pushState(0, '', '/kept-out'); p.textContent = 'another address'"),
        # when a page has its text
        "/late": scripted("setTimeout(() => p.textContent = 'THE  LATE\\n text', 1500)"),
        "/loads-late": scripted(f"fetch('http://www.example.com:{slow_server()}/').then((answer) => answer.text()).then((text) => p.textContent = text)", "Loading …"),
        "/empty-shell": Answer(body=b"<!doctype html><div id=root></div>"),
        "/ticking": scripted("setInterval(() => p.textContent = 'tick ' + performance.now(), 20)"),
        # what is kept of it
        "/shadow": scripted(
            "p.attachShadow({mode: 'open'}).innerHTML = '<b>outer <slot name=n>none</slot> <slot></slot></b><span></span>';"
            "p.shadowRoot.querySelector('span').attachShadow({mode: 'open'}).innerHTML = 'inner';",
            "light <span slot=n>named</span>",
        ),
        "/half-character": scripted("p.textContent = 'half \\ud83d'"),
        "/liar": scripted("Element.prototype.getHTML = Object.getOwnPropertyDescriptor = () => 'a lie'; Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'a lie'}); Object.defineProperty(HTMLElement.prototype, 'innerText', {get: () => Math.random() + ''})"),
        "/pictured": scripted("document.body.style.height = '3000px'"),
    }  # fmt: skip


#: what the declarations of these pages say besides their address
DECLARED: Mapping[str, Mapping[str, Any]] = {
    "/scripted": {"language": "de"},
    "/own": {"contains": ("all tried",)},
    "/others": {"contains": ("all tried",)},
    "/others-by-number": {"contains": ("all tried",)},
    "/declared": {"third_parties": ("www.example.net",)},
    "/declared-but-private": {"third_parties": ("inner.example.org",)},
    "/late": {"contains": ("the late text",)},
    "/pictured": {"screenshot": True},
}
NOT_PAGES = ("/long", "/packed", "/data", "/robots.txt")


def need_browser() -> None:
    pytest.importorskip("playwright", reason="the optional dependency group 'rendered' is not installed")
    if not find_browser(environ):
        pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    need_browser()
    certificate = self_signed(tmp_path_factory.mktemp("tls"), "www.example.com")
    listener = Listener()
    stranger = Loopback({"/data": Answer(body=b"data")})
    with Loopback({}) as site, stranger, Loopback({"/data": Answer(body=b"data")}, certificate) as badly:
        site.routes = {"/robots.txt": Answer(body=ROBOTS)} | dict(routes(site, stranger, badly, listener))
        page = Page("", "lamplight", "", Role.TERMS, fetch="rendered")
        pages = [
            replace(page, id=path, url=site.url(path, "www.example.com"), **DECLARED.get(path, {}))
            for path in site.routes
            if not path.startswith(NOT_PAGES)
        ]
        pages.append(replace(page, id="private", url=f"http://inner.example.org:{listener.port}/"))
        pages.append(replace(page, id="tls", url=badly.url("/", "www.example.com")))
        out = render(pages, NETWORK, (*OURS[:3], "inner.example.org"))
        yield World(out, site, stranger, badly, listener.knocks())


def test_without_the_optional_dependency_the_fetch_says_what_to_install() -> None:
    with Loopback({"/": Answer(body=SCRIPTED)}) as site:
        wanted = [Wanted("a", site.url(), fetch="rendered"), Wanted("b", site.url())]
        outcome = crawl_in_process(wanted, network=NETWORK, hidden_modules=["playwright"])
    failure = outcome.of("a").failure
    assert failure is not None
    assert failure.kind is Access.RENDERED_NEEDED
    assert "pledgewatch[rendered]" in failure.message
    assert outcome.of("b").status == 200


def test_without_a_browser_the_fetch_says_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="the optional dependency group 'rendered' is not installed")
    with Loopback({"/": Answer(body=SCRIPTED)}) as site:
        nowhere = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
        wanted = [Wanted("a", site.url(), fetch="rendered")]
        outcome = crawl_in_process(wanted, network=NETWORK, environ=nowhere)
    failure = outcome.of("a").failure
    assert failure is not None
    assert failure.kind is Access.RENDERED_NEEDED
    assert "apt-get install chromium" in failure.message
    assert outcome.body("a") == b""


def test_every_page_has_one_fetch_and_nothing_is_logged(world: World) -> None:
    assert (
        len(world.out.fetches)
        == len([path for path in world.site.routes if not path.startswith(NOT_PAGES)]) + 2
    )
    assert world.out.log == ""


# --------------------------------------------------------------------------- what is read


def test_the_document_as_its_reader_sees_it_is_the_body_in_utf_8(world: World) -> None:
    fetch, body = world.out.fetches["/scripted"], world.out.bodies["/scripted"]
    assert f'<div id="root">{PLEDGE}</div>' in body.decode("utf-8")
    assert (fetch.status, fetch.failure, fetch.ip_address) == (200, None, "127.0.0.1")
    assert (fetch.body_sha256, fetch.body_bytes) == (sha256(body).hexdigest(), len(body))
    assert fetch.header("content-type") == "text/html; charset=utf-8"
    assert [value for name, value in fetch.headers if name == "X-Twice"] == ["one", "two"]
    assert fetch.robots.decision == "allowed"
    assert fetch.started_at < fetch.ended_at
    asked = next(one for one in world.site.asked if one.path == "/scripted")
    assert (asked.headers["User-Agent"], asked.headers["Accept-Language"]) == (fetch.user_agent, "de")


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("/latin", "<p>Überwachung</p>"),
        ("/policy", '<div id="root"></div><script>'),  # the page's own rules stay in force
        ("/late", "THE  LATE\n text"),
        ("/loads-late", "worth waiting for"),
        ("/empty-shell", '<div id="root"></div>'),
        ("/ticking", "tick "),
        ("/shadow", "<b>outer <span slot=\"n\">named</span> light </b><span>inner</span>"),
        ("/half-character", "half �"),
        ("/liar", "a few words"),
        ("/missing", "<p>gone</p><script>"),  # as it came
        ("/a.pdf", "%PDF-1.4 %%EOF"),  # as it came
    ],
)  # fmt: skip
def test_what_is_kept(world: World, path: str, holds: str) -> None:
    assert world.kind(path) is None
    assert holds in world.out.text(path).replace("half ?", "half �")


def test_a_picture_is_kept_where_the_page_asks_for_one(world: World) -> None:
    assert world.kind("/pictured") is None
    with_picture = [path for path, fetch in world.out.fetches.items() if fetch.screenshot_sha256]
    assert with_picture == ["/pictured"]


def test_a_picture_is_a_png_of_the_whole_page() -> None:
    need_browser()
    from spiders.chromium import Chromium
    from spiders.visit import Seen, Wish, visit

    wish = Wish(
        "http://www.example.com/",
        (HTML,),
        b"<p style='height: 3000px'>a few words",
        10_000,
        20.0,
        screenshot=True,
    )

    async def main() -> Seen | Failure:
        async with Door([]) as door:
            chromium = Chromium(door.url)
            try:
                return await visit(chromium, door, wish)
            finally:
                await chromium.close()

    seen = asyncio.run(main())
    assert isinstance(seen, Seen)
    assert seen.screenshot.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", seen.screenshot[16:24])
    assert width > 0
    assert height > 3000


# --------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/huge", Access.TOO_LARGE),  # as it comes
        ("/grows", Access.TOO_LARGE),  # as it is after its scripts
        ("/greedy", Access.TOO_LARGE),  # with what it loads
        ("/bomb", Access.TOO_LARGE),  # unpacked
        ("/cut", Access.PARTIAL),
        ("tls", Access.TLS),
        ("private", Access.BLOCKED_BY_POLICY),
    ],
)  # fmt: skip
def test_what_is_no_reading(world: World, path: str, kind: Access) -> None:
    assert world.kind(path) is kind
    assert world.out.bodies[path] == b""


def test_a_page_that_keeps_the_browser_busy_is_given_up() -> None:
    """In a crawl of its own: it takes a whole processor until then, and no other page should have so little time."""
    need_browser()
    with Loopback({"/busy": scripted("while (true);")}) as site:
        url = site.url("/busy", "www.example.com")
        page = Page("busy", "lamplight", url, Role.TERMS, fetch="rendered")
        out = render([page], replace(NETWORK, timeout_seconds=4.0), OURS[:1])
    failure = out.fetches["busy"].failure
    assert failure is not None
    assert failure.kind is Access.TIMEOUT
    assert "the browser was busy for" in failure.message
    assert out.bodies["busy"] == b""


# --------------------------------------------------------------------------- whom a page may ask

ON_ITS_OWN_SITE = {
    "fetch", "xhr", "script", "module", "stylesheet", "import-rule", "event-source", "beacon", "preload",
    "websocket", "prefetch", "frame-of-script",
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_what_a_page_may_load_from_its_own_site(world: World, trick: str) -> None:
    assert "<p>all tried</p>" in world.out.text("/own")
    assert (f"/ask/{trick}" in world.asked("/ask/")) == (trick in ON_ITS_OWN_SITE)


def test_nothing_knocks_at_another_site_or_at_a_private_address(world: World) -> None:
    for path in ("/others", "/others-by-number"):
        assert "<p>all tried</p>" in world.out.text(path)
    assert world.knocks == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/undeclared", "kept out"),
        ("/declared", "got in"),
        ("/same-site", "got in"),
        ("/declared-but-private", "kept out"),
        ("/badly-certified", "kept out"),
    ],
)
def test_other_hosts_are_reached_where_the_declaration_names_them_and_the_guard_agrees(
    world: World, path: str, said: str
) -> None:
    assert f">{said}</p>" in world.out.text(path)


def test_the_stranger_heard_once_of_the_page_that_names_it(world: World) -> None:
    assert [(one.path, one.headers["Host"]) for one in world.stranger.asked] == [
        ("/data", f"www.example.net:{world.stranger.port}")
    ]
    assert world.badly_certified.asked == []


# --------------------------------------------------------------------------- where a page may send its reader


@pytest.mark.parametrize(
    ("path", "status"),
    [("/moved", 301), ("/by-script", 200), ("/by-meta", 200), ("/by-replace", 200), ("/by-click", 200)],
)
def test_on_its_own_site_a_page_may_send_its_reader_on(world: World, path: str, status: int) -> None:
    fetch = world.out.fetches[path]
    assert PLEDGE in world.out.text(path)
    assert fetch.redirects == (Redirect(world.url(path), status),)
    assert fetch.final_url == world.url("/scripted")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/kept-out", Access.ROBOTS_DISALLOWED),
        ("/to-kept-out", Access.ROBOTS_DISALLOWED),
        ("/script-to-kept-out", Access.ROBOTS_DISALLOWED),
        ("/meta-to-kept-out", Access.ROBOTS_DISALLOWED),
        ("/to-private", Access.BLOCKED_BY_POLICY),
        ("/script-to-private", Access.BLOCKED_BY_POLICY),
        ("/script-to-stranger", Access.BLOCKED_BY_POLICY),
        ("/meta-to-stranger", Access.BLOCKED_BY_POLICY),
        ("/sends-a-form", None),  # not sent; the page stays
        ("/again-and-again", Access.ERROR_PAGE),
    ],
)
def test_every_hop_obeys_robots_txt_and_the_guard(world: World, path: str, kind: Access | None) -> None:
    assert world.kind(path) is kind
    assert "/kept-out" not in world.asked()


def test_robots_txt_is_asked_for_once_and_not_by_the_browser(world: World) -> None:
    asked = [one for one in world.site.asked if one.path == "/robots.txt"]
    assert [(one.headers["Host"], "Sec-Fetch-Mode" in one.headers) for one in asked] == [
        (f"www.example.com:{world.site.port}", False)
    ]


def test_what_a_script_writes_into_the_address_bar_is_not_the_address(world: World) -> None:
    assert "another address" in world.out.text("/history")
    assert world.out.fetches["/history"].final_url == world.url("/history")
