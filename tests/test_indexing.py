"""What was ever said on the watched pages, found from what was read, and kept up to date with it."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.home import Home
from app.indexing import index_new, keep_indexed
from monitor.model import (
    PAGE_GONE,
    Direction,
    Finding,
    FindingKind,
    Saying,
    Sighting,
    Standing,
    Tier,
    Tracked,
)
from monitor.sayings import Seen, Stays, covers, left_since, runs_of, standing, texts_believed
from monitor.store import Store, fetches, statements
from tests.one_page import LOOSE, PAGE, PROMISE, START, TERMS, WALL, Watch, hasty, html, store, watch

__all__ = ["hasty", "store", "watch"]  # the fixtures

SETTINGS = '[operator]\ncontact = "tests@pledgewatch.invalid"\n'
WATCHLIST = f"""\
name = "Acme"
kind = "vendor"
[pages.pledge]
url = "{PAGE.url}"
role = "pledge"
[pages.terms]
url = "{TERMS.url}"
role = "terms"
"""
CONSENT = "We require the consent of everybody whose face is recognised."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    config = tmp_path / "config"
    (config / "watchlist").mkdir(parents=True)
    (config / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    (config / "watchlist" / "acme.toml").write_text(WATCHLIST, encoding="utf-8")
    return Home(tmp_path, config)


def said(store: Store) -> list[tuple[str, int, int, bool, bool]]:
    """(its first words, first fetch, last fetch, believed, standing), in order of time."""
    with store.read() as conn:
        kept = statements.of_organization(conn, "acme")
    return [
        (" ".join(one.quote.split()[:4]), one.first_fetch_id, one.last_fetch_id, one.believed, one.standing)
        for one in kept
    ]


NO_SALE, NOT_NOW, ASKED = "We will not sell", "We do not currently", "We require the consent"


def test_a_statement_is_followed_from_first_sight_to_the_last(home: Home, watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(PROMISE, nonce="other bytes"))
    watch.sees(html(PROMISE, CONSENT))
    assert index_new(home, watch.store, watch.now) == 1
    assert said(watch.store) == [(NO_SALE, 1, 3, True, True), (ASKED, 3, 3, False, False)]
    watch.sees(html(PROMISE, CONSENT), after=24)  # the second look at it: it is believed
    assert index_new(home, watch.store, watch.now) == 1
    assert said(watch.store) == [(NO_SALE, 1, 4, True, True), (ASKED, 3, 4, True, True)]
    assert index_new(home, watch.store, watch.now) == 0


def test_what_is_seen_again_unchanged_only_moves_on(home: Home, watch: Watch) -> None:
    watch.sees(html(PROMISE))
    index_new(home, watch.store, watch.now)
    watch.sees(status=304)
    watch.sees(WALL)
    watch.sees(html(PROMISE))
    index_new(home, watch.store, watch.now)
    with watch.store.read() as conn:
        (one,) = statements.of_page(conn, PAGE.id)
        row = statements.indexed_of(conn, PAGE.id)
    assert (one.id, one.first_seen_at, one.last_fetch_id) == (1, START + timedelta(days=1), 4)
    assert one.last_seen_at == watch.now
    assert row is not None
    assert (row.fetch_id, row.at) == (4, watch.now)


def test_a_wording_that_took_the_place_of_another(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    hasty.sees(html(LOOSE))
    index_new(home, hasty.store, hasty.now)
    assert said(hasty.store) == [(NO_SALE, 1, 1, True, False), (NOT_NOW, 2, 2, True, True)]


def test_nothing_stands_on_a_page_that_is_gone(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE, CONSENT))
    index_new(home, hasty.store, hasty.now)
    hasty.sees(b"<p>Not found</p>", status=404)
    index_new(home, hasty.store, hasty.now)
    assert said(hasty.store) == [(NO_SALE, 1, 1, True, False), (ASKED, 1, 1, True, False)]
    hasty.sees(html(PROMISE, CONSENT))
    index_new(home, hasty.store, hasty.now)
    assert said(hasty.store) == [(NO_SALE, 1, 3, True, True), (ASKED, 1, 3, True, True)]


def test_what_came_and_went_unbelieved_is_kept_as_that(home: Home, watch: Watch) -> None:
    watch.sees(html(PROMISE))
    watch.sees(html(LOOSE))
    watch.sees(html(PROMISE))
    index_new(home, watch.store, watch.now)
    assert said(watch.store) == [(NO_SALE, 1, 3, True, True), (NOT_NOW, 2, 2, False, False)]


def test_what_is_back_after_long_begins_a_new_span(home: Home, hasty: Watch) -> None:
    for sentences in ([PROMISE, CONSENT], [CONSENT], [CONSENT], [PROMISE, CONSENT]):
        hasty.sees(html(*sentences), after=24)
    index_new(home, hasty.store, hasty.now)
    short = [(ASKED, 1, 4, True, True), (NO_SALE, 1, 4, True, True)]
    assert sorted(said(hasty.store)) == sorted(short), "48 hours away: less than a withdrawal takes"
    for sentences in ([CONSENT], [CONSENT], [PROMISE, CONSENT]):
        hasty.sees(html(*sentences), after=60)
    index_new(home, hasty.store, hasty.now)
    long = [(ASKED, 1, 7, True, True), (NO_SALE, 1, 4, True, False), (NO_SALE, 7, 7, True, True)]
    assert sorted(said(hasty.store)) == sorted(long)


def test_it_finds_the_same_whenever_it_looks(home: Home, hasty: Watch) -> None:
    """After each look or once at the end."""
    texts = ([PROMISE], [LOOSE], [LOOSE, CONSENT], [CONSENT], [PROMISE, CONSENT], [PROMISE])
    for number, sentences in enumerate(texts):
        hasty.sees(html(*sentences), after=50)
        if number % 2:
            index_new(home, hasty.store, hasty.now)
    step_by_step = sorted(said(hasty.store))
    with hasty.store.begin() as conn:
        row = statements.indexed_of(conn, PAGE.id)
        assert row is not None
        statements.keep(conn, row, [], anew=True)
        statements.keep_indexed(conn, statements.Indexed(PAGE.id, START, 0, "", "", "older words"))
    index_new(home, hasty.store, hasty.now)
    assert sorted(said(hasty.store)) == step_by_step


def test_what_was_never_confirmed_is_not_believed_when_it_comes_again(home: Home, watch: Watch) -> None:
    """The second coming starts the change anew, so that nobody knows any more when the first was."""
    for sentence in (PROMISE, LOOSE, PROMISE):
        watch.sees(html(sentence))
    index_new(home, watch.store, watch.now)
    watch.sees(html(LOOSE))
    index_new(home, watch.store, watch.now)
    assert said(watch.store) == [(NO_SALE, 1, 3, True, True), (NOT_NOW, 2, 4, False, False)]


def test_a_page_that_left_the_watchlist_is_settled_once(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE, CONSENT))
    index_new(home, hasty.store, hasty.now)
    hasty.sees(html(LOOSE, CONSENT))
    file = home.config / "watchlist" / "acme.toml"
    file.write_text(WATCHLIST.replace("[pages.pledge]", "[pages.other]").replace("/pledge", "/other"))
    without = Home(home.root, home.config)
    assert [index_new(without, hasty.store, hasty.now) for _ in range(2)] == [1, 0]
    assert said(hasty.store) == [(NO_SALE, 1, 1, True, False), (ASKED, 1, 1, True, True)]
    file.write_text(WATCHLIST)
    assert index_new(Home(home.root, home.config), hasty.store, hasty.now) == 1
    assert (NOT_NOW, 2, 2, True, True) in said(hasty.store)


def test_another_part_of_the_page_is_looked_at_anew_and_what_was_known_is_kept(
    home: Home, watch: Watch
) -> None:
    watch.sees(html(PROMISE).replace(b"</body>", f"<aside>{CONSENT}</aside></body>".encode()))
    index_new(home, watch.store, watch.now)
    assert said(watch.store) == [(NO_SALE, 1, 1, True, True), (ASKED, 1, 1, True, True)]
    file = home.config / "watchlist" / "acme.toml"
    file.write_text(WATCHLIST.replace('role = "pledge"', 'role = "pledge"\nremove = ["aside"]'))
    narrower = Home(home.root, home.config)
    assert [index_new(narrower, watch.store, watch.now) for _ in range(2)] == [1, 0]
    assert said(watch.store) == [(NO_SALE, 1, 1, True, True), (ASKED, 1, 1, True, False)]
    file.write_text(WATCHLIST)
    assert index_new(Home(home.root, home.config), watch.store, watch.now) == 1
    assert said(watch.store) == [(NO_SALE, 1, 1, True, True), (ASKED, 1, 1, True, True)]


def test_a_capture_of_an_earlier_time_is_put_in_its_place(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    index_new(home, hasty.store, hasty.now)
    hasty.hours = -100 * 24
    hasty.sees(html(CONSENT, PROMISE))
    index_new(home, hasty.store, hasty.now)
    seen = {one[0]: one[1:3] for one in said(hasty.store)}
    assert seen == {NO_SALE: (2, 1), ASKED: (2, 2)}


def test_a_damaged_body_is_passed_over(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    hasty.sees(html(LOOSE))
    hasty.sees(html(CONSENT), page=TERMS)
    with hasty.store.read() as conn:
        (damaged,) = (fetches.get(conn, number).body_sha256 for number in [1])
    hasty.store.blobs.path(damaged).write_bytes(b"not what it was")
    assert index_new(home, hasty.store, hasty.now) == 2
    assert {one[0] for one in said(hasty.store)} == {NOT_NOW, ASKED}


def test_what_cannot_be_read_keeps_what_was_known(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    index_new(home, hasty.store, hasty.now)
    hasty.sees(html(LOOSE))
    with hasty.store.read() as conn:
        hasty.store.blobs.path(fetches.get(conn, 2).body_sha256).unlink()
    index_new(home, hasty.store, hasty.now)
    assert said(hasty.store) == [(NO_SALE, 1, 1, True, True)]


def test_other_rules_that_cannot_read_it_keep_what_was_known(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    index_new(home, hasty.store, hasty.now)
    known = said(hasty.store)
    with hasty.store.begin() as conn:
        old = statements.indexed_of(conn, PAGE.id)
        assert old is not None
        statements.keep_indexed(conn, replace(old, words="of another program/"))
        hasty.store.blobs.path(fetches.get(conn, 1).body_sha256).unlink()
    assert index_new(home, hasty.store, hasty.now) == 1
    assert said(hasty.store) == known


def test_it_stops_when_its_time_is_up(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    assert index_new(home, hasty.store, hasty.now, at_most_seconds=-1) == 0
    assert said(hasty.store) == []


def test_the_thread_looks_and_ends(home: Home, hasty: Watch) -> None:
    hasty.sees(html(PROMISE))
    stop = Event()

    def clock() -> datetime:
        stop.set()
        return hasty.now

    keep_indexed(lambda: home, hasty.store, clock, stop)
    assert len(said(hasty.store)) == 1


# --------------------------------------------------------------------------- spans

KEYS = ("a", "b", "c")


def statement(key: str) -> Standing:
    return Standing(key, key, (), START, "refuses")


@given(st.lists(st.sets(st.sampled_from(KEYS)), min_size=1, max_size=12), st.integers(0, 5))
def test_spans_are_the_readings_that_said_it(texts: list[set[str]], absence: int) -> None:
    seen = tuple(
        Seen(number, START + timedelta(days=number), "".join(sorted(text)))
        for number, text in enumerate(texts)
    )
    spans: tuple[Saying, ...] = ()
    for run in runs_of(seen):
        stays = Stays(PAGE, seen, timedelta(days=absence))
        spans = stays.grown(spans, run, [statement(key) for key in sorted(run.text_sha256)])
    for key in KEYS:
        of_key = [one for one in spans if one.key == key]
        for one in seen:
            inside = [span for span in of_key if covers(span, [one.at])]
            assert len(inside) <= 1, "spans of one statement never overlap"
            assert inside or key not in one.text_sha256
        for earlier, later in pairwise(of_key):
            away = later.first_fetch_id - earlier.last_fetch_id - 1
            assert away > absence
        for span in of_key:
            assert key in texts[span.first_fetch_id] & texts[span.last_fetch_id]


def test_runs_are_readings_in_a_row_with_one_text() -> None:
    seen = [Seen(number, START, text) for number, text in enumerate("AABA")]
    assert [(run.first.fetch_id, run.last.fetch_id, run.text_sha256) for run in runs_of(seen)] == [
        (0, 1, "A"),
        (2, 2, "B"),
        (3, 3, "A"),
    ]


def tracked(state: Sighting, first: int, last: int, rule: str = "a rule", before: str = "a") -> Tracked:
    """A change that was seen from one day to another, between fetches 0 and 9; confirmed on the last day."""
    finding = Finding(FindingKind.WITHDRAWN, Direction.WEAKER, Tier.ALERT, "high", rule, (), before)
    confirmed = day(last) if state is Sighting.CONFIRMED else None
    return Tracked("key", finding, 0, 9, day(first), day(last), 2, state, confirmed)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.mark.parametrize(
    ("changes", "believed"),
    [
        pytest.param([], "ABCD", id="no change was in doubt"),
        pytest.param([tracked(Sighting.PENDING, 1, 3)], "AD", id="in doubt now; D is what we believe"),
        pytest.param([tracked(Sighting.VARIANT, 1, 1)], "ACD", id="B came and went"),
        pytest.param([tracked(Sighting.CONFIRMED, 1, 3)], "AD", id="confirmed with D"),
        pytest.param([tracked(Sighting.CONFIRMED, 2, 2)], "ABCD", id="confirmed at once"),
    ],
)
def test_which_texts_were_ever_believed(changes: list[Tracked], believed: str) -> None:
    seen = [Seen(number, day(number), text) for number, text in enumerate("ABCD")]
    assert texts_believed(seen, changes, "D") == set(believed)


@pytest.mark.parametrize(
    ("changes", "stand"),
    [
        pytest.param([], "ab", id="nothing left"),
        pytest.param([tracked(Sighting.CONFIRMED, 5, 6)], "b", id="one left since"),
        pytest.param([tracked(Sighting.CONFIRMED, 5, 6, PAGE_GONE)], "", id="the page is gone"),
        pytest.param([tracked(Sighting.PENDING, 5, 6, PAGE_GONE)], "ab", id="not confirmed"),
        pytest.param([tracked(Sighting.CONFIRMED, 1, 2, PAGE_GONE)], "ab", id="read since"),
    ],
)
def test_what_stands(changes: list[Tracked], stand: str) -> None:
    seen = (Seen(1, day(0), "text"), Seen(2, day(4), "text"))
    (run,) = runs_of(seen)
    spans = Stays(PAGE, seen, timedelta()).grown((), run, [statement(key) for key in "abc"])
    kept = standing(spans, {"a", "b"}, left_since(seen, changes))
    assert "".join(one.key for one in kept if one.standing) == stand
