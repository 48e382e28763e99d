"""pledgewatch portfolio: what is written is what the store holds, and what is not sure is shown as that."""

import json
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.dossiers.words import LENSES
from app.home import Home
from app.indexing import index_new
from app.marks import Marks
from app.portfolio.command import json_of, portfolio_of, write_portfolio
from app.portfolio.gathering import Position, why_not_counted
from app.portfolio.writing import Portfolio, paper_of
from app.scoring import scores_of
from monitor.errors import InputError
from monitor.holdings import match, read_holdings
from monitor.ledger import Status, ledger
from monitor.ledger.told import with_told
from monitor.model import Direction, Identifiers, Organization, Review, Verdict
from monitor.mutes import Mute
from monitor.scorecard import State
from monitor.store import alerts, findings, holds, raised, reviews, statements
from monitor.store.holds import Hold
from monitor.words import spoken
from tests.desks import NOW, home_at
from tests.homes import Screen, at_home
from tests.test_holdings import isin, lei, wrong

CLOUD, OPTICS, SECURE = "corvellam-cloud", "haldrennick-optics", "pelvarrow-secure"
SINCE = "2021-06-01"
LIST = f"""\
Emittent;ISIN;LEI;Gewicht (%);Marktwert
Corvellam Cloud AG;{isin(1)};;40;1.234.567,50
Haldrennick Optic;;;20,5;
;;{lei(2)};10;
=Nobody at all;{isin(7)};;5;
Nobody;{wrong(isin(8))};;1;
;;;;
"""


