"""Words that somebody types to search by, and the words they are looked for in, folded alike. Pure.

    no "facial recognition" biometr*  →  no · facial recognition, one after the other · biometr…

Case, accents and signs between words make no difference. Whatever is typed is only ever words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

MOST_TERMS = 32  #: that are looked for; more are left out
MOST_TYPED = 1_000  #: characters that are read of what was typed
_MOST_TEXT = 50_000  #: characters of a text in which words are found
_MOST_WORD = 100  #: characters of a word
_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")
_LETTERS = re.compile(r"[^\W_]+")
_CHUNK = re.compile(r'"([^"]*)(?:"(\*?)|$)|([^\s"]+)')
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„«»", '"'))


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other. is_start: the last one may go on."""

    words: tuple[str, ...]
    is_start: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """A folded word, and where it stands in its text."""

    word: str
    start: int
    end: int


def terms(typed: str) -> tuple[Term, ...]:
    """What was typed, as terms of which each must be found; those without a letter or digit are left out."""
    chunks = _CHUNK.findall(typed[:MOST_TYPED].translate(_QUOTATION_MARKS))
    parts = ((phrase or bare.rstrip("*"), star or bare.endswith("*")) for phrase, star, bare in chunks)
    found = (Term(tuple(one.word for one in _words(text)), bool(star)) for text, star in parts)
    return tuple(dict.fromkeys(term for term in found if term.words))[:MOST_TERMS]


def folded(text: str) -> str:
    """Its words alone, folded, one blank between them."""
    return " ".join(one.word for one in _words(text))


def places(text: str, wanted: Sequence[Term]) -> tuple[tuple[int, int], ...]:
    """Where these terms stand in the text: (start, end), in order, none touching another."""
    words = _words(text)
    found = sorted(place for term in wanted for place in _places(words, term))
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def _places(words: Sequence[_Word], term: Term) -> list[tuple[int, int]]:
    long = len(term.words)
    starts = range(len(words) - long + 1)
    return [
        (words[at].start, words[at + long - 1].end) for at in starts if _fits(words[at : at + long], term)
    ]


def _fits(words: Sequence[_Word], term: Term) -> bool:
    last, sought = words[-1].word, term.words[-1]
    ends_well = last.startswith(sought) if term.is_start else last == sought
    return ends_well and all(one.word == word for one, word in zip(words[:-1], term.words, strict=False))


def _words(text: str) -> list[_Word]:
    return [
        _Word(word[:_MOST_WORD], match.start(), match.end())
        for match in _WORD.finditer(text[:_MOST_TEXT])
        for word in _LETTERS.findall(_plain(match[0]))
    ]


def _plain(word: str) -> str:
    """Lower case, without accents, compatibility forms resolved."""
    if word.isascii():
        return word.lower()
    return "".join(
        sign for sign in normalize("NFKD", normalize("NFKD", word).casefold()) if not combining(sign)
    )
