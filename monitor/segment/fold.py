"""The key of a text: its words alone, so that other typography, numbering or wrapping is the same key.

Kept: words, numbers, currency and per cent signs. Dropped: case, punctuation, hyphens between words, Markdown
marks, invisible signs, enumeration letters "(a)", and the numbers of cross-references within the document.
"""

import re
import unicodedata

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u200b\u200c\u200d\u200e\u200f"
)
_MORE_INVISIBLE = [
    *range(0x202A, 0x202F),  # which way to write
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),  # variants of a sign
    0xFEFF,
    *range(0xE0000, 0xE01F0),  # tags, and more variants
]
_ONE_APOSTROPHE = dict.fromkeys(map(ord, "’‘‛ʼʹ′´＇"), "'")
#: Signs that cannot be seen go; all apostrophes are one.
UNIFY: dict[int, str | None] = {
    **dict.fromkeys(map(ord, _INVISIBLE)),
    **dict.fromkeys(_MORE_INVISIBLE),
    **_ONE_APOSTROPHE,
}
_BETWEEN = (
    r"\s\x00-\x1f!\"#()*,\-./:;<=>?@\[\\\]^_`{|}~\x7f-\xa1\xa6\xa8\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7"
    r"\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u060c\u060d\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965"
    r"\u2010-\u2029\u202f-\u205f\u2190-\u2bff\u3000-\u3003\u3008-\u3020\u3030\u303d\u30fb\ufffc\ufffd"
)
_WORD = re.compile(rf"[^'{_BETWEEN}]+(?:(?:(?<=\d)[.,](?=\d)|')[^'{_BETWEEN}]+)*")
_DOT_IN_ABBREVIATION = re.compile(r"\.(?<=\b[^\W\d_]\.)(?:(?=[^\W\d_]\b)| (?=[^\W\d_]\.))")
_ENUMERATION = re.compile(r"\((?:[a-z]|[ivx]{2,5})\)")

_REFERENCE_WORDS = """
    § section sec clause paragraph article art chapter schedule subsection subclause subparagraph
    abschnitt absatz abs artikel ziffer ziff kapitel satz
    alinéa paragraphe chapitre annexe
    sección cláusula artículo apartado párrafo capítulo
    seção secção artigo parágrafo"""
_PLURAL_WORDS = """
    §§ sections clauses paragraphs articles chapters schedules subsections abschnitte absätze ziffern
    alinéas paragraphes secciones cláusulas artículos apartados seções artigos"""
_LAW_WORDS = """
    gdpr dsgvo rgpd lgpd ccpa cpra bipa hipaa coppa ferpa usc cfr bdsg stgb bgb act code
    regulation regulations directive statute constitution convention charter treaty verordnung richtlinie
    gesetz règlement reglamento regulamento loi ley lei código directiva diretiva"""
_PLURAL = frozenset(_PLURAL_WORDS.split())
_REFERENCES = frozenset(_REFERENCE_WORDS.split()) | _PLURAL
_LAWS = frozenset(_LAW_WORDS.split())
_PARTS = frozenset(["abs", "absatz", "satz", "lit", "paragraph", "subsection", "alinéa", "apartado"])
_AND = frozenset(["and", "or", "to", "through", "und", "oder", "bis", "et", "ou", "à", "y", "o", "e", "a"])
_OF = frozenset(["of", "du", "de", "des", "der", "del", "da", "do"])
_OURS = frozenset(["this", "these", "our", "dieser", "unserer", "ces", "esta", "estas"])
_NUMBER = re.compile(r"\d{1,4}(?:\.\d+)*[a-z]?|[ivx]{2,5}")
_CHAIN = 12  # words looked through after a reference: "§ 3 Abs. 2 lit. a DSGVO"
_NAME_OF_LAW = 6


def fold(text: str) -> str:
    """The key of a text. Folding a key gives the same key. Linear in the length of the text."""
    words = _WORD.findall(_plain(text))
    if not _REFERENCES.isdisjoint(words):
        words = _without_reference_numbers(words)
    return " ".join(words)


def _plain(text: str) -> str:
    """Lower case, compatibility forms resolved, invisible signs and the marks of enumerations gone."""
    text = text.lower() if text.isascii() else _folded(text)
    if "." in text:
        text = _DOT_IN_ABBREVIATION.sub("", text)
    return _ENUMERATION.sub(" ", text) if "(" in text else text


def _folded(text: str) -> str:
    """Unicode's NFKC_Casefold, near enough."""
    text = unicodedata.normalize("NFKC", text.translate(UNIFY)).casefold()
    return unicodedata.normalize("NFKC", text).casefold().translate(UNIFY)


def _without_reference_numbers(words: list[str]) -> list[str]:
    """ "section 5.2 of these terms" → "section of these terms"; numbers of laws stay."""
    kept: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        kept.append(word)
        index += 1
        if word in _REFERENCES:
            end = _numbers_end(words, index, is_plural=word in _PLURAL)
            if end > index and not _cites_law(words, end):
                index = end
    return kept


def _numbers_end(words: list[str], index: int, *, is_plural: bool) -> int:
    """Where the numbers after a reference word end: "5.2 (3)", and after a plural "3, 4 and 5"."""
    while index < len(words):
        if _NUMBER.fullmatch(words[index]):
            index += 1
        elif is_plural and words[index] in _AND and _NUMBER.fullmatch("".join(words[index + 1 : index + 2])):
            index += 2
        else:
            break
    return index


def _cites_law(words: list[str], index: int) -> bool:
    """True when the reference leads out of the document: "… of the Data Protection Act", "… DSGVO"."""
    chain = words[index : index + _CHAIN]
    for place, word in enumerate(chain):
        if word in _LAWS:
            return True
        if word in _OF:
            name = chain[place + 1 : place + 1 + _NAME_OF_LAW]
            return not _OURS.intersection(name[:1]) and not _LAWS.isdisjoint(name)
        if not (word in _PARTS or _NUMBER.fullmatch(word) or (len(word) == 1 and word != "§")):
            return False
    return False
