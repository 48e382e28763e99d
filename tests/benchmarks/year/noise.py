"""Every recorded sequence before → noise → restored of the labelled pairs, played to a watch."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.model import FindingKind, Page, Role
from tests.benchmarks.year.failures import Answer
from tests.benchmarks.year.standing import Told
from tests.benchmarks.year.watch import opened
from tests.shared import SHARED, rows

_MARKDOWN = (("Content-Type", "text/markdown; charset=utf-8"),)
_LONGEST = 130  #: days of noise that are played, where it stood longer


def noise(folder: Path) -> Told:
    """Each sequence twice over; what counts is a statement that is called withdrawn."""
    sequences = rows("cases/access_noise.jsonl")
    declared = tuple(_page(number, row) for number, row in enumerate(sequences))
    plays = [list(_play(row)) for row in sequences]
    watch = opened(folder, declared)
    with watch.store:
        for day in range(max(map(len, plays))):
            answers = [
                (page, play[day]) for page, play in zip(declared, plays, strict=True) if day < len(play)
            ]
            watch.day(day, answers)
    told = [
        f"{sequences[int(alert.organization['id'][5:])]['id']} day {day}: {alert.headline}"
        for day, alert in watch.alerts
        if any(finding.kind is FindingKind.WITHDRAWN for finding in alert.findings)
    ]
    return Told(len(sequences), tuple(told))


def _page(number: int, row: dict[str, Any]) -> Page:
    organization = f"noise{number}"
    language = row.get("lang_before") or "en"
    return Page(
        f"{organization}/page", organization, f"https://{organization}.example/page", Role.POLICY, language
    )


def _play(row: dict[str, Any]) -> Iterator[Answer]:
    before, during = (_answer(row, side) for side in ("before", "after"))
    for _ in range(2):
        yield from [before] * 4
        yield from [during] * _stood(row)
    yield from [before] * 4


def _answer(row: dict[str, Any], side: str) -> Answer:
    return Answer((SHARED / "cases" / row[f"document_{side}"]).read_bytes(), headers=_MARKDOWN)


def _stood(row: dict[str, Any]) -> int:
    """How many daily looks met the noise: as long as it stood where that is known, else two."""
    if not row.get("restored_date"):
        return 2
    stood = datetime.fromisoformat(row["restored_date"]) - datetime.fromisoformat(
        f"{row['date']}T00:00:00+00:00"
    )
    return min(max(stood.days, 1), _LONGEST)
