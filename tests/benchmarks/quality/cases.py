"""The labelled pairs: what stood there before and after, and what a reader said of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.shared import SHARED, rows

SETS = {
    "authored": "authored/authored.jsonl",
    "positives": "cases/positives.jsonl",
    "hard_negatives": "cases/hard_negatives.jsonl",
    "easy_negatives": "cases/easy_negatives.jsonl",
    "access_noise": "cases/access_noise.jsonl",
}
#: Kinds of noise that only history can tell from a change.
HISTORY = frozenset({"alternating_editions", "regional_variant", "assembly_change", "extraction_change"})
_TAGS = ("trap", "negative_kind", "noise_kind")
_CLEAR = frozenset({"weaker", "stronger"})
_IN_OUR_WORDS = {"actor": "bearer"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two Markdown texts to compare, or the names of two files. The same name is the same pair."""

    name: str
    before: str
    after: str
    language: str = ""
    are_files: bool = False

    def texts(self) -> tuple[str, str]:
        """Both texts."""
        if not self.are_files:
            return self.before, self.after
        return _read(self.before), _read(self.after)


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled pair. whole is None where there are only passages."""

    id: str
    set: str
    organization: str
    passages: Pair
    whole: Pair | None = None
    material: bool = False
    kinds: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    tag: str = ""

    @property
    def has_direction(self) -> bool:
        """Whether the label says which way; "unclear" and "neutral" of a real pair are no answer to check."""
        return bool(self.directions if self.set == "authored" else self.directions & _CLEAR)

    @property
    def is_failed_capture(self) -> bool:
        """Whether one look at the later text must do to see that it is not the page."""
        return self.set == "access_noise" and self.tag not in HISTORY


@cache
def load() -> tuple[Case, ...]:
    """Every case, set by set; the same change in a sister service counts once."""
    return tuple(case for name, file in SETS.items() for case in _cases(name, rows(file)))


def pairs_of(cases: Iterable[Case]) -> tuple[Pair, ...]:
    """Every pair to compare, each once, in their order."""
    found = {pair.name: pair for case in cases for pair in (case.passages, case.whole) if pair}
    return tuple(found.values())


def _cases(name: str, found: list[dict[str, Any]]) -> Iterable[Case]:
    ids = {row["id"] for row in found}
    return (_case(name, row) for row in found if row.get("sibling_of") not in ids)


def _case(name: str, row: dict[str, Any]) -> Case:
    changes = row.get("changes", [row])
    language = row.get("language") or ""
    return Case(
        id=row["id"],
        set=name,
        organization=row["path"].split("/")[0] if "path" in row else row["id"],
        passages=Pair(row["id"], row["before"], row["after"], language),
        whole=_whole(row, language) if "document_before" in row else None,
        material=row["material"],
        kinds=frozenset(_IN_OUR_WORDS.get(c["kind"], c["kind"]) for c in changes if c["kind"]),
        directions=frozenset(c["direction"] for c in changes if c["direction"]),
        tag=next((row[tag] for tag in _TAGS if row.get(tag)), ""),
    )


def _whole(row: dict[str, Any], language: str) -> Pair:
    before, after = row["document_before"], row["document_after"]
    return Pair(f"{before} {after} {language}", before, after, language, are_files=True)


def _read(name: str) -> str:
    return (SHARED / "cases" / name).read_text(encoding="utf-8")
