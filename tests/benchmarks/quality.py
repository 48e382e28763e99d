"""make quality: how often the detector is right on the labelled pairs, set by set."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.home import SHIPPED_CONFIG
from monitor.compare import Comparison, compare_unbelieving
from monitor.extract import extract
from monitor.language import recognise
from monitor.lexicon import load_lexicons
from monitor.marks import load_access_rules
from monitor.model import Access, Document, Finding, FindingKind, Tier
from tests.shared import SHARED, WHY_NOT, document_text, rows

_LEXICONS = load_lexicons(SHIPPED_CONFIG)
_RULES = load_access_rules(SHIPPED_CONFIG)
#: Kinds of noise that only history can tell from a change.
_HISTORY = {"alternating_editions", "regional_variant", "assembly_change", "extraction_change"}


@dataclass(frozen=True, slots=True)
class Score:
    """A share, as counts."""

    name: str
    right: int
    of: int

    def __str__(self) -> str:
        share = self.right / self.of if self.of else 0.0
        return f"{self.name:<66} {self.right:>4} of {self.of:<4} {share:>6.1%}"


def main() -> None:
    """Print the table."""
    if not SHARED.is_dir():
        sys.exit(f"make quality: {WHY_NOT}.")
    for score in (*authored(), *positives(), *negatives(), *noise()):
        print(score)


def authored() -> Iterable[Score]:
    """The pairs that were written for this project."""
    pairs = [
        (row, answer(row["before"], row["after"], row["language"])) for row in rows("authored/authored.jsonl")
    ]
    material = [(row, found) for row, found in pairs if row["material"]]
    found = [(row, got) for row, got in material if findings(got)]
    yield Score("authored: material pairs found", len(found), len(material))
    english = [(row, got) for row, got in material if row["language"] == "en"]
    yield Score(
        "authored, English: material pairs found",
        sum(bool(findings(got)) for _, got in english),
        len(english),
    )
    silent = [(row, got) for row, got in pairs if not row["material"]]
    yield Score(
        "authored: immaterial pairs left silent", sum(not findings(got) for _, got in silent), len(silent)
    )
    right = [
        1
        for row, got in found
        if {f.direction.value for f in findings(got)} & {c["direction"] for c in row["changes"]}
    ]
    yield Score("authored: direction right when found", len(right), len(found))


def positives() -> Iterable[Score]:
    """Real changes, on whole documents."""
    pairs = [(row, whole(row)) for row in rows("cases/positives.jsonl")]
    matched = [(row, [f for f in findings(got) if matches(f, row)]) for row, got in pairs]
    yield Score(
        "real positives: found as alert or review", sum(bool(found) for _, found in matched), len(matched)
    )
    alerts = [(row, [f for f in found if f.tier is Tier.ALERT]) for row, found in matched]
    yield Score("real positives: found as alert", sum(bool(found) for _, found in alerts), len(alerts))
    sure = [(row, found) for row, found in alerts if found and row["direction"] in ("weaker", "stronger")]
    right = sum(any(f.direction.value == row["direction"] for f in found) for row, found in sure)
    yield Score("real positives: direction right, among alerts", right, len(sure))


def negatives() -> Iterable[Score]:
    """Real edits in which nothing material changed (few is good)."""
    pairs = [(row, whole(row)) for row in rows("cases/hard_negatives.jsonl")]
    matched = [[f for f in findings(got) if matches(f, row)] for row, got in pairs]
    yield Score("real hard negatives: material finding on the passage", sum(map(bool, matched)), len(matched))
    alerts = [[f for f in found if f.tier is Tier.ALERT] for found in matched]
    yield Score("real hard negatives: alert on the passage", sum(map(bool, alerts)), len(alerts))
    easy = [whole(row) for row in rows("cases/easy_negatives.jsonl")]
    yield Score(
        "real easy negatives: any alert",
        sum(any(f.tier is Tier.ALERT for f in findings(got)) for got in easy),
        len(easy),
    )


def noise() -> Iterable[Score]:
    """Failed captures (none is good)."""
    pairs = [whole(row) for row in rows("cases/access_noise.jsonl") if row["noise_kind"] not in _HISTORY]
    lost = [
        got
        for got in pairs
        if any(f.kind is FindingKind.WITHDRAWN and f.tier is Tier.ALERT for f in got.findings)
    ]
    yield Score("failed captures: a withdrawn alert", len(lost), len(pairs))


def whole(row: dict[str, Any]) -> Comparison:
    """The whole documents of a mined pair."""
    return answer(document_text(row, "before"), document_text(row, "after"), row.get("language") or "")


def answer(before: str, after: str, language: str) -> Comparison:
    """What the detector says of two Markdown texts."""
    old, new = document(before), document(after)
    spoken = language or recognise(before)
    if spoken not in _LEXICONS:
        return Comparison(spoken, Access.OK)
    return compare_unbelieving(old, new, _LEXICONS[spoken], _RULES, recognise(after))


def document(text: str) -> Document:
    """A Markdown text, which may be empty."""
    return extract(text.encode(), "text/markdown") if text.strip() else Document(())


def findings(comparison: Comparison) -> list[Finding]:
    """The material ones."""
    return [finding for finding in comparison.findings if finding.is_material]


def matches(finding: Finding, row: dict[str, Any]) -> bool:
    """At least half of a quote's words are in the labelled passage, on a side that has one."""
    sides = ((finding.before_quote, row["before"]), (finding.after_quote, row["after"]))
    return any(_half_shared(quote, passage) for quote, passage in sides if quote and passage)


def _half_shared(quote: str, passage: str) -> bool:
    said, labelled = set(quote.lower().split()), set(passage.lower().split())
    return len(said & labelled) >= 0.5 * len(said)


if __name__ == "__main__":
    main()
