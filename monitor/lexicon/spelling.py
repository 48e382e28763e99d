"""How text and phrases are written before they are compared: one form, whatever the typography."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from monitor.segment.fold import UNIFY

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;:()?!\"%]")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_FEW = 4_001  #: phrases of one list: one more than a lexicon may have
_LISTS = 4_096  #: lists of phrases that are kept as they are spelled
_SPELLED = 256  #: texts that are kept as they are spelled: mostly asked again soon
_ALIKE = str.maketrans(dict.fromkeys("“”„«»", '"'))


@lru_cache(_SPELLED)
def spell(text: str) -> str:
    """The words and marks of `text` in one form: folded, one blank between them."""
    plain = unicodedata.normalize("NFKC", text.translate(UNIFY)).translate(_ALIKE).lower()
    return " ".join(_WORD.findall(_DOTTED.sub(lambda m: m[0].replace(".", "") + " ", plain)))


def expand(phrase: str) -> Iterator[str]:
    """`{face,facial} search` → `face search`, `facial search`; braces may stand inside braces."""
    start = phrase.find("{")
    end = _closing(phrase, start)
    if start < 0 or end < 0:
        yield phrase
        return
    for choice in _choices(phrase[start + 1 : end]):
        for rest in expand(choice + phrase[end + 1 :]):
            yield phrase[:start] + rest


def _closing(phrase: str, start: int) -> int:
    """Where the brace that opens at `start` closes; -1 where it does not."""
    depth = 0
    for place in range(max(start, 0), len(phrase)):
        depth += (phrase[place] == "{") - (phrase[place] == "}")
        if not depth:
            return place
    return -1


def _choices(inner: str) -> Iterator[str]:
    """What the commas part, but those inside further braces."""
    depth, begin = 0, 0
    for place, sign in enumerate(inner):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and not depth:
            yield inner[begin:place]
            begin = place + 1
    yield inner[begin:]


def spelled(phrases: Iterable[str], at_most: int = 1_000_000) -> list[str]:
    """Every phrase that these stand for (at_most), as text is spelled; each once, sorted."""
    known = tuple(phrases)
    every, is_all = _spelled(known, min(at_most, _FEW))
    return list(every if is_all or at_most <= _FEW else _spelled(known, at_most)[0])


@lru_cache(_LISTS)
def _spelled(phrases: tuple[str, ...], at_most: int) -> tuple[tuple[str, ...], bool]:
    """The same, and whether that is all; kept, because a lexicon is checked first and compiled then."""
    first = list(islice((one for phrase in phrases for one in expand(phrase)), at_most))
    return tuple(sorted({spell(one) for one in first})), len(first) < at_most


def is_worded(phrase: str) -> bool:
    """Whether everything that the phrase stands for has a letter or a digit."""
    return all(any(sign.isalnum() for sign in one) for one in spelled([phrase]))
