"""The page of one change, over the demo's world: what it shows, what it cites, and what a person makes of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from alerts.marking import visible
from app.desk import changed
from app.desk.changed import change
from app.desk.reading import REMEMBERED
from app.desk.visit import LOCAL, Visit, Visitor
from app.home import Home
from monitor.model import AccountRole, Alert, Direction, Finding, Verdict
from monitor.store import alerts, audits, holds, reviews
from monitor.store.alerts import NewDelivery
from tests.desks import NOW, home_at, open_desk, statements_sent
from tests.people import place
from tests.sample_alerts import alert as sample
from tests.sample_alerts import finding

AFTER_THE_DEMO = datetime(2021, 11, 6, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(demo_world: Path) -> Home:
    return home_at(demo_world)


@pytest.fixture(scope="module")
def desk(home: Home) -> Iterator[TestClient]:
    with open_desk(home, AFTER_THE_DEMO) as client:
        yield client


@pytest.fixture
def own(own_demo_world: Path) -> Home:
    return home_at(own_demo_world)


def raised(home: Home) -> list[Alert]:
    with home.open_store() as store, store.read() as conn:
        return alerts.all(conn)


def weaker(home: Home) -> Alert:
    """One that has words on both sides."""
    return next(one for one in raised(home) if one.findings[0].before_quote and one.findings[0].after_quote)


def text_of(page: str) -> str:
    """What a reader sees, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


# --------------------------------------------------------------------------- what it shows


def test_each_change_of_the_demo_has_its_page(desk: TestClient, home: Home) -> None:
    for one in raised(home):
        answer = desk.get(f"/changes/{one.id}")
        shown = text_of(answer.text)
        assert answer.status_code == 200
        assert visible(one.headline) in shown
        assert all(word in shown for ask in one.asks for word in (ask.id, " ".join(visible(ask.why).split())))
        assert all(" ".join(visible(reason).split()) in shown for f in one.findings for reason in f.reasons)
        assert all(finding.rule in shown for finding in one.findings)
        assert one.before.sha256 in shown and one.after.sha256 in shown


@pytest.mark.parametrize("view", ["side", "inline"])
def test_the_words_are_marked_either_way(desk: TestClient, home: Home, view: str) -> None:
    one = weaker(home)
    shown = desk.get(f"/changes/{one.id}?view={view}").text
    quotes = shown[shown.index('id="changes"') :]
    first = quotes[: quotes.index('class="finding"')]
    assert "<del>" in first and "<ins>" in first
    assert ('class="sides"' in first) == (view == "side")
    assert f'href="?view={view}#changes" aria-current="true"' in first


def test_a_part_of_the_id_leads_to_the_whole(desk: TestClient, home: Home) -> None:
    one = raised(home)[0]
    answer = desk.get(f"/changes/{one.id[:8]}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/changes/{one.id}")
    assert desk.get(f"/changes/{one.id.upper()}").headers["location"] == f"/changes/{one.id}"


@pytest.mark.parametrize(
    "id", ["0", "1234567", "zzzzzzzz", "f" * 64, "f" * 65, "..%2f..%2fetc", "%00", "' OR 1=1--"]
)
def test_what_is_no_change_is_not_found(desk: TestClient, id: str) -> None:
    assert desk.get(f"/changes/{id}").status_code in (400, 404)


def test_the_quote_to_copy_says_who_said_it_where_and_when(desk: TestClient, home: Home) -> None:
    one = weaker(home)
    cited = [
        unescape(each)
        for each in re.findall(r"<textarea id=\"cite-[^>]*>([^<]*)<", desk.get(f"/changes/{one.id}").text)
    ]
    at, first = one.before.fetched_at, one.findings[0]
    said = " … ".join(f"“{line}”" for line in (*first.context, first.before_quote))
    assert cited[0] == visible(
        f"{said} — {one.organization['name']}, {one.before.url}, as seen "
        f"{at.day} {at:%b %Y %H:%M} UTC, SHA-256 {one.before.sha256}, pledgewatch change {one.id}"
    )  # fmt: skip
    assert one.after.sha256 in cited[1]


