"""The API: the values of the contract, part by part, nothing to change, and every refusal as JSON."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.desk.gate import Desk
from app.desk.site import site
from monitor.model import Access, Fetch, Reading, Review, Saying, Verdict
from monitor.store import Connection, fetches, holds, paged, pages, readings, reviews, statements
from monitor.store import alerts as stored
from monitor.store.statements import Indexed
from tests.desks import BASE, NOW, home_at, open_desk, statements_sent
from tests.homes import Screen, at_home
from tests.sample_alerts import HEDGED, REFUSAL, TERMS, finding
from tests.sample_alerts import NOW as RAISED
from tests.sample_alerts import alert as corvid_alert
from tests.store_values import alert as heron_alert

API = "/api/v1"
HEADS = ("/status", "/organizations", "/openapi.json", "/nowhere", "/fetches/0")


@pytest.fixture(scope="module")
def desk(demo_world: Path) -> Iterator[TestClient]:
    """A desk over what the demo leaves."""
    with open_desk(home_at(demo_world)) as client:
        yield client


@pytest.mark.parametrize("path", HEADS)
def test_head_is_answered_as_get_but_for_the_body(desk: TestClient, path: str) -> None:
    whole, head = desk.get(f"{API}{path}"), desk.head(f"{API}{path}")
    assert (head.status_code, head.headers, head.content) == (whole.status_code, whole.headers, b"")


def asked(desk: TestClient, path: str, status: int = 200) -> Any:
    answer = desk.get(f"{API}{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


# --------------------------------------------------------------------------- the values of the contract


def test_alerts_are_those_of_the_command_line(desk: TestClient, demo_world: Path, capsys: Screen) -> None:
    capsys.readouterr()
    assert at_home(demo_world, "alerts", "list", "--json") == 0
    told = json.loads(capsys.readouterr().out)["alerts"]
    given = asked(desk, "/alerts?limit=200")
    assert told and given["alerts"] == told
    assert given["schema"] == "pledgewatch.api.alerts/1" and given["next"] is None
    for one in told:
        assert asked(desk, f"/alerts/{one['id']}") == one


def test_the_state_of_the_watch_is_that_of_the_command_line(
    desk: TestClient, demo_world: Path, capsys: Screen
) -> None:
    capsys.readouterr()
    assert at_home(demo_world, "status", "--json") == 0
    told, given = json.loads(capsys.readouterr().out), asked(desk, "/status")
    by_the_clock = ("at", "pages")
    assert {key: one for key, one in given.items() if key not in by_the_clock} == {
        key: one for key, one in told.items() if key not in by_the_clock
    }
    assert given["at"] == "2027-03-01T09:00:00Z"


def test_each_page_of_each_organization_is_there(desk: TestClient) -> None:
    known = asked(desk, "/organizations")["organizations"]
    assert known
    for one in known:
        whole = asked(desk, f"/organizations/{one['id']}")
        assert {key: whole[key] for key in one} == one and len(whole["pages"]) == one["page_count"]
        for page in whole["pages"]:
            alone = asked(desk, f"/pages/{page['id']}")
            assert {key: alone[key] for key in page} == page and alone["schema"] == "pledgewatch.api.page/1"


def test_a_finding_leads_to_its_fetches_and_an_alert_holds_its_words(desk: TestClient) -> None:
    found = asked(desk, "/findings?state=confirmed&limit=200")["findings"]
    quotes = {
        (one["before_quote"], one["after_quote"])
        for told in asked(desk, "/alerts?limit=200")["alerts"]
        for one in told["findings"]
    }
    assert found and quotes <= {
        (one["finding"]["before_quote"], one["finding"]["after_quote"]) for one in found
    }
    for one in found[:3]:
        fetched = asked(desk, f"/fetches/{one['after_fetch']}")
        assert fetched["page"] == one["page"] and fetched["reading"]["fetch"] == one["after_fetch"]


def test_what_an_organization_has_is_its_own(desk: TestClient) -> None:
    for one in asked(desk, "/organizations")["organizations"]:
        mine = f"organization={one['id']}&limit=200"
        assert {told["organization"]["id"] for told in asked(desk, f"/alerts?{mine}")["alerts"]} <= {
            one["id"]
        }
        for name in ("findings", "statements"):
            pages = {row["page"].split("/")[0] for row in asked(desk, f"/{name}?{mine}")[name]}
            assert pages <= {one["id"]}
        assert {row["page"].split("/")[0] for row in asked(desk, f"/coverage?{mine}")["pages"]} == {one["id"]}


# --------------------------------------------------------------------------- part by part


@pytest.mark.parametrize("name", ["alerts", "findings", "fetches", "statements", "reviews"])
def test_the_parts_of_a_list_are_the_list(name: str, desk: TestClient) -> None:
    whole = asked(desk, f"/{name}?limit=200")
    rows, parts, after = whole[name], [], ""
    for _ in range(len(rows)):
        part = asked(desk, f"/{name}?limit=7{after}")
        parts += part[name]
        if part["next"] is None:
            break
        after = f"&after={part['next']}"
        if len(parts) >= len(rows):
            break
    assert parts[: len(rows)] == rows


def test_the_parts_of_the_coverage_are_all_pages_in_order(desk: TestClient) -> None:
    whole = asked(desk, "/coverage?limit=200&from=2026-11-01&to=2027-03-01")
    names = [one["page"] for one in whole["pages"]]
    first = asked(desk, "/coverage?limit=2&from=2026-11-01&to=2027-03-01")
    rest = asked(desk, f"/coverage?limit=200&from=2026-11-01&to=2027-03-01&after={first['next']}")
    assert names == sorted(names) and [one["page"] for one in first["pages"] + rest["pages"]] == names
    assert first["totals"] == rest["totals"] == whole["totals"]
    assert whole["totals"]["pages"] == len(names)


def test_alerts_are_sifted_by_direction_and_time(desk: TestClient) -> None:
    told = asked(desk, "/alerts?limit=200")["alerts"]
    weaker = asked(desk, "/alerts?limit=200&direction=weaker")["alerts"]
    assert weaker == [one for one in told if one["direction"] == "weaker"] and 0 < len(weaker) < len(told)
    middle = told[len(told) // 2]["raised_at"]
    later = asked(desk, f"/alerts?limit=200&since={middle}")["alerts"]
    assert later == [one for one in told if one["raised_at"] >= middle]
    zoned = asked(desk, f"/alerts?limit=200&since={middle.replace('Z', '%2B00:00')}")["alerts"]
    assert zoned == later


# --------------------------------------------------------------------------- what keeps an alert back


def test_held_alerts_and_every_verdict_are_told(own_demo_world: Path) -> None:
    home = home_at(own_demo_world)
    with home.open_store() as store, store.begin() as conn:
        newest, older = paged.raised(conn, 2)
        holds.hold(conn, holds.Hold(newest.id, NOW, "much changed at once"))
        for verdict in (Verdict.RIGHT, Verdict.DUPLICATE):
            reviews.add(conn, Review(older.id, NOW, "Ana", verdict, "Read."))
    with open_desk(home) as desk:
        first, second = asked(desk, "/alerts?limit=2")["alerts"]
        given = asked(desk, "/reviews")["reviews"]
    assert first["held"] == "much changed at once" and "reviews" not in first
    assert [one["verdict"] for one in second["reviews"]] == ["right", "duplicate"]
    assert [(one["verdict"], one["counts"], one["alert"]) for one in given] == [
        ("duplicate", True, older.id),
        ("right", False, older.id),
    ]


def test_words_that_no_text_can_hold_break_nothing(own_demo_world: Path) -> None:
    home = home_at(own_demo_world)
    evil = corvid_alert(replace(finding(), after_quote='\ud800 \0 "<script>\u202e', before_quote=REFUSAL))
    with home.open_store() as store, store.begin() as conn:
        stored.add(conn, evil, [])
    with open_desk(home) as desk:
        told = asked(desk, f"/alerts/{evil.id}")
    assert told["findings"][0]["after_quote"] == '\ud800 \0 "<script>\u202e'


# --------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("path", "status", "part"),
    [
        ("/nothing", 404, "nothing"),
        ("/organizations/nobody", 404, "nobody"),
        ("/pages/nobody/terms", 404, "nobody/terms"),
        (f"/alerts/{'0' * 64}", 404, "0" * 64),
        ("/fetches/999999", 404, "999999"),
        (f"/alerts?after={'0' * 64}", 400, "after"),
        ("/coverage?from=2027-03-01&to=2027-02-01", 400, "before the first"),
        ("/coverage?from=1900-01-01", 400, "1990"),
        ("/alerts?limit=0", 422, "limit"),
        ("/alerts?limit=201", 422, "limit"),
        ("/alerts?directoin=weaker", 422, "directoin"),
        ("/alerts?direction=worse", 422, "direction"),
        ("/alerts?since=yesterday", 422, "2027-03-01T06:00:00Z"),
        ("/alerts?since=2027-03-01T06:00:00", 422, "2027-03-01T06:00:00Z"),
        ("/alerts?since=0001-01-01T00:00:00%2B23:59", 422, "2027-03-01T06:00:00Z"),
        ("/fetches?after=99999999999999999999", 422, "after"),
        ("/fetches/x", 422, "id"),
        ("/organizations/..%2F..%2Fetc", 404, "nothing"),
        ("/statements?from=2027-02-30", 422, "from"),
        ("/statements?words=a%00b", 400, "signs"),
    ],
)
def test_a_refusal_is_one_sentence_as_json(desk: TestClient, path: str, status: int, part: str) -> None:
    said = asked(desk, path, status)
    assert list(said) == ["error"] and part in said["error"] and "\n" not in said["error"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed(desk: TestClient, method: str) -> None:
    description = asked(desk, "/openapi.json")
    assert {verb for path in description["paths"].values() for verb in path} == {"get"}
    for path in description["paths"]:
        answer = desk.request(
            method,
            API + path.replace("{id}", "1").replace("{", "").replace("}", ""),
            headers={"Origin": BASE},
        )
        assert answer.status_code in (404, 405) and list(answer.json()) == ["error"]


def test_who_is_not_signed_in_gets_json_too(desk: TestClient) -> None:
    for path in ("/alerts", "/openapi.json", "/nothing"):
        answer = desk.get(f"{API}{path}", headers={"X-Forwarded-For": "192.0.2.9"})  # not this machine alone
        assert answer.status_code == 401 and list(answer.json()) == ["error"]
        assert answer.headers["www-authenticate"].startswith("Basic")


# --------------------------------------------------------------------------- how much it asks


def _grown(conn: Connection, many: int) -> None:
    """So many alerts, verdicts, holds, fetches and statements more."""
    for number in range(many):
        page = replace(TERMS, id=f"corvid/p{number}")
        told = corvid_alert(finding(), page=page)
        stored.add(conn, replace(told, raised_at=RAISED.replace(second=number)), [])
        holds.hold(conn, holds.Hold(told.id, NOW, "much"))
        reviews.add(conn, Review(told.id, NOW, "Ana", Verdict.RIGHT))
        fetched = fetches.record(conn, Fetch(page.id, page.url, NOW, NOW))
        readings.record(conn, Reading(fetched.id, page.id, NOW, Access.TIMEOUT))
        said = Saying(
            page.id,
            "corvid",
            "en",
            "k" * 64,
            HEDGED,
            (),
            "refuses",
            "company",
            (),
            (),
            (),
            True,
            "",
            0,
            fetched.id,
            NOW,
            fetched.id,
            NOW,
            True,
            True,
        )
        statements.keep(conn, Indexed(page.id, NOW, fetched.id, "", "", ""), [said])
    known = [replace(TERMS, id=f"corvid/p{number}") for number in range(many)]
    pages.sync(conn, known, NOW)


def test_questions_to_the_store_do_not_grow(tmp_path: Path, own_demo_world: Path) -> None:
    home = home_at(own_demo_world)
    sent: dict[int, dict[str, int]] = {}
    with home.open_store() as store:
        for many in (2, 9):
            with store.begin() as conn:
                conn.exec_driver_sql("DELETE FROM holds")
                conn.exec_driver_sql("DELETE FROM reviews")
                conn.exec_driver_sql("DELETE FROM deliveries")
                conn.exec_driver_sql("DELETE FROM alerts")
                _grown(conn, many)
                stored.add(conn, heron_alert(), [])
            client = TestClient(site(Desk(lambda: home, store, lambda: NOW)), base_url=BASE)
            sent[many] = {}
            for path in (
                "/status",
                "/alerts",
                "/findings",
                "/fetches",
                "/statements",
                "/reviews",
                "/organizations",
                "/coverage",
            ):
                with statements_sent(store) as queries:
                    assert client.get(f"{API}{path}").status_code == 200
                sent[many][path] = len(queries)
    assert sent[2] == sent[9]
