"""Which browser renders pages. Light: neither scrapy nor playwright is imported here."""

import shutil
from collections.abc import Mapping
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OWN = "chromium*-*/chrome*/*"  #: below Playwright's folder: chromium-1187/chrome-linux/chrome
_OWN_NAMES = ("chrome", "headless_shell", "chrome-headless-shell")


def find_browser(environ: Mapping[str, str]) -> str:
    """The path of a Chromium: this machine's, else the newest that Playwright installed; "" for none."""
    found = (shutil.which(name, path=environ.get("PATH")) for name in _NAMES)
    return next(filter(None, found), "") or _playwrights_own(environ)


def _playwrights_own(environ: Mapping[str, str]) -> str:
    cache = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path(cache) / "ms-playwright")
    found = [path for path in folder.glob(_OWN) if path.name in _OWN_NAMES]
    return str(max(found, key=_revision)) if found else ""


def _revision(path: Path) -> tuple[int, str]:
    """`chromium-1187` is newer than `chromium-999`."""
    name, _, number = path.parent.parent.name.rpartition("-")
    return int(number) if number.isdigit() else 0, name
