"""What stands on a page, followed between looks, and the days on which its own words end it. Pure.

    day of the end − 180, 90, 30, 7 days  ─► lapsing      the day after it  ─► lapsed

A day counts for a statement only if we saw the statement before that day: what had passed is not told.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from monitor.lexicon import Lexicon
from monitor.lexicon.ending import NO_END, End, end_of
from monitor.model import PROTECTIVE, Standing, Statement

DAYS_BEFORE = (180, 90, 30, 7)  #: an end is told of so many days before it …
DAY_AFTER = -1  #: … and one day after it
_FORM = "3"  #: of what is found here: another one finds it anew on every page

Stage = tuple[date, int]  #: a day on which to tell, and how many days before the end it is


def standing_of(
    statements: Iterable[Statement], known: Iterable[Standing], at: datetime, lexicon: Lexicon
) -> tuple[Standing, ...]:
    """The statements of a page as they stand now, each once, in their order.

    known: what stood there before, which keeps its `since`; at: when the page was read (aware UTC).
    """
    since = {one.key: one.since for one in known}
    found: dict[str, Standing] = {}
    for statement in statements:
        key = key_of(statement)
        if key not in found:
            found[key] = _standing(statement, key, min(since.get(key, at), at), lexicon)
    return tuple(found.values())


def key_of(statement: Statement) -> str:
    """64 hex digits: the same words below the same line have the same key."""
    words = json.dumps([statement.sentence.key, statement.sentence.frame])
    return sha256(words.encode()).hexdigest()


def found_by(lexicon: Lexicon, program: str) -> str:
    """64 hex digits that stand for what finds statements: the words of a language, the product names, us."""
    parts = json.dumps([lexicon.sha256, lexicon.products, program, _FORM])
    return sha256(parts.encode()).hexdigest()


def stages(one: Standing) -> tuple[Stage, ...]:
    """The days on which to tell of its end, in order, with how many days before the end each is.

    None of those that had come when we first saw it.
    """
    if not one.ends:
        return ()
    end = date.fromisoformat(one.ends)
    all_days = ((end - timedelta(days=days), days) for days in (*DAYS_BEFORE, DAY_AFTER))
    return tuple((day, days) for day, days in all_days if day > _day(one.since))


def is_protection(one: Standing) -> bool:
    """Whether it binds somebody, or promises, to protect the people who could be watched."""
    return one.protects and one.stance in PROTECTIVE


def next_day(statements: Iterable[Standing], today: date) -> date | None:
    """The next day, this one included, on which one of them has to be told of; None where there is none."""
    return min(_days_from(statements, today), default=None)


def _days_from(statements: Iterable[Standing], today: date) -> Iterator[date]:
    return (day for one in statements for day, _ in stages(one) if day >= today)


def _standing(statement: Statement, key: str, since: datetime, lexicon: Lexicon) -> Standing:
    end = _end(statement, lexicon)
    return Standing(
        key=key,
        quote=statement.quote,
        context=statement.context,
        since=since,
        stance=statement.stance.value,
        bearer=statement.bearer,
        actions=tuple(sorted(statement.actions)),
        technologies=tuple(sorted(statement.technologies)),
        parties=tuple(sorted(statement.parties)),
        protects=(statement.protects and not statement.is_carve_out) or end.of_ban,
        ends=end.day,
        ends_text=end.words,
    )


def _end(statement: Statement, lexicon: Lexicon) -> End:
    """No end for what a person has to judge first, what another says, an exception, or a row of cells."""
    is_open = statement.doubtful or statement.in_quotes or statement.is_carve_out or len(statement.marks) > 1
    parts = (statement.quote, *statement.sentence.lead_ins)
    return NO_END if is_open else end_of(parts, lexicon.file.ends)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
