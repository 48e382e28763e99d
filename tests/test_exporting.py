"""pledgewatch export: the public part, whole, described column by column, and nothing of what is private."""

import csv
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app.exporting.command import files_of, write_export, write_folder
from app.exporting.dictionary import DOCUMENTED, JOINT, TABLES
from app.exporting.gathering import Gathered, gathered
from app.home import Home
from app.indexing import index_new
from monitor.errors import InputError
from monitor.ledger import Status, ledger
from monitor.ledger.told import with_told
from monitor.model import Access, Alert, Audit, Review, Sighting, Verdict
from monitor.store import Store, alerts, audits, findings, holds, raised, readings, reviews, statements
from monitor.store.holds import Hold
from monitor.wire import finding_json, utc_text
from tests.desk_world import look
from tests.desks import NOW, home_at
from tests.homes import Screen, at_home
from tests.store_values import finding, tracked

CLOUD, OPTICS, SECURE = "corvellam-cloud", "haldrennick-optics", "pelvarrow-secure"
Rows = dict[str, list[dict[str, Any]]]

PRIVATE = [
    *(
        "reviewer-ana",
        "she-thinks-so",
        "private-note",
        "private-why",
        "watch@private.example",
        "private-recipient",
    ),
    *(
        "private-route",
        "PENDING-WORDS",
        "HELD-WORDS",
        "held-because",
        "MUTED-WORDS",
        "muted-because",
        "account-otto",
    ),
    *("audit-detail", "203.0.113.99", "private-selector", "desk.private.example"),
]
SETTINGS = """\
operator.contact = "watch@private.example"
desk.url = "http://desk.private.example"
[channels.private-recipient]
kind = "file"
path = "alerts.jsonl"
[[routes]]
name = "private-route"
channel = "private-recipient"
"""
MUTE = f"""\
[[mutes]]
page = "{SECURE}/product"
words = "MUTED-WORDS"
author = "reviewer-ana"
reason = "muted-because"
since = {NOW.date() - timedelta(days=1)}
until = {NOW.date() + timedelta(days=1)}
"""


def told(store: Store, like: Alert, number: int, words: str, page: str) -> Alert:
    """One more alert, confirmed, whose finding has these words."""
    made = finding(kind="scope", before_quote=f"{words} before", after_quote=f"{words} after")
    new = replace(
        like,
        id=f"{number:064x}",
        raised_at=NOW,
        findings=(made,),
        page={**like.page, "id": page},
        organization={**like.organization, "id": page.partition("/")[0]},
        headline=f"{words} changed.",
        links={"desk": "http://desk.private.example/changes/1"},
    )
    with store.begin() as conn:
        alerts.add(conn, new, [])
    return new


