"""Weights and amounts as people write them: 1,234.5 · 1.234,5 · 1'234.5 · 12 % · (3.5) · EUR 1 000. Pure."""

import re
from collections.abc import Iterable
from decimal import Decimal

_CURRENCY = re.compile(r"([A-Z]{3}|[€$£¥])")
_SYMBOLS = {"€": "EUR", "$": "$", "£": "GBP", "¥": "¥"}
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "n.a.", "nan", "null", "none", "k.a.", "#n/a"})
_BLANKS = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")
_BEFORE, _AFTER = 15, 8  #: digits: so that sums of 50,000 stay exact


def bare(text: str) -> tuple[str, str, bool]:
    """(digits and separators with their sign, currency or "", whether a percent sign stood there)."""
    shown = text.strip()
    currency = next((_SYMBOLS.get(one, one) for one in _CURRENCY.findall(shown)), "")
    is_percent = "%" in shown
    plain = _BLANKS.sub("", _CURRENCY.sub("", shown).replace("%", "").replace("−", "-"))
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    if plain.endswith("-") and len(plain) > 1:
        plain = f"-{plain[:-1]}"
    return plain, currency, is_percent


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no figure."""
    return text.strip().casefold() in _NOTHING


def decimal_marks(texts: Iterable[str]) -> frozenset[str]:
    """Which of "." and "," these figures prove to be a decimal mark; one alone is the usual case."""
    return frozenset(mark for text in texts if (mark := _proven(bare(text)[0].lstrip("+-"))))


def _proven(figure: str) -> str:
    """The decimal mark of one figure, "" where it could be of either kind."""
    points, commas = figure.count("."), figure.count(",")
    if points and commas:
        return max(".,", key=figure.rfind)
    mark = "." if points else ","
    if not points + commas:
        return ""
    if points + commas > 1:
        return ",."[mark == ","]
    whole, _, part = figure.partition(mark)
    is_grouped = len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "" if is_grouped else mark


def number(text: str, mark: str) -> Decimal | None:
    """The figure in a cell, whose decimal mark is this one; None where it is no figure that we can read."""
    plain = bare(text)[0]
    if not _NUMBER.fullmatch(plain):
        return None
    group = "," if mark == "." else "."
    whole, _, part = plain.partition(mark)
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole.lstrip("+"))
    if (not part.isdigit() and part) or not _is_grouped(whole, group):
        return None
    digits = whole.replace(group, "")
    if len(digits) > _BEFORE:
        return None
    return Decimal(f"{sign}{digits or '0'}.{part[:_AFTER] or '0'}")


def _is_grouped(whole: str, group: str) -> bool:
    """Whether it is digits alone, or digits in groups (1,234,567; also 12,34,567)."""
    parts = whole.split(group)
    if not all(part.isdigit() for part in parts):
        return len(parts) == 1 and not whole
    return len(parts) == 1 or (len(parts[-1]) == 3 and all(2 <= len(one) <= 3 for one in parts[1:]))