def test_the_page_around_the_words_can_be_unfolded(desk: TestClient, home: Home) -> None:
    one = weaker(home)
    shown = desk.get(f"/changes/{one.id}").text
    marked = [unescape(each) for each in re.findall(r"<mark>([^<]*)</mark>", shown)]
    assert {one.findings[0].before_quote, one.findings[0].after_quote} <= set(marked)


def test_every_fetch_around_it_is_listed(desk: TestClient, home: Home) -> None:
    one = weaker(home)
    shown = desk.get(f"/changes/{one.id}").text
    table = shown[shown.index("<tbody>") : shown.index("</tbody>")]
    ids = [int(each) for each in re.findall(r"/snapshots/(\d+)", table)]
    assert ids == sorted(ids) and len(ids) > 3
    assert table.count(">before<") == 1 and table.count(">after<") == 1


def test_what_is_left_out_of_the_fetches_is_said(
    desk: TestClient, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = weaker(home)
    all_of_it = desk.get(f"/changes/{one.id}").text
    monkeypatch.setattr(changed, "_BETWEEN", 1)
    shown = desk.get(f"/changes/{one.id}").text
    count = all_of_it.count("<tr><td>") - shown.count("<tr><td>")
    assert count > 0
    assert f"{count} more fetches between these are left out" in shown


def test_an_alert_without_its_fetches_is_still_shown(own: Home) -> None:
    with own.open_store() as store, store.begin() as conn:
        alerts.add(conn, sample(), ())
    with open_desk(own) as client:
        shown = client.get(f"/changes/{sample().id}")
        assert shown.status_code == 200
        assert "The store has no fetch for this side." in shown.text
        assert "This page is watched no more." in shown.text
        assert "We cannot tell which lines stood above these words before" in unescape(shown.text)
        assert "(the lines above these words are not at hand)" in unescape(shown.text)
        refused = client.get(f"/changes/{sample().id}/evidence.zip")
        assert (refused.status_code, "missing or damaged" in refused.text) == (404, True)


# --------------------------------------------------------------------------- what it costs


def asked(home: Home, one: Alert) -> int:
    """How many questions the page of this alert asks."""
    with home.open_store() as store:
        visit = Visit(
            home=home, store=store, now=NOW, who=Visitor("x", AccountRole.ADMIN, LOCAL), url="/", base=""
        )
        with store.read() as conn, statements_sent(store) as sent:
            change(visit, conn, one)
    return len(sent)


def test_the_number_of_questions_does_not_grow(own: Home) -> None:
    few = sample(finding())
    many = sample(*(finding(before_quote=f"We will not sell it to {who}.") for who in range(300)))
    deliveries = [NewDelivery(f"k{n}", f"r{n}", "console", "") for n in range(40)]
    with own.open_store() as store, store.begin() as conn:
        alerts.add(conn, few, ())
        alerts.add(conn, many, deliveries)
    assert asked(own, few) == asked(own, many) < 25


def test_of_very_many_passages_the_first_are_shown_and_the_rest_counted(own: Home) -> None:
    many = sample(*(finding(before_quote=f"We will not sell it to {who}.") for who in range(60)))
    with own.open_store() as store, store.begin() as conn:
        alerts.add(conn, many, ())
    with open_desk(own) as client:
        assert "And 20 more passages" in client.get(f"/changes/{many.id}").text


def test_not_every_text_ever_read_is_remembered() -> None:
    assert REMEMBERED <= 50


# --------------------------------------------------------------------------- what people make of it


def test_a_verdict_is_kept_with_all_that_follows(own: Home) -> None:
    one = weaker(own)
    with open_desk(own, AFTER_THE_DEMO) as client:
        said = {"verdict": "page-noise", "note": "The page alternates."}
        answer = client.post(f"/changes/{one.id}/review", data=said)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/changes/{one.id}#reviews")
        shown = client.get(f"/changes/{one.id}").text
    with own.open_store() as store, store.read() as conn:
        (kept,) = reviews.of_alert(conn, one.id)
        (audit,) = audits.newest(conn, 10)
        waiting = alerts.about(conn, one.id)
    assert (kept.verdict, kept.note, kept.author, kept.at) == (
        Verdict.PAGE_NOISE, "The page alternates.", "local", AFTER_THE_DEMO,
    )  # fmt: skip
    assert (audit.who, audit.what, audit.about, audit.detail) == ("local", "judged", one.id, "page-noise")
    assert len(waiting) == 1 and "1 message about the verdict waits" in shown
    assert "Page noise" in shown and "The page alternates." in shown
    assert "[[mutes]]" in shown and one.page["id"] in shown


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"note": "x"}, "Choose a verdict first."),
        ({"verdict": "great", "note": "kept <b>"}, "is no verdict"),
        ({"verdict": "right", "note": "x" * 10_001}, "say it in 10,000 at most"),
    ],
)
def test_what_is_no_verdict_changes_nothing_and_stays_typed(
    own: Home, said: dict[str, str], sentence: str
) -> None:
    one = raised(own)[0]
    with open_desk(own) as client:
        answer = client.post(f"/changes/{one.id}/review", data=said)
    with own.open_store() as store, store.read() as conn:
        assert reviews.all(conn) == []
    assert answer.status_code == 400
    assert sentence in unescape(answer.text)
    assert said["note"] in unescape(answer.text)


