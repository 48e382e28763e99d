"""Each sort of mail in a real Chromium (skipped where there is none): on a telephone and a desk, by day and by night."""

from collections.abc import Iterator
from os import environ
from typing import Any

import pytest

from alerts.render import html
from spiders.browser import find_browser
from tests.mails import MAILS

WIDTHS = (320, 700)
#: What of the page reaches beyond the window, and which words have too little contrast to what is behind them.
LOOK = """() => {
  const parts = (css) => css.match(/[\\d.]+/g).map(Number);
  const light = (css) => { const [r, g, b] = parts(css).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (at) => { for (; at; at = at.parentElement) {
    const css = getComputedStyle(at).backgroundColor;
    if (parts(css)[3] !== 0) return css; } return "rgb(255, 255, 255)"; };
  const contrast = (at) => { const [a, b] = [light(getComputedStyle(at).color), light(ground(at))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faint = [], small = [];
  let count = 0;
  while (words.nextNode()) { const node = words.currentNode, at = node.parentElement;
    if (!node.data.trim()) continue;
    count += 1;
    if (contrast(at) < 4.5) faint.push([node.data.slice(0, 40), contrast(at)]);
    if (parseFloat(getComputedStyle(at).fontSize) < 13) small.push(node.data.slice(0, 40)); }
  const wide = [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.right > innerWidth + 0.5 || box.left < -0.5 || one.scrollWidth > one.clientWidth + 1 && one.clientWidth; });
  return {count, faint, small, wide: wide.map((one) => one.outerHTML.slice(0, 200)),
    scrolls: document.scrollingElement.scrollWidth > innerWidth, behind: light(ground(document.body))};
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright", reason="the optional dependency group 'rendered' is not installed")
    path = find_browser(environ)
    if not path:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path)


def shown(browser: Any, page: str, width: int, scheme: str) -> tuple[dict[str, Any], list[str]]:
    """What LOOK finds, and what the mail asked the network for."""
    tab = browser.contexts[0].pages[0] if browser.contexts else browser.new_context().new_page()
    tab.set_viewport_size({"width": width, "height": 600})
    tab.emulate_media(color_scheme=scheme)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.set_content(page)
    return tab.evaluate(LOOK), asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_can_be_read(browser: Any, name: str, width: int, scheme: str) -> None:
    found, asked = shown(browser, html(*MAILS[name]), width, scheme)
    assert found["count"] > 4
    assert found["faint"] == [], "contrast of WCAG AA"
    assert found["small"] == [], "no letters below 13 px"
    assert found["wide"] == [] and not found["scrolls"], "nothing beyond the window"
    assert (found["behind"] < 0.1) == (scheme == "dark"), "the night is dark"
    assert asked == [], "nothing is loaded"


def test_what_is_too_faint_too_wide_or_loaded_would_be_seen(browser: Any) -> None:
    bad = (
        '<p style="color:#999">faint</p><p style="font-size:9px">small</p>'
        f"<p>{'w' * 500}</p><img src=http://127.0.0.1:9/x>"
    )
    found, asked = shown(browser, bad, 320, "light")
    assert [words for words, _ in found["faint"]] == ["faint"] and found["small"] == ["small"]
    assert found["wide"] and found["scrolls"]
    assert asked == ["http://127.0.0.1:9/x"]
