"""Copies of real policies that only look different: renumbered, re-ordered, re-wrapped. All stay silent."""

import random
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.compare import compare
from monitor.model import Finding
from tests.shared import SHARED, WHY_NOT
from tests.texts import document, english

DOCUMENTS = SHARED / "cases" / "documents"
SAMPLE = 60

pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason=WHY_NOT)


def rewrapped(text: str) -> str:
    """Plain paragraphs broken at 60 characters."""
    return "\n\n".join(
        block if "\n" in block or re.match(r"[#*>| \t\d-]", block) else "\n".join(textwrap.wrap(block, 60))
        for block in text.split("\n\n")
    )


def renumbered(text: str) -> str:
    """The first number of every numbered clause or heading, plus one."""
    clause = re.compile(r"(?m)^(\s*(?:#+ )?)(\d+)((?:\\?\.\d+)*\\?[.)] )")
    return clause.sub(lambda found: f"{found[1]}{int(found[2]) + 1}{found[3]}", text)


def reordered(text: str) -> str:
    """The sections below headings in another order."""
    head, *sections = re.split(r"(?m)^(?=#{1,4} )", text)
    random.Random(5).shuffle(sections)
    return head + "".join(section.rstrip("\n") + "\n\n" for section in sections)


def sample() -> list[Path]:
    files = (
        sorted(path for path in DOCUMENTS.glob("*.md") if path.stat().st_size) if DOCUMENTS.is_dir() else []
    )
    return random.Random(7).sample(files, min(SAMPLE, len(files)))


@pytest.mark.parametrize("copy", [rewrapped, renumbered, reordered])
def test_a_copy_of_a_real_policy_is_silent(copy: Callable[[str], str]) -> None:
    loud: dict[str, list[Finding]] = {}
    for path in sample():
        text = path.read_text(encoding="utf-8")
        found = compare(document(text), document(copy(text)), english()).findings
        loud[path.name] = [finding for finding in found if finding.is_material]
    assert {name: found for name, found in loud.items() if found} == {}
