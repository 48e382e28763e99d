"""What keeps words from covering a part of an ask in full. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.asks import Scope
from monitor.model import SAYING_NO, Saying, Stance, Statement
from monitor.scorecard.claims import Claim
from monitor.scorecard.phrases import TEXTS, exact, first_in, plain
from monitor.threads import LEADS_IN
from monitor.words import listed, spoken

_FIRM = {Stance.REFUSES: 2, Stance.REQUIRES: 3, Stance.WITHDRAWS: 2}  #: the force from which it binds
_WORDS_SHOWN = 6
DOUBT = "doubtful "  #: what the key of a limit begins with that a person has to judge
_TERM, _WORDS, _LIMIT = "term ", "words ", "limits "
TECHNOLOGY, ACT = "technology", "act"
_OF_PRODUCTS = frozenset(["develop", "sell", "provide", "use", "identify"])
_SALES = frozenset(["sell", "provide"])
_BUYS = ("invest",)
_DOINGS = {"company": "only of what it does itself"}
_OF_OTHERS = "only of what customers and others do"
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
        return self.key.startswith((_WORDS, DOUBT, _LIMIT))

    @property
    def is_open(self) -> bool:
        """Whether it is how long the words hold, or words that a person has to judge."""
        return self.key.startswith((_TERM, _WORDS))


def limits_of(claim: Claim, scope: Scope) -> Iterator[Limit]:
    """Each limit in these words and in what the part wants of them, as often as it comes."""
    one, statement = claim.saying, claim.statement
    parts = (one.quote, *one.context)
    yield from _of_slots(claim, scope)
    if scope.actions.isdisjoint(one.actions or ("",)) and meant_acts(one):
        yield Limit(f"{DOUBT}{ACT}", f"“{one.quote}”", ACT)
    if statement is None:
        yield Limit("unread", "its limits could not be read from these words alone")
        return
    yield from _of_words(statement, scope, parts)
    yield from _of_names(claim, "purpose", "only for", statement.purposes - scope.purposes)
    yield from _of_names(claim, "place", "only for", statement.places - scope.places)
    if statement.force < _FIRM.get(statement.stance, 0):
        yield Limit(f"force {statement.force}", f"not firmly: {exact(statement.cue, parts)}")
    if statement.in_quotes or statement.doubtful or leads_in(one):
        yield Limit(DOUBT, f"“{one.quote}”")
    if claim.said and claim.said.question:
        yield Limit(DOUBT + "answer", f"“{one.quote}” to the question “{claim.said.question.text}”")
    elif claim.said and claim.said.is_bare and statement.stance is Stance.REFUSES:
        yield Limit(DOUBT + "answer", f"“{one.quote}”")
    yield from _of_doubts(claim, scope, parts)
    yield from _unread(claim, scope, parts)


def _of_doubts(claim: Claim, scope: Scope, parts: Sequence[str]) -> Iterator[Limit]:
    """What its cue may not govern, and what it is not done for."""
    if claim.said is None:
        return
    for words in claim.said.doubts.others:
        yield Limit(DOUBT + words, exact(words, parts))
    known = _known(scope.neutral)
    for aim in claim.said.doubts.aims:
        if known.issuperset(plain(aim.words).split()[1:]):
            continue
        if not aim.technologies:
            yield Limit(DOUBT + aim.words, exact(aim.words, parts))
        elif aim.technologies.isdisjoint(scope.technologies):
            yield Limit(f"aim {aim.words}", f"only {exact(aim.words, parts)}")


def _unread(claim: Claim, scope: Scope, parts: Sequence[str]) -> Iterator[Limit]:
    """Words of which neither a slot nor the part tells what they mean."""
    known = _known(scope.words, scope.in_full, scope.where, scope.neutral)
    left = _without(scope.whole, plain(claim.saying.quote))
    others = [word for word in claim.said.others if word not in known] if claim.said else []
    others = [word for word in others if f" {plain(word)} " in left]
    others += [one for one in sorted(scope.judged) if first_in((one,), claim.saying.quote)]
    others = list(dict.fromkeys(others))
    if others:
        shown = listed([exact(word, parts) for word in others[:_WORDS_SHOWN]])
        more = " and more" if len(others) > _WORDS_SHOWN else ""
        yield Limit(_WORDS + " ".join(sorted(others)), shown + more)


@lru_cache(TEXTS)
def _known(*phrases: frozenset[str]) -> frozenset[str]:
    """The single words of all these phrases."""
    return frozenset(word for each in phrases for one in each for word in plain(one).split())


@lru_cache(TEXTS)
def _without(phrases: frozenset[str], text: str) -> str:
    """Plain text without these phrases, with a blank on either side."""
    left = f" {text} "
    for one in sorted(map(plain, phrases), key=len, reverse=True):
        left = left.replace(f" {one} ", "  ")
    return left


def _of_slots(claim: Claim, scope: Scope) -> Iterator[Limit]:
    """Less than the part names: another technology, fewer people; or words without those that it wants."""
    one = claim.saying
    if one.bearer in scope.lesser:
        yield Limit(f"bearer {one.bearer}", _DOINGS.get(one.bearer, _OF_OTHERS))
    if scope.technologies and scope.technologies.isdisjoint(one.technologies):
        yield from _of_names(claim, TECHNOLOGY, "only of", one.technologies)
    whole = not one.parties or (bool(scope.parties) and not scope.parties.isdisjoint(one.parties))
    if not whole and claim.said and claim.said.framed.issuperset(one.parties):
        names = listed([spoken(each) for each in sorted(one.parties)])
        yield Limit(f"{DOUBT}below {names}", f"“{one.quote}” below a heading that names {names}")
    elif not whole:
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


def meant_acts(one: Saying) -> frozenset[str]:
    """What its words may mean, where they name no act: "we have discontinued it", "nobody can buy it"."""
    if one.stance in SAYING_NO and not one.actions:
        return _OF_PRODUCTS
    return _SALES if one.actions == _BUYS and one.bearer != "company" else frozenset()


def leads_in(one: Saying) -> bool:
    """Whether what it says goes on in the lines below: "You may not use it to:"."""
    return one.quote.rstrip().endswith(LEADS_IN)
