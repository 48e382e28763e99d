"""The evidence of a change: whole, the same each time, and checked by what its own README says."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.evidence import AT_MOST, gathered, packed, suffix
from app.home import Home
from monitor.errors import StoreError
from monitor.model import Alert
from monitor.store import alerts
from tests.desks import home_at, open_desk
from tests.store_values import fetch


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
    sums = [f"{sha256(body)}  {name}" for name, body in files.items() if name != "SHA256SUMS"]
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


def test_the_records_are_what_the_chain_holds(evidence: Pack) -> None:
    alert, files = evidence
    chain = json.loads(files["chain.json"])
    newest = {f"records/{one['kind']}-{one['key']}.json": one for one in chain["links"]}
    records = {name: body for name, body in files.items() if name.startswith("records/")}
    assert f"records/alerts-{alert.id}.json" in records
    assert {"fetches", "readings", "findings"} <= {name.split("/")[1].split("-")[0] for name in records}
    assert {name: sha256(body) for name, body in records.items()} == {
        name: link["content_sha256"] for name, link in newest.items()
    }


def test_each_link_follows_as_the_readme_says(evidence: Pack) -> None:
    chain = json.loads(evidence[1]["chain.json"])
    for one in chain["links"]:
        said = "{before} {kind} {key} {content_sha256}".format(**one)
        assert sha256(said.encode()) == one["sha256"]
    assert chain["head"]["id"] >= max(one["id"] for one in chain["links"])


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
        assert name.endswith((".json", ".txt", ".pdf", ".bin")) or name == "SHA256SUMS"


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
    monkeypatch.setattr("app.evidence.AT_MOST", 2)
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
