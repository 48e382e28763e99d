"""What is told of commitments that end by their own words: on which days, once, and with which words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from alerts.lapses import ELSEWHERE, LONG_AGO, tell_lapses
from alerts.render import subject, text
from alerts.routes import deliveries
from monitor.asks import About, Ask
from monitor.blobs import Blobs
from monitor.model import LAPSED, LAPSING, Alert, Direction, Organization, Page, Relation, Standing, Tier
from monitor.settings import Channel, Route, Settings
from monitor.standing import next_day
from monitor.store import Store, alerts, fetches, findings, open_store, pages, sqlite_url, standing
from monitor.store.alerts import NewDelivery
from monitor.store.findings import Baseline
from monitor.store.standing import OnPage
from monitor.watchlist import Watchlist
from tests.chained import must_hold
from tests.store_values import TERMS, fetch, page

END = date(2027, 6, 10)
SEEN = datetime(2026, 3, 1, 6, tzinfo=UTC)  #: when the statement was seen first
WORDS = "We will not sell facial recognition technology to police departments until 10 June 2027."
HERON = Organization("heron", "Heron Systems", "vendor", pages=(page(),))
SETTINGS = Settings(channels={"log": Channel("file", path="told.jsonl")}, routes=(Route("all", "log"),))
SHA = "f" * 64


def to_all(alert: Alert, organization: Organization, page: Page) -> Sequence[NewDelivery]:
    return deliveries(alert, organization, page, SETTINGS)


def stands(key: str = "one", ends: str = END.isoformat(), **changes: object) -> Standing:
    plain = Standing(
        key, WORDS, ("Police",), SEEN, "refuses", "company", ("sell",), ("face_recognition",), ("police",),
        ends=ends, ends_text="until 10 June 2027",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


class Kept:
    """A store in which one page was read, and the clock of whoever tells."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.begin() as conn:
            pages.sync(conn, HERON.pages, SEEN)
            self.fetch_id = fetches.record(conn, fetch()).id
        self.read(SEEN)
        self.holds(stands())

    def read(self, at: datetime, sha256: str = SHA) -> None:
        """The page was read well, with the text of this SHA-256."""
        with self.store.begin() as conn:
            findings.set_baseline(conn, Baseline(TERMS, self.fetch_id, sha256, at))

    def changes(self) -> None:
        """Other bytes came, and the same text."""
        with self.store.begin() as conn:
            self.fetch_id = fetches.record(conn, fetch(1, body_sha256="e" * 64)).id
        self.read(SEEN)

    def holds(self, *statements: Standing, next_day: date | None = END - timedelta(days=180)) -> None:
        """This is what stands on the page."""
        with self.store.begin() as conn:
            standing.keep(conn, OnPage(TERMS, SHA, "w", statements, next_day))

    def told(self, day: date, organization: Organization = HERON, asks: tuple[Ask, ...] = ()) -> list[Alert]:
        """What is told at six on this day."""
        now = datetime.combine(day, time(6), UTC)
        with self.store.begin() as conn:
            return list(tell_lapses(conn, to_all, Watchlist((organization,)), asks, now))

    def waits_for(self) -> date | None:
        with self.store.read() as conn:
            row = standing.of_page(conn, TERMS)
        return row.next_day if row else None


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with open_store(sqlite_url(tmp_path / "x.db"), Blobs(tmp_path / "blobs")) as opened:
        yield Kept(opened)
        must_hold(opened)


def days(*before: int) -> list[date]:
    return [END - timedelta(days=one) for one in before]


def test_a_year_of_days_tells_each_of_the_five_once(kept: Kept) -> None:
    told = [(END - day).days for day in days(*range(200, -30, -1)) for _ in (1, 2) if kept.told(day)]
    assert told == [180, 90, 30, 7, -1]
    assert kept.waits_for() is None


