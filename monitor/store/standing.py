"""What stands on each page now: the statements in the text that we believe. Derived: it can be found anew."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, Text, bindparam, cast, func, select

from monitor.model import Standing
from monitor.store.tables import standing, upsert

_FIELDS = ("page_id", "text_sha256", "words", "statements")
_FOUND = select(standing.c.text_sha256, standing.c.words).where(standing.c.page_id == bindparam("page_id"))


@dataclass(frozen=True, slots=True)
class OnPage:
    """The statements of one page. text_sha256: of the text that they stand in; words: what found them there.

    next_day: the next day on which one of them has to be told of, by its own words; None where there is none.
    """

    page_id: str
    text_sha256: str
    words: str
    statements: tuple[Standing, ...] = ()
    next_day: date | None = None


def of_page(conn: Connection, page_id: str) -> OnPage | None:
    """What stands on this page; None where that was never found out."""
    row = conn.execute(select(standing).where(standing.c.page_id == page_id)).one_or_none()
    return _on_page(row._mapping) if row else None


def found(conn: Connection, page_id: str) -> tuple[str, str] | None:
    """In which text, and by what, was found what we keep of this page: a quick first look."""
    row = conn.execute(_FOUND, {"page_id": page_id}).one_or_none()
    return (row.text_sha256, row.words) if row else None


def keep(conn: Connection, on_page: OnPage) -> None:
    """Keep what stands on this page, instead of what stood there."""
    row = {name: getattr(on_page, name) for name in _FIELDS}
    day = on_page.next_day.isoformat() if on_page.next_day else None
    conn.execute(upsert(conn.dialect.name, standing, "page_id"), row | {"next_day": day})


def all(conn: Connection) -> list[OnPage]:
    """What stands on every page that was read, in the order of their ids."""
    return [_on_page(row._mapping) for row in conn.execute(select(standing).order_by(standing.c.page_id))]


def due(conn: Connection, today: date) -> list[OnPage]:
    """The pages of which something has to be told on this day (UTC) or had to be before, by their ids."""
    query = select(standing).where(standing.c.next_day <= today.isoformat()).order_by(standing.c.page_id)
    return [_on_page(row._mapping) for row in conn.execute(query)]


def ending(conn: Connection, until: date) -> list[OnPage]:
    """The pages of which something has to be told until then, the soonest first: their words name an end."""
    query = select(standing).where(standing.c.next_day <= until.isoformat())
    rows = conn.execute(query.order_by(standing.c.next_day, standing.c.page_id))
    return [_on_page(row._mapping) for row in rows]


def with_ends(conn: Connection) -> list[OnPage]:
    """The pages of which a statement names its end, past or to come, in the order of their ids."""
    place = func.instr if conn.dialect.name == "sqlite" else func.strpos
    names_one = place(cast(standing.c.statements, Text), '"ends":"2') > 0
    rows = conn.execute(select(standing).where(names_one).order_by(standing.c.page_id))
    return [_on_page(row._mapping) for row in rows]


def _on_page(row: RowMapping) -> OnPage:
    day = row["next_day"]
    values = {name: row[name] for name in _FIELDS}
    return OnPage(**values, next_day=date.fromisoformat(day) if day else None)
