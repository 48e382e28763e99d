"""The parts of the spiders that need no crawl: manners, robots rules, retries, order."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.settings import Settings
from scrapy.statscollectors import DummyStatsCollector

from monitor.model import Access, Page, Role
from monitor.settings import Network
from spiders.base import Target, by_turns
from spiders.crawl import user_agent
from spiders.failures import failure_of
from spiders.middlewares import Gate, Retries
from spiders.robots import rules
from spiders.settings import for_network
from tests.crawl_once import START
from tests.loopback import Answer, Loopback

AGENT = "pledgewatch/1.2.3 (+https://watch.example/contact)"


def test_we_say_who_we_are() -> None:
    assert user_agent("https://watch.example/contact", "1.2.3") == AGENT


# ------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("TWISTED_DNS_RESOLVER", "spiders.guard.GuardedResolver"),
        ("REMOTE_CONTROL_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("HTTPPROXY_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("REFERER_ENABLED", False),
        ("HTTPCACHE_ENABLED", False),
        ("AUTOTHROTTLE_ENABLED", True),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("DOWNLOAD_MAXSIZE", 8_388_608),
        ("DOWNLOAD_TIMEOUT", 60.0),
        ("REDIRECT_MAX_TIMES", 5),
        ("RETRY_HTTP_CODES", []),
        ("USER_AGENT", AGENT),
    ],
)
def test_settings_that_keep_us_safe_and_polite(name: str, value: object) -> None:
    assert for_network(Network(), AGENT)[name] == value


def test_only_what_we_name_is_switched_on() -> None:
    settings = for_network(Network(), AGENT)
    assert set(settings.getwithbase("DOWNLOAD_HANDLERS")) == {"http", "https"}
    assert {path.rpartition(".")[2] for path in settings.getwithbase("EXTENSIONS")} == {
        "CloseSpider",
        "AutoThrottle",
    }
    assert dict(settings.getwithbase("SPIDER_MIDDLEWARES")) == {}
    assert (
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware"
        not in settings.getwithbase("DOWNLOADER_MIDDLEWARES")
    )


@pytest.mark.parametrize("delay", [0.0, 3.0, 45.0])
def test_a_foreign_host_never_waits_less_than_asked_for(delay: float) -> None:
    settings = for_network(Network(delay_seconds=delay), AGENT)
    shortest = settings.getfloat("DOWNLOAD_DELAY") * (1 - settings.getfloat("DOWNLOAD_DELAY_JITTER"))
    assert shortest == pytest.approx(delay)
    assert settings.getfloat("AUTOTHROTTLE_START_DELAY") >= delay
    assert settings.getfloat("AUTOTHROTTLE_MAX_DELAY") >= delay


def test_our_own_hosts_may_be_asked_several_things_at_once() -> None:
    settings = for_network(Network(allow_hosts=("Intranet.example",), concurrent_requests=4), AGENT)
    assert settings["DOWNLOAD_SLOTS"]["intranet.example"] == {"concurrency": 4, "delay": 0.0, "jitter": 0.0}


@pytest.mark.parametrize(
    ("url", "is_own"), [("http://Intranet.example/a", True), ("https://example.org/", False)]
)
def test_the_throttle_leaves_only_our_own_hosts_alone(url: str, is_own: bool) -> None:
    request = Request(url)
    Gate(["intranet.example"]).process_request(request)
    assert request.meta["autothrottle_dont_adjust_delay"] is is_own


# ------------------------------------------------------------------------------- order


def _target(url: str) -> Target:
    return Target(Page(url, "acme", url, Role.TERMS))


def test_hosts_take_turns() -> None:
    urls = [
        "https://a.example/1",
        "https://a.example/2",
        "https://a.example/3",
        "https://b.example/1",
        "nonsense",
    ]
    assert [target.page.url for target in by_turns(map(_target, urls))] == [
        "https://a.example/1",
        "https://b.example/1",
        "nonsense",
        "https://a.example/2",
        "https://a.example/3",
    ]


# ------------------------------------------------------------------------------- robots.txt

ROBOTS = "https://example.org/robots.txt"
PAGE = "https://example.org/terms"


@pytest.mark.parametrize(
    ("status", "body", "decision"),
    [
        pytest.param(200, b"User-agent: *\nDisallow: /", "disallowed", id="all kept out"),
        pytest.param(200, b"User-agent: PledgeWatch\nDisallow: /terms", "disallowed", id="we are named"),
        pytest.param(200, b"User-agent: otherbot\nDisallow: /", "allowed", id="somebody else is named"),
        pytest.param(
            200, b"User-agent: *\nDisallow: /\n\nUser-agent: pledgewatch\nAllow: /", "allowed", id="invited"
        ),
        pytest.param(200, b"User-agent: *\nDisallow: /*.pdf$", "allowed", id="other files"),
        pytest.param(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /", "disallowed", id="byte order mark"),
        pytest.param(200, b"User-agent: *\rDisallow: /", "disallowed", id="old line ends"),
        pytest.param(200, b"", "allowed", id="empty"),
        pytest.param(200, b"\n <!doctype html><p>Disallow: /</p>", "allowed", id="a web page"),
        pytest.param(200, b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /", "allowed", id="after 500 KiB"),
        pytest.param(404, b"User-agent: *\nDisallow: /", "allowed", id="not found"),
        pytest.param(403, b"", "allowed", id="forbidden"),
        pytest.param(429, b"", "unreachable", id="too many requests"),
        pytest.param(500, b"", "unreachable", id="server error"),
        pytest.param(503, b"User-agent: *\nAllow: /", "unreachable", id="unavailable"),
        pytest.param(304, b"", "unreachable", id="an answer without sense"),
    ],
)
def test_what_robots_txt_decides(status: int, body: bytes, decision: str) -> None:
    said = rules(ROBOTS, status, body, START)
    assert said.decide(PAGE).decision == decision
    assert (said.failure is not None) == (decision == "unreachable")


# ------------------------------------------------------------------------------- failures and retries

REFUSED = {"intranet.example": "10.0.0.7"}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DownloadTimeoutError("60 s"), Access.TIMEOUT),
        (CannotResolveHostError("no results"), Access.DNS),
        (DownloadConnectionRefusedError("refused"), Access.CONNECTION),
        (DownloadFailedError("reset\nby peer"), Access.CONNECTION),
        (ResponseDataLossError(), Access.PARTIAL),
        (ValueError("invalid hostname: -.example"), Access.DNS),
    ],
    ids=lambda value: type(value).__name__,
)
def test_trouble_has_a_kind_and_one_sentence(error: Exception, kind: Access) -> None:
    failure = failure_of(error, PAGE, REFUSED)
    assert failure is not None
    assert failure.kind is kind
    assert failure.message.startswith(PAGE)
    assert "\n" not in failure.message


def test_a_name_that_the_guard_turned_away_is_not_a_dns_failure() -> None:
    failure = failure_of(CannotResolveHostError("no results"), "http://Intranet.example/", REFUSED)
    assert failure is not None
    assert failure.kind is Access.BLOCKED_BY_POLICY
    assert "10.0.0.7" in failure.message


@pytest.mark.parametrize("error", [KeyError("a bug"), ValueError("another"), AttributeError("bug")])
def test_a_bug_is_no_trouble(error: Exception) -> None:
    assert failure_of(error, PAGE, {}) is None


def _retries() -> Retries:
    settings = Settings({"RETRY_TIMES": 2, "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG", "STATS_DUMP": False})
    crawler: Any = SimpleNamespace(settings=settings, spider=Spider("plain", refused=REFUSED))
    crawler.stats = DummyStatsCollector(crawler)
    crawler.spider.crawler = crawler
    return Retries.from_crawler(crawler)


@pytest.mark.parametrize(
    ("url", "error", "attempts"),
    [
        pytest.param(PAGE, DownloadConnectionRefusedError(), 3, id="connection refused"),
        pytest.param(PAGE, DownloadFailedError(), 3, id="connection lost"),
        pytest.param(PAGE, CannotResolveHostError(), 3, id="name not found"),
        pytest.param(PAGE, DownloadTimeoutError(), 1, id="time-out"),
        pytest.param(PAGE, ResponseDataLossError(), 1, id="cut off"),
        pytest.param("http://intranet.example/", CannotResolveHostError(), 1, id="refused by the guard"),
        pytest.param(PAGE, KeyError(), 1, id="a bug"),
    ],
)
def test_how_often_a_request_is_tried(url: str, error: Exception, attempts: int) -> None:
    middleware, request, tried = _retries(), Request(url, meta={"started_at": "then"}), 1
    while isinstance(again := middleware.process_exception(request, error), Request):
        assert "started_at" not in again.meta
        request, tried = again, tried + 1
    assert tried == attempts


# ------------------------------------------------------------------------------- run

INTERRUPTED = """
import asyncio, os, signal, sys
from monitor.model import Page, Role
from monitor.settings import Network
from spiders.crawl import Stamp, Target, crawl, run, utc_now

