"""Until which day a sentence says that something holds: only where its words name one plain day. Pure.

A wrong end would have us say of a commitment that it has lapsed, so whatever is open gives none: a second
year in the sentence, a day in figures that can be read in two ways, a length of time, "unless", a contract.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from monitor.lexicon.file import Ends
from monitor.lexicon.spelling import expand

NO_END = ("", "")
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d|\s?[-–—/]\s?\d)"
_OTHER_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_BLANK = r"\s{1,3}"
_OF = r"(?:of\s|del?\s)?"
_CLOSES = r"\s{0,3}(?:$|[,;:!?)\]|»”\"]|\.(?!\d)|[-–—]\s"

_Day = Callable[[re.Match[str]], date]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The words of one language, compiled. days: each way to write a day, with how it is read."""

    until: re.Pattern[str]
    expires: re.Pattern[str]
    said_of: re.Pattern[str]
    breaks: re.Pattern[str]
    never: re.Pattern[str]
    unsure: re.Pattern[str]
    closes: re.Pattern[str]
    days: tuple[tuple[re.Pattern[str], _Day], ...]


def end_of(parts: Sequence[str], ends: Ends) -> tuple[str, str]:
    """The day (2027-06-10) until which a sentence says it holds, and its words that say so; or NO_END.

    parts: the sentence and the lines above it, verbatim.
    """
    if not ends.months:
        return NO_END
    words = _patterns(ends)
    found = [one for part in parts for one in _ends_in(part, words)]
    years = sum(len(_OTHER_YEAR.findall(part)) for part in parts)
    if len(found) != 1 or years != 1 or any(words.never.search(part) for part in parts):
        return NO_END
    return found[0]


def _ends_in(text: str, words: _Patterns) -> Iterator[tuple[str, str]]:
    for opener in (words.until, words.expires):
        for opens in opener.finditer(text):
            if named := _day_at(text, opens.end(), words):
                end, day = named
                needs = words.said_of if opener is words.expires else None
                if _is_of_the_whole(text, opens.start(), end, needs, words):
                    yield day.isoformat(), text[opens.start() : end]


def _day_at(text: str, start: int, words: _Patterns) -> tuple[int, date] | None:
    """Where the day that stands here ends, and which it is; None where none does, or where none is such."""
    for pattern, read in words.days:
        if named := pattern.match(text, start):
            try:
                return named.end(), read(named)
            except ValueError:  # 31 June, or figures that can be read in two ways
                return None
    return None


def _is_of_the_whole(
    text: str, start: int, end: int, needs: re.Pattern[str] | None, words: _Patterns
) -> bool:
    """Whether it is said of the whole sentence without a doubt: at its front, or at the end of a clause."""
    before = text[:start]
    if words.unsure.match(text, end) or words.breaks.search(before):
        return False
    if needs is not None and not needs.search(before):
        return False
    is_front = not any(sign.isalpha() for sign in before)
    return is_front or words.closes.match(text, end) is not None


# --------------------------------------------------------------------------- the words, compiled


@lru_cache(maxsize=64)
def _patterns(ends: Ends) -> _Patterns:
    return _Patterns(
        until=_any_of(ends.until),
        expires=_any_of(ends.expires),
        said_of=_any_of(ends.said_of),
        breaks=_any_of(ends.breaks),
        never=_any_of(ends.never),
        unsure=re.compile(r"[\s,;(]{0,4}" + _any_of(ends.unsure).pattern, re.IGNORECASE),
        closes=re.compile(_CLOSES + rf"|{_any_of(ends.goes_on).pattern})", re.IGNORECASE),
        days=_days(ends),
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of these phrases as whole words, the longest first; nothing at all where there are none."""
    written = {one.strip() for phrase in phrases for one in expand(phrase)}
    longest = sorted(written, key=lambda one: (-len(one), one))
    return re.compile("|".join(map(_whole, longest)).join(("(?:", ")")) if longest else "(?!)", re.IGNORECASE)


def _whole(phrase: str) -> str:
    written = re.escape(phrase).replace(r"\ ", _BLANK).replace("'", "['’]")
    opening, closing = (
        (r"(?<!\w)" if phrase[0].isalnum() else ""),
        (r"(?!\w)" if phrase[-1].isalnum() else ""),
    )
    return opening + written + closing


def _days(ends: Ends) -> tuple[tuple[re.Pattern[str], _Day], ...]:
    months = {name.lower(): number for name, number in ends.months.items()}
    month = rf"(?P<month>{'|'.join(sorted(map(re.escape, months), key=len, reverse=True))})(?!\w)\.?"
    last = f"(?:{_any_of(ends.last).pattern}\\s{{0,3}})"
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª|°)?"

    def of_month(named: re.Match[str]) -> int:
        return months[named["month"].lower()]

    def plain(named: re.Match[str]) -> date:
        return date(int(named["year"]), of_month(named), int(named["day"]))

    def last_of_month(named: re.Match[str]) -> date:
        year = int(named["year"])
        return date(year, of_month(named), monthrange(year, of_month(named))[1])

    def last_of_year(named: re.Match[str]) -> date:
        return date(int(named["year"]), 12, 31)

    written = (
        (rf"{day}{_BLANK}{_OF}{month},?{_BLANK}{_OF}{_YEAR}", plain),
        (rf"{month}{_BLANK}{day},?{_BLANK}{_YEAR}", plain),
        (r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![-\d])", _in_figures),
        (rf"(?P<one>\d{{1,2}})(?P<mark>[./-])(?P<other>\d{{1,2}})(?P=mark){_YEAR}", _told_apart),
        (rf"{last}?{month},?{_BLANK}{_OF}{_YEAR}", last_of_month),
        (rf"{last}{_YEAR}", last_of_year),
    )
    return tuple(
        (re.compile(r"\s{0,3}:?\s{0,3}" + pattern, re.IGNORECASE), read) for pattern, read in written
    )


def _in_figures(named: re.Match[str]) -> date:
    return date(int(named["year"]), int(named["month"]), int(named["day"]))


def _told_apart(named: re.Match[str]) -> date:
    """31/12/2027 is one day only; ValueError for 05/09/2027, which is one here and another there."""
    one, other, year = int(named["one"]), int(named["other"]), int(named["year"])
    if one <= 12 and other <= 12 and one != other:
        raise ValueError(f"{named[0]} can be read in two ways")
    return date(year, *((other, one) if one > 12 else (one, other)))
