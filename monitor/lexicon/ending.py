"""Until which day a sentence says that something holds: only where its words name one plain day. Pure.

A wrong end would have us say of a commitment that it has lapsed. So an end is believed in three forms only:

    a refusal       We will not sell facial recognition to police      until 10 June 2027.
    a ban in force  Our ban on facial recognition is in force          until 10 June 2027.
    a ban's end     Our ban on facial recognition                      expires on 10 June 2027.

and only where every other word of the sentence is one that we know to change nothing ([ends] `words`). A word
that we do not know, a second clause, a number or a mark leaves it open, and then there is no end.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from monitor.lexicon.file import Ends
from monitor.lexicon.spelling import expand, spell

_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d|\s?[-–—/]\s?\d)"
_BLANK = r"\s{1,3}"
_OF = r"(?:of\s|del?\s)?"
_PLAIN = re.compile(r"(?:[^\W\d_]|\s|(?<=\w)['’-](?=[^\W\d_]))*")  #: letters only: no mark parts anything
_GAP, _ACT, _DAY = "…", "<act>", "<day>"  #: in templates: any known words, a verb of `acts`, the day
_ANY_WORDS = "((?:[^ ]+ )*?)"

_Day = Callable[[re.Match[str]], date]


@dataclass(frozen=True, slots=True)
class End:
    """The last day (2027-06-10), the words that name it, and whether a ban ends: "our ban expires on …"."""

    day: str = ""
    words: str = ""
    of_ban: bool = False


NO_END = End()


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The words of one language, compiled. days: each way to write a day, with how it is read."""

    until: re.Pattern[str]
    expires: tuple[tuple[re.Pattern[str], str], ...]  #: with what stands after the day: "läuft am … aus"
    holds: re.Pattern[str]
    in_force: tuple[re.Pattern[str], re.Pattern[str]]  #: of bans, of pledges
    named: tuple[re.Pattern[str], re.Pattern[str]]  #: bans, pledges
    goes_on: re.Pattern[str]
    not_before: re.Pattern[str]
    known: frozenset[str]
    days: tuple[tuple[re.Pattern[str], _Day], ...]


def end_of(parts: Sequence[str], ends: Ends) -> End:
    """The day until which a sentence says it holds, and its words that say so; or NO_END.

    parts: the sentence and the lines above it, verbatim. One of them names the end; the others are plain.
    """
    if not ends.months:
        return NO_END
    words = _patterns(ends)
    found = [(i, one) for i, part in enumerate(parts) for one in _ends_in(_closed(part, i > 0), words)]
    if len(found) != 1:
        return NO_END
    (which, end), *_ = found
    others = (_closed(part, i > 0) for i, part in enumerate(parts) if i != which)
    return end if all(_is_plain(one, words) for one in others) else NO_END


def _closed(part: str, is_above: bool) -> str:
    """Without the mark that closes it: a colon for a line above, a full stop for a sentence."""
    return re.sub(r"\s*[:.]\s*\Z" if is_above else r"\s*[.!]\s*\Z", "", part)


def _ends_in(text: str, words: _Patterns) -> Iterator[End]:
    for opens in words.until.finditer(text):
        if named := _day_at(text, opens.end(), words):
            yield from _until(text, opens.start(), *named, words)
    for opener, tail in words.expires:
        for opens in opener.finditer(text):
            if named := _day_at(text, opens.end(), words):
                yield from _expires(text, opens.start(), *named, tail, words)


def _until(text: str, start: int, end: int, day: date, words: _Patterns) -> Iterator[End]:
    before, after = text[:start], text[end:]
    rest = _rest(before, after, words)
    if rest is None or words.not_before.search(f"{spell(before)} "):
        return
    of_ban, of_pledge = (_says(pattern, rest, words) for pattern in words.in_force)
    if of_ban or of_pledge or _says(words.holds, rest, words):
        yield End(day.isoformat(), text[start:end], of_ban)


