"""Evidence packs of the demo world: whole, the same each time, and checked, as their README says and by us."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.evidence import gathered, packed, suffix
from app.evidence.checking import checked
from app.evidence.wording import AT_MOST
from app.home import Home
from monitor.errors import StoreError
from monitor.model import Alert
from monitor.store import alerts, snapshots
from tests.authorities import made_authority, serving
from tests.benchmarks.packs import packs_of, run
from tests.desks import home_at, open_desk
from tests.homes import Screen, at_home
from tests.store_values import fetch
from tests.tamperings import intruding


@pytest.fixture(scope="module")
def home(demo_world: Path) -> Home:
    return home_at(demo_world)


def made(home: Home, place: int = 0) -> tuple[Alert, bytes]:
    with home.open_store() as store, store.read() as conn:
        alert = alerts.all(conn)[place]
        page = next(one for one in home.watchlist.pages if one.id == alert.page["id"])
        return alert, packed(gathered(conn, store, alert, page, home.rules.read))


@pytest.fixture(scope="module")
def evidence(home: Home) -> Iterator[tuple[Alert, dict[str, bytes]]]:
    alert, body = made(home, -1)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        yield alert, {name: archive.read(name) for name in archive.namelist()}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


Pack = tuple[Alert, dict[str, bytes]]


def test_the_same_store_gives_the_same_bytes(home: Home) -> None:
    assert made(home) == made(home)


def test_every_file_has_its_sum(evidence: Pack) -> None:
    _, files = evidence
    sums = [f"{sha256(body)}  {name}" for name, body in sorted(files.items()) if name != "SHA256SUMS"]
    assert files["SHA256SUMS"].decode().splitlines() == sums


def test_the_bodies_are_those_that_the_alert_names(evidence: Pack) -> None:
    alert, files = evidence
    told = json.loads(files["alert.json"])
    assert (told["id"], told["schema"]) == (alert.id, "pledgewatch.alert/1")
    for side in ("before", "after"):
        (body,) = [held for name, held in files.items() if name.startswith(f"{side}/body.")]
        assert sha256(body) == told[side]["sha256"]
    quotes = {(one["before_quote"], one["after_quote"]) for one in told["findings"]}
    assert all(before in files["before/text.txt"].decode() for before, _ in quotes)
    assert all(after in files["after/text.txt"].decode() for _, after in quotes)


def links(files: dict[str, bytes]) -> list[list[str]]:
    """id, before, kind, key, content, sum, record of each."""
    return [line.split("\t") for line in files["chain.tsv"].decode().splitlines()]


def test_the_records_are_what_the_chain_holds(evidence: Pack) -> None:
    alert, files = evidence
    newest = {f"records/{kind}-{key}.json": content for _, _, kind, key, content, _, _ in links(files)}
    records = {name: body for name, body in files.items() if name.startswith("records/")}
    assert f"records/alerts-{alert.id}.json" in records
    assert {"fetches", "readings", "findings"} <= {name.split("/")[1].split("-")[0] for name in records}
    assert {name: sha256(body) for name, body in records.items()} == {name: newest[name] for name in records}
    assert sorted(records) == sorted(record for *_, record in links(files) if record != "-")


def test_each_link_follows_down_to_the_head(evidence: Pack) -> None:
    last = ""
    for _, before, kind, key, content, sum, _ in links(evidence[1]):
        said = f"{before} {kind} {key} {content.removeprefix('-')}"
        assert sha256(said.encode()) == sum
        assert before == (last or before)
        last = sum
    assert evidence[1]["head.txt"] == f"{last}\n".encode()


def test_every_fetch_from_before_to_confirmed_is_in_it(evidence: Pack) -> None:
    alert, files = evidence
    rows: list[Any] = json.loads(files["snapshots.json"])
    times = [row["fetch"]["started_at"] for row in rows]
    assert times == sorted(times) and len(rows) >= 3
    assert {row["fetch"]["page_id"] for row in rows} == {alert.page["id"]}
    assert all(f"records/fetches-{row['fetch']['id']}.json" in files for row in rows)


def test_nothing_has_a_name_that_runs_or_leads_out(evidence: Pack) -> None:
    for name in evidence[1]:
        assert not name.startswith("/") and ".." not in name
        assert name.endswith((".json", ".txt", ".tsv", ".warc", ".pdf", ".bin")) or name == "SHA256SUMS"


@pytest.mark.parametrize(
    ("body", "declared", "ending"),
    [
        (b"<!doctype html><p>x", "text/html", "html.txt"),
        (b"<?xml version='1.0'?><html xmlns='x'>", "application/xhtml+xml", "html.txt"),
        (b"%PDF-1.7", "text/html", "pdf"),
        (b"words", "text/plain", "txt"),
        (b"# words", "text/markdown", "md.txt"),
        (b"MZ\0\0\1\2\3", "application/x-msdownload", "bin"),
        (b"#!/bin/sh\n", "application/x-sh", "bin"),
        (b"<svg onload=x>", "image/svg+xml", "bin"),
        (b"x", "../../etc/passwd", "bin"),
        (b"x", "text/html/../../x.exe", "bin"),
    ],
)
def test_a_body_gets_a_known_ending_only(body: bytes, declared: str, ending: str) -> None:
    url = "https://heron.example/x.exe"
    assert suffix(body, fetch(headers=(("Content-Type", declared),), final_url=url)) == ending


def test_of_very_many_fetches_the_newest_are_in_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AT_MOST >= 100
    monkeypatch.setattr("app.evidence.gathering.AT_MOST", 2)
    monkeypatch.setattr("app.evidence.wording.AT_MOST", 2)
    _, body = made(home, -1)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        rows, readme = json.loads(archive.read("snapshots.json")), archive.read("README.txt").decode()
    assert 2 <= len(rows) <= 4  # both sides are always in it
    assert "more are in the store" in readme


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_half_of_the_evidence_is_none(own_demo_world: Path, harm: str) -> None:
    home = home_at(own_demo_world)
    with home.open_store() as store, store.read() as conn:
        alert = alerts.all(conn)[-1]
        path = store.blobs.path(alert.before.sha256)
    path.unlink() if harm == "missing" else path.write_bytes(b"damaged")
    with pytest.raises(StoreError):
        made(home, -1)
    with open_desk(home) as client:
        answer = client.get(f"/changes/{alert.id}/evidence.zip")
        assert (answer.status_code, "missing or damaged" in answer.text) == (404, True)
        assert client.get(f"/changes/{alert.id}").status_code == 200


def test_it_is_kept_as_a_file(home: Home) -> None:
    alert, body = made(home)
    with open_desk(home) as client:
        answer = client.get(f"/changes/{alert.id}/evidence.zip")
    assert answer.content == body
    assert answer.headers["content-disposition"] == f'attachment; filename="evidence-{alert.id[:12]}.zip"'


# --------------------------------------------------------------------------- checked by us


def test_a_machine_that_never_saw_the_store_finds_it_intact(home: Home, tmp_path: Path) -> None:
    _, body = made(home)
    (tmp_path / "pack.zip").write_bytes(body)
    program = Path(sys.executable).with_name("pledgewatch")
    command = [program, "evidence", "verify", "pack.zip"]
    told = subprocess.run(
        command, cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-2] == "Intact." and told.stderr == ""
    assert "This does not prove who made the pack" in told.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["pack.zip"]


def test_every_tampering_is_found_and_named(demo_world: Path) -> None:
    """As python -m tests.benchmarks.packs does with thousands."""
    trials = run(packs_of(demo_world), 40, seed=1)
    assert [str(trial) for trial in trials if not trial.is_named] == []
    assert len(trials) >= 38


def test_every_change_and_a_period_are_intact(demo_world: Path) -> None:
    for pack in packs_of(demo_world):
        found = checked(pack.zipped, pack.head)
        assert found.quotes and not found.anew and found.files == len(pack.files) + 1


# --------------------------------------------------------------------------- the commands


def test_a_pack_is_written_once_in_whole(demo_world: Path, tmp_path: Path, capsys: Screen) -> None:
    alert, body = made(home_at(demo_world))
    pack = tmp_path / "new" / "pack.zip"
    assert at_home(demo_world, "evidence", "export", alert.id[:10], "-o", pack) == 0
    assert pack.read_bytes() == body
    head = checked(body).source.head
    assert head and f"Head: {head.sha256}, link {head.id}." in capsys.readouterr().out
    assert at_home(tmp_path, "evidence", "verify", pack, "--head", head.sha256.upper()) == 0


def test_a_period_holds_its_changes_and_its_fetches(demo_world: Path, tmp_path: Path) -> None:
    pack = tmp_path / "pack.zip"
    period = ("--organization", "corvellam-cloud", "--from", "2021-06-01", "--to", "2021-12-31")
    assert at_home(demo_world, "evidence", "export", *period, "-o", pack) == 0
    with zipfile.ZipFile(pack) as archive:
        names, scope = archive.namelist(), json.loads(archive.read("period.json"))
        rows = json.loads(archive.read("snapshots.json"))
    assert scope == {"organization": "corvellam-cloud", "from": "2021-06-01", "to": "2021-12-31"}
    assert sum(name.endswith("/alert.json") for name in names) == 2
    with home_at(demo_world).open_store() as store, store.read() as conn:
        first, last = datetime(2021, 6, 1, tzinfo=UTC), datetime(2021, 12, 31, tzinfo=UTC)
        pages = ("corvellam-cloud/pledge", "corvellam-cloud/service-terms")
        assert len(rows) == sum(snapshots.count(conn, page, first, last) for page in pages)
    assert at_home(tmp_path, "evidence", "verify", pack) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "needs ALERT, or --organization, --from and --to together"),
        (["0e96", "--organization", "corvellam-cloud"], "needs ALERT, or --organization"),
        (["ffff"], "no alert has an id that begins with 'ffff'"),
        (["--organization", "corvellam-cloud", "--from", "2021-06-01"], "--from and --to together"),
        (["--organization", "nobody", "--from", "2021-06-01", "--to", "2021-06-30"], 'no organization "nobody" is on'),
        (["--organization", "corvelam-cloud", "--from", "2021-06-01", "--to", "2021-06-30"], 'did you mean "corvellam-cloud"'),
        (["--organization", "corvellam-cloud", "--from", "1999-01-01", "--to", "1999-01-31"], "no page of corvellam-cloud was looked at"),
        (["--organization", "corvellam-cloud", "--from", "2021-06-02", "--to", "2021-06-01"], "swap --from and --to"),
        (["--organization", "corvellam-cloud", "--from", "June", "--to", "2021-06-01"], "--from 'June' is no day"),
        (["--organization", "../x", "--from", "2021-06-01", "--to", "2021-06-01"], "is no id of an organization"),
        (["\udcff"], "no alert has an id that begins with"),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_a_sentence(
    demo_world: Path, tmp_path: Path, capsys: Screen, arguments: list[str], said: str
) -> None:
    assert at_home(demo_world, "evidence", "export", *arguments, "-o", tmp_path / "pack.zip") == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["pledgewatch.db", "settings.toml", "pack", "zip"])
@pytest.mark.parametrize(
    "what", [["0e96"], ["--organization", "heron", "--from", "2021-06-01", "--to", "2021-12-31"]]
)
def test_a_pack_replaces_nothing_but_packs(
    tmp_path: Path, capsys: Screen, name: str, what: list[str]
) -> None:
    (tmp_path / name).write_bytes(b"kept")
    assert at_home(tmp_path, "evidence", "export", *what, "-o", tmp_path / name) == 2
    assert "is no name of a pack: end it in .zip" in capsys.readouterr().err
    assert (tmp_path / name).read_bytes() == b"kept"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_an_authority_in_the_settings_stamps_the_head(own_demo_world: Path, tmp_path: Path) -> None:
    authority, pack = made_authority(tmp_path / "tsa"), tmp_path / "pack.zip"
    with serving(authority) as url:
        stamp_at(own_demo_world, url)
        id = made(home_at(own_demo_world))[0].id
        assert at_home(own_demo_world, "evidence", "export", id, "-o", pack) == 0
    assert checked(pack.read_bytes(), authority=(authority / "authority.pem").read_bytes()).stamped_at
    with open_desk(home_at(own_demo_world)) as client:  # the desk asks nobody
        assert checked(client.get(f"/changes/{id}/evidence.zip").content).stamped_at is None


def stamp_at(home: Path, url: str) -> None:
    with (home / "config" / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[time_stamp]\nurl = "{url}"\n')


def test_an_authority_that_is_away_keeps_no_pack_back_but_is_told_by_the_exit_code(
    own_demo_world: Path, tmp_path: Path, capsys: Screen
) -> None:
    stamp_at(own_demo_world, "http://127.0.0.1:9/tsr")
    alert, body = made(home_at(own_demo_world))
    assert at_home(own_demo_world, "evidence", "export", alert.id, "-o", tmp_path / "pack.zip") == 1
    assert "does not answer: ConnectionRefusedError; the pack has no time stamp" in capsys.readouterr().err
    assert (tmp_path / "pack.zip").read_bytes() == body


def test_damaged_evidence_is_not_exported(own_demo_world: Path, tmp_path: Path) -> None:
    home = home_at(own_demo_world)
    with home.open_store() as store, store.read() as conn:
        alert = alerts.all(conn)[-1]
        store.blobs.path(alert.after.sha256).unlink()
    assert at_home(own_demo_world, "evidence", "export", alert.id, "-o", tmp_path / "pack.zip") == 3
    assert not (tmp_path / "pack.zip").exists()


def test_a_row_that_was_changed_in_the_store_is_not_exported(
    own_demo_world: Path, tmp_path: Path, capsys: Screen
) -> None:
    alert, _ = made(home_at(own_demo_world), -1)
    with intruding(own_demo_world) as db:
        db.execute("UPDATE fetches SET user_agent = 'x' WHERE body_sha256 = ?", (alert.after.sha256,))
    assert at_home(own_demo_world, "evidence", "export", alert.id, "-o", tmp_path / "pack.zip") == 3
    said = capsys.readouterr().err
    assert "the store does not hold what was recorded (records/fetches-" in said and "verify-store" in said
    assert not (tmp_path / "pack.zip").exists()
