"""What was heard of a case, and one letter for it."""

from dataclasses import dataclass

from monitor.model import Finding, FindingKind, Tier
from tests.benchmarks.quality.answers import Answer
from tests.benchmarks.quality.cases import Case

#: What each letter says. Small: a review; capital: an alert.
LETTERS = {
    "-": "silent",
    "a": "review",
    "d": "review, wrong direction",
    "k": "review, wrong kind",
    "b": "review, wrong kind and direction",
    "A": "alert",
    "D": "alert, wrong direction",
    "K": "alert, wrong kind",
    "B": "alert, wrong kind and direction",
    "W": "withdrawn alert",
}
_WORST_FIRST = {True: "-bBdDkKaA", False: "WAa-"}


@dataclass(frozen=True, slots=True)
class Heard:
    """The material findings that count for a case: on whole documents only those on the labelled passage."""

    case: Case
    answer: Answer
    said: tuple[Finding, ...]
    is_whole: bool

    @property
    def found(self) -> bool:
        """Alert or review."""
        return bool(self.said)

    @property
    def alerts(self) -> tuple[Finding, ...]:
        """What was told as an alert."""
        return tuple(finding for finding in self.said if finding.tier is Tier.ALERT)

    @property
    def withdrew(self) -> bool:
        """Whether an alert says that a statement is gone."""
        return any(finding.kind is FindingKind.WITHDRAWN for finding in self.alerts)

    @property
    def judged(self) -> tuple[Finding, ...]:
        """What direction and kind are read from: on real pairs from the alerts where there are any."""
        return self.said if self.case.set == "authored" else self.alerts or self.said

    @property
    def has_direction(self) -> bool:
        """Whether the label says which way."""
        return self.case.has_direction

    @property
    def direction_right(self) -> bool:
        """One of the labelled directions was told."""
        return any(finding.direction.value in self.case.directions for finding in self.judged)

    @property
    def kind_right(self) -> bool:
        """One of the labelled kinds was told."""
        return any(finding.kind.value in self.case.kinds for finding in self.judged)

    @property
    def letter(self) -> str:
        """See LETTERS."""
        if not self.found:
            return "-"
        letter = self._what_is_wrong() if self.case.material else "a"
        if self.case.set == "access_noise" and self.withdrew:
            return "W"
        return letter.upper() if self.alerts else letter

    def _what_is_wrong(self) -> str:
        direction = not self.has_direction or self.direction_right
        kind = not self.case.kinds or self.kind_right
        return {(True, True): "a", (False, True): "d", (True, False): "k", (False, False): "b"}[
            direction, kind
        ]


def hear(case: Case, answer: Answer, *, is_whole: bool) -> Heard:
    """Ordinary edits and failed captures have no labelled passage: there everything counts."""
    labelled = is_whole and case.set in ("positives", "hard_negatives")
    said = tuple(one for one in answer.material if not labelled or on_passage(one, case))
    return Heard(case, answer, said, is_whole)


def on_passage(finding: Finding, case: Case) -> bool:
    """Whether a finding is about the labelled passage."""
    return quotes_match(finding.before_quote, finding.after_quote, case)


def quotes_match(before_quote: str, after_quote: str, case: Case) -> bool:
    """At least half of a quote's words are in the labelled passage, on a side that has one."""
    sides = ((before_quote, case.passages.before), (after_quote, case.passages.after))
    return any(half_shared(quote, passage) for quote, passage in sides if quote and passage)


def half_shared(quote: str, passage: str) -> bool:
    """Whether half of the quote's words stand in the passage."""
    said, labelled = set(quote.lower().split()), set(passage.lower().split())
    return len(said & labelled) >= 0.5 * len(said)


def is_better(material: bool, old: str, new: str) -> bool:
    """Whether the later letter is the better one."""
    order = _WORST_FIRST[material]
    return order.find(new) > order.find(old)
