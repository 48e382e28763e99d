"""A store of every released version comes forward with all that it holds, also when it is killed on the way."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from app.desk.gate import Desk
from app.desk.passwords import Passwords
from app.home import Home
from app.indexing import index_new
from monitor.model import Access, AccountRole, FindingKind, Notice, Robots, Saying, Sighting, Verdict
from monitor.store import (
    Store,
    accounts,
    alerts,
    audits,
    chain,
    checks,
    fetches,
    findings,
    holds,
    hosts,
    notices,
    opening,
    pages,
    readings,
    reviews,
    sessions,
    sqlite_url,
    standing,
    statements,
    tables,
)
from monitor.store.sessions import fingerprint
from monitor.store.statements import Wanted
from monitor.terms import terms
from tests.homes import Screen, at_home, home
from tests.new_stores import worked_out
from tests.old_stores import (
    CONSENT,
    FOLDER,
    MORATORIUM,
    NO_SALE,
    PLEDGES_OF_0005,
    RELEASED,
    chain_flaws,
    contents,
    populated,
)
from tests.people import HASHER, PASSWORD, Moving, Place
from tests.store_values import FETCHES, HOUR, NOW, PLEDGE, TERMS, alert, fetch

__all__ = ["home"]  # the fixture

pytest_plugins = ["tests.postgres"]

Open = Callable[[str], Store]
LINKS = {"0003": 37, "0004": 43, "0005": 58}
LAST_CHECK = {
    "0003": (3, NOW + 42 * HOUR, "The clock was set."),
    "0004": (4, NOW + 60 * HOUR, ""),
    "0005": (5, NOW + 84 * HOUR, ""),
}
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", autouse=True)
def _migrations_are_worked_out() -> Iterator[None]:
    with worked_out():
        yield


@pytest.fixture(params=RELEASED)
def version(request: pytest.FixtureRequest) -> str:
    released: str = request.param
    return released


@pytest.fixture
def old_url(new_url: str, version: str) -> str:
    """The URL of a populated store of this version."""
    populated(new_url, version)
    return new_url


def test_there_is_a_populated_store_of_every_released_version() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.sql")) == RELEASED


def test_an_older_store_holds_what_its_program_wrote(old_url: str, version: str) -> None:
    held = contents(old_url)
    assert held["alembic_version"][1] == [f"('{version}',)"]
    assert all(rows for _, rows in held.values()), "every table has rows"
    assert ("links" in held) == (version >= "0003")


# --------------------------------------------------------------------------- forward


def test_every_row_comes_forward(old_url: str, opened: Open) -> None:
    before = contents(old_url)
    opened(old_url)
    after = contents(old_url, only=before)
    assert after.pop("alembic_version")[1] == [f"('{opening.HEAD}',)"]
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


def test_every_row_gets_its_link_once(old_url: str, opened: Open, version: str) -> None:
    store = opened(old_url)
    with store.read() as conn:
        assert chain_flaws(conn) == []
        (count,) = conn.execute(text("SELECT count(*) FROM links")).one()
        held = sum(len(conn.execute(select(table)).all()) for table in chain.CHAINED.values())
        assert count == LINKS.get(version, held) > 0
        head = chain.head(conn)
    store.close()
    with opened(old_url).read() as conn:
        assert chain.head(conn) == head


def test_a_check_finds_all_that_it_asks_for(old_url: str, opened: Open, version: str) -> None:
    with opened(old_url).begin() as conn:
        for number, kept in enumerate(FETCHES.values(), 1):
            at = {"started_at": NOW + (number - 1) * HOUR, "ended_at": NOW + (number - 1) * HOUR + SECOND}
            assert fetches.get(conn, number) == replace(kept, id=number, **at)
        assert [one.access for one in readings.of_page(conn, TERMS)][-1] is Access.TIMEOUT
        assert [one.id for one in fetches.unread(conn, TERMS)] == [6, 7, 8]
        believed = findings.baseline(conn, TERMS)
        assert believed is not None
        assert (believed.fetch_id, believed.last_seen_at) == (2, NOW + HOUR)
        gone, told = findings.tracked(conn, TERMS)
        assert (gone.key, gone.state, gone.after_fetch_id) == ("gone", Sighting.PENDING, 3)
        assert (told.state, told.confirmed_at) == (Sighting.CONFIRMED, NOW + 7 * HOUR)
        assert told.finding.kind is FindingKind.FORCE
        assert dict(pages.schedule(conn)) == {PLEDGE: NOW, TERMS: NOW + 24 * HOUR}
        assert alert() in alerts.all(conn)
        last = checks.last(conn)
        assert last is not None
        assert (last.id, last.started_at, last.remark) == LAST_CHECK.get(version, (2, NOW + 24 * HOUR, ""))


SECOND = HOUR / 3600 * 1.25


def test_what_was_waiting_is_sent_and_what_was_sent_is_not(old_url: str, opened: Open, version: str) -> None:
    waiting = {
        "0001": ["key-b"],
        "0002": ["key-d", "key-b"],
        "0003": ["key-d", "key-b", "key-digest"],
        "0004": ["key-d", "key-b", "key-digest", "key-f"],
        "0005": ["key-d", "key-b", "key-digest", "key-f", "key-h"],
    }[version]
    with opened(old_url).begin() as conn:
        due = alerts.due(conn, NOW + 99 * HOUR)
        assert [one.key for one in due] == waiting
        assert [one.key for one in alerts.parked(conn)] == ["key-c"]
        tried = due[waiting.index("key-b")]
        assert (tried.attempts, tried.last_error) == (1, '451 later, it\'s "busy"')
        for one in due:
            alerts.mark_sent(conn, one.id, NOW + 99 * HOUR)
        assert alerts.due(conn, NOW + 99 * HOUR) == []


def test_hosts_notices_and_holds_of_0002(new_url: str, opened: Open) -> None:
    populated(new_url, "0002")
    with opened(new_url).begin() as conn:
        host = hosts.get(conn, "https://heron.example")
        robots = Robots("allowed", "https://heron.example/robots.txt", "d" * 64, NOW)
        assert (host.robots, host.not_before, host.why) == (robots, NOW + HOUR, "it asked for patience")
        told = notices.newest(conn, "outage", NOW + 999 * HOUR)
        assert told == Notice("7" * 64, NOW, "outage", "Nothing could be reached.", ("Look at the line.",))
        assert list(holds.held(conn)) == ["e" * 64]
        assert fetches.get(conn, 9).screenshot_sha256 == "9" * 64


def test_a_digest_of_0003_still_stands_for_its_alerts(new_url: str, opened: Open) -> None:
    populated(new_url, "0003")
    with opened(new_url).begin() as conn:
        digest = next(one for one in alerts.due(conn, NOW + 99 * HOUR) if one.key == "key-digest")
        assert [one.key for one in alerts.waiting(conn) if one.digest_id == digest.notice_id] == [
            "key-c3",
            "key-d3",
        ]
        alerts.mark_sent(conn, digest.id, NOW + 99 * HOUR)
        assert [one.key for one in alerts.told_to(conn, "d" * 64)] == ["key-d3"]
        assert [one.id for one in alerts.of_page(conn, alert().page["id"])][:2] == ["d" * 64, "c" * 64]


@pytest.mark.parametrize("version", ["0004", "0005"])
def test_reviews_and_what_stands_since_0004(old_url: str, opened: Open) -> None:
    with opened(old_url).read() as conn:
        judged = reviews.of_alert(conn, "f" * 64)
        assert [(one.author, one.verdict) for one in judged] == [
            ("Ana", Verdict.WRONG_DIRECTION),
            ("Ben", Verdict.RIGHT),
        ]
        (on_page,) = standing.due(conn, date(2026, 6, 3))
        assert [(one.key, one.ends) for one in on_page.statements] == [("a" * 64, "2026-09-01")]


@pytest.mark.parametrize("version", [each for each in RELEASED if each < "0005"])
def test_there_is_room_for_statements_and_accounts(old_url: str, opened: Open) -> None:
    with opened(old_url).read() as conn:
        for table in ("statements", "indexed", "accounts", "invitations", "sessions", "tokens", "audits"):
            assert conn.scalar(text(f"SELECT count(*) FROM {table}")) == 0


@pytest.fixture
def since_0005(new_url: str, opened: Open) -> Store:
    """A store of 0005, brought forward."""
    populated(new_url, "0005")
    return opened(new_url)


def test_statements_of_0005_are_there_and_found_by_their_words(since_0005: Store) -> None:
    with since_0005.read() as conn:
        assert said(statements.of_page(conn, PLEDGE)) == [
            (NO_SALE, "2027-09-01", 0, 10, 10, False),
            (MORATORIUM, "", 0, 10, 11, True),
            (CONSENT, "", 0, 10, 11, True),
        ]
        assert searched(conn, "facial police") == [MORATORIUM, NO_SALE]
        assert searched(conn, "moratorium") == [MORATORIUM]


def test_statements_of_0005_are_found_anew_with_how_long_they_hold(since_0005: Store, tmp_path: Path) -> None:
    home, later = a_home(tmp_path), NOW + 999 * HOUR
    for body in PLEDGES_OF_0005:
        since_0005.blobs.put(body)
    with since_0005.read() as conn:
        old, known = statements.of_page(conn, PLEDGE), statements.indexed_of(conn, PLEDGE)
    assert index_new(home, since_0005, later) == 1
    with since_0005.read() as conn:
        new, now_known = statements.of_page(conn, PLEDGE), statements.indexed_of(conn, PLEDGE)
        assert searched(conn, "facial police") == [MORATORIUM, NO_SALE]
        assert searched(conn, "moratorium") == [MORATORIUM]
    assert known is not None
    assert now_known is not None
    assert now_known == replace(known, at=later, words=now_known.words)
    assert now_known.words != known.words
    assert [one.key for one in new] == [one.key for one in old]
    assert said(new) == said([replace(one, lasts=365 * (one.quote == MORATORIUM)) for one in old])
    assert index_new(home, since_0005, later) == 0


def said(sayings: list[Saying]) -> list[tuple[str, str, int, int, int, bool]]:
    """(quote, end, days for which it holds, first fetch, last fetch, standing)."""
    return [
        (one.quote, one.ends, one.lasts, one.first_fetch_id, one.last_fetch_id, one.standing)
        for one in sayings
    ]


def searched(conn: Connection, typed: str) -> list[str]:
    found = statements.search(conn, Wanted(terms=terms(typed))).sayings
    return sorted(one.quote for one in found)


def a_home(folder: Path) -> Home:
    """One that watches the pledge of 0005.sql, as the home did in which it was made."""
    watchlist = folder / "config" / "watchlist"
    watchlist.mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text('operator.contact = "watch@example.org"\n')
    page = '[pages.pledge]\nurl = "https://heron.example/pledge"\nrole = "pledge"\n'
    (watchlist / "heron.toml").write_text(f'name = "Heron Systems"\nkind = "vendor"\n{page}')
    return Home(folder, folder / "config")


def test_who_could_ask_in_0005_can_ask_and_nobody_else(since_0005: Store) -> None:
    at = NOW + 110 * HOUR
    with since_0005.read() as conn:
        signed_in = [
            sessions.holder(conn, fingerprint(f"session of {name}"), at) for name in ("vera", "otto")
        ]
        asking = [
            sessions.token_holder(conn, fingerprint(token)) for token in ("token of vera", "lost token")
        ]
        assert [one and (one.name, one.role) for one in signed_in] == [("vera", AccountRole.ADMIN), None]
        assert [one and (one.name, one.role) for one in asking] == [("vera", AccountRole.READER), None]
        assert [one.name for one in accounts.invited(conn, at)] == ["rita"]


def test_accounts_of_0005_sign_in_with_their_passwords_and_the_log_goes_on(
    since_0005: Store, tmp_path: Path
) -> None:
    home, clock = a_home(tmp_path), Moving()
    here = Place(Desk(lambda: home, since_0005, clock, passwords=Passwords(HASHER)), clock)
    here.signed_in("vera")
    answer = here.stranger().post("/signin", data={"name": "otto", "password": PASSWORD})
    assert answer.status_code == 401
    with since_0005.read() as conn:
        logged = [(one.id, one.who, one.what, one.about, one.detail) for one in audits.newest(conn, 99)]
        assert chain_flaws(conn) == []
    assert logged == [
        (4, "vera", "signed in", "", ""),
        (3, "vera", "closed an account", "otto", "It's «over»."),
        (2, "otto", "made an account", "otto", "reader"),
        (1, "vera", "made an account", "vera", "admin"),
    ]


def test_it_can_be_written_on_and_the_chain_goes_on(old_url: str, opened: Open) -> None:
    store = opened(old_url)
    with store.begin() as conn:
        kept = fetches.record(conn, fetch(30))
        checks.start(conn, NOW + 30 * HOUR)
        later = replace(alert("b" * 64, 30), raised_at=NOW + 30 * HOUR)
        assert alerts.add(conn, later, [alerts.NewDelivery("key-z", "desk", "mail", "z@example.org")])
        note = Notice("1" * 64, NOW, "outage", "Again.")
        assert notices.add(conn, note, [alerts.NewDelivery("key-n", "desk", "mail", "z@example.org")])
    with store.read() as conn:
        assert chain_flaws(conn) == []
        assert kept.id == conn.scalar(text("SELECT max(id) FROM fetches"))


@pytest.mark.parametrize("table", ["fetches", "links"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_its_triggers_hold(old_url: str, opened: Open, table: str, statement: str) -> None:
    store = opened(old_url)
    with pytest.raises(IntegrityError, match="append-only"), store.begin() as conn:
        conn.execute(text(statement.format(table)))


def test_its_references_and_keys_hold(old_url: str, opened: Open) -> None:
    store = opened(old_url)
    row = {"alert_id": "no such alert", "route": "r", "channel": "c", "recipient": "", "state": "waiting"}
    row |= {"attempts": 0, "last_error": ""}
    for wrong in (
        {"key": "key-1"},
        {"key": "key-a", "alert_id": alert().id},
        {"key": "key-2", "digest_id": "no"},
    ):
        with pytest.raises(IntegrityError), store.begin() as conn:
            conn.execute(tables.deliveries.insert(), row | wrong)


# --------------------------------------------------------------------------- killed on the way


def test_killed_anywhere_it_stays_as_it_was_and_the_next_start_completes(
    old_url: str, opened: Open, version: str
) -> None:
    step = {"0001": "15", "0002": "15", "0003": "8", "0004": "4"}.get(
        version, "3"
    )  # the newer, the less to do
    command = [sys.executable, "-m", "tests.killed_migration", old_url, step]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    *kills, done = said
    assert done == "done"
    assert len(kills) > 5
    assert [line for line in kills if not line.endswith(" intact")] == []
    with opened(old_url).read() as conn:
        assert chain_flaws(conn) == []
        assert fetches.get(conn, 2).page_id == TERMS


# --------------------------------------------------------------------------- a newer one


@pytest.mark.parametrize("command", ["status", "alerts list", "backup new.tar"])
def test_a_newer_store_is_refused_with_one_sentence(home: Path, capsys: Screen, command: str) -> None:
    file = home / "pledgewatch.db"
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '0999'")
        conn.commit()
    before = contents(sqlite_url(file))
    assert at_home(home, *command.split()) == 3
    assert capsys.readouterr().err == (
        f"pledgewatch: {file}: the store has version '0999', this program knows up to '{opening.HEAD}': "
        "use the newer pledgewatch that wrote it\n"
    )
    assert contents(sqlite_url(file)) == before