@pytest.fixture(scope="module")
def home(demo_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo, with something private in every place that can hold it."""
    folder = Path(shutil.copytree(demo_world, tmp_path_factory.mktemp("open") / "home"))
    home = home_at(folder)
    (folder / "config" / "settings.toml").write_text(SETTINGS)
    (folder / "config" / "mutes.toml").write_text(MUTE)
    file = folder / "config" / "watchlist" / f"{SECURE}.toml"
    declared = (
        file.read_text()
        .replace("why = [", 'why = ["private-why", ')
        .replace('note = "', 'note = "private-note ')
    )
    file.write_text(
        declared.replace(
            "[pages.product]", '[pages.product]\nnote = "private-note"\nremove = ["private-selector"]', 1
        )
    )
    documented = folder / "config" / "documented"
    documented.mkdir()
    entry = '[[documented]]\nid = "{id}"\nsaid_on = "2020-06"\nquote = "{quote}"\nquoted = "{quoted}"\nstrength = ["press_reply"]\nfates = ["expired"]\nconfidence = "low"\nsources = ["A made-up paper, 3 June 2020"]\n'
    words = [
        ("said", "We paused it.", "press"),
        ("sense", "They paused it.", "paraphrase"),
        ("formula", "=1+1", "primary"),
    ]
    limits = f'page = "{CLOUD}/service-terms"\nactor = "Cloud North"\ncondition = "for now"\nexceptions = ["staff"]\ncourt = "case 7"\n'
    (documented / f"{CLOUD}.toml").write_text(
        "".join(
            entry.format(id=id, quote=quote, quoted=how) + limits * (id == "said") for id, quote, how in words
        )
    )
    (documented / "somebody-else.toml").write_text(
        entry.format(id="other", quote="We paused, too.", quoted="press")
    )
    with home.open_store() as store:
        index_new(home, store, NOW)
        _make_private(store)
    return home


def _make_private(store: Store) -> None:
    with store.begin() as conn:
        like = alerts.all(conn)[0]
        reviews.add(conn, Review(like.id, NOW, "reviewer-ana", Verdict.WRONG_DIRECTION, "she-thinks-so"))
        waiting = finding(after_quote="PENDING-WORDS")
        findings.save(
            conn, f"{CLOUD}/pledge", [tracked(1, "pending", finding=waiting, state=Sighting.PENDING)]
        )
        look(conn, f"{CLOUD}/pledge", NOW, Access.WALL, "", ip_address="203.0.113.99")
        audits.add(conn, Audit(NOW, "account-otto", "judged", like.id, "audit-detail"))
    held = told(store, like, 1, "HELD-WORDS", f"{SECURE}/product")
    told(store, like, 2, "MUTED-WORDS", f"{SECURE}/product")
    early = replace(like.after, confirmed_at=None)
    with store.begin() as conn:
        alerts.add(conn, replace(like, id="3" * 64, after=early, headline="PENDING-WORDS"), [])
        holds.hold(conn, Hold(held.id, NOW, "held-because"))


@pytest.fixture(scope="module")
def found(home: Home) -> Gathered:
    with home.open_store() as store, store.read() as conn:
        return gathered(conn, home, NOW)


@pytest.fixture(scope="module")
def rows(found: Gathered) -> Rows:
    return {name: [dict(each) for each in those] for name, those in found.tables.items()}


@pytest.fixture(scope="module")
def files(found: Gathered) -> dict[str, bytes]:
    return files_of(found, "2027-03-01")


def cells(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(body.decode("utf-8-sig"), newline="")))


def texts(value: Any) -> Iterator[str]:
    """Every text within a JSON value, its keys, too."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    else:
        yield str(value)


def test_no_cell_of_any_file_holds_anything_private(files: dict[str, bytes]) -> None:
    for name, body in files.items():
        shown = [*texts(json.loads(body))] if name.endswith(".json") else [body.decode()]
        assert [word for word in PRIVATE for each in shown if word.casefold() in each.casefold()] == [], name


def test_the_private_words_are_really_in_the_home(home: Home) -> None:
    whole = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert [word for word in PRIVATE if word.encode() not in whole] == []


def test_findings_are_those_of_the_alerts_that_were_told_in_the_shape_of_the_contract(
    home: Home, rows: Rows
) -> None:
    with home.open_store() as store, store.read() as conn:
        public = [one for one in alerts.all(conn) if one.after.confirmed_at and "WORDS" not in one.headline]
    expected = {(one.id, json.dumps(finding_json(each))) for one in public for each in one.findings}
    shape = finding_json(finding()).keys()
    assert {
        (one["alert"], json.dumps({key: one[key] for key in shape})) for one in rows["findings"]
    } == expected
    assert {one["verdict"] for one in rows["findings"]} == {"", "wrong-direction"}


def test_commitments_are_those_of_the_ledger_that_we_believed(home: Home, rows: Rows) -> None:
    shown = [one for one in rows["commitments"] if one["kind"] == "watched"]
    found = []
    with home.open_store() as store, store.read() as conn:
        for id in (CLOUD, OPTICS, SECURE):
            changes = with_told(findings.of_organization(conn, id), raised.of_organization(conn, id, 100))
            found += ledger(statements.of_organization(conn, id), changes, NOW.date())
    believed = [one for one in found if one.status is not Status.UNBELIEVED]
    assert [(one["key"], one["status"], one["quote"], one["first_seen"]) for one in shown] == [
        (one.key, one.status.value, one.saying.quote, utc_text(one.since)) for one in believed
    ]
    assert len(shown) > 9


def test_documented_commitments_are_marked_and_only_exact_words_are_quotes(rows: Rows) -> None:
    shown = {one["key"]: one for one in rows["commitments"] if one["kind"] == DOCUMENTED}
    assert {key: (one["quote"], one["paraphrase"]) for key, one in shown.items()} == {
        "formula": ("=1+1", ""),
        "said": ("We paused it.", ""),
        "sense": ("", "They paused it."),
    }
    assert shown["said"]["sources"] == ["A made-up paper, 3 June 2020"]
    assert {one["status"] for one in shown.values()} == {"expired"}
    limits = ("actor", "condition", "exceptions", "court", "page")
    assert [shown["said"][name] for name in limits] == [
        "Cloud North",
        "for now",
        ["staff"],
        "case 7",
        f"{CLOUD}/service-terms",
    ]
    assert shown["said"]["address"], "its page is watched"
    assert [shown["sense"][name] for name in limits] == ["", "", [], "", ""]


def test_coverage_counts_what_was_read_and_what_failed_by_page_and_month(home: Home, rows: Rows) -> None:
    with home.open_store() as store, store.read() as conn:
        for id in {one["page"] for one in rows["coverage"]}:
            its = [one for one in rows["coverage"] if one["page"] == id]
            all_ = readings.of_page(conn, id)
            assert sum(one["readings"] for one in its) == sum(one.access.is_reading for one in all_)
            assert sum(one["failures"] for one in its) == sum(not one.access.is_reading for one in all_)
            for one in its:
                of_month = {
                    each.at.date()
                    for each in all_
                    if f"{each.at:%Y-%m}" == one["month"] and each.access.is_reading
                }
                assert one["days_read"] == len(of_month)
    assert any(one["failures"] for one in rows["coverage"])


def test_csv_and_json_say_the_same_and_formulas_cannot_run(files: dict[str, bytes]) -> None:
    for name, columns in TABLES.items():
        said = json.loads(files[f"{name}.json"])["rows"]
        shown = cells(files[f"{name}.csv"])
        assert len(said) == len(shown) > 0
        for one, other in zip(said, shown, strict=True):
            assert list(one) == list(other) or set(one) == set(other) == {each.name for each in columns}
            for column in columns:
                value = one[column.name]
                text = JOINT.join(value) if isinstance(value, list) else "" if value is None else str(value)
                text = text.lower() if isinstance(value, bool) else text
                assert other[column.name] in (text, f"'{text}")
    assert b"'=1+1" in files["commitments.csv"] and b",=1+1" not in files["commitments.csv"]
    assert all(body.startswith(b"\xef\xbb\xbf") for name, body in files.items() if name.endswith(".csv"))


def test_the_dictionary_describes_every_column_of_every_file(files: dict[str, bytes]) -> None:
    package = json.loads(files["datapackage.json"])
    described = {one["path"]: one for one in package["resources"]}
    assert set(described) == {name for name in files if name.endswith((".csv", ".json"))} - {
        "datapackage.json"
    }
    for name, one in described.items():
        fields = one["schema"]["fields"]
        body = files[name]
        names = list(cells(body)[0]) if name.endswith(".csv") else list(json.loads(body)["rows"][0])
        assert sorted(each["name"] for each in fields) == sorted(names)
        assert all(len(each["description"].split()) > 1 for each in fields)
        assert one["hash"] == f"sha256:{sha256(body).hexdigest()}"


def test_the_licence_is_left_to_the_operator_and_quotes_to_their_authors(files: dict[str, bytes]) -> None:
    note = " ".join(files["LICENSE-NOTE.txt"].decode().split())
    for said in (
        "belong to their authors",
        "Licence of this data: ____",
        "CC BY 4.0",
        "not legal advice",
        "Apache License 2.0",
    ):
        assert said in note


def test_commitments_that_a_held_change_touches_are_left_out_and_counted(
    home: Home, tmp_path: Path, rows: Rows, found: Gathered
) -> None:
    own = home_at(Path(shutil.copytree(home.root, tmp_path / "home")))
    touching = {(one["page"], one["quote"]): one["key"] for one in rows["commitments"]}
    alert, keys = next(
        (one["alert"], {touching[one["page"], quote] for quote in quotes})
        for one in rows["findings"]
        if (quotes := {one["before_quote"], one["after_quote"]} & {words for _, words in touching})
        and all((one["page"], quote) in touching for quote in quotes)
    )
    with own.open_store() as store, store.begin() as conn:
        page = alerts.get(conn, alert).page["id"]
        holds.hold(conn, Hold(alert, NOW, "why"))
    with own.open_store() as store, store.read() as conn:
        after = gathered(conn, own, NOW)
        words = {
            quote
            for each in alerts.get(conn, alert).findings
            for quote in (each.before_quote, each.after_quote)
        }
    shown = after.tables["commitments"]
    assert keys.isdisjoint(one["key"] for one in shown)
    assert not [one for one in shown if one["page"] == page and one["quote"] in words]
    left_out = len(rows["commitments"]) - len(shown)
    assert after.left_out >= left_out > 0
    assert (
        found.left_out == 0
        and b"because a change to them is held back: 0" in files_of(found, "")["README.txt"]
    )
    said = f"because a change to them is held back: {after.left_out}\n"
    assert said.encode() in files_of(after, "")["README.txt"]
    same = {json.dumps(one) for one in rows["commitments"]}
    assert {json.dumps(one) for one in shown} <= same, "the rest stands as before"


def test_a_change_that_waits_leaves_a_commitment_as_it_stood(home: Home, tmp_path: Path, rows: Rows) -> None:
    own = home_at(Path(shutil.copytree(home.root, tmp_path / "home")))
    one = next(each for each in rows["commitments"] if each["status"] == "standing")
    change = finding(
        kind="withdrawn", before_quote=one["quote"], after_quote="", context=tuple(one["context"])
    )
    with own.open_store() as store:
        with store.begin() as conn:
            known = findings.tracked(conn, one["page"])
            findings.save(
                conn, one["page"], [*known, tracked(1, "waits", finding=change, state=Sighting.PENDING)]
            )
        with store.read() as conn:
            after = gathered(conn, own, NOW)
    assert after.tables["commitments"] == rows["commitments"] and after.left_out == 0


# --------------------------------------------------------------------------- the folder


def test_the_same_store_and_day_give_the_same_bytes(
    home: Home, tmp_path: Path, files: dict[str, bytes]
) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("new/deep", "empty"):
        assert write_export(home, tmp_path / name, NOW) == 0
        written = {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        assert written == files


def test_a_folder_in_use_is_refused_and_stays_as_it_was(home: Home, tmp_path: Path, capsys: Screen) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    assert at_home(home.root, "export", tmp_path) == 2
    assert at_home(home.root, "export", tmp_path / "kept.txt") == 2
    said = capsys.readouterr().err.splitlines()
    assert "holds files already" in said[0] and "is a file" in said[1]
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_where_a_file_cannot_be_written_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_folder(tmp_path / "out", {"a.txt": b"a", "no/such/place.txt": b"b"})
    assert list(tmp_path.iterdir()) == []


def test_what_a_link_leads_to_is_filled_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("real")
    write_folder(tmp_path / "link", {"a.txt": b"a"})
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real" / "a.txt").read_bytes() == b"a"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_the_folder_one_stands_in_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    was = tmp_path.stat().st_ino
    with pytest.raises(InputError, match="is the folder that you stand in"):
        write_folder(Path(), {"a.txt": b"a"})
    assert (tmp_path.stat().st_ino, list(tmp_path.iterdir())) == (was, [])


def test_of_two_that_write_the_same_folder_one_is_told_that_it_is_in_use(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", {"a.txt": b"first"})
    with pytest.raises(InputError, match="out holds files already: name a new folder"):
        write_folder(tmp_path / "out", {"a.txt": b"second"})
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_may_not_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="name a place that you may write to"):
        write_folder(tmp_path / "out", {"a.txt": b"a"})
