"""The rows of the crowd (crowd.py) that need no page: what was told, held, judged and checked."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert

from monitor.model import Alert, Audit, Review, Verdict
from monitor.store import audits, reviews
from monitor.store.tables import metadata
from tests.benchmarks.crowd_words import NOW

_DAY = timedelta(days=1)
_TOGETHER = 10_000  #: rows in one statement
_VERDICTS = tuple(Verdict)


def row(value: Any) -> dict[str, Any]:
    """The fields of a value."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def bulk(conn: Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    """Write them, without links."""
    statement = insert(metadata.tables[table])
    rows = iter(rows)
    while some := list(islice(rows, _TOGETHER)):
        conn.execute(statement, some)


def alert_row(one: Alert) -> dict[str, Any]:
    return {"id": one.id, "raised_at": one.raised_at, "alert": one, "page_id": one.page["id"]}


def deliveries(raised: Sequence[Alert]) -> Iterator[dict[str, Any]]:
    """Each by a file and a mail; some of the newest still wait, or were given up."""
    for place, one in enumerate(raised):
        for route, channel, recipient in (("file", "file", ""), ("desk", "mail", "ana@example.org")):
            is_late = one.raised_at > NOW - 3 * _DAY and place % 4 == 0
            state = ("parked" if place % 8 else "waiting") if is_late else "sent"
            yield {
                "key": f"{one.id}.{route}",
                "alert_id": one.id,
                "route": route,
                "channel": channel,
                "recipient": recipient,
                "state": state,
                "attempts": 1,
                "next_attempt_at": NOW if state == "waiting" else None,
                "last_error": "" if state == "sent" else "451 try later",
                "sent_at": one.raised_at + timedelta(minutes=1) if state == "sent" else None,
            }


def hold(one: Alert) -> dict[str, Any]:
    """Of an alert that is held."""
    why = "Much changed at once: a person has to look."
    return {"alert_id": one.id, "held_at": one.raised_at, "why": why, "released_at": None}


def checks(pages: int) -> Iterator[dict[str, Any]]:
    """One a day, for two years."""
    for days in range(730, -1, -1):
        at = NOW - days * _DAY
        counts = {"read": pages, "not_readable": pages // 33}
        yield {"started_at": at, "ended_at": at + timedelta(minutes=9), "counts": counts, "remark": ""}


def judge(conn: Connection, raised: Sequence[Alert]) -> None:
    """Three of ten are judged, by the store's own way, so that there is a chain."""
    for place, one in enumerate(raised):
        if place % 10 < 3:
            verdict, at = _VERDICTS[place % 7 % len(_VERDICTS)], one.raised_at + timedelta(hours=2)
            reviews.add(conn, Review(one.id, at, "Ana", verdict, "Read on both sides."))
            audits.add(conn, Audit(at, "Ana", "judged", one.id, verdict.value))
