"""Open questions, drafted from what the organization's own words leave open. Pure: facts, never motives."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from app.dossiers.dossier import Place, Question
from monitor.asks import Ask
from monitor.model import Statement
from monitor.scorecard import Part, Score, State, Support
from monitor.words import listed, spoken

QUOTES_AT_MOST = 3  #: of one part, that are asked about
_REVOCABLE, _ENDS = "revocable", ("fixed", "until_event", "until_further_notice")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A page that cannot be read now. why: as a clause; since: UTC."""

    page_id: str
    url: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What questions are drafted from. statements: number of the evidence → what its words say.

    standing: (page id, words) of what the text that we believe says now. above: number of the evidence → the
    sentences before its words that end the context of supports, where these are needed to understand them.
    under: number of the evidence → of the lines that govern its words those that decide what they mean.
    """

    numbers: Mapping[Place, int]
    statements: Mapping[int, Statement]
    standing: frozenset[tuple[str, str]] = frozenset()
    products: Sequence[str] = ()
    unreadable: Sequence[Unreadable] = ()
    has_pages: bool = True  #: whether any page of it is watched
    above: Mapping[int, Sequence[str]] = field(default_factory=dict)
    under: Mapping[int, Sequence[str]] = field(default_factory=dict)


def questions_of(scores: Sequence[Score], known: Known) -> tuple[Question, ...]:
    """The open questions: of what got weaker first, then of what is met in part, not met, and unknown."""
    drafted = [
        question
        for state, draft in _DRAFTS.items()
        for score in scores
        if (parts := [part for part in score.parts if part.state is state])
        for question in draft(score.ask, parts, known)
    ]
    return tuple(_once([*drafted, *_unread(scores, known)]))


def _once(drafted: Iterable[Question]) -> Iterator[Question]:
    """Each text once, with the asks of all."""
    found: dict[str, Question] = {}
    for one in drafted:
        asks = (*found[one.text].asks, *one.asks) if one.text in found else one.asks
        found[one.text] = replace(found.get(one.text, one), asks=tuple(dict.fromkeys(asks)))
    yield from found.values()


# --------------------------------------------------------------------------- by state


def _regressed(ask: Ask, parts: Sequence[Part], known: Known) -> Iterator[Question]:
    """On what left: whether it holds; on what stands in its place: what it leaves open."""
    for part, support in _supports(parts):
        if _stands(support, known):
            yield from _left_open(ask, part, support, known)
        else:
            yield _left(ask, part, support, known)


def _partial(ask: Ask, parts: Sequence[Part], known: Known) -> Iterator[Question]:
    """The same, and on words that say the contrary of others: how they go together."""
    for part, support in _supports(parts):
        if not _stands(support, known):
            yield _left(ask, part, support, known)
        elif support.is_contrary:
            yield from _together(ask, part, support, known)
        else:
            yield from _beyond(ask, part, support, known)


def _stands(support: Support, known: Known) -> bool:
    return (support.page_id, support.quote) in known.standing


def _left(ask: Ask, part: Part, support: Support, known: Known) -> Question:
    first, last = _day(support.at), _day(support.last_seen)
    seen = f"From {first} to {last}" if first != last else f"On {first}"
    said = f"{seen} we read{_under(support, known)}: {_quoted(support.quote)}"
    return _asked(ask, part, known, f"{said} Does this hold today, and where is it said?", support)


def _together(ask: Ask, part: Part, support: Support, known: Known) -> Iterator[Question]:
    """Of two that stand side by side."""
    beside = (one for one in part.supports if not one.is_contrary and _stands(one, known))
    for one in islice(beside, 1):
        also = _you_say(support, known).replace("You", "You also", 1)
        both = f"{_you_say(one, known)} {also}"
        yield _asked(ask, part, known, f"{both} How do these words go together?", support)


def _beyond(ask: Ask, part: Part, support: Support, known: Known) -> Iterator[Question]:
    gaps = list(_left_open(ask, part, support, known))
    rest = f"It is asked: {_sentence(ask.text)} What do you commit to beyond these words?"
    yield from gaps or [_asked(ask, part, known, f"{_you_say(support, known)} {rest}", support)]


def _unmet(ask: Ask, parts: Sequence[Part], known: Known) -> Iterator[Question]:
    """One for all parts of an ask, with the first words that say the contrary."""
    names = [spoken(one.name) for one in parts if one.name]
    asked = _sentence(ask.text + (f" (here: {', '.join(names)})" if names else ""))
    against = [(part, one) for part, one in _supports(parts) if one.is_contrary]
    found = "no promise of it" if against else "no words on it"
    said = f"It is asked: {asked} We found {found} on the pages of yours that we watch and read."
    position = "What is your position, and where do you publish it?"
    for part, support in against[:1]:
        yield _asked(ask, part, known, f"{said} {_you_say(support, known)} {position}", support)
    if not against:
        yield Question((ask.id,), State.UNMET, f"{said} {position}")


def _supports(parts: Sequence[Part]) -> Iterator[tuple[Part, Support]]:
    return ((part, one) for part in parts for one in part.supports[:QUOTES_AT_MOST])


def _left_open(ask: Ask, part: Part, support: Support, known: Known) -> Iterator[Question]:
    statement = known.statements.get(_number(support, known))
    for gap in _gaps(support.quote, statement, _wanted(ask, part), known.products):
        yield _asked(ask, part, known, f"{_you_say(support, known)} {gap}", support)


_DRAFTS: Mapping[State, Callable[[Ask, Sequence[Part], Known], Iterator[Question]]] = {
    State.REGRESSED: _regressed,
    State.PARTIAL: _partial,
    State.UNMET: _unmet,
}


def _unread(scores: Sequence[Score], known: Known) -> Iterator[Question]:
    """One for each page that cannot be read; where none is watched, one for all. That we never looked at a
    page is no gap of theirs."""
    unknown = (one for one in scores if any(part.state is State.UNKNOWN for part in one.parts))
    asks = tuple(one.ask.id for one in unknown if one.ask.parts)  # without parts: no page could show it
    if not asks:
        return
    for page in known.unreadable:
        said = f"We have not been able to read {page.url} since {_day(page.since)} ({page.why})."
        yield Question(asks, State.UNKNOWN, f"{said} Where do your words on these asks stand today?")
    if not known.has_pages:
        said = "We know of no page of yours that says how these asks are met."
        yield Question(asks, State.UNKNOWN, f"{said} Where do you publish your words on them?")


def _asked(ask: Ask, part: Part, known: Known, text: str, support: Support) -> Question:
    return Question((ask.id,), part.state, text, support.quote, _number(support, known))


def _number(support: Support, known: Known) -> int:
    return known.numbers.get((support.page_id, support.quote, support.fetch_id), 0)


def _you_say(support: Support, known: Known) -> str:
    return f"You say{_under(support, known)}: {_quoted(support.quote)}"


def _under(support: Support, known: Known) -> str:
    """The lines without which the words may say the opposite, and what they point back at."""
    number = _number(support, known)
    before = known.above.get(number, ())
    lines = known.under.get(number, support.context[: len(support.context) - len(before)])
    under = f" under {', then '.join(f'“{one}”' for one in lines)}" if lines else ""
    return under + (f" after {listed([f'“{one}”' for one in before])}" if before else "")


def _quoted(quote: str) -> str:
    """The words in quotation marks, as the end of a sentence."""
    return f"“{quote}”" if quote.rstrip()[-1:] in tuple(".!?") else f"“{quote}”."


def _sentence(text: str) -> str:
    """The text with an end."""
    return text if text.rstrip("”)")[-1:] in tuple(".!?") else f"{text}."


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


# --------------------------------------------------------------------------- what words leave open


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Of what, and towards whom, words are asked for; empty: any."""

    technologies: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()


