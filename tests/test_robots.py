"""RFC 9309, case by case, by the real spider against a real server: may we, and did we ask for the page?

All cases are fetched in one crawl, each from an origin of its own.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

import pytest

from monitor.model import Access, Host, Robots
from monitor.settings import Network
from spiders.robots import LONGEST_CRAWL_DELAY, of_copy
from tests.crawl_once import START, OneMemory, Outcome, Wanted, crawl_in_process
from tests.loopback import Answer, Loopback, redirect

QUICK = Network(allow_hosts=("127.0.0.1",), timeout_seconds=1.0, max_redirects=2)
ALLOWED, DISALLOWED, UNREACHABLE = "allowed", "disallowed", "unreachable"
KEEP_OUT = b"User-agent: *\nDisallow: /\n"
FILLING = b"#" * 99 + b"\n"


def _hops(number: int) -> dict[str, Answer]:
    """/robots.txt redirects so often, and then keeps us out."""
    places = ["/robots.txt", *(f"/hop-{n}" for n in range(1, number)), "/rules"]
    hops = {here: redirect(there) for here, there in pairwise(places)}
    return hops | {"/rules": Answer(body=KEEP_OUT)}


@dataclass(frozen=True)
class Case:
    """What /robots.txt answers, for which page, and what that means."""

    decision: str
    robots: bytes | Answer | dict[str, Answer]
    page: str = "/terms"

    @property
    def routes(self) -> dict[str, Answer]:
        if isinstance(self.robots, dict):
            return self.robots
        return {"/robots.txt": self.robots if isinstance(self.robots, Answer) else Answer(body=self.robots)}


CASES = {
    # 2.2.1: which group is ours
    "all are kept out": Case(DISALLOWED, b"User-agent: *\nDisallow: /"),
    "somebody else is": Case(ALLOWED, b"User-agent: otherbot\nDisallow: /"),
    "our group counts, not everybody's": Case(
        ALLOWED, b"User-agent: *\nDisallow: /\n\nUser-agent: pledgewatch\nDisallow: /x"
    ),
    "our group stands first": Case(
        ALLOWED, b"User-agent: pledgewatch\nDisallow: /x\n\nUser-agent: *\nDisallow: /"
    ),
    "our name in another case": Case(DISALLOWED, b"User-agent: PledgeWATCH\nDisallow: /"),
    "our name with a version": Case(DISALLOWED, b"User-agent: pledgewatch/1.0\nDisallow: /"),
    "a longer name": Case(ALLOWED, b"User-agent: pledgewatch-images\nDisallow: /"),
    "a shorter name": Case(ALLOWED, b"User-agent: pledge\nDisallow: /"),
    "several names share a group": Case(
        DISALLOWED, b"User-agent: otherbot\nUser-agent: pledgewatch\nUser-agent: third\nDisallow: /"
    ),
    "two groups of ours are one": Case(
        DISALLOWED,
        b"User-agent: pledgewatch\nDisallow: /x\n\nUser-agent: *\nAllow: /\n\nUser-agent: pledgewatch\nDisallow: /terms",
    ),
    "a blank line in a group": Case(DISALLOWED, b"User-agent: *\n\n\nDisallow: /"),
    "a sitemap between names": Case(
        DISALLOWED,
        b"User-agent: pledgewatch\nSitemap: https://a.example/s.xml\nUser-agent: other\nDisallow: /",
    ),
    "rules before any name": Case(ALLOWED, b"Disallow: /\nUser-agent: otherbot\nDisallow: /"),
    # 2.2.2: which rule is meant
    "an empty rule": Case(ALLOWED, b"User-agent: *\nDisallow:"),
    "a prefix": Case(DISALLOWED, b"User-agent: *\nDisallow: /ter"),
    "paths have a case": Case(ALLOWED, b"User-agent: *\nDisallow: /Terms"),
    "the longest rule allows": Case(ALLOWED, b"User-agent: *\nAllow: /terms/open\nDisallow: /terms", "/terms/open/a"),
    "the longest rule disallows": Case(DISALLOWED, b"User-agent: *\nDisallow: /terms/a\nAllow: /terms", "/terms/a"),
    "of two as long, the one that allows": Case(ALLOWED, b"User-agent: *\nDisallow: /terms\nAllow: /terms"),
    "the query counts": Case(DISALLOWED, b"User-agent: *\nDisallow: /terms?print=", "/terms?print=1"),
    "a percent-encoded rule": Case(DISALLOWED, b"User-agent: *\nDisallow: /%74erms"),
    "a percent-encoded page": Case(DISALLOWED, b"User-agent: *\nDisallow: /foo/bar/\xe3\x83\x84", "/foo/bar/%E3%83%84"),
    "an encoded slash is none": Case(ALLOWED, b"User-agent: *\nDisallow: /a%2Fb", "/a/b"),
    # 2.2.3: special characters
    "* stands for anything": Case(DISALLOWED, b"User-agent: *\nDisallow: /*/private/*.html", "/a/private/b/c.html"),
    "* stands for nothing": Case(DISALLOWED, b"User-agent: *\nDisallow: /te*rms*"),
    "$ is the end": Case(DISALLOWED, b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf"),
    "$ is not before the query": Case(ALLOWED, b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf?v=2"),
    "comments": Case(DISALLOWED, b"# hi\nUser-agent: * # all of you\nDisallow: /terms # closed"),
    # 2.1, 2.2.4, 2.3: lines, other records, bytes
    "fields in any case, blanks around": Case(DISALLOWED, b"\t uSeR-aGeNt \t:  *  \n  DISALLOW\t:\t/terms \t"),
    "unknown lines": Case(DISALLOWED, b">>>\nUser-agent: *\nNoindex: /x\nCrawl-delay: soon\nno colon\nDisallow: /"),
    "lines end with CR LF": Case(DISALLOWED, b"User-agent: pledge\r\nDisallow: /x\r\nUser-agent: *\r\nDisallow: /"),
    "lines end with CR": Case(DISALLOWED, b"User-agent: pledge\rAllow: /\r\rUser-agent: *\rDisallow: /"),
    "a byte order mark": Case(DISALLOWED, b"\xef\xbb\xbfUser-agent: *\nDisallow: /"),
    "bytes that are not UTF-8": Case(DISALLOWED, b"# caf\xe9 \xff\x00\nUser-agent: *\nDisallow: /"),
    "500 KiB are read": Case(DISALLOWED, FILLING * 5_119 + KEEP_OUT),
    "what comes after is not": Case(ALLOWED, FILLING * 5_200 + KEEP_OUT),
    "an empty file": Case(ALLOWED, b""),
    "a web page": Case(ALLOWED, b"\n<!doctype html><p>User-agent: *\nDisallow: /</p>"),
    # 2.3.1: access
    "not found": Case(ALLOWED, Answer(404, KEEP_OUT)),
    "gone": Case(ALLOWED, Answer(410, KEEP_OUT)),
    "unauthorized": Case(ALLOWED, Answer(401, KEEP_OUT)),
    "forbidden": Case(ALLOWED, Answer(403, KEEP_OUT)),
    "too many requests": Case(UNREACHABLE, Answer(429, b"")),
    "server error": Case(UNREACHABLE, Answer(500, b"User-agent: *\nAllow: /")),
    "unavailable": Case(UNREACHABLE, Answer(503, b"")),
    "five redirects": Case(DISALLOWED, _hops(5)),
    "six redirects": Case(UNREACHABLE, _hops(6)),
    "a redirect to nowhere": Case(UNREACHABLE, Answer(302, headers=())),
    "a redirect to a file": Case(UNREACHABLE, redirect("file:///etc/hostname")),
    "a redirect to a private address": Case(UNREACHABLE, redirect("http://127.1/robots.txt")),
    "a redirect with a password": Case(UNREACHABLE, redirect("http://us:secret@127.0.0.1/robots.txt")),
    "reset": Case(UNREACHABLE, Answer(raw=b"\r\n")),
    "not HTTP": Case(UNREACHABLE, Answer(raw=b"220 mail.example ESMTP\r\n")),
    "cut off": Case(UNREACHABLE, Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nUser-agent: *\n")),
    "no answer in time": Case(UNREACHABLE, Answer(hangs=True)),
}  # fmt: skip


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Loopback]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Loopback(case.routes)) for name, case in CASES.items()}


@pytest.fixture(scope="module")
def outcome(sites: dict[str, Loopback]) -> Outcome:
    wanted = [Wanted(name, sites[name].url(case.page)) for name, case in CASES.items()]
    return crawl_in_process(wanted, network=QUICK, memory=OneMemory())


def test_the_standard_has_more_than_thirty_cases() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize("name", CASES)
def test_rfc_9309(name: str, outcome: Outcome, sites: dict[str, Loopback]) -> None:
    case, fetch = CASES[name], outcome.of(name)
    assert fetch.robots.decision == case.decision
    assert (case.page in {one.path for one in sites[name].asked}) is (case.decision == ALLOWED)
    assert (fetch.failure is None) is (case.decision == ALLOWED)


@pytest.mark.parametrize("name", CASES)
def test_every_decision_names_its_evidence(name: str, outcome: Outcome, sites: dict[str, Loopback]) -> None:
    robots = outcome.of(name).robots
    assert robots.url == sites[name].url("/robots.txt")
    assert robots.fetched_at is not None
    assert robots.fetched_at > START
    rules = [answer.body for answer in CASES[name].routes.values() if answer.status == 200 and answer.body]
    wanted = sha256(rules[0]).hexdigest() if rules and robots.decision != UNREACHABLE else ""
    assert robots.sha256 == wanted


def test_pages_are_followed_only_as_far_as_the_operator_says() -> None:
    routes = {"/1": redirect("/2"), "/2": redirect("/3"), "/3": redirect("/4"), "/4": Answer()}
    with Loopback(routes) as site:
        outcome = crawl_in_process(
            [Wanted("two", site.url("/2")), Wanted("three", site.url("/1"))], network=QUICK
        )
    assert (outcome.of("two").status, outcome.of("two").failure) == (200, None)
    failure = outcome.of("three").failure
    assert failure is not None
    assert (failure.kind, failure.message.endswith("more than 2 times")) == (Access.ERROR_PAGE, True)


def test_only_a_good_answer_is_remembered(outcome: Outcome, sites: dict[str, Loopback]) -> None:
    for name, case in CASES.items():
        known = outcome.hosts.get(sites[name].url("").rstrip("/"))
        assert (known is None) == (case.decision == UNREACHABLE), name
        if known is not None:
            fetch = outcome.of(name)
            assert (known.robots.decision, known.robots.sha256) == ("allowed", fetch.robots.sha256)


# ------------------------------------------------------------------------------- from crawl to crawl

HOUR = timedelta(hours=1)
REMEMBERED = {
    "a day minus an hour old": (Robots("allowed", "", sha256(KEEP_OUT).hexdigest(), START - 23 * HOUR), False),
    "a day old": (Robots("allowed", "", sha256(KEEP_OUT).hexdigest(), START - 24 * HOUR), True),
    "from the future": (Robots("allowed", "", sha256(KEEP_OUT).hexdigest(), START + 9 * HOUR), True),
    "there was none": (Robots("allowed", "", "", START - HOUR), False),
    "damaged": (Robots("allowed", "", "0" * 64, START - HOUR), True),
    "never asked": (Robots("not_asked"), True),
}  # fmt: skip


def test_a_good_copy_is_used_for_a_day() -> None:
    with ExitStack() as stack:
        here = {
            name: stack.enter_context(Loopback({"/robots.txt": Answer(body=b"User-agent: *\nAllow: /")}))
            for name in REMEMBERED
        }
        known = [Host(here[name].url("").rstrip("/"), robots) for name, (robots, _) in REMEMBERED.items()]
        outcome = crawl_in_process(
            [Wanted(name, site.url("/terms")) for name, site in here.items()],
            network=QUICK,
            memory=OneMemory(known, [KEEP_OUT]),
        )
    asked = {name: "/robots.txt" in {one.path for one in site.asked} for name, site in here.items()}
    assert asked == {name: is_asked for name, (_, is_asked) in REMEMBERED.items()}
    decisions = {name: outcome.of(name).robots.decision for name in REMEMBERED}
    assert decisions == dict.fromkeys(REMEMBERED, "allowed") | {"a day minus an hour old": "disallowed"}


def test_a_copy_of_today_is_good_while_the_server_is_not() -> None:
    fine = b"User-agent: *\nDisallow: /x"
    with Loopback({"/robots.txt": Answer(body=fine)}) as site:
        memory = OneMemory(
            [Host(site.url("").rstrip("/"), Robots("allowed", "", sha256(fine).hexdigest(), START))], [fine]
        )
        site.routes["/robots.txt"] = Answer(500)
        fetch = crawl_in_process([Wanted("a", site.url("/terms"))], network=QUICK, memory=memory).of("a")
    assert (fetch.status, fetch.robots.fetched_at) == (404, START)


def test_robots_txt_is_asked_for_once_in_two_crawls() -> None:
    with Loopback({"/robots.txt": Answer(body=b"User-agent: *\nDisallow: /x")}) as site:
        again = [Wanted("a", site.url("/terms"))]
        outcome = crawl_in_process(again, again, network=QUICK, memory=OneMemory())
    assert [one.path for one in site.asked] == ["/robots.txt", "/terms", "/terms"]
    assert outcome.of("a", 0).robots == outcome.of("a", 1).robots


def test_when_nothing_can_be_remembered_the_crawl_ends_and_says_so() -> None:
    with Loopback({}) as site:
        wanted = [Wanted(str(n), site.url(f"/{n}")) for n in range(20)]
        outcome = crawl_in_process(wanted, network=QUICK, memory=OneMemory(is_full=True))
    assert (outcome.raised, outcome.log) == ("the disk is full", "")
    assert outcome.recorded == ()


# ------------------------------------------------------------------------------- the distance it asks for


@pytest.mark.parametrize(
    ("robots", "seconds"),
    [
        (b"User-agent: *\nCrawl-delay: 10", 10.0),
        (b"User-agent: *\nCrawl-delay: 0.5", 0.5),
        (b"User-agent: *\nCrawl-delay: 5\n\nUser-agent: pledgewatch\nCrawl-delay: 20", 20.0),
        (b"User-agent: otherbot\nCrawl-delay: 10", 0.0),
        (b"User-agent: *\nCrawl-delay: 86400", LONGEST_CRAWL_DELAY),
        (b"User-agent: *\nCrawl-delay: -1", 0.0),
        (b"User-agent: *\nCrawl-delay: inf", 0.0),
        (b"User-agent: *\nCrawl-delay: nan", 0.0),
        (b"User-agent: *\nCrawl-delay: soon", 0.0),
        (b"User-agent: *\nDisallow:", 0.0),
        (b"<html>Crawl-delay: 10</html>", 0.0),
    ],
)
def test_crawl_delay(robots: bytes, seconds: float) -> None:
    assert of_copy(Robots("allowed"), robots).crawl_delay == seconds


def test_a_page_kept_out_says_so_in_one_sentence(outcome: Outcome) -> None:
    failure = outcome.of("all are kept out").failure
    assert failure is not None
    assert failure.kind is Access.ROBOTS_DISALLOWED
    assert "asks us to stay away" in failure.message
