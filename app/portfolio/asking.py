"""The scorecards of a portfolio as rows. Pure."""

from collections import Counter
from collections.abc import Iterator

from app.dossiers.words import LENSES
from app.papers.paper import Cell
from app.portfolio.gathering import Position
from monitor.asks import Lens
from monitor.scorecard import Part, State, Support
from monitor.words import spoken

BY_LENS = ("organization", "lens", *(state.value for state in State))
OPEN = (
    *("organization", "lens", "ask", "part", "state", "words it rests on", "page", "why", "what is asked"),
    *("decided by a person", "source"),
)
_OPEN = (State.REGRESSED, State.UNMET)


def by_lens(position: Position) -> Iterator[tuple[Cell, ...]]:
    """A row for each lens: how many parts of its asks are in each state."""
    for lens, counted in _counts(position).items():
        yield (position.organization.name, LENSES[lens], *(counted[state] for state in State))


def in_words(position: Position, state: State) -> str:
    """How many parts are in this state, lens by lens: “Investors: 2, EU AI Act: 1”."""
    counts = ((lens, counted[state]) for lens, counted in _counts(position).items())
    return ", ".join(f"{LENSES[lens]}: {count}" for lens, count in counts if count)


def _counts(position: Position) -> dict[Lens, Counter[State]]:
    counts: dict[Lens, Counter[State]] = {}
    for score in position.scores:
        counts.setdefault(score.ask.lens, Counter()).update(part.state for part in score.parts)
    return dict(sorted(counts.items()))


def open_asks(position: Position) -> Iterator[tuple[Cell, ...]]:
    """A row for each part that is regressed or unmet, in the order of the asks."""
    for score in position.scores:
        for part in score.parts:
            if part.state in _OPEN:
                ask = score.ask
                said = "; ".join(_words(one, position) for one in part.supports)
                yield (
                    *(position.organization.name, LENSES[ask.lens], ask.id, spoken(part.name)),
                    *(part.state.value, said, _pages(part), part.why, ask.text, _decided(part), ask.source),
                )


def _words(one: Support, position: Position) -> str:
    """One quote, and whether the text of its page that we believe still has it."""
    stands = (one.page_id, one.quote) in position.words
    when = "in our last reading" if stands else "read before, no longer in our last reading"
    return f"“{one.quote}” ({when})"


def _pages(part: Part) -> str:
    return ", ".join(dict.fromkeys(one.page_id for one in part.supports))


def _decided(part: Part) -> str:
    """By whom, and why, where a person overruled our own state."""
    one = part.overruled
    return f"{one.who}, {one.on}: {one.reason}" if one else ""
