"""Document × Lexicon → Statements: which sentences speak of facial recognition, and what they say.

sentence ─► what is it about? ─► clause (what governs, what only qualifies) ─► slots ─► Statement
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from functools import cache

from monitor.lexicon import Lexicon
from monitor.model import Sentence, Stance, Statement
from monitor.statements.breaks import described
from monitor.statements.clause import Above, clause_of
from monitor.statements.qualifying import lists_exceptions, qualifiers
from monitor.statements.slots import statement_of
from monitor.statements.stance import KEEPING
from monitor.statements.subject import READ_AT_MOST, Known, Subjects, is_question

__all__ = ["KEEPING", "Known", "described", "find", "place", "qualifiers"]

_HEADINGS = 3  #: of a heading trail, how many are read for what governs an item


def find(
    sentences: Sequence[Sentence],
    lexicon: Lexicon,
    among: Collection[int] | None = None,
    known: Known | None = None,
) -> tuple[Statement, ...]:
    """Every statement in these sentences of one document, in their order.

    among: the places of those that are asked for (default: all); the others only tell what "it" is.
    known: what was already found in texts by this lexicon: two versions of a page have most in common.
    """
    subjects = Subjects(sentences, lexicon, known or Known(lexicon))
    asked = range(len(sentences)) if among is None else sorted(among)
    found = (_statement(sentences[i], i, subjects, lexicon) for i in asked)
    return tuple(statement for statement in found if statement is not None)


def place(lexicon: Lexicon) -> Callable[[Sentence], Hashable]:
    """What the heading adds to a sentence below it: what it refuses, and which technologies it names.

    The same words below "Prohibited uses" and below "Permitted uses" are two statements.
    """

    @cache
    def of_heading(heading: str) -> Hashable:
        return tuple(
            (tag.list, tag.entry.id)
            for tag in lexicon.frame(heading)[1]
            if tag.list == "technologies"
            or (tag.list == "cues" and tag.entry.stance in (Stance.REFUSES, Stance.PERMITS))
        )

    return lambda sentence: of_heading(sentence.headings[-1]) if sentence.headings else ()


def _statement(sentence: Sentence, i: int, subjects: Subjects, lexicon: Lexicon) -> Statement | None:
    """What a sentence says about our subject. A question says nothing, a heading only "… if they agree"."""
    subject = None if is_question(sentence.text) else subjects.of(i)
    if subject is None:
        return None
    above = _above(sentence, subjects.lines_above(i), lexicon)
    clause = clause_of(*subjects.written(i), above, lexicon, _kind(sentence))
    found = statement_of(sentence, clause, subject, lexicon)
    is_heading = sentence.kind == "heading"
    return found if found and (not is_heading or found.conditions or found.exceptions) else None


def _kind(sentence: Sentence) -> str:
    """A numbered paragraph is an item."""
    return "item" if sentence.ordinal and sentence.kind == "paragraph" else sentence.kind


def _above(sentence: Sentence, lines: Sequence[str], lexicon: Lexicon) -> Above:
    """What governs a sentence, and whether that lists exceptions; the header of a table does not."""
    listing = {"item": (*lines, *sentence.headings[-1:]), "cell": ()}.get(_kind(sentence), lines)
    return Above(
        " ".join(lines)[:READ_AT_MOST],
        " . ".join(sentence.headings[-_HEADINGS:]),
        any(lists_exceptions(*lexicon.frame(line[:READ_AT_MOST]), lexicon) for line in listing),
    )
