"""pledgewatch dossier: everything on one organization, as one file."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from app.dossiers.dossier import Dossier
from app.dossiers.found import period_of, refuse_unknown
from app.dossiers.gathering import dossier_of
from app.dossiers.json import json_of
from app.dossiers.writing import paper_of
from app.home import Home
from app.indexing import index_new
from app.papers.html import html_of
from app.papers.pdf import pdf_of
from app.papers.xlsx import xlsx_of
from app.scoring import overrules_of
from app.screen import say
from app.writing import format_of, write_file
from monitor.errors import InputError
from monitor.replies import load_replies, refuse_unanswered

#: By the ending of the file, how a dossier becomes its bytes.
FORMATS: Mapping[str, Callable[[Dossier], bytes]] = {
    "html": lambda dossier: html_of(paper_of(dossier)).encode("utf-8", "backslashreplace"),
    "pdf": lambda dossier: pdf_of(paper_of(dossier)),
    "xlsx": lambda dossier: xlsx_of(paper_of(dossier)),
    "json": lambda dossier: json_of(dossier).encode(),
}


_FIRST, _LAST = date(1990, 1, 1), date(2199, 12, 31)


def write_dossier(
    home: Home, organization: str, kind: str, first: str, last: str, file: Path | None, now: datetime
) -> int:
    """Write the dossier, and say where. kind: of FORMATS; "": by the name of the file, else html.

    first, last: days of the period, or "" (found.period_of); file: None for one in the current folder; now:
    aware UTC, when the statements that are new are found. The file is there in whole, or as it was. Raises
    InputError, ConfigError, StoreError.
    """
    format = _format(kind, file)
    days = _day(first, "--from"), _day(last, "--to")
    if days[0] and days[1] and days[1] < days[0]:
        raise InputError(f"--to {last} lies before --from {first}; choose a later day for --to")
    if days[1] and days[1] > now.astimezone(UTC).date():
        raise InputError(f"--to is {last}, which lies ahead; write today or a day before")
    overrules_of(home, now)  # refuses what is decided for a day to come
    refuse_unanswered(load_replies(home.config), now.astimezone(UTC).date(), home.config)
    file = file or Path(f"{_known(home, organization)}.{format}")
    with home.existing_store() as store:
        with store.read() as conn:
            refuse_unknown(conn, home, organization)
        index_new(home, store, now)
        with store.read() as conn:
            dossier = dossier_of(conn, home, organization, period_of(conn, *days))
    is_new = write_file(file, FORMATS[format](dossier))
    say(f"{file}: {_said(dossier)}{'' if is_new else ', as before'}.")
    return 0


def _format(kind: str, file: Path | None) -> str:
    return format_of(kind, file, FORMATS, "html")


def _day(said: str, option: str) -> date | None:
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = date.min
    if said != day.isoformat() or not _FIRST <= day <= _LAST:
        raise InputError(f'{option} "{said}" is no day of our time; write it like 2027-03-01')
    return day


def _known(home: Home, organization: str) -> str:
    """The id as the name of a file: only one of the watchlist, or one that could be."""
    if any(one.id == organization for one in home.watchlist.organizations):
        return organization
    return "".join(
        sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in organization
    )


def _said(dossier: Dossier) -> str:
    period = dossier.period
    parts = {"change": dossier.changes, "commitment": dossier.commitments, "quote": dossier.evidence}
    counts = ", ".join(f"{len(its):,} {name}{'' if len(its) == 1 else 's'}" for name, its in parts.items())
    said = f"{period.first} to {period.last}, {counts}"
    if dossier.checks:
        return said
    if not dossier.imported:
        return f"{said}; no page was read in this time"
    return f"{said}; we asked for no page in this time; imported captures of others: {dossier.imported:,}"
