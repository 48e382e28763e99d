"""Whether words cover one part of an ask, and what limits them. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.asks import Scope
from monitor.model import Saying, Stance, Statement
from monitor.scorecard.claims import Claim
from monitor.scorecard.phrases import TEXTS, exact, first_in, plain
from monitor.words import listed, spoken

_FIRM = {Stance.REFUSES: 2, Stance.REQUIRES: 3, Stance.WITHDRAWS: 2}  #: the force from which it binds
_WORDS_SHOWN = 6
_TERM, _WORDS, _DOUBT, _LIMIT = "term ", "words ", "doubtful ", "limits "
_BANS = frozenset([Stance.REFUSES, Stance.WITHDRAWS])
_ARTICLES = frozenset(["a", "an", "the"])
_TERMS = {
    "revocable": "for now",
    "until_further_notice": "until further notice",
    "fixed": "for a fixed time",
    "until_event": "until something happens",
}
_PLACES = {
    "united_states": "the United States",
    "europe": "Europe or a part of it",
    "americas": "the Americas or a part of them",
    "other_regions": "Asia, Africa or Oceania, or a part of them",
    "european_union": "the European Union",
    "public_space": "public spaces",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """What keeps words from covering a part in full. key: the same for the same limit; text: goes on from
    "It says so, but ", or from "words that a person has to judge: " where it is to be judged.

    kind, ids: of a limit to some parties, places and the like; each id with all that contains it.
    """

    key: str
    text: str
    kind: str = ""
    ids: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def is_judged(self) -> bool:
        """Whether it is words of which only a person can tell what they say."""
        return self.key.startswith((_WORDS, _DOUBT, _LIMIT))

    @property
    def is_open(self) -> bool:
        """Whether it is how long the words hold, or words that a person has to judge."""
        return self.key.startswith((_TERM, _WORDS))


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
    if not (one.protects and one.stance in scope.stances and fits(one, scope)):
        return None
    if is_exception(claim) or _is_of_nothing(claim, scope) or not _is_meant(one, scope, parts):
        return None
    force = statement.force if statement else 0
    limits = (*_limits(claim, scope), *_elsewhere(claim, exceptions))
    return Cover(claim, tuple(dict.fromkeys(limits)), force)


def fits(one: Saying, scope: Scope) -> bool:
    """Whether the slots of a saying, but for its stance, are those of the part."""
    acts = set(one.actions or ("",))
    acts -= scope.named if not one.parties else frozenset()
    about = scope.technologies | scope.related
    return (
        one.bearer in scope.bearers
        and (not scope.actions or not scope.actions.isdisjoint(acts))
        and (not about or not about.isdisjoint(one.technologies))
        and _names_party(one, scope)
        and (not scope.words or bool(first_in(scope.words, one.quote)))
    )


def is_exception(claim: Claim) -> bool:
    """Whether the whole sentence makes an exception from another: "This pause does not apply to …"."""
    statement = claim.statement
    if statement is None:
        return False
    return statement.is_carve_out or (statement.doubtful and bool(statement.exceptions))


def _is_of_nothing(claim: Claim, scope: Scope) -> bool:
    """ "We decided not to ban …"; and a switch that somebody may turn again, where the part says so."""
    is_void = claim.said is not None and claim.said.doubts.is_void
    cue = claim.statement.cue if claim.statement else ""
    return is_void or bool(first_in(scope.switches, cue))


def _names_party(one: Saying, scope: Scope) -> bool:
    """Whether it names a party of the part, or nobody, or the part is for nobody by name."""
    return (
        not scope.parties or not one.parties or not (scope.parties | scope.narrower).isdisjoint(one.parties)
    )


def _is_meant(one: Saying, scope: Scope, parts: Sequence[Scope]) -> bool:
    """Where words name the setting of a part, only those parts are meant."""
    named = [part for part in parts if first_in(part.where, one.quote)]
    return not scope.where or not named or scope in named


# --------------------------------------------------------------------------- limits


def _limits(claim: Claim, scope: Scope) -> Iterator[Limit]:
    one, statement = claim.saying, claim.statement
    parts = (one.quote, *one.context)
    yield from _of_slots(claim, scope)
    if statement is None:
        yield Limit("unread", "its limits could not be read from these words alone")
        return
    yield from _of_words(statement, scope, parts)
    yield from _of_names(claim, "purpose", "only for", statement.purposes - scope.purposes)
    yield from _of_names(claim, "place", "only for", statement.places - scope.places)
    if statement.force < _FIRM.get(statement.stance, 0):
        yield Limit(f"force {statement.force}", f"not firmly: {exact(statement.cue, parts)}")
    if statement.in_quotes or statement.doubtful:
        yield Limit(_DOUBT, f"“{one.quote}”")
    yield from _of_doubts(claim, scope, parts)
    yield from _unread(claim, scope, parts)


def _of_doubts(claim: Claim, scope: Scope, parts: Sequence[str]) -> Iterator[Limit]:
    """What its cue may not govern, and what it is not done for."""
    if claim.said is None:
        return
    for words in claim.said.doubts.others:
        yield Limit(_DOUBT + words, exact(words, parts))
    known = _known(scope.neutral)
    for aim in claim.said.doubts.aims:
        if known.issuperset(plain(aim.words).split()[1:]):
            continue
        if not aim.technologies:
            yield Limit(_DOUBT + aim.words, exact(aim.words, parts))
        elif aim.technologies.isdisjoint(scope.technologies):
            yield Limit(f"aim {aim.words}", f"only {exact(aim.words, parts)}")


def _unread(claim: Claim, scope: Scope, parts: Sequence[str]) -> Iterator[Limit]:
    """Words of which neither a slot nor the part tells what they mean."""
    known = _known(scope.words, scope.in_full, scope.where, scope.neutral)
    others = [word for word in claim.said.others if word not in known] if claim.said else []
    if others:
        shown = listed([exact(word, parts) for word in others[:_WORDS_SHOWN]])
        more = " and more" if len(others) > _WORDS_SHOWN else ""
        yield Limit(_WORDS + " ".join(sorted(others)), shown + more)


@lru_cache(TEXTS)
def _known(*phrases: frozenset[str]) -> frozenset[str]:
    """The single words of all these phrases."""
    return frozenset(word for each in phrases for one in each for word in plain(one).split())


def _of_slots(claim: Claim, scope: Scope) -> Iterator[Limit]:
    """Less than the part names: another technology, fewer people; or words without those that it wants."""
    one = claim.saying
    if one.bearer in scope.lesser:
        yield Limit(f"bearer {one.bearer}", "only of what it does itself")
    if scope.technologies and scope.technologies.isdisjoint(one.technologies):
        yield from _of_names(claim, "technology", "only of", one.technologies)
    whole = not one.parties or (bool(scope.parties) and not scope.parties.isdisjoint(one.parties))
    if not whole:
        yield from _of_names(claim, "party", "only for", one.parties)
    if scope.in_full and not first_in(scope.in_full, one.quote):
        words = listed([f"“{word}”" for word in sorted(scope.in_full)][:3], "or")
        yield Limit(
            "in full", f"it does not say {scope.wanted}" if scope.wanted else f"not a word of {words}"
        )


def _of_words(statement: Statement, scope: Scope, parts: Sequence[str]) -> Iterator[Limit]:
    """What its own words add: conditions, exceptions, an end, a hedge."""
    qualified = (
        ("condition", "on a condition", statement.conditions),
        ("exception", "with an exception", statement.exceptions),
    )
    for kind, said, texts in qualified:
        for text in sorted(texts):
            is_bare = len(texts) > 1 and " " not in text  # "only" beside the condition itself
            if not is_bare and not _is_despite(text, scope):
                yield Limit(f"{kind} {plain(text)}", f"{said}: {exact(text, parts)}")
    if statement.term and statement.term not in scope.terms and not _is_despite(statement.term_text, scope):
        text = statement.term_text or _TERMS[statement.term]
        yield Limit(_TERM + plain(text), f"{_TERMS[statement.term]}: {exact(text, parts)}")
    of_these = statement.conditions | statement.exceptions
    if statement.stance is Stance.LIMITS and not (
        of_these and all(_is_despite(text, scope) for text in of_these)
    ):
        yield Limit(_LIMIT + plain(statement.cue), exact(statement.cue, parts))
    yield from _narrowed(statement, scope, parts)


def _is_despite(text: str, scope: Scope) -> bool:
    """Whether these words, as a whole, are an exception or an end that the part allows."""
    return bool(text) and _bare(text, scope.fillers) in _bared(scope.despite, scope.fillers)


@lru_cache(TEXTS)
def _bared(phrases: frozenset[str], fillers: frozenset[str]) -> frozenset[str]:
    return frozenset(_bare(one, fillers) for one in phrases)


def _bare(text: str, fillers: frozenset[str]) -> str:
    return " ".join(word for word in plain(text).split() if word not in fillers | _ARTICLES)


def _narrowed(statement: Statement, scope: Scope, parts: Sequence[str]) -> Iterator[Limit]:
    """Words that make it narrower, and hedges that no such word stands for."""
    narrow = [word for word in sorted(scope.narrowing - scope.neutral) if first_in((word,), statement.quote)]
    for word in narrow:
        yield Limit(f"narrower {plain(word)}", f"with a word that narrows it: {exact(word, parts)}")
    for hedge in sorted(statement.hedges) if not narrow else ():
        words = exact(hedge.replace("_", " "), parts)
        yield Limit(
            f"hedge {hedge}", "with a word that weakens it" + (f": {words}" if words[0] == "“" else "")
        )


def _of_names(claim: Claim, kind: str, said: str, ids: Collection[str]) -> Iterator[Limit]:
    names = [_PLACES.get(one) or spoken(one) for one in sorted(ids)]
    wider = claim.said.wider if claim.said else {}
    above = tuple((one, wider.get(one, frozenset({one}))) for one in sorted(ids))
    if names:
        yield Limit(f"{kind} {' '.join(sorted(ids))}", f"{said} {listed(names)}", kind, above)


def _elsewhere(claim: Claim, exceptions: Iterable[Claim]) -> Iterator[Limit]:
    """Exceptions from it that stand as sentences of their own on its page."""
    one = claim.saying
    if one.stance not in _BANS:
        return
    for other in exceptions:
        theirs = other.saying
        is_near = theirs.page_id == one.page_id and _together(claim, other)
        if is_near and not set(theirs.technologies).isdisjoint(one.technologies):
            yield Limit(f"exception {plain(theirs.quote)}", f"with an exception: “{theirs.quote}”")


def _together(claim: Claim, other: Claim) -> bool:
    """Whether both stand now, or were seen at one time."""
    one, two = claim.saying, other.saying
    if claim.stands:
        return other.stands
    return one.first_seen_at <= two.last_seen_at and two.first_seen_at <= one.last_seen_at
