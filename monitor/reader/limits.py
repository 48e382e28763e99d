"""How much one document may cost, and how much text it may bring."""

from dataclasses import dataclass

from monitor.errors import ExtractError
from monitor.model import Document
from monitor.segment import sentences

MAX_PASSAGES = 25_000  #: segments, and sentences; the longest policy that we know has 7,400
MAX_DIFFERENT_WORDS = 100_000  #: each is brought to its stem once; a long policy has 8,000
_SHORT = 100_000  # characters: fewer cannot hold so many


@dataclass(frozen=True, slots=True)
class Limits:
    """For one document: wall-clock seconds, seconds of processor time, bytes of address space.

    documents: how many one worker reads before a new one takes its place, so that nothing leaks for long.
    """

    seconds: float = 15.0
    cpu_seconds: int = 10
    memory: int = 480 * 1024 * 1024
    documents: int = 1_000

    @property
    def words(self) -> tuple[int, int, int]:
        """What the worker is told; the wall clock is ours."""
        return self.memory, self.cpu_seconds, self.documents


def refuse_endless(document: Document) -> Document:
    """The document, unless it would take far too long to compare. Raises ExtractError (too_large)."""
    _refuse(len(document.segments), MAX_PASSAGES, "passages")
    text = document.text
    if len(text) > _SHORT:
        _refuse(len(set(text.split())), MAX_DIFFERENT_WORDS, "different words")
        _refuse(len(sentences(document)), MAX_PASSAGES, "sentences")
    return document


def _refuse(count: int, most: int, what: str) -> None:
    if count > most:
        raise ExtractError("too_large", f"the text has more than {most:,} {what}; no real page has")
