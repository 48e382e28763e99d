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
from monitor.lexicon.lasting import lasts_of
from monitor.model import PROTECTIVE, SAYING_NO, Standing, Statement
from monitor.statements import KEEPING
from monitor.until import until

DAYS_BEFORE = (180, 90, 30, 7)  #: an end is told of so many days before it …
DAY_AFTER = -1  #: … and one day after it; only then where the day is counted, which it is at the latest
_OF_RECORDS = KEEPING | {"collect"}  #: acts whose time is about what is kept
_FORM = "4"  #: of what is found here: another one finds it anew on every page

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
    end = until(one, one.since)
    if end is None:
        return ()
    told = (DAY_AFTER,) if end.is_counted else (*DAYS_BEFORE, DAY_AFTER)
    all_days = ((end.day - timedelta(days=days), days) for days in told)
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
        protects=(statement.protects and not statement.is_carve_out and not _only_opens(statement))
        or end.of_ban,
        ends=end.day,
        lasts=0 if end.day else _lasts(statement, lexicon),
        ends_text=end.words,
    )


def _only_opens(statement: Statement) -> bool:
    """ "You may not use our service to:" says nothing of our subject by itself; its list may."""
    return statement.by_frame and statement.quote.rstrip().endswith((":", "："))


def _end(statement: Statement, lexicon: Lexicon) -> End:
    """No end for what a person has to judge first, what another says, an exception, or a row of cells."""
    return NO_END if _is_open(statement) else end_of(_parts(statement), lexicon.file.ends)


def _lasts(statement: Statement, lexicon: Lexicon) -> int:
    """How many days a ban holds by its own words; 0 where they do not say, or may mean something else."""
    is_ban = (
        statement.stance in SAYING_NO and statement.term == "fixed" and not statement.actions & _OF_RECORDS
    )
    if not is_ban or statement.bearer == "other" or _is_open(statement):
        return 0
    return lasts_of(_parts(statement), statement.durations, lexicon.file.lasts)


def _is_open(statement: Statement) -> bool:
    return statement.doubtful or statement.in_quotes or statement.is_carve_out or len(statement.marks) > 1


def _parts(statement: Statement) -> tuple[str, ...]:
    return (statement.quote, *statement.sentence.lead_ins)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