def _expires(text: str, start: int, end: int, day: date, tail: str, words: _Patterns) -> Iterator[End]:
    before, after = text[:start], text[end:]
    if spell(after) != tail or not (_PLAIN.fullmatch(before) and _PLAIN.fullmatch(after)):
        return
    of_ban, of_pledge = (_says(pattern, f"{spell(before)} ", words) for pattern in words.named)
    if of_ban or of_pledge:
        yield End(day.isoformat(), text[start:].rstrip(), of_ban)


def _rest(before: str, after: str, words: _Patterns) -> str | None:
    """The sentence without its end phrase, spelled; None where the phrase does not stand first or last."""
    is_front = not before.strip()
    after = re.sub(r"\A\s*,", "", after) if is_front else after
    if not (_PLAIN.fullmatch(before) and _PLAIN.fullmatch(after)):
        return None
    if not is_front and after.strip() and not words.goes_on.match(after.strip()):
        return None
    return " ".join(f"{spell(before)} {spell(after)} ".split()) + " "


def _says(pattern: re.Pattern[str], rest: str, words: _Patterns) -> bool:
    said = pattern.fullmatch(rest)
    return said is not None and all(_are_known(gap, words) for gap in said.groups() if gap)


def _is_plain(text: str, words: _Patterns) -> bool:
    return _PLAIN.fullmatch(text) is not None and _are_known(spell(text), words)


def _are_known(spelled: str, words: _Patterns) -> bool:
    return all(
        word in words.known or all(part in words.known for part in word.split("'"))
        for word in spelled.split()
    )


def _day_at(text: str, start: int, words: _Patterns) -> tuple[int, date] | None:
    """Where the day that stands here ends, and which it is; None where none does, or where none is such."""
    for pattern, read in words.days:
        if named := pattern.match(text, start):
            try:
                return named.end(), read(named)
            except ValueError:  # 31 June, or figures that can be read in two ways
                return None
    return None


# --------------------------------------------------------------------------- the words, compiled


@lru_cache(maxsize=64)
def _patterns(ends: Ends) -> _Patterns:
    bans, pledges, runs = (_templates(each, ends) for each in (ends.bans, ends.pledges, ends.runs))
    return _Patterns(
        until=_any_of(ends.until),
        expires=_expiring(ends),
        holds=_said(_templates(ends.holds, ends)),
        in_force=(_said(bans + _ANY_WORDS + runs), _said(pledges + _ANY_WORDS + runs)),
        named=(_said(bans), _said(pledges)),
        goes_on=_any_of(ends.goes_on),
        not_before=re.compile(rf"{_any_of(ends.not_before).pattern} \Z", re.IGNORECASE),
        known=frozenset(_words(ends.words) | _words(ends.acts)),
        days=_days(ends),
    )


def _said(templates: str) -> re.Pattern[str]:
    """A whole sentence that says so; each group is a gap, whose words have to be known."""
    return re.compile(templates + _ANY_WORDS)


def _templates(phrases: Iterable[str], ends: Ends) -> str:
    acts = f"(?:{'|'.join(sorted(map(re.escape, _words(ends.acts)))) or '(?!)'}) "
    written = sorted({one for phrase in phrases for one in expand(phrase)}, key=lambda one: (-len(one), one))
    each = ("".join(_piece(piece, acts) for piece in one.split()) for one in written)
    return f"(?:{'|'.join(each) or '(?!)'})"


def _piece(piece: str, acts: str) -> str:
    return {_GAP: _ANY_WORDS, _ACT: acts}.get(piece) or f"{re.escape(spell(piece))} "


def _expiring(ends: Ends) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What stands before the day, by what has to stand after it: mostly nothing."""
    by_tail: dict[str, list[str]] = {}
    for one in (each for phrase in ends.expires for each in expand(phrase)):
        opening, _, tail = one.partition(_DAY)
        by_tail.setdefault(spell(tail), []).append(opening)
    return tuple((_any_of(openings), tail) for tail, openings in by_tail.items())


def _words(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for one in expand(phrase) for word in spell(one).split()}


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
