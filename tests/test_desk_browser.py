"""The desk in a real Chromium (skipped where there is none): every view of the demo's world, and what one does there.

With PLEDGEWATCH_PICTURES=FOLDER a picture of each view at each width, by day and by night, is left there.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from app.desk.doors import DOORS
from spiders.browser import find_browser
from tests.desks import serving_desk
from tests.loopback import Answer, Loopback

AFTER_THE_DEMO = datetime(2021, 11, 6, 9, 0, tzinfo=UTC)
WIDTHS = (360, 800, 1440)
SCHEMES = ("light", "dark")
#: What axe looks for: by day everything; by night, where only colours differ, all that it knows of colours.
AXE: dict[str, dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["cat.color"]}},
}
#: Addresses that no link of the demo's world leads to, and those that are no pages.
ALSO = ("/watchlist/add", "/search?words=facial", "/nowhere")
FILES = re.compile(
    r"\.(atom|json|csv|ics|zip|html|pdf|xlsx|docx|md)$|^/feeds/|/body$|/frame$|/screenshot$|^/static/|^/api/|^/healthz"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright", reason="the optional dependency group 'rendered' is not installed")
    path = find_browser(environ)
    if not path:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path)


@pytest.fixture(scope="module")
def desk(indexed_world: Path) -> Iterator[str]:
    """The address of a desk that is only looked at."""
    with serving_desk(indexed_world, AFTER_THE_DEMO) as base:
        yield base


@pytest.fixture
def own_desk(own_demo_world: Path) -> Iterator[str]:
    """The address of a desk of which things may be changed."""
    with serving_desk(own_demo_world, AFTER_THE_DEMO) as base:
        yield base


class Tab:
    """A tab that notes what a page does besides being shown."""

    def __init__(self, browser: Any, base: str) -> None:
        self.base, self.context = base, browser.new_context(locale="en-GB", timezone_id="Europe/Berlin")
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on(
            "console", lambda said: said.type in ("error", "warning") and self.errors.append(said.text)
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "dialog", lambda dialog: (self.errors.append(f"dialog: {dialog.message}"), dialog.dismiss())
        )
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "about:")):
            self.elsewhere.append(request.url)

    def go(self, path: str) -> int:
        answer = self.page.goto(urljoin(self.base, path))
        return int(answer.status)

    def unfold(self) -> None:
        """Show what is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

    def links(self) -> list[str]:
        """Where this page leads at the desk: path and query."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        here = [urlsplit(one) for one in found if one.startswith(self.base + "/")]
        return [one.path + (f"?{one.query}" if one.query else "") for one in here]


@pytest.fixture
def tab(browser: Any, desk: str) -> Iterator[Tab]:
    made = Tab(browser, desk)
    yield made
    made.context.close()


def door_of(path: str) -> str:
    """Which door answers there: "/changes/{alert}"."""
    for door in DOORS:
        if re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", door.path), urlsplit(path).path):
            return door.path
    return "nowhere"


@pytest.fixture(scope="module")
def views(browser: Any, desk: str) -> dict[str, str]:
    """Every view that can be reached by links from Today: door → one address behind it; each link works."""
    tab = Tab(browser, desk)
    waiting, seen, found = ["/", *ALSO], set[str](), dict[str, str]()
    asked: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        door = door_of(path)
        if path in seen or FILES.search(urlsplit(path).path) or asked.get(door, 0) >= 6:
            continue
        seen.add(path)
        asked[door] = asked.get(door, 0) + 1
        status = tab.go(path)
        assert status == 200 or path == "/nowhere", f"{path}: {status}"
        found.setdefault(door, path)
        waiting += tab.links()
    tab.context.close()
    return found


def test_every_view_is_reached_by_links(views: dict[str, str]) -> None:
    shown = {door.path for door in DOORS if door.method == "GET" and not FILES.search(door.path)}
    only_with_accounts = {"/signin", "/setup/{token}", "/accounts", "/account", "/audit", "/static/{name}"}
    assert shown - only_with_accounts - set(views) == set()


def test_every_view_is_quiet_and_fits(views: dict[str, str], tab: Tab) -> None:
    """No error, no request to anybody else, no sideways scrolling, at any width, by day and by night."""
    wide = []
    for door, path in views.items():
        tab.go(path)
        tab.unfold()
        for width in (320, *WIDTHS):
            tab.page.set_viewport_size({"width": width, "height": 900})
            if tab.page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
                wide.append((door, width))
    assert wide == []
    assert [one for one in tab.errors if "404" not in one] == []
    assert tab.elsewhere == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(views: dict[str, str], tab: Tab, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab.page.emulate_media(color_scheme=scheme)
    amiss = []
    for door, path in views.items():
        tab.go(path)
        tab.unfold()
        found = axe.run(tab.page, options=AXE[scheme]).response["violations"]
        amiss += [(door, one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
    assert amiss == []


def test_pictures_are_left_where_they_are_asked_for(views: dict[str, str], tab: Tab) -> None:
    if "PLEDGEWATCH_PICTURES" not in environ:
        pytest.skip("PLEDGEWATCH_PICTURES names no folder for them")
    folder = Path(environ["PLEDGEWATCH_PICTURES"])
    folder.mkdir(parents=True, exist_ok=True)
    for door, path in views.items():
        tab.go(path)
        for width in WIDTHS:
            for scheme in SCHEMES:
                tab.page.set_viewport_size({"width": width, "height": 900})
                tab.page.emulate_media(color_scheme=scheme)
                name = re.sub(r"[^a-z]+", "-", door).strip("-") or "today"
                tab.page.screenshot(path=folder / f"{name}.{width}.{scheme}.png", full_page=True)


def test_times_are_the_readers_with_utc_at_hand(tab: Tab) -> None:
    tab.go("/")
    time = tab.page.locator("time[datetime]").first
    assert "UTC" in time.get_attribute("title")
    assert time.get_attribute("datetime").endswith("Z")
    assert "UTC" not in time.inner_text(), "by the clock of Berlin"


def test_by_keyboard_alone(tab: Tab) -> None:
    """The first key leads past the menu; what has the focus can be seen."""
    tab.go("/")
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.className") == "skip"
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "content"
    tab.page.keyboard.press("Tab")
    outline = tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_everything_is_there_without_scripts(browser: Any, desk: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in ("/", "/organizations", "/search?words=facial", "/coverage", "/watchlist", "/feeds"):
        assert page.goto(desk + path).status == 200
        assert page.locator("h1").count() == 1
    context.close()


# --------------------------------------------------------------------------- what one does there


@pytest.fixture
def own_tab(browser: Any, own_desk: str) -> Iterator[Tab]:
    made = Tab(browser, own_desk)
    yield made
    made.context.close()


def test_a_change_is_judged(own_tab: Tab) -> None:
    """From Today, by its link, to the verdict that counts."""
    page = own_tab.page
    own_tab.go("/?days=90")
    page.locator(".headline a").first.click()
    page.get_by_label("Wrong direction").check()
    page.get_by_label("Note").fill("It was <b>so</b> before, too.")
    page.get_by_role("button", name="Keep this verdict").press("Enter")
    reviews = page.locator("#reviews + * ").first
    assert "Wrong direction" in reviews.inner_text() and "<b>so</b>" in page.locator("main").inner_text()
    own_tab.go("/audit")
    assert "judged" in page.locator("main").inner_text()
    assert own_tab.errors == [] and own_tab.elsewhere == []


def test_a_page_is_previewed_and_watched(own_tab: Tab) -> None:
    """The statements are shown before anything is written; afterwards the list has the page."""
    promise = "We will not sell facial recognition technology to police departments."
    padding = "".join(f"<p>Paragraph {i} speaks of fees and holidays of kind {i}.</p>" for i in range(30))
    body = f"<html><body><h1>Rules</h1><p>{promise}</p>{padding}</body></html>".encode()
    with Loopback({"/rules": Answer(body=body)}) as site:
        page = own_tab.page
        own_tab.go("/watchlist")
        page.get_by_role("link", name="Watch another page").first.click()
        page.locator("#url").fill(site.url("/rules"))
        page.locator("#organization").fill("fernmoor")
        page.locator("#name").fill("Fernmoor Stores")
        page.get_by_role("button", name="Preview").click()
        assert promise in page.locator("#preview").inner_text()
        page.get_by_role("button", name="Watch this page").click()
    own_tab.go("/watchlist")
    assert "fernmoor/rules" in page.locator("main").inner_text()
    assert own_tab.errors == [] and own_tab.elsewhere == []


def test_signing_in_and_out(browser: Any, own_demo_world: Path) -> None:
    """A link that is good once makes the account; signing out ends the session, whoever kept its cookie."""
    with serving_desk(own_demo_world, AFTER_THE_DEMO) as base:
        tab = Tab(browser, base)
        page = tab.page
        tab.go("/accounts")
        page.locator("#name").fill("vera")
        page.get_by_role("button", name="Make the link").click()
        tab.go(urlsplit(page.locator(".done code").inner_text()).path)
        for name in ("#password", "#again"):
            page.locator(name).fill("a long walk by the sea")
        page.locator("main button").click()
        assert "vera" in page.locator(".who").inner_text()
        kept = tab.context.cookies()
        page.get_by_role("button", name="Sign out").click()
        for cookies in ([], kept):
            tab.context.add_cookies(cookies)
            tab.go("/audit")
            assert urlsplit(page.url).path == "/signin"
        page.locator("#name").fill("vera")
        page.locator("#password").fill("a long walk by the sea")
        page.locator("main button").click()
        assert urlsplit(page.url).path == "/audit"
        assert tab.errors == [] and tab.elsewhere == []
        tab.context.close()
