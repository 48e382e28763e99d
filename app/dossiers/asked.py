"""The parts of a dossier's paper on what is asked: scorecards, open questions, replies. Pure."""

from collections.abc import Iterator, Sequence

from app.dossiers.dossier import Dossier
from app.dossiers.words import LENSES, Marker
from app.papers.paper import Cell, Items, Paragraph, Section, Table
from monitor.asks import Lens
from monitor.scorecard import Part, Score, State
from monitor.words import listed, spoken

_STATES = (
    "Met, partial and unmet are said only of what the pages that we watch and read say or not; regressed: it"
    " said so, or more, before; unknown: a page that could say it was not read, or none is watched. Each lens"
    " stands for itself: there is no figure over several."
)
TO_JUDGE = "Words that a person has to judge"  #: how a reason begins where our rules are not sure of words
_TO_JUDGE = (
    f"“{TO_JUDGE}” are words of the organization of which our rules cannot tell what they mean for what is"
    " asked: read the quotes, and decide."
)
_COLUMNS = ("Ask", "What is asked", "Part", "State", "Why", "Evidence")


def score_sections(dossier: Dossier) -> Iterator[Section]:
    """A table for each lens, and what persons decided."""
    scored = [lens for lens in LENSES if any(one.ask.lens is lens for one in dossier.scores)]
    intro = Paragraph(_STATES, soft=True) if scored else Paragraph("No ask addresses this organization.")
    yield Section("scorecard", "How it meets what is asked", (intro,))
    marker = Marker(dossier)
    for lens in scored:
        scores = [one for one in dossier.scores if one.ask.lens is lens]
        yield Section(_name(lens), LENSES[lens], _lens(lens, scores, dossier, marker), 2)


def _lens(
    lens: Lens, scores: Sequence[Score], dossier: Dossier, marker: Marker
) -> tuple[Table | Paragraph | Items, ...]:
    beyond = [one for one in scores if _is_beyond(one)]
    rows = tuple(
        _row(one, part, place == 0, dossier, marker)
        for one in scores
        if one not in beyond
        for place, part in enumerate(one.parts)
    )
    blocks: list[Table | Paragraph | Items] = []
    if any(part.why.startswith(TO_JUDGE) for one in scores for part in one.parts):
        blocks.append(Paragraph(_TO_JUDGE, soft=True))
    if rows:
        blocks.append(Table(_name(lens), f"{LENSES[lens]}: each ask, part by part", _COLUMNS, rows))
    if beyond:
        blocks.append(Items(tuple(_beyond(beyond))))
    if overrules := tuple(_overrules(scores)):
        blocks.append(Items(overrules))
    return (*blocks, Paragraph(f"Sources: {_sources(scores)}", soft=True))


def _is_beyond(one: Score) -> bool:
    """Whether no page can show it, so that it is unknown of everybody, and no person decided it."""
    return not one.ask.parts and all(
        part.state is State.UNKNOWN and part.overruled is None for part in one.parts
    )


def _beyond(scores: Sequence[Score]) -> Iterator[str]:
    """The asks that our method cannot judge: a sentence for each reason, with their ids."""
    found: dict[str, list[str]] = {}
    for one in scores:
        for part in one.parts:
            found.setdefault(part.why, []).append(one.ask.id)
    for why, ids in found.items():
        yield f"Unknown: {listed(ids)}. {why}"


def _sources(scores: Sequence[Score]) -> str:
    """Each source with the asks that are from it."""
    found: dict[str, list[str]] = {}
    for one in scores:
        found.setdefault(one.ask.source, []).append(one.ask.id)
    return "; ".join(f"{source} ({', '.join(ids)})" for source, ids in found.items())


def _name(lens: Lens) -> str:
    return f"asks-{lens.value.replace('_', '-')}"


def _row(one: Score, part: Part, is_first: bool, dossier: Dossier, marker: Marker) -> tuple[Cell, ...]:
    """A part of an ask; what is asked stands in the first row of an ask."""
    state = f"{part.state.value}, overruled" if part.overruled else part.state.value
    numbers = (dossier.numbers.get((each.page_id, each.quote, each.fetch_id)) for each in part.supports)
    asked = one.ask.text if is_first else None
    return one.ask.id, asked, spoken(part.name), state, part.why, marker.all(numbers)


def _overrules(scores: Sequence[Score]) -> Iterator[str]:
    for one in scores:
        for part in one.parts:
            if (by := part.overruled) is None:
                continue
            what = f"{one.ask.id}{f' ({spoken(part.name)})' if part.name else ''}"
            found = f"we found {part.found.value}" if part.found else "we found the same"
            yield f"{what}: {by.state.value}, says {by.who} on {by.on}; {found}. Reason: {by.reason}"


def questions_section(dossier: Dossier) -> Section:
    """What the organization's own words leave open."""
    marker = Marker(dossier)
    rows = tuple(
        (number, one.text, ", ".join(one.asks), one.state.value, marker(one.number))
        for number, one in enumerate(dossier.questions, 1)
    )
    columns = ("No.", "Question", "Asks", "State", "Evidence")
    table = Table("questions", "Open questions", columns, rows, "No question was drafted.")
    said = "Drafts, from the gaps in the organization's own words: a person should choose among them."
    return Section("questions", "Open questions", (Paragraph(said, soft=True), table))


def replies_section(dossier: Dossier) -> Section:
    """What it was asked, and what had come of it by the end of the period."""
    marker = Marker(dossier)
    rows = tuple(
        (
            one.asked_on,
            one.due,
            one.outcome(dossier.period.last),
            ", ".join(one.about),
            f"“{one.quote}”" if one.quote else "",
            "; ".join(part for part in (one.channel, one.source, one.note) if part),
            marker(dossier.numbers.get((f"reply:{number}", one.quote, 0))),
        )
        for number, one in enumerate(dossier.replies, 1)
    )
    columns = ("Asked on", "Due", "Outcome", "Asks", "Words of the answer", "By, source, note", "Evidence")
    caption = f"Asked, and what had come of it by {dossier.period.last}"
    none = "No question to it is recorded."
    return Section("replies", "Replies", (Table("replies", caption, columns, rows, none),))
