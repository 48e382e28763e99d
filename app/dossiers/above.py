"""The lines above words that do not say themselves what they are about: "You must not rely on them." Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.dossiers.dossier import Dossier, Place
from monitor.compare import statements_in
from monitor.ledger.differing import Differing
from monitor.lexicon import Lexicon, spell
from monitor.model import Document, Segment, Sentence
from monitor.scorecard import Part
from monitor.segment import sentences
from monitor.threads import LEADS_IN

_LINES_AT_MOST = 3


def lines_above(quote: str, context: Sequence[str], text: Document, lexicon: Lexicon) -> tuple[str, ...]:
    """The sentences above words that name no technology, up to one that does; of three that do not, the last.

    context: the headings and lines that govern the words. Nothing where the words name it, or the heading
    right above them does ("Do you scan faces?" "No."); nothing from above that heading, and
    nothing where the words are not in the text.
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
    near = said[max(place - _LINES_AT_MOST, 0) : place]
    below = [one for one in near if one.kind != "heading" and one.headings == said[place].headings]
    return [one.text for one in below if any(map(str.isalpha, one.text))]  # no number of a paragraph


def _is_about_it(line: str, lexicon: Lexicon) -> bool:
    return any(tag.list == "technologies" for tag in lexicon.tags(spell(line)))


def _names_it(words: str, lead_ins: tuple[str, ...], lexicon: Lexicon) -> bool:
    said = statements_in(Document((Segment(words, lead_ins=lead_ins),)), lexicon)
    return any(one.technologies for one in said)


Lines = Mapping[int, tuple[str, ...]]  #: number of the evidence → all that stands above its words


def below_their_lines(dossier: Dossier, lines: Lines, numbers: Mapping[Place, int]) -> Dossier:
    """The same, its scores and wordings with these lines. numbers: place → number of its evidence."""
    known = replace(dossier, numbers=numbers)
    scores = tuple(
        replace(one, parts=tuple(_part(part, lines, numbers) for part in one.parts)) for one in dossier.scores
    )
    differing = tuple(_differing(one, lines, known) for one in dossier.differing)
    return replace(dossier, scores=scores, differing=differing)


def _part(part: Part, lines: Lines, numbers: Mapping[Place, int]) -> Part:
    places = [(one.page_id, one.quote, one.fetch_id) for one in part.supports]
    supports = (
        replace(one, context=lines.get(numbers.get(place, 0), one.context))
        for one, place in zip(part.supports, places, strict=True)
    )
    return replace(part, supports=tuple(supports))


def _differing(one: Differing, lines: Lines, dossier: Dossier) -> Differing:
    wordings = (
        replace(each, context=lines.get(dossier.number_of(each) or 0, each.context)) for each in one.wordings
    )
    return replace(one, wordings=tuple(wordings))