def _wanted(ask: Ask, part: Part) -> _Wanted:
    about = next((one for one in ask.parts if one.name == part.name), ask.about)
    return _Wanted(about.technologies, about.parties) if about else _Wanted()


def _gaps(quote: str, said: Statement | None, wanted: _Wanted, products: Sequence[str]) -> Iterator[str]:
    """A question for each thing that these words leave open; in quotation marks only what stands in them."""
    if said is not None:
        yield from _limits(quote, said)
        yield from _others(said, wanted)
    if named := [one for one in products if one in quote]:
        names = listed([f"“{one}”" for one in named])
        yield f"These words name {names}. Do they hold for all that you offer?"


def _limits(quote: str, said: Statement) -> Iterator[str]:
    for exception in _within(quote, said.exceptions):
        yield f"Who may rely on “{exception}”, who decides it, and how often has it been used?"
    for condition in _within(quote, said.conditions):
        yield f"Who checks “{condition}”, and is what they find published?"
    if said.term_text and said.term_text in quote:
        if said.term == _REVOCABLE:
            yield f"“{said.term_text}” speaks of today. Will a change be announced before it takes effect?"
        if said.term in _ENDS:
            yield f"What holds after “{said.term_text}”?"
    elif said.term in _ENDS:
        yield "These words name an end. What holds after it?"


def _others(said: Statement, wanted: _Wanted) -> Iterator[str]:
    """Whom, and what, the ask names, where these words name only others; naming nobody, they are for all."""
    for asked, named in ((wanted.parties, said.parties), (wanted.technologies, said.technologies)):
        if asked and named and not asked & named:
            yield f"Do these words hold for {listed(sorted(map(spoken, asked)))} too?"


def _within(quote: str, pieces: Iterable[str]) -> list[str]:
    return sorted(one for one in pieces if one in quote)
