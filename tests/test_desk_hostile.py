"""Whatever a watched page sends, the desk shows as text: V1, V2, V3 and V32 of the table of reliability.

One payload stands wherever the outside can put words: title, heading, quote, address, headers, redirect, error,
organization, note. In a real Chromium (skipped where there is none): no dialog, no request to another host.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser
from os import environ
from typing import Any

import pytest

from app.desk.pages.snapshots import _CAGE
from app.home import Home
from monitor.extract.inert import inert
from monitor.model import Access, Failure, Fetch, Reading, Redirect, Review, Robots, Verdict
from monitor.store import alerts, fetches, holds, readings, reviews
from monitor.store.alerts import NewDelivery
from spiders.browser import find_browser
from tests.desks import Client, home_at, open_desk, serving_desk
from tests.one_page import AT_ONCE, PAGE, PROMISE, Watch, html
from tests.sample_alerts import NOW
from tests.store_values import fetch

EVIL = "evil.example"
PAYLOADS = (
    "</title><script>alert(1)</script>",
    f'"><img src=//{EVIL}/x onerror=alert(2)>',
    f"'><svg/onload=alert(3)><a href='java\tscript:alert(4)' ping=//{EVIL}>x</a>",
    f"</textarea></mark></option><iframe srcdoc='<script>alert(5)</script>' src=//{EVIL}></iframe>",
    "--></style></script><style>@import '//evil.example/x'</style>",
    "javascript:alert(6)",
    "{{7*7}} {{ cycler.__init__.__globals__.os.popen('id').read() }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
    "a\u2028b\u202ec",
)
POISON = " ".join(PAYLOADS)
#: What one hostile page may do, all at once, beside its words.
ATTACK = f"""<html><head><base href="//{EVIL}/"><meta http-equiv="refresh" content="0;url=//{EVIL}/refreshed">
<link rel="stylesheet" href="//{EVIL}/x.css"><style>@import "//{EVIL}/y.css"; p {{ background: url(//{EVIL}/z) }}</style>
<script>alert(1); fetch('/api/v1/alerts'); top.location = '//{EVIL}/top'; parent.document.title = 'owned'</script></head>
<body onload="alert(2)" background="//{EVIL}/b"><h1>Our pledge</h1><p>We will not sell facial recognition technology.</p>
<img src="//{EVIL}/i" srcset="//{EVIL}/j 2x" onerror="alert(3)"><svg onload="alert(4)"><script>alert(5)</script></svg>
<form action="//{EVIL}/f" target="_top" id="f"><input name="a"><button>Go</button></form><script>f.submit()</script>
<iframe src="//{EVIL}/k" srcdoc="<script>alert(6)</script>"></iframe><object data="//{EVIL}/l"></object>
<embed src="//{EVIL}/m"><video poster="//{EVIL}/n" src="//{EVIL}/o" autoplay></video><audio src="//{EVIL}/p"></audio>
<a href="//{EVIL}/q" target="_top" ping="//{EVIL}/r">here</a><p style="background:url(//{EVIL}/s)">styled</p>
</body></html>"""


def keep(home: Home, one: Fetch, body: bytes) -> int:
    with home.open_store() as store, store.begin() as conn:
        kept = fetches.record(conn, replace(one, body_sha256=store.blobs.put(body), body_bytes=len(body)))
        readings.record(
            conn, Reading(kept.id, one.page_id, one.started_at, Access.OK, (POISON,), "d" * 64, 7)
        )
        return kept.id


def poisoned_pdf() -> bytes:
    title = POISON.encode("ascii", "replace").replace(b"(", b"[").replace(b")", b"]").replace(b"\\", b"/")
    from tests.hostile_documents import pdf

    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", b"<</Title(%b)>>" % title]
    return pdf(objects, "/Root 1 0 R /Info 4 0 R")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A store in which everything that comes from outside is poisoned."""
    folder = tmp_path_factory.mktemp("poisoned")
    (folder / "config" / "watchlist").mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text("", encoding="utf-8")
    made = home_at(folder)
    poisoned = f"We will not sell facial recognition {escape(POISON)} technology to police departments."
    with made.open_store() as store:
        watch = Watch(store, AT_ONCE)
        page = replace(PAGE, url=f"https://acme.example/{POISON.replace(' ', '%20')}")
        for sentence in (poisoned, PROMISE, poisoned):
            text = html(sentence).replace(b"<html>", b"<html><title>" + escape(POISON).encode() + b"</title>")
            watch.sees(text.replace(b"Our pledge", escape(POISON).encode()), page=page)
        with store.begin() as conn:
            told = alerts.all(conn)
            assert told, "the change was found"
            for one in told:
                reviews.add(conn, Review(one.id, NOW, POISON, Verdict.PAGE_NOISE, POISON))
                holds.hold(conn, holds.Hold(one.id, NOW, POISON))
                alerts.put(conn, [NewDelivery(f"p{one.id}", POISON, "mail", POISON)], NOW, alert_id=one.id)
    hostile = fetch(
        headers=(("ETag", POISON), ("Content-Type", f"text/html; x={POISON}"), (POISON, "x")),
        requested_url=f"https://heron.example/{POISON}",
        final_url=f"javascript:alert(7)//{POISON}",
        redirects=(Redirect(f"https://heron.example/{POISON}", 302),),
        robots=Robots("allowed", POISON),
        ip_address=POISON,
        user_agent=POISON,
        archive_url=f"javascript:alert(8)//{POISON}",
        failure=Failure(Access.DNS, f"no address for {POISON}"),
    )
    keep(made, hostile, ATTACK.encode())
    keep(made, replace(hostile, headers=(("Content-Type", "application/pdf"),)), poisoned_pdf())
    keep(made, replace(hostile, headers=(("Content-Type", "image/svg+xml"),)), b"<svg onload=alert(9)>")
    xht = (
        f'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(10)</script><p>{escape(POISON)}</p></html>'
    )
    keep(made, replace(hostile, headers=(), final_url="https://heron.example/x.xht"), xht.encode())
    return made


def views(home: Home) -> list[str]:
    """The address of every view of ours that shows what came from outside."""
    with home.open_store() as store, store.read() as conn:
        told = [one.id for one in alerts.all(conn)]
        taken = [one.id for page_id in (PAGE.id, "heron/terms") for one in fetches.unread(conn, page_id)]
        taken += [
            one.fetch_id for page_id in (PAGE.id, "heron/terms") for one in readings.of_page(conn, page_id)
        ]
    found = [f"/changes/{id}{query}" for id in told for query in ("", "?view=inline")]
    found += [f"/snapshots/{number}" for number in taken]
    mine, theirs = sorted(taken)[:3], sorted(taken)[3:]
    return [
        *found,
        f"/compare?before={mine[0]}&after={mine[1]}",
        f"/compare?before={theirs[0]}&after={theirs[3]}&view=inline",
    ]


class Acting(HTMLParser):
    """What of a page could act: scripts, handlers, addresses, frames."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "img", "iframe", "link") and not given.get(
            "src", given.get("href", "")
        ).startswith("/"):
            self.found.append(f"{tag} {given}")
        if tag in ("svg", "object", "embed", "base", "style", "audio", "video"):
            self.found.append(tag)
        for name, value in given.items():
            leads = name in ("href", "src", "action", "formaction") and not re.match(
                r"(https?://|/|#|\?)", value
            )
            if name.startswith("on") or name in ("style", "ping", "srcdoc", "srcset") or leads:
                self.found.append(f"{tag} {name}={value}")


@pytest.fixture(scope="module")
def desk(home: Home) -> Iterator[Any]:
    with open_desk(home) as client:
        yield client


# --------------------------------------------------------------------------- V1, V3: text stays text


def test_what_comes_from_outside_is_text_in_every_view(desk: Client, home: Home) -> None:
    seen = ""
    for address in views(home):
        answer = desk.get(address)
        assert answer.status_code == 200, address
        assert Acting(answer.text).found == [], address
        assert "evil.example" in answer.text, address
        seen += unescape(answer.text)
    for literal in ("{{7*7}}", "cycler.__init__", "{% include '/etc/passwd' %}", "⟨U+2028⟩", "⟨U+202E⟩"):
        assert literal in seen, literal
    assert "root:" not in seen and "uid=" not in seen


def test_what_acts_would_be_seen() -> None:
    found = Acting(f"<p>{POISON}</p>").found
    assert any("script" in one for one in found) and any("onerror" in one for one in found)
    assert any("ping" in one for one in found) and "svg" in found


def test_a_quote_in_the_evidence_is_exact(desk: Client, home: Home) -> None:
    with home.open_store() as store, store.read() as conn:
        one = alerts.all(conn)[0]
    assert desk.get(f"/changes/{one.id}/evidence.zip").status_code == 200
    quotes = {quote for f in one.findings for quote in (f.before_quote, f.after_quote)}
    assert any("<script>alert(1)</script>" in quote for quote in quotes)


# --------------------------------------------------------------------------- V32: no way out of the folder

UP = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%252f..%252fetc%252fpasswd",
    "....//etc",
]
UP += [
    "..\\..\\etc\\passwd",
    "..%5c..%5cetc",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "desk.css/../../gate.py",
    "desk.css%00.png",
]
UP += ["..%c0%afetc", "%ff", "file:///etc/passwd", "~root", "..;/etc", "C:\\Windows\\win.ini", "．．/etc"]


@pytest.mark.parametrize("path", UP)
@pytest.mark.parametrize(
    "place", ["/static/", "/snapshots/", "/changes/", "/snapshots/1/", "/compare?before="]
)
def test_no_address_leads_out(desk: Client, place: str, path: str) -> None:
    answer = desk.get(place + path)
    assert answer.status_code in (303, 307, 400, 404), answer.status_code
    assert "root:" not in answer.text and "import " not in answer.text
    assert not answer.headers.get("location", "/").startswith(("//", "http://evil", "file"))


# --------------------------------------------------------------------------- in a real browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright", reason="the optional dependency group 'rendered' is not installed")
    path = find_browser(environ)
    if not path:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path)


class Probe:
    """A tab that counts what a page tries. Nothing leaves this machine: requests elsewhere are noted and cut."""

    def __init__(
        self, browser: Any, base: str = "http://desk.example", body: str = "", cage: str = ""
    ) -> None:
        self.tab, self.base, self.body, self.cage = browser.new_page(), base, body, cage
        self.tried: list[str] = []
        self.tab.on("dialog", self._dialog)
        self.tab.on("popup", lambda popup: self.tried.append("popup"))
        self.tab.route("**/*", self._route)

    def _dialog(self, dialog: Any) -> None:
        self.tried.append(f"dialog {dialog.message}")
        with suppress(Exception):  # its page may have gone
            dialog.dismiss()

    def _route(self, route: Any) -> None:
        asked = route.request.url
        if self.body and asked == f"{self.base}/frame":
            route.fulfill(body=self.body, headers={"Content-Type": "text/html", **self._rules()})
        elif not self.body and asked.startswith(self.base) and "/api/" not in asked:
            route.continue_()
        else:
            self.tried.append(asked)
            route.abort()

    def _rules(self) -> dict[str, str]:
        return {"Content-Security-Policy": self.cage} if self.cage else {}

    def settle(self, milliseconds: int = 150) -> None:
        """Until whatever begins by itself has begun."""
        self.tab.wait_for_timeout(milliseconds)

    def opened(self) -> list[str]:
        """What the body tries that this probe was given."""
        with suppress(Exception):  # it may lead away at once
            self.tab.goto(f"{self.base}/frame", wait_until="commit")
        self.settle(400)
        return self.tried


@pytest.fixture(scope="module")
def served(home: Home) -> Iterator[str]:
    with serving_desk(home.root) as base:
        yield base


def test_no_view_asks_elsewhere_or_opens_anything(browser: Any, served: str, home: Home) -> None:
    probe = Probe(browser, served)
    for address in views(home):
        probe.tab.goto(served + address)
        for frame in probe.tab.query_selector_all("iframe"):
            frame.scroll_into_view_if_needed()
        probe.settle()
        assert probe.tried == [], address
        assert probe.tab.url == served + address and "owned" not in probe.tab.title()


def test_the_frame_has_no_origin_and_no_scripts(browser: Any, served: str, home: Home) -> None:
    probe = Probe(browser, served)
    numbers = [address for address in views(home) if address.startswith("/snapshots/")]
    framed = 0
    for address in numbers:
        probe.tab.goto(served + address)
        element = probe.tab.query_selector("iframe")
        if element is None:
            continue
        element.scroll_into_view_if_needed()
        frame = element.content_frame()
        frame.wait_for_selector("body")
        assert frame.evaluate("self.origin") == "null"
        assert (
            frame.query_selector_all("script, form, iframe, [href], [src], [onload], svg, meta[http-equiv]")
            == []
        )
        framed += 1
    assert framed >= 4
    assert probe.tried == []


def test_the_frame_opened_by_itself_does_nothing_either(browser: Any, served: str, home: Home) -> None:
    probe = Probe(browser, served)
    for address in [one for one in views(home) if one.startswith("/snapshots/")]:
        probe.tab.goto(f"{served}{address}/frame")
        probe.settle()
        assert probe.tried == [], address


def test_each_wall_holds_by_itself(browser: Any) -> None:
    assert Probe(browser, body=inert(ATTACK)).opened() == [], "made inert, without a cage"
    assert Probe(browser, body=ATTACK, cage=_CAGE).opened() == [], "as it came, in the cage"


def test_without_walls_it_would_be_seen(browser: Any) -> None:
    tried = Probe(browser, body=ATTACK).opened()
    assert any("dialog" in one for one in tried) and any(EVIL in one for one in tried)
