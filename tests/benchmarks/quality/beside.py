"""The detector beside what users have today, on the same pairs and by the same rule of matching."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.model import FindingKind, Tier
from tests.benchmarks.quality.baselines import BASELINES, Alarm
from tests.benchmarks.quality.outcomes import Heard, quotes_match
from tests.benchmarks.quality.passes import Results, pair_of
from tests.benchmarks.quality.shares import Share, share_of
from tests.benchmarks.quality.tables import table

_LABELLED = ("positives", "hard_negatives")
Alarms = Callable[[Heard], tuple[Alarm, ...]]


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who raises alarms. gone: which of them say that something is gone."""

    name: str
    alarms: Alarms
    gone: Alarms

    def alarmed(self, heard: Heard) -> bool:
        """Any alarm, on whole documents of labelled sets only on the labelled passage."""
        found = self.alarms(heard)
        if not heard.is_whole or heard.case.set not in _LABELLED:
            return bool(found)
        return any(quotes_match(alarm.before, alarm.after, heard.case) for alarm in found)


def beside_told(results: Results) -> str:
    """One row a contender."""
    header = ("", "authored", "authored", "positives", "hard neg.", "easy neg.", "failed capt.")
    says = ("", "found", "silent", "found", "alarmed", "alarmed", "told gone")
    rows = [_row(contender, results) for contender in _contenders(results)]
    title = "Beside what users have today (real pairs: whole documents)"
    return table(title, header, [says, *rows])


def _row(contender: Contender, results: Results) -> tuple[str, ...]:
    authored = results.of("authored", whole=False)
    noise = [one for one in results.of("access_noise", whole=True) if one.case.is_failed_capture]
    alarmed = contender.alarmed
    shares = (
        share_of((one for one in authored if one.case.material), alarmed),
        share_of((one for one in authored if not one.case.material), lambda one: not alarmed(one)),
        share_of(results.of("positives", whole=True), alarmed),
        share_of(results.of("hard_negatives", whole=True), alarmed),
        share_of(results.of("easy_negatives", whole=True), alarmed),
        share_of(noise, lambda one: bool(contender.gone(one))),
    )
    return (contender.name, *map(_percent, shares))


def _percent(share: Share) -> str:
    return f"{share.rate:.1%}"


def _contenders(results: Results) -> list[Contender]:
    ours = [
        Contender("this detector, alert or review", _told(*Tier), _told(*Tier, gone=True)),
        Contender("this detector, alert", _told(Tier.ALERT), _told(Tier.ALERT, gone=True)),
    ]
    return ours + [_baseline(name, results.alarms) for name in BASELINES]


def _told(*tiers: Tier, gone: bool = False) -> Alarms:
    def alarms(heard: Heard) -> tuple[Alarm, ...]:
        return tuple(
            Alarm(finding.before_quote, finding.after_quote)
            for finding in heard.answer.material
            if finding.tier in tiers and (not gone or finding.kind is FindingKind.WITHDRAWN)
        )

    return alarms


def _baseline(name: str, heard: Mapping[str, Mapping[str, tuple[Alarm, ...]]]) -> Contender:
    def alarms(one: Heard) -> tuple[Alarm, ...]:
        return heard[pair_of(one).name][name]

    def gone(one: Heard) -> tuple[Alarm, ...]:
        return tuple(alarm for alarm in alarms(one) if alarm.before)

    return Contender(name, alarms, gone)
