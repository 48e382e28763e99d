"""Words of a quote: whether they stand in it, and how they are shown. Pure."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from monitor.segment import fold

TEXTS = 10_000  #: whose words are kept


def exact(words: str, parts: Sequence[str]) -> str:
    """These words in quotation marks, as they stand in one of the parts; without marks where they do not."""
    tokens = re.findall(r"\w+", words)
    pattern = re.escape(words) + "|" + r"[\W_]+".join(map(re.escape, tokens))
    found = (re.search(rf"(?<!\w)(?:{pattern})(?!\w)", part, re.IGNORECASE) for part in parts if tokens)
    return next((f"“{one[0]}”" for one in found if one), words)


def first_in(words: Iterable[str], quote: str) -> str:
    """The first of these words that stands in the quote, in any case and whatever marks stand between."""
    folded = f" {plain(quote)} "
    return next((word for word in sorted(words) if f" {plain(word)} " in folded), "")


@lru_cache(TEXTS)
def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))
