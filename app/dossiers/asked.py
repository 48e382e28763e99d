"""The parts of a dossier's paper on what is asked: scorecards, open questions, replies. Pure."""

from collections.abc import Iterator, Sequence

from app.dossiers.dossier import Dossier
from app.dossiers.words import LENSES, Marker
from app.papers.paper import Cell, Items, Paragraph, Section, Table
from monitor.asks import Lens
from monitor.scorecard import Part, Score
from monitor.words import spoken

_STATES = (
    "Met, partial and unmet are said only of what the pages that we watch and read say or not; regressed: it"
    " said so, or more, before; unknown: a page that could say it was not read, or none is watched. Each lens"
    " stands for itself: there is no figure over several."
)


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
    columns = ("Ask", "What is asked", "Part", "State", "Why", "Evidence")
    rows = tuple(
        _row(one, part, place == 0, dossier, marker) for one in scores for place, part in enumerate(one.parts)
    )
    table = Table(_name(lens), f"{LENSES[lens]}: each ask, part by part", columns, rows)
    sources = "; ".join(dict.fromkeys(one.ask.source for one in scores))
    overrules = tuple(_overrules(scores))
    return (table, *([Items(overrules)] if overrules else []), Paragraph(f"Sources: {sources}", soft=True))


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
    none = "No question to it is recorded in replies.toml."
    return Section("replies", "Replies", (Table("replies", caption, columns, rows, none),))
