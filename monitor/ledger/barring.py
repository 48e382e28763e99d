"""The wordings that bar something: those that stand on pages, and those that others documented. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.documented import Documented, Fate
from monitor.ledger import Commitment, Step
from monitor.ledger.narrowness import BARRING, Bars, Named, first_barring, named, read
from monitor.lexicon import Lexicon
from monitor.model import Role, Saying, Stance, Statement
from monitor.segment import fold
from monitor.strength import Strength, of_role
from monitor.threads import LEADS_IN

NOT_WATCHED = "documented, not watched"  #: the status of words that stand on no page we watch
#: That of words said on a page that is watched: the ledger has what stands there now.
PAGE_WATCHED = "documented, said on a page that is watched"

_OVER = frozenset({Fate.WITHDRAWN, Fate.EXPIRED})
_LANGUAGE = "en"  #: of all documented words
FOR_OTHERS, OWN_USE = "for others", "own use"
_GIVING = frozenset({"sell", "provide", "offer", "promote"})
_USING = frozenset({"use", "identify", "undergo"})
_ACTS = {"develop": "development", "research": "development", "invest": "investment", "retain": "keeping"}
_ACTS |= {"delete": "keeping", "collect": "collection", "share": "sharing"}


Aim = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Wording:
    """Words in one place. page_id: "" for documented ones; key: of the commitment, or the documented id.

    since: when we saw them first (UTC), None for documented ones; status: of the commitment, or NOT_WATCHED
    or PAGE_WATCHED.
    """

    quote: str
    context: tuple[str, ...]
    page_id: str
    strength: Strength
    since: datetime | None
    status: str
    key: str


@dataclass(frozen=True, slots=True)
class Found:
    """A wording with what it is about. places: where it ever stood; acts, technologies: families."""

    wording: Wording
    organization: str
    places: frozenset[str]
    acts: frozenset[str]
    technologies: Named
    parties: Named
    bars: Bars | None  #: None where its words could not be read

    @property
    def aim(self) -> Aim:
        """Whom and what for, by name."""
        return frozenset(self.parties), frozenset(self.purposes)

    @property
    def purposes(self) -> Named:
        """What it names as such; nothing where it could not be read."""
        return self.bars.purposes if self.bars else {}


def on_pages(
    commitments: Sequence[Commitment], roles: Mapping[str, Role], lexicons: Mapping[str, Lexicon]
) -> list[Found]:
    """Of each commitment that stands its newest wording, and what other pages say in its place."""
    return [
        _of_saying(one, said, places, roles, lexicons)
        for one in commitments
        if one.until is None
        for said, places in _said(one, lexicons)
        if said.believed and said.stance in BARRING
    ]


def elsewhere(
    documented: Sequence[Documented], commitments: Sequence[Commitment], lexicons: Mapping[str, Lexicon]
) -> list[Found]:
    """The exact words that bar something, are not over, and that no page of ours says, or has reworded."""
    return [_of_documented(one, lexicons) for one in _said_elsewhere(documented, commitments)]


def _said(one: Commitment, lexicons: Mapping[str, Lexicon]) -> Iterator[tuple[Saying, frozenset[str]]]:
    """Its newest wording and those of pages that word it in another way, each with where it stands."""
    others = {page: step for page, step in _last(one.steps).items() if _is_other(one.saying, step)}
    yield one.saying, frozenset(one.page_ids) - others.keys()
    lexicon = lexicons.get(one.saying.language)
    for page, step in others.items():
        first = first_barring(step.quote, _lines(step.context), lexicon) if lexicon else None
        if first is not None:
            yield _as_said(one.saying, step, first), frozenset({page})


def _last(steps: Sequence[Step]) -> dict[str, Step]:
    """Page → the last step on it; they come in order of time."""
    return {step.page_id: step for step in steps}


def _is_other(said: Saying, step: Step) -> bool:
    """Whether the page of this step says it in other words since, or no more."""
    return step.page_id != said.page_id and fold(step.quote) != fold(said.quote)


def _as_said(said: Saying, step: Step, first: Statement) -> Saying:
    """The same with the words of this step."""
    return replace(
        said,
        page_id=step.page_id,
        key=step.key,
        quote=step.quote,
        context=step.context,
        stance=first.stance.value,
        bearer=first.bearer,
        actions=tuple(sorted(first.actions)),
        technologies=tuple(sorted(first.technologies)),
        parties=tuple(sorted(first.parties)),
        ends="",
        first_seen_at=step.at,
    )


def _lines(context: Sequence[str]) -> list[str]:
    return [line for line in context if line.rstrip().endswith(LEADS_IN)]


def _said_elsewhere(documented: Sequence[Documented], commitments: Sequence[Commitment]) -> list[Documented]:
    by_id = {one.id: one for one in documented}
    standing = [one for one in commitments if one.until is None]
    ours = [(one.saying.organization_id, fold(one.saying.quote)) for one in standing]
    pages = {page for one in standing for page in one.page_ids}
    return [
        one
        for one in documented
        if one.is_verbatim and one.barred and not _OVER.intersection(one.fates)
        if one.page not in pages and not _is_history(one, by_id)
        if not any(who == one.organization and words in fold(one.quote) for who, words in ours)
    ]


def _is_history(one: Documented, by_id: Mapping[str, Documented]) -> bool:
    """Whether others took its place in the same kind of place; a contract stands beside a post."""
    successor = by_id.get(one.superseded_by)
    return successor is not None and successor.strongest is one.strongest


def _of_saying(
    one: Commitment,
    said: Saying,
    places: frozenset[str],
    roles: Mapping[str, Role],
    lexicons: Mapping[str, Lexicon],
) -> Found:
    role, lexicon = roles.get(said.page_id), lexicons.get(said.language)
    bars = Bars(
        parties=named(said.parties, "parties", lexicon),
        technologies=named(said.technologies, "technologies", lexicon),
        has=frozenset({"limit"} if said.stance == Stance.LIMITS else ()),
        ends=bool(said.ends),
    )
    strength = of_role(role) if role else Strength.PUBLIC_STATEMENT
    return Found(
        wording=Wording(
            said.quote, said.context, said.page_id, strength, said.first_seen_at, one.status.value, said.key
        ),
        organization=said.organization_id,
        places=places,
        acts=_acts(said.actions, bool(said.parties) or said.bearer in ("customer", "third_party")),
        technologies=bars.technologies,
        parties=bars.parties,
        bars=read(bars, said.quote, _lines(said.context), lexicon),
    )


def _of_documented(one: Documented, lexicons: Mapping[str, Lexicon]) -> Found:
    """A person read it: what that person says of it holds, also where we can read no word."""
    lexicon = lexicons.get(_LANGUAGE)
    bars = Bars(
        parties=named(one.parties, "parties", lexicon),
        technologies=named(one.technologies, "technologies", lexicon),
        purposes=named(one.purposes, "purposes", lexicon),
        places=named(one.places or (one.geography,) * bool(one.geography), "places", lexicon),
        ends=bool(one.expiry),
    )
    return Found(
        wording=Wording(
            one.quote, (), "", one.strongest, None, PAGE_WATCHED if one.page else NOT_WATCHED, one.id
        ),
        organization=one.organization,
        places=frozenset((one.page,) if one.page else one.sources),
        acts=_acts(one.barred, bool(one.parties or one.customer)),
        technologies=bars.technologies,
        parties=bars.parties,
        bars=replace(read(bars, one.quote, (), lexicon) or bars, unread=frozenset()),
    )


def _acts(actions: Iterable[str], to_others: bool) -> frozenset[str]:
    """The families of acts: what others are given or may do is one; what no act is named for, too."""
    using = FOR_OTHERS if to_others else OWN_USE
    found = {
        FOR_OTHERS if one in _GIVING else using if one in _USING else _ACTS.get(one, one) for one in actions
    }
    return frozenset(found or ({FOR_OTHERS} if to_others else ()))
