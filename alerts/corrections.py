"""What follows from a verdict: who got an alert that a person judged wrong hears of it. One transaction.

A correction goes out whenever the verdict that counts is another one than before; an alert that nobody judged
counts as right. It goes to everyone who has the alert, by the way it came; what still waits is taken back.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alerts.links import linked
from alerts.marking import visible
from alerts.render import when
from alerts.routes import unwanted
from alerts.sisters import as_told
from monitor.model import CORRECTION, Alert, Delivery, Notice, Review, Verdict
from monitor.settings import Settings
from monitor.store import Connection, notices, reviews
from monitor.store import alerts as stored
from monitor.store.alerts import BUNDLED, GATHERED, PARKED, TAKEN_BACK, UNDER_WAY, WAITING, NewDelivery

#: What each verdict says of the alert, as the end of a sentence.
SAYINGS = {
    Verdict.RIGHT: "it holds as it was told",
    Verdict.WRONG_DIRECTION: "the words changed as quoted, but the direction that was told is wrong",
    Verdict.REWORDED_ONLY: "the words changed as quoted, but what they commit to is the same as before",
    Verdict.NOT_ABOUT_THIS: "the words are not about facial recognition or other biometric surveillance",
    Verdict.PAGE_NOISE: "the page showed something else for a while, and its statements did not change",
    Verdict.DUPLICATE: "the same change was told by another alert, so it counts once",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict led to: how many messages, how many that are not sent now, how many sent after all."""

    corrections: int = 0
    taken_back: int = 0
    sent_after_all: int = 0


def is_wrong(review: Review | None) -> bool:
    """Whether a person judged the alert, and not as right."""
    return review is not None and review.verdict is not Verdict.RIGHT


def judge(
    conn: Connection,
    alert: Alert,
    review: Review,
    settings: Settings,
    anew: Sequence[NewDelivery] = (),
) -> Judged:
    """Keep the verdict, and do what follows from it. conn: a write transaction.

    anew: whom the settings of today would tell of this alert; they are, where it is right after all and they
    were not told.
    """
    before = _verdict(reviews.of_alert(conn, alert.id))
    reviews.add(conn, review)
    if review.verdict is before:
        return Judged()
    told, was = stored.told_to(conn, alert.id), stored.of_alert(conn, alert.id)
    sent_after_all = 0
    if is_wrong(review):
        stored.take_back(conn, alert.id)
    else:
        sent_after_all = _send_after_all(conn, alert, review, anew, [*told, *_in_hand(was)])
    left = stored.of_alert(conn, alert.id)
    may_arrive = [one for one in was if one.last_error == UNDER_WAY] + _in_state(left, BUNDLED)
    notice = correction(linked(as_told(conn, alert), settings.desk.url), review, before)
    them = _news_to(conn, alert, review, [*told, *may_arrive])
    corrected = notices.add_to(conn, notice, tuple(_addressed(notice, them, settings)))
    taken_back = len(_in_state(left, TAKEN_BACK)) - len(_in_state(was, TAKEN_BACK))
    return Judged(corrected, taken_back, sent_after_all)


def _news_to(
    conn: Connection, alert: Alert, review: Review, them: Sequence[stored.Told | Delivery]
) -> list[stored.Told | Delivery]:
    """To whom of them the verdict is news. Corrections that were not tried yet are overtaken by it.

    That an alert is right after all is news to those alone who were told otherwise.
    """
    stored.call_back(conn, [one.id for one in stored.about(conn, alert.id)])
    corrected = {_way(one) for one in stored.about(conn, alert.id) if one.state != TAKEN_BACK}
    return [one for one in them if is_wrong(review) or _way(one) in corrected]


def _in_hand(those: Iterable[Delivery]) -> list[Delivery]:
    """What is still to be sent."""
    return [one for one in those if one.state in (WAITING, GATHERED, BUNDLED, PARKED)]


def _in_state(those: Iterable[Delivery], state: str) -> list[Delivery]:
    return [one for one in those if one.state == state]


def correction(alert: Alert, review: Review, before: Verdict) -> Notice:
    """The message that a verdict changed what was told. before: the verdict until now."""
    id = hashlib.sha256(
        json.dumps([CORRECTION, alert.id, review.verdict, review.at.isoformat()]).encode()
    ).hexdigest()
    return Notice(
        id, review.at, CORRECTION, _headline(alert, review), tuple(_lines(alert, review, before)), alert.id
    )


def reviewed(review: Review) -> str:
    """A verdict in a line: "page-noise by Ana, 2026-11-22 06:02 UTC"."""
    return f"{review.verdict} by {review.author}, {when(review.at)}"


def _headline(alert: Alert, review: Review) -> str:
    told, saying = _line(alert.headline).rstrip("."), SAYINGS[review.verdict]
    if review.verdict is Verdict.RIGHT:
        return f"A person judged this again: {told}. {saying.capitalize()}."
    how = "This was told twice" if review.verdict is Verdict.DUPLICATE else "A person judged this to be wrong"
    return f"{how}: {told}. What holds: {saying}."


def _lines(alert: Alert, review: Review, before: Verdict) -> Iterator[str]:
    early = "" if alert.after.confirmed_at else ", not confirmed then"
    yield f"Raised on {when(alert.raised_at)}{early}, on the page {alert.page['url']}"
    yield f"Judged by {_line(review.author)} on {when(review.at)}: {review.verdict}."
    if before is not Verdict.RIGHT:
        yield f"This goes before what was said of it until now: {before}."
    if review.note.strip():
        yield f"Note of the reviewer: {_line(review.note)}"
    if alert.places:
        yield "The same words on sister pages were told with it, and have alerts of their own to judge:"
        yield from (
            f"{place.page['url']} (pledgewatch alerts show {place.alert_id[:12]})" for place in alert.places
        )
    yield f"The evidence stays: {alert.links.get('desk') or f'pledgewatch alerts show {alert.id[:12]}'}"


def _verdict(earlier: Sequence[Review]) -> Verdict:
    """The one that counts until now."""
    return earlier[-1].verdict if earlier else Verdict.RIGHT


def _addressed(
    notice: Notice, them: Iterable[stored.Told | Delivery], settings: Settings
) -> Iterator[NewDelivery]:
    """One delivery for each way by which the alert came, and which the settings still know."""
    for route, channel, recipient in dict.fromkeys(_way(one) for one in them):
        key = f"{notice.id}/{route}/{channel}/{recipient}"
        if not unwanted(Delivery(0, key, "", route, channel, recipient, ""), settings):
            yield NewDelivery(key, route, channel, recipient)


def _send_after_all(
    conn: Connection,
    alert: Alert,
    review: Review,
    anew: Iterable[NewDelivery],
    reached: Iterable[stored.Told | Delivery],
) -> int:
    """What was taken back goes out, under keys of its own: the first ones stay taken."""
    known = {_way(one) for one in reached}
    again = [
        NewDelivery(f"{review.at.isoformat()}/{one.key}", one.route, one.channel, one.recipient, one.gathered)
        for one in anew
        if _way(one) not in known
    ]
    stored.put(conn, again, review.at, alert_id=alert.id)
    return len(again)


def _way(one: stored.Told | Delivery | NewDelivery) -> tuple[str, str, str]:
    return one.route, one.channel, one.recipient


def _line(words: str) -> str:
    return visible(" ".join(words.split()))
