"""Every view of the desk over a crowd (crowd.py): server time, size, and whether its questions grow with the store.

    python -m tests.benchmarks.desk [--large FOLDER] [--small FOLDER] [--calls 30] [--only TEXT]

Time is from the call of the application to its last byte, in this process, after three calls to warm up; each
call has other arguments. Exits 1 where a view is missing, its median is over 100 ms, its 95th percentile over
300 ms, Today over 60 KB, a dossier or letter over 5 s, or where a view sends more questions to the database than
over five organizations.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median, quantiles
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

from app.desk.gate import Desk
from app.desk.site import site
from app.home import Home
from monitor.model import Direction
from monitor.store import Connection, Store, paged, snapshots, statements
from monitor.store.statements import Wanted
from tests.benchmarks import crowd
from tests.benchmarks.crowd_words import NOW
from tests.desks import statements_sent

MEDIAN, P95, TODAY_KB = 100.0, 300.0, 60.0  #: ms, ms, KB
PAPER = 5_000.0  #: ms, any call
WARM_UP, SMALL = 3, 5
_HOST = b"127.0.0.1:8321"


@dataclass(frozen=True, slots=True)
class Sample:
    """What there is to be looked at, drawn anew each time; the same for the same store."""

    organizations: Sequence[str]
    pages: Sequence[str]
    alerts: Sequence[str]
    fetches: Sequence[int]
    pairs: Sequence[tuple[int, int]]
    keys: Sequence[tuple[str, str]]  #: organization, key
    parts: int  #: of the statements


View = Callable[[Sample, int], str]


def _of(pattern: str, many: Callable[[Sample], Sequence[object]]) -> View:
    """An address with one of these in it."""

    def view(sample: Sample, i: int) -> str:
        those = many(sample)
        one = those[i % len(those)]
        return pattern.format(*(one if isinstance(one, tuple) else (one,)))

    return view


def _pages(pattern: str) -> View:
    return _of(pattern, lambda sample: sample.pages)


def _organizations(pattern: str) -> View:
    return _of(pattern, lambda sample: sample.organizations)


def _turn(*addresses: str) -> View:
    return lambda sample, i: addresses[i % len(addresses)]


VIEWS: dict[str, View] = {
    "Today": _turn("/"),
    "Today, all of it": _turn("/?days=1", "/?days=7", "/?days=30"),
    "Organizations": _turn("/organizations", "/organizations?page=2", "/organizations?page=5"),
    "Organization": _organizations("/organizations/{}"),
    "Asks": _organizations("/organizations/{}/asks"),
    "Commitment": _of("/organizations/{}/commitments/{}", lambda sample: sample.keys),
    "Page": _pages("/pages/{}"),
    "Change": _of("/changes/{}", lambda sample: sample.alerts),
    "Snapshot": _of("/snapshots/{}", lambda sample: sample.fetches),
    "Snapshot, frame": _of("/snapshots/{}/frame", lambda sample: sample.fetches),
    "Snapshot, body": _of("/snapshots/{}/body", lambda sample: sample.fetches),
    "Compare": _of("/compare?before={}&after={}", lambda sample: sample.pairs),
    "Search, empty": _turn("/search"),
    "Search, common words": _turn(
        "/search?words=facial+recognition", "/search?words=police&standing=yes", "/search?words=templat*"
    ),
    "Search, filters": _organizations("/search?organization={}&stance=refuses&from=2026-01-01"),
    "Search, last part": lambda sample, i: f"/search?page={sample.parts}",
    "Search, JSON": _turn("/search.json?words=warrant", "/search.json?technology=face_recognition"),
    "Search, CSV of one": _organizations("/search.csv?organization={}"),
    "Coverage": _turn("/coverage", "/coverage?page=2", "/coverage?page=9"),
    "Coverage of one": _organizations("/coverage?organization={}"),
    "Coverage, CSV of one": _organizations("/coverage.csv?organization={}"),
    "Watchlist": _turn("/watchlist", "/watchlist?page=2"),
    "Watchlist, add": _turn("/watchlist/add"),
    "Watchlist, edit": _pages("/watchlist/{}"),
    "Feeds": _turn("/feeds", "/feeds?page=4"),
    "Feed, all, Atom": _turn("/feeds/all.atom"),
    "Feed, all, JSON": _turn("/feeds/all.json"),
    "Feed of one": _organizations("/feeds/organizations/{}.atom"),
    "Calendar": _turn("/calendar.ics"),
    "Accounts": _turn("/accounts"),
    "Account": _turn("/account"),
    "Audit": _turn("/audit", "/audit?page=3"),
    "API, status": _turn("/api/v1/status"),
    "API, organizations": _turn("/api/v1/organizations"),
    "API, organization": _organizations("/api/v1/organizations/{}"),
    "API, scores": _organizations("/api/v1/organizations/{}/scores"),
    "API, page": _pages("/api/v1/pages/{}"),
    "API, alerts": _turn("/api/v1/alerts", "/api/v1/alerts?since=2027-02-20T00:00:00Z"),
    "API, alerts by direction": _turn(*(f"/api/v1/alerts?direction={one}" for one in Direction)),
    "API, alerts of one": _organizations("/api/v1/alerts?organization={}"),
    "API, alerts, next": _of("/api/v1/alerts?after={}", lambda sample: sample.alerts),
    "API, alert": _of("/api/v1/alerts/{}", lambda sample: sample.alerts),
    "API, findings": _turn("/api/v1/findings", "/api/v1/findings?after=700"),
    "API, findings by state": _turn(*(f"/api/v1/findings?state={one}" for one in ("pending", "variant"))),
    "API, findings of one": _organizations("/api/v1/findings?organization={}"),
    "API, fetches": _turn("/api/v1/fetches", "/api/v1/fetches?after=1000"),
    "API, fetches since": _turn("/api/v1/fetches?since=2027-02-28T23:00:00Z"),
    "API, fetches of one": _pages("/api/v1/fetches?page={}"),
    "API, fetch": _of("/api/v1/fetches/{}", lambda sample: sample.fetches),
    "API, statements": _turn("/api/v1/statements?words=police", "/api/v1/statements?words=warrant&after=150"),
    "API, coverage": _turn("/api/v1/coverage", "/api/v1/coverage?from=2027-02-01"),
    "API, reviews": _turn("/api/v1/reviews"),
    "API, first page": _turn("/api/v1", "/api/v1/"),
    "API, description": _turn("/api/v1/openapi.json"),
}
#: Files of one organization that take seconds to make.
PAPERS: dict[str, View] = {
    f"{paper}, {ending}": _organizations(f"/organizations/{{}}/{paper.lower()}.{ending}")
    for paper, endings in (("Dossier", ("html", "json", "xlsx", "pdf")), ("Letter", ("md", "docx")))
    for ending in endings
}
#: Files that are made for keeping, with all that there is: shown, without a limit.
DOWNLOADS: dict[str, View] = {
    "Evidence": _of("/changes/{}/evidence.zip", lambda sample: sample.alerts),
    "Search, CSV": _turn("/search.csv?words=police"),
    "Coverage, CSV": _turn("/coverage.csv"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the calls of one view. times: ms; size: the largest, KB; queries: the most of one call."""

    name: str
    times: Sequence[float]
    size: float
    queries: int
    statuses: frozenset[int]

    @property
    def p95(self) -> float:
        """The 95th percentile, ms."""
        return quantiles(self.times, n=20)[-1]


