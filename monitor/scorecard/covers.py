"""Whether words cover one part of an ask, and what limits them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.asks import Scope
from monitor.model import SAYING_NO, Saying
from monitor.scorecard.claims import Claim
from monitor.scorecard.limits import ACT, DOUBT, TECHNOLOGY, Limit, limits_of, meant_acts
from monitor.scorecard.phrases import first_in, plain


@dataclass(frozen=True, slots=True)
class Cover:
    """Words that cover a part; in full where nothing limits them. force: 0 to 4."""

    claim: Claim
    limits: tuple[Limit, ...]
    force: int

    @property
    def in_full(self) -> bool:
        """Whether nothing limits it."""
        return not self.limits

    @property
    def is_related(self) -> bool:
        """Whether it is of another technology than those that are asked about, or may be of another act."""
        return any(one.kind in (TECHNOLOGY, ACT) for one in self.limits)

    def is_as_strong_as(self, other: "Cover", *, but_for_its_end: bool = False) -> bool:
        """Whether it has no limit that the other has not, and binds as much.

        but_for_its_end: the other has ended. An end that has not come is a later one, and words that a person
        has to judge may name one.
        """
        is_no_narrower = all(
            any(_is_within(each, one) for each in other.limits) or (but_for_its_end and one.is_open)
            for one in self.limits
        )
        return is_no_narrower and self.force >= other.force


def _is_within(narrow: Limit, wide: Limit) -> bool:
    """Whether what this limit leaves is no more than what the other one leaves."""
    if narrow.key == wide.key:
        return True
    ids = {id for id, _ in wide.ids}
    return bool(ids) and narrow.kind == wide.kind and all(above & ids for _, above in narrow.ids)


def covers(claim: Claim, scope: Scope, parts: Sequence[Scope], exceptions: Iterable[Claim]) -> Cover | None:
    """How these words cover a part; None where they are about something else.

    parts: all of the ask; exceptions: the sentences that are nothing else (is_exception).
    """
    one, statement = claim.saying, claim.statement
    if not (one.protects and one.stance in scope.stances and fits(claim, scope)):
        return None
    if is_exception(claim) or _is_of_nothing(claim, scope) or not _is_meant(one, scope, parts):
        return None
    force = statement.force if statement else 0
    limits = (*limits_of(claim, scope), *_elsewhere(claim, exceptions))
    return Cover(claim, tuple(dict.fromkeys(limits)), force)


def fits(claim: Claim, scope: Scope) -> bool:
    """Whether the slots of a saying, but for its stance, are those of the part."""
    one = claim.saying
    is_done = not scope.actions or not scope.actions.isdisjoint(acts_of(one, scope) | meant_acts(one))
    return one.bearer in scope.bearers and is_done and is_about(claim, scope)


def acts_of(one: Saying, scope: Scope) -> frozenset[str]:
    """What it says is done or left; "" where it names no act. Some acts count only where it names a party."""
    acts = frozenset(one.actions or ("",))
    return acts if one.parties else acts - scope.named


def is_about(claim: Claim, scope: Scope) -> bool:
    """Whether it is of the technology and the people of the part, whoever does whatever."""
    return (
        _names_technology(claim, scope)
        and _names_party(claim, scope)
        and (not scope.words or bool(first_in(scope.words, claim.saying.quote)))
    )


def is_exception(claim: Claim) -> bool:
    """Whether the whole sentence makes an exception from another: "This pause does not apply to …"."""
    statement = claim.statement
    if statement is None or claim.said is None:
        return False
    is_ban = claim.saying.protects and not claim.said.is_apart
    return statement.is_carve_out or (statement.doubtful and bool(statement.exceptions) and not is_ban)


def _is_of_nothing(claim: Claim, scope: Scope) -> bool:
    """ "We decided not to ban …"; and a switch that somebody may turn again, where the part says so."""
    is_void = claim.said is not None and claim.said.doubts.is_void
    cue = claim.statement.cue if claim.statement else ""
    return is_void or bool(first_in(scope.switches, cue))


def _names_technology(claim: Claim, scope: Scope) -> bool:
    """Whether it names a technology of the part, or a related one.

    Where its own words name others, what a heading names must be what is asked about.
    """
    one, own = claim.saying, claim.said.named if claim.said else frozenset()
    is_close = not scope.hints or bool(first_in(scope.hints, one.quote))
    about = scope.technologies | (scope.related if is_close else frozenset())
    if own and about.isdisjoint(own):
        about = scope.technologies
    return not (scope.technologies or scope.related) or not about.isdisjoint(one.technologies)


def _names_party(claim: Claim, scope: Scope) -> bool:
    """Whether it names a party of the part, or nobody, or the part is for nobody by name.

    Whom only a heading names, it need not be about; whom the question names, an answer is about.
    """
    named = set(claim.saying.parties) - (claim.said.framed if claim.said else frozenset())
    if not claim.saying.parties and claim.said and claim.said.question:
        named |= claim.said.question.parties
    return not scope.parties or not named or not (scope.parties | scope.narrower).isdisjoint(named)


def _is_meant(one: Saying, scope: Scope, parts: Sequence[Scope]) -> bool:
    """Where words name the setting of a part, only those parts are meant."""
    named = [part for part in parts if first_in(part.where, one.quote)]
    return not scope.where or not named or scope in named


# --------------------------------------------------------------------------- exceptions beside it


def _elsewhere(claim: Claim, exceptions: Iterable[Claim]) -> Iterator[Limit]:
    """Exceptions from it that stand as sentences of their own on its page."""
    one = claim.saying
    if one.stance not in SAYING_NO:
        return
    for other in exceptions:
        theirs = other.saying
        is_near = theirs.page_id == one.page_id and _together(claim, other)
        if not is_near or set(theirs.technologies).isdisjoint(one.technologies):
            continue
        if _is_from(theirs, one):
            yield Limit(f"exception {plain(theirs.quote)}", f"with an exception: “{theirs.quote}”")
        else:
            yield Limit(f"{DOUBT}beside {plain(theirs.quote)}", f"beside it stands “{theirs.quote}”")


def _is_from(exception: Saying, ban: Saying) -> bool:
    """Whether an exception is from what the same ones do, as far as the slots tell."""
    is_same_act = not exception.actions or not set(exception.actions).isdisjoint(ban.actions)
    return is_same_act and exception.bearer in ("", ban.bearer) and ban.bearer in ("", "company")


def _together(claim: Claim, other: Claim) -> bool:
    """Whether both stand now, or were seen at one time."""
    one, two = claim.saying, other.saying
    if claim.stands:
        return other.stands
    return one.first_seen_at <= two.last_seen_at and two.first_seen_at <= one.last_seen_at