@pytest.fixture(scope="module")
def home(indexed_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo, with identifiers, and an organization below another one that has no page."""
    folder = Path(shutil.copytree(indexed_world, tmp_path_factory.mktemp("held") / "home"))
    watchlist = folder / "config" / "watchlist"
    for id, said in (
        (CLOUD, f'isin = "{isin(1)}"\ncertainty = "seen"'),
        (SECURE, f'lei = "{lei(2)}"\ncertainty = "low"'),
    ):
        file = watchlist / f"{id}.toml"
        file.write_text(file.read_text() + f"\n[identifiers]\n{said}\n")
    (watchlist / "corvellam-lens.toml").write_text(
        f'name = "Corvellam Lens"\nkind = "vendor"\nparent = "{CLOUD}"\n'
    )
    return home_at(folder)


@pytest.fixture(scope="module")
def portfolio(home: Home) -> Portfolio:
    return portfolio_of(home, read_holdings(LIST.encode()), datetime(2021, 6, 1, tzinfo=UTC).date(), NOW)


@pytest.fixture(scope="module")
def tables(portfolio: Portfolio) -> dict[str, list[dict[str, Any]]]:
    return dict(json.loads(json_of(paper_of(portfolio)))["tables"])


def test_each_holding_is_in_one_part_and_the_weight_covered_is_told(
    portfolio: Portfolio, tables: Any
) -> None:
    assert dict(paper_of(portfolio).facts.pairs) | {
        "Rows in the list": "6",
        "Holdings": "5",
        "Matched": "2",
        "… by an identifier or a name that is not confirmed": "1",
        "Ambiguous": "1",
        "Not covered": "2",
        "Weight covered": "50.00 of 76.50 percent",
        "Organizations covered": "3",
    } == dict(paper_of(portfolio).facts.pairs)
    assert [
        (each["row"], each["organization id"], each["matched by"], each["confirmed"])
        for each in tables["exposures"]
    ] == [
        ("2", CLOUD, "ISIN", "yes"),
        ("2", "corvellam-lens", "ISIN", "yes"),
        ("4", SECURE, "LEI", "no"),
    ]
    assert [(each["row"], each["candidate id"]) for each in tables["ambiguous"]] == [("3", OPTICS)]
    assert [each["holding"] for each in tables["not-covered"]] == ["=Nobody at all", "Nobody"]
    assert [each["row"] for each in tables["rows"]] == [6, 7]


def test_what_is_below_a_parent_is_said_and_its_weight_counted_once(tables: Any) -> None:
    parent, child, _ = tables["exposures"]
    assert (parent["through"], parent["weight %"], parent["amount"]) == ("", 40, 1234567.5)
    assert (child["through"], child["weight %"], child["amount"]) == ("Corvellam Cloud (parent)", None, None)
    assert "no page of it is watched" in child["pages not read"]


def test_every_figure_is_that_of_the_store(home: Home, portfolio: Portfolio, tables: Any) -> None:
    since = datetime(2021, 6, 1, tzinfo=UTC)
    with home.open_store() as store, store.read() as conn:
        for id, position in portfolio.positions.items():
            tracked, told = findings.of_organization(conn, id), raised.of_organization(conn, id, 1000)
            kept = ledger(statements.of_organization(conn, id), with_told(tracked, told), NOW.date())
            stand = [
                one
                for one in kept
                if one.status in (Status.STANDING, Status.RELOCATED, Status.LAPSING, Status.LAPSED)
            ]
            assert position.standing == len(stand)
            assert position.scores == scores_of(conn, home, id, NOW)
            weaker = {
                (page, one.finding.before_quote, one.finding.after_quote)
                for page, one in with_told(tracked, told)
                if one.confirmed_at
                and one.first_seen_at >= since
                and one.finding.is_material
                and one.finding.direction is Direction.WEAKER
            }
            name = position.organization.name
            shown = {
                (each["page"], each["before"], each["after"])
                for each in tables["weaker"]
                if each["organization"] == name
            }
            assert shown == weaker
        for each in tables["weaker"]:
            alert = alerts.get(conn, each["alert"])
            assert alert.page["id"] == each["page"]
            assert each["before"] in [one.before_quote for one in alert.findings]
    assert len(tables["weaker"]) > 3


def test_new_words_are_no_words_that_weakened(portfolio: Portfolio, tables: Any) -> None:
    """A new story of a customer is a change to the weaker: it is called that, in every place."""
    assert "introduced" in {each["kind"] for each in tables["weaker"]}
    assert b"weakened" not in json_of(paper_of(portfolio)).lower()
    facts = dict(paper_of(portfolio).facts.pairs)
    assert "… with changes to the weaker since 2021-06-01" in facts
    assert "changes to the weaker since 2021-06-01" in tables["exposures"][0]


def test_asks_are_counted_by_lens_and_state_and_never_blended(portfolio: Portfolio, tables: Any) -> None:
    for each in tables["asks-by-lens"]:
        position = next(
            one for one in portfolio.positions.values() if one.organization.name == each["organization"]
        )
        parts = [
            part for one in position.scores if LENSES[one.ask.lens] == each["lens"] for part in one.parts
        ]
        assert [each[state.value] for state in State] == [
            sum(part.state is state for part in parts) for state in State
        ]
    assert {each["lens"] for each in tables["asks-by-lens"]} <= set(LENSES.values())
    states = {each["state"] for each in tables["asks-open"]}
    assert states <= {"unmet", "regressed"}
    counted = sum(each[state] for each in tables["asks-by-lens"] for state in ("unmet", "regressed"))
    assert counted == len(tables["asks-open"])


def test_of_each_quote_it_is_said_whether_it_still_stands(portfolio: Portfolio, tables: Any) -> None:
    """And several of them do not read as one that was shortened."""
    marks = {True: "in our last reading", False: "read before, no longer in our last reading"}
    told = 0
    rows = {(each["organization"], each["ask"], each["part"]): each for each in tables["asks-open"]}
    for position in portfolio.positions.values():
        for score in position.scores:
            for part in (one for one in score.parts if one.state in (State.UNMET, State.REGRESSED)):
                row = rows[position.organization.name, score.ask.id, spoken(part.name)]
                assert row["words it rests on"] == "; ".join(
                    f"“{one.quote}” ({marks[(one.page_id, one.quote) in position.words]})"
                    for one in part.supports
                )
                told += len(part.supports)
    assert told > 2


def test_a_time_without_changes_has_none(home: Home) -> None:
    found = portfolio_of(home, read_holdings(LIST.encode()), NOW.date(), NOW)
    assert not any(each.weakened for each in found.positions.values())


def test_what_a_person_judged_wrong_is_shown_and_not_counted(
    home: Home, tmp_path: Path, portfolio: Portfolio
) -> None:
    own = home_at(Path(shutil.copytree(home.root, tmp_path / "home")))
    alert = next(each.alert for each in portfolio.positions[CLOUD].weakened if each.alert)
    with own.open_store() as store, store.begin() as conn:
        reviews.add(conn, Review(alert.id, NOW, "ana", Verdict.WRONG_DIRECTION))
    position = portfolio_of(own, read_holdings(LIST.encode()), portfolio.since, NOW).positions[CLOUD]
    against = [each for each in position.weakened if each.alert and each.alert.id == alert.id]
    assert {each.against for each in against} == {"a person judged: wrong-direction"}
    assert position.weaker == portfolio.positions[CLOUD].weaker - len(against)


def test_what_is_held_is_shown_and_not_counted(home: Home, tmp_path: Path, portfolio: Portfolio) -> None:
    own = home_at(Path(shutil.copytree(home.root, tmp_path / "home")))
    before = portfolio.positions[CLOUD]
    alert = next(each.alert for each in before.weakened if each.alert and not each.against)
    with own.open_store() as store, store.begin() as conn:
        holds.hold(conn, Hold(alert.id, NOW, "why"))
    position = portfolio_of(own, read_holdings(LIST.encode()), portfolio.since, NOW).positions[CLOUD]
    held = [each for each in position.weakened if each.against == "held until a person looks at it"]
    assert {each.alert.id for each in held if each.alert} == {alert.id}
    assert len(position.weakened) == len(before.weakened)
    assert position.weaker == before.weaker - len(held)


@pytest.mark.parametrize(
    "marks, said",
    [
        (None, ""),
        (Marks(), ""),
        (Marks(muted=Mute("ana", "why", NOW.date(), NOW.date(), page="a/b")), "muted"),
        (Marks(held=Hold("1", NOW, "why")), "held until a person looks at it"),
        (Marks(judged=Review("1", NOW, "ana", Verdict.RIGHT)), ""),
        (Marks(judged=Review("1", NOW, "ana", Verdict.PAGE_NOISE)), "a person judged: page-noise"),
    ],
)
def test_what_keeps_an_alert_silent_speaks_against_counting_it(marks: Marks | None, said: str) -> None:
    assert why_not_counted(marks) == said


def test_what_ends_soon_by_its_own_words_is_listed(home: Home) -> None:
    kept = ledger_of(home, CLOUD)
    known = Identifiers(isin=isin(1))
    cloud = Organization(CLOUD, "Corvellam Cloud", "vendor", identifiers=known)
    position = Position(cloud, 1, (kept,), (), (), ())
    holdings = read_holdings(LIST.encode())
    matching = match(holdings.holdings, [position.organization])
    found = Portfolio(holdings, matching, {CLOUD: position}, NOW.date(), NOW.date())
    (row,) = json.loads(json_of(paper_of(found)))["tables"]["lapsing"]
    assert (row["words"], row["held in rows"]) == (kept.saying.quote, "2")


def ledger_of(home: Home, id: str) -> Any:
    with home.open_store() as store, store.read() as conn:
        return ledger(statements.of_organization(conn, id), (), NOW.date())[0]


# --------------------------------------------------------------------------- the command


@pytest.fixture
def held(tmp_path: Path) -> Path:
    file = tmp_path / "held.csv"
    file.write_text(LIST)
    return file


def test_a_workbook_and_a_page_are_written_where_no_file_is_named(
    home: Home, held: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    monkeypatch.chdir(tmp_path)
    assert at_home(home.root, "portfolio", held) == 0
    assert "5 holdings, 2 matched, 1 ambiguous, 2 not covered" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "held.csv",
        "portfolio.html",
        "portfolio.xlsx",
    ]
    book = openpyxl.load_workbook(BytesIO((tmp_path / "portfolio.xlsx").read_bytes()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any("Nobody at all" in str(cell.value) for cell in cells)
    assert "Nobody at all" in (tmp_path / "portfolio.html").read_text()


@pytest.mark.parametrize(
    "more, names",
    [
        (["-o", "a.json"], ["a.json"]),
        (["-o", "a.HTML"], ["a.HTML"]),
        (["--format", "json"], ["portfolio.json"]),
        (["-o", "a", "--format", "xlsx"], ["a"]),
    ],
)
def test_one_file_is_written_where_one_is_asked_for(
    home: Home, held: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], names: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert at_home(home.root, "portfolio", held, *more) == 0
    assert sorted(path.name for path in tmp_path.iterdir() if path != held) == names


def test_the_same_store_list_and_day_give_the_same_bytes(home: Home, held: Path, tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "a.html", "b.html"):
        assert write_portfolio(home, held, tmp_path / name, SINCE, "", NOW) == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize(
    "file, more, says",
    [
        ("none.csv", [], "cannot be read"),
        (".", [], "cannot be read"),
        ("/dev/null", [], "cannot be read (it is no file)"),
        ("loop.csv", [], "cannot be read (too many levels of symbolic links)"),
        ("held.csv", ["-o", "a.doc"], "says no format that we write"),
        ("held.csv", ["--format", "xls"], 'did you mean "xlsx"'),
        (
            "held.csv",
            ["-o", "a.xlsx", "--format", "html"],
            "a.xlsx ends as another format than --format html",
        ),
        ("held.csv", ["-o", "held.csv"], "is the list itself"),
        ("held.csv", ["-o", "../{folder}/held.csv", "--format", "json"], "is the list itself"),
        ("portfolio.xlsx", [], "is the list itself"),
        ("held.csv", ["--since", "yesterday"], "write a day such as"),
        ("held.csv", ["--since", "2099-01-01"], "lies ahead"),
        ("odd.csv", [], "odd.csv: the list holds a NUL byte"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_nothing_is_written(
    home: Home,
    held: Path,
    file: str,
    more: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Screen,
) -> None:
    monkeypatch.chdir(held.parent)
    Path("odd.csv").write_bytes(b"isin\n\0")
    Path("loop.csv").symlink_to("loop.csv")
    more = [each.format(folder=held.parent.name) for each in more]
    assert at_home(home.root, "portfolio", file, *more) == 2
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1
    assert sorted(path.name for path in held.parent.iterdir()) == ["held.csv", "loop.csv", "odd.csv"]
    assert held.read_text() == LIST


def test_a_page_that_cannot_be_written_leaves_what_was_there(home: Home, held: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.json").mkdir()
    with pytest.raises(InputError, match=r"kept\.json is a folder"):
        write_portfolio(home, held, tmp_path / "kept.json", SINCE, "", NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["held.csv", "kept.json"]


@pytest.mark.parametrize("folder, other", [("html", "xlsx"), ("xlsx", "html")])
def test_where_one_of_two_files_cannot_be_written_the_other_is_not_replaced(
    home: Home, held: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen, folder: str, other: str
) -> None:
    monkeypatch.chdir(held.parent)
    Path(f"portfolio.{folder}").mkdir()
    Path(f"portfolio.{other}").write_text("kept")
    assert at_home(home.root, "portfolio", held) == 2
    said = capsys.readouterr().err
    assert f"portfolio.{folder} is a folder" in said and said.count("\n") == 1
    assert Path(f"portfolio.{other}").read_text() == "kept"


def test_indexing_is_done_before(home: Home) -> None:
    with home.open_store() as store:
        assert index_new(home, store, NOW) == 0