def outcomes(home: Home, calls: int, only: str = "") -> Iterator[Outcome]:
    """Every view of this home, one after the other."""
    with home.open_store() as store, asyncio.Runner() as runner:
        application = site(Desk(lambda: home, store, lambda: NOW))
        with store.read() as conn:
            sample = _sample(conn, home)
        for name, view in (VIEWS | PAPERS | DOWNLOADS).items():
            if only in name:
                addresses = [view(sample, i) for i in range(min(calls, 5) if name in PAPERS else calls)]
                yield _outcome(runner, application, store, name, addresses)


def _outcome(
    runner: asyncio.Runner, application: ASGIApp, store: Store, name: str, addresses: Sequence[str]
) -> Outcome:
    for address in addresses[:WARM_UP]:
        runner.run(_call(application, address))
    times, sizes, queries, statuses = [], [], [], set()
    for address in addresses:
        with statements_sent(store) as sent:
            began = time.perf_counter()
            status, size = runner.run(_call(application, address))
            times.append((time.perf_counter() - began) * 1000)
        sizes.append(size / 1024)
        queries.append(len(sent))
        statuses.add(status)
    return Outcome(name, times, max(sizes), max(queries), frozenset(statuses))


async def _call(application: ASGIApp, address: str) -> tuple[int, int]:
    """The status and the bytes of what is answered."""
    parts = urlsplit(address)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(b"host", _HOST)],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8321),
    }
    status = size = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, size
        status = message.get("status", status)
        size += len(message.get("body", b""))

    await application(scope, receive, send)
    return status, size


