"""The detector against its bounds: a page of 40 KB, the largest pair, memory over many pairs, and growth.

python -m tests.benchmarks.detector PART     PART: growth, pairs or memory; prints its figures as JSON
"""

import gc
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.measure import cost_of
from tests.shared import SHARED, WHY_NOT

_SETS = ("positives", "hard_negatives", "easy_negatives", "access_noise")
_ABOUT = (35_000, 45_000)  # characters of either side of a pair of about 40 KB
_SECONDS_AT_MOST = 20  # of CPU for one of the others on one pair
_LOOKED_AT = (100, 1_000, 10_000)  # pairs after which memory is read; by the first, all is loaded
_TURNS = 3  # the least of so many
_SIZES = (1, 2, 4)

Figures = dict[str, Any]


def report() -> Iterator[str]:
    """Lines; one sentence where there are no documents."""
    yield from _growth_told(_run("growth"))
    if not (SHARED / "cases").is_dir():
        yield f"Speed and memory on real pairs are not measured: {WHY_NOT}."
        return
    yield ""
    yield from _pairs_told(_run("pairs"))
    yield ""
    yield from _memory_told(_run("memory"))


def _run(part: str) -> Figures:
    figures: Figures = json.loads(cost_of([sys.executable, "-m", "tests.benchmarks.detector", part]).output)
    return figures


# --------------------------------------------------------------------------- growth

_WE_SELL = "We will not sell face search to the police of town {}. "
_MAKERS: dict[str, Callable[[int], str]] = {
    "plain sentences": lambda n: "".join(
        f"Garden {i} opens at nine and is watered.\n\n" for i in range(30 * n)
    ),
    "statements": lambda n: "".join(f"{_WE_SELL.format(i)}\n\n" for i in range(6 * n)),
    "items of one list": lambda n: (
        "You may not:\n\n" + "".join(f"- use face search in town {i};\n" for i in range(6 * n))
    ),
    "items, long line above": lambda n: (
        f"You may not {'sow beans ' * 20 * n}:\n\n" + "- use face search;\n" * n
    ),
    "one sentence": lambda n: f"We will not sell face search {'and the other garden ' * 40 * n}.",
    "conditions": lambda n: (
        "We will not sell face search " + "".join(f"unless town {i} asks " for i in range(n))
    ),
    "refusals": lambda n: f"We do {'not ' * 40 * n}sell face search.",
    "pointing back": lambda n: f"Beans grow. {'It may be used by the police. ' * 10 * n}",
    "brackets": lambda n: f"{'(' * 100 * n}We sell face search{')' * 100 * n}",
    "no blank": lambda n: "face" * 100 * n,
    "punctuation": lambda n: ".,;:!? —" * 50 * n,
}
_UNIT = 100


def growth() -> Figures:
    """CPU ms of a page and a reworded copy, one, two and four times as large."""
    compare_texts = _ours()
    took: Figures = {}
    for name, make in _MAKERS.items():
        texts = [make(_UNIT * size) for size in _SIZES]
        took[name] = {
            "characters": len(texts[-1]),
            "ms": [_least(lambda text=text: compare_texts(text, _reworded(text))) for text in texts],
        }
    return took


def _reworded(text: str) -> str:
    return text.replace("sell", "rent or sell").replace("use", "use any").replace("and", "or")


def _growth_told(took: Figures) -> Iterator[str]:
    yield "Growth: a page and a copy in which every sentence is reworded, extract + compare, CPU ms"
    sizes = "".join(f"{f'× {size}':>10}" for size in _SIZES)
    yield f"{'':<26}{'KB at × 4':>10}{sizes}{'× 4 / × 2':>11}"
    for name, figures in took.items():
        spent = "".join(f"{ms:>10.1f}" for ms in figures["ms"])
        ratio = figures["ms"][-1] / max(figures["ms"][-2], 0.1)
        yield f"{name:<26}{figures['characters'] / 1000:>10.0f}{spent}{ratio:>11.1f}"


# --------------------------------------------------------------------------- real pairs


def pairs() -> Figures:
    """CPU ms of each contender on the pairs of about 40 KB that differ, and on the largest pair."""
    from tests.benchmarks.alignment import pairs as real_pairs

    found = [texts for texts in real_pairs(_SETS).values() if texts[0] != texts[1]]
    middle = [texts for texts in found if all(_ABOUT[0] <= len(text) <= _ABOUT[1] for text in texts)]
    chosen = {f"{len(middle)} pairs of 35 to 45 KB": middle, "the largest pair": found[-1:]}
    return {
        name: {
            "characters": max(map(len, texts[-1])) if texts else 0,
            "ms": {who: [_bounded(work, *pair) for pair in texts] for who, work in _contenders().items()},
        }
        for name, texts in chosen.items()
        if texts
    }


