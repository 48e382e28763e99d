"""Mutes: what people decided not to be told of for a while (config/mutes.toml). Pure but for reading it.

    [[mutes]]
    page = "corvid/terms"        # or organization = "corvid"; one of them is needed
    kinds = ["scope"]            # of finding; left out: every kind
    words = "biometric login"    # a phrase that the quote holds; left out: any words
    author = "Ana"
    reason = "The page alternates between two editions."
    since = 2026-11-22           # the first and the last day on which it holds (UTC)
    until = 2026-12-22
    from_alert = "…"             # the alert that it was made after

A mute never hides that words are gone, or that they say the opposite now (ALWAYS_TOLD); an alert is silent
only where each of its findings is muted. What is muted is recorded as ever.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from monitor.errors import ConfigError
from monitor.model import PAGE_GONE, Alert, Finding, FindingKind, Review, Verdict
from monitor.tables import build, read_toml

FILE = "mutes.toml"
ALWAYS_TOLD = frozenset({FindingKind.WITHDRAWN, FindingKind.RELOCATED, FindingKind.REVERSED})
LONGEST = timedelta(days=366)
WORDS_AT_MOST = 120  #: characters of a quote that a proposal takes as its words
#: How long a proposed mute lasts: noise of a page passes, what its words are about does not.
LASTS = {
    Verdict.PAGE_NOISE: timedelta(days=30),
    Verdict.REWORDED_ONLY: timedelta(days=90),
    Verdict.NOT_ABOUT_THIS: timedelta(days=365),
}

_PAGE = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
_HALF = re.compile("[\ud800-\udfff].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mute:
    """What is not told, who decided that and why, and for how long. Days are UTC, both included."""

    author: str
    reason: str
    since: date
    until: date
    organization: str = ""
    page: str = ""
    kinds: tuple[FindingKind, ...] = ()
    words: str = ""
    from_alert: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    mutes: tuple[Mute, ...] = ()


def load_mutes(config: Path) -> tuple[Mute, ...]:
    """The mutes of a config folder, also those that have ended; none where it has no mutes.toml.

    Raises ConfigError with file and key.
    """
    file = config / FILE
    if not file.exists():
        return ()
    table = read_toml(file)
    mutes = build(_File, table, str(file)).mutes
    for place, mute in enumerate(mutes):
        key = f"mutes[{place}]"
        if "words" in table["mutes"][place] and not mute.words.strip():
            raise ConfigError(str(file), f"{key}.words", "is empty; write a phrase, or leave it out")
        _check(mute, str(file), key)
    return mutes


def muted(alert: Alert, mutes: Iterable[Mute], today: date) -> Mute | None:
    """The mute that keeps this alert silent on this day (UTC); None where anything in it is to be told."""
    in_force = [one for one in mutes if one.since <= today <= one.until]
    by = [_by_which(finding, alert, in_force) for finding in alert.findings]
    return by[0] if by and all(by) else None


def is_always_told(finding: Finding) -> bool:
    """Whether no mute hides it: words are gone from the page, or may say the opposite now."""
    is_gone = bool(finding.before_quote) and not finding.after_quote
    return is_gone or finding.rule == PAGE_GONE or finding.kind in ALWAYS_TOLD


def proposed(alert: Alert, review: Review) -> tuple[Mute, ...]:
    """The mutes that would keep the like of a wrong alert silent, one for each of its quotes.

    For a person to put into mutes.toml: nothing applies them by itself. None where the verdict asks for none,
    where no mute hides what was found, or where it has no words to be muted by.
    """
    if review.verdict not in LASTS:
        return ()
    since = review.at.date()
    mute = Mute(
        author=review.author,
        reason=review.note.strip() or f"judged {review.verdict}",
        since=since,
        until=since + LASTS[review.verdict],
        page=alert.page["id"],
        from_alert=alert.id,
    )
    return tuple(_narrowed(mute, alert.findings, review.verdict))


def as_toml(mute: Mute) -> str:
    """The mute as it stands in mutes.toml, ending with a line break."""
    texts = {name: getattr(mute, name) for name in ("organization", "page", "words", "author", "reason")}
    lines = [f"{name} = {_quoted(text)}" for name, text in texts.items() if text]
    if mute.kinds:
        lines.insert(1, f"kinds = [{', '.join(_quoted(kind) for kind in mute.kinds)}]")
    lines += [f"since = {mute.since.isoformat()}", f"until = {mute.until.isoformat()}"]
    lines += [f"from_alert = {_quoted(mute.from_alert)}"] if mute.from_alert else []
    return "\n".join(("[[mutes]]", *lines, ""))


def _check(mute: Mute, file: str, key: str) -> None:
    for name in ("author", "reason"):
        if not getattr(mute, name).strip():
            raise ConfigError(file, f"{key}.{name}", "is empty; a mute says who decided it, and why")
    if not mute.organization and not mute.page:
        problem = "names neither an organization nor a page, so it would mute everything; name one of them"
        raise ConfigError(file, key, problem)
    if mute.page and not _PAGE.fullmatch(mute.page):
        problem = f'is "{mute.page}"; write the id of a page, such as corvid/terms'
        raise ConfigError(file, f"{key}.page", problem)
    if mute.organization and mute.page and not mute.page.startswith(f"{mute.organization}/"):
        problem = f'is "{mute.page}", which is no page of {mute.organization}; leave one of them out'
        raise ConfigError(file, f"{key}.page", problem)
    _check_kinds(mute, file, key)
    _check_days(mute, file, key)


def _check_kinds(mute: Mute, file: str, key: str) -> None:
    for place, kind in enumerate(mute.kinds):
        if kind in ALWAYS_TOLD:
            problem = f'is "{kind}", which no mute hides; take it out'
            raise ConfigError(file, f"{key}.kinds[{place}]", problem)


def _check_days(mute: Mute, file: str, key: str) -> None:
    if mute.until < mute.since:
        raise ConfigError(file, f"{key}.until", f"is {mute.until}, before since; write a later day")
    if mute.until - mute.since > LONGEST:
        problem = f"is {mute.until}, more than {LONGEST.days} days after since; a mute ends and is made anew"
        raise ConfigError(file, f"{key}.until", problem)


def _by_which(finding: Finding, alert: Alert, mutes: Sequence[Mute]) -> Mute | None:
    if is_always_told(finding):
        return None
    return next((mute for mute in mutes if _covers(mute, finding, alert)), None)


def _covers(mute: Mute, finding: Finding, alert: Alert) -> bool:
    quotes = (finding.before_quote, finding.after_quote)
    return (
        mute.organization in ("", alert.organization["id"])
        and mute.page in ("", alert.page["id"])
        and (not mute.kinds or finding.kind in mute.kinds)
        and (not mute.words or any(_folded(mute.words) in _folded(quote) for quote in quotes))
    )


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def _narrowed(mute: Mute, findings: Iterable[Finding], verdict: Verdict) -> Iterator[Mute]:
    """Noise comes with other words each time, so it is muted by kind; everything else by its words."""
    is_noise = verdict is Verdict.PAGE_NOISE
    by_words: dict[str, list[FindingKind]] = {}
    for finding in findings:
        words = "" if is_noise else _opening(finding)
        if (words or is_noise) and not is_always_told(finding):
            by_words.setdefault(words, []).append(finding.kind)
    for words, kinds in by_words.items():
        narrow = () if verdict is Verdict.NOT_ABOUT_THIS else tuple(dict.fromkeys(kinds))
        yield Mute(
            mute.author, mute.reason, mute.since, mute.until, "", mute.page, narrow, words, mute.from_alert
        )


def _opening(finding: Finding) -> str:
    """The first words of the quote, as far as TOML can hold them."""
    words = _HALF.sub("", finding.after_quote or finding.before_quote).strip()
    if len(words) > WORDS_AT_MOST:
        words = words[:WORDS_AT_MOST].rsplit(None, 1)[0]
    return words


def _quoted(text: str) -> str:
    """Text as a TOML string in which nothing can act; half a surrogate pair, which TOML has not, is "?"."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return '"' + "".join(_escaped(sign) for sign in whole) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() else f"\\U{ord(sign):08X}"
