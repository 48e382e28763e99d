"""Watch the real captures of ../shared/timelapse as if each had been live on its day.

`python -m tests.timelapse_watch` serves them one by one from a loopback server, in date order, reads each
with the real spider under a clock that moves, and prints one JSON line a capture.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app import watch
from app.demo import MovingClock
from app.due import due_pages
from app.home import Home
from app.importing import unfit_selectors
from monitor.mementos import Memento, body_of, read_manifest
from monitor.model import Document, Page
from monitor.reading import read_document
from monitor.segment import fold
from monitor.store import Store, fetches
from spiders.crawl import run
from tests.loopback import Answer, Loopback
from tests.shared import SHARED

_SETTINGS = """\
[operator]
contact = "tests@pledgewatch.invalid"
[network]
allow_hosts = ["127.0.0.1"]
[confirm]
changed_readings = 1
changed_hours = 0
withdrawn_readings = 1
withdrawn_hours = 0
"""


def main() -> None:
    """Print what was seen of each capture."""
    mementos = read_manifest(SHARED / "timelapse")
    with tempfile.TemporaryDirectory() as folder, Loopback({}) as site:
        home = make_home(Path(folder), mementos, site)
        run(lambda: watch_all(home, mementos, site))


def make_home(folder: Path, mementos: tuple[Memento, ...], site: Loopback) -> Home:
    """A home that watches these pages on the loopback server."""
    watchlist = folder / "config" / "watchlist"
    watchlist.mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text(_SETTINGS, encoding="utf-8")
    unfit = unfit_selectors(mementos)
    for page in {memento.page.id: memento.page for memento in mementos}.values():
        organization, slug = page.id.split("/")
        select = [] if page.id in unfit else page.select
        text = f'name = "{organization}"\nkind = "platform"\n[pages.{slug}]\n'
        text += f'url = "{site.url("/" + page.id)}"\nrole = "policy"\nselect = {json.dumps(select)}\n'
        (watchlist / f"{organization}.toml").write_text(text, encoding="utf-8")
    return Home(folder, folder / "config")


async def watch_all(home: Home, mementos: tuple[Memento, ...], site: Loopback) -> None:
    """One check for each capture, of its page alone, at its time."""
    clock = MovingClock(mementos[0].captured_at)
    last: dict[str, Document] = {}
    with home.open_store() as store:
        due_pages(home, store, clock(), everything=True)
        for memento in mementos:
            page = home.watchlist.page(memento.page.id)
            clock.now = memento.captured_at
            site.routes = {urlsplit(page.url).path: Answer(body=body_of(memento))}
            done = await watch.check(home, store, [page], clock, {})
            print(json.dumps(seen(store, page, memento, done, last)), flush=True)


def seen(
    store: Store, page: Page, memento: Memento, done: watch.Check, last: dict[str, Document]
) -> Mapping[str, Any]:
    """What one check made of one capture."""
    (reading,) = done.readings
    with store.read() as conn:
        fetch = fetches.get(conn, reading.fetch_id)
    body = store.blobs.get(fetch.body_sha256)
    document = read_document(body, fetch, page)
    changed = False
    if reading.access.is_reading and isinstance(document, Document):
        changed = page.id in last and words(last[page.id]) != words(document)
        last[page.id] = document
    return {
        "page": page.id,
        "captured_at": stamp(memento.captured_at),
        "access": reading.access,
        "changed": changed,
        "same_bytes": body == body_of(memento),
        "alerts": [alert.headline for alert in done.alerts],
        "findings": [
            [f.kind, f.direction, f.before_quote, f.after_quote] for a in done.alerts for f in a.findings
        ],
    }


def words(document: Document) -> Counter[str]:
    """How often each word stands there: the order and the blocks do not matter."""
    return Counter(fold(document.text).split())


def stamp(at: datetime) -> str:
    """20250801T003216Z."""
    return f"{at:%Y%m%dT%H%M%SZ}"


if __name__ == "__main__":
    main()
