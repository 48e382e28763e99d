"""What a search asks for, as it stands in its address; and what was found, for JSON and CSV."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from app.desk.visit import Visit
from monitor.errors import InputError
from monitor.model import Saying, Stance
from monitor.store.statements import Found, Wanted
from monitor.terms import terms
from monitor.wire import utc_text

SCHEMA = "pledgewatch.search/1"
NAMES = ("words", "organization", "technology", "party", "stance", "language", "from", "to", "standing")
STANDING = {"": None, "yes": True, "no": False}
CSV_HEADER = (
    *("organization", "page", "key", "stance", "protects", "bearer", "actions", "technologies", "parties"),
    *("quote", "context", "language", "first seen", "last seen", "believed", "standing", "ends"),
    *("first snapshot", "last snapshot"),
)
_DAY = len("2027-03-01")


def wanted(visit: Visit) -> Wanted:
    """What the address asks for. Raises InputError for a day, a stance or a `standing` that is none."""
    asked = as_asked(visit)
    for name, known in (("stance", ["", *Stance]), ("standing", list(STANDING))):
        if asked[name] not in known:
            choices = ", ".join(known[1:])
            raise InputError(f"{name} is “{asked[name]}”: choose one of {choices}, or leave it empty.")
    return Wanted(
        terms=terms(asked["words"]),
        organization_id=asked["organization"],
        technology=asked["technology"],
        party=asked["party"],
        stance=asked["stance"],
        language=asked["language"],
        seen_from=_day("from", asked["from"]),
        seen_to=_day("to", asked["to"]),
        standing=STANDING[asked["standing"]],
    )


def as_asked(visit: Visit) -> dict[str, str]:
    """Each name with what was asked of it, "" where nothing was."""
    return {name: visit.asked(name) for name in NAMES}


def query(visit: Visit) -> str:
    """The same as the query of an address, without what is empty."""
    return urlencode({name: value for name, value in as_asked(visit).items() if value})


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        if len(text) != _DAY:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{name} is “{text[:40]}”: write a day like 2027-03-01, or leave it empty."
        ) from None


def found_json(found: Found, part: int, per_part: int, asked: dict[str, str]) -> dict[str, Any]:
    """One part of what was found. page: from 1; pages: how many there are."""
    return {
        "schema": SCHEMA,
        "asked": {name: value for name, value in asked.items() if value},
        "total": found.total,
        "page": part,
        "pages": -(-found.total // per_part),
        "statements": [saying_json(one) for one in found.sayings],
    }


def saying_json(one: Saying) -> dict[str, Any]:
    """One statement over the time in which it was seen, its words exactly as they stood."""
    return {
        "organization": one.organization_id,
        "page": one.page_id,
        "key": one.key,
        "quote": one.quote,
        "context": list(one.context),
        "language": one.language,
        "stance": one.stance,
        "protects": one.protects,
        "bearer": one.bearer,
        "actions": list(one.actions),
        "technologies": list(one.technologies),
        "parties": list(one.parties),
        "ends": one.ends or None,
        "first_seen_at": utc_text(one.first_seen_at),
        "last_seen_at": utc_text(one.last_seen_at),
        "believed": one.believed,
        "standing": one.standing,
        "first_snapshot": one.first_fetch_id,
        "last_snapshot": one.last_fetch_id,
    }


def csv_row(one: Saying) -> Sequence[object]:
    """The same, in the order of CSV_HEADER."""
    return (
        *(one.organization_id, one.page_id, one.key, one.stance, _yes(one.protects), one.bearer),
        *("; ".join(some) for some in (one.actions, one.technologies, one.parties)),
        *(one.quote, "\n".join(one.context), one.language),
        *(utc_text(one.first_seen_at), utc_text(one.last_seen_at), _yes(one.believed), _yes(one.standing)),
        *(one.ends, one.first_fetch_id, one.last_fetch_id),
    )


def _yes(true: bool) -> str:
    return "yes" if true else "no"
