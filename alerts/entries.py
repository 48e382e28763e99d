"""What the entries of digests and welcomes are made of. Pure but for the head of the chain."""

from collections.abc import Sequence

from alerts.links import linked
from monitor.extract.ordinals import DEEPEST
from monitor.model import Alert, Item, Section, Standing, Tier
from monitor.store import Connection, chain

QUOTE_CHARACTERS = 300  #: the most words of a page that one entry quotes
TRAIL_CHARACTERS = 300  #: the most of the headings and lines above it, all together


def count(number: int, what: str) -> str:
    """ "1 page", "2 pages"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def quoted(words: str) -> str:
    """The exact words between “ ”; of many only the first, with an ellipsis after the mark."""
    if len(words) <= QUOTE_CHARACTERS:
        return f"“{words}”"
    first = words[:QUOTE_CHARACTERS].rsplit(None, 1)
    return f"“{first[0] if first else ''}” …"


def said(one: Standing) -> str:
    """A statement in its own words, after all that it goes on from: Terms › You may not: “…”.

    "" where that is too much to be shown whole: any heading or line above may turn the meaning of the words
    ("We will never do this:"), so none is cut or left out.
    """
    trail = " › ".join(filter(None, (step.strip(" :,：") for step in one.context)))
    if (
        len(trail) > TRAIL_CHARACTERS or len(one.context) >= DEEPEST
    ):  # of so many lines the first are not kept
        return ""
    return f"{trail}: {quoted(one.quote)}" if trail else quoted(one.quote)


def address(alert: Alert, desk_url: str) -> str:
    """Where a reader finds the alert: at the desk, or else the page itself."""
    return linked(alert, desk_url).links.get("desk") or alert.page["url"]


def is_for_review(alert: Alert) -> bool:
    """Whether a person should look at one of its findings."""
    return any(finding.tier is Tier.REVIEW for finding in alert.findings)


def section(title: str, items: Sequence[Item], most: int, what: str, note: str = "") -> Section:
    """A section that says how many there are, names so many of them and counts the rest."""
    left_out = len(items) - most
    more = [f"… and {count(left_out, f'more {what}')}."] if left_out > 0 else []
    words = " ".join([*more, *([note] if note else [])])
    return Section(f"{title}: {count(len(items), what)}", tuple(items[:most]), words)


def besides(sections: Sequence[Section]) -> tuple[str, ...]:
    """What these sections tell, by their titles, as one line: it stands there even where they are cut off."""
    titles = "; ".join(one.title[:1].lower() + one.title[1:] for one in sections)
    return (f"Besides: {titles}.",) if titles else ()


def proof(conn: Connection) -> tuple[str, ...]:
    """The head of the chain: whoever keeps the message can prove later what was recorded before it."""
    head = chain.head(conn)
    return (head_line(head),) if head else ()


def head_line(head: chain.Link) -> str:
    """The same for a head that is at hand."""
    return f"Head of the chain: link {head.id}, SHA-256 {head.sha256}"
