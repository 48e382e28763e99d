"""Which browser renders pages: the machine's own first, then the newest that Playwright installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from spiders.browser import find_browser
from tests.homes import ROOT


def program_at(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_the_browser_of_this_machine_comes_first(tmp_path: Path, name: str) -> None:
    found = program_at(tmp_path / "bin" / name)
    program_at(tmp_path / "cache/ms-playwright/chromium-1/chrome-linux/chrome")
    environ = {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert find_browser(environ) == found


@pytest.mark.parametrize(
    "executable",
    ["chromium-1187/chrome-linux64/chrome", "chromium_headless_shell-1187/chrome-linux/headless_shell"],
)
def test_else_the_newest_of_playwright(tmp_path: Path, executable: str) -> None:
    program_at(tmp_path / "chromium-999/chrome-linux/chrome")
    program_at(tmp_path / "firefox-9999/firefox/firefox")
    found = program_at(tmp_path / executable)
    assert find_browser({"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) == found


def test_where_there_is_none_the_answer_is_empty(tmp_path: Path) -> None:
    assert find_browser({"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) == ""


def test_the_question_is_cheap() -> None:
    code = "import sys, spiders.browser; print([n for n in ('scrapy', 'playwright') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