def test_what_is_said_before_the_end(kept: Kept) -> None:
    kept.read(datetime(2026, 12, 12, 5, tzinfo=UTC))
    (alert,) = kept.told(*days(180))
    (finding,) = alert.findings
    assert (finding.rule, finding.kind, finding.tier) == (LAPSING, "term", Tier.ALERT)
    assert (finding.direction, finding.confidence) == (Direction.NEUTRAL, "medium")
    assert finding.before_quote == finding.after_quote == WORDS
    assert finding.reasons == (
        "By its own words it holds until 10 June 2027: 180 days from now.",
        "The words on the page have not changed: last seen 2026-12-12 05:00 UTC.",
    )
    assert (alert.before.sha256, alert.before.url) == (alert.after.sha256, alert.after.url)
    assert alert.before.last_seen_at == datetime(2026, 12, 12, 5, tzinfo=UTC)
    assert alert.after.confirmed_at == alert.raised_at
    assert "Heron Systems" in subject(alert)
    assert WORDS in " ".join(text(alert).split())


def test_what_is_said_on_the_day_after(kept: Kept) -> None:
    (alert,) = kept.told(*days(-1))
    (finding,) = alert.findings
    assert (finding.rule, finding.direction) == (LAPSED, Direction.WEAKER)
    assert finding.reasons[0] == "By its own words it held until 10 June 2027."


@pytest.mark.parametrize("stance", ["refuses", "promises"])
def test_that_it_is_to_end_is_neutral_and_that_it_ended_is_weaker(kept: Kept, stance: str) -> None:
    kept.holds(stands(stance=stance))
    assert kept.told(*days(30))[0].direction is Direction.NEUTRAL
    assert kept.told(*days(-1))[0].direction is Direction.WEAKER


@pytest.mark.parametrize(
    "changes",
    [{"stance": "permits", "protects": False}, {"stance": "practises"}, {"protects": False}],
    ids=str,
)
def test_the_end_of_what_does_not_protect_is_not_told(kept: Kept, changes: dict[str, object]) -> None:
    kept.holds(stands(**changes))
    assert kept.told(*days(30)) == kept.told(*days(-1)) == []


def test_after_a_pause_only_the_newest_day_is_told_with_the_days_that_are_left(kept: Kept) -> None:
    (alert,) = kept.told(*days(12))
    assert alert.findings[0].reasons[0].endswith("10 June 2027: 12 days from now.")
    assert kept.told(*days(11)) == []
    (last,) = kept.told(*days(-40))
    assert last.findings[0].rule == LAPSED
    assert [one.relation for one in last.follows] == [Relation.EARLIER]
    assert last.thread == alert.id


@pytest.mark.parametrize(("left", "said"), [(1, "1 day from now."), (0, ": today.")])
def test_the_last_days_in_words(kept: Kept, left: int, said: str) -> None:
    assert kept.told(*days(left))[0].findings[0].reasons[0].endswith(said)


def test_two_statements_of_one_day_are_one_alert_and_other_days_are_others(kept: Kept) -> None:
    kept.holds(stands(), stands("two"), stands("three", "2027-03-12"))
    told = kept.told(*days(90))
    assert sorted(len(alert.findings) for alert in told) == [1, 2]
    assert sorted({one.rule for alert in told for one in alert.findings}) == [LAPSING]
    assert len(kept.told(date(2027, 3, 13))) == 1


def test_a_day_that_was_told_of_one_statement_is_not_told_again_with_another(kept: Kept) -> None:
    assert len(kept.told(*days(90))) == 1
    kept.changes()
    kept.holds(stands(), stands("two", "2027-03-21"), next_day=date(2027, 3, 14))
    (alert,) = kept.told(*days(85))
    assert [one.reasons[0] for one in alert.findings] == [
        "By its own words it holds until 21 March 2027: 4 days from now."
    ]


def test_each_recipient_gets_it_and_asks_are_named(kept: Kept) -> None:
    ask = Ask(
        "X-1",
        "Stop selling it.",
        "https://made-up.example",
        "vendors",
        about=About(parties=frozenset({"police"})),
    )
    (alert,) = kept.told(*days(30), asks=(ask,))
    assert [one.id for one in alert.asks] == ["X-1"]
    with kept.store.read() as conn:
        assert [one.alert_id for one in alerts.waiting(conn)] == [alert.id]


