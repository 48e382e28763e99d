"""The canary: a page of our own that changes each day and is watched like any other (config/canary/)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from app.home import SHIPPED_CONFIG
from monitor.tables import build, read_toml

_FOLDER = SHIPPED_CONFIG / "canary"


@dataclass(frozen=True, slots=True)
class Canary:
    """config/canary/canary.toml: the statement of even and of odd days, and the organization file."""

    even: str
    odd: str
    watchlist: str


def canary_page(now: datetime) -> str:
    """The page (HTML) as it stands on this day (UTC)."""
    day, texts = now.astimezone(UTC).date(), _texts()
    statement = texts.odd if day.toordinal() % 2 else texts.even
    date = f"{day.day} {day:%B %Y}"
    return _page().replace("{statement}", statement.replace("{date}", date))


def canary_file(listen: str) -> str:
    """The organization file (TOML) for a daemon that listens there (such as 127.0.0.1:8322)."""
    return _texts().watchlist.lstrip().replace("{base}", f"http://{listen}")


@cache
def _texts() -> Canary:
    file = _FOLDER / "canary.toml"
    return build(Canary, read_toml(file), str(file))


@cache
def _page() -> str:
    return (_FOLDER / "policy.html").read_text(encoding="utf-8")
