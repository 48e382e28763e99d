"""pledgewatch letter: the draft of a letter to an organization, as Markdown or as a Word document."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from app.dossiers.dossier import Dossier, Period
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
    home.watchlist.organization(organization)  # its pages have the addresses that a letter names
    dossier = _dossier(home, organization, now)
    it, at = dossier.organization, dossier.as_of
    if not is_anything_asked(dossier.scores, dossier.questions):
        raise InputError(
            f"there is nothing to ask of {it.name} ({organization}): no ask that addresses it is unmet, met "
            "in part or unknown; look at pledgewatch dossier"
        )
    day = (at or now).astimezone(UTC).date()
    return letter_of(it, dossier.scores, dossier.differing, dossier.documented, day, dossier.questions)


def _dossier(home: Home, organization: str, now: datetime) -> Dossier:
    """All that is known; the period is of no account, as a letter tells no changes by their day."""
    with home.open_store() as store:
        index_new(home, store, now)
        with store.read() as conn:
            day = (as_of(conn) or now).astimezone(UTC).date()
            return dossier_of(conn, home, organization, Period(day, day))
