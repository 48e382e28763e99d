"""Whoever follows the README of a pack with standard tools finds it intact, or what is broken or forged."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.evidence.container import SUMS, sums_of, taken_apart
from app.evidence.contents import head_line, packed
from app.evidence.source import FORMAT, Period, Source
from app.evidence.stamping import check_stamp, stamped
from app.evidence.steps import steps
from monitor.store.chain import following
from tests import expired_stamp
from tests.authorities import made_authority, serving
from tests.evidence_source import BODIES, TEXTS, made_source

FILES = taken_apart(packed(made_source()))
MARCH = Period("heron", date(2026, 3, 1), date(2026, 3, 31))
(ALERT,) = (name for name in made_source().records if "alerts-" in name)
FETCH = "records/fetches-1.json"


# --------------------------------------------------------------------------- its own README


def pasted(folder: Path) -> str:
    """What bash says of the lines to paste in this folder, errors and all."""
    _, _, below = (
        (folder / "README.txt").read_text(encoding="utf-8").partition("How to check it with standard tools\n")
    )
    script = "\n".join(line[4:] for line in below.splitlines() if line.startswith("    "))
    assert script.count("BROKEN") >= 6
    told = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    return told.stdout + told.stderr


def unpacked(source: Source, folder: Path) -> Path:
    (folder / "pack.zip").write_bytes(packed(source))
    subprocess.run([sys.executable, "-m", "zipfile", "-e", "pack.zip", "pack"], cwd=folder, check=True)
    return folder / "pack"


@pytest.mark.parametrize(
    "source",
    [
        made_source(),
        made_source(period=MARCH),
        made_source(are_read=False),
        made_source(texts={"before": "x", "after": "We sell things."}),
    ],
    ids=["change", "period", "never read", "read otherwise"],
)
def test_whoever_follows_the_readme_finds_it_intact(source: Source, tmp_path: Path) -> None:
    assert pasted(unpacked(source, tmp_path)) == ""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_whoever_follows_the_readme_finds_what_is_broken(tmp_path: Path) -> None:
    source, authority = made_source(), made_authority(tmp_path / "tsa")
    with serving(authority) as url:
        source = replace(source, stamp=stamped(head_line(source), url, ("127.0.0.1",)))
    folder = unpacked(source, tmp_path)
    shutil.copy(authority / "authority.pem", tmp_path)
    intact = pasted(folder)
    assert "Verification: OK\n" in intact and "BROKEN" not in intact

    (folder / "before" / "body.html.txt").write_bytes(BODIES["before"] + b" ")
    (folder / "records" / "fetches-1.json").write_text("{}")
    (folder / "before" / "text.txt").write_text("We will sell everything.")
    (folder / "head.txt").write_text("0" * 64 + "\n")
    said = pasted(folder)
    for name in (
        "see the lines above",
        "before/text.txt",
        "before/body.html.txt",
        "records/fetches-1.json",
        "head.txt",
        "head.tsr",
    ):
        assert f"BROKEN: {name}\n" in said


def test_whoever_follows_the_readme_finds_each_changed_link(tmp_path: Path) -> None:
    """Also where SHA256SUMS was made anew."""
    folder = unpacked(made_source(), tmp_path)
    rows = [line.split("\t") for line in (folder / "chain.tsv").read_text().splitlines()]
    for row, cell in enumerate((1, 2, 3, 4, 5)):
        rows[row][cell] = rows[row + 1][cell] + "0"
    chain = "".join("\t".join(row) + "\n" for row in rows).encode()
    (folder / "chain.tsv").write_bytes(chain)
    files = {name: body for name, body in FILES.items() if name != SUMS}
    (folder / SUMS).write_bytes(sums_of(files | {"chain.tsv": chain}))
    said = pasted(folder)
    assert [f"BROKEN: chain.tsv, line {id}\n" in said for id in (1, 2, 3, 4, 5)] == [True] * 5
    assert "see the lines above" not in said


# --------------------------------------------------------------------------- forgeries, sums made anew


def swapped(files: dict[str, bytes]) -> None:
    for name in ("body.html.txt", "text.txt", "capture.warc"):
        one, other = f"before/{name}", f"after/{name}"
        files[one], files[other] = files[other], files[one]


def unnamed(files: dict[str, bytes]) -> None:
    lines = files["chain.tsv"].decode().splitlines()
    files["chain.tsv"] = "".join(line.rpartition("\t")[0] + "\t-\n" for line in lines).encode()
    files[ALERT] = files[ALERT].replace(b"will not sell", b"will sell")


def emptied(files: dict[str, bytes]) -> None:
    files["chain.tsv"] = files["head.txt"] = b""


def gapped(files: dict[str, bytes]) -> None:
    lines = files["chain.tsv"].splitlines(keepends=True)
    files["chain.tsv"] = b"".join([*lines[:6], lines[7]])
    files["head.txt"] = lines[7].split(b"\t")[5] + b"\n"


def of_old(files: dict[str, bytes]) -> None:
    """A record that a newer link of its row says is another one."""
    lines = files["chain.tsv"].decode().splitlines()
    before, content = lines[-1].split("\t")[5], "f" * 64
    sum = following(before, "fetches", "1", content)
    lines.append("\t".join([str(len(lines) + 1), before, "fetches", "1", content, sum, "-"]))
    files["chain.tsv"], files["head.txt"] = (
        "".join(f"{line}\n" for line in lines).encode(),
        f"{sum}\n".encode(),
    )


def put(name: str, body: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: body})


def without_file(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda files: files.pop(name)


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (swapped, "BROKEN: before/body.html.txt\n"),
        (swapped, "BROKEN: after/text.txt\n"),
        (put("before/text.txt", b"invented"), "BROKEN: before/text.txt\n"),
        (put("before/text.txt", TEXTS["after"].encode()), "BROKEN: before/text.txt\n"),
        (put("EXTRA.txt", b"x"), "BROKEN: EXTRA.txt does not belong in a pack\n"),
        (put("head.tsr", b"x"), "BROKEN: head.tsr does not belong in a pack\n"),
        (put("format.txt", b"pledgewatch.evidence/2\n"), "BROKEN: format.txt\n"),
        (without_file("format.txt"), "BROKEN: format.txt\n"),
        (put("records/fetches-9.json", b"{}"), "BROKEN: records/fetches-9.json has no link\n"),
        (put("before/body.bin", b"x"), "BROKEN: before/body.bin before/body.html.txt\n"),
        (without_file("before/body.html.txt"), "BROKEN: before/body.*\n"),
        (without_file(ALERT), "BROKEN: before/body.html.txt\n"),
        (without_file(FETCH), "whose fetch is not in here\n"),
        (unnamed, f"BROKEN: {ALERT} has no link\n"),
        (emptied, "BROKEN: head.txt\n"),
        (gapped, "BROKEN: chain.tsv, line 7 does not follow\n"),
        (gapped, "BROKEN: chain.tsv, line 7 leaves a gap\n"),
        (of_old, f"BROKEN: {FETCH} is not the newest\n"),
    ],
)  # fmt: skip
def test_whoever_follows_the_readme_finds_forgeries_too(
    tmp_path: Path, forge: Callable[[dict[str, bytes]], object], said: str
) -> None:
    files = {name: body for name, body in FILES.items() if name != SUMS}
    forge(files)
    assert said in pasted(laid_out(files | {SUMS: sums_of(files)}, tmp_path / "pack"))


def test_what_no_line_proves_is_named() -> None:
    for source, is_named in ((made_source(), False), (made_source(period=MARCH), True)):
        readme = taken_apart(packed(source))["README.txt"].decode()
        assert (
            "CERTIFICATE-DRAFT.txt, period.json and this text are proved by it only" in readme
        ) is is_named


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_stamp_outlives_the_certificates_that_were_in_force_when_it_was_given(tmp_path: Path) -> None:
    folder = laid_out({"head.txt": expired_stamp.HEAD, "head.tsr": expired_stamp.STAMP}, tmp_path / "pack")
    (tmp_path / "authority.pem").write_bytes(expired_stamp.AUTHORITY)
    _, _, last = steps(FORMAT, has_period=False, has_stamp=True).partition("\n4. ")
    script = "\n".join(line for line in last.splitlines() if line.startswith("    "))
    told = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert "Verification: OK" in told.stdout + told.stderr and "BROKEN" not in told.stdout
    assert check_stamp(expired_stamp.STAMP, expired_stamp.HEAD, expired_stamp.AUTHORITY)


def test_a_file_that_came_later_is_found(tmp_path: Path) -> None:
    folder = laid_out({**FILES, "before/text-read-anew.txt": b"x"}, tmp_path / "pack")
    assert "BROKEN: before/text-read-anew.txt is not in SHA256SUMS\n" in pasted(folder)


def test_a_change_of_a_period_needs_its_record(tmp_path: Path) -> None:
    files = taken_apart(packed(made_source(period=MARCH)))
    files["changes/bbbbbbbbbbbbbbbb/before/body.html.txt"] = files.pop(SUMS)
    said = pasted(laid_out(files | {SUMS: sums_of(files)}, tmp_path / "pack"))
    assert "BROKEN: changes/bbbbbbbbbbbbbbbb/\n" in said and "BROKEN: changes/aaaa" not in said


def laid_out(files: dict[str, bytes], folder: Path) -> Path:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder
