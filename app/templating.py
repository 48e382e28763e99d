"""Templates for pages and papers: every value is escaped, and its control and direction signs are shown."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from alerts.marking import visible


def environment_of(templates: Path) -> Environment:
    """The templates of this folder; a name that is not there is a bug, not an empty place."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """Text with its signs visible; None is nothing."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return "" if value is None else value
