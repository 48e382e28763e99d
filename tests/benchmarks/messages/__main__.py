"""Tell everything that the demo and the real captures have to tell, and count what arrived where.

    python -m tests.benchmarks.messages [--pictures DIR] [--only demo|timelapse] [--json]

Exits 1 unless every alert reached each place that its route names exactly once, each recipient was welcomed
once and got one digest a week, what was told early was settled, every webhook call was signed and fits its
schema, every subject says what its mail says, and nothing else came.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any

from app.home import Home
from spiders.crawl import run
from tests.benchmarks.messages import pictures, worlds
from tests.benchmarks.messages.places import receiving
from tests.benchmarks.messages.tally import Tally, tally
from tests.shared import SHARED, WHY_NOT

_WORLDS = {"demo": worlds.demo, "timelapse": worlds.timelapse}
_DESKS = {"demo": "", "timelapse": "https://watch.example.org"}  # messages with a desk, and without


def main() -> int:
    """The tables."""
    asked = _asked()
    names = [asked.only] if asked.only else list(_WORLDS)
    if "timelapse" in names and not (SHARED / "timelapse").is_dir():
        print(f"timelapse: not run, {WHY_NOT}", file=sys.stderr)
        names.remove("timelapse")
    told = run(lambda: _all(names))
    if asked.json:
        print(json.dumps([_as_json(one) for one in told], ensure_ascii=False))
    else:
        for one in told:
            _show(one)
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
        for one in told:
            print(f"{one.world}: {pictures.take(one.world, one.letters, asked.pictures)}", file=sys.stderr)
    return int(not all(one.holds for one in told))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="write each distinct mail there")
    parser.add_argument("--only", choices=_WORLDS)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


async def _all(names: list[str]) -> list[Tally]:
    return [await _told(name) for name in names]


async def _told(name: str) -> Tally:
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="pledgewatch-messages-") as folder:
        up = ExitStack()  # in another thread: the mail server's loop must not start inside of ours
        places = await asyncio.to_thread(up.enter_context, receiving(Path(folder), _DESKS[name]))
        try:
            looks = [look async for look in _WORLDS[name](places)]
        finally:
            await asyncio.to_thread(up.close)
        with Home(places.folder, places.folder / "config").open_store() as store:
            told = tally(name, store, looks, places)
    print(f"{name}: {len(looks)} checks in {monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return told


def _show(told: Tally) -> None:
    print(
        f"\n{told.world}: {told.checks} checks, {len(told.alerts)} alerts confirmed, {told.early} told early"
    )
    print(f"  {'place':<26}{'expected':>9}{'received':>9}{'missing':>9}{'twice':>9}{'not due':>9}")
    for row in told.rows:
        counts = (row.expected, row.received, len(row.missing), len(row.twice), len(row.extra))
        print(f"  {row.place:<26}" + "".join(f"{number:>9}" for number in counts))
    print(f"  bad signatures {told.bad_signatures}, schema errors {len(told.schema_errors)}, ", end="")
    print(f"failed sends {told.failed}, left waiting {told.waiting}, wrong in digests {len(told.digested)}")
    wrong = [f"{row.place}: {what}" for row in told.rows for what in (*row.missing, *row.twice, *row.extra)]
    print(f"  early words left open {len(told.unsettled)}, garbled subjects {len(told.garbled)}")
    for line in (*wrong, *told.digested, *told.schema_errors, *told.unsettled, *told.garbled):
        print(f"    {line[:150]}")
    for alert in told.alerts:
        print(f"  {alert.raised_at:%Y-%m-%d %H:%M}  {alert.direction:<9}{alert.headline}")
    print(f"  {'holds' if told.holds else 'DOES NOT HOLD'}", flush=True)


def _as_json(told: Tally) -> dict[str, Any]:
    return {
        "world": told.world,
        "holds": told.holds,
        "headlines": [alert.headline for alert in told.alerts],
        "early": told.early,
        "digests": told.digests,
        "rows": {row.place: [row.expected, row.received] for row in told.rows},
        "missing": [what for row in told.rows for what in row.missing],
        "twice": [what for row in told.rows for what in row.twice],
        "not_due": [what for row in told.rows for what in row.extra],
        "digested": list(told.digested),
        "unsettled": list(told.unsettled),
        "garbled": list(told.garbled),
        "bad_signatures": told.bad_signatures,
        "schema_errors": list(told.schema_errors),
        "failed": told.failed,
        "waiting": told.waiting,
    }


if __name__ == "__main__":
    sys.exit(main())
