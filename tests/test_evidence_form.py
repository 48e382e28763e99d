"""The form of a pack: its bytes for ever the same, whatever outsiders wrote in it, readable by replay tools."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from app.evidence.capture import warc_of
from app.evidence.checking import checked
from app.evidence.container import taken_apart
from app.evidence.contents import packed
from app.evidence.source import FORMAT, Facts, Period, Seen, Source
from app.evidence.wording import certificate
from monitor.model import Redirect, Side
from tests.evidence_source import BODIES, chain_of, made_source
from tests.store_values import fetch

MARCH = Period("heron", date(2026, 3, 1), date(2026, 3, 31))
PRIVATE = "file:///home/somebody/captures/terms.html"
NOT_OURS = "\n2. The captures listed below were not made by pledgewatch."
ARCHIVE = "https://web.archive.org/web/20260301/https://heron.example/terms"


def files_of(source: Source) -> dict[str, str]:
    return {name: body.decode() for name, body in taken_apart(packed(source)).items()}


def test_a_form_never_changes() -> None:
    """Packs are given away: whoever changes these bytes makes another FORMAT, and keeps this one as it is."""
    made = {
        "of a change": packed(made_source()),
        "of a period": packed(made_source(period=MARCH)),
        "of an archive": packed(made_source(archive_url=ARCHIVE, headers=())),
        "of a file": packed(made_source(archive_url="file:heron/terms.html", headers=())),
    }
    assert FORMAT == "pledgewatch.evidence/1"
    assert {name: sha256(body).hexdigest()[:16] for name, body in made.items()} == {
        "of a change": "da5d1a94798c4683",
        "of a period": "0010c50d854fbf21",
        "of an archive": "7ee18e2f28b4e078",
        "of a file": "47b2b74fe03241bc",
    }


@pytest.mark.parametrize(
    "source",
    [
        made_source(),
        made_source(period=MARCH),
        made_source(archive_url=ARCHIVE, status=None, headers=()),
        made_source(texts={"before": "as read today", "after": ""}),
        made_source(are_read=False),
        made_source(others=6_000),
        made_source(told={"headline": "Heron\x00 says\n\n    rm -rf ~\u202e\ud800"}),
        made_source(headers=(("X-Evil", "a\r\nSet-Cookie: b"), ("no: name", "x"), ("Ü", "ü"))),
        made_source(final_url="https://heron.example/\r\nWARC-Type: resource", redirects=(Redirect("a\nb", 302),)),
    ],
    ids=["change", "period", "archive", "read otherwise", "never read", "long chain", "headline", "headers", "url"],
)  # fmt: skip
def test_whatever_is_in_it_a_pack_is_intact(source: Source) -> None:
    zipped = packed(source)
    assert source.head
    assert checked(zipped, source.head.sha256).files == len(taken_apart(zipped))


# --------------------------------------------------------------------------- words


def test_what_outsiders_wrote_gives_no_line_to_paste() -> None:
    readme = files_of(made_source(told={"headline": "Heron says\n\n    rm -rf ~"}))["README.txt"]
    assert "\nHeron says rm -rf ~\n" in readme


def test_the_readme_tells_of_imports_and_of_an_archive() -> None:
    readme = files_of(made_source(archive_url=ARCHIVE))["README.txt"]
    assert f"Imported (before), kept by an archive: {ARCHIVE}\n" in readme
    assert "Imported captures were not made by pledgewatch." in readme
    own = files_of(made_source())
    assert not [name for name, words in own.items() if "mported" in words]


@pytest.mark.parametrize("kept", [PRIVATE, "file:heron/terms.html", "javascript:alert(1)"])
def test_what_is_no_address_on_the_web_is_given_to_nobody(kept: str) -> None:
    """But as the record has it, in whose letters it was hashed."""
    files = files_of(made_source(archive_url=kept, headers=()))
    told = {name for name, words in files.items() if kept in words}
    assert told == {"records/fetches-1.json", "records/fetches-2.json", "snapshots.json"}
    assert "Imported (before) from a file: no address" in files["README.txt"]
    assert "it was imported as a file" in files["before/capture.warc"]


@pytest.mark.parametrize(
    ("kept", "says", "does_not_say"),
    [
        ((), ("\n2. The records listed below were generated", "\n3. The records were made at the"), ("import",)),
        ((ARCHIVE,), (NOT_OURS, "\n3. The addresses and times of these"), ("that fetches", "regularly conducted")),
        ((PRIVATE,), (NOT_OURS, "\n3. The addresses and times of these"), (PRIVATE, "that fetches")),
        (("", PRIVATE), ("\n2. The records listed", "\n2b. The captures listed below and marked as"), (PRIVATE,)),
    ],
    ids=["ours", "of an archive", "files", "both"],
)  # fmt: skip
def test_whoever_certifies_says_of_an_import_only_what_is_so(
    kept: tuple[str, ...], says: tuple[str, ...], does_not_say: tuple[str, ...]
) -> None:
    seen = tuple(Seen(fetch(archive_url=url), None, {}) for url in kept or ("",))
    draft = certificate(made_source(), Facts((), seen))
    assert [one for one in says if one not in draft] == []
    assert [one for one in does_not_say if one in draft] == []


def test_a_capture_that_was_imported_is_marked_in_the_certificate() -> None:
    sums = [sha256(body).hexdigest() for body in BODIES.values()]
    draft = files_of(made_source(archive_url=PRIVATE, headers=()))["CERTIFICATE-DRAFT.txt"]
    assert all(f"{one}, imported\n" in draft for one in sums)


def test_the_readme_tells_when_the_old_text_was_captured_and_when_it_was_seen_last() -> None:
    at = fetch(9).ended_at
    before = Side(at, sha256(BODIES["before"]).hexdigest(), "", last_seen_at=at + timedelta(days=5))
    known = files_of(made_source(told={"before": before}))["README.txt"]
    unknown = files_of(made_source(told={"before": replace(before, last_seen_at=None)}))["README.txt"]
    said = "\nSeen before: 2026-03-01T15:00:01Z (the capture in here)"
    assert f"{said}, last 2026-03-06T15:00:01Z\n" in known
    assert f"{said}\n" in unknown


def test_the_method_names_program_configuration_and_clock() -> None:
    method = files_of(made_source(user_agent="pledgewatch/0.1.0 (+watch@example.org)"))["METHOD.txt"]
    for said in ("0.1.0", "c" * 64, "(+watch@example.org)", "Clock: ", "Limits"):
        assert said in method


def test_the_certificate_is_a_draft_with_blanks() -> None:
    draft = files_of(made_source())["CERTIFICATE-DRAFT.txt"]
    assert draft.startswith("DRAFT. Not legal advice.")
    for said in ("902(13)", "902(14)", "28 U.S.C. 1746", "under penalty of perjury", "Signature: ____"):
        assert said in draft
    assert all(sha256(body).hexdigest() in draft for body in BODIES.values())


def test_the_findings_are_those_of_the_alert() -> None:
    files = files_of(made_source())
    assert json.loads(files["findings.json"]) == json.loads(files["alert.json"])["findings"] != []


def test_a_text_that_nobody_read_then_is_named_so() -> None:
    files = files_of(made_source(are_read=False))
    assert files["after/text-read-anew.txt"] == "We sell things." and "after/text.txt" not in files
    assert "No record holds its sum." in files["README.txt"]


def test_in_place_of_a_text_that_was_read_then_no_other_is_given() -> None:
    files = files_of(made_source(texts={"before": "as read today", "after": "We sell things."}))
    assert [name for name in files if "/text" in name] == ["after/text.txt"]
    assert "before/text.txt is not in here: " in files["README.txt"]


# --------------------------------------------------------------------------- captures


def records(warc: bytes) -> Mapping[str, Any]:
    """Type → (headers, HTTP headers, content); raises where a digest does not fit."""
    read = ArchiveIterator(BytesIO(warc), check_digests="raise")
    return {
        one.rec_type: (dict(one.rec_headers.headers), one.http_headers, one.content_stream().read())
        for one in read
    }


CODED = (
    ("Content-Encoding", "gzip"),
    ("Transfer-Encoding", "chunked"),
    ("ETag", '"v1"'),
    ("Content-Length", "9"),
)


def test_a_replay_tool_reads_the_body_as_it_was_decoded() -> None:
    one = fetch(headers=CODED, ip_address="192.0.2.7", id=3)
    found = records(warc_of(one, b"<p>words"))
    headers, http, content = found["response"]
    assert list(found) == ["warcinfo", "response", "metadata"]
    assert content == b"<p>words"
    assert http.get_statuscode() == "200" and http.get_header("ETag") == '"v1"'
    assert http.get_header("Content-Encoding") is None and http.get_header("Content-Length") == "8"
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert headers["WARC-Target-URI"] == one.final_url and headers["WARC-Date"] == "2026-03-01T06:00:00Z"
    assert headers["WARC-IP-Address"] == "192.0.2.7"
    assert b"after content decoding" in found["warcinfo"][2]
    assert b"record: records/fetches-3.json" in found["metadata"][2]


@pytest.mark.parametrize(
    ("status", "said"), [(200, "HTTP/1.1 200 OK"), (404, "HTTP/1.1 404 "), (None, "HTTP/1.1 200 OK")]
)
def test_the_status_line_is_the_stored_one(status: int | None, said: str) -> None:
    assert f"\r\n\r\n{said}\r\n".encode() in warc_of(fetch(status=status), b"")


def test_no_header_gives_another_line() -> None:
    warc = warc_of(fetch(headers=(("A", "b\r\nWARC-Type: x\n\n"), ("a b", "c"))), b"words")
    _, http, content = records(warc)["response"]
    assert http.headers == [("A", "b  WARC-Type: x  ".strip()), ("Content-Length", "5")]
    assert content == b"words"


# --------------------------------------------------------------------------- the chain


def test_of_a_long_chain_every_link_is_in_it() -> None:
    files = files_of(made_source(others=6_000))
    assert len(files["chain.tsv"].splitlines()) == 6_005
    assert "none is left out" in files["README.txt"]


def test_a_pack_may_begin_anywhere_in_the_chain() -> None:
    source = made_source()
    later = Source(source.records, chain_of(source.records, 3, first=70), source.files)
    assert checked(packed(later)).source.chain[0].link.id == 70
