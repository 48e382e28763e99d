"""pledgewatch letter: the draft of a letter to an organization, as Markdown or as a Word document."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from app.dossiers.dossier import Period
from app.dossiers.found import as_of
from app.dossiers.gathering import dossier_of
from app.home import Home
from app.indexing import index_new
from app.letters import is_anything_asked, letter_of
from app.papers.docx import docx_of
from app.papers.markdown import markdown_of
from app.papers.paper import Paper
from app.screen import say
from app.writing import format_of, write_file
from monitor.errors import InputError
from monitor.reading import Read
from monitor.store import Connection

FORMATS: Mapping[str, Callable[[Paper], bytes]] = {
    "md": lambda paper: markdown_of(paper).encode(),
    "docx": docx_of,
}


def write_letter(home: Home, organization: str, kind: str, file: Path | None, now: datetime) -> int:
    """Write the draft, and say where; Markdown without a file goes to standard output.

    kind: of FORMATS; "": by the name of the file, else md. now: aware UTC. The file is there in whole, or as
    it was. Raises InputError, also where there is nothing to ask; ConfigError, StoreError.
    """
    format = format_of(kind, file, FORMATS, "md")
    letter = _letter(home, organization, now)
    body = FORMATS[format](letter)
    if file is None and format == "md":
        print(body.decode(), end="")
        return 0
    file = file or Path(f"letter-{organization}.{format}")
    is_new = write_file(file, body)
    say(f"{file}: a draft{'' if is_new else ', as before'}; check every quote and fill in the blanks.")
    return 0


def _letter(home: Home, organization: str, now: datetime) -> Paper:
    with home.existing_store() as store:
        home.watchlist.organization(organization)  # before anything is done
        index_new(home, store, now)
        with store.read() as conn:
            return letter_now(conn, home, organization, now)


def letter_now(
    conn: Connection, home: Home, organization: str, now: datetime, read: Read | None = None
) -> Paper:
    """The draft as of the last look, in one look at the store; its statements must be indexed.

    now: aware UTC, where nobody ever looked; read: as of dossier_of. Raises InputError where it is not on the
    watchlist, or there is nothing to ask; ConfigError.
    """
    home.watchlist.organization(organization)  # its pages have the addresses that a letter names
    day = (as_of(conn) or now).astimezone(UTC).date()  # the period is of no account: no change is told
    dossier = dossier_of(conn, home, organization, Period(day, day), read)
    it = dossier.organization
    if not is_anything_asked(dossier.scores, dossier.questions):
        raise InputError(
            f"there is nothing to ask of {it.name} ({organization}): no ask that addresses it is unmet, met "
            "in part or unknown; look at pledgewatch dossier"
        )
    seen = {
        (one.page_id, one.quote): (one.first_seen, one.last_seen)
        for one in dossier.evidence
        if one.page_id and one.first_seen and one.last_seen
    }
    return letter_of(it, dossier.scores, dossier.differing, dossier.documented, day, dossier.questions, seen)
