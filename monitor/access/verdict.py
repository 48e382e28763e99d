"""What came of a fetch, and the plain words that say why."""

from dataclasses import dataclass

from monitor.marks import Appearance, Mark, plain
from monitor.model import Access, Document

_QUOTED = 80  # characters of a page that evidence quotes


@dataclass(frozen=True, slots=True)
class Verdict:
    """An access state and why, in plain sentences."""

    access: Access
    evidence: tuple[str, ...] = ()
    doubtful: bool = False  #: only its usual self speaks against it: it may be a page that was rewritten


def told(mark: Mark, seen: Appearance, what: str, words: int | None = None) -> str:
    """The server answered 403 with a page by Cloudflare: “Just a moment...” (12 words)."""
    who = f"The server answered {seen.status} with" if seen.status else "The text reads as"
    size = f" ({words} words)" if words is not None else ""
    return f"{who} {named(mark)}: {what}{size}."


def named(mark: Mark) -> str:
    """A login page; a page by Cloudflare."""
    return mark.name if mark.name.startswith(("a ", "an ")) else f"a page by {mark.name}"


def quote(document: Document | None, found: str) -> str:
    """The line that shows it, as the page writes it; else what was found, as the mark has it."""
    first = found.partition("…")[0].strip(" ^")
    lines = [document.title, *(segment.text for segment in document.segments)] if document else []
    line = next((line for line in lines if first in plain(line)), found.strip("^"))
    return f"“{line[:_QUOTED]}…”" if len(line) > _QUOTED else f"“{line}”"
