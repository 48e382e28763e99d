"""How the doors print for people: lines, columns, and a bar while they wait.

Words of pages stand in what is printed here: whatever could act on a terminal is shown by number. Where
nobody looks at a terminal a line stays a line, however long, so that other programs can read it.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from alerts.marking import visible

_NO_TERMINAL = 100_000  #: columns where nobody looks at a terminal


class Tick(Protocol):
    """Told what is at hand, and how many steps were done with it."""

    def __call__(self, at_hand: str, steps: int = 1) -> None:
        """So many steps are done."""


def say(text: str = "", *, hang: int = 2) -> None:
    """Print lines for people; on a terminal they break between words and go on `hang` columns further in."""
    text = visible(text)
    if sys.stdout.isatty():
        width = screen().width
        text = "\n".join(_broken(line, width, hang) for line in text.split("\n"))
    print(text)


def screen() -> Console:
    """Standard output for people: as wide as the terminal, or so wide that no line breaks."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _NO_TERMINAL)


def columns(rows: Sequence[Sequence[str]], *, indent: int = 0, header: Sequence[str] = ()) -> None:
    """Print rows as a table without lines."""
    if not rows:
        return
    table = Table(*header, box=None, show_header=bool(header), pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        first, *rest = row
        table.add_row(Text(" " * indent + visible(first)), *(Text(visible(cell)) for cell in rest))
    console = screen()
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


@contextmanager
def bar(what: str, steps: int, *, quiet: bool = False) -> Iterator[Tick]:
    """A live bar on a terminal (standard error), gone when it is done; nothing elsewhere."""
    console = Console(stderr=True)
    if quiet or not steps or not console.is_terminal:
        yield lambda at_hand, steps=1: None
        return
    parts = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    terminal = sys.stdout.isatty()  # else what is printed meanwhile would go to standard error
    with Progress(*parts, console=console, transient=True, redirect_stdout=terminal) as progress:
        task = progress.add_task(what, total=steps)
        yield lambda at_hand, steps=1: progress.update(task, advance=steps, description=at_hand)


def _broken(line: str, width: int, hang: int) -> str:
    return fill(
        line,
        width,
        subsequent_indent=" " * (len(line) - len(line.lstrip()) + hang),
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
