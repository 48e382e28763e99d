"""Real captures of policy pages: every one gives text, with the selector that is known for it or without."""

import json
from typing import Any

import pytest

from monitor.errors import ExtractError
from monitor.extract import extract, sniff
from monitor.segment import sentences
from tests.shared import SHARED, WHY_NOT

MANIFEST = SHARED / "timelapse" / "manifest.json"
pytestmark = pytest.mark.skipif(not MANIFEST.exists(), reason=WHY_NOT)

OUTGROWN = 13  # captures older or newer than the design that their selector was written for


def captures() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return found


def test_every_capture_gives_sentences_cut_from_its_text() -> None:
    for capture in captures():
        body = (MANIFEST.parent / capture["file"]).read_bytes()
        document = extract(body, sniff(body, capture["file"]))
        found = sentences(document)
        assert found, capture["file"]
        assert all(each.text in document.segments[each.segment].text for each in found), capture["file"]


def test_the_known_selectors_fit_or_say_that_they_do_not() -> None:
    outgrown = 0
    for capture in captures():
        if capture["select"]:
            body = (MANIFEST.parent / capture["file"]).read_bytes()
            try:
                extract(body, "text/html", select=(capture["select"],))
            except ExtractError as error:
                outgrown += 1
                assert (error.kind, capture["select"] in str(error)) == ("empty", True), capture["file"]
    assert outgrown == OUTGROWN
