"""Bytes to text, always, and the same text for the same bytes; text to NFC.

Valid UTF-8 is taken for UTF-8 whatever header and markup claim: text of another encoding is hardly ever valid
UTF-8 by accident, and a header that changes its mind must not look like a changed page.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator

from monitor.extract.media_type import is_wide

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w:.-]{1,40})", re.IGNORECASE)
_META_WITHIN = 4096
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_ESCAPED = frozenset({"iso2022_jp", "iso2022_kr", "hz"})  # seven bits: such text looks like valid UTF-8
_TEXT = re.compile(
    r"utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|iso8859-\d+|cp\d+|mac-\w+|koi8-\w|tis-620|shift_jis\w*"
    r"|euc_\w+|big5\w*|gb18030|johab"
)
_UNPAIRED = re.compile("[\ud800-\udfff]")
# Accents piled up and invisible signs, also those that count as letters.
_PILE = re.compile("(?:[^\\w\\s\x00-\x7f]|[\u115f\u1160\uff9e\uff9f]){33,}")
_PILED_AT_MOST = 32


def decode(body: bytes, declared: str = "") -> str:
    """The text of a body, U+FFFD for NULs. declared: the HTTP header's charset, or "". Never raises."""
    return _decode(body, declared).replace("\x00", "\ufffd")


def tidy(text: str) -> str:
    """The text in NFC, accents piled no higher than 32.

    The limit keeps normalisation linear: sorting a pile of a million accents takes hours.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _PILE.sub(_lower_pile, text))


def _lower_pile(pile: re.Match[str]) -> str:
    accented = any(unicodedata.combining(sign) for sign in pile[0])
    return pile[0][:_PILED_AT_MOST] if accented else pile[0]


def _decode(body: bytes, declared: str) -> str:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    if is_wide(body[:_META_WITHIN]):
        little = body[1:_META_WITHIN:2].count(0) >= body[:_META_WITHIN:2].count(0)
        return body.decode("utf-16-le" if little else "utf-16-be", "replace")
    return next(_readings(body, declared))


def _readings(body: bytes, declared: str) -> Iterator[str]:
    """Every way to read these bytes that works, best first; the last one always works."""
    names = [name for name in (_codec(declared), _codec(_meta_charset(body))) if name]
    for name in (*(name for name in names if name in _ESCAPED), "utf-8"):
        yield from _strict(body, name)
    yield from _with_surrogates(body)
    if "utf-8" in names or _is_nearly_utf8(body):
        yield body.decode("utf-8", "replace")
    for name in names:
        yield from _strict(body, name)
    yield _detected(body)


def _strict(body: bytes, name: str) -> Iterator[str]:
    try:
        yield body.decode(name)
    except UnicodeError:
        return


def _with_surrogates(body: bytes) -> Iterator[str]:
    """UTF-8 but for unpaired surrogates, as some programs write it: U+FFFD for each."""
    try:
        yield _UNPAIRED.sub("\ufffd", body.decode("utf-8", "surrogatepass"))
    except UnicodeError:
        return


def _detected(body: bytes) -> str:
    """Nothing declared, not UTF-8: Western, as browsers assume, or else UnicodeDammit's guess."""
    from bs4.dammit import UnicodeDammit

    found = UnicodeDammit(body, user_encodings=["windows-1252"], is_html=True)
    return found.unicode_markup or body.decode("cp1252", "replace")


def _is_nearly_utf8(body: bytes) -> bool:
    """UTF-8 with few broken places: more whole characters beyond ASCII than broken ones."""
    text = body.decode("utf-8", "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 2 < beyond


def _codec(label: str) -> str:
    """Python's name for a declared charset; "" where it names no text encoding that pages use."""
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name if label.isascii() else ""
    except (LookupError, ValueError):
        return ""
    name = _AS_BROWSERS_DO.get(name, name)
    return name if name in _ESCAPED or _TEXT.fullmatch(name) else ""


def _meta_charset(body: bytes) -> str:
    found = _META.search(body, 0, _META_WITHIN)
    return found[1].decode("ascii", "replace") if found else ""
