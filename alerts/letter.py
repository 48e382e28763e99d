"""An alert as its message tells it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.contents import NOWHERE, Entry, Part, Spot, sentence, shown_by, spot
from alerts.limits import Limits, first, line
from alerts.looks import LOOKS, Look
from alerts.passages import LAPSES, Passage, passages
from alerts.reader import Reader
from monitor.model import Alert, Earlier, Place, Relation, Side, Touched

_RELATIONS = {
    Relation.EARLIER: "Earlier: on {at} we told:",
    Relation.REVERSED: "This reverses what we told on {at}:",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """An alert. early and known stand on top; moments are label and value; has_marks: words are marked."""

    headline: str
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
    shown, left_out = passages(alert.findings, limits)
    not_checked, more = first(alert.not_checked, limits.entries)
    return Letter(
        headline=sentence(line(alert.headline, 3 * limits.line)),
        early=_early(alert, reader),
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


def _early(alert: Alert, reader: Reader) -> str:
    """What stands above an alert that is told before it is confirmed."""
    if alert.after.confirmed_at:
        return ""
    seen_at = reader.when(alert.after.fetched_at)
    return f"Not confirmed yet: seen once on {seen_at}; it is told again when it is confirmed."


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
    shown, left_out = first(asks, limits.entries)
    entries = tuple(_ask(one, limits) for one in shown)
    return Part("The ask it touches" if len(asks) == 1 else "The asks it touches", entries, left_out)


def _ask(ask: Touched, limits: Limits) -> Entry:
    """Its words, why it is touched, and where it comes from: an address, or words."""
    source = spot(ask.source, limits)
    why = sentence(line(ask.why, 2 * limits.line))
    origin = "" if source.href else sentence(source.text)
    notes = [f"{name}: {said}" for name, said in (("Why", why), ("Source", origin)) if said]
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
        return (
            ("The words last seen", reader.when(max(unchanged_at, after.last_seen_at or after.fetched_at))),
        )
    seen = (
        ("Last seen unchanged", reader.when(unchanged_at)),
        ("First seen changed", reader.when(after.fetched_at)),
    )
    return (*seen, ("Confirmed", reader.when(after.confirmed_at))) if after.confirmed_at else seen


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
