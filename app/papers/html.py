"""A paper as one HTML file that asks nobody for anything: it is read, printed and kept as it is."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from alerts.looks import INKS
from alerts.marking import visible
from app.papers.cells import said, sorts
from app.papers.paper import Paper

TEMPLATES = Path(__file__).parent / "templates"


def html_of(paper: Paper) -> str:
    """The whole file: its style and its pictures are in it, no script is. The same for the same paper."""
    return _environment().get_template("paper.html").render(paper=paper)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.globals |= {"day": _colours("day"), "night": _colours("night")}
    made.filters |= {"said": said, "sorts": sorts, "kind": lambda block: type(block).__name__}
    return made


def _shown(value: object) -> object:
    """Text with its control and direction signs visible."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _colours(time: str) -> Markup:
    """The colours by day or by night as CSS properties: "--page-words: #1c2329;"."""
    lines = []
    for name, ink in INKS.items():
        shade = getattr(ink, time)
        lines += [
            f"  --{name}-{part}: {colour};"
            for part in ("words", "ground", "line")
            if (colour := getattr(shade, part))
        ]
    return Markup("\n".join(lines))
