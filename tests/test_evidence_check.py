"""What is said of a pack that is not as it was written."""

import io
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.checking import checked
from app.evidence.commands import verify
from app.evidence.container import CONTAINER, SUMS, sums_of, taken_apart, written
from app.evidence.contents import packed
from app.evidence.source import BrokenError, Period, Source
from monitor.errors import InputError
from monitor.store.chain import following
from tests.evidence_source import chain_of, made_source
from tests.homes import Screen, at_home, program

WHOLE = packed(made_source())
FILES = taken_apart(WHOLE)
MARCH = Period("heron", date(2026, 3, 1), date(2026, 3, 31))


def broken(zipped: bytes, head: str = "") -> BrokenError:
    with pytest.raises(BrokenError) as caught:
        checked(zipped, head)
    return caught.value


def sealed(**changed: bytes | None) -> bytes:
    """The pack with other files (None: without this one), and SHA256SUMS made anew. "/" is written "__"."""
    other = {name.replace("__", "/").replace("_", "."): body for name, body in changed.items()}
    files = {name: body for name, body in {**FILES, **other}.items() if body is not None and name != SUMS}
    return written(files | {SUMS: sums_of(files)})


def lines(name: str, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    return b"".join(change(FILES[name].splitlines(keepends=True)))


# --------------------------------------------------------------------------- the first broken thing


@pytest.mark.parametrize(
    ("zipped", "where", "what"),
    [
        (sealed(before__body_html_txt=b"<p>other"), "before/body.html.txt", "not the body that records/fetches-1.json names"),
        (sealed(before__text_txt=b"other"), "before/text.txt", "not the text that records/readings-1.json names"),
        (sealed(after__capture_warc=b""), "after/capture.warc", "not what follows from the records"),
        (sealed(after__capture_warc=FILES["after/capture.warc"][:-30]), "after/capture.warc", "not what follows"),
        (sealed(alert_json=FILES["alert.json"].replace(b"weaker", b"strong")), "alert.json", "not what follows"),
        (sealed(findings_json=b"[]"), "findings.json", "not what follows"),
        (sealed(README_txt=FILES["README.txt"] + b"All is well.\n"), "README.txt", "not what follows"),
        (sealed(METHOD_txt=None), "METHOD.txt", "it is missing"),
        (sealed(README_txt=None), "README.txt", "it is missing"),
        (sealed(before__body_html_txt=None), "before/body.*", "it is missing"),
        (sealed(after__text_txt=None), "after/text.txt", "it is missing"),
        (sealed(notes_txt=b"x"), "notes.txt", "does not belong in a pack"),
        (sealed(before__body_bin=b"x"), "before/body.bin", "does not belong in a pack"),
        (sealed(changes__x_txt=b"x"), "period.json", "it is missing"),
        (sealed(format_txt=b"pledgewatch.evidence/2\n"), "format.txt", "this program checks pledgewatch.evidence/1 only"),
        (sealed(head_txt=b"0" * 64 + b"\n"), "head.txt", "not the newest link"),
        (sealed(chain_tsv=lines("chain.tsv", lambda all: all[:-1])), "chain.tsv", "does not end with the head"),
        (sealed(chain_tsv=lines("chain.tsv", lambda all: [*all[:2], *all[3:]])), "chain.tsv", "link 3 is missing"),
        (sealed(chain_tsv=lines("chain.tsv", lambda all: [all[1], all[0], *all[2:]])), "chain.tsv", "link 1 stands behind link 2"),
        (sealed(chain_tsv=b""), "chain.tsv", "it holds no link"),
        (sealed(chain_tsv=FILES["chain.tsv"][:-1]), "chain.tsv", "it was cut off"),
        (sealed(chain_tsv=FILES["chain.tsv"].replace(b"\tchecks\t", b"\tchecked\t", 1)), "chain.tsv", "link 6 is not the SHA-256 of what it says"),
        (sealed(head_tsr=b"x"), "head.tsr", "README.txt tells of none"),
        (sealed(before__text_read=b"x"), "before/text.read", "does not belong"),
        (written(FILES | {SUMS: FILES[SUMS][:-1]}), SUMS, "each file is as it was written"),
        (written({name: body for name, body in FILES.items() if name != SUMS}), SUMS, "it is missing"),
        (WHOLE[:-1], CONTAINER, "it is no zip, or it was cut off"),
        (WHOLE + b"x", CONTAINER, "bytes that belong to none of the files"),
        (b"", CONTAINER, "it is no zip"),
    ],
)  # fmt: skip
def test_the_first_broken_thing_is_named(zipped: bytes, where: str, what: str) -> None:
    error = broken(zipped)
    assert (error.where, what in error.what) == (where, True), error


def test_a_sum_of_old_names_the_file_not_the_sums() -> None:
    assert broken(written(FILES | {"METHOD.txt": b"other"})).where == "METHOD.txt"


def test_a_change_in_a_record_is_seen_by_its_link() -> None:
    name = "records/fetches-1.json"
    files = {**FILES, name: FILES[name].replace(b'"status":200', b'"status":201')}
    del files[SUMS]
    error = broken(written(files | {SUMS: sums_of(files)}))
    assert (error.where, error.what) == (name, "it is not what was recorded: link 2 holds another sum")


def test_a_link_that_was_computed_anew_leaves_the_next_one_behind() -> None:
    rows = [line.split("\t") for line in FILES["chain.tsv"].decode().splitlines()]
    _, before, kind, key, _, _, _ = rows[5]
    rows[5][4:6] = "f" * 64, following(before, kind, key, "f" * 64)
    error = broken(sealed(chain_tsv="".join("\t".join(row) + "\n" for row in rows).encode()))
    assert (error.where, error.what) == ("chain.tsv", "link 7 does not follow on link 6")


def test_a_quote_that_does_not_stand_in_the_text_is_named() -> None:
    """A whole chain written anew can say so; its texts cannot."""
    alert = made_source().records
    (name,) = (one for one in alert if "alerts-" in one)
    assert broken(packed(forged("We will not sell", "We never did sell", name))).what == (
        "a quote of its findings does not stand in before/text.txt"
    )


def forged(was: str, new: str, name: str) -> Source:
    """All of it written anew after a change in one record."""
    whole = made_source()
    records = {**whole.records, name: whole.records[name].replace(was.encode(), new.encode())}
    return replace(whole, records=records, chain=chain_of(records, 3))


# --------------------------------------------------------------------------- the head kept elsewhere


def test_history_that_was_written_anew_is_shown_by_a_head_alone() -> None:
    kept = made_source().head
    anew = packed(forged('\\"user_agent\\"', '\\"user_agent\\"', "records/fetches-1.json"))
    assert kept and checked(anew, kept.sha256).known == kept  # nothing was changed yet
    anew = packed(forged('"body_bytes":', '"body_bytes":1', "records/fetches-1.json"))
    assert checked(anew).quotes == 1  # it agrees with itself, as its README says
    assert broken(anew, kept.sha256).where == "head.txt"


@pytest.mark.parametrize(("link", "is_enough"), [(-1, True), (-2, True), (4, True), (3, False), (0, False)])
def test_an_older_head_will_do_where_the_pack_rests_on_nothing_newer(link: int, is_enough: bool) -> None:
    head = made_source().chain[link].link.sha256
    if is_enough:
        assert checked(WHOLE, head).known
    else:
        assert "so old a head cannot prove it" in broken(WHOLE, head).what


# --------------------------------------------------------------------------- the zip itself


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        for name, body in entries:
            archive.NameToInfo.clear()
            archive.writestr(name, body)
    return made.getvalue()


def link_to_passwd() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("alert.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("made", "where", "what"),
    [
        (zipped(("../../etc/cron.d/x", b"")), "../../etc/cron.d/x", "may lead out of the folder"),
        (zipped(("/etc/passwd", b"")), "/etc/passwd", "may lead out of the folder"),
        (zipped(("a/../../x", b"")), "a/../../x", "may lead out of the folder"),
        (zipped(("C:\\x", b"")), "C:\\x", "may lead out of the folder"),
        (zipped(("a\nIntact.\x1b[2J\u2028", b"")), r"a\nIntact.\x1b[2J\u2028", "may lead out of the folder"),
        (zipped(("before/", b"")), "before/", "may lead out of the folder"),
        (zipped(("a" * 151, b"")), "a" * 151, "may lead out of the folder"),
        (zipped(("Ünsafe", b"")), "Ünsafe", "may lead out of the folder"),
        (zipped((link_to_passwd(), b"/etc/passwd")), "alert.json", "it is a link"),
        (zipped(("a", b""), ("a", b"")), "a", "in the zip twice"),
        (zipped(("a", bytes(10**7)), kind=zipfile.ZIP_DEFLATED), "a", "it is compressed"),
        (zipped(("a", b"")), "format.txt", "it is missing"),
        (zipped(), "format.txt", "it is missing"),
    ],
    ids=["slip", "absolute", "inner slip", "drive", "lines", "folder", "long", "letters", "link", "twice", "bomb", "foreign", "empty"],
)  # fmt: skip
def test_a_zip_that_would_harm_is_refused_by_name(made: bytes, where: str, what: str) -> None:
    error = broken(made)
    assert (error.where, what in error.what) == (where, True), error


def test_a_zip_of_more_files_than_a_pack_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.evidence.container.MOST", 3)
    error = broken(zipped(*((name, b"") for name in "abcd")))
    assert (error.where, "more than 3 files" in error.what) == (CONTAINER, True)


def test_a_pack_of_more_files_than_one_holds_is_not_written_and_the_store_is_not_blamed(
    demo_world: Path, tmp_path: Path, capsys: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.evidence.container.MOST", 3)
    monkeypatch.setattr("app.evidence.commands.MOST", 3)
    period = ("--organization", "corvellam-cloud", "--from", "2021-06-01", "--to", "2021-12-31")
    assert at_home(demo_world, "evidence", "export", *period, "-o", tmp_path / "pack.zip") == 2
    assert "the pack would hold more than 3 files" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_zip_that_was_made_anew_of_whole_files_is_told_apart() -> None:
    error = broken(zipped(*FILES.items()))
    assert error.where == CONTAINER and "each of which is as it was" in error.what


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_no_bit_of_a_pack_can_be_turned(bit: int) -> None:
    turned = bytearray(WHOLE)
    turned[bit // 8] ^= 1 << bit % 8
    broken(bytes(turned))


# --------------------------------------------------------------------------- as a command


def test_verify_prints_the_first_broken_thing(tmp_path: Path, capsys: Screen) -> None:
    pack = tmp_path / "pack.zip"
    pack.write_bytes(sealed(METHOD_txt=b"\x1b[2J"))
    assert program("evidence", "verify", pack) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == "METHOD.txt: it was changed: it is not what follows from the records."
    assert last == f"Not intact: {pack}."


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("none.zip", None, "cannot be read"),
        (".", None, "no regular file"),
        ("pipe", None, "no regular file"),
        ("pack.zip", "abc", "is no head"),
    ],
)
def test_what_cannot_be_read_is_bad_input(tmp_path: Path, name: str, head: str | None, said: str) -> None:
    (tmp_path / "pack.zip").write_bytes(WHOLE)
    os.mkfifo(tmp_path / "pipe")  # whoever reads it waits for ever
    with pytest.raises(InputError, match=said):
        verify(tmp_path / name, head, None)
