"""The commands of due diligence: dossier, portfolio, letter, evidence, export; each with its own module."""

import typer

from app.commands import app

evidence_app = typer.Typer(no_args_is_help=True, help="Evidence packs: write one, check one anywhere.")
app.add_typer(evidence_app, name="evidence")
