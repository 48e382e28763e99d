"""pledgewatch portfolio: a list of holdings in, a workbook and a page out."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from os.path import realpath
from pathlib import Path

from app.home import Home
from app.indexing import index_new
from app.papers.paper import Paper, tables_of
from app.portfolio.gathering import positions
from app.portfolio.writing import Portfolio, paper_of
from app.screen import say
from app.writing import write_file
from monitor.errors import InputError
from monitor.holdings import BYTES_AT_MOST, Holdings, match, read_holdings
from monitor.model import Organization
from monitor.tables import suggestion
from monitor.wire import utc_text

SCHEMA = "pledgewatch.portfolio/1"
DEFAULT = "portfolio"  #: name of the files where none is given
_BACK = timedelta(days=365)


def write_portfolio(home: Home, file: Path, out: Path | None, since: str, format: str, now: datetime) -> int:
    """Write what is known of the holdings in this file; now: aware UTC.

    out: one file, its format by its ending; without it portfolio.xlsx and portfolio.html, or the one of the
    format. Raises InputError, ConfigError, StoreError; then nothing was written.
    """
    today = now.astimezone(UTC).date()
    day = _since(since, today)
    _refuse_input([out] if out else [], file)
    wanted = _wanted(out, format)
    _refuse_input(wanted, file)
    _refuse_folders(wanted)
    holdings = _read(file)
    portfolio = portfolio_of(home, holdings, day, now)
    paper = paper_of(portfolio)
    bodies = {path: made(paper) for path, made in wanted.items()}
    for path, body in bodies.items():
        write_file(path, body)
    matching, names = portfolio.matching, ", ".join(map(str, bodies))
    say(
        f"{names}: {len(holdings.holdings):,} holdings, {len(matching.matched):,} matched, "
        f"{len(matching.ambiguous):,} ambiguous, {len(matching.not_covered):,} not covered; "
        f"{len(holdings.problems):,} remarks on rows."
    )
    return 0


def portfolio_of(home: Home, holdings: Holdings, since: date, now: datetime) -> Portfolio:
    """The holdings beside what is known of them. Raises ConfigError, StoreError."""
    matching = match(holdings.holdings, home.watchlist.organizations)
    known = {one.id: one for one in home.watchlist.organizations}
    ids = sorted({id for one in matching.matched for id in (one.organization.id, *one.covers)})
    covered: list[Organization] = [known[id] for id in ids]
    with home.existing_store() as store:
        index_new(home, store, now)
        with store.read() as conn:
            found = positions(conn, home, covered, datetime.combine(since, time(), UTC), now)
    return Portfolio(holdings, matching, found, since, now.astimezone(UTC).date())


def _since(since: str, today: date) -> date:
    if not since:
        return today - _BACK
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise InputError(f'--since is "{since}"; write a day such as 2026-11-22') from None
    if day > today:
        raise InputError(f"--since is {day}, which lies ahead; write today or a day before")
    return day


def _read(file: Path) -> Holdings:
    try:
        if file.exists() and not file.is_file():  # a pipe may never end
            raise InputError(f"{file} cannot be read (it is no file); name a CSV file of holdings")
        with file.open("rb") as stream:
            data = stream.read(BYTES_AT_MOST + 1)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise InputError(f"{file} cannot be read ({problem}); name a CSV file of holdings") from None
    try:
        return read_holdings(data)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None


# --------------------------------------------------------------------------- files


def _refuse_input(wanted: Iterable[Path], file: Path) -> None:
    if any(realpath(path) == realpath(file) for path in wanted):
        raise InputError(f"{file} is the list itself, which would be overwritten; name another file with -o")


def _refuse_folders(wanted: Iterable[Path]) -> None:
    """All of them before any is written, so that no file is replaced where another cannot be."""
    for path in wanted:
        if path.is_dir():
            raise InputError(f"{path} is a folder; move it, or name a file with -o")


def _xlsx(paper: Paper) -> bytes:
    from app.papers.xlsx import xlsx_of

    return xlsx_of(paper)


def _html(paper: Paper) -> bytes:
    from app.papers.html import html_of

    return html_of(paper).encode()


def json_of(paper: Paper) -> bytes:
    """The same tables by their names, each row by its columns; times are RFC 3339 in UTC."""
    tables = {
        one.name: [
            {name: _plain(cell) for name, cell in zip(one.columns, row, strict=True)} for row in one.rows
        ]
        for one in tables_of(paper)
    }
    said = {"schema": SCHEMA, "about": paper.subtitle, "counts": dict(paper.facts.pairs), "tables": tables}
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _plain(cell: object) -> object:
    if isinstance(cell, datetime):
        return utc_text(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


Made = Callable[[Paper], bytes]
FORMATS: Mapping[str, Made] = {"xlsx": _xlsx, "html": _html, "json": json_of}


def _wanted(out: Path | None, format: str) -> dict[Path, Made]:
    """Each file that is to be written, and what writes it."""
    if format and format not in FORMATS:
        raise InputError(f'--format is "{format}"; {suggestion(format, FORMATS)}')
    if out is None:
        formats = (format,) if format else ("xlsx", "html")
        return {Path(f"{DEFAULT}.{one}"): FORMATS[one] for one in formats}
    own = out.suffix.lower().removeprefix(".")
    if format and own in FORMATS and own != format:
        raise InputError(f"{out} ends as another format than --format {format}; name it .{format}")
    ending = format or own
    if ending not in FORMATS:
        raise InputError(
            f"{out} says no format that we write; end it in .xlsx, .html or .json, or add --format"
        )
    return {out: FORMATS[ending]}
