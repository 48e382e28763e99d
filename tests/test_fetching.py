"""A whole check against real servers: what is asked besides the pages, and what is decided when much fails."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.due import due_pages
from app.home import Home
from monitor.model import Fetch, Host
from monitor.store import fetches, hosts
from spiders.crawl import utc_now
from tests.homes import Screen, at_home, program
from tests.loopback import Answer, Loopback, redirect

PADDING = "".join(
    f"<p>Paragraph {i} speaks of fees, notices and holidays of kind {i}.</p>" for i in range(40)
)
PROMISE = "We will not sell facial recognition technology to police departments."


def page(*parts: str) -> Answer:
    return Answer(
        body=f"<html><body><h1>Rules</h1>{''.join(f'<p>{one}</p>' for one in parts)}{PADDING}</body></html>".encode()
    )


@pytest.fixture
def home(tmp_path: Path, capsys: Screen) -> Path:
    """A home that may look at this machine, believes at once, and prints nothing."""
    folder = tmp_path / "home"
    assert (
        program(
            "init", folder, "--contact", "a@example.org", "--allow-host", "127.0.0.1", "--confirm", "none"
        )
        == 0
    )
    capsys.readouterr()
    return folder


@pytest.fixture
def six() -> Iterator[list[Loopback]]:
    """Six sites with the same page."""
    with ExitStack() as stack:
        yield [stack.enter_context(Loopback({"/a": page(PROMISE)})) for _ in range(6)]


def watching(home: Path, *urls: str) -> None:
    for number, url in enumerate(urls):
        assert at_home(home, "add", url, "--organization", f"house{number}", "--role", "policy") == 0


def check(home: Path) -> Any:
    """A check of everything, in a process of its own: a reactor runs once in each."""
    command = [sys.executable, "-m", "app", "--home", str(home), "check", "--all", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def states(told: Any) -> list[str]:
    return sorted(reading["access"] for reading in told["readings"])


def probes(site: Loopback) -> list[str]:
    return [one.path for one in site.asked if len(one.path) == 17]


def test_a_host_is_probed_at_first_sight_and_then_left_alone(home: Path) -> None:
    with Loopback({"/a": page(PROMISE), "/b": page("Nothing.")}) as site:
        watching(home, site.url("/a"), site.url("/b"))
        check(home)
        assert len(probes(site)) == 1
        check(home)
        assert len(probes(site)) == 1


def test_a_page_like_every_missing_page_of_its_host_is_soft_404(home: Path) -> None:
    with Loopback({"/a": page("Welcome.")}) as site:
        site.default = page("Welcome.")
        watching(home, site.url("/a"))
        assert states(check(home)) == ["soft_404"]


def test_a_newly_linked_document_is_fetched_once(home: Path) -> None:
    settings = home / "config" / "settings.toml"
    settings.write_text(settings.read_text().replace("withdrawn_readings = 1", "withdrawn_readings = 2"))
    link = page("See <a href='/principles'>our principles</a>.")
    with Loopback({"/a": page(PROMISE), "/principles": page(PROMISE)}) as site:
        watching(home, site.url("/a"))
        check(home)
        site.routes["/a"] = link
        assert [one["kind"] for one in check(home)["pending"]] == ["withdrawn"]
        (alert,) = [alert for _ in range(2) for alert in check(home)["alerts"]]
        assert [one["kind"] for one in alert["findings"]] == ["relocated"]
        assert [one.path for one in site.asked].count("/principles") == 1


def test_when_most_hosts_fail_nothing_is_decided_and_one_notice_is_raised(
    home: Path, six: list[Loopback]
) -> None:
    watching(home, *(site.url("/a") for site in six))
    assert states(check(home)) == ["ok"] * 6
    for site in six[1:]:
        site.leave()
    six[0].routes["/a"] = page("Nothing.")
    told = check(home)
    assert states(told) == ["connection"] * 5 + ["outage"]
    assert told["doubt"].startswith("5 of 6 hosts could not be reached")
    assert (told["alerts"], told["counts"]["sent"]) == ([], 1)
    assert check(home)["counts"]["sent"] == 0


def test_canaries_are_asked_only_when_a_host_failed(home: Path) -> None:
    with Loopback({"/a": page(PROMISE)}) as site, Loopback({"/": page("Hello.")}) as canary:
        settings = home / "config" / "settings.toml"
        settings.write_text(
            settings.read_text().replace("[network]", f'[network]\ncanaries = ["{canary.url("/")}"]')
        )
        watching(home, site.url("/a"), "http://127.0.0.1:9/b")
        told = check(home)
        assert told["doubt"] == ""
        assert "/" in [one.path for one in canary.asked]
        site.leave()
        canary.leave()
        told = check(home)
    assert "none of the 1 canary addresses answered" in told["doubt"]


def test_a_host_that_asked_for_patience_is_not_due(home: Path, capsys: Screen) -> None:
    with Loopback({"/a": Answer(429, headers=(("Retry-After", "7200"),))}) as site:
        watching(home, site.url("/a"))
        told = check(home)
        assert states(told) == ["rate_limited"]
        at = Home(home, home / "config")
        with at.open_store() as store:
            assert due_pages(at, store, utc_now() + timedelta(minutes=90)) == ()
            assert len(due_pages(at, store, utc_now() + timedelta(hours=3))) == 1
            with store.read() as conn:
                (host,) = hosts.all(conn)
        assert isinstance(host, Host) and host.not_before is not None
        asked = len(site.asked)
        check(home)
        assert len(site.asked) == asked
        capsys.readouterr()
        assert at_home(home, "status") == 0
        told = capsys.readouterr().out
        assert "is not asked before" in told
        assert "1 page is watched" in told


def test_a_canary_that_keeps_us_out_was_heard(home: Path) -> None:
    """robots.txt that says no is an answer: our network is there."""
    away = Answer(body=b"User-agent: *\nDisallow: /\n", headers=(("Content-Type", "text/plain"),))
    with Loopback({"/robots.txt": away}) as canary:
        settings = home / "config" / "settings.toml"
        text = settings.read_text().replace("[network]", f'[network]\ncanaries = ["{canary.url("/")}"]')
        settings.write_text(text)
        watching(home, "http://127.0.0.1:9/b")
        assert check(home)["doubt"] == ""


def test_what_a_killed_check_left_behind_is_judged_by_itself(home: Path, six: list[Loopback]) -> None:
    """Good fetches of an earlier check are read, though the network is down by now."""
    for site in six:
        site.leave()
    watching(home, *(site.url("/a") for site in six))
    at = Home(home, home / "config")
    with at.open_store() as store:
        due_pages(at, store, utc_now())
        body = page(PROMISE).body
        store.blobs.put(body)
        with store.begin() as conn:
            for one in at.watchlist.pages:
                left = Fetch(
                    one.id, one.url, utc_now(), utc_now(), one.url, status=200,
                    body_sha256=sha256(body).hexdigest(), body_bytes=len(body),
                )  # fmt: skip
                fetches.record(conn, left)
    told = check(home)
    assert told["doubt"] != ""
    assert states(told) == ["connection"] * 6 + ["ok"] * 6


def test_a_page_that_moved_for_good_is_remarked(home: Path, capsys: Screen) -> None:
    with Loopback({"/a": redirect("/new", 301), "/new": page(PROMISE)}) as site:
        watching(home, site.url("/a"))
        check(home)
        capsys.readouterr()
        assert at_home(home, "status", "--json") == 0
        (remark,) = json.loads(capsys.readouterr().out)["remarks"]
        assert "/new" in remark["evidence"][0]


def test_every_robots_decision_names_stored_evidence(home: Path) -> None:
    rules = b"User-agent: *\nDisallow: /private\n"
    with Loopback(
        {"/a": page(PROMISE), "/robots.txt": Answer(body=rules, headers=(("Content-Type", "text/plain"),))}
    ) as site:
        watching(home, site.url("/a"))
        check(home)
        with Home(home, home / "config").open_store() as store:
            with store.read() as conn:
                (fetch,) = fetches.newest_unread(conn) or [fetches.get(conn, 1)]
            assert store.blobs.get(fetch.robots.sha256) == rules
            assert fetch.robots.fetched_at is not None
