"""The draft of a letter to an organization: its own words, what is asked of it, and what we ask it. Pure.

A person checks it, fills in its blanks and sends it; nothing here is sent. Facts, never motives.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from app.dossiers.documented import limits_of, named_in, place_of
from app.dossiers.dossier import Question
from app.papers.paper import Block, Facts, Items, Paper, Paragraph, Quotation, Section
from monitor.documented import Documented, Fate
from monitor.ledger.differing import Differing, Wording
from monitor.model import Organization
from monitor.scorecard import Part, Score, State, Support
from monitor.words import listed, spoken

Seen = Mapping[tuple[str, str], tuple[datetime, datetime]]  #: (page id, words) → when read first and last

FIRST_LINE = "Draft: check every quote before you send it"
BLANK = "[……………………]"
OPEN = (State.REGRESSED, State.PARTIAL, State.UNMET)

_STATES = {
    State.REGRESSED: "Said before, and we no longer find it as it was",
    State.PARTIAL: "Met in part",
    State.UNMET: "We found no words on it on the pages of yours that we watch and read",
    State.UNKNOWN: "We could not read all that could say it",
}
#: Fates by which words may still hold, as far as the sources tell.
_MAY_HOLD = frozenset({Fate.IN_FORCE, Fate.WEAKENED, Fate.PAGE_GONE, Fate.UNKNOWN})


def letter_of(
    organization: Organization,
    scores: Sequence[Score],
    differing: Sequence[Differing],
    documented: Sequence[Documented],
    today: date,
    questions: Sequence[Question] = (),
    seen: Seen | None = None,
) -> Paper:
    """The draft. scores, differing, documented, questions: of this organization, as of today (UTC).

    seen: when words were read, where that is longer than below the lines that govern them now.

    Of the scores those count of which a part is regressed, met in part, unmet or unknown; the same values
    give the same letter.
    """
    asked = [score for score in scores if _is_open(score)]
    seen = seen or {}
    sections = (
        Section("opening", f"To {organization.name}", _opening(today)),
        Section("your-words", "Your words", tuple(_words(organization, asked, seen))),
        Section(
            "differing",
            "The same subject in several places",
            tuple(_differing(organization, differing, documented)),
        ),
        Section(
            "documented",
            "Words that others documented",
            tuple(_documented(organization, documented, differing)),
        ),
        Section("asked", "What is asked", tuple(_asked(asked))),
        Section("unread", "What we could not read", tuple(_unread(scores))),
        Section("questions", "Our questions", tuple(_questions(questions))),
        Section("closing", "Your answer", _closing()),
    )
    return Paper(
        title=FIRST_LINE,
        subtitle=f"Letter to {organization.name} on facial recognition",
        facts=Facts(
            (
                ("To", f"{organization.name}, {BLANK}"),
                ("From", BLANK),
                ("Date", BLANK),
                ("We ask for a reply by", BLANK),
                ("Drafted on", _day(today)),
            )
        ),
        sections=tuple(section for section in sections if section.blocks),
        note="Quotation marks and quote blocks hold exact words of the sources named beside them; "
        "everything else is a description of what was seen, and when. No legal advice.",
    )


def is_anything_asked(scores: Sequence[Score], questions: Sequence[Question]) -> bool:
    """Whether there is anything to write about."""
    return bool(questions) or any(map(_is_open, scores))


def _opening(today: date) -> tuple[Block, ...]:
    return (
        Paragraph(f"Dear {BLANK},"),
        Paragraph(f"We are {BLANK}."),
        Paragraph(
            "We write about what you say in public on facial recognition and other biometric surveillance, "
            f"as we read it up to {_day(today)}, and about what is asked of you."
        ),
    )


def _closing() -> tuple[Block, ...]:
    return (
        Paragraph(f"We would be grateful for a reply by {BLANK}."),
        Paragraph(
            "Where a quote is wrong, or other words hold today, please tell us which, and where they stand."
        ),
        Paragraph("Yours sincerely,"),
        Paragraph(BLANK),
    )


# --------------------------------------------------------------------------- its words


def _words(organization: Organization, asked: Sequence[Score], seen: Seen) -> Iterator[Block]:
    """Each quote once, with what we make of it on each ask that rests on it."""
    addresses = {page.id: page.url for page in organization.pages}
    found: dict[tuple[str, str], Support] = {}
    read: dict[tuple[str, str], dict[str, list[str]]] = {}
    for score in asked:
        for part, one in _open_supports(score):
            place = one.page_id, one.quote
            found.setdefault(place, one)
            name = f"{score.ask.id} ({spoken(part.name)})" if part.name else score.ask.id
            read.setdefault(place, {}).setdefault(one.why, []).append(name)
    if found:
        yield Paragraph("These words are yours. Below each stands where and when we read it.")
    for place, one in found.items():
        on = " ".join(f"On {_named(asks)}: {why}" for why, asks in read[place].items())
        first, last = seen.get(place, (one.at, one.last_seen))
        times = _seen(min(first, one.at), max(last, one.last_seen))
        source = f"{_where(one.page_id, addresses)}. {times} {on}"
        yield Quotation(one.quote, source, one.context)


def _open_supports(score: Score) -> Iterator[tuple[Part, Support]]:
    return ((part, one) for part in score.parts if part.state in OPEN for one in part.supports)


def _where(page_id: str, addresses: Mapping[str, str]) -> str:
    return f"{addresses[page_id]} ({page_id})" if page_id in addresses else page_id


def _seen(first: datetime, last: datetime) -> str:
    return f"First read {_moment(first)}, last read {_moment(last)}."


def _differing(
    organization: Organization, differing: Sequence[Differing], documented: Sequence[Documented]
) -> Iterator[Block]:
    addresses = {page.id: page.url for page in organization.pages}
    known = {one.id: one for one in documented}
    for one in differing:
        yield Paragraph(f"On {one.subject}: {one.why}")
        for wording in one.wordings:
            if wording.key in known:
                yield _as_documented(known[wording.key], organization)
            else:
                yield Quotation(wording.quote, _wording_source(wording, addresses), wording.context)


def _wording_source(wording: Wording, addresses: Mapping[str, str]) -> str:
    since = f", first read {_moment(wording.since)}" if wording.since else ""
    return f"{_where(wording.page_id, addresses)}{since}; {wording.status}"


def _documented(
    organization: Organization, documented: Sequence[Documented], differing: Sequence[Differing]
) -> Iterator[Block]:
    """What may still hold and was not shown above, and where the organization is named with others."""
    shown = {wording.key for one in differing for wording in one.wordings}
    kept = [one for one in documented if one.quote and one.fates[0] in _MAY_HOLD and one.id not in shown]
    if kept:
        yield Paragraph("We know this from the sources named, and not from our own reading.")
    yield from (_as_documented(one, organization) for one in kept)


def _as_documented(one: Documented, organization: Organization) -> Block:
    """In quotation marks only exact words, and none where the organization is only named with others."""
    source = _documented_source(one, organization)
    if not one.is_of(organization.id):
        return Paragraph(f"{named_in(one)}. Words of others are not quoted here as yours.\n{source}")
    if one.is_verbatim:
        return Quotation(one.quote, source)
    return Paragraph(f"In substance, not in exact words: {one.quote}\n{source}")


def _documented_source(one: Documented, organization: Organization) -> str:
    """Who said it, when and where, how it fared by the sources, and all that limits it."""
    fates = ", ".join(fate.value.replace("_", " ") for fate in one.fates)
    by = one.quoted_by and f"by {one.quoted_by}"
    said = (one.actor, one.said_on and f"said {one.said_on}", by, f"by its sources: {fates}", *one.sources)
    where = place_of(one, {page.id for page in organization.pages})
    limits = "".join(f" {each}" for each in limits_of(one))
    return f"{'; '.join(filter(None, said))} (documented; {where}).{limits}"


# --------------------------------------------------------------------------- what is asked


def _asked(asked: Sequence[Score]) -> Iterator[Block]:
    if asked:
        yield Items(tuple(f"{_ask(score)}\n{_states(score.parts)}" for score in asked), numbered=True)


def _ask(score: Score) -> str:
    ask = score.ask
    check = f" [Check this source: {ask.certainty}]" if ask.certainty else ""
    return f"{ask.text}\n{ask.id}, {ask.source}.{check}"


def _states(parts: Sequence[Part]) -> str:
    """In our words; what a person decided, and why, stays in the house."""
    return " ".join(
        f"{said}{_parts([part.name for part in parts if part.state is state])}."
        for state, said in _STATES.items()
        if any(part.state is state for part in parts)
    )


def _parts(names: Sequence[str]) -> str:
    named = [spoken(name) for name in names if name]
    return f" ({listed(named)})" if named else ""


def _unread(scores: Sequence[Score]) -> Iterator[Block]:
    """The asks of which nothing is known; those without parts no page could show."""
    unknown = [
        score
        for score in scores
        if score.ask.parts
        and not _is_open(score)
        and any(part.state is State.UNKNOWN for part in score.parts)
    ]
    if unknown:
        yield Paragraph(
            "We could not read what you say on these asks today, or not on every page of yours that could "
            "say it. So we say nothing of them."
        )
        yield Items(tuple(map(_ask, unknown)))


def _is_open(score: Score) -> bool:
    return any(part.state in OPEN for part in score.parts)


def _questions(questions: Sequence[Question]) -> Iterator[Block]:
    if questions:
        yield Items(tuple(f"{one.text} (On {_named(one.asks)}.)" for one in questions), numbered=True)


def _named(asks: Sequence[str]) -> str:
    return listed(sorted(set(asks)))


def _moment(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{_day(at.date())} {at:%H:%M} UTC"


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
