"""Run in a process of its own (a reactor starts once): two checks of the demo's first edition, told by two routes.

Prints as JSON what each check raised and what waits. Called with the folder that becomes the home.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from app import watch
from app.demo import MovingClock
from app.demo_site import PLACEHOLDER, DemoServer, bodies, load_site, serving
from app.due import due_pages
from app.home import SHIPPED_CONFIG, Home
from monitor.store import alerts as stored
from monitor.store import notices
from monitor.wire import notice_json
from spiders.crawl import run

SOURCE = SHIPPED_CONFIG / "demo"
SETTINGS = """\
[operator]
contact = "demo@pledgewatch.invalid"
[network]
allow_hosts = ["127.0.0.1"]
[channels.mail]
kind = "email"
host = "127.0.0.1"
port = 9
sender = "watch@pledges.invalid"
[channels.screen]
kind = "file"
path = "told.jsonl"
[[routes]]
name = "staff"
channel = "mail"
recipients = ["ada@x.invalid", "bea@x.invalid"]
[[routes]]
name = "archive"
channel = "screen"
every = "daily"
"""


def make_home(folder: Path, server: DemoServer) -> Home:
    watchlist = folder / "config" / "watchlist"
    watchlist.mkdir(parents=True)
    for declaration in sorted((SOURCE / "watchlist").glob("*.toml")):
        text = declaration.read_text(encoding="utf-8").replace(PLACEHOLDER, server.base)
        (watchlist / declaration.name).write_text(text, encoding="utf-8")
    (folder / "config" / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return Home(folder, folder / "config")


async def watched(home: Home, server: DemoServer) -> list[dict[str, Any]]:
    site = load_site(SOURCE)
    clock = MovingClock(site.editions[0].date)
    server.pages = bodies(SOURCE, site, 0)
    told = []
    with home.open_store() as store:
        for _ in range(2):
            done = await watch.check(home, store, due_pages(home, store, clock(), everything=True), clock, {})
            with store.read() as conn:
                ids = conn.exec_driver_sql("SELECT id FROM notices ORDER BY id").scalars().all()
                rows = conn.exec_driver_sql("SELECT route, recipient, notice_id FROM deliveries ORDER BY id")
                told.append(
                    {
                        "asked": len(done.asked),
                        "alerts": len(done.alerts) + len(stored.all(conn)),
                        "notices": [notice_json(notices.get(conn, id)) for id in ids],
                        "deliveries": [list(row) for row in rows],
                    }
                )
            clock.now += timedelta(hours=1)
    return told


if __name__ == "__main__":
    with serving() as served:
        here = make_home(Path(sys.argv[1]), served)
        print(json.dumps(run(lambda: watched(here, served))))
