"""The lines above words: those that decide what they mean, and those that say what they are about. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.dossiers.dossier import Dossier, Evidence, Place
from monitor.compare import statements_in
from monitor.ledger.differing import Differing, Wording
from monitor.lexicon import Lexicon, spell
from monitor.model import Document, Segment, Sentence, Stance
from monitor.scorecard import Part
from monitor.segment import sentences
from monitor.threads import LEADS_IN

_LINES_AT_MOST = 3
_DECIDING = (Stance.REFUSES, Stance.PERMITS)


def deciding(quote: str, context: Sequence[str], lexicon: Lexicon | None) -> tuple[str, ...]:
    """Of the lines above words those without which they may say the opposite.

    From the nearest line on that bans or permits ("Do not use it for", "This includes:"); of words that say
    so themselves the last; all where nothing does, or where we have no words of their language.
    """
    if lexicon is None:
        return tuple(context)
    is_led = bool(context) and context[-1].rstrip().endswith(LEADS_IN)
    if not is_led and _stances(quote, lexicon):
        return tuple(context[-1:])
    at = [place for place, line in enumerate(context) if _stances(line, lexicon) & {*_DECIDING}]
    return tuple(context[at[-1] if at else 0 :])


def _stances(line: str, lexicon: Lexicon) -> set[Stance | None]:
    return {tag.entry.stance for tag in lexicon.tags(spell(line)) if tag.list == "cues"}


def in_place(quote: str, context: tuple[str, ...], said: Sequence[Sentence]) -> tuple[str, ...]:
    """The headings and lines above these words in this very text: of another version they may be others.

    As they were given where they are so, or where the words are no whole sentence of the text.
    """
    found = [(*one.headings, *one.lead_ins) for one in said if one.text == quote]
    if not found or context in found:
        return context
    return max(found, key=lambda lines: sum(line in context for line in lines))


def lines_above(quote: str, context: Sequence[str], text: Document, lexicon: Lexicon) -> tuple[str, ...]:
    """The sentences above words that name no technology, up to one that does; of three that do not, the last.

    context: the headings and lines that govern the words. Nothing where the words name it, or the heading
    right above them does ("Do you scan faces?" "No."); nothing from above that heading, nothing for an entry
    of a list, whose neighbours say nothing of it, and nothing where the words are not in the text.
    """
    lead_ins = tuple(line for line in context if line.rstrip().endswith(LEADS_IN))
    if _names_it(quote, lead_ins, lexicon) or any(_is_about_it(line, lexicon) for line in context[-1:]):
        return ()
    above = [words for words in _before(quote, sentences(text)) if words not in context]
    naming = [at for at, words in enumerate(above) if _names_it(words, (), lexicon)]
    return tuple(above[naming[-1] if naming else -1 :])


def _before(quote: str, said: Sequence[Sentence]) -> list[str]:
    """The last sentences before these words, below the same heading."""
    place = next((place for place, one in enumerate(said) if quote in one.text or one.text in quote), 0)
    if said and said[place].kind == "item":
        return []
    near = said[max(place - _LINES_AT_MOST, 0) : place]
    below = [one for one in near if one.kind != "heading" and one.headings == said[place].headings]
    return [one.text for one in below if any(map(str.isalpha, one.text))]  # no number of a paragraph


def _is_about_it(line: str, lexicon: Lexicon) -> bool:
    return any(tag.list == "technologies" for tag in lexicon.tags(spell(line)))


def _names_it(words: str, lead_ins: tuple[str, ...], lexicon: Lexicon) -> bool:
    said = statements_in(Document((Segment(words, lead_ins=lead_ins),)), lexicon)
    return any(one.technologies for one in said)


Cited = Mapping[int, Evidence]  #: by number


def below_their_lines(dossier: Dossier, cited: Cited, numbers: Mapping[Place, int]) -> Dossier:
    """The same, its scores and wordings below all that stands above their words in the evidence.

    Wordings were seen first when their words were, below whatever lines. numbers: place → its number.
    """
    known = replace(dossier, numbers=numbers)
    scores = tuple(
        replace(one, parts=tuple(_part(part, cited, numbers) for part in one.parts)) for one in dossier.scores
    )
    differing = tuple(_differing(one, cited, known) for one in dossier.differing)
    return replace(dossier, scores=scores, differing=differing)


def _part(part: Part, cited: Cited, numbers: Mapping[Place, int]) -> Part:
    places = [(one.page_id, one.quote, one.fetch_id) for one in part.supports]
    found = [cited.get(numbers.get(place, 0)) for place in places]
    supports = (
        replace(one, context=its.context) if its else one
        for one, its in zip(part.supports, found, strict=True)
    )
    return replace(part, supports=tuple(supports))


def _differing(one: Differing, cited: Cited, dossier: Dossier) -> Differing:
    found = [cited.get(dossier.number_of(each) or 0) for each in one.wordings]
    wordings = (_wording(each, its) for each, its in zip(one.wordings, found, strict=True))
    return replace(one, wordings=tuple(wordings))


def _wording(one: Wording, its: Evidence | None) -> Wording:
    if its is None or not its.page_id:
        return one
    since = its.first_seen if one.since and its.first_seen else one.since
    return replace(one, context=its.context, since=since)
