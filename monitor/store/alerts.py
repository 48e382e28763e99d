"""Alerts and their deliveries, written in one transaction: the outbox sends them later, at least once.

The deliveries of notices (notices.py) are among them; those of an alert that is held (holds.py) are not due.

    waiting ─► sent                       A delivery that is bundled shares the fate of the one that goes in
    waiting ─► parked ─► waiting          its place, a digest's or that of the same change on a sister page:
    waiting ─► bundled ─► sent, parked    it is sent, parked and put back with that, in one transaction.
    gathered ─► bundled                   It waits for the next digest of its route …
    gathered ─► waiting                   … or, where that has none any more, for nothing.
    all but sent ─► taken_back            The alert is told otherwise, or is told no more.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, insert, or_, select, update

from monitor.errors import InputError
from monitor.model import Alert, Delivery
from monitor.store import chain
from monitor.store.chain import TOGETHER
from monitor.store.tables import alerts, deliveries, holds, notices

WAITING, GATHERED, BUNDLED = "waiting", "gathered", "bundled"
SENT, PARKED, TAKEN_BACK = "sent", "parked", "taken_back"
_UNTRIED = {"attempts": 0, "last_error": ""}
LONGEST_WAIT = timedelta(hours=25)  #: none is put off for longer: what is due later comes of a wrong clock
UNDER_WAY = "It was being handed over."  #: what an attempt leaves that never came to its end
WHOLE_ID = 64  #: characters of an alert's id


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to be sent. key is the same at every attempt, and no other delivery has it.

    gathered: it waits for the next digest of its route.
    """

    key: str
    route: str
    channel: str
    recipient: str
    gathered: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told of an alert, and by which message."""

    route: str
    channel: str
    recipient: str
    key: str
    sent_at: datetime


_GONE = {"state": TAKEN_BACK, "carried_by": None, "next_attempt_at": None}
_of_another = deliveries.alias("of_another")
_OLDEST = (alerts.c.raised_at, alerts.c.id)
_NEWEST = (alerts.c.raised_at.desc(), alerts.c.id)
IS_HELD = (
    select(holds.c.alert_id)
    .where(holds.c.alert_id == deliveries.c.alert_id, holds.c.released_at.is_(None))
    .exists()
)
_DELIVERY = select(
    *(deliveries.c[name] for name in ("id", "key", "route", "channel", "recipient", "state", "attempts")),
    *(deliveries.c[name] for name in ("next_attempt_at", "last_error")),
    func.coalesce(deliveries.c.alert_id, "").label("alert_id"),
    func.coalesce(deliveries.c.notice_id, "").label("notice_id"),
    func.coalesce(deliveries.c.digest_id, "").label("digest_id"),
    func.coalesce(deliveries.c.carried_by, 0).label("carried_by"),
    IS_HELD.label("held"),
)


def add(conn: Connection, alert: Alert, addressed: Sequence[NewDelivery]) -> bool:
    """Keep an alert and its deliveries, due at once; False, with nothing kept, if it is there already.

    An alert that was there unconfirmed gives way to the confirmed one: whoever was not told of it yet is told
    of this one only.
    """
    known = conn.scalar(select(alerts.c.alert).where(alerts.c.id == alert.id))
    if known is not None and (known.after.confirmed_at or not alert.after.confirmed_at):
        return False
    row = {"id": alert.id, "raised_at": alert.raised_at, "alert": alert}
    row |= {"page_id": alert.page["id"], "direction": alert.direction}
    if known is None:
        conn.execute(insert(alerts), row)
    else:
        conn.execute(update(alerts).where(alerts.c.id == alert.id).values(row))
        take_back(conn, alert.id)
    chain.note(conn, alerts, alert.id)
    put(conn, addressed, alert.raised_at, alert_id=alert.id)
    return True


def put(
    conn: Connection,
    addressed: Sequence[NewDelivery],
    at: datetime,
    *,
    alert_id: str | None = None,
    notice_id: str | None = None,
) -> None:
    """Keep the deliveries of an alert or of a notice, due at this time, or with the next digest."""
    told = {"alert_id": alert_id, "notice_id": notice_id}
    if addressed:
        conn.execute(insert(deliveries), [_new_row(each, at) | told for each in addressed])
        written = select(deliveries.c.id).where(deliveries.c.key.in_([each.key for each in addressed]))
        chain.note(conn, deliveries, *conn.scalars(written.order_by(deliveries.c.id)))


def get(conn: Connection, id_or_unique_prefix: str) -> Alert:
    """The alert whose id begins like this. Raises InputError where there is none, or more than one."""
    prefix = id_or_unique_prefix.strip().lower()
    is_whole = len(prefix) == WHOLE_ID  # then the index finds it
    begins = alerts.c.id == prefix if is_whole else func.substr(alerts.c.id, 1, len(prefix)) == prefix
    is_asked = prefix and prefix.isascii()  # no database takes half a surrogate pair
    found: list[Alert] = list(conn.scalars(select(alerts.c.alert).where(begins).limit(2))) if is_asked else []
    if not found:
        raise InputError(f"no alert has an id that begins with {prefix!r}: `alerts list` shows them all")
    if len(found) > 1:
        raise InputError(f"more than one alert has an id that begins with {prefix!r}: give more of it")
    return found[0]


def all(conn: Connection, limit: int = 1000) -> list[Alert]:
    """The newest alerts, newest first."""
    return list(conn.scalars(select(alerts.c.alert).order_by(*_NEWEST).limit(limit)))


def of_page(conn: Connection, page_id: str) -> list[Alert]:
    """Every alert on this page, newest first."""
    of_this = or_(alerts.c.page_id == page_id, and_(alerts.c.page_id.is_(None), _names_page(page_id)))
    return list(conn.scalars(select(alerts.c.alert).where(of_this).order_by(*_NEWEST)))


def told_to(conn: Connection, alert_id: str) -> list[Told]:
    """Who has this alert, by itself or in a digest, in the order in which they got it."""
    columns = (deliveries.c[name] for name in ("route", "channel", "recipient", "key", "sent_at"))
    query = select(*columns).where(deliveries.c.alert_id == alert_id, deliveries.c.state == SENT)
    return [
        Told(**row._mapping) for row in conn.execute(query.order_by(deliveries.c.sent_at, deliveries.c.id))
    ]


def was_told(conn: Connection, route: str, recipient: str) -> bool:
    """Whether this recipient was ever told of an alert by this route."""
    theirs = (deliveries.c.route == route) & (deliveries.c.recipient == recipient)
    query = select(deliveries.c.id).where(theirs, deliveries.c.alert_id.is_not(None))
    return conn.scalar(query.where(deliveries.c.state == SENT).limit(1)) is not None


def gathered(conn: Connection) -> list[Delivery]:
    """Every delivery that waits for the next digest of its route and is not held, oldest first."""
    query = _DELIVERY.where(deliveries.c.state == GATHERED, ~IS_HELD)
    return [Delivery(**row._mapping) for row in conn.execute(query.order_by(deliveries.c.id))]


def untried(conn: Connection) -> list[Delivery]:
    """Every delivery of an alert that waits, was never tried and is not held, oldest first."""
    waits = deliveries.c.state.in_([WAITING, GATHERED])
    query = _DELIVERY.where(waits, deliveries.c.attempts == 0, deliveries.c.last_error == "", ~IS_HELD)
    rows = conn.execute(query.where(deliveries.c.alert_id.is_not(None)).order_by(deliveries.c.id))
    return [Delivery(**row._mapping) for row in rows]


def told_early(conn: Connection, since: datetime, ending: str) -> list[Alert]:
    """The alerts raised since then (UTC) with a delivery whose key ends so: they were told unconfirmed."""
    early = (deliveries.c.alert_id == alerts.c.id) & deliveries.c.key.endswith(ending, autoescape=True)
    still = deliveries.c.state != TAKEN_BACK
    query = select(alerts.c.alert).where(
        alerts.c.raised_at >= since, select(deliveries.c.id).where(early, still).exists()
    )
    return list(conn.scalars(query.order_by(alerts.c.raised_at, alerts.c.id)))


def due(conn: Connection, now: datetime) -> list[Delivery]:
    """The waiting deliveries whose next attempt is due and that are not held, longest overdue first."""
    query = _DELIVERY.where(_is_due(now))
    rows = conn.execute(query.order_by(deliveries.c.next_attempt_at, deliveries.c.id))
    return [Delivery(**row._mapping) for row in rows]


def is_due(conn: Connection, delivery_id: int, now: datetime) -> bool:
    """Whether it is still to be sent now: another one may have sent, held or taken it back meanwhile."""
    return bool(conn.scalar(select(deliveries.c.id).where(deliveries.c.id == delivery_id, _is_due(now))))


def waiting(conn: Connection) -> list[Delivery]:
    """Every delivery that is still to be sent, held, for a digest or neither, oldest first."""
    return _in_states(conn, WAITING, GATHERED, BUNDLED)


def parked(conn: Connection) -> list[Delivery]:
    """Every delivery that was given up, oldest first, with the error that ended it."""
    return _in_states(conn, PARKED)


def bundle(conn: Connection, delivery_ids: Sequence[int], digest_id: str) -> None:
    """From now on this notice stands for these deliveries."""
    for start in range(0, len(delivery_ids), TOGETHER):
        these = deliveries.c.id.in_(delivery_ids[start : start + TOGETHER])
        for was in (WAITING, GATHERED):
            _change(conn, these, was, state=BUNDLED, digest_id=digest_id, next_attempt_at=None)


def let_go(conn: Connection, delivery_ids: Sequence[int], now: datetime) -> None:
    """These wait for no digest any more: they are due now, each by itself."""
    _change(conn, deliveries.c.id.in_(delivery_ids), GATHERED, state=WAITING, next_attempt_at=now)


def carry(conn: Connection, delivery_ids: Sequence[int], carrier_id: int) -> None:
    """From now on this delivery, of the same change on a sister page, stands for these."""
    these = deliveries.c.id.in_(delivery_ids)
    for was in (WAITING, GATHERED):
        _change(conn, these, was, state=BUNDLED, carried_by=carrier_id, next_attempt_at=None)
    _change(conn, deliveries.c.carried_by.in_(delivery_ids), BUNDLED, carried_by=carrier_id)


def carried(conn: Connection, *delivery_ids: int) -> list[Alert]:
    """The alerts that these deliveries stand for besides their own, the one raised first comes first."""
    told = select(deliveries.c.alert_id).where(deliveries.c.carried_by.in_(delivery_ids))
    return list(conn.scalars(select(alerts.c.alert).where(alerts.c.id.in_(told)).order_by(*_OLDEST)))


def of_alert(conn: Connection, alert_id: str) -> list[Delivery]:
    """Every delivery of this alert, whatever became of it, oldest first."""
    query = _DELIVERY.where(deliveries.c.alert_id == alert_id).order_by(deliveries.c.id)
    return [Delivery(**row._mapping) for row in conn.execute(query)]


def take_back(conn: Connection, alert_id: str) -> None:
    """What was not handed over of an alert is not sent, nor what was given up.

    What a digest tells of it stays there, and what the same change on a sister page tells that is under way:
    it was seen, or may be. The rows stay too: whoever sends one just now holds its id.
    """
    this = deliveries.c.alert_id == alert_id
    raised_at = conn.scalar(select(alerts.c.raised_at).where(alerts.c.id == alert_id))
    for was, at in ((WAITING, raised_at), (GATHERED, None), (PARKED, None)):
        freed = list(conn.scalars(select(deliveries.c.id).where(this, deliveries.c.state == was)))
        _change(conn, this, was, **_GONE)
        if was != PARKED:
            by_itself = {"state": was, "carried_by": None, "next_attempt_at": at}
            _change(conn, deliveries.c.carried_by.in_(freed), BUNDLED, **by_itself)
    still_here = _of_another.c.state.in_([WAITING, GATHERED]) & (_of_another.c.last_error == "")
    untold = select(_of_another.c.id).where(still_here)
    _change(conn, this & deliveries.c.carried_by.in_(untold), BUNDLED, **_GONE)


def call_back(conn: Connection, delivery_ids: Sequence[int]) -> None:
    """These are not sent, where they were never tried."""
    _change(conn, deliveries.c.id.in_(delivery_ids) & (deliveries.c.last_error == ""), WAITING, **_GONE)


def about(conn: Connection, alert_id: str) -> list[Delivery]:
    """Every delivery of a notice about this alert (a correction, a retraction), oldest first."""
    named = cast(notices.c.notice, Text).contains(f'"about":"{alert_id}"', autoescape=True)
    of_it = select(notices.c.id).where(named)
    query = _DELIVERY.where(deliveries.c.notice_id.in_(of_it)).order_by(deliveries.c.id)
    return [Delivery(**row._mapping) for row in conn.execute(query)]


def put_back(conn: Connection, given_up: Sequence[Delivery], now: datetime) -> None:
    """What was given up waits again, due now, as if it had never been tried.

    What shared the fate of another one does so again, if that is among it, and else waits by itself.
    """
    leaders = {one.id for one in given_up} | {one.notice_id for one in given_up} - {""}
    for one in given_up:
        goes_along = (one.digest_id or one.carried_by) in leaders
        by_itself = {"state": WAITING, "next_attempt_at": now, "digest_id": None, "carried_by": None}
        anew = {"state": BUNDLED, "next_attempt_at": None} if goes_along else by_itself
        _change(conn, deliveries.c.id == one.id, PARKED, **_UNTRIED, **anew)


def mark_under_way(conn: Connection, delivery_id: int) -> None:
    """It is handed over now: nobody knows whether the recipient has it until the outcome is marked."""
    _change(conn, deliveries.c.id == delivery_id, WAITING, last_error=UNDER_WAY)


def mark_sent(conn: Connection, delivery_id: int, now: datetime) -> None:
    """The recipient has it."""
    _close_attempt(conn, delivery_id, state=SENT, sent_at=now, next_attempt_at=None, last_error="")


def mark_failed(
    conn: Connection, delivery_id: int, now: datetime, next_attempt_at: datetime | None, error: str
) -> None:
    """An attempt failed at this time: try again then; None parks the delivery."""
    state = PARKED if next_attempt_at is None else WAITING
    _close_attempt(conn, delivery_id, state=state, next_attempt_at=next_attempt_at, last_error=error)


def _is_due(now: datetime) -> ColumnElement[bool]:
    at = deliveries.c.next_attempt_at
    is_time = or_(at <= now, at > now + LONGEST_WAIT)
    return and_(deliveries.c.state == WAITING, is_time, ~IS_HELD)


def _in_states(conn: Connection, *states: str) -> list[Delivery]:
    query = _DELIVERY.where(deliveries.c.state.in_(states)).order_by(deliveries.c.id)
    return [Delivery(**row._mapping) for row in conn.execute(query)]


def _new_row(one: NewDelivery, at: datetime) -> dict[str, Any]:
    row = asdict(one)
    waits = {"state": GATHERED, "next_attempt_at": None} if row.pop("gathered") else {"next_attempt_at": at}
    return row | _UNTRIED | {"state": WAITING} | waits


def _names_page(page_id: str) -> ColumnElement[bool]:
    """Whether an alert is of this page, by its JSON: in a string of ours every quotation mark is escaped."""
    return cast(alerts.c.alert, Text).contains(f'"page":{{"id":"{page_id}"', autoescape=True)


def _close_attempt(conn: Connection, delivery_id: int, **outcome: Any) -> None:
    """An attempt at what waits came to this; where it is over, so are those it stands for."""
    this = deliveries.c.id == delivery_id
    _change(conn, this, WAITING, attempts=deliveries.c.attempts + 1, **outcome)
    if outcome["state"] != WAITING:
        digest = select(deliveries.c.notice_id).where(this, deliveries.c.state == outcome["state"])
        in_it = deliveries.c.digest_id == digest.scalar_subquery()
        carried = deliveries.c.carried_by.in_(select(deliveries.c.id).where(or_(this, in_it)))
        _change(conn, or_(in_it, carried), BUNDLED, **outcome)


def _change(conn: Connection, which: ColumnElement[bool], was: str, **values: Any) -> None:
    """Write these values to each such delivery that was in this state, and note it."""
    changed = list(conn.scalars(select(deliveries.c.id).where(which, deliveries.c.state == was)))
    for start in range(0, len(changed), TOGETHER):
        some = changed[start : start + TOGETHER]
        conn.execute(update(deliveries).where(deliveries.c.id.in_(some)).values(**values))
    chain.note(conn, deliveries, *changed)


@dataclass(frozen=True, slots=True)
class Gathered:
    """How many deliveries wait for the next digest of one route to one recipient, and of when (UTC)."""

    route: str
    channel: str
    recipient: str
    count: int
    oldest: datetime  #: when the first of their alerts was raised …
    newest: datetime  #: … and the last


def gathered_since(conn: Connection) -> list[Gathered]:
    """What `gathered` gives, counted, without a look into any alert."""
    whose = (deliveries.c.route, deliveries.c.channel, deliveries.c.recipient)
    at = (func.min(alerts.c.raised_at), func.max(alerts.c.raised_at))
    query = select(*whose, func.count(), *at).join(alerts, alerts.c.id == deliveries.c.alert_id)
    query = query.where(deliveries.c.state == GATHERED, ~IS_HELD).group_by(*whose).order_by(*whose)
    return [Gathered(*row) for row in conn.execute(query)]
