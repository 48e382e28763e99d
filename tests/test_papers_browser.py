"""A paper as HTML in a real Chromium (skipped where there is none): quiet, and readable for everybody."""

from collections.abc import Iterator
from os import environ
from pathlib import Path
from typing import Any

import pytest

from app.papers.html import html_of
from spiders.browser import find_browser
from tests.paper_values import PAPER

WIDTHS = (320, 360, 800, 1440)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pytest.importorskip("playwright", reason="the optional dependency group 'rendered' is not installed")
    path = find_browser(environ)
    if not path:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    file: Path = tmp_path_factory.mktemp("paper") / "paper.html"
    file.write_text(html_of(PAPER), encoding="utf-8")
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=path).new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda said: page.said.append(said.text))
        page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
        page.goto(file.as_uri())
        yield page


def test_it_is_quiet_and_fits(page: Any) -> None:
    """Nobody is asked for anything, nothing is said, no sideways scrolling at any width."""
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
            wide.append(width)
    assert wide == []
    assert page.said == []
    assert [one for one in page.asked if not one.startswith("file:")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.emulate_media(color_scheme=scheme)
    found = axe.run(page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(238, 241, 244)", "dark": "rgb(15, 19, 24)"}[scheme]


def test_no_caption_is_cut_however_wide_its_table_is(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 900})
    long = "document.querySelectorAll('caption span').forEach(one => one.append(' and so on'.repeat(12)))"
    page.evaluate(long)
    ends = page.evaluate(
        "[...document.querySelectorAll('caption span')].map(one => one.getBoundingClientRect().right)"
    )
    assert len(ends) == 3 and max(ends) <= 360
