"""What one organization said, as files to keep: its dossier, and the draft of a letter to it.

They hold what readers see at the desk: held and muted changes are in them, and marked, as on their pages.
"""

from collections.abc import Callable
from datetime import date

from starlette.responses import Response

from app.desk.door import READER, Door
from app.desk.reading import reader_of
from app.desk.rendering import attachment
from app.desk.texts import texts
from app.desk.visit import NotFoundError, Visit
from app.dossiers.command import FORMATS
from app.dossiers.found import period_of, refuse_unknown
from app.dossiers.gathering import dossier_of
from app.drafting import FORMATS as LETTERS
from app.drafting import letter_now
from app.scoring import overrules_of
from monitor.errors import InputError
from monitor.replies import load_replies, refuse_unanswered
from monitor.store import Connection

_FIRST_YEAR, _LAST_YEAR = 1990, 2199
_KINDS = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def dossier(visit: Visit, format: str) -> Response:
    """All of a period; without days the 90 up to the last look. Raises InputError, BusyError, ConfigError."""
    id, days = visit.path["organization"], (_day(visit, "from"), _day(visit, "to"))
    overrules_of(visit.home, visit.now)  # refuses what is decided for a day to come
    refuse_unanswered(load_replies(visit.home.config), visit.now.date(), visit.home.config)
    with visit.making.turn(texts()("papers.busy")):
        with visit.store.read() as conn:
            _refuse_unknown(visit, conn, id)
            period = period_of(conn, *days)
            found = dossier_of(conn, visit.home, id, period, reader_of(visit.home))
        body = FORMATS[format](found)
    return attachment(body, f"dossier-{id}-{period.first}-{period.last}.{format}", _KINDS[format])


def letter(visit: Visit, format: str) -> Response:
    """The draft as of the last look. Raises InputError, also where nothing is asked; BusyError."""
    id = visit.path["organization"]
    with visit.making.turn(texts()("papers.busy")):
        with visit.store.read() as conn:
            _refuse_unknown(visit, conn, id)
            drafted = letter_now(conn, visit.home, id, visit.now, reader_of(visit.home))
        body = LETTERS[format](drafted)
    return attachment(body, f"letter-{id}.{format}", _KINDS[format])


def _refuse_unknown(visit: Visit, conn: Connection, id: str) -> None:
    try:
        refuse_unknown(conn, visit.home, id)
    except InputError:
        raise NotFoundError(texts()("papers.unknown", id=id)) from None


def _day(visit: Visit, name: str) -> date | None:
    """A day of the query; None for none. Raises InputError."""
    said = visit.asked(name)
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise InputError(texts()("papers.no_day", said=said)) from None
    if day.isoformat() != said or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InputError(texts()("papers.no_day", said=said))
    return day


def _in(format: str, made: Callable[[Visit, str], Response]) -> Callable[[Visit], Response]:
    return lambda visit: made(visit, format)


DOORS = (
    *(Door(f"/organizations/{{organization}}/dossier.{one}", READER, _in(one, dossier)) for one in FORMATS),
    *(Door(f"/organizations/{{organization}}/letter.{one}", READER, _in(one, letter)) for one in LETTERS),
)
