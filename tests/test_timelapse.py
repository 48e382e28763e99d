"""158 real captures, watched day by day: what changed agrees with what a person saw who read the texts."""

import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.shared import SHARED, WHY_NOT

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = tomllib.loads((Path(__file__).parent / "timelapse_expected.toml").read_text(encoding="utf-8"))[
    "pages"
]

pytestmark = pytest.mark.skipif(not (SHARED / "timelapse").is_dir(), reason=WHY_NOT)

Row = dict[str, Any]


@pytest.fixture(scope="module")
def seen() -> dict[str, list[Row]]:
    """Page → what was seen of each capture, in date order, by the real spider from a loopback server."""
    command = [sys.executable, "-m", "tests.timelapse_watch"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for line in lines.splitlines():
        row = json.loads(line)
        rows[row["page"]].append(row)
    return rows


def believed_at(rows: list[Row], captured_at: str) -> Row:
    """The row of this capture, or the next: a page that was rewritten whole is believed at the second look."""
    at = next(i for i, row in enumerate(rows) if row["captured_at"] == captured_at)
    return rows[at + 1] if rows[at]["access"] == "replaced" else rows[at]


def test_every_capture_was_stored_byte_for_byte(seen: dict[str, list[Row]]) -> None:
    assert (
        sum(len(rows) for rows in seen.values()) == sum(page["captures"] for page in EXPECTED.values()) == 158
    )
    assert [row for rows in seen.values() for row in rows if not row["same_bytes"]] == []


@pytest.mark.parametrize("page", EXPECTED)
def test_what_changed_is_what_a_reader_saw_change(seen: dict[str, list[Row]], page: str) -> None:
    expected = EXPECTED[page]
    must = {believed_at(seen[page], capture)["captured_at"] for capture in expected.get("changed", ())}
    may = {*must, *expected.get("cosmetic", ()), *expected.get("around", ())}
    changed = {row["captured_at"] for row in seen[page] if row["changed"]}
    assert must <= changed <= may


@pytest.mark.parametrize("page", EXPECTED)
def test_what_is_not_the_page_is_not_read(seen: dict[str, list[Row]], page: str) -> None:
    read = {row["captured_at"] for row in seen[page] if row["access"] in ("ok", "unchanged")}
    assert not read & set(EXPECTED[page].get("unreadable", ()))


@pytest.mark.parametrize("page", EXPECTED)
def test_nothing_is_told_but_of_real_changes(seen: dict[str, list[Row]], page: str) -> None:
    told = {row["captured_at"] for row in seen[page] if row["alerts"]}
    assert told <= {
        believed_at(seen[page], capture)["captured_at"] for capture in EXPECTED[page].get("changed", ())
    }


def biometric_changes() -> list[Any]:
    return [
        pytest.param(page, capture, change, id=f"{page}-{capture}")
        for page, expected in EXPECTED.items()
        for capture, change in expected.get("change", {}).items()
        if change["concerns_biometrics"] and change.get("direction") in ("weaker", "stronger")
        if not change.get("borderline")
    ]


@pytest.mark.parametrize(("page", "capture", "change"), biometric_changes())
def test_a_change_about_biometrics_is_told_with_its_direction(
    seen: dict[str, list[Row]], page: str, capture: str, change: Row
) -> None:
    row = believed_at(seen[page], capture)
    assert change["direction"] in {direction for _, direction, _, _ in row["findings"]}, row
