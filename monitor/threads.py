"""Which earlier alerts a new one follows: on the same words, or told early, or taken back by it. Pure."""

from collections.abc import Iterable, Sequence

from monitor.model import Alert, Earlier, Finding, Relation
from monitor.segment import fold

LEADS_IN = (":", ",", "：")  #: what a line ends with that decides what stands below it
AT_MOST = 5  #: earlier alerts that are named, the newest


def earlier_of(findings: Iterable[Finding], known: Sequence[Alert]) -> tuple[Earlier, ...]:
    """The alerts among the known ones (newest first) that these findings follow."""
    new = [_words(finding) for finding in findings]
    followed = ((alert, _relation(new, alert)) for alert in known)
    named = [Earlier(one.id, one.raised_at, one.headline, how) for one, how in followed if how]
    return tuple(named[:AT_MOST])


def thread_of(follows: Sequence[Earlier], known: Iterable[Alert]) -> str:
    """The thread of the newest alert that is followed; "" where none is."""
    threads = {alert.id: alert.first_id for alert in known}
    return threads[follows[0].alert_id] if follows else ""


def _relation(new: Sequence[tuple[str, str]], earlier: Alert) -> Relation | None:
    """Whether it is taken back, or changed the same words; of an early one, whether it is confirmed."""
    old = [_words(finding) for finding in earlier.findings]
    if not earlier.after.confirmed_at:
        return Relation.CONFIRMS if set(new) & set(old) else None
    if any(before != after and (after, before) in old for before, after in new):
        return Relation.REVERSED
    said = {words for both in old for words in both if words}
    return Relation.EARLIER if any(words in said for both in new for words in both) else None


def governing(finding: Finding) -> str:
    """The lines that the words stand under, where they decide what is meant: "You may not sell … to:"."""
    return governing_line(finding.context)


def governing_line(context: Iterable[str]) -> str:
    """The same of a statement's context: headings, and the lines above it."""
    return fold(" ".join(line for line in context if line.rstrip().endswith(LEADS_IN)))


def _words(finding: Finding) -> tuple[str, str]:
    """The words before and after, each with what governs it; "" where there are none."""
    line = governing(finding)
    return _under(line, finding.before_quote), _under(line, finding.after_quote)


def _under(line: str, quote: str) -> str:
    return f"{line}\n{fold(quote)}" if quote else ""
