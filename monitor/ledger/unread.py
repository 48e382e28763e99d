"""The words of which no slot tells what they mean. Pure."""

from collections.abc import Iterator, Sequence

from monitor.lexicon import Lexicon, spell
from monitor.model import Statement

#: The lists of a lexicon whose phrases end up in the slots of a statement, or change nothing.
_READ = frozenset({"technologies", "actions", "cues", "statuses", "parties", "purposes", "places", "hedges"})
_READ |= {"conditions", "exceptions", "terms", "bearers", "breadth"}


def unread_words(parts: Sequence[str], found: Statement, lexicon: Lexicon) -> Iterator[str]:
    """Those outside every phrase that was read, but for small words and those of conditions and the like.

    parts: the words, and the lines that lead in to them; found: what they say.
    """
    small = lexicon.function_words | lexicon.prepositions | lexicon.coordinators
    qualifying = (*found.conditions, *found.exceptions, found.term_text)
    known = small | {word for text in qualifying for word in spell(text).split()}
    for part in parts:
        text = spell(part)
        read = [tag for tag in lexicon.tags(text) if tag.list in _READ]
        place = 0
        for word in text.split():
            is_read = any(tag.start <= place < tag.end for tag in read)
            if word[0].isalnum() and not {word, bare(word)} & known and not is_read:
                yield word
            place += len(word) + 1


def bare(word: str) -> str:
    """ "acme" of "acme's", "we" of "we're"."""
    return word.partition("'")[0]