readings = []

def interrupting_clock():  # is robots.txt known, it leaves, it is there, it is read; the page's request leaves
    readings.append(utc_now())
    if len(readings) == 5:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)  # inside of Twisted it is a bug's
    return readings[-1]

async def main():
    target = Target(Page("a", "acme", sys.argv[1], Role.TERMS))
    network = Network(("127.0.0.1",))
    await crawl([target], network, "pledgewatch/1", Stamp(), lambda *_: None, interrupting_clock)

try:
    run(main)
except KeyboardInterrupt:
    print("interrupted")
"""

RESULTS = """
from spiders.crawl import run

async def main():
    return 6 * 7

async def broken():
    raise LookupError("as it was")

print(run(main))
"""


def _python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_ctrl_c_ends_a_crawl_that_waits() -> None:
    with Loopback({"/": Answer(hangs=True)}) as site:
        done = _python(INTERRUPTED, site.url())
    assert (done.stdout, done.returncode) == ("interrupted\n", 0), done.stderr


def test_run_gives_back_what_the_coroutine_returns() -> None:
    done = _python(RESULTS)
    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)


def test_run_raises_what_the_coroutine_raises() -> None:
    done = _python(RESULTS.replace("print(run(main))", "run(broken)"))
    assert done.stderr.endswith("LookupError: as it was\n")
    assert done.returncode == 1