def _sample(conn: Connection, home: Home) -> Sample:
    """Always the same of the same store, from all over it."""
    draw = Random(7)
    watched = home.watchlist
    organizations = draw.sample(
        [one.id for one in watched.organizations], min(30, len(watched.organizations))
    )
    pages = draw.sample([page.id for page in watched.pages], 30)
    raised = paged.raised(conn, 10_000)
    pairs = [_pair(conn, page) for page in pages]
    keys = [(id, statements.of_organization(conn, id)[i % 9].key) for i, id in enumerate(organizations)]
    parts = -(-statements.search(conn, Wanted()).total // statements.PER_PAGE)
    fetches = [one for pair in pairs for one in pair]
    return Sample(
        organizations, pages, [one.id for one in draw.sample(raised, 30)], fetches, pairs, keys, parts
    )


def _pair(conn: Connection, page_id: str) -> tuple[int, int]:
    """The oldest and the newest of its last snapshots."""
    found = snapshots.newest(conn, page_id, 30)
    return found[-1].fetch.id, found[0].fetch.id


# --------------------------------------------------------------------------- what is printed


def report(large: Sequence[Outcome], small: Sequence[Outcome]) -> Iterator[str]:
    """The table, a line a view."""
    yield f"{'view':<28}{'median ms':>10}{'p95 ms':>9}{'KB':>9}{'queries':>9}{'of five':>9}"
    for one, other in zip(large, small, strict=True):
        figures = (
            f"{median(one.times):>10.1f}{one.p95:>9.1f}{one.size:>9.1f}{one.queries:>9}{other.queries:>9}"
        )
        yield f"{one.name:<28}{figures}  {'; '.join(amiss(one, other))}".rstrip()


def amiss(one: Outcome, other: Outcome) -> Iterator[str]:
    """What is not as it has to be. other: the same view over the small store."""
    if one.statuses | other.statuses != {200}:
        yield f"MISSING: answered {sorted(one.statuses | other.statuses)}"
    if one.queries > other.queries and one.name not in PAPERS:  # these look each quote up again
        yield "GROWS"
    if one.name in PAPERS and max(one.times) > PAPER:
        yield f"OVER {PAPER / 1000:.0f} s"
    if one.name in VIEWS:
        if median(one.times) > MEDIAN:
            yield f"OVER {MEDIAN:.0f} ms"
        if one.p95 > P95:
            yield f"p95 OVER {P95:.0f} ms"
    if one.name == "Today" and one.size > TODAY_KB:
        yield f"OVER {TODAY_KB:.0f} KB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where something is amiss."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--large", type=Path, help="a crowd that is there already (default: a new one)")
    parser.add_argument("--small", type=Path, help="the same of five organizations")
    parser.add_argument("--calls", type=int, default=30)
    parser.add_argument("--only", default="", help="views whose name holds this")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="pledgewatch-desk-") as folder:
        small = _home(asked.small, Path(folder, "small"), SMALL)
        large = _home(asked.large, Path(folder, "large"), 500)
        few = list(outcomes(small, asked.calls, asked.only))
        many = list(outcomes(large, asked.calls, asked.only))
    print(
        f"the desk over 500 organizations, 5,000 pages, 200,000 fetches, 20,000 findings; {asked.calls} calls"
    )
    print(*report(many, few), sep="\n", flush=True)
    return int(any(list(amiss(one, other)) for one, other in zip(many, few, strict=True)))


def _home(there: Path | None, new: Path, organizations: int) -> Home:
    return Home(there, there / "config") if there else crowd.fill(new, organizations)


if __name__ == "__main__":
    sys.exit(main())
