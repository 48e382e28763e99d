"""pledgewatch alerts review and reviews: what people make of alerts, and what follows from it."""

import getpass
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.corrections import Judged, judge
from alerts.render import when
from alerts.routes import deliveries
from app.alerting import NEXT, review_json
from app.home import Home
from app.labels import labelled
from app.screen import columns, say
from app.writing import write_file
from monitor.errors import InputError
from monitor.model import Alert, Audit, Review, Verdict
from monitor.mutes import FILE, Mute, as_toml, muted, proposed
from monitor.store import Connection, alerts, audits, reviews
from monitor.store.alerts import NewDelivery
from monitor.tables import suggestion

REVIEWS_SCHEMA = "pledgewatch.reviews/1"
NOTE_AT_MOST = 10_000  #: characters
_AT_MOST = 50_000  #: alerts among which a duplicate's original is looked for, the newest


def review_alert(home: Home, id_or_prefix: str, verdict: str, note: str, author: str) -> int:
    """Keep a verdict on an alert; whoever got a wrong one is told with what is sent next.

    Raises InputError for an unknown alert or verdict, ConfigError, StoreError.
    """
    said = opinion(verdict, author, note)
    with home.open_store() as store, store.begin() as conn:
        alert = alerts.get(conn, id_or_prefix)
        review, done = give_verdict(conn, home, alert, said, datetime.now(UTC))
    say(f"{alert.id[:12]} is judged {review.verdict} by {review.author}: {alert.headline}")
    for line in _done(done):
        say(line)
    _propose(open_mutes(home, alert, review))
    return 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says of an alert."""

    verdict: Verdict
    author: str
    note: str


def opinion(verdict: str, author: str, note: str) -> Opinion:
    """What somebody says, checked. Raises InputError for an unknown verdict, nobody, too long a note."""
    return Opinion(_verdict(verdict), _author(author), _note(note))


def give_verdict(
    conn: Connection, home: Home, alert: Alert, said: Opinion, now: datetime
) -> tuple[Review, Judged]:
    """Keep the verdict with all that follows from it, and who gave it. conn: a write transaction."""
    review = Review(alert.id, now, said.author, said.verdict, said.note)
    anew = () if muted(alert, home.mutes, now.date()) else _addressed(home, alert)
    done = judge(conn, alert, review, home.settings, anew)
    audits.add(conn, Audit(now, said.author, "judged", alert.id, said.verdict.value))
    return review, done


def open_mutes(home: Home, alert: Alert, review: Review) -> list[Mute]:
    """The mutes that could be made of this verdict, and were not made yet."""
    return _not_yet(proposed(alert, review), home.mutes)


def _verdict(word: str) -> Verdict:
    known = [verdict.value for verdict in Verdict]
    if word not in known:
        raise InputError(f'"{word}" is no verdict; {suggestion(word, known)}')
    return Verdict(word)


def _author(name: str) -> str:
    """Who judges, in one line: the user of this machine where nobody is named."""
    try:
        said = " ".join((name or getpass.getuser()).split())
    except (OSError, KeyError):
        said = ""
    if not said:
        raise InputError("nobody knows who judges: name a person with --author NAME")
    return said


def _note(words: str) -> str:
    if len(words) > NOTE_AT_MOST:
        raise InputError(f"the note has {len(words):,} characters: say it in {NOTE_AT_MOST:,} at most")
    return words.strip()


def _addressed(home: Home, alert: Alert) -> Sequence[NewDelivery]:
    """Whom the settings of today would tell; nobody of a page that is watched no more."""
    page = next((one for one in home.watchlist.pages if one.id == alert.page["id"]), None)
    if page is None:
        return ()
    return deliveries(alert, home.watchlist.organization(page.organization_id), page, home.settings)


def _done(done: Judged) -> Iterable[str]:
    if done.taken_back:
        yield f"  {done.taken_back} not sent yet: taken back."
    if done.sent_after_all:
        yield f"  {done.sent_after_all} taken back before: sent after all."
    if done.corrections:
        yield f"  {done.corrections} to hear of it. {NEXT}"
    else:
        yield "  Nobody has to hear of it."


# --------------------------------------------------------------------------- mutes


def _not_yet(mutes: Iterable[Mute], known: Iterable[Mute]) -> list[Mute]:
    """Without those made of alerts that somebody made a mute of already."""
    made = {one.from_alert for one in known if one.from_alert}
    return [one for one in mutes if one.from_alert not in made]


def _propose(mutes: Sequence[Mute]) -> None:
    if mutes:
        say(f"\nTo keep the like of it silent, put this into config/{FILE} (nothing does that by itself):\n")
        say("\n".join(as_toml(mute) for mute in mutes).rstrip())


# --------------------------------------------------------------------------- all of them


def show_reviews(home: Home, export: Path | None, *, as_json: bool) -> int:
    """Print every verdict, newest first, and the mutes that could be made of those that count.

    export: a file that gets labelled pairs, one JSON line each. Raises InputError, ConfigError, StoreError.
    """
    with home.existing_store() as store, store.read() as conn:
        given = reviews.all(conn)
        judged = {review.alert_id: alerts.get(conn, review.alert_id) for review in given}
        pairs = _pairs(conn, home, judged, given) if export else []
    counting = {review.alert_id: review for review in given}
    mutes = [one for id, review in counting.items() for one in proposed(judged[id], review)]
    unmade = _not_yet(mutes, home.mutes)
    if export:
        write_file(export, "".join(f"{json.dumps(pair)}\n" for pair in pairs).encode())
    if as_json:
        _print_json(given, counting.values(), unmade)
    else:
        _print_table(given, judged)
        _propose(unmade)
    if export and not as_json:
        say(f"{len(pairs)} labelled pairs in {export}.")
    return 0


def _pairs(
    conn: Connection, home: Home, judged: Mapping[str, Alert], given: Iterable[Review]
) -> list[dict[str, Any]]:
    """The labelled pairs of the verdicts that count, in the order in which the alerts were raised."""
    counting = {review.alert_id: review for review in given}
    in_order = sorted(judged.values(), key=lambda one: (one.raised_at, one.id))
    languages = {page.id: page.language for page in home.watchlist.pages}
    return labelled([(one, counting[one.id]) for one in in_order], alerts.all(conn, _AT_MOST), languages)


def _print_table(given: Sequence[Review], judged: Mapping[str, Alert]) -> None:
    if not given:
        say("No alert was judged yet: `pledgewatch alerts review ID VERDICT`.")
        return
    rows = [
        (one.alert_id[:12], when(one.at), one.verdict, one.author, judged[one.alert_id].headline)
        for one in reversed(given)
    ]
    columns(rows, header=("alert", "judged", "verdict", "by", "what"))


def _print_json(given: Sequence[Review], counting: Collection[Review], mutes: Iterable[Mute]) -> None:
    told = [review_json(one) | {"alert": one.alert_id, "counts": one in counting} for one in reversed(given)]
    document = {"schema": REVIEWS_SCHEMA, "reviews": told, "mutes": [as_toml(one) for one in mutes]}
    print(json.dumps(document, ensure_ascii=False, indent=1))
