"""Each distinct mail as people see it: PNG, on a telephone and a desk, by day and by night; and as text."""

import re
from collections.abc import Sequence
from os import environ
from pathlib import Path

from spiders.browser import find_browser
from tests.benchmarks.messages.places import Letter

WIDTHS = (320, 700)
SCHEMES = ("light", "dark")


def take(world: str, letters: Sequence[Letter], folder: Path) -> str:
    """Write them below this folder; returns what came of it, in words."""
    distinct = list({letter.html: letter for letter in letters}.values())
    for number, letter in enumerate(distinct, 1):
        (folder / f"{_name(world, number, letter)}.txt").write_text(
            f"To: {letter.to}\nDate: {letter.at:%Y-%m-%d %H:%M} UTC\nSubject: {letter.subject}\n\n{letter.text}",
            "utf-8",
        )
    path = find_browser(environ)
    if not path:
        return f"{len(distinct)} texts; no pictures: there is no Chromium on this machine"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        tab = playwright.chromium.launch(executable_path=path).new_page()
        for scheme in SCHEMES:
            for width in WIDTHS:
                tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                tab.set_viewport_size({"width": width, "height": 600})
                for number, letter in enumerate(distinct, 1):
                    tab.set_content(letter.html)
                    file = folder / f"{_name(world, number, letter)}-{width}-{scheme}.png"
                    tab.screenshot(path=file, full_page=True)
    return f"{len(distinct)} texts, {len(distinct) * len(WIDTHS) * len(SCHEMES)} pictures"


def _name(world: str, number: int, letter: Letter) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", letter.subject.lower()).strip("-")[:50].strip("-")
    return f"{world}-{number:03}-{letter.to.rpartition(' ')[2]}-{words}"