def _contenders() -> dict[str, Callable[[str, str], Any]]:
    from tests.benchmarks.alignment import by_diff_match_patch, by_difflib

    return {
        "ours: extract + compare": _ours(),
        "ours: as compare --jsonl answers": _command(),
        "diff-match-patch, gives up after 1 s": lambda a, b: by_diff_match_patch(a, b, 1.0),
        "diff-match-patch, no clock": lambda a, b: by_diff_match_patch(a, b, 0),
        "difflib, words": by_difflib,
    }


def _ours() -> Callable[[str, str], Any]:
    from app.home import SHIPPED_CONFIG
    from monitor.compare import compare
    from monitor.extract import extract
    from monitor.lexicon import load_lexicon
    from monitor.model import Document

    lexicon = load_lexicon(SHIPPED_CONFIG, "en")

    def document(text: str) -> Document:
        return extract(text.encode(), "text/markdown") if text.strip() else Document(())

    return lambda before, after: compare(document(before), document(after), lexicon)


def _command() -> Callable[[str, str], Any]:
    """Everything that a line costs: JSON, the language, whether it is the page at all."""
    from app.comparing import compare_lines
    from app.home import SHIPPED_CONFIG, Home

    home = Home(Path(os.devnull), SHIPPED_CONFIG)

    def answer(before: str, after: str) -> int:
        line = json.dumps({"id": 1, "before": before, "after": after}).encode()
        return compare_lines(home, [line], io.StringIO(), "")

    answer("We sell face search.", "We rent face search.")  # loads the words
    return answer


def _pairs_told(took: Figures) -> Iterator[str]:
    yield f"Real pairs, CPU ms, least of {_TURNS}; others over the whole texts, stopped at {_SECONDS_AT_MOST} s"
    yield f"{'':<40}{'KB':>6}{'median':>11}{'worst':>11}"
    for name, figures in took.items():
        yield name
        for who, spent in figures["ms"].items():
            ended = [ms if ms is not None else 1000.0 * _SECONDS_AT_MOST for ms in spent]
            figured = f"{_told(median(ended))}{_told(max(ended))}"
            yield f"  {who:<38}{figures['characters'] / 1000:>6.0f}{figured}"


def _told(ms: float) -> str:
    return f"{f'> {ms:.0f}' if ms >= 1000 * _SECONDS_AT_MOST else f'{ms:.1f}':>11}"


# --------------------------------------------------------------------------- time


class _OutOfTimeError(Exception):
    """The CPU time of one contender on one pair is used up."""


def _bounded(work: Callable[[str, str], Any], before: str, after: str) -> float | None:
    """CPU ms, or None where it would take longer than we wait."""

    def stop(*_: object) -> None:
        raise _OutOfTimeError

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS_AT_MOST)
    try:
        return _least(lambda: work(before, after))
    except _OutOfTimeError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _least(work: Callable[[], Any]) -> float:
    """CPU ms: the least of some turns; one turn is enough of what takes a second."""
    from tests.benchmarks.alignment import timed

    spent: dict[str, float] = {}
    best = float("inf")
    for _ in range(_TURNS):
        timed(spent, "", work)
        best = min(best, spent[""])
        if best > 1000:
            break
    return best


# --------------------------------------------------------------------------- memory


def memory() -> Figures:
    """Resident MB after so many pairs in one process; each has a word that no other has."""
    from tests.shared import rows

    answer = _command()
    texts = [(row["before"], row["after"]) for row in rows("authored/authored.jsonl")]
    took: Figures = {}
    for done, (before, after) in enumerate(_repeated(texts, _LOOKED_AT[-1]), start=1):
        answer(before, after)
        if done in _LOOKED_AT:
            gc.collect()
            took[str(done)] = _resident()
    return took


def _repeated(texts: list[tuple[str, str]], times: int) -> Iterable[tuple[str, str]]:
    for i in range(times):
        before, after = texts[i % len(texts)]
        name = f"Case{i:x}"
        yield f"{before}\n\n{name} is about face search.", f"{after}\n\n{name}s is about face search."


def _resident() -> float:
    """MB (2^20 bytes) that this process holds now; only Linux says so."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _memory_told(took: Figures) -> Iterator[str]:
    told = ", ".join(f"{mb:.1f} MB after {int(done):,}" for done, mb in took.items())
    yield f"Memory of one process over 10,000 pairs, as compare --jsonl answers: {told}"


if __name__ == "__main__":
    json.dump({"growth": growth, "pairs": pairs, "memory": memory}[sys.argv[1]](), sys.stdout)
