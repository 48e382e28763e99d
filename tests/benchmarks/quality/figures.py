"""The figures that the detector must reach, each beside its floor and its aim, and some that only must not fall."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.model import Tier
from tests.benchmarks.quality.outcomes import Heard
from tests.benchmarks.quality.passes import Results, pair_of
from tests.benchmarks.quality.shares import Share, share_of, tallied
from tests.benchmarks.quality.tables import share_told, table


@dataclass(frozen=True, slots=True)
class Figure:
    """One row. floor and aim in percent (or per `per`); None: nobody asked for a value."""

    id: str
    name: str
    share: Share
    floor: float | None = None
    aim: float | None = None
    at_most: bool = False  #: few is good
    per: int = 100
    by_misses: bool = (
        False  #: pinned by how many are wrong, for how many there are is the detector's own doing
    )

    @property
    def pinned(self) -> tuple[str, int]:
        """What a floor keeps of it."""
        if self.by_misses:
            return "wrong_at_most", self.share.of - self.share.count
        return ("at_most" if self.at_most else "at_least"), self.share.count

    @property
    def is_met(self) -> bool:
        """Whether the floor is reached. What has no floor, or no case, is not met by luck."""
        return self.reaches(self.floor)

    def reaches(self, goal: float | None) -> bool:
        """Whether the share is as good as that."""
        if goal is None or not self.share.of:
            return False
        ours, wanted = self.share.count * self.per, goal * self.share.of
        return ours <= wanted if self.at_most else ours >= wanted


def figures(results: Results) -> tuple[Figure, ...]:
    """Every figure, in the order of the table."""
    return (
        *_authored(results),
        *_positives(results),
        *_negatives(results),
        *_promises(results),
        *_extras(results),
    )


def _authored(results: Results) -> Iterator[Figure]:
    heard = results.of("authored", whole=False)
    material = [one for one in heard if one.case.material]
    immaterial = [one for one in heard if not one.case.material]
    found = [one for one in material if one.found]
    yield Figure(
        "authored_found", "authored: material pairs found", share_of(material, lambda h: h.found), 85, 97
    )
    yield Figure(
        "authored_silent",
        "authored: immaterial pairs left silent",
        share_of(immaterial, lambda h: not h.found),
        90,
        97,
    )
    yield Figure(
        "authored_direction",
        "authored: direction right when found",
        share_of(found, lambda h: h.direction_right),
        90,
        98,
    )
    yield Figure(
        "authored_kind", "authored: kind right when found", share_of(found, lambda h: h.kind_right), 70, 90
    )


def _positives(results: Results) -> Iterator[Figure]:
    heard = results.of("positives", whole=True)
    alerted = [one for one in heard if one.alerts and one.has_direction]
    passages = results.of("positives", whole=False)
    yield Figure(
        "positives_found",
        "real positives: found as alert or review",
        share_of(heard, lambda h: h.found),
        88,
        97,
    )
    yield Figure(
        "positives_alert", "real positives: found as alert", share_of(heard, lambda h: bool(h.alerts)), 60, 80
    )
    yield Figure(
        "positives_direction",
        "real positives: direction right, among alerts",
        share_of(alerted, lambda h: h.direction_right),
        88,
        96,
    )
    yield Figure(
        "positives_passages", "real positives, passages alone: found", share_of(passages, lambda h: h.found)
    )


def _negatives(results: Results) -> Iterator[Figure]:
    hard = results.of("hard_negatives", whole=True)
    easy = results.of("easy_negatives", whole=True)
    noise = [one for one in results.of("access_noise", whole=True) if one.case.is_failed_capture]
    passages = results.of("hard_negatives", whole=False)
    yield _few("hard_found", "real hard negatives: material finding on the passage", hard, 12, 4)
    yield _few_alerts("hard_alert", "real hard negatives: alert on the passage", hard, 4, 1)
    yield Figure(
        "hard_passages",
        "real hard negatives, passages alone: material finding",
        share_of(passages, lambda h: h.found),
        at_most=True,
    )
    yield _few_alerts("easy_alert", "real easy negatives: any alert", easy, 1, 0)
    yield Figure(
        "noise_withdrawn",
        "failed captures: a withdrawn alert",
        share_of(noise, lambda h: h.withdrew),
        3,
        0,
        at_most=True,
    )


def _few(id: str, name: str, heard: list[Heard], floor: float, aim: float) -> Figure:
    return Figure(id, name, share_of(heard, lambda h: h.found), floor, aim, at_most=True)


def _few_alerts(id: str, name: str, heard: list[Heard], floor: float, aim: float) -> Figure:
    return Figure(id, name, share_of(heard, lambda h: bool(h.alerts)), floor, aim, at_most=True)


def _promises(results: Results) -> Iterator[Figure]:
    pairs = [(pair, one.case, one.answer) for pair, one in results.by_pair]
    exact = tallied((case, got.quotes - len(got.inexact), got.quotes) for _, case, got in pairs)
    kept = tallied(
        (case, got.owed.statements - got.owed.misplaced, got.owed.statements) for _, case, got in pairs
    )
    same = tallied((case, pair.name not in results.unlike, 1) for pair, case, _ in pairs)
    yield Figure("quotes_exact", "quotes that stand so in the text", exact, 100, 100, by_misses=True)
    yield Figure("conservation", "conservation: old statements in one place", kept, 100, 100, by_misses=True)
    yield Figure("same_bytes", "same bytes in, same bytes out", same, 100, 100, by_misses=True)


def _extras(results: Results) -> Iterator[Figure]:
    quiet = _once(
        one
        for one in results.of("easy_negatives", "access_noise", whole=True)
        if one.case.set == "easy_negatives" or one.case.is_failed_capture
    )
    for tier, floor, aim in ((Tier.REVIEW, 20, 5), (Tier.ALERT, 5, 1)):
        extra = share_of(quiet, lambda h, tier=tier: sum(f.tier is tier for f in h.said))  # type: ignore[misc]
        name = f"extra {tier} findings per 1,000 quiet document pairs"
        yield Figure(f"extra_{tier}", name, extra, floor, aim, at_most=True, per=1000)


def _once(heard: Iterable[Heard]) -> list[Heard]:
    """One for each pair of documents."""
    return list({pair_of(one).name: one for one in heard}.values())


def figures_told(found: Iterable[Figure]) -> str:
    """The table of the goals."""
    header = ("It must reach", "measured [95 %]", "floor", "aim", "")
    return table(
        "The detector on the labelled pairs (95 % by organization)", header, [_row(one) for one in found]
    )


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _measured(figure),
        _goal(figure, figure.floor),
        _goal(figure, figure.aim),
        _verdict(figure),
    )


def _measured(figure: Figure) -> str:
    if figure.per == 100:
        return share_told(figure.share)
    low, high = figure.share.interval
    told = f"{figure.share.count} in {figure.share.of} {figure.share.rate * figure.per:5.1f}"
    return f"{told}   [{low * figure.per:3.0f}–{high * figure.per:3.0f}]"


def _goal(figure: Figure, goal: float | None) -> str:
    if goal is None:
        return ""
    return f"{'≤' if figure.at_most else '≥'} {goal:g}{' %' if figure.per == 100 else '  '}"


def _verdict(figure: Figure) -> str:
    if figure.floor is None:
        return "no floor"
    return "aim met" if figure.reaches(figure.aim) else "met" if figure.is_met else "NOT MET"
