"""An alert as its message tells it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from alerts.contents import NOWHERE, Entry, Part, Spot, sentence, shown_by, spot
from alerts.limits import Limits, first, line
from alerts.looks import LOOKS, Look
from alerts.passages import LAPSES, Passage, passages
from alerts.reader import Reader
from monitor.model import Alert, Earlier, Place, Relation, Side, Tier, Touched

_RELATIONS = {
    Relation.EARLIER: "Earlier: on {at} we told:",
    Relation.REVERSED: "This reverses what we told on {at}:",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """An alert. early and known stand on top; moments are label and value; has_marks: words are marked.

    glance: what to know before all else, in a line: when, how sure, and which asks.
    """

    headline: str
    glance: str
    early: str
    known: str
    look: Look
    organization: str
    role: str
    page: Spot
    reverses: tuple[Entry, ...]
    passages: tuple[Passage, ...]
    passages_left_out: int
    parts: tuple[Part, ...]
    moments: tuple[tuple[str, str], ...]
    not_checked: tuple[str, ...]
    links: tuple[Entry, ...]
    proof: tuple[Entry, ...]
    has_marks: bool


def letter(alert: Alert, reader: Reader, limits: Limits) -> Letter:
    """The alert for this reader."""
    shown, left_out = passages(alert.findings, reader.reviewed, limits)
    not_checked, more = first(alert.not_checked, limits.entries)
    return Letter(
        headline=sentence(line(alert.headline, 3 * limits.line)),
        glance=" · ".join(_glance(alert, reader, limits)),
        early=_early(alert),
        known=_known(alert, reader),
        look=LOOKS[alert.direction],
        organization=line(alert.organization.get("name", ""), limits.line),
        role=line(alert.page.get("role", "").replace("_", " "), limits.line),
        page=spot(alert.page.get("url", ""), limits),
        reverses=_follows(alert, Relation.REVERSED, reader, limits).entries,
        passages=shown,
        passages_left_out=left_out,
        parts=tuple(part for part in _parts(alert, reader, limits) if part.entries),
        moments=_moments(alert, reader),
        not_checked=(*(line(one, limits.line) for one in not_checked), *_and_more(more)),
        links=_links(alert, limits),
        proof=_proof(alert, limits),
        has_marks=any(run.kind != "same" for one in shown for run in (*one.before, *one.after)),
    )


def _glance(alert: Alert, reader: Reader, limits: Limits) -> Iterator[str]:
    if is_lapse(alert):
        yield f"Words last seen {reader.when(_words_last_seen(alert))}"
    else:
        yield f"First seen {reader.when(alert.after.fetched_at)}"
        yield "confirmed" if alert.after.confirmed_at else "not confirmed yet"
    if len({finding.tier is Tier.REVIEW for finding in alert.findings}) > 1:
        yield "partly for review"
    if ids := _touched(alert):
        more = len(ids) - 1
        others = f" and {more:,} more ask{'s' * (more > 1)}" if more else ""
        yield f"touches {line(ids[0], limits.line)}{others}"


def _touched(alert: Alert) -> tuple[str, ...]:
    """The ids of the asks; those of the findings where the alert itself names none."""
    of_findings = (id for finding in alert.findings for id in finding.asks)
    return tuple(dict.fromkeys(one.id for one in alert.asks)) or tuple(dict.fromkeys(of_findings))


def _early(alert: Alert) -> str:
    """What stands above an alert that is told before it is confirmed."""
    if alert.after.confirmed_at:
        return ""
    return "Not confirmed yet: seen once; it is told again when it is confirmed."


def _known(alert: Alert, reader: Reader) -> str:
    """What stands above an alert that this reader knows from before it was confirmed."""
    if not alert.after.confirmed_at or reader.told_early_at is None:
        return ""
    return f"Confirmed: we told you of this unconfirmed on {reader.when(reader.told_early_at)}."


def _parts(alert: Alert, reader: Reader, limits: Limits) -> Sequence[Part]:
    return (
        _asks(alert.asks, limits),
        _places(alert, limits),
        _follows(alert, Relation.EARLIER, reader, limits),
    )


def _asks(asks: Sequence[Touched], limits: Limits) -> Part:
    """What several asks share as a reason is said once, with the last of them."""
    in_order = sorted(asks, key=lambda ask: [one.why for one in asks].index(ask.why))
    shown, left_out = first(in_order, limits.entries)
    entries = tuple(
        entry for _, same in groupby(shown, key=_why) for entry in _for_one_reason(tuple(same), limits)
    )
    return Part("The ask it touches" if len(asks) == 1 else "The asks it touches", entries, left_out)


def _why(ask: Touched) -> str:
    return ask.why


def _for_one_reason(asks: Sequence[Touched], limits: Limits) -> Iterator[Entry]:
    label = "Why" if len(asks) == 1 else f"Why these {len(asks)}"
    for ask in asks:
        yield _ask(ask, label if ask is asks[-1] else "", limits)


def _ask(ask: Touched, why: str, limits: Limits) -> Entry:
    """Its words, where it comes from (an address, or words), and why it is touched; why: "" for not here."""
    source = spot(ask.source, limits)
    origin = "" if source.href else sentence(source.text)
    reason = sentence(line(ask.why, 2 * limits.line)) if why else ""
    notes = [f"{name}: {said}" for name, said in (("Source", origin), (why, reason)) if said]
    return Entry(
        f"{line(ask.id, limits.line)}:",
        line(ask.text, 2 * limits.line),
        " ".join(notes),
        source if source.href else NOWHERE,
    )


def _places(alert: Alert, limits: Limits) -> Part:
    shown, left_out = first(alert.places, limits.entries)
    pages = "1 more page" if len(alert.places) == 1 else f"{len(alert.places):,} more pages"
    entries = tuple(_place(alert, one, limits) for one in shown)
    what = "stand" if is_lapse(alert) else "changed"
    return Part(f"The same words {what} on {pages}", entries, left_out)


def _place(alert: Alert, place: Place, limits: Limits) -> Entry:
    role = line(place.page.get("role", "").replace("_", " "), limits.line)
    return Entry(
        f"{role}:", spot=spot(place.page.get("url", ""), limits), command=_command(alert, place.alert_id)
    )


def _follows(alert: Alert, relation: Relation, reader: Reader, limits: Limits) -> Part:
    shown, left_out = first([one for one in alert.follows if one.relation is relation], limits.entries)
    entries = tuple(_earlier(alert, one, reader, limits) for one in shown)
    return Part("What we told before", entries, left_out)


def _earlier(alert: Alert, earlier: Earlier, reader: Reader, limits: Limits) -> Entry:
    desk = _on_the_desk(alert, earlier.alert_id)
    return Entry(
        _RELATIONS[earlier.relation].format(at=reader.when(earlier.raised_at)),
        sentence(line(earlier.headline, 2 * limits.line)),
        spot=spot(desk, limits, "See it on the desk"),
        command=_command(alert, earlier.alert_id),
    )


def _moments(alert: Alert, reader: Reader) -> tuple[tuple[str, str], ...]:
    before, after = alert.before, alert.after
    unchanged_at = before.last_seen_at or before.fetched_at
    if is_lapse(alert):
        return (("The words last seen", reader.when(_words_last_seen(alert))),)
    seen = (
        ("Last seen unchanged", reader.when(unchanged_at)),
        ("First seen changed", reader.when(after.fetched_at)),
    )
    return (*seen, ("Confirmed", reader.when(after.confirmed_at))) if after.confirmed_at else seen


def _words_last_seen(alert: Alert) -> datetime:
    """By a lapse both sides are looks at the same words."""
    return max(side.last_seen_at or side.fetched_at for side in (alert.before, alert.after))


def is_lapse(alert: Alert) -> bool:
    """Whether a day came, and no words changed."""
    return bool(alert.findings) and all(finding.rule in LAPSES for finding in alert.findings)


def _links(alert: Alert, limits: Limits) -> tuple[Entry, ...]:
    desk = spot(alert.links.get("desk", ""), limits, "This change on the desk")
    evidence = spot(alert.links.get("evidence", ""), limits, "The evidence, to keep and to verify")
    links = [Entry("The live page:", spot=spot(alert.page.get("url", ""), limits))]
    links += [Entry("This change on the desk:", spot=desk)] if desk.text else []
    links += [Entry("The evidence:", spot=evidence)] if evidence.text else []
    return (*links, *([] if desk.text else [Entry("The evidence:", command=shown_by(alert.id))]))


def _proof(alert: Alert, limits: Limits) -> tuple[Entry, ...]:
    before, after = alert.before, alert.after
    if is_lapse(alert) and (before.sha256, before.url) == (after.sha256, after.url):
        return (_side("The page as read", after, limits),)
    return _side("Before", before, limits), _side("After", after, limits)


def _side(name: str, side: Side, limits: Limits) -> Entry:
    return Entry(name, line(side.sha256, limits.line) or "no body came", spot=spot(side.url, limits))


def _command(alert: Alert, id: str) -> str:
    """How another alert is shown; "" where the desk shows it."""
    return "" if alert.links.get("desk") else shown_by(id)


def _on_the_desk(alert: Alert, id: str) -> str:
    """The address of another alert, next to that of this one; "" without a desk."""
    desk = alert.links.get("desk", "")
    return desk.removesuffix(alert.id) + id if desk.endswith(alert.id) else ""


def _and_more(count: int) -> tuple[str, ...]:
    return (f"And {count:,} more.",) if count else ()
