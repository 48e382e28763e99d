"""A host that says "not now" is left alone for as long as it asks, within a crawl and in the next one."""

import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.memory import StoredMemory
from monitor.blobs import Blobs
from monitor.errors import StoreError
from monitor.model import Access, Host, Robots
from monitor.settings import Network
from monitor.store import open_store, sqlite_url
from spiders.memory import origin_of
from spiders.patience import retry_after, told_not_now, wait
from tests.crawl_once import START, OneMemory, Wanted, crawl_in_process
from tests.loopback import Answer, Loopback, redirect

OWN = Network(allow_hosts=("127.0.0.1", "localhost"), timeout_seconds=2.0)
ONE_BY_ONE = replace(OWN, concurrent_requests=1)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
PAGE = Answer(body=b"<html><p>We will not.</p></html>")


def not_now(status: int = 429, retry_after: str = "") -> Answer:
    return Answer(status, b"<p>not now</p>", (("Retry-After", retry_after),) if retry_after else ())


def pages(site: Loopback, number: int) -> list[Wanted]:
    return [Wanted(str(n), site.url(f"/{n}")) for n in range(number)]


def origin(site: Loopback) -> str:
    return origin_of(site.url())


# ------------------------------------------------------------------------------- what a header says


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", START),
        ("7", START + 7 * SECOND),
        (" 120 ", START + 120 * SECOND),
        ("86400", START + DAY),
        ("99999999", START + DAY),
        ("9" * 400, START + DAY),
        ("Sun, 01 Mar 2026 00:05:00 GMT", START + 300 * SECOND),
        ("Sunday, 01-Mar-26 00:05:00 GMT", START + 300 * SECOND),
        ("Sun Mar  1 00:05:00 2026", START + 300 * SECOND),
        ("Sun, 01 Mar 2026 02:05:00 +0200", START + 300 * SECOND),
        ("Sun, 01 Mar 2026 00:05:00 -0000", START + 300 * SECOND),
        ("Sat, 28 Feb 2026 00:00:00 GMT", START),
        ("Fri, 31 Dec 9999 23:59:59 GMT", START + DAY),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Sun, 99 Mar 2026 00:00:00 GMT", None),
        ("9" * 9999, None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_retry_after(value: str, expected: datetime | None) -> None:
    assert retry_after(value, START) == expected


@given(st.text() | st.datetimes().map(format_datetime) | st.integers().map(str))
def test_no_header_can_do_more_than_a_day(value: str) -> None:
    until = retry_after(value, START)
    assert until is None or START <= until <= START + DAY


A_HOST = Host("https://a.example")


@pytest.mark.parametrize(
    ("known", "header", "in_a_row", "expected"),
    [
        pytest.param(None, "30", 1, 30 * SECOND, id="it says when"),
        pytest.param(None, "", 1, None, id="it does not say"),
        pytest.param(None, "nonsense", 2, None, id="it says nonsense"),
        pytest.param(None, "", 3, HOUR, id="three in a row"),
        pytest.param(None, "30", 3, HOUR, id="three in a row count more than a short time"),
        pytest.param(None, "7200", 3, 2 * HOUR, id="but not more than a long one"),
        pytest.param(60 * SECOND, "30", 1, 60 * SECOND, id="the longest time that it asked for"),
        pytest.param(-DAY, "30", 1, 30 * SECOND, id="what it said yesterday is over"),
        pytest.param(-DAY, "", 1, -DAY, id="and stays over"),
    ],
)
def test_until_when_a_host_is_left_alone(
    known: timedelta | None, header: str, in_a_row: int, expected: timedelta | None
) -> None:
    host = A_HOST if known is None else replace(A_HOST, not_before=START + known)
    told = told_not_now(host, 429, header, in_a_row, START)
    assert told.not_before == (None if expected is None else START + expected)


@pytest.mark.parametrize(
    ("not_before", "expected"),
    [
        (None, 0 * SECOND),
        (START - SECOND, 0 * SECOND),
        (START + 7 * SECOND, 7 * SECOND),
        (START + DAY, DAY),
        (START + DAY + SECOND, 0 * SECOND),  # we never wait for so long: a clock was wrong
    ],
)
def test_wait(not_before: datetime | None, expected: timedelta) -> None:
    assert wait(not_before, START) == expected


# ------------------------------------------------------------------------------- within a crawl


def test_a_short_wait_costs_no_page() -> None:
    with Loopback({f"/{n}": PAGE for n in range(40)}) as site:
        site.routes |= {"/7": not_now(429, "1"), "/23": not_now(503, "1")}
        outcome = crawl_in_process(pages(site, 40), network=OWN)
    statuses = [fetch.status for _, fetch, _ in outcome.recorded]
    assert sorted(map(str, statuses)) == ["200"] * 38 + ["429", "503"]
    assert outcome.log == ""


def test_during_a_short_wait_nothing_leaves() -> None:
    with Loopback({f"/{n}": not_now(503, "1") for n in range(2)}) as site:
        outcome = crawl_in_process(pages(site, 2), network=ONE_BY_ONE, is_real_time=True)
    first, second = sorted((fetch for _, fetch, _ in outcome.recorded), key=lambda fetch: fetch.started_at)
    assert second.started_at - first.ended_at >= timedelta(seconds=0.99)


@pytest.mark.parametrize("status", [429, 503])
def test_for_a_long_wait_the_rest_is_refused_and_the_next_crawl_obeys(status: int) -> None:
    with Loopback({f"/{n}": not_now(status, "3600") for n in range(20)}) as site:
        wanted = pages(site, 20)
        outcome = crawl_in_process(wanted, wanted, network=ONE_BY_ONE, memory=OneMemory())
        asked = [one.path for one in site.asked]
    assert len(asked) == 2  # robots.txt and one page
    fetched = [fetch for number, fetch, _ in outcome.recorded if number == 0]
    (answered,) = [fetch for fetch in fetched if fetch.status is not None]
    assert (answered.status, answered.failure) == (status, None)
    refused = [fetch for _, fetch, _ in outcome.recorded if fetch is not answered]
    assert len(refused) == 39
    assert {fetch.failure and fetch.failure.kind for fetch in refused} == {Access.RATE_LIMITED}
    known = outcome.hosts[origin(site)]
    assert known.not_before is not None
    assert answered.ended_at < known.not_before - HOUR < answered.ended_at + 5 * SECOND
    message = refused[-1].failure.message if refused[-1].failure else ""
    assert f"{known.not_before:%Y-%m-%d %H:%M:%S} UTC" in message
    assert f"status {status}" in message
    assert outcome.of("3", 1).robots.decision == "allowed"  # by the copy of the first crawl


def test_a_host_that_says_not_now_three_times_in_a_row_is_asked_no_more() -> None:
    with Loopback({f"/{n}": not_now(429 if n % 2 else 503) for n in range(10)}) as site:
        outcome = crawl_in_process(pages(site, 10), network=ONE_BY_ONE, memory=OneMemory())
        asked = [one.path for one in site.asked if one.path != "/robots.txt"]
    assert len(asked) == 3
    known = outcome.hosts[origin(site)]
    assert known.not_before is not None
    assert known.not_before > START + HOUR
    assert "3 times in a row" in known.why


class InTurn(dict[str, Answer]):
    """Answers that come one after the other, whichever page is asked for; there is no robots.txt."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        super().__init__()
        self._answers = iter(answers)

    def get(self, path: str, default: Any = None) -> Any:
        return default if path == "/robots.txt" else next(self._answers)


def test_other_answers_in_between_keep_the_host_open() -> None:
    with Loopback({}) as site:
        site.routes = InTurn([not_now(), not_now(503), PAGE] * 4)
        outcome = crawl_in_process(pages(site, 12), network=ONE_BY_ONE, memory=OneMemory())
    assert [fetch.failure for _, fetch, _ in outcome.recorded] == [None] * 12
    assert outcome.hosts[origin(site)].not_before is None


def test_one_host_does_not_speak_for_another() -> None:
    """They have the same name here, and so the same queue: it is emptied of the one and not of the other."""
    queueing = replace(OWN, own_delay_seconds=0.05)
    with Loopback({}) as busy, Loopback({f"/{n}": PAGE for n in range(9)}) as site:
        busy.routes = InTurn([not_now(429, "3600")] * 9)
        wanted = [
            each for n in range(9) for each in (Wanted(f"busy {n}", busy.url(f"/{n}")), pages(site, 9)[n])
        ]
        outcome = crawl_in_process(wanted, network=queueing, memory=OneMemory())
    assert [outcome.of(str(n)).status for n in range(9)] == [200] * 9
    kinds = [failure.kind for n in range(9) if (failure := outcome.of(f"busy {n}").failure)]
    assert len(kinds) > 5
    assert set(kinds) == {Access.RATE_LIMITED}


def test_robots_txt_that_says_not_now_is_obeyed_too() -> None:
    with Loopback({"/robots.txt": not_now(429, "3600"), "/0": PAGE}) as site:
        wanted = pages(site, 1)
        outcome = crawl_in_process(wanted, wanted, network=OWN, memory=OneMemory())
        asked = [one.path for one in site.asked]
    first, second = outcome.of("0", 0), outcome.of("0", 1)
    assert asked == ["/robots.txt"]
    assert (first.robots.decision, first.failure and first.failure.kind) == (
        "unreachable",
        Access.ROBOTS_DISALLOWED,
    )
    assert (second.robots.decision, second.failure and second.failure.kind) == (
        "not_asked",
        Access.RATE_LIMITED,
    )


def test_what_was_remembered_for_too_far_ahead_is_no_reason() -> None:
    with Loopback({"/0": PAGE}) as site:
        memory = OneMemory([Host(origin(site), not_before=START + 400 * DAY, why="a clock was wrong")])
        assert crawl_in_process(pages(site, 1), network=OWN, memory=memory).of("0").status == 200


def test_at_the_deadline_nobody_waits_any_longer() -> None:
    network = replace(ONE_BY_ONE, deadline_seconds=2.0)
    with Loopback({f"/{n}": not_now(503, "50") for n in range(5)}) as site:
        outcome = crawl_in_process(pages(site, 5), network=network)
    states = [fetch.failure.kind if fetch.failure else fetch.status for _, fetch, _ in outcome.recorded]
    assert sorted(map(str, states)) == ["503", *[str(Access.NOT_REACHED)] * 4]


# ------------------------------------------------------------------------------- a foreign host

#: A crawl of three pages that the guard is not asked about, so that 127.0.0.1 may stand for a foreign host. Prints
#: the seconds that were to lie between two requests, each time after an answer, and what came of the pages.
FOREIGN = """
import sys
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner
from monitor.model import Page, Role
from monitor.settings import Network
from spiders.crawl import Target, run
from spiders.plain import PlainSpider
from spiders.settings import for_network

url, own = sys.argv[1], tuple(sys.argv[2:])

async def main():
    runner = AsyncCrawlerRunner(for_network(Network(own, delay_seconds=0.01), "pledgewatch/1"))
    crawler = runner.create_crawler(PlainSpider)
    distances, states = [], []

    def answered(request):
        slot = crawler.engine.downloader.slots["127.0.0.1"]
        distances.append(round(slot.delay * (1 - slot.jitter), 3))

    crawler.signals.connect(answered, signal=signals.request_left_downloader)
    targets = [Target(Page(str(n), "acme", f"{url}{n}", Role.TERMS)) for n in range(3)]
    record = lambda fetch, body, screenshot: states.append(str(fetch.failure.kind if fetch.failure else fetch.status))
    await runner.crawl(crawler, targets=targets, record=record)
    print(distances[1:], sorted(states))  # without the distance before robots.txt was read

run(main)
"""


def _foreign(site: Loopback, *own: str) -> str:
    command = [sys.executable, "-W", "error", "-c", FOREIGN, site.url(), *own]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.parametrize(("own", "distance"), [((), "0.2"), (("127.0.0.1",), "0.0")], ids=["foreign", "own"])
def test_the_distance_that_a_host_asks_for_holds_for_all_of_a_crawl(
    own: tuple[str, ...], distance: str
) -> None:
    """AutoThrottle would shorten it after each quick answer; our own host has the operator's."""
    robots = Answer(body=b"User-agent: *\nCrawl-delay: 0.2")
    with Loopback({f"/{n}": PAGE for n in range(3)} | {"/robots.txt": robots}) as site:
        assert _foreign(site, *own) == f"[{distance}, {distance}, {distance}] ['200', '200', '200']"


def test_what_already_waits_for_its_turn_is_refused_too() -> None:
    with Loopback({f"/{n}": not_now(429, "3600") for n in range(3)}) as site:
        said = _foreign(site)
    assert said.endswith("['429', 'rate_limited', 'rate_limited']")
    assert len(site.asked) == 2


# ------------------------------------------------------------------------------- what we send


def test_a_second_host_learns_nothing_from_the_first() -> None:
    """V18, V19: no credentials, no cookies, no Referer, no validators, whatever the first one asks for."""
    with Loopback({"/": PAGE}) as second, Loopback({}) as first:
        away = redirect(second.url("/", "localhost"))
        asks = (
            ("Set-Cookie", "session=secret"),
            ("WWW-Authenticate", 'Basic realm="x"'),
            ("Referrer-Policy", "os.system"),
        )
        first.routes["/"] = replace(away, headers=(*away.headers, *asks))
        wanted = [
            Wanted(
                "a", first.url("/"), language="de", etag='"v1"', last_modified="Sun, 01 Mar 2026 00:00:00 GMT"
            )
        ]
        outcome = crawl_in_process(wanted, wanted, network=OWN)
    assert (outcome.of("a").status, outcome.log) == (200, "")
    sent = [{name.lower() for name in one.headers} for one in second.asked if one.path == "/"]
    assert sent == 2 * [{"host", "user-agent", "accept", "accept-language", "accept-encoding"}]
    assert [one.headers["If-None-Match"] for one in first.asked if one.path == "/"] == ['"v1"', '"v1"']
    assert not any(
        {"Cookie", "Authorization", "Referer"} & set(one.headers) for one in first.asked + second.asked
    )


def test_an_address_with_a_password_is_never_asked_for() -> None:
    with Loopback({"/": PAGE}) as site:
        fetch = crawl_in_process([Wanted("a", site.url("/", "us:secret@127.0.0.1"))], network=OWN).of("a")
    assert fetch.failure is not None
    assert fetch.failure.kind is Access.BLOCKED_BY_POLICY
    assert site.asked == []


def test_what_is_fetched_need_not_be_a_watched_page() -> None:
    """A probe of a random address, a document that is newly linked; and the same page twice."""
    with ExitStack() as stack:
        site = stack.enter_context(Loopback({"/terms": PAGE, "/new.pdf": PAGE}))
        wanted = [
            Wanted("", site.url("/0f9c2b7e")),
            Wanted("heron/terms\n~linked", site.url("/new.pdf")),
            Wanted("heron/terms", site.url("/terms")),
            Wanted("heron/terms", site.url("/terms")),
        ]
        outcome = crawl_in_process(wanted, network=OWN)
    assert sorted((fetch.page_id, fetch.status) for _, fetch, _ in outcome.recorded) == [
        ("", 404),
        ("heron/terms", 200),
        ("heron/terms", 200),
        ("heron/terms\n~linked", 200),
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://A.example:443/terms?x=1#y", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://a.example:443/", "http://a.example:443"),
        ("https://a.example:8443/", "https://a.example:8443"),
        ("http://[::1]/", "http://[::1]"),
    ],
)
def test_origins(url: str, expected: str) -> None:
    assert origin_of(url) == expected


# ------------------------------------------------------------------------------- in the store


def test_the_store_remembers_hosts_and_keeps_their_robots_txt_as_evidence(tmp_path: Path) -> None:
    body = b"User-agent: *\nDisallow: /x"
    robots = Robots("allowed", "https://a.example/robots.txt", sha256(body).hexdigest(), START)
    with open_store(sqlite_url(tmp_path / "store.db"), Blobs(tmp_path / "blobs")) as store:
        memory = StoredMemory(store)
        assert memory.host(A_HOST.origin) == A_HOST
        memory.remember(replace(A_HOST, robots=robots), body)
        memory.remember(replace(memory.host(A_HOST.origin), not_before=START + HOUR, why="it is busy"))
        assert memory.host(A_HOST.origin) == Host(A_HOST.origin, robots, START + HOUR, "it is busy")
        assert memory.robots_body(robots.sha256) == body
        with pytest.raises(StoreError):
            memory.robots_body("0" * 64)
