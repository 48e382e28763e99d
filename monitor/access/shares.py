"""How much one text has of another."""

from collections import Counter

from monitor.marks import plain
from monitor.model import Document

STILL_THERE = 0.5  #: from this share of its usual passages, it is the page whatever else it shows
_PROBE_SHARE = 0.8  # of its words stand in passages of the other: the same page …
_PROBE_OWN_WORDS = 30  # … where no more words than this are its own


def count_words(document: Document) -> int:
    """Words of the whole text."""
    return sum(len(segment.text.split()) for segment in document.segments)


def kept_share(document: Document, usual: Document) -> float:
    """Which share of the usual page's different passages this text has."""
    olds = {segment.text for segment in usual.segments}
    return len(olds & {segment.text for segment in document.segments}) / len(olds) if olds else 0.0


def shared_words(document: Document, usual: Document) -> float:
    """Which share of the usual page's different words this text has."""
    olds = set(usual.text.lower().split())
    return len(olds & set(document.text.lower().split())) / len(olds) if olds else 1.0


def is_there(document: Document | None, usual: Document | None) -> bool:
    """Whether the page is there, by its usual passages, whatever stands around them."""
    if document is None or usual is None:
        return False
    return kept_share(document, usual) >= STILL_THERE


def is_like(document: Document, other: Document) -> bool:
    """Whether nearly all words stand in passages of the other text, addresses and numbers aside.

    Counted in words, so that a long menu in many short passages does not outweigh the text below it.
    """
    known = {_bones(segment.text) for segment in other.segments}
    passages = [_bones(segment.text) for segment in document.segments]
    words = sum(map(len, passages))
    own = sum(len(bones) for bones in passages if bones not in known)
    return has_same_words(document, other) or own <= min(_PROBE_OWN_WORDS, (1 - _PROBE_SHARE) * words)


def has_same_words(document: Document, other: Document) -> bool:
    """Whether both have the same words, however they are cut and ordered, addresses and numbers aside."""
    return _counted(document) == _counted(other)


def _counted(document: Document) -> Counter[str]:
    return Counter(word for segment in document.segments for word in _bones(segment.text))


def _bones(text: str) -> tuple[str, ...]:
    """The words of a passage but for numbers and addresses."""
    return tuple(word for word in plain(text).split() if "/" not in word and not any(map(str.isdigit, word)))
