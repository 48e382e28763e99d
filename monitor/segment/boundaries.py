"""Where sentences end: safe against abbreviations, clause numbers and dates; enumerations are split."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from monitor.extract.ordinals import ordinal_end

_ABBREVIATIONS = """
    mr mrs ms dr prof st jr sr vs cf ca approx dept est gov sen rep gen inc ltd llc corp co bros plc etc al
    e.g i.e eg ie viz ibid resp fig art sec para ch vol pp ed
    abs bzw ggf inkl exkl vgl usw evtl nr ziff lit hrsg str tel zzgl bspw sog gem buchst
    ex mme mlle réf env éd
    sra srta ud uds núm pág págs art arts ee uu dª
    exa exmo av"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())  #: lower case, without the final full stop

_OPENER_WORDS = """
    a after all any as before by for however if in it no our please such the they this these to we when where
    you your"""
_OPENERS = frozenset(_OPENER_WORDS.split())
_BEFORE_NUMBER = frozenset(["no", "nos", "nr", "p", "s"])  # "No. 5", but "The answer is no."
_MAY_END = frozenset(["inc", "ltd", "llc", "corp", "co", "plc", "etc", "al", "usw"])  # of a sentence, too
_MONTHS = "januar jänner februar märz april mai juni juli august september oktober november dezember"
_LIST_STARTS = (":", ";", "—")  # "You must: 1. Stop it. 2. Say so."
_AFTER_DAY = frozenset(_MONTHS.split())

_END = re.compile(
    r"[.!?…。！？]"
    r"(?:[\"'”’»)\]]*\s+"  # the usual
    r"|(?<=[。！？])[”’」』）]*\s*"
    r"|(?<=[a-zß-ÿ]{2}\.)(?=[A-Z][a-z]))"  # run together: "to police.We will"
)
_ORDINAL_AT_MOST = 40  # characters looked at
_MARK = r"\((?:[a-zA-Z]|[ivx]{2,5}|[IVX]{2,5}|\d{1,2})\)\s|(?:[a-z]|[ivx]{2,5}|\d{1,2})\)\s|\d{1,2}\.\s"
_AND = r"(?:(?:and|or|and/or|und|oder|et|ou|y|o|e)\s+)?"
_ENUMERATES = re.compile(rf"([;:])\s+{_AND}(?={_MARK})")
_FIRST = re.compile(r"\s+(?=(?:\((?:a|A|i|I|1)\)|a\)|1\))\s)")
_BULLET = re.compile(r"[•▪◦‣●■](?=\s)(?<=\s.)")
_WORD = re.compile(r"[^\W_]+")


class Span(NamedTuple):
    """A sentence in its text, ordinal included. opens_series: what follows is its enumeration."""

    start: int
    end: int
    opens_series: bool = False


def spans(text: str, abbreviations: frozenset[str] = ABBREVIATIONS) -> Iterator[Span]:
    """The sentences of a text in order; what lies between them is white space or "and"."""
    can_enumerate = ";" in text or ":" in text
    has_bullets = not text.isascii() and _BULLET.search(text) is not None
    for start, end in _sentences(text, abbreviations):
        parts = _at_bullets(text, start, end) if has_bullets else [(start, end)]
        for part in parts:
            if can_enumerate:
                yield from _enumerated(text, *part)
            else:
                yield Span(*part)


def _sentences(text: str, abbreviations: frozenset[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _END.finditer(text):
        after = found.end()
        if after < len(text) and _ends(text, start, found.start(), after, abbreviations):
            yield start, _trimmed(text, start, after)
            start = after
    end = _trimmed(text, start, len(text))
    if end > start:
        yield start, end


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _ends(text: str, start: int, stop: int, after: int, abbreviations: frozenset[str]) -> bool:
    """True when the stop at text[stop] ends a sentence that begins at start; the rest begins at after."""
    if text[after].islower():
        return False
    if text[stop] != ".":
        return True
    begin = max(text.rfind(" ", start, stop) + 1, start)
    word = text[begin:stop].lstrip("(\"'“‘„«[").lower()
    if not word or (after - start <= _ORDINAL_AT_MOST and ordinal_end(text, start) >= after):
        return False
    if word in abbreviations:
        return word in _MAY_END and _next_word(text, after) in _OPENERS
    if word.isdigit() and len(word) <= 2:
        return (
            text[max(begin - 2, 0) : begin].strip() not in _LIST_STARTS
            and _next_word(text, after) not in _AFTER_DAY
        )
    if len(word) == 1 or (len(word) <= 5 and word[1::2].strip(".") == "" and "." in word):
        return _next_word(text, after) in _OPENERS  # an initial, "U.S", "z.B"
    return not (word in _BEFORE_NUMBER and text[after].isdigit())


def _next_word(text: str, after: int) -> str:
    found = _WORD.match(text, after)
    return found[0].lower() if found else ""


# ---------------------------------------------------------------------- enumerations


def _at_bullets(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _BULLET.finditer(text, start, end):
        if found.start() > start:
            yield start, _trimmed(text, start, found.start())
            start = found.start()
    yield start, end


def _enumerated(text: str, start: int, end: int) -> Iterator[Span]:
    """ "You may not: (a) …; (b) …; and (c) …" → four spans, of which the first opens the series."""
    found = list(_ENUMERATES.finditer(text, start, end))
    opening = _FIRST.search(text, start, found[0].start()) if found and found[0][1] == ";" else None
    if opening and opening.start() > start:
        yield Span(start, opening.start(), opens_series=True)
        start = opening.end()
    for mark in found:
        yield Span(start, mark.start() + 1)
        start = mark.end()
    yield Span(start, end)
