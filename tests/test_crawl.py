"""Whole crawls against real servers on 127.0.0.1: every target gives exactly one Fetch, whatever happens.

The pages of the first part are all fetched in one crawl, by one process; each test then looks at one of them.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from monitor.model import Access, Failure, Redirect, Robots
from monitor.settings import Network
from tests.crawl_once import START, Outcome, Wanted, crawl_in_process
from tests.loopback import Answer, Loopback, redirect, self_signed
from tests.sockets import deaf_port

PAGE = (
    b"<!doctype html><html><body>" + b"<p>We will not sell face recognition.</p>\n" * 40 + b"</body></html>\n"
)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
QUICK = Network(
    allow_hosts=("127.0.0.1", "localhost"), delay_seconds=0.0, timeout_seconds=1.0, max_bytes=100_000
)


def _raw(head: str, body: bytes = PAGE, version: str = "1.1") -> Answer:
    return Answer(raw=f"HTTP/{version} 200 OK\r\n{head}\r\n".encode("latin-1") + body)


def _encoded(coding: str, body: bytes) -> Answer:
    return Answer(body=body, headers=(*HTML, ("Content-Encoding", coding)))


ROUTES = {
    "/good": Answer(body=PAGE, headers=(*HTML, ("X-Twice", "one"), ("X-Twice", "two"))),
    "/gzip": _encoded("gzip", gzip.compress(PAGE)),
    "/unchanged": Answer(body=PAGE, etag='"v1"'),
    "/empty": Answer(body=b""),
    "/broken": Answer(500, b"<p>broken</p>"),
    "/moved": redirect("/moved-again", 301),
    "/moved-again": redirect("/good", 302),
    "/loop": redirect("/loop"),
    "/to-file": redirect("file:///etc/passwd"),
    "/to-no-host": redirect("http://a..b/"),
    "/to-private": redirect("http://127.1/"),
    "/to-user": redirect("http://user@127.0.0.1/"),
    "/cut-gzip": _encoded("gzip", gzip.compress(PAGE)[:-30]),
    "/unknown-coding": _encoded("compress", b"xyz"),
    "/bomb": _encoded("gzip", gzip.compress(bytes(5_000_000))),
    "/lying-length": _raw("Content-Type: text/html\r\nContent-Length: 99999\r\n"),
    "/no-length-whole": _raw("Content-Type: text/html\r\n", version="1.0"),
    "/no-length-cut": _raw("Content-Type: text/html\r\n", PAGE[:100], version="1.0"),
    "/huge": Answer(body=b"x" * 200_000),
    "/endless": _raw("Content-Type: text/html\r\nConnection: close\r\n", b"x" * 300_000),
    "/odd-headers": _raw("X-Odd: caf\xe9 \xff\r\nContent-Length: 2\r\n", b"ok"),
    "/not-http": Answer(raw=b"220 mail.example ESMTP\r\n"),
    "/slow": Answer(hangs=True),
    "/private/page": Answer(body=PAGE),
    "/robots.txt": Answer(body=b"User-agent: *\nAllow: /\n\nUser-agent: pledgewatch\nDisallow: /private/\n"),
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return self_signed(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture(scope="module")
def sites(certificate: tuple[Path, Path]) -> Iterator[dict[str, Loopback]]:
    with ExitStack() as stack:
        sites = {
            "main": Loopback(ROUTES),
            "not now": Loopback(
                {"/busy": Answer(503, b"<p>busy</p>"), "/too-many": Answer(429, b"<p>slow down</p>")}
            ),
            "robots 503": Loopback({"/": Answer(body=PAGE), "/robots.txt": Answer(503, b"busy")}),
            "robots html": Loopback({"/": Answer(body=PAGE), "/robots.txt": Answer(body=PAGE)}),
            "robots forbidden": Loopback({"/": Answer(body=PAGE), "/robots.txt": Answer(403, b"no")}),
            "no robots": Loopback({"/": Answer(body=PAGE)}),
            "robots loop": Loopback({"/": Answer(body=PAGE), "/robots.txt": redirect("/robots.txt")}),
            "robots cut": Loopback({"/": Answer(body=PAGE), "/robots.txt": ROUTES["/cut-gzip"]}),
            "robots moved": Loopback(
                {
                    "/private": Answer(body=PAGE),
                    "/robots.txt": redirect("/rules"),
                    "/rules": Answer(body=b"User-agent: *\nDisallow: /private", headers=()),
                }
            ),
            "tls": Loopback({"/": Answer(body=PAGE)}, certificate),
            "tls, other name": Loopback({"/": Answer(body=PAGE)}, certificate),
        }
        yield {name: stack.enter_context(site) for name, site in sites.items()}


@pytest.fixture(scope="module")
def wanted(sites: dict[str, Loopback]) -> Iterator[list[Wanted]]:
    main = sites["main"]
    with deaf_port() as deaf:
        refusing = f"http://127.0.0.1:{deaf}/"
        wanted = [
            Wanted(path, main.url(path)) for path in ROUTES if path not in ("/unchanged", "/robots.txt")
        ]
        wanted += [
            Wanted(name, site.url("/"))
            for name, site in sites.items()
            if name.startswith(("robots", "no robots"))
        ]
        wanted += [
            Wanted(
                "/unchanged",
                main.url("/unchanged"),
                etag='"v1"',
                last_modified="Sun, 01 Mar 2026 00:00:00 GMT",
            ),
            *(Wanted(path, sites["not now"].url(path)) for path in ("/busy", "/too-many")),
            Wanted("/missing", main.url("/missing"), language="de"),
            Wanted("same again", main.url("/good")),
            Wanted("with fragment", main.url("/good#section-3")),
            Wanted("robots moved, private", sites["robots moved"].url("/private")),
            Wanted("refusing", refusing),
            Wanted("no such name", "http://no-such-host.invalid/"),
            Wanted("not a url", "ftp://127.0.0.1/terms"),
            Wanted("tls", sites["tls"].url("/", "localhost")),
            Wanted("tls, other name", sites["tls, other name"].url("/")),
        ]
        yield wanted


@pytest.fixture(scope="module")
def outcome(wanted: list[Wanted], certificate: tuple[Path, Path]) -> Outcome:
    return crawl_in_process(wanted, network=QUICK, environ={"SSL_CERT_FILE": str(certificate[0])})


def test_every_target_gives_exactly_one_fetch_and_nothing_is_logged(
    outcome: Outcome, wanted: list[Wanted]
) -> None:
    ids = [fetch.page_id for _, fetch, _ in outcome.recorded]
    assert sorted(ids) == sorted(one.id for one in wanted)
    assert (outcome.raised, outcome.log) == ("", "")


def test_a_page_with_all_its_facts(outcome: Outcome, sites: dict[str, Loopback]) -> None:
    fetch, main = outcome.of("/good"), sites["main"]
    assert outcome.body("/good") == PAGE
    assert (fetch.requested_url, fetch.final_url) == (main.url("/good"), main.url("/good"))
    assert (fetch.status, fetch.failure, fetch.redirects) == (200, None, ())
    assert (fetch.body_sha256, fetch.body_bytes) == (sha256(PAGE).hexdigest(), len(PAGE))
    assert [value for name, value in fetch.headers if name == "X-Twice"] == ["one", "two"]
    assert fetch.header("content-type") == "text/html; charset=utf-8"
    assert fetch.ip_address == "127.0.0.1"
    assert fetch.certificate_sha256 == ""
    assert fetch.user_agent == "pledgewatch/1.2.3 (+https://watch.example/contact)"
    assert (fetch.program_version, fetch.config_sha256) == ("1.2.3", "c0ffee")
    assert START < fetch.started_at < fetch.ended_at
    assert fetch.robots.fetched_at is not None
    assert START < fetch.robots.fetched_at < fetch.ended_at
    assert replace(fetch.robots, fetched_at=None) == Robots(
        "allowed", main.url("/robots.txt"), sha256(ROUTES["/robots.txt"].body).hexdigest()
    )


def test_the_request_says_who_asks_and_for_what(outcome: Outcome, sites: dict[str, Loopback]) -> None:
    asked = {one.path: one for one in sites["main"].asked}
    assert asked["/missing"].headers["Accept-Language"] == "de"
    assert asked["/missing"].headers["User-Agent"] == outcome.of("/missing").user_agent
    assert asked["/unchanged"].headers["If-None-Match"] == '"v1"'
    assert asked["/unchanged"].headers["If-Modified-Since"] == "Sun, 01 Mar 2026 00:00:00 GMT"
    assert not {"Cookie", "Referer", "If-None-Match"} & set(asked["/good"].headers)


def test_robots_txt_is_asked_once_a_crawl(outcome: Outcome, sites: dict[str, Loopback]) -> None:
    assert [one.path for one in sites["main"].asked].count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("page", "status", "body"),
    [
        ("/gzip", 200, PAGE),
        ("/unchanged", 304, b""),
        ("/empty", 200, b""),
        ("/missing", 404, b"<p>no such page</p>"),
        ("/broken", 500, b"<p>broken</p>"),
        ("/busy", 503, b"<p>busy</p>"),
        ("/too-many", 429, b"<p>slow down</p>"),
        ("/no-length-whole", 200, PAGE),
        ("same again", 200, PAGE),
        ("with fragment", 200, PAGE),
        ("robots html", 200, PAGE),
        ("robots forbidden", 200, PAGE),
        ("no robots", 200, PAGE),
        ("tls", 200, PAGE),
    ],
)
def test_answers_are_recorded_with_status_and_body(
    outcome: Outcome, page: str, status: int, body: bytes
) -> None:
    fetch = outcome.of(page)
    assert (fetch.failure, fetch.status, outcome.body(page)) == (None, status, body)
    assert fetch.body_sha256 == (sha256(body).hexdigest() if body else "")


def test_an_answer_that_asks_for_patience_is_not_asked_again(
    outcome: Outcome, sites: dict[str, Loopback]
) -> None:
    paths = [one.path for site in ("not now", "main") for one in sites[site].asked]
    assert [paths.count(path) for path in ("/busy", "/too-many", "/broken")] == [1, 1, 1]


def test_redirects_are_followed_and_kept(outcome: Outcome, sites: dict[str, Loopback]) -> None:
    fetch, main = outcome.of("/moved"), sites["main"]
    assert fetch.redirects == (Redirect(main.url("/moved"), 301), Redirect(main.url("/moved-again"), 302))
    assert (fetch.final_url, fetch.status, fetch.body_bytes) == (main.url("/good"), 200, len(PAGE))


@pytest.mark.parametrize(
    ("page", "kind", "status"),
    [
        ("/loop", Access.ERROR_PAGE, 302),
        ("/to-file", Access.BLOCKED_BY_POLICY, 302),
        ("/to-private", Access.BLOCKED_BY_POLICY, None),
        ("/to-user", Access.BLOCKED_BY_POLICY, None),
        ("/to-no-host", Access.BLOCKED_BY_POLICY, 302),
        ("/cut-gzip", Access.PARTIAL, 200),
        ("/unknown-coding", Access.UNSUPPORTED, 200),
        ("/bomb", Access.TOO_LARGE, 200),
        ("/lying-length", Access.PARTIAL, None),
        ("/no-length-cut", Access.PARTIAL, 200),
        ("/huge", Access.TOO_LARGE, None),
        ("/endless", Access.TOO_LARGE, None),
        ("/not-http", Access.CONNECTION, None),
        ("/slow", Access.TIMEOUT, None),
        ("/private/page", Access.ROBOTS_DISALLOWED, None),
        ("robots 503", Access.ROBOTS_DISALLOWED, None),
        ("robots loop", Access.ERROR_PAGE, None),
        ("robots cut", Access.PARTIAL, None),
        ("robots moved, private", Access.ROBOTS_DISALLOWED, None),
        ("refusing", Access.CONNECTION, None),
        ("no such name", Access.DNS, None),
        ("not a url", Access.BLOCKED_BY_POLICY, None),
        ("tls, other name", Access.TLS, None),
    ],
)
def test_trouble_is_recorded_as_a_failure(
    outcome: Outcome, page: str, kind: Access, status: int | None
) -> None:
    fetch = outcome.of(page)
    assert fetch.failure is not None
    assert (fetch.failure.kind, fetch.status) == (kind, status)
    assert (outcome.body(page), fetch.body_sha256, fetch.body_bytes) == (b"", "", 0)
    assert "\n" not in fetch.failure.message


@pytest.mark.parametrize(
    ("page", "decision"),
    [
        ("/private/page", "disallowed"),
        ("robots 503", "unreachable"),
        ("robots loop", "unreachable"),
        ("robots cut", "unreachable"),
        ("refusing", "unreachable"),
        ("robots moved, private", "disallowed"),
        ("robots html", "allowed"),
        ("robots forbidden", "allowed"),
        ("not a url", "not_asked"),
    ],
)
def test_the_robots_decision_is_kept(outcome: Outcome, page: str, decision: str) -> None:
    assert outcome.of(page).robots.decision == decision


def test_a_page_that_robots_txt_forbids_is_never_asked_for(
    outcome: Outcome, sites: dict[str, Loopback]
) -> None:
    assert "/private/page" not in {one.path for one in sites["main"].asked}
    assert {one.path for one in sites["robots 503"].asked} == {"/robots.txt"}


def test_header_bytes_of_any_kind_are_kept(outcome: Outcome) -> None:
    assert outcome.of("/odd-headers").header("X-Odd") == "caf\xe9 \xff"


def test_the_certificate_is_kept(outcome: Outcome, certificate: tuple[Path, Path]) -> None:
    der = x509.load_pem_x509_certificate(certificate[0].read_bytes()).public_bytes(Encoding.DER)
    assert outcome.of("tls").certificate_sha256 == sha256(der).hexdigest()


# ------------------------------------------------------------------------------- other crawls


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: tuple[Path, Path]) -> None:
    with Loopback({"/": Answer(body=PAGE)}, certificate) as site:
        fetch = crawl_in_process([Wanted("a", site.url("/", "localhost"))], network=QUICK).of("a")
    assert fetch.failure is not None
    assert fetch.failure.kind is Access.TLS
    assert site.asked == []


def test_several_crawls_one_after_the_other_in_one_process() -> None:
    with Loopback({"/": Answer(body=PAGE, etag='"v1"')}) as site:
        first, second = [Wanted("a", site.url())], [Wanted("a", site.url(), etag='"v1"')]
        outcome = crawl_in_process(first, [], second, network=QUICK)
    assert (outcome.of("a", 0).status, outcome.of("a", 2).status) == (200, 304)
    assert outcome.of("a", 0).ended_at < outcome.of("a", 2).started_at


SPELLINGS = (
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "0",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "LOCALHOST",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[::1]",
)


def test_no_connection_to_a_private_address_however_it_is_spelt() -> None:
    with Loopback({"/": Answer(body=PAGE)}) as site:
        outcome = crawl_in_process(
            [Wanted(spelling, site.url("/", spelling)) for spelling in SPELLINGS],
            network=Network(delay_seconds=0.0, timeout_seconds=5.0),
        )
    failures = [outcome.of(spelling).failure or Failure(Access.OK, "") for spelling in SPELLINGS]
    assert {failure.kind for failure in failures} == {Access.BLOCKED_BY_POLICY}
    assert "network.allow_hosts" in failures[0].message
    assert site.asked == []


def test_when_record_fails_the_crawl_stops_and_says_so() -> None:
    with Loopback({f"/{n}": Answer(body=PAGE) for n in range(50)}) as site:
        wanted = [Wanted(str(n), site.url(f"/{n}")) for n in range(50)]
        outcome = crawl_in_process(wanted, network=QUICK, record_fails_at=3)
    assert outcome.raised == "the disk is full"
    assert len(outcome.recorded) == 3
    assert len(site.asked) < 50


def test_at_the_deadline_what_is_left_is_recorded_as_not_reached() -> None:
    network = Network(
        allow_hosts=("127.0.0.1",), own_delay_seconds=0.4, deadline_seconds=0.6, concurrent_requests=1
    )
    with Loopback({}) as site:
        wanted = [Wanted(str(n), site.url(f"/{n}")) for n in range(20)]
        outcome = crawl_in_process(wanted, network=network)
    states = [fetch.failure.kind if fetch.failure else fetch.status for _, fetch, _ in outcome.recorded]
    assert len(states) == 20
    assert set(states) == {404, Access.NOT_REACHED}
    assert len(site.asked) < 20
