"""A dossier from the store, in one look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.dossiers.above import below_their_lines, deciding
from app.dossiers.citing import Citations, Sources, looked_up
from app.dossiers.dossier import Change, Dossier, Entry, Head, Period, Waiting
from app.dossiers.found import Found, found
from app.dossiers.limits import with_limits
from app.dossiers.questions import Known, Unreadable, questions_of
from app.home import Home
from app.marks import marks_of
from app.proof import Facts, PageProof, counted, proofs
from app.scoring import scores_of
from app.unread import unreadable
from monitor.access import primary
from monitor.documented import Documented
from monitor.ledger import Commitment, Step
from monitor.ledger.differing import Differing, differing
from monitor.lexicon import Lexicon
from monitor.model import Alert, Side, Sighting
from monitor.reading import Read
from monitor.replies import Reply, load_replies, refuse_strangers
from monitor.scorecard import Score, State
from monitor.store import Connection, chain, looks, snapshots
from monitor.strength import Strength, of_role
from monitor.words import STATES

CHANGES_AT_MOST = 500  #: of a period
_ANY_DAY = datetime.max.replace(tzinfo=UTC)  # what a person decided after the last look counts, too


def dossier_of(
    conn: Connection, home: Home, organization: str, period: Period, read: Read | None = None
) -> Dossier:
    """All that is known of an organization (its id) in this period; its statements must be indexed.

    read: gives the text of a body; by default in a guarded process, for one thread at a time. Raises
    InputError where nobody knows it, or nothing is known of it; ConfigError.
    """
    it = found(conn, home, organization)
    cited = Citations(it.pages, it.roles, it.seen)
    scores = scores_of(conn, home, organization, it.now, decided_by=_ANY_DAY)
    replies = _replies(home, organization, period)
    changes, left_out = _changes(conn, home, it, period, cited)
    unread, lexicons = _unreadable(conn, it), _lexicons(home, it)
    dossier = Dossier(
        organization=it.organization,
        period=period,
        as_of=it.at,
        parent=next(
            (one.name for one in home.watchlist.organizations if one.id == it.organization.parent), ""
        ),
        is_watched=it.is_watched,
        changes=changes,
        left_out=left_out,
        imported=_imported(conn, it, period),
        waiting=_waiting(it, period, cited),
        commitments=tuple(_entry(one, it, cited, unread, lexicons) for one in it.commitments),
        documented=it.documented,
        scores=scores,
        differing=_as_read(differing(it.commitments, it.own_words, it.roles, home.rules.lexicons), unread),
        replies=replies,
        coverage=_coverage(conn, it, period),
        head=_head(conn),
        roles={id: role.value for id, role in it.roles.items()},
    )
    _cite_others(it.own_words, scores, replies, cited)
    sources = Sources(conn, home.blobs, read or home.rules.read, it.pages, lexicons)
    return _proven(dossier, cited, sources, it, unread)


def _proven(
    dossier: Dossier, cited: Citations, sources: Sources, it: Found, unreadable: Sequence[Unreadable]
) -> Dossier:
    """With its evidence looked up, and what follows from it: open questions, and limits."""
    numbers, at = cited.numbers, replace(dossier, numbers=cited.numbers).number_of
    asked = {
        numbers[one.page_id, one.quote, one.fetch_id]
        for score in dossier.scores
        for part in score.parts
        for one in part.supports
        if part.state in (State.PARTIAL, State.REGRESSED, State.UNMET) and one.quote
    }
    asked |= {number for one in dossier.differing for each in one.wordings if (number := at(each))}
    evidence, said = looked_up(cited.evidence, sources, asked)
    dossier = below_their_lines(dossier, {one.number: one for one in evidence}, numbers)
    products, has_pages = it.organization.products, bool(it.pages) or not it.is_watched
    known = Known(
        *(numbers, said, it.standing, products, unreadable, has_pages),
        above={one.number: one.above for one in evidence},
        under={one.number: one.under for one in evidence if one.page_id},
    )
    return with_limits(dossier, evidence, numbers, questions_of(dossier.scores, known), sources.lexicons)


def _head(conn: Connection) -> Head | None:
    head = chain.head(conn)
    return Head(head.id, head.sha256) if head else None


def _lexicons(home: Home, it: Found) -> dict[str, Lexicon]:
    """Page id → the words of its language, where we have them, with the names of its products."""
    known, products = home.rules.lexicons, it.organization.products
    languages = {id: primary(page.language) for id, page in it.pages.items()}
    return {id: known[one].with_products(products) for id, one in languages.items() if one in known}


def _replies(home: Home, organization: str, period: Period) -> tuple[Reply, ...]:
    """Those that had been asked by the end of the period. Raises ConfigError."""
    replies = load_replies(home.config)
    known = [one.id for one in home.watchlist.organizations]
    refuse_strangers(replies, known, [one.id for one in home.asks], home.config)
    return tuple(one for one in replies if one.organization == organization and one.asked_on <= period.last)


# --------------------------------------------------------------------------- what changed


def _changes(
    conn: Connection, home: Home, it: Found, period: Period, cited: Citations
) -> tuple[tuple[Change, ...], int]:
    """The changes that were told in the period, the newest first, and how many more there were."""
    all_ = [one for one in it.alerts if period.since <= one.raised_at < period.until]
    some = all_[:CHANGES_AT_MOST]
    marks = marks_of(conn, some, home.mutes)
    return tuple(Change(one, marks[one.id], _numbers(conn, one, cited)) for one in some), len(all_) - len(
        some
    )


def _numbers(conn: Connection, alert: Alert, cited: Citations) -> tuple[tuple[int, int], ...]:
    page_id = alert.page["id"]
    before, after = (_fetch_id(conn, page_id, side) for side in (alert.before, alert.after))
    last = alert.before.last_seen_at or alert.before.fetched_at
    confirmed = alert.after.confirmed_at or alert.after.fetched_at
    return tuple(
        (
            cited.cite(page_id, one.before_quote, before, one.context, alert.before.fetched_at, last),
            cited.cite(page_id, one.after_quote, after, one.context, alert.after.fetched_at, confirmed),
        )
        for one in alert.findings
    )


def _fetch_id(conn: Connection, page_id: str, side: Side) -> int:
    one = snapshots.of_side(conn, page_id, side.fetched_at, side.sha256)
    return one.fetch.id if one else 0


def _waiting(it: Found, period: Period, cited: Citations) -> tuple[Waiting, ...]:
    """What was seen in the period and waits to be confirmed."""
    return tuple(
        Waiting(
            page_id,
            one,
            (
                cited.cite(
                    page_id, one.finding.before_quote, one.before_fetch_id, one.finding.context, None, None
                ),
                cited.cite(
                    page_id,
                    one.finding.after_quote,
                    one.after_fetch_id,
                    one.finding.context,
                    one.first_seen_at,
                    one.last_seen_at,
                ),
            ),
        )
        for page_id, one in it.tracked
        if one.state is Sighting.PENDING
        and one.first_seen_at < period.until
        and one.last_seen_at >= period.since
    )


# --------------------------------------------------------------------------- what it says


def _entry(
    one: Commitment,
    it: Found,
    cited: Citations,
    unread: Sequence[Unreadable],
    lexicons: Mapping[str, Lexicon],
) -> Entry:
    saying = one.saying
    number = cited.cite(
        saying.page_id,
        saying.quote,
        saying.last_fetch_id,
        saying.context,
        saying.first_seen_at,
        saying.last_seen_at,
    )
    role = it.roles.get(saying.page_id)
    strength = of_role(role) if role else Strength.PUBLIC_STATEMENT
    steps = tuple((step, _of_step(step, it, cited)) for step in one.steps)
    under = deciding(saying.quote, saying.context, lexicons.get(saying.page_id))
    return Entry(one, strength, number, steps, _why_unread(saying.page_id, unread), under)


def _why_unread(page_id: str, unread: Sequence[Unreadable]) -> str:
    return next((one.why for one in unread if one.page_id == page_id), "")


def _as_read(differing: Sequence[Differing], unread: Sequence[Unreadable]) -> tuple[Differing, ...]:
    """What stands on a page that could not be read since stood there when it was read last."""
    return tuple(
        replace(
            one,
            wordings=tuple(
                replace(each, status=f"{each.status} when read last")
                if _why_unread(each.page_id, unread)
                else each
                for each in one.wordings
            ),
        )
        for one in differing
    )


def _of_step(step: Step, it: Found, cited: Citations) -> int:
    fetch_id = step.fetch_id or next(
        (each.after_fetch_id for page, each in it.tracked if (page, each.key) == _change_of(step)), 0
    )
    fetch_id = it.last_fetches.get((step.page_id, step.quote, fetch_id), fetch_id)
    return cited.cite(step.page_id, step.quote, fetch_id, step.context, step.at, step.at)


def _change_of(step: Step) -> tuple[str, str]:
    return step.page_id, step.tracked.key if step.tracked else ""


def _cite_others(
    documented: Sequence[Documented], scores: Sequence[Score], replies: Sequence[Reply], cited: Citations
) -> None:
    for one in documented:
        if one.is_verbatim:
            cited.source(f"documented:{one.id}", one.quote, one.strongest, one.sources)
    for support in (each for score in scores for part in score.parts for each in part.supports):
        cited.cite(
            support.page_id, support.quote, support.fetch_id, support.context, support.at, support.last_seen
        )
    for number, reply in enumerate(replies, 1):
        if reply.quote:
            cited.source(f"reply:{number}", reply.quote, Strength.PRESS_REPLY, (reply.source,))


# --------------------------------------------------------------------------- what was read


def _coverage(conn: Connection, it: Found, period: Period) -> tuple[PageProof, ...]:
    """Each of its pages in the period, the worst first; measured to the end of what the store knows, or of
    the period where that is later."""
    between, prefix = (period.since, period.until), f"{it.organization.id}/"
    since = looks.watched_since(conn)
    read = {id: one for id, one in looks.read(conn, *between).items() if id.startswith(prefix)}
    failed = {id: one for id, one in looks.failed(conn, *between).items() if id.startswith(prefix)}
    dropped = sorted(id for id in {*read, *failed} - since.keys() if " " not in id)
    since |= looks.first_at(conn, dropped)
    ours = {id: counted(one, since.get(id)) for id, one in read.items()}
    facts = Facts(ours, failed, since, looks.last_at(conn, *between, dropped))
    pages = {id: (it.organization.name, page) for id, page in it.pages.items()}
    return tuple(proofs(pages, facts, period, _measured_to(it.at, period)))


def _imported(conn: Connection, it: Found, period: Period) -> int:
    found = looks.imported(conn, period.since, period.until)
    return sum(count for id, count in found.items() if id.startswith(f"{it.organization.id}/"))


def _measured_to(at: datetime | None, period: Period) -> datetime:
    if at is not None and at.astimezone(UTC).date() >= period.last:
        return at
    return period.until


def _unreadable(conn: Connection, it: Found) -> tuple[Unreadable, ...]:
    """Its pages that could not be read when somebody looked last."""
    found = sorted(unreadable(conn, it.pages).items())
    return tuple(
        Unreadable(id, it.pages[id].url, STATES[newest.access], since) for id, (newest, since) in found
    )
