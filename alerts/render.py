"""An alert or a notice as a mail: subject, plain text and HTML. Pure but for reading our own templates.

Whatever came from the network is a value in a template, never a template, and is escaped in the HTML.
"""

from datetime import datetime
from functools import cache
from textwrap import fill

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.circular import circular
from alerts.letter import letter
from alerts.limits import LADDER, MAIL_BYTES, Limits
from alerts.looks import CLOSING, INKS, LOOKS, manner
from alerts.marking import plain, visible
from alerts.reader import ANYBODY, Reader
from monitor.model import Alert, Notice

_SUBJECT_CHARACTERS = 240


def subject(content: Alert | Notice) -> str:
    """One line of at most 240 characters: what it is and its headline; nothing in it can end the line."""
    words = visible(" ".join(content.headline.split()))
    if isinstance(content, Notice):
        return _short(f"{manner(content.kind).mark} {words.rstrip('.')}")
    early = "" if content.after.confirmed_at else "[unconfirmed] "
    return _short(f"{early}[{LOOKS[content.direction].word.lower()}] {words}")


def text(content: Alert | Notice, reader: Reader = ANYBODY) -> str:
    """The plain-text message, ending with a line break; less than 100,000 bytes."""
    return _rendered(content, reader, "txt").strip() + "\n"


def html(content: Alert | Notice, reader: Reader = ANYBODY) -> str:
    """The HTML message: one page, inline styles, nothing loaded from elsewhere; less than 100,000 bytes."""
    return _rendered(content, reader, "html")


def when(at: datetime | None) -> str:
    """A moment for people: "2026-11-22 06:02 UTC", or "not yet"."""
    return ANYBODY.when(at)


def _rendered(content: Alert | Notice, reader: Reader, ending: str) -> str:
    """The first on the ladder that is small enough; the last step always is."""
    pages = (_page(content, reader, ending, limits) for limits in LADDER)
    return next(page for page in pages if len(page.encode()) < MAIL_BYTES)


def _page(content: Alert | Notice, reader: Reader, ending: str, limits: Limits) -> str:
    if isinstance(content, Notice):
        return _environment().get_template(f"notice.{ending}").render(told=circular(content, reader, limits))
    return _environment().get_template(f"alert.{ending}").render(told=letter(content, reader, limits))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"inks": INKS, "closing": CLOSING}
    environment.filters |= {"plain": plain, "wrapped": _wrapped, "bullet": _bullet}
    return environment


def _short(words: str) -> str:
    return words if len(words) <= _SUBJECT_CHARACTERS else words[: _SUBJECT_CHARACTERS - 1].rstrip() + "…"


def _wrapped(words: str, indent: str = "", hanging: str | None = None) -> str:
    return fill(
        words,
        width=78,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bullet(words: str) -> str:
    return _wrapped(words, "- ", "  ")