def test_what_is_held_can_be_let_go(own: Home) -> None:
    one = raised(own)[0]
    with own.open_store() as store, store.begin() as conn:
        holds.hold(conn, holds.Hold(one.id, NOW, "much changed at once"))
    with open_desk(own) as client:
        assert "much changed at once" in client.get(f"/changes/{one.id}").text
        assert client.post(f"/changes/{one.id}/release").status_code == 303
        assert client.post(f"/changes/{one.id}/release").status_code == 303  # twice does no harm
        assert "much changed at once" not in client.get(f"/changes/{one.id}").text
    with own.open_store() as store, store.read() as conn:
        assert holds.held(conn) == {}
        assert [(one.what, one.who) for one in audits.newest(conn, 10)] == [("released", "local")]


def test_a_look_changes_nothing(own: Home) -> None:
    one = raised(own)[0]
    with open_desk(own) as client:
        assert client.get(f"/changes/{one.id}/review").status_code in (404, 405)
        assert client.get(f"/changes/{one.id}/release").status_code in (404, 405)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_direction_is_a_word_and_a_sign(own: Home, direction: Direction) -> None:
    found: Finding = finding(direction=direction)
    one = replace(sample(found), direction=direction)
    with own.open_store() as store, store.begin() as conn:
        alerts.add(conn, one, ())
    with open_desk(own) as client:
        shown = client.get(f"/changes/{one.id}").text
    assert f'class="badge {direction.value}"' in shown


# --------------------------------------------------------------------------- who may


def test_a_reader_looks_and_does_not_judge_nor_see_addresses(tmp_path: Path) -> None:
    with place(tmp_path) as here:
        one = sample()
        with here.desk.store.begin() as conn:
            alerts.add(conn, one, [NewDelivery("k", "press", "mail", "ana@example.org")])
            holds.hold(conn, holds.Hold(one.id, NOW, "much changed at once"))
        reader, reviewer = here.person("rea", AccountRole.READER), here.person("rev", AccountRole.REVIEWER)
        seen, judged = reader.get(f"/changes/{one.id}").text, reviewer.get(f"/changes/{one.id}").text
        assert "ana@example.org" not in seen and "ana@example.org" in judged
        assert '<form class="stack"' not in seen and "Let it go out" not in seen
        assert '<form class="stack"' in judged and "Let it go out" in judged
        for what in ("review", "release"):
            assert reader.post(f"/changes/{one.id}/{what}", data={"verdict": "right"}).status_code == 403
        assert reviewer.post(f"/changes/{one.id}/review", data={"verdict": "right"}).status_code == 303
        with here.desk.store.read() as conn:
            (kept,) = reviews.of_alert(conn, one.id)
            assert kept.author == "rev" and one.id in holds.held(conn)
        assert [(each.who, each.what) for each in here.log() if each.about == one.id] == [("rev", "judged")]
