"""What an organization's words meet of what is asked of it: each part of each ask by itself. Pure.

Never one blended figure. What could not be read is unknown, never unmet; what got weaker against the
organization's own past is regressed, until a person clears it.

    what covered a part surely got weaker, or left, and nothing as strong stood by then   regressed
    something that stands on a page that we read covers it, with no limit                 met
    only with limits, or beside words that say the contrary                               partial
    nothing does, and every page was read                                                 unmet
    nothing does, and some page was not, or a change that took it, or words close to it,
    has yet to be judged                                                                  unknown
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.asks import Ask, Scope, State, addresses
from monitor.model import Saying, Stance
from monitor.scorecard.claims import Claim, Loss, claims_of
from monitor.scorecard.covers import Cover, acts_of, covers, fits, is_about, is_exception
from monitor.scorecard.limits import leads_in
from monitor.scorecard.phrases import first_in
from monitor.scorecard.sentences import (
    BEYOND,
    beside,
    decided,
    doubted,
    lost,
    lost_nearby,
    no_longer_decided,
    nothing_said,
    regressed,
    said,
    stands,
    stood,
    supports_of,
)
from monitor.scorecard.values import Overrule, Part, Score, Support

__all__ = ["Claim", "Loss", "Overrule", "Part", "Score", "State", "Support", "claims_of", "scorecard"]

_TELLING = (Stance.PRACTISES, Stance.PERMITS, Stance.PROMISES)
_CONTRARY_AT_MOST = 5
_KEEPING = frozenset([*_TELLING, Stance.LIMITS])
_USES = frozenset(["use", "identify"])

Lost = tuple[Cover, Loss]


def scorecard(
    claims: Sequence[Claim],
    asks: Iterable[Ask],
    kind: str,
    unread: Mapping[str, str],
    overrules: Sequence[Overrule] = (),
) -> tuple[Score, ...]:
    """How each ask that is addressed to this kind of organization is met, in the order of the asks.

    claims: of one organization; unread: page id → why nobody knows how it is now ("acme/terms: a login
    stood before it"); where no page is watched, one entry that says so. overrules: of this organization.
    """
    ordered = sorted(claims, key=_in_order)
    return tuple(_score(ask, ordered, unread, overrules) for ask in asks if addresses(ask, kind))


def _in_order(one: Claim) -> tuple[object, ...]:
    saying = one.saying
    return saying.first_seen_at, saying.page_id, saying.place, saying.key, saying.last_seen_at


def _score(
    ask: Ask, claims: Sequence[Claim], unread: Mapping[str, str], overrules: Sequence[Overrule]
) -> Score:
    if not ask.parts:
        found = Part("", State.UNKNOWN, ask.beyond or BEYOND)
        return Score(ask, (_overruled(found, ask, (), overrules),))
    return Score(ask, tuple(_part(ask, scope, claims, unread, overrules) for scope in ask.parts))


def _part(
    ask: Ask,
    scope: Scope,
    claims: Sequence[Claim],
    unread: Mapping[str, str],
    overrules: Sequence[Overrule],
) -> Part:
    exceptions = [one for one in claims if is_exception(one)]
    found = [cover for one in claims if (cover := covers(one, scope, ask.parts, exceptions))]
    gone = _lost(found)
    part = _found(scope, found, gone, claims, unread)
    return _overruled(part, ask, gone, overrules)


def _found(
    scope: Scope,
    found: Sequence[Cover],
    gone: Sequence[Lost],
    claims: Sequence[Claim],
    unread: Mapping[str, str],
) -> Part:
    standing = [one for one in found if one.claim.stands]
    known = [one for one in standing if one.claim.saying.page_id not in unread]
    near, gone = [one for one in gone if one[0].is_related], [one for one in gone if not one[0].is_related]
    sure = [one for one in gone if one[1].is_sure]
    if sure:
        supports = (*supports_of(sure), *map(stood, standing))
        return Part(scope.name, State.REGRESSED, regressed(sure, known), supports)
    contrary = [one for one in claims if _is_contrary(one, scope)][:_CONTRARY_AT_MOST]
    part = _standing(scope, standing, known, contrary, unread)
    if near and not gone and not standing:
        supports = (*part.supports, *supports_of(near))
        return replace(part, state=State.UNKNOWN, why=lost_nearby(near), supports=supports)
    if not gone:
        return part
    state = State.UNKNOWN if part.state is State.UNMET else part.state
    why = lost(gone, known) if state is State.UNKNOWN else doubted(part.why, gone, known)
    return replace(part, state=state, why=why, supports=(*part.supports, *supports_of(gone)))


def _standing(
    scope: Scope,
    standing: Sequence[Cover],
    known: Sequence[Cover],
    contrary: Sequence[Claim],
    unread: Mapping[str, str],
) -> Part:
    """By what stands now. Words that say the contrary leave it met in part at most.

    known: of what stands, what is on pages that were read.
    """
    against = [stands(one) for one in contrary]
    if known and against:
        supports = (*map(stood, known), *against)
        return Part(scope.name, State.PARTIAL, beside(said(known), against[0].quote), supports)
    if full := [one for one in known if one.in_full]:
        return Part(scope.name, State.MET, said(full), tuple(map(stood, full)))
    if known:
        return Part(scope.name, State.PARTIAL, said(known), tuple(map(stood, known)))
    supports = (*map(stood, standing), *against)
    state = State.UNKNOWN if unread else State.UNMET
    return Part(scope.name, state, nothing_said(standing, against, unread), supports)


def _lost(found: Sequence[Cover]) -> list[Lost]:
    """What covered the part and was weakened or taken, where nothing as strong stood by then and stands now.

    Each words once, the newest loss first.
    """
    each = [(cover, loss) for cover in found for loss in cover.claim.losses]
    gone = [one for one in each if not any(_makes_up(other, *one) for other in found if other is not one[0])]
    gone.sort(key=lambda one: (one[1].at, one[0].claim.saying.page_id, one[0].claim.saying.key))
    of_words = {(one.claim.saying.page_id, one.claim.saying.key): (one, loss) for one, loss in gone}
    return sorted(of_words.values(), key=gone.index, reverse=True)


def _makes_up(other: Cover, cover: Cover, loss: Loss) -> bool:
    """Whether as strong words were there by the time that the loss was known, and stand now."""
    is_early = other.claim.saying.first_seen_at <= loss.known
    is_as_strong = other.is_as_strong_as(cover, but_for_its_end=bool(loss.ended))
    return other.claim.stands and is_early and is_as_strong


def _is_contrary(one: Claim, scope: Scope) -> bool:
    """Whether it stands and tells of what the part asks to be left: done by it, for it, or allowed."""
    saying = one.saying
    if not one.stands or leads_in(saying) or is_exception(one):
        return False
    if saying.stance in _KEEPING and not scope.against.isdisjoint(acts_of(saying, scope)):
        return saying.bearer in scope.bearers and is_about(one, scope)
    if saying.protects or saying.stance not in _TELLING or not _reaches(saying, scope):
        return False
    if one.said and not one.said.named and saying.stance == Stance.PRACTISES:
        return False  # "… who sold it to the town"
    if first_in(scope.for_us, saying.quote):
        one = replace(one, saying=replace(saying, bearer="company"))
    return fits(one, scope)


def _reaches(one: Saying, scope: Scope) -> bool:
    """Whether it tells of those for whom the part is asked: by name, of all, or of what it does itself."""
    is_own_use = not scope.named and one.bearer == "company" and not _USES.isdisjoint(one.actions)
    is_open = one.stance == Stance.PERMITS and not one.bearer  # "this may change"
    is_for_all = bool(first_in(scope.everyone, one.quote) or first_in(scope.for_us, one.quote))
    return not scope.parties or bool(one.parties) or is_own_use or is_open or is_for_all


# --------------------------------------------------------------------------- what a person says


def _overruled(part: Part, ask: Ask, gone: Sequence[Lost], overrules: Sequence[Overrule]) -> Part:
    """The part as the newest overrule of it says, unless something got weaker since."""
    ours = [one for one in overrules if one.ask == ask.id and one.part in ("", part.name)]
    if not ours:
        return part
    by = max(ours, key=lambda one: (one.part != "", one.on))
    newer = max((loss.known.date().isoformat() for _, loss in gone), default="")
    if newer >= by.on:
        return replace(part, why=no_longer_decided(part.why, by, newer))
    return replace(part, state=by.state, why=decided(by, part.state), overruled=by, found=part.state)
