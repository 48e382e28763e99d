"""The scorecard of a real home: what the demo's organizations say, as its store knows it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.home import Home
from app.scoring import as_judged, scores_of
from app.unread import unread_pages
from monitor.asks import State
from monitor.confirm import finding_key
from monitor.errors import ConfigError
from monitor.model import Alert, Direction, Organization, Review, Side, Sighting, Tier, Tracked, Verdict
from monitor.scorecard import Part, Score
from monitor.store import Store, holds, raised, readings, statements
from monitor.store.holds import Hold
from tests.desks import home_at, statements_sent
from tests.sample_alerts import finding

CLOUD, OPTICS, SECURE = "corvellam-cloud", "haldrennick-optics", "pelvarrow-secure"


@dataclass
class World:
    home: Home
    store: Store
    now: datetime  #: of the last reading

    def scores(self, id: str, now: datetime | None = None, home: Home | None = None) -> tuple[Score, ...]:
        with self.store.read() as conn:
            return scores_of(conn, home or self.home, id, now or self.now)

    def part(self, id: str, ask: str, name: str, home: Home | None = None) -> Part:
        (found,) = (one for one in self.scores(id, home=home) if one.ask.id == ask)
        return next(one for one in found.parts if one.name == name)


@pytest.fixture(scope="module")
def world(indexed_world: Path) -> Iterator[World]:
    home = home_at(indexed_world)
    with home.open_store() as store:
        with store.read() as conn:
            now = max(one.at for one in readings.latest(conn).values())
        yield World(home, store, now)


@pytest.mark.parametrize(
    ("id", "ask", "part", "state", "begins"),
    [
        (CLOUD, "POL-1", "immigration", State.REGRESSED, "Since 2021-10-01 this no longer appears on the page we watch:"),
        (CLOUD, "GB-2a", "use", State.PARTIAL, "Words that a person has to judge: “placed” and “connection”; only for police; until further notice"),
        (CLOUD, "GB-2c", "", State.REGRESSED, "Since 2021-10-01 this no longer appears on the page we watch:"),
        (CLOUD, "GB-2d", "", State.UNKNOWN, "We found nothing of it, and not every page could be read (corvellam-cloud/pledge: the server says that there is no such page, since 2021-10-01)"),
        (OPTICS, "POL-1", "police", State.REGRESSED, "Since 2021-09-01 it says “We do not currently offer general-purpose"),
        (OPTICS, "GB-2d", "", State.UNMET, "We found no words on it on the pages that we read."),
        (SECURE, "GB-2b2", "data", State.PARTIAL, "Words that a person has to judge: “30”, “days”"),
        (SECURE, "INV-2", "", State.UNKNOWN, "It asks of a policy as a whole"),
    ],
)  # fmt: skip
def test_what_the_demo_says(world: World, id: str, ask: str, part: str, state: State, begins: str) -> None:
    found = world.part(id, ask, part)
    assert found.state is state
    assert found.why.startswith(begins)


@pytest.mark.parametrize("id", [CLOUD, OPTICS, SECURE])
def test_every_quote_stands_in_the_store_where_it_says(world: World, id: str) -> None:
    with world.store.read() as conn:
        known = {
            (one.page_id, one.quote, one.last_fetch_id, one.last_seen_at)
            for one in statements.of_organization(conn, id)
        }
    quoted = [each for one in world.scores(id) for part in one.parts for each in part.supports]
    assert quoted
    assert {(one.page_id, one.quote, one.fetch_id, one.last_seen) for one in quoted} <= known


def test_it_asks_the_store_as_often_whatever_there_is(world: World) -> None:
    counts = set()
    for id in (CLOUD, OPTICS, SECURE):
        with statements_sent(world.store) as sent:
            world.scores(id)
        counts.add(len(sent))
    assert len(counts) == 1


@pytest.mark.parametrize("id", [CLOUD, OPTICS, SECURE])
def test_what_nobody_has_read_for_a_month_is_not_known(world: World, id: str) -> None:
    later = world.scores(id, world.now + timedelta(days=30))
    states = {part.state for one in later for part in one.parts}
    assert states <= {State.UNKNOWN, State.REGRESSED}
    regressed = {
        (one.ask.id, part.name) for one in later for part in one.parts if part.state is State.REGRESSED
    }
    now = world.scores(id)
    assert regressed == {
        (one.ask.id, part.name) for one in now for part in one.parts if part.state is State.REGRESSED
    }


def test_an_organization_that_is_not_watched(world: World) -> None:
    states = {part.state for one in world.scores("nobody") for part in one.parts}
    assert states == {State.UNKNOWN}


# --------------------------------------------------------------------------- pages that were not read


def reasons(world: World, one: Organization, days: float = 0) -> list[str]:
    with world.store.read() as conn:
        return list(unread_pages(conn, world.home, one, world.now + timedelta(days=days)).values())


def test_why_a_page_was_not_read(world: World) -> None:
    optics = next(one for one in world.home.watchlist.organizations if one.id == OPTICS)
    (page, *_) = optics.pages
    only = replace(optics, pages=(page,))
    new = replace(page, id=f"{OPTICS}/new")
    assert reasons(world, only) == []
    assert reasons(world, only, days=2.5) == []
    assert reasons(world, only, days=10) == [f"{page.id}: nobody has read it since {world.now.date()}"]
    assert reasons(world, replace(only, pages=(replace(page, paused=True),))) == [f"{page.id}: it is paused"]
    assert reasons(world, replace(only, pages=(replace(page, language="xx"),))) == [
        f"{page.id}: we have no words for its language"
    ]
    assert reasons(world, replace(only, pages=(new,))) == [f"{OPTICS}/new: it was never read"]
    assert reasons(world, replace(only, pages=())) == ["no page of it is watched"]


def test_a_page_whose_newest_text_was_not_looked_through(own_demo_world: Path) -> None:
    home = home_at(own_demo_world)  # its statements were never found
    with home.open_store() as store, store.read() as conn:
        now = max(one.at for one in readings.latest(conn).values())
        (secure,) = (one for one in home.watchlist.organizations if one.id == SECURE)
        found = unread_pages(conn, home, secure, now)
    assert {why.split(": ")[1] for why in found.values()} == {
        "what was read last has not been looked through"
    }


# --------------------------------------------------------------------------- what people say


def with_overrules(world: World, folder: Path, organization: str, on: str) -> Home:
    config = Path(shutil.copytree(world.home.config, folder / "config"))
    (config / "overrules.toml").write_text(
        f'[[overrules]]\norganization = "{organization}"\nask = "POL-1"\npart = "police"\nstate = "met"\n'
        f'reason = "The contract forbids it."\nwho = "Ana"\non = {on}\n',
        encoding="utf-8",
    )
    return Home(world.home.root, config)


def test_a_person_decides_in_a_file_of_the_home(world: World, tmp_path: Path) -> None:
    day = world.now.date().isoformat()
    part = world.part(OPTICS, "POL-1", "police", with_overrules(world, tmp_path, OPTICS, day))
    assert (part.state, part.found) == (State.MET, State.REGRESSED)
    assert part.why == f"Ana decided on {day}: The contract forbids it (we found: regressed)."


def test_a_decision_of_another_organization_decides_nothing_here(world: World, tmp_path: Path) -> None:
    home = with_overrules(world, tmp_path, CLOUD, world.now.date().isoformat())
    assert world.part(OPTICS, "POL-1", "police", home).overruled is None


@pytest.mark.parametrize(("organization", "on"), [("nobody", "2021-10-01"), (OPTICS, "2031-01-01")])
def test_a_decision_that_cannot_be_is_refused(
    world: World, tmp_path: Path, organization: str, on: str
) -> None:
    with pytest.raises(ConfigError, match=r"overrules\.toml: overrules\[0\]"):
        world.scores(OPTICS, home=with_overrules(world, tmp_path, organization, on))


@pytest.mark.parametrize(
    ("verdict", "tiers"),
    [
        (None, [Tier.REVIEW]),
        (Verdict.RIGHT, [Tier.ALERT]),
        (Verdict.DUPLICATE, [Tier.REVIEW]),
        (Verdict.WRONG_DIRECTION, []),
        (Verdict.REWORDED_ONLY, []),
        (Verdict.NOT_ABOUT_THIS, []),
        (Verdict.PAGE_NOISE, []),
    ],
)
def test_a_verdict_on_an_alert_counts_for_its_changes(verdict: Verdict | None, tiers: list[Tier]) -> None:
    at = datetime.fromisoformat("2027-01-01T06:00:00+00:00")
    found = finding(tier=Tier.REVIEW)
    change = Tracked(finding_key(found), found, 1, 2, at, at, 3, Sighting.CONFIRMED, at)
    side = Side(at, "a" * 64, "https://acme.example/terms")
    alert = Alert(
        "b" * 64, at, {"id": "acme"}, {"id": "acme/terms"}, "", Direction.WEAKER, (found,), side, side
    )
    judged = {alert.id: Review(alert.id, at, "Ana", verdict)} if verdict else {}
    kept = as_judged([("acme/terms", change), ("acme/pledge", change)], [alert], judged)
    assert [one.finding.tier for page, one in kept if page == "acme/terms"] == tiers
    assert [one.finding.tier for page, one in kept if page == "acme/pledge"] == [Tier.REVIEW]


def regressed(scores: tuple[Score, ...]) -> int:
    return sum(part.state is State.REGRESSED for one in scores for part in one.parts)


def test_a_change_that_is_held_for_a_person_regresses_nothing(indexed_world: Path, tmp_path: Path) -> None:
    home = home_at(Path(shutil.copytree(indexed_world, tmp_path / "home")))
    with home.open_store() as store:
        with store.read() as conn:
            now = max(one.at for one in readings.latest(conn).values())
            told = raised.of_organization(conn, OPTICS, 100)
            assert regressed(scores_of(conn, home, OPTICS, now)) > 0
        with store.begin() as conn:
            for alert in told:
                holds.hold(conn, Hold(alert.id, now, "much changed at once"))
            scores = scores_of(conn, home, OPTICS, now)
    assert regressed(scores) == 0
    (police,) = (
        part for one in scores if one.ask.id == "POL-1" for part in one.parts if part.name == "police"
    )
    assert police.state is not State.MET
    assert "a person" in police.why
