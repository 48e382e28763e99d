"""Document × Lexicon → Statements: which sentences speak of facial recognition, and what they say.

sentence ─► names a technology? ─► clause (what governs, what only qualifies) ─► slots ─► Statement
"""

from collections.abc import Callable, Hashable, Sequence
from functools import cache

from monitor.lexicon import Lexicon, spell
from monitor.model import Sentence, Stance, Statement
from monitor.segment import fold
from monitor.statements.clause import Clause, clause_of
from monitor.statements.slots import statement_of

_READ_AT_MOST = 20_000  #: characters of one sentence that are looked at for what they mean


def find(sentences: Sequence[Sentence], lexicon: Lexicon) -> tuple[Statement, ...]:
    """Every statement in these sentences, in their order."""
    found = (_statement(sentence, lexicon) for sentence in sentences if sentence.kind != "heading")
    return tuple(statement for statement in found if statement is not None)


def place(lexicon: Lexicon) -> Callable[[Sentence], Hashable]:
    """What the heading adds to a sentence below it: what it refuses, and which technologies it names.

    The same words below "Prohibited uses" and below "Permitted uses" are two statements.
    """

    @cache
    def of_heading(heading: str) -> Hashable:
        tags = lexicon.tags(spell(heading))
        return tuple(
            (tag.list, tag.entry.id)
            for tag in tags
            if tag.list == "technologies"
            or (tag.list == "cues" and tag.entry.stance in (Stance.REFUSES, Stance.PERMITS))
        )

    return lambda sentence: of_heading(sentence.headings[-1]) if sentence.headings else ()


def _statement(sentence: Sentence, lexicon: Lexicon) -> Statement | None:
    clause = _clause(sentence, lexicon)
    return statement_of(sentence, clause, lexicon) if clause else None


def _clause(sentence: Sentence, lexicon: Lexicon) -> Clause | None:
    """The sentence with its frame, if it speaks of our subject: itself, by its frame, or by its heading."""
    heading = sentence.headings[-1] if sentence.headings else ""
    named = lexicon.names_subject(sentence.key) or lexicon.names_subject(sentence.frame)
    if not named and not (lexicon.names_subject(fold(heading)) and _points_back(sentence, lexicon)):
        return None
    return clause_of(
        spell(sentence.text[:_READ_AT_MOST]),
        spell(" ".join(sentence.lead_ins)[:_READ_AT_MOST]),
        spell(heading),
        lexicon,
        is_item=sentence.kind == "item",
    )


def _points_back(sentence: Sentence, lexicon: Lexicon) -> bool:
    return any(tag.list == "anaphora" for tag in lexicon.tags(spell(sentence.text[:_READ_AT_MOST])))
