"""The commands of due diligence: dossier, portfolio, letter, evidence, export; each with its own module."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.commands import _home, app

evidence_app = typer.Typer(no_args_is_help=True, help="Evidence packs: write one, check one anywhere.")
app.add_typer(evidence_app, name="evidence")


@evidence_app.command("export")
def evidence_export(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="[ALERT]", help="Its id, or how it begins.")] = "",
    organization: Annotated[
        str, typer.Option(metavar="ID", help="In place of ALERT: all of its changes in a period.")
    ] = "",
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day (UTC).")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day (UTC).")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Default: evidence-….zip, here.")
    ] = None,
) -> None:
    """Write the evidence of a change, or of a period, as a zip that can be checked anywhere."""
    from app.evidence.commands import export_alert, export_period
    from monitor.errors import InputError

    period = (organization, first, last)
    if alert and not any(period):
        raise typer.Exit(export_alert(_home(context), alert, out))
    if alert or not all(period):
        raise InputError("evidence export needs ALERT, or --organization, --from and --to together")
    raise typer.Exit(export_period(_home(context), *period, out))


@evidence_app.command("verify")
def evidence_verify(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="The zip.")],
    head: Annotated[
        str | None, typer.Option(metavar="SHA256", help="A head that was kept elsewhere.")
    ] = None,
    tsa_cert: Annotated[
        Path | None,
        typer.Option("--tsa-cert", metavar="FILE", help="Root certificates of the time-stamping authority."),
    ] = None,
) -> None:
    """Is a pack as it was written: 0 intact, 1 not, with the first broken thing. Needs no store."""
    from app.evidence.commands import verify

    raise typer.Exit(verify(pack, head, tsa_cert))


@app.command()
def dossier(
    context: typer.Context,
    organization: Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Its id on the watchlist.")],
    format: Annotated[
        str, typer.Option(metavar="html|pdf|xlsx|json", help="Default: as FILE ends, or html.")
    ] = "",
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="Default: 90 days back.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Default: of the last check.")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Default: ORGANIZATION.html, here.")
    ] = None,
) -> None:
    """What an organization promised, what changed, what it was asked, and the evidence, as one file."""
    from app.dossiers.command import write_dossier

    now = datetime.now(UTC)
    raise typer.Exit(write_dossier(_home(context), organization, format, first, last, out, now))


@app.command()
def portfolio(
    context: typer.Context,
    holdings: Annotated[
        Path, typer.Argument(metavar="HOLDINGS.csv", help="ISIN, LEI, ticker or name; weights, amounts.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", metavar="FILE", help="Default: portfolio.xlsx and portfolio.html, here."),
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="DAY", help="Changes to the weaker since (default: a year ago).")
    ] = "",
    format: Annotated[str, typer.Option(metavar="xlsx|html|json", help="Default: as FILE ends.")] = "",
) -> None:
    """A list of holdings beside what its issuers promised, and what became of that."""
    from app.portfolio.command import write_portfolio

    raise typer.Exit(write_portfolio(_home(context), holdings, out, since, format, datetime.now(UTC)))


@app.command()
def letter(
    context: typer.Context,
    organization: Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Its id on the watchlist.")],
    format: Annotated[str, typer.Option(metavar="md|docx", help="Default: as FILE ends, else md.")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", metavar="FILE", help="Default: Markdown on standard output.")
    ] = None,
) -> None:
    """Draft a letter: its own words, what is asked of it, and what its words leave open."""
    from app.drafting import write_letter

    raise typer.Exit(write_letter(_home(context), organization, format, out, datetime.now(UTC)))


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """The public part as CSV and JSON: organizations, commitments, findings, coverage."""
    from app.exporting.command import write_export

    raise typer.Exit(write_export(_home(context), folder, datetime.now(UTC)))
