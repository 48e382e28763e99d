"""Run crawls: the door through which the program uses the spiders.

run(main)      starts Scrapy's reactor once a process and runs the coroutine `main` in it
await crawl()  one crawl over the targets; may be awaited several times, one after the other
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.utils.reactor import install_reactor
from twisted.python.failure import Failure as TwistedFailure

from monitor.errors import PledgewatchError
from monitor.model import Access, Failure
from monitor.settings import Network
from spiders.base import NO_BROWSER, NOT_REACHED, Clock, DeclaredPages, Record, Stamp, Target, utc_now
from spiders.guard import GuardedResolver
from spiders.memory import Forgetful, Memory
from spiders.patience import Patience
from spiders.plain import PlainSpider
from spiders.settings import for_network

__all__ = ["Clock", "Record", "Stamp", "Target", "crawl", "run", "user_agent", "utc_now"]

T = TypeVar("T")

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def user_agent(contact: str, version: str) -> str:
    """How we introduce ourselves: name, version and whom to write to."""
    return f"pledgewatch/{version} (+{contact})"


async def crawl(
    targets: Sequence[Target],
    network: Network,
    user_agent: str,
    stamp: Stamp,
    record: Record,
    clock: Clock = utc_now,
    memory: Memory | None = None,
) -> None:
    """Fetch every target once; record(fetch, body, screenshot) is called exactly once for each.

    Targets need not be watched pages. Trouble with a page is a Fetch with a failure. What `record` or
    `memory` raises ends the crawl and is raised here. Without a memory what hosts asked for is forgotten.
    """
    plain = [target for target in targets if target.page.fetch != "rendered"]
    rendered = [target for target in targets if target.page.fetch == "rendered"]
    about: dict[str, Any] = {
        "record": record,
        "user_agent": user_agent,
        "stamp": stamp,
        "clock": clock,
        "memory": Forgetful() if memory is None else memory,
    }
    if plain:
        await _crawl(PlainSpider, plain, network, {}, about)
    if rendered:
        await _crawl_rendered(rendered, network, about)


async def _crawl_rendered(targets: Sequence[Target], network: Network, about: dict[str, Any]) -> None:
    try:
        from spiders import rendered
        from spiders.door import Door
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("playwright", "tldextract"):
            raise
        nobody = DeclaredPages(name="rendered", targets=targets, **about)
        _record_left(nobody, Failure(Access.RENDERED_NEEDED, NO_BROWSER))
        return
    async with Door(network.allow_hosts) as door:
        settings = rendered.settings(network, door)
        more = {"door": door, "limit": network.max_bytes}
        await _crawl(rendered.RenderedSpider, targets, network, settings, about | more)


async def _crawl(
    spider: type[DeclaredPages],
    targets: Sequence[Target],
    network: Network,
    more_settings: dict[str, Any],
    about: dict[str, Any],
) -> None:
    settings = for_network(network, about["user_agent"])
    settings.setdict(more_settings, priority="cmdline")
    resolver = _guard_connections(network)
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(spider)
    troubles = _stop_on_trouble(crawler)
    await runner.crawl(crawler, targets=targets, refused=resolver.refused, **about)
    if troubles:
        raise troubles[0]
    assert isinstance(crawler.spider, DeclaredPages)
    _record_left(crawler.spider, NOT_REACHED)


def _record_left(spider: DeclaredPages, why: Failure) -> None:
    for fetched in spider.left(why):
        spider.record(fetched.fetch, fetched.body, fetched.screenshot)


def _guard_connections(network: Network) -> GuardedResolver:
    from twisted.internet import reactor

    resolver = GuardedResolver(reactor, network.allow_hosts)
    resolver.install_on_reactor()
    return resolver


def _stop_on_trouble(crawler: Crawler) -> list[BaseException]:
    """What `record` or `memory` raised, once one has; Scrapy alone would log it and go on."""
    troubles: list[BaseException] = []
    stopping: list[asyncio.Task[None]] = []

    def stop(failure: TwistedFailure) -> None:
        if not troubles:
            stopping.append(asyncio.create_task(_stop(crawler)))
        assert failure.value is not None
        troubles.append(failure.value)

    def stop_unless_bug(failure: TwistedFailure) -> None:
        if isinstance(failure.value, PledgewatchError):
            stop(failure)

    crawler.signals.connect(stop, signal=signals.item_error, weak=False)
    crawler.signals.connect(stop_unless_bug, signal=signals.spider_error, weak=False)
    return troubles


async def _stop(crawler: Crawler) -> None:
    patience = crawler.get_downloader_middleware(Patience)
    assert isinstance(patience, Patience)
    patience.give_up()
    await crawler.stop_async()


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine under Scrapy's asyncio reactor and give back its result; once a process.

    What the coroutine raises is raised here; Ctrl-C ends the reactor and raises KeyboardInterrupt.
    """
    install_reactor(_REACTOR)
    from twisted.internet import reactor as installed

    reactor: Any = installed
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    task = asyncio.get_event_loop().create_task(main())
    task.add_done_callback(lambda _: reactor.stop())
    try:
        reactor.run(installSignalHandlers=False)
    except (KeyboardInterrupt, SystemExit):
        reactor.fireSystemEvent("shutdown")  # else its threads keep the process alive
        raise
    return task.result()
