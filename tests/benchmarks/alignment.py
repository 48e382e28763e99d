"""How long one pair of whole documents takes: ours, diff-match-patch and difflib, each in its own process.

python -m tests.benchmarks.alignment CONTENDER     prints {contender or part: {pair: CPU ms}} as JSON
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable
from difflib import SequenceMatcher
from time import process_time
from typing import Any

from diff_match_patch import diff_match_patch

from app.home import SHIPPED_CONFIG
from monitor.align import align
from monitor.assess import assess
from monitor.compare import compare
from monitor.extract import extract
from monitor.lexicon import load_lexicons
from monitor.segment import sentences
from monitor.statements import find
from tests.shared import document_text, rows

_SAMPLE, _SMALL_SAMPLE = 40, 12  # pairs at most
_DIFFERING_AT_MOST = (
    10_000  # characters: without its clock diff-match-patch takes over 10 s on some pairs beyond this
)

Pair = tuple[str, str]
Milliseconds = dict[str, dict[str, float]]


def ours() -> Milliseconds:
    """Every part of our comparison, on every pair."""
    lexicon = load_lexicons(SHIPPED_CONFIG)["en"]
    took: Milliseconds = defaultdict(dict)
    for name, texts in _pairs().items():
        for part, spent in _parts(texts, lexicon).items():
            took[part][name] = spent
    return took


def _parts(texts: Pair, lexicon: Any) -> dict[str, float]:
    spent: dict[str, float] = {}
    old, new = _timed(spent, "extract", lambda: [extract(text.encode(), "text/markdown") for text in texts])
    before, after = _timed(spent, "sentences", lambda: [sentences(document) for document in (old, new)])
    edits = _timed(spent, "align", lambda: align(before, after))

    def find_and_assess() -> None:
        left = find([edit.before for edit in edits if edit.before is not None], lexicon)
        right = find([edit.after for edit in edits if edit.after is not None], lexicon)
        assess(edits, left, right, lexicon)

    _timed(spent, "find + assess", find_and_assess)
    _timed(spent, "compare", lambda: compare(old, new, lexicon))
    return spent | {"extract + compare": spent["extract"] + spent["compare"]}


def diff_match_patch_limited() -> Milliseconds:
    """As it comes: it gives up on quality after 1 s of wall time."""
    return {"diff-match-patch, 1 s": _each(_sample(_pairs(), _SAMPLE), lambda a, b: _dmp(a, b, 1.0))}


def diff_match_patch_unlimited() -> Milliseconds:
    """Never by its clock, so always the same answer; bounded by size instead."""
    small = {name: pair for name, pair in _pairs().items() if _differing(*pair) <= _DIFFERING_AT_MOST}
    name = f"diff-match-patch, no clock, ≤ {_DIFFERING_AT_MOST:,}"
    return {name: _each(_sample(small, _SAMPLE), lambda a, b: _dmp(a, b, 0))}


def difflib_words() -> Milliseconds:
    """The standard library's, on words, with nothing left out as junk."""
    sample = _sample(_pairs(), _SMALL_SAMPLE)
    return {"difflib, words": _each(sample, _difflib)}


CONTENDERS = {
    "ours": ours,
    "dmp": diff_match_patch_limited,
    "dmp-unlimited": diff_match_patch_unlimited,
    "difflib": difflib_words,
}


def _difflib(before: str, after: str) -> None:
    SequenceMatcher(None, before.split(), after.split(), autojunk=False).get_opcodes()


def _dmp(before: str, after: str, seconds: float) -> None:
    differ = diff_match_patch()
    differ.Diff_Timeout = seconds
    differ.diff_main(before, after)


def _differing(before: str, after: str) -> int:
    """Characters of both sides between the common head and the common tail."""
    differ = diff_match_patch()
    head = differ.diff_commonPrefix(before, after)
    tail = differ.diff_commonSuffix(before[head:], after[head:])
    return len(before) + len(after) - 2 * (head + tail)


def _each(pairs: dict[str, Pair], work: Callable[[str, str], None]) -> dict[str, float]:
    spent: dict[str, float] = {}
    for name, texts in pairs.items():
        _timed(spent, name, lambda texts=texts: work(*texts))
    return spent


def _timed(spent: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    began = process_time()
    result = work()
    spent[name] = 1000 * (process_time() - began)
    return result


def _pairs() -> dict[str, Pair]:
    """The distinct pairs of whole documents, smallest first."""
    cases = [*rows("cases/positives.jsonl"), *rows("cases/hard_negatives.jsonl")]
    names = {f"{row['document_before']} {row['document_after']}": row for row in cases}
    pairs = {name: (document_text(row, "before"), document_text(row, "after")) for name, row in names.items()}
    return dict(sorted(pairs.items(), key=lambda item: sum(map(len, item[1]))))


def _sample(pairs: dict[str, Pair], most: int) -> dict[str, Pair]:
    """At most so many of them, evenly over the sizes."""
    step = -(-len(pairs) // most)
    return dict(list(pairs.items())[::step])


if __name__ == "__main__":
    json.dump(CONTENDERS[sys.argv[1]](), sys.stdout)
