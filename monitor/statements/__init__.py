"""Document × Lexicon → Statements: which sentences speak of facial recognition, and what they say.

sentence ─► what is it about? ─► clause (what governs, what only qualifies) ─► slots ─► Statement
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from functools import cache

from monitor.lexicon import Lexicon, Tag
from monitor.model import Sentence, Stance, Statement
from monitor.statements.breaks import described
from monitor.statements.clause import clause_of
from monitor.statements.qualifying import qualifiers
from monitor.statements.slots import statement_of
from monitor.statements.stance import KEEPING
from monitor.statements.subject import Subject, Subjects, is_question, line_above

__all__ = ["KEEPING", "described", "find", "place", "qualifiers"]

_HEADINGS = 3  #: of a heading trail, how many are read for what governs an item


def find(
    sentences: Sequence[Sentence], lexicon: Lexicon, among: Collection[int] | None = None
) -> tuple[Statement, ...]:
    """Every statement in these sentences of one document, in their order.

    among: the places of those that are asked for (default: all); the others only tell what "it" is.
    """
    subjects = Subjects(sentences, lexicon)
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
    if is_question(sentence.text):
        return None
    subject = subjects.of(i)
    found = _said(sentence, subject, subjects.written(i), lexicon) if subject else None
    is_heading = sentence.kind == "heading"
    return found if found and (not is_heading or found.conditions or found.exceptions) else None


def _said(
    sentence: Sentence, subject: Subject, written: tuple[str, tuple[Tag, ...]], lexicon: Lexicon
) -> Statement | None:
    clause = clause_of(
        *written,
        line_above(sentence),
        " . ".join(sentence.headings[-_HEADINGS:]),
        lexicon,
        "item" if sentence.ordinal and sentence.kind == "paragraph" else sentence.kind,
    )
    return statement_of(sentence, clause, subject, lexicon)
