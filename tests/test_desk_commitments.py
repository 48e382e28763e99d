"""The commitment view: one line from its first wording to now, with the change behind each step."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.desk.gate import Desk
from app.desk.pages.commitments import rows_of
from app.home import Home
from app.indexing import index_new
from app.sight import Unseen, Why, unseen
from monitor.ledger import line_of
from monitor.model import Access, Page, Reading, Review, Verdict
from monitor.store import findings, raised, reviews, statements
from monitor.terms import terms
from tests.desks import NOW, client_of, home_at, open_desk, statements_sent
from tests.one_page import PADDING, PAGE, WALL, Watch, hasty, store

__all__ = ["hasty", "store"]  # the fixtures

CLOUD, OPTICS = "corvellam-cloud", "haldrennick-optics"
HOSTILE = "<script>alert(1)</script> {{7*7}} \u202eretaw"


@pytest.fixture(scope="module")
def home(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = home_at(Path(shutil.copytree(demo_world, tmp_path_factory.mktemp("line") / "home")))
    with home.open_store() as store:
        index_new(home, store, NOW)
    return home


@pytest.fixture(scope="module")
def desk(home: Home) -> Iterator[TestClient]:
    with open_desk(home) as client:
        yield client


def key_of(home: Home, words: str) -> str:
    with home.open_store() as store, store.read() as conn:
        return statements.search(conn, statements.Wanted(terms=terms(words))).sayings[0].key


def shown(desk: TestClient, home: Home, organization: str, words: str) -> str:
    answer = desk.get(f"/organizations/{organization}/commitments/{key_of(home, words)}")
    assert answer.status_code == 200
    return answer.text


def steps(text: str) -> list[str]:
    """What each step says, without marks."""
    parts = text.split('<ol class="cards line-of-steps">')[1].split("</ol>")[0].split("<h3>")[1:]
    return [" ".join(re.sub("<[^>]+>", " ", part).split()) for part in parts]


@pytest.mark.parametrize(
    ("organization", "words", "status", "count"),
    [
        (CLOUD, '"until further notice"', "Standing", 2),
        (CLOUD, '"one year moratorium"', "Standing", 2),
        (CLOUD, '"never build"', "No longer on the page we watch", 2),
        (CLOUD, '"list of the public organizations"', "No longer on the page we watch", 3),
        (OPTICS, '"do not currently offer"', "Standing", 2),
        (OPTICS, '"without their consent"', "Standing", 1),
    ],
)
def test_the_status_and_the_number_of_steps(
    desk: TestClient, home: Home, organization: str, words: str, status: str, count: int
) -> None:
    text = shown(desk, home, organization, words)
    assert f"<strong>{status}.</strong>" in text
    assert len(steps(text)) == count


def test_each_step_says_what_it_changed_and_leads_to_the_proof(desk: TestClient, home: Home) -> None:
    text = shown(desk, home, CLOUD, '"until further notice"')
    first, second = steps(text)
    assert "01 Jun 2021" in first
    assert "first seen in these words" in first
    assert "has placed a one-year moratorium" in first
    assert "02 Aug 2021" in second
    assert "“one-year moratorium” became “until further notice”" in second, "the reason"
    assert re.search(r"<del>[^<]*one-year[^<]*</del>", text)
    assert re.search(r"<ins>[^<]*until further notice[^<]*</ins>", text)
    (change,) = re.findall(r'href="(/changes/[0-9a-f]{64})"', text)
    for address in (change, *set(re.findall(r'href="(/snapshots/\d+)"', text))):
        assert desk.get(address).status_code == 200


def test_words_that_left_are_shown_as_that(desk: TestClient, home: Home) -> None:
    last = steps(shown(desk, home, CLOUD, '"never build"'))[-1]
    assert "These words are no longer on the page" in last
    assert "We will never build a face database" in last
    assert "no longer there" in last


def test_each_wording_has_the_address_of_the_line(desk: TestClient, home: Home) -> None:
    old, new = key_of(home, '"one year moratorium"'), key_of(home, '"until further notice"')
    pages = [desk.get(f"/organizations/{CLOUD}/commitments/{key}").text for key in (old, new)]
    assert pages[0].split("<main")[1] == pages[1].split("<main")[1]
    assert f'<link rel="canonical" href="/organizations/{CLOUD}/commitments/{new}">' in pages[0]


def test_what_is_no_commitment_says_so(desk: TestClient, home: Home) -> None:
    text = shown(desk, home, "pelvarrow-secure", '"Ashgrove Police Department"')
    assert "<h1>Statement</h1>" in text
    assert "no commitment in the ledger" in text


@pytest.mark.parametrize("key", ["0" * 64, "abc", "A" * 64, "%00" * 64, "..%2f..", "0" * 65])
def test_an_unknown_key_is_404(desk: TestClient, key: str) -> None:
    assert desk.get(f"/organizations/{CLOUD}/commitments/{key}").status_code in (400, 404)


def test_a_key_of_another_organization_is_404(desk: TestClient, home: Home) -> None:
    key = key_of(home, '"until further notice"')
    answer = desk.get(f"/organizations/{OPTICS}/commitments/{key}")
    assert answer.status_code == 404
    assert f"We saw no such statement at {OPTICS}." in answer.text


def test_hostile_words_are_text_and_the_number_of_questions_stays(home: Home, tmp_path: Path) -> None:
    own = home_at(Path(shutil.copytree(home.root, tmp_path / "home")))
    key = key_of(own, '"until further notice"')
    with own.open_store() as store:
        client = client_of(Desk(lambda: own, store, lambda: NOW))
        counts = []
        for number in range(2):
            with statements_sent(store) as sent:
                text = client.get(f"/organizations/{CLOUD}/commitments/{key}").text
            counts.append(len(sent))
            with store.begin() as conn:
                one, *_ = statements.of_key(conn, CLOUD, key)
                row = statements.indexed_of(conn, one.page_id)
                assert row is not None
                later = [replace(one, quote=HOSTILE)]
                later += [replace(one, id=0, key=f"{number}{each:063}") for each in range(50)]
                statements.keep(conn, row, later)
        assert counts[0] == counts[1] > 0
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} ⟨U+202E⟩retaw" in text


def test_a_step_without_a_known_alert_has_none(home: Home) -> None:
    with home.open_store() as store, store.read() as conn:
        sayings, tracked = statements.of_organization(conn, CLOUD), findings.of_organization(conn, CLOUD)
        line = line_of(key_of(home, '"until further notice"'), sayings, tracked, NOW.date())
        alerts = raised.of_organization(conn, CLOUD, 99)
    assert line is not None
    assert [bool(row.alert_id) for row in rows_of(line, alerts)] == [False, True]
    assert [bool(row.alert_id) for row in rows_of(line, [])] == [False, False]


# --------------------------------------------------------------------------- a small world of its own

WATCHLIST = f"""\
name = "Acme"
kind = "vendor"
[pages.pledge]
url = "{PAGE.url}"
role = "pledge"
"""


def with_line(line: str) -> bytes:
    items = "<ul><li>conduct facial recognition of people;</li><li>sell data.</li></ul>"
    return f"<html><body><h1>Our pledge</h1><p>{line}</p>{items}{PADDING}</body></html>".encode()


def own_home(folder: Path) -> Home:
    (folder / "config/watchlist").mkdir(parents=True)
    (folder / "config/settings.toml").write_text('[operator]\ncontact = "tests@pledgewatch.invalid"\n')
    (folder / "config/watchlist/acme.toml").write_text(WATCHLIST)
    return Home(folder, folder / "config")


def test_a_turned_line_above_is_shown_at_its_step_with_what_a_person_made_of_it(
    tmp_path: Path, hasty: Watch
) -> None:
    home = own_home(tmp_path / "own")
    hasty.sees(with_line("You may not use the service to:"))
    (told,) = hasty.sees(with_line("You may use the service to:")).alerts
    index_new(home, hasty.store, hasty.now)
    with hasty.store.begin() as conn:
        key = statements.of_organization(conn, "acme")[0].key
        reviews.add(conn, Review(told.id, hasty.now, "A. Reader", Verdict.WRONG_DIRECTION))
    client = client_of(Desk(lambda: home, hasty.store, lambda: hasty.now))
    text = client.get(f"/organizations/acme/commitments/{key}").text
    first, second = steps(text)
    assert "<strong>Reads otherwise now.</strong>" in text
    assert "You may not use the service to:" in first
    assert re.search(
        "Before, it read: .*You may not use the service to:.*You may use the service to:", second
    )
    assert "A person judged the alert of this change: Wrong direction." in second


def test_what_nobody_could_read_for_long_says_so(tmp_path: Path, hasty: Watch) -> None:
    home = own_home(tmp_path / "own")
    hasty.sees(with_line("You may not use the service to:"))
    hasty.sees(WALL, after=24)
    hasty.sees(WALL, after=100)
    index_new(home, hasty.store, hasty.now)
    with hasty.store.read() as conn:
        key = statements.of_organization(conn, "acme")[0].key
    client = client_of(Desk(lambda: home, hasty.store, lambda: hasty.now))
    for address in (f"/organizations/acme/commitments/{key}", "/organizations/acme", "/search"):
        assert "it could not be read, or was not looked at, for days" in client.get(address).text
    text = client.get("/organizations/acme").text
    assert "last seen <time" in text
    assert re.search('class="rest"', text), "the bar ends at the last sight"


WATCHED = replace(PAGE, every_hours=48.0)


@pytest.mark.parametrize(
    ("page", "read_hours", "failing_hours", "expected"),
    [
        pytest.param(WATCHED, 144, None, None, id="three looks ago"),
        pytest.param(WATCHED, 145, None, (Why.UNREAD, 145), id="longer ago"),
        pytest.param(replace(PAGE, every_hours=1.0), 72, None, None, id="72 hours are not long"),
        pytest.param(WATCHED, 1, 200, (Why.UNREAD, 200), id="looked at, and not read"),
        pytest.param(replace(PAGE, paused=True), 1, None, (Why.PAUSED, 1), id="paused"),
        pytest.param(None, None, None, (Why.UNWATCHED, None), id="off the watchlist"),
        pytest.param(WATCHED, None, None, None, id="new"),
    ],
)  # fmt: skip
def test_what_is_not_seen_for_long(
    page: Page | None,
    read_hours: float | None,
    failing_hours: float | None,
    expected: tuple[Why, float] | None,
) -> None:
    newest = Reading(1, PAGE.id, NOW - timedelta(hours=read_hours), Access.OK) if read_hours else None
    since = NOW - timedelta(hours=failing_hours) if failing_hours else None
    found = unseen(page, newest, since, NOW)
    if expected is None:
        assert found is None
    else:
        why, hours = expected
        assert found == Unseen(why, NOW - timedelta(hours=hours) if hours else None)
