"""The page of one snapshot, and its body, its frame, its picture: over the demo's world and over odd ones."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.desk import reading
from app.desk.pages import snapshots as pages
from app.home import Home
from monitor.compare import statements_in
from monitor.lexicon import Lexicon
from monitor.model import Access, Document, Failure, Fetch, Reading, Redirect, Robots, Statement
from monitor.store import fetches, readings, snapshots
from tests.desks import home_at, open_desk, statements_sent
from tests.store_values import FETCHES, NOW, failed, fetch, not_modified

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture(scope="module")
def desk(demo_world: Path) -> Iterator[TestClient]:
    with open_desk(home_at(demo_world)) as client:
        yield client


@pytest.fixture
def home(own_demo_world: Path) -> Home:
    return home_at(own_demo_world)


def keep(home: Home, one: Fetch, body: bytes = b"", access: Access = Access.OK) -> int:
    """A snapshot with this body; its number."""
    with home.open_store() as store, store.begin() as conn:
        digest = store.blobs.put(body) if body else one.body_sha256
        kept = fetches.record(conn, replace(one, body_sha256=digest, body_bytes=len(body)))
        readings.record(
            conn, Reading(kept.id, one.page_id, one.started_at, access, ("Because.",), "d" * 64, 7)
        )
        return kept.id


def shown(home: Home, number: int, part: str = "") -> tuple[int, str]:
    with open_desk(home) as client:
        answer = client.get(f"/snapshots/{number}{part}")
        return answer.status_code, unescape(answer.text)


# --------------------------------------------------------------------------- what it shows


def test_a_snapshot_shows_what_was_asked_and_answered(home: Home) -> None:
    one = fetch(
        redirects=(Redirect("https://heron.example/old", 301),),
        robots=Robots("allowed", "https://heron.example/robots.txt", "e" * 64, NOW),
        certificate_sha256="f" * 64,
        ip_address="2001:db8::7",
        user_agent="pledgewatch/0.1.0 (+mailto:desk@example.org)",
        archive_url="https://archive.example/20260301/x",
    )
    status, page = shown(home, keep(home, one, b"<html><h1>Terms</h1><p>We will not sell it.</p></html>"))
    assert status == 200
    for fact in (
        one.requested_url, "301 https://heron.example/old", "allowed", one.certificate_sha256, one.ip_address,
        one.user_agent, one.program_version, one.config_sha256, one.archive_url, "e" * 64, "Because.", '"v1"',
        "last-modified", "We will not sell it.",
    ):  # fmt: skip
        assert fact in page, fact


def test_the_statements_are_marked_in_the_text(desk: TestClient) -> None:
    page = desk.get("/snapshots/46").text
    marked = re.findall(r"<mark>([^<]*)</mark>", page)
    listed = re.findall(r'<li><a href="#s(\d+)">([^<]*)</a>', page)
    assert marked and [said.rpartition(" › ")[2] for _, said in listed] == marked
    assert all(" › " in said for _, said in listed), "each with what stands above it"
    assert all(f'id="s{place}"' in page for place, _ in listed)


def test_the_statements_of_a_text_are_looked_for_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Document] = []

    def look(document: Document, lexicon: Lexicon) -> tuple[Statement, ...]:
        looked.append(document)
        return statements_in(document, lexicon)

    monkeypatch.setattr(reading, "statements_in", look)
    body = b"<html><p>We do not sell facial recognition to the police of Otterbury.</p></html>"
    number = keep(home, fetch(), body)
    first, second = shown(home, number)[1], shown(home, number)[1]
    assert "<mark>" in first and first == second
    assert len(looked) == 1
    shown(home, keep(home, fetch(), body.replace(b"Otterbury", b"Heronsea")))
    assert len(looked) == 2


def test_of_a_very_long_text_the_beginning_is_shown(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SEGMENTS", 5)
    number = keep(home, fetch(), b"<html>" + b"".join(b"<p>Paragraph %d.</p>" % n for n in range(9)))
    _, page = shown(home, number)
    assert "The first 5 passages" in page
    assert "Paragraph 4." in page and "Paragraph 5." not in page


@pytest.mark.parametrize("name", [name for name, one in FETCHES.items() if not one.body_sha256])
def test_what_has_no_body_says_so(home: Home, name: str) -> None:
    status, page = shown(home, keep(home, FETCHES[name]))
    assert (status, "No body came with this answer" in page) == (200, True)
    assert "<iframe" not in page


def test_trouble_is_told_in_its_own_words(home: Home) -> None:
    page = shown(home, keep(home, failed(2), access=Access.TIMEOUT))[1]
    assert "timeout: no answer for 60 seconds" in page


def test_a_304_names_the_snapshot_whose_words_stand(home: Home) -> None:
    body = keep(home, fetch(0), b"<html><p>We will not sell it.</p></html>")
    page = shown(home, keep(home, not_modified(24)))[1]
    assert f'Its words are those of <a href="/snapshots/{body}">' in page


def test_neighbours_are_those_of_the_page(home: Home) -> None:
    numbers = [keep(home, fetch(hours), b"<html><p>%d</p></html>" % hours) for hours in (0, 48, 24)]
    page = shown(home, numbers[2])[1]
    assert f'<a href="/snapshots/{numbers[0]}" rel="prev">' in page
    assert f'<a href="/snapshots/{numbers[1]}" rel="next">' in page
    assert f"/compare?before={numbers[0]}&after={numbers[2]}" in page
    assert f"/compare?before={numbers[2]}&after={numbers[1]}" in page
    assert 'rel="prev"' not in shown(home, numbers[0])[1]


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_body_that_is_not_whole_is_said_and_not_shown(home: Home, harm: str) -> None:
    number = keep(home, fetch(), b"<html><p>We will not sell it.</p></html>")
    with home.open_store() as store, store.read() as conn:
        path = store.blobs.path(fetches.get(conn, number).body_sha256)
    path.unlink() if harm == "missing" else path.write_bytes(b"x")
    assert shown(home, number)[0] == 200
    for part in ("", "/body", "/frame"):
        status, page = shown(home, number, part)
        assert "missing or damaged" in page and "We will not sell it." not in page
        assert status == (404 if part else 200)


@pytest.mark.parametrize(
    "number", ["0", "-1", "01", "9" * 30, "99999", "x", "1.0", "1e3", "%2e%2e", "..%2f1", "１"]
)
@pytest.mark.parametrize("part", ["", "/body", "/frame", "/screenshot"])
def test_what_is_no_snapshot_is_not_found(desk: TestClient, number: str, part: str) -> None:
    assert desk.get(f"/snapshots/{number}{part}").status_code == 404


def test_the_number_of_questions_does_not_grow(home: Home) -> None:
    first = keep(home, fetch(0), b"<html><p>A</p></html>")
    counts = []
    for _ in range(2):
        with home.open_store() as store, store.read() as conn, statements_sent(store) as sent:
            pages.snapshot_of(conn, str(first))
            snapshots.beside(conn, fetches.get(conn, first))
        counts.append(len(sent))
        for hours in range(1, 12):
            keep(home, fetch(hours), b"<html><p>A</p></html>")
    assert counts[0] == counts[1]


# --------------------------------------------------------------------------- body, frame, picture


@pytest.mark.parametrize(
    ("declared", "body", "name"),
    [
        ("text/html", b"<html><script>alert(1)</script><p>x</p></html>", "html.txt"),
        ("application/pdf", b"%PDF-1.7 x", "pdf"),
        ("image/svg+xml", b"<svg onload=alert(1)>", "bin"),
        ('text/html"; filename="x.exe', b"\x00\x01MZ", "bin"),
    ],
)
def test_the_body_is_only_ever_a_file(home: Home, declared: str, body: bytes, name: str) -> None:
    number = keep(home, fetch(headers=(("Content-Type", declared),)), body)
    with open_desk(home) as client:
        answer = client.get(f"/snapshots/{number}/body")
    assert answer.content == body
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="snapshot-{number}.{name}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_the_frame_is_a_cage_of_its_own(desk: TestClient) -> None:
    page = desk.get("/snapshots/46").text
    (frame,) = re.findall(r"<iframe[^>]*>", page)
    assert ' sandbox src="/snapshots/46/frame" title="The page as captured' in frame
    caged = desk.get("/snapshots/46/frame")
    rules = [each.strip() for each in caged.headers["content-security-policy"].split(";")]
    assert {"sandbox", "default-src 'none'", "img-src data:", "style-src 'unsafe-inline'"} <= set(rules)
    assert "frame-ancestors 'self'" in rules and not any("allow-" in rule for rule in rules)
    assert caged.headers["x-content-type-options"] == "nosniff"
    assert "href" not in caged.text and "<script" not in caged.text


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/pdf", b"%PDF-1.4 nothing"),
        ("text/plain", b"We will not sell it."),
        ("image/svg+xml", b"<svg onload=alert(1)>"),
        ("text/html", b"<div>" * 30_000),
    ],
)
def test_what_is_no_readable_html_is_not_framed(home: Home, declared: str, body: bytes) -> None:
    number = keep(
        home, fetch(headers=(("Content-Type", declared),), final_url="https://heron.example/x"), body
    )
    assert "<iframe" not in shown(home, number)[1]
    assert shown(home, number, "/frame")[0] == 404
    assert shown(home, number, "/body")[0] == 200


def test_a_picture_is_a_png_or_nothing(home: Home) -> None:
    with home.open_store() as store:
        good, bad = store.blobs.put(PNG), store.blobs.put(b"<svg onload=alert(1)>")
    one, other = (keep(home, fetch(screenshot_sha256=each), b"<html><p>x") for each in (good, bad))
    with open_desk(home) as client:
        picture = client.get(f"/snapshots/{one}/screenshot")
        assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
        assert client.get(f"/snapshots/{other}/screenshot").status_code == 404
    assert f'src="/snapshots/{one}/screenshot"' in shown(home, one)[1]


def test_failures_of_every_kind_have_a_page(home: Home) -> None:
    kept = {
        access: keep(home, replace(failed(1), failure=Failure(access, f"why {access}")), access=access)
        for access in Access
    }
    with open_desk(home) as client:
        for access, number in kept.items():
            assert f"why {access}" in client.get(f"/snapshots/{number}").text
