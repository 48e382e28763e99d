"""An alert or a notice as a mail: subject, plain text and HTML. Pure but for reading our own templates.

Whatever came from the network is a value in a template, never a template, and is escaped in the HTML.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from textwrap import fill

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.marking import Run, plain, sides, visible
from alerts.reader import Reader
from monitor.model import DIGEST, PAGE_GONE, Alert, Direction, Finding, FindingKind, Notice, Tier

PASSAGES_AT_MOST = 12  #: more passages than this are counted, not shown: a mail stays below 100 KB
_ROOM = 8_000  #: characters of the page on each side, shared by the passages
_SUBJECT_CHARACTERS = 240
_LABEL_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Look:
    """How a direction is shown: a word, a sign, a sentence and a colour (never the colour alone)."""

    word: str
    sign: str
    sentence: str
    colour: str
    dark_colour: str


LOOKS = {
    Direction.WEAKER: Look("Weaker", "▼", "people are protected less than before", "#b3261e", "#ff9d92"),
    Direction.STRONGER: Look("Stronger", "▲", "people are protected more than before", "#0b5e8a", "#7cc7f2"),
    Direction.MIXED: Look("Mixed", "◆", "weaker in one part, stronger in another", "#7a5200", "#e9bd5c"),
    Direction.NEUTRAL: Look("Neutral", "●", "people are protected as before", "#4b5563", "#b6bfca"),
    Direction.UNCLEAR: Look("Unclear", "?", "a person has to judge the effect", "#5b3aa6", "#c3acf7"),
}
_WHAT = {
    FindingKind.INTRODUCED: "A new statement appears",
    FindingKind.WITHDRAWN: "A statement no longer appears on the page we watch",
    FindingKind.SCOPE: "A statement changed: its scope",
    FindingKind.EXCEPTION: "A statement changed: its exceptions",
    FindingKind.CONDITION: "A statement changed: its conditions",
    FindingKind.TERM: "A statement changed: its time limit",
    FindingKind.FORCE: "A statement changed: its force",
    FindingKind.BEARER: "A statement changed: who has to act",
    FindingKind.REVERSED: "A statement changed: it now says the opposite",
    FindingKind.RELOCATED: "A statement stands on another page now",
    FindingKind.REWORDED: "A statement changed: its words only",
    FindingKind.MOVED: "A statement stands in another place",
}
_NOTHING_BEFORE = "It did not stand on the page we watch."
_NOTHING_AFTER = "It no longer appears on the page we watch."
_PAGE_IS_GONE = "The page is gone."
_ABOUT = "This message is about the watch itself."
_ABOUT_A_DIGEST = (
    "So much came at once that it is told in one message; each change is in `pledgewatch alerts`."
)


@dataclass(frozen=True, slots=True)
class Change:
    """What one finding says, in words."""

    what: str
    look: Look
    for_review: bool
    reasons: tuple[str, ...]
    how: str  #: rule, confidence and who looked
    asks: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The findings that share their quotes, and the words before and after."""

    trail: str
    before: tuple[Run, ...]
    after: tuple[Run, ...]
    nothing_before: str
    nothing_after: str
    changes: tuple[Change, ...]


def subject(content: Alert | Notice) -> str:
    """One line: what it is and its headline, without any character that could end the line."""
    line = visible(" ".join(content.headline.split()))
    if isinstance(content, Notice):
        return _short(f"[pledgewatch] {line.rstrip('.')}", _SUBJECT_CHARACTERS)
    early = "" if content.after.confirmed_at else "[unconfirmed] "
    return _short(f"{early}[{LOOKS[content.direction].word.lower()}] {line}", _SUBJECT_CHARACTERS)


def text(content: Alert | Notice, reader: Reader = Reader()) -> str:
    """The plain-text message, ending with a line break."""
    return _rendered(content, "txt").strip() + "\n"


def html(content: Alert | Notice, reader: Reader = Reader()) -> str:
    """The HTML message: one page, inline styles, nothing loaded from elsewhere."""
    return _rendered(content, "html")


def _rendered(content: Alert | Notice, ending: str) -> str:
    if isinstance(content, Notice):
        about = _ABOUT_A_DIGEST if content.kind == DIGEST else _ABOUT
        return _environment().get_template(f"notice.{ending}").render(notice=content, about=about)
    return _environment().get_template(f"alert.{ending}").render(_values(content))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["looks"] = tuple(LOOKS.values())
    environment.filters |= {"visible": visible, "when": when, "plain": plain, "wrapped": _wrapped}
    environment.filters["link"] = _link
    return environment


def when(at: datetime | None) -> str:
    """A moment for people: "2026-11-22 06:02 UTC", or "not yet"."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if at else "not yet"


def _values(alert: Alert) -> dict[str, object]:
    groups = _grouped(alert.findings)
    shown = groups[:PASSAGES_AT_MOST]
    room = _ROOM // max(1, len(shown))
    return {
        "alert": alert,
        "early": _early(alert),
        "look": LOOKS[alert.direction],
        "passages": [_passage(group, room) for group in shown],
        "passages_left_out": len(groups) - len(shown),
        "unchanged_at": alert.before.last_seen_at or alert.before.fetched_at,
        "short_id": alert.id[:12],
        "role": alert.page.get("role", "").replace("_", " "),
    }


def _early(alert: Alert) -> str:
    """What stands above an alert that is told before it is confirmed."""
    if alert.after.confirmed_at:
        return ""
    seen_at = when(alert.after.fetched_at)
    return f"Not confirmed yet: seen once on {seen_at}; it is told again when it is confirmed."


def _grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        quotes = (finding.before_quote, finding.after_quote, finding.context)
        groups.setdefault(quotes, []).append(finding)
    return list(groups.values())


def _passage(findings: Sequence[Finding], room: int) -> Passage:
    first = findings[0]
    before, after = sides(first.before_quote, first.after_quote, room)
    is_gone = any(finding.rule == PAGE_GONE for finding in findings)
    return Passage(
        trail=" › ".join(_short(visible(step), _LABEL_CHARACTERS) for step in first.context),
        before=before,
        after=after,
        nothing_before=_NOTHING_BEFORE,
        nothing_after=_PAGE_IS_GONE if is_gone else _NOTHING_AFTER,
        changes=tuple(_change(finding) for finding in findings),
    )


def _change(finding: Finding) -> Change:
    return Change(
        what=_PAGE_IS_GONE.rstrip(".") if finding.rule == PAGE_GONE else _WHAT[finding.kind],
        look=LOOKS[finding.direction],
        for_review=finding.tier is Tier.REVIEW,
        reasons=tuple(_short(visible(reason), 4 * _LABEL_CHARACTERS) for reason in finding.reasons),
        how=f"rule {finding.rule}, {finding.confidence} confidence, not reviewed by a person",
        asks=", ".join(finding.asks),
    )


def _link(url: str) -> str:
    """The address where it is one that a mail may point to; "#" for javascript: and its like."""
    return url if url.startswith(("https://", "http://")) else "#"


def _short(line: str, most: int) -> str:
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _wrapped(words: str, indent: str = "") -> str:
    return fill(
        words,
        width=78,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
