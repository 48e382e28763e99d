"""Record fetches, readings, findings and alerts in a home until killed: a line on standard output each time."""

import sys
from pathlib import Path

from app.home import Home
from monitor.store import alerts, fetches, findings, pages, readings
from tests.store_values import NOW, TERMS, alert, fetch, page, reading, tracked


def main(home: Home) -> None:
    with home.open_store() as store:
        first = 0
        with store.begin() as conn:
            pages.sync(conn, [page()], NOW)
        while True:
            bodies = [store.blobs.put(b"body %d" % number) for number in range(first, first + 5)]
            with store.begin() as conn:
                for hours, sha256 in enumerate(bodies, first):
                    kept = fetches.record(conn, fetch(hours, body_sha256=sha256))
                    readings.record(conn, reading(kept.id, hours))
                findings.save(conn, TERMS, [tracked(kept.id, f"k{first % 3}")])
                name = f"{first:064x}"
                alerts.add(conn, alert(name), [alerts.NewDelivery(name, "desk", "mail", "a@example.org")])
            first += 5
            sys.stdout.write(f"{first}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    root = Path(sys.argv[1])
    main(Home(root, root / "config", sys.argv[2]))