@pytest.mark.parametrize(
    ("organization", "sha256"),
    [
        pytest.param(replace(HERON, kind="canary"), SHA, id="a canary"),
        pytest.param(replace(HERON, pages=()), SHA, id="no longer watched"),
        pytest.param(HERON, "0" * 64, id="the words are not those that we believe"),
    ],
)
def test_what_is_never_told(kept: Kept, organization: Organization, sha256: str) -> None:
    kept.read(SEEN, sha256)
    assert kept.told(*days(30), organization=organization) == []
    kept.read(SEEN)
    assert len(kept.told(*days(30))) == 1


def test_a_page_without_a_version_that_we_believe_tells_nothing(kept: Kept) -> None:
    kept.holds()
    with kept.store.begin() as conn:
        standing.keep(conn, OnPage("heron/never", SHA, "w", (stands(),), END))
    watched = replace(HERON, pages=(page("heron/never"),))
    assert kept.told(*days(-1), organization=watched) == []


@pytest.mark.parametrize(("ago", "lines"), [(LONG_AGO, 1), (LONG_AGO + timedelta(seconds=1), 2)])
def test_a_page_that_was_not_read_for_long_says_so(kept: Kept, ago: timedelta, lines: int) -> None:
    kept.read(datetime.combine(*days(30), time(6), UTC) - ago)
    (alert,) = kept.told(*days(30))
    assert alert.not_checked[0] == ELSEWHERE
    assert len(alert.not_checked) == lines
    assert (
        alert.findings[0]
        .reasons[1]
        .startswith(("The words on the page have not changed", "The words stood on the page when")[lines - 1])
    )


def test_a_statement_first_seen_after_its_end_raises_nothing(kept: Kept) -> None:
    kept.holds(stands(since=datetime(2027, 6, 11, tzinfo=UTC)), next_day=None)
    assert kept.told(*days(-1)) == kept.told(*days(-400)) == []


def test_a_clock_that_ran_a_year_ahead_loses_no_later_day_and_nothing_is_told_twice(kept: Kept) -> None:
    (early,) = kept.told(*days(-200))
    assert early.findings[0].rule == LAPSED
    told = [(END - day).days for day in days(*range(200, -30, -1)) if kept.told(day)]
    assert told == [180, 90, 30, 7]


def test_a_first_sight_that_a_wrong_clock_dated_ahead_hides_no_day(kept: Kept) -> None:
    kept.holds(stands(since=datetime(2028, 1, 1, tzinfo=UTC)))
    assert kept.told(*days(90)) == []  # as if seen first today
    assert kept.waits_for() == days(30)[0]


def test_what_was_not_committed_is_told_next_time(kept: Kept) -> None:
    class KilledError(Exception):
        pass

    with pytest.raises(KilledError), kept.store.begin() as conn:
        tell_lapses(conn, to_all, Watchlist((HERON,)), (), datetime.combine(*days(30), time(6), UTC))
        raise KilledError
    assert len(kept.told(*days(30))) == 1


# --------------------------------------------------------------------------- a time without a day


def test_what_names_only_a_time_is_told_once_that_is_over_by_the_day_we_saw_it(kept: Kept) -> None:
    words = "We place a one-year moratorium on police use of facial recognition."
    moratorium = stands(quote=words, ends="", ends_text="", lasts=365)
    over = date(2027, 3, 1)
    kept.holds(moratorium, next_day=next_day((moratorium,), SEEN.date()))
    kept.read(datetime.combine(over, time(6), UTC))
    assert kept.told(over) == []
    (alert,) = kept.told(over + timedelta(days=1))
    (finding,) = alert.findings
    assert (finding.rule, finding.direction, finding.tier) == (LAPSED, Direction.WEAKER, Tier.REVIEW)
    assert finding.reasons[0] == (
        "It names a time (365 days), and we first saw it on 1 March 2026: by its own words that time is over."
    )
    assert kept.told(over + timedelta(days=2)) == []
