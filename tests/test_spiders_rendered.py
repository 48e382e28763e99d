"""Rendered fetches: with a real Chromium where there is one, with a clear failure where there is none."""

from pathlib import Path

import pytest

from monitor.model import Access, Redirect
from monitor.settings import Network
from tests.crawl_once import Wanted, crawl_in_process
from tests.loopback import Answer, Loopback, redirect

NETWORK = Network(allow_hosts=("127.0.0.1",), delay_seconds=0.0, timeout_seconds=15.0)
HTML = (("Content-Type", "text/html; charset=iso-8859-1"),)
SCRIPTED = b"""<!doctype html><html><body><div id="root"></div><script>
document.getElementById("root").textContent = "Wir verkaufen keine \\u201eGesichtserkennung\\u201c.";
</script></body></html>"""


def _reaching(url: str) -> bytes:
    return f"""<!doctype html><html><body><p id="p">waiting</p><script>
fetch("{url}", {{mode: "no-cors"}}).then(() => p.textContent = "got in", () => p.textContent = "kept out");
</script></body></html>""".encode()


def _has_browser() -> bool:
    pytest.importorskip(
        "scrapy_playwright", reason="the optional dependency group 'rendered' is not installed"
    )
    places = [Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"), Path("/usr/bin/google-chrome")]
    return any(place.exists() for place in places) or any(Path.home().glob(".cache/ms-playwright/chromium*"))


def test_without_the_optional_dependency_the_fetch_says_what_to_install() -> None:
    with Loopback({"/": Answer(body=SCRIPTED)}) as site:
        wanted = [Wanted("a", site.url(), fetch="rendered"), Wanted("b", site.url())]
        outcome = crawl_in_process(
            wanted, network=NETWORK, hidden_modules=["scrapy_playwright", "playwright"]
        )
    failure = outcome.of("a").failure
    assert failure is not None
    assert failure.kind is Access.RENDERED_NEEDED
    assert "pledgewatch[rendered]" in failure.message
    assert outcome.of("b").status == 200


def test_a_browser_reads_what_scripts_write_and_gets_nowhere_private() -> None:
    if not _has_browser():
        pytest.skip("no Chromium on this machine")
    with Loopback({"/": Answer(body=b"private")}) as private:
        routes = {
            "/scripted": Answer(body=SCRIPTED, headers=(*HTML, ("X-Twice", "one"), ("X-Twice", "two"))),
            "/moved": redirect("/scripted", 301),
            "/missing": Answer(404, b"<p>gone</p>"),
            "/reaching": Answer(body=_reaching(private.url("/", "localhost"))),
            "/to-private": redirect(private.url("/", "localhost")),
            "/huge": Answer(body=b"x" * 200_000),
            "/closed": Answer(raw=b"\n"),
        }
        with Loopback(routes) as site:
            wanted = [Wanted(path, site.url(path), language="de", fetch="rendered") for path in routes]
            network = Network(("127.0.0.1",), delay_seconds=0.0, timeout_seconds=15.0, max_bytes=100_000)
            wanted += [
                Wanted("private", private.url("/", "localhost"), fetch="rendered"),
                Wanted("no such name", "http://no-such-host.invalid/", fetch="rendered"),
            ]
            outcome = crawl_in_process(wanted, network=network)

    scripted = outcome.of("/scripted")
    assert "keine „Gesichtserkennung“." in outcome.body("/scripted").decode("utf-8")
    assert (scripted.status, scripted.failure, scripted.ip_address) == (200, None, "127.0.0.1")
    assert scripted.header("content-type") == "text/html; charset=utf-8"
    assert scripted.robots.decision == "allowed"
    asked = next(one for one in site.asked if one.path == "/scripted")
    assert asked.headers["User-Agent"] == scripted.user_agent
    assert outcome.of("/moved").redirects == (Redirect(site.url("/moved"), 301),)
    assert outcome.of("/moved").final_url == site.url("/scripted")
    assert outcome.of("/missing").status == 404
    assert b"kept out" in outcome.body("/reaching")
    kinds = {
        page: failure.kind if (failure := outcome.of(page).failure) else None
        for page in ("/huge", "/closed", "/to-private", "private", "no such name")
    }
    assert kinds == {
        "/huge": Access.TOO_LARGE,
        "/closed": Access.CONNECTION,
        "/to-private": Access.CONNECTION,
        "private": Access.BLOCKED_BY_POLICY,
        "no such name": Access.DNS,
    }
    assert private.asked == []
    assert outcome.log == ""
