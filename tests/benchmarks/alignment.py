"""How long one pair of whole documents takes: ours, diff-match-patch and difflib, each in its own process.

python -m tests.benchmarks.alignment CONTENDER     prints {contender or part: {pair: CPU ms}} as JSON
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from time import process_time
from typing import Any

from diff_match_patch import diff_match_patch

from app.home import SHIPPED_CONFIG
from monitor.align import align
from monitor.compare import compare
from monitor.extract import extract
from monitor.lexicon import Lexicons
from monitor.segment import sentences
from monitor.statements import place
from tests.shared import document_text, rows

_SAMPLE, _SMALL_SAMPLE = 40, 12  # pairs at most
_DIFFERING_AT_MOST = (
    10_000  # characters: without its clock diff-match-patch takes over 10 s on some pairs beyond this
)

Pair = tuple[str, str]
Milliseconds = dict[str, dict[str, float]]


def ours() -> Milliseconds:
    """Every part of our comparison, on every pair."""
    lexicon = Lexicons(SHIPPED_CONFIG)["en"]
    took: Milliseconds = defaultdict(dict)
    for name, texts in pairs().items():
        for part, spent in _parts(texts, lexicon).items():
            took[part][name] = spent
    return took


def _parts(texts: Pair, lexicon: Any) -> dict[str, float]:
    spent: dict[str, float] = {}
    old, new = timed(spent, "extract", lambda: [extract(text.encode(), "text/markdown") for text in texts])
    before, after = timed(spent, "sentences", lambda: [sentences(document) for document in (old, new)])
    timed(spent, "align", lambda: align(before, after, place(lexicon)))
    timed(spent, "compare", lambda: compare(old, new, lexicon))
    rest = spent["compare"] - spent["sentences"] - spent["align"]
    return spent | {
        "find + assess": max(rest, 0.0),
        "extract + compare": spent["extract"] + spent["compare"],
    }


def diff_match_patch_limited() -> Milliseconds:
    """As it comes: it gives up on quality after 1 s of wall time."""
    return {
        "diff-match-patch, 1 s": _each(_sample(pairs(), _SAMPLE), lambda a, b: by_diff_match_patch(a, b, 1.0))
    }


def diff_match_patch_unlimited() -> Milliseconds:
    """Never by its clock, so always the same answer; bounded by size instead."""
    small = {name: pair for name, pair in pairs().items() if _differing(*pair) <= _DIFFERING_AT_MOST}
    name = f"diff-match-patch, no clock, ≤ {_DIFFERING_AT_MOST:,}"
    return {name: _each(_sample(small, _SAMPLE), lambda a, b: by_diff_match_patch(a, b, 0))}


def difflib_words() -> Milliseconds:
    """The standard library's, on words, with nothing left out as junk."""
    sample = _sample(pairs(), _SMALL_SAMPLE)
    return {"difflib, words": _each(sample, by_difflib)}


CONTENDERS = {
    "ours": ours,
    "dmp": diff_match_patch_limited,
    "dmp-unlimited": diff_match_patch_unlimited,
    "difflib": difflib_words,
}


def by_difflib(before: str, after: str) -> None:
    SequenceMatcher(None, before.split(), after.split(), autojunk=False).get_opcodes()


def by_diff_match_patch(before: str, after: str, seconds: float) -> None:
    differ = diff_match_patch()
    differ.Diff_Timeout = seconds
    differ.diff_main(before, after)


def _differing(before: str, after: str) -> int:
    """Characters of both sides between the common head and the common tail."""
    differ = diff_match_patch()
    head = differ.diff_commonPrefix(before, after)
    tail = differ.diff_commonSuffix(before[head:], after[head:])
    return len(before) + len(after) - 2 * (head + tail)


def _each(texts_of: dict[str, Pair], work: Callable[[str, str], None]) -> dict[str, float]:
    spent: dict[str, float] = {}
    for name, texts in texts_of.items():
        timed(spent, name, lambda texts=texts: work(*texts))
    return spent


def timed(spent: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    began = process_time()
    result = work()
    spent[name] = 1000 * (process_time() - began)
    return result


def pairs(sets: Sequence[str] = ("positives", "hard_negatives")) -> dict[str, Pair]:
    """The distinct pairs of whole documents, smallest first."""
    cases = [row for name in sets for row in rows(f"cases/{name}.jsonl")]
    names = {f"{row['document_before']} {row['document_after']}": row for row in cases}
    texts = {name: (document_text(row, "before"), document_text(row, "after")) for name, row in names.items()}
    return dict(sorted(texts.items(), key=lambda item: sum(map(len, item[1]))))


def _sample(texts_of: dict[str, Pair], most: int) -> dict[str, Pair]:
    """At most so many of them, evenly over the sizes."""
    step = -(-len(texts_of) // most)
    return dict(list(texts_of.items())[::step])


if __name__ == "__main__":
    json.dump(CONTENDERS[sys.argv[1]](), sys.stdout)
