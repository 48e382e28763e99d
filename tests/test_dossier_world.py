"""The dossiers of the demo's world: each figure and quote is found again in the store, by another way."""

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from app.dossiers.command import FORMATS
from app.dossiers.dossier import Dossier, Period, Proof
from app.dossiers.found import period_of
from app.dossiers.gathering import dossier_of
from app.dossiers.json import json_of
from app.dossiers.writing import paper_of
from app.papers.html import html_of
from app.papers.paper import Items, Table, tables_of
from monitor.extract import extract
from monitor.model import PROTECTIVE
from monitor.reading import read_document
from tests.desks import home_at
from tests.homes import at_home

ORGANIZATIONS = ("corvellam-cloud", "haldrennick-optics", "pelvarrow-secure")
PERIOD = Period(date(2021, 7, 1), date(2021, 11, 30))
Written = dict[str, Any]


@pytest.fixture(scope="module")
def world(indexed_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it, for commands."""
    return Path(shutil.copytree(indexed_world, tmp_path_factory.mktemp("dossiers") / "home"))


def gathered(folder: Path, *organizations: str, period: Period | None = PERIOD) -> dict[str, Dossier]:
    home = home_at(folder)
    with home.open_store() as store, store.read() as conn:
        span = period or period_of(conn, None, None)
        return {one: dossier_of(conn, home, one, span, read_document) for one in organizations}


@pytest.fixture(scope="module")
def dossiers(world: Path) -> Mapping[str, Dossier]:
    return gathered(world, *ORGANIZATIONS)


@pytest.fixture(scope="module")
def written(dossiers: Mapping[str, Dossier]) -> Mapping[str, Written]:
    return {id: json.loads(json_of(one)) for id, one in dossiers.items()}


@pytest.fixture(scope="module")
def rows(world: Path) -> Iterator[sqlite3.Connection]:
    """The database itself, without a line of ours between."""
    with closing(sqlite3.connect(f"file:{world}/pledgewatch.db?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


def at(text: str) -> datetime:
    """A time as the database writes it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def said(text: str | None) -> datetime | None:
    """A time as the JSON writes it."""
    return datetime.fromisoformat(text) if text else None


def every(written: Mapping[str, Written], name: str) -> Iterator[Any]:
    return (one for dossier in written.values() for one in dossier[name])


# --------------------------------------------------------------------------- the quotes


def test_every_quote_stands_verbatim_in_the_text_of_the_snapshot_whose_hashes_are_given(
    world: Path, written: Mapping[str, Written], rows: sqlite3.Connection
) -> None:
    evidence = list(every(written, "evidence"))
    assert len(evidence) > 20
    home = home_at(world)
    for one in evidence:
        assert one["proof"] == Proof.VERBATIM
        fetch = rows.execute("SELECT * FROM fetches WHERE id = ?", (one["fetch"],)).fetchone()
        assert fetch["page_id"] == one["page"]
        assert fetch["body_sha256"] == one["body_sha256"] or fetch["status"] == 304
        assert at(fetch["ended_at"]).replace(microsecond=0) == said(one["captured_at"])
        body = home.blobs.get(one["body_sha256"])
        assert hashlib.sha256(body).hexdigest() == one["body_sha256"]
        page = home.watchlist.page(one["page"])
        text = extract(body, "text/html", charset="utf-8", select=page.select, remove=page.remove).text
        assert hashlib.sha256(text.encode()).hexdigest() == one["text_sha256"]
        assert one["quote"] in text


def test_every_number_points_to_the_words_it_is_given_for(written: Mapping[str, Written]) -> None:
    count = 0
    for dossier in written.values():
        quotes = {one["number"]: one["quote"] for one in dossier["evidence"]}
        assert list(quotes) == list(range(1, len(quotes) + 1))
        pairs = [(one["evidence"], one["quote"]) for one in dossier["commitments"]]
        pairs += [
            (step["evidence"], step["quote"]) for one in dossier["commitments"] for step in one["steps"]
        ]
        pairs += [
            (one["evidence"], one["quote"])
            for score in dossier["scores"]
            for part in score["parts"]
            for one in part["supports"]
        ]
        pairs += [
            (one["evidence"], one["quote"]) for each in dossier["differing"] for one in each["wordings"]
        ]
        pairs += [(one["evidence"], one["quote"]) for one in dossier["questions"]]
        for change in dossier["changes"]:
            for finding, numbers in zip(change["alert"]["findings"], change["evidence"], strict=True):
                pairs += [(numbers[side], finding[f"{side}_quote"]) for side in ("before", "after")]
        for number, quote in pairs:
            assert quotes.get(number, "") == quote
        used = {number for number, _ in pairs}
        assert set(quotes) <= used, "nothing is in the evidence that is cited nowhere"
        count += len(pairs)
    assert count > 60


def test_questions_hold_their_quote_in_quotation_marks(written: Mapping[str, Written]) -> None:
    questions = list(every(written, "questions"))
    assert {one["state"] for one in questions} >= {"regressed", "unmet", "unknown"}
    for one in questions:
        assert not one["quote"] or f"“{one['quote']}”" in one["text"]
        assert one["text"].endswith("?")


# --------------------------------------------------------------------------- the figures


@pytest.mark.parametrize("id", ORGANIZATIONS)
def test_the_changes_are_the_alerts_of_the_period(
    id: str, written: Mapping[str, Written], rows: sqlite3.Connection
) -> None:
    theirs = rows.execute(
        "SELECT id, raised_at FROM alerts WHERE page_id LIKE ? ORDER BY raised_at DESC, id", (f"{id}/%",)
    ).fetchall()
    inside = [row["id"] for row in theirs if PERIOD.since <= at(row["raised_at"]) < PERIOD.until]
    assert inside, "the demo tells a change of each"
    assert [one["alert"]["id"] for one in written[id]["changes"]] == inside


def test_a_change_belongs_to_the_whole_of_its_day(world: Path, rows: sqlite3.Connection) -> None:
    id = ORGANIZATIONS[0]
    theirs = rows.execute("SELECT id, raised_at FROM alerts WHERE page_id LIKE ?", (f"{id}/%",)).fetchall()
    assert len(theirs) == 2
    for row in theirs:
        day = at(row["raised_at"]).date()
        dossier = gathered(world, id, period=Period(day, day))[id]
        assert [one.alert.id for one in dossier.changes] == [row["id"]]


@pytest.mark.parametrize("id", ORGANIZATIONS)
def test_what_stands_in_the_ledger_is_what_stands_in_the_store(
    id: str, written: Mapping[str, Written], rows: sqlite3.Connection
) -> None:
    theirs = rows.execute("SELECT * FROM statements WHERE organization_id = ?", (id,)).fetchall()
    protecting = [row for row in theirs if row["protects"] and row["stance"] in PROTECTIVE]
    standing = {row["quote"] for row in protecting if row["standing"]}
    kept = written[id]["commitments"]
    assert {one["quote"] for one in kept if one["until"] is None} == standing
    assert {one["quote"] for one in kept} <= {row["quote"] for row in protecting}
    lines = {step["quote"] for one in kept for step in one["steps"] if step["quote"]}
    assert {row["quote"] for row in protecting} <= lines, "no wording is missing from the history"
    for one in kept:
        its = [row for row in protecting if row["quote"] in {step["quote"] for step in one["steps"]}]
        assert said(one["since"]) == min(at(row["first_seen_at"]) for row in its)
        assert said(one["last_seen_at"]) == max(at(row["last_seen_at"]) for row in its)


@pytest.mark.parametrize("id", ORGANIZATIONS)
def test_the_coverage_counts_what_was_read(
    id: str, written: Mapping[str, Written], rows: sqlite3.Connection
) -> None:
    looks = [
        row
        for row in rows.execute("SELECT * FROM readings WHERE page_id LIKE ?", (f"{id}/%",))
        if PERIOD.since <= at(row["at"]) < PERIOD.until
    ]
    assert looks
    for one in written[id]["coverage"]:
        its = [row for row in looks if row["page_id"] == one["page"]]
        good = [row for row in its if row["access"] in ("ok", "unchanged")]
        assert one["readings"] == len(good)
        assert one["days_read"] == len({row["at"][:10] for row in good})
        assert sum(one["failed"].values()) == len(its) - len(good)
    assert {row["page_id"] for row in looks} == {one["page"] for one in written[id]["coverage"]}


def test_the_scores_are_of_every_ask_that_addresses_it_and_each_lens_is_by_itself(
    world: Path, dossiers: Mapping[str, Dossier]
) -> None:
    asks = {one.id: one for one in home_at(world).asks}
    for one in dossiers.values():
        assert one.scores
        tables = [table for table in tables_of(paper_of(one)) if table.name.startswith("asks-")]
        by_page = [score for score in one.scores if score.ask.parts]
        assert sum(len(table.rows) for table in tables) == sum(len(score.parts) for score in by_page)
        beyond = " ".join(
            entry
            for section in paper_of(one).sections
            for block in section.blocks
            if isinstance(block, Items)
            for entry in block.entries
            if entry.startswith("Unknown: ")
        )
        assert all(score.ask.id in beyond for score in one.scores if not score.ask.parts)
        for table in tables:
            lenses = {asks[str(row[0])].lens.value for row in table.rows}
            assert {f"asks-{lens.replace('_', '-')}" for lens in lenses} == {table.name}


def test_the_head_and_the_time_are_those_of_the_record(
    written: Mapping[str, Written], rows: sqlite3.Connection
) -> None:
    head = rows.execute("SELECT id, sha256 FROM links ORDER BY id DESC LIMIT 1").fetchone()
    newest = rows.execute("SELECT max(at) FROM readings").fetchone()[0]
    for one in written.values():
        assert one["head"] == {"link": head["id"], "sha256": head["sha256"]}
        as_of = said(one["as_of"])
        assert as_of is not None
        assert as_of >= at(newest).replace(microsecond=0)


# --------------------------------------------------------------------------- the same bytes


def test_the_same_store_and_period_give_the_same_bytes(
    world: Path, dossiers: Mapping[str, Dossier], tmp_path: Path
) -> None:
    elsewhere = Path(shutil.copytree(world, tmp_path / "another"))
    id = ORGANIZATIONS[0]
    again = gathered(elsewhere, id)[id]
    assert json_of(again) == json_of(dossiers[id])
    assert html_of(paper_of(again)) == html_of(paper_of(dossiers[id]))


def test_by_default_the_period_ends_with_the_last_check(world: Path) -> None:
    id = ORGANIZATIONS[0]
    dossier = gathered(world, id, period=None)[id]
    assert dossier.as_of is not None
    assert dossier.period.last == dossier.as_of.date()
    assert (dossier.period.last - dossier.period.first).days == 89
    assert (dossier.as_of.year, dossier.as_of.month) == (2021, 11), "of the store, not of today"


# --------------------------------------------------------------------------- the four formats


def test_all_four_formats_hold_every_change_commitment_and_quote(
    world: Path, dossiers: Mapping[str, Dossier], tmp_path: Path
) -> None:
    id = "haldrennick-optics"
    files = {kind: tmp_path / f"dossier.{kind}" for kind in FORMATS}
    span = ("--from", PERIOD.first, "--to", PERIOD.last)
    for kind, file in files.items():
        assert at_home(world, "dossier", id, *span, "-o", file) == 0, kind
    dossier, paper = dossiers[id], paper_of(dossiers[id])
    assert files["json"].read_text(encoding="utf-8") == json_of(dossier)
    assert files["html"].read_text(encoding="utf-8") == html_of(paper)
    book = load_workbook(BytesIO(files["xlsx"].read_bytes()))
    assert len(book.sheetnames) == 1 + len(tables_of(paper))
    text = "\n".join(page.extract_text() for page in PdfReader(files["pdf"]).pages)
    for one in dossier.evidence:
        assert _letters(one.quote) in _letters(text)
        assert one.body_sha256 in _letters(text)
    assert {path.name for path in tmp_path.iterdir()} == {file.name for file in files.values()}


def _letters(text: str) -> str:
    """Without what a line that is broken has otherwise."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def test_the_paper_shows_every_quote_and_every_limit(dossiers: Mapping[str, Dossier]) -> None:
    for one in dossiers.values():
        paper = paper_of(one)
        table = next(each for each in tables_of(paper) if each.name == "evidence")
        assert [row[1] for row in table.rows] == [each.quote for each in one.evidence]
        shown = html_of(paper)
        assert all(limit[:40] in shown for limit in one.limits if "“" not in limit[:40])
        assert len({each.name for each in tables_of(paper)}) == len(tables_of(paper))
        assert isinstance(table, Table)


# --------------------------------------------------------------------------- damaged evidence


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_damaged_evidence_is_said_wherever_it_is_cited_and_nothing_is_dropped(
    harm: str, world: Path, dossiers: Mapping[str, Dossier], tmp_path: Path
) -> None:
    id = "haldrennick-optics"
    whole = dossiers[id]
    victim = next(one for one in whole.commitments if one.commitment.until is None)
    sha256 = whole.evidence[victim.number - 1].body_sha256
    folder = Path(shutil.copytree(world, tmp_path / "home"))
    blob = home_at(folder).blobs.path(sha256)
    if harm == "missing":
        blob.unlink()
    else:
        body = bytearray(blob.read_bytes())
        body[len(body) // 2] ^= 1
        blob.write_bytes(bytes(body))
    hurt = gathered(folder, id)[id]
    damaged = {one.number for one in hurt.evidence if one.proof is Proof.DAMAGED}
    assert damaged == {one.number for one in whole.evidence if one.body_sha256 == sha256}
    assert [one.quote for one in hurt.evidence] == [one.quote for one in whole.evidence]
    assert [one.commitment for one in hurt.commitments] == [one.commitment for one in whole.commitments]
    assert any(one.startswith("Evidence damaged: E") for one in hurt.limits)
    ledger = next(table for table in tables_of(paper_of(hurt)) if table.name == "ledger")
    marks = {str(row[-1]) for row in ledger.rows}
    assert f"E{victim.number}, evidence damaged" in marks
