"""A paper as one HTML file that asks nobody for anything: it is read, printed and kept as it is."""

from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from alerts.looks import INKS
from app.papers.cells import said, sorts
from app.papers.paper import Paper
from app.papers.pointing import anchor, cells_linking, linking, names_of
from app.templating import environment_of

TEMPLATES = Path(__file__).parent / "templates"


def html_of(paper: Paper) -> str:
    """The whole file: its style and its pictures are in it, no script is. The same for the same paper."""
    names = names_of(paper)
    pointing = {
        "names": names,
        "linked": linking(names),
        "cell_linked": cells_linking(names),
        "anchor": anchor,
    }
    return _environment().get_template("paper.html").render(paper=paper, **pointing)


@cache
def _environment() -> Environment:
    made = environment_of(TEMPLATES)
    made.globals |= {"day": _colours("day"), "night": _colours("night")}
    made.filters |= {"said": said, "sorts": sorts, "kind": lambda block: type(block).__name__}
    return made


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
