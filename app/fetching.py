"""What a check asks the network for: the pages, what helps to judge them, and whether it is there at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_hex

from app.home import Home, program_version
from app.memory import StoredMemory
from app.owner import this_process
from monitor.asides import AGAIN_AFTER, PROBE_LASTS, is_aside, linked_of, probe_id, probe_of
from monitor.check import Outcome
from monitor.model import Fetch, Page, Role
from monitor.outage import canaries_wanted, degraded, was_heard
from monitor.store import Store, fetches, findings, leases, readings
from spiders.crawl import Stamp, Target, crawl, user_agent

TOGETHER = 16  #: pages that share a transaction: a commit that survives a power cut is not free
_AT_LATEST = timedelta(seconds=2)  #: no fetch waits longer than this for the next one
Clock = Callable[[], datetime]
Progress = Callable[[str], None]  #: told the id of each page as it is fetched, and then as it is read


class Recorder:
    """Keeps fetches, a few in one transaction: what a kill takes is at most fetched again."""

    def __init__(self, store: Store, progress: Progress) -> None:
        self.store, self.progress = store, progress
        self.waiting: list[Fetch] = []

    def record(self, fetch: Fetch, body: bytes, screenshot: bytes) -> None:
        """Keep what came at once, and its fetch with the next few."""
        for blob in filter(None, (body, screenshot)):
            self.store.blobs.put(blob)
        self.waiting.append(fetch)
        if len(self.waiting) >= TOGETHER or fetch.ended_at - self.waiting[0].ended_at >= _AT_LATEST:
            self.flush()
        if not is_aside(fetch.page_id):
            self.progress(fetch.page_id)

    def flush(self) -> None:
        """Write what waits. Raises StoreError."""
        if self.waiting:
            with self.store.begin() as conn:
                for fetch in self.waiting:
                    fetches.record(conn, fetch)
                leases.renew(conn, this_process(), self.waiting[-1].ended_at)
            self.waiting = []


class Fetching:
    """The crawls of one check."""

    def __init__(self, home: Home, store: Store, clock: Clock, progress: Progress) -> None:
        self.home, self.store, self.clock, self.progress = home, store, clock, progress

    async def pages(self, asked: Sequence[Page]) -> None:
        """Fetch these pages, and probe the hosts of those that we may have to doubt."""
        with self.store.read() as conn:
            known = fetches.validators(conn, asked, self.clock())
        targets = [Target(page, *known.get(page.id, ("", ""))) for page in asked]
        await self._crawl([*targets, *map(Target, self._probes(asked))])

    async def linked(self, outcomes: Iterable[Outcome]) -> None:
        """Read what pages newly link to, where one of their statements is missing."""
        pages = {page.id: page for page in self.home.watchlist.pages}
        wanted = [linked_of(pages[one.page_id], link) for one in outcomes for link in one.links]
        await self._crawl([Target(page) for page in self._not_asked_lately(wanted)])

    async def doubt(self) -> str:
        """Why nothing that waits to be read can be believed, in one sentence; "" where all is well."""
        waiting = self._waiting()
        canaries = await self._canaries() if canaries_wanted(waiting) else {}
        return degraded(waiting, self.home.settings.outage, canaries)

    def doubt_of_leftovers(self) -> str:
        """The same for what an earlier check left behind, by that alone."""
        return degraded(self._waiting(), self.home.settings.outage)

    def _waiting(self) -> list[Fetch]:
        with self.store.read() as conn:
            return fetches.newest_unread(conn)

    async def _canaries(self) -> Mapping[str, bool]:
        """Address → whether it answered at all."""
        asked = [_canary(url) for url in self.home.settings.network.canaries]
        since = self.clock()
        await self._crawl([Target(page) for page in asked])
        with self.store.read() as conn:
            came = {one.page_id: one for one in fetches.asked_since(conn, [page.id for page in asked], since)}
        return {page.url: was_heard(came[page.id]) for page in asked if page.id in came}

    async def _crawl(self, targets: Sequence[Target]) -> None:
        if not targets:
            return
        network = self.home.settings.network
        agent = user_agent(self.home.settings.operator.contact, program_version())
        stamp = Stamp(program_version(), self.home.config_sha256)
        recorder = Recorder(self.store, self.progress)
        memory = StoredMemory(self.store)
        try:
            await crawl(targets, network, agent, stamp, recorder.record, clock=self.clock, memory=memory)
        finally:
            recorder.flush()

    def _probes(self, asked: Sequence[Page]) -> Iterator[Page]:
        """One for each host with a page never believed, not read lately, or with something pending."""
        doubtful = {probe_id(page.url): page for page in self._doubtful(asked)}
        return self._not_asked_lately([probe_of(page, token_hex(8)) for page in doubtful.values()])

    def _doubtful(self, asked: Sequence[Page]) -> Iterator[Page]:
        with self.store.read() as conn:
            believed = findings.believed(conn)
            unread = {one.page_id for one in readings.latest(conn).values() if not one.access.is_reading}
            pending = {page_id for page_id, one in findings.all_pending(conn)}
        return (page for page in asked if page.id not in believed or page.id in unread | pending)

    def _not_asked_lately(self, asides: Sequence[Page]) -> Iterator[Page]:
        with self.store.read() as conn:
            lately = fetches.asked_since(conn, [one.id for one in asides], self.clock() - PROBE_LASTS)
        soon = self.clock() - AGAIN_AFTER
        known = {one.page_id for one in lately if one.status is not None or one.started_at >= soon}
        return (one for one in asides if one.id not in known)


def _canary(url: str) -> Page:
    return Page(f"canary {url}", "", url, Role.POLICY)
