"""The words of a matched statement that no slot explains: never silently "reworded" where they may matter.

A word-by-word comparison of stems. What only moved, is spelled otherwise, is an example or another name
changes nothing; two words that came or went on one side alone, another person, one more item of a refusal
or a word set before whom or what it names are for a reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.assess.deltas import Delta, delta, quoted
from monitor.assess.wording import Run, Wording, runs, wording
from monitor.assess.words import opposite, unlike
from monitor.lexicon import Lexicon
from monitor.model import Stance, Statement

_FROM_WORDS = 2  #: words that came or went on one side alone
_REPLACED_FROM = 3  #: words on both sides, from which a replacement is more than a synonym
_LIST_FROM = 3  #: commas that make a list
_READ_AT_MOST = 1_500  #: words of a sentence, beyond which nobody weighs single words
_OPENS = frozenset([",", ":"])
_NAMED = ("technologies", "parties", "bearers")
_MARKS = frozenset('.,;:()?!"%')


@dataclass(frozen=True, slots=True)
class _Place:
    """One place where two wordings differ, with the telling words that went and came there."""

    b: Statement
    old: Wording
    new: Wording
    run: Run
    gone: Sequence[str]
    fresh: Sequence[str]

    def delta(self, rule: str) -> Delta:
        """The change here, by this row of the sign table."""
        before = quoted(" ".join(self.old.words[slice(*self.run.old)]))
        return delta(rule, self.b, before, quoted(" ".join(self.new.words[slice(*self.run.new)])))


def residual(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """What came, went or was replaced in the words that no slot explains."""
    longest = max(one.sentence.key.count(" ") for one in (b, a))
    if longest >= _READ_AT_MOST or _is_list_of_practices(b, a):
        return ()
    old, new = wording(b, lexicon), wording(a, lexicon)
    olds, news = frozenset(old.stems), frozenset(new.stems)
    lost: list[str] = []
    come: list[str] = []
    if new.count("aliases", 0, len(new.words)) > old.count("aliases", 0, len(old.words)):
        return ()  # "…, as the Ethics Office is called now"
    for run in runs(old.stems, new.stems):
        said, says = old.told(*run.old, news), new.told(*run.new, olds)
        place = _Place(b, old, new, run, unlike(said, says), unlike(says, said))
        found = _swapped(place, lexicon) or _item(place, lexicon)
        if found:
            return (found,)
        if _says(old, run.old, lexicon) and _says(new, run.new, lexicon):
            continue  # a few words in place of others: another name, a synonym
        lost += [] if _is_harmless(run.old, old, lexicon) else place.gone
        come += [] if _is_harmless(run.new, new, lexicon) else _narrowing(place, olds, said)
    return _one_sided(b, lost, come)


def _narrowing(place: _Place, olds: frozenset[str], said: Sequence[str]) -> Sequence[str]:
    """What came; in a refusal without "anywhere", "of any kind": they take nothing out of it."""
    refuses = place.b.stance is Stance.REFUSES
    return unlike(place.new.narrowing(*place.run.new, olds), said) if refuses else place.fresh


def _is_list_of_practices(b: Statement, a: Statement) -> bool:
    """ "We collect names, addresses, …": such a list grows and shrinks every day."""
    commas = min(statement.quote.count(",") + statement.quote.count(";") for statement in (b, a))
    return Stance.PRACTISES in (b.stance, a.stance) and commas >= _LIST_FROM


def _swapped(place: _Place, lexicon: Lexicon) -> Delta | None:
    """Words that stand in the place of others: another person, or all of them, or much else."""
    gone, fresh = place.gone, place.fresh
    if not gone and not fresh:
        return None
    wider = place.new.count("breadth", *place.run.new) - place.old.count("breadth", *place.run.old)
    acts = _acts(place.old, place.run.old[0], lexicon)
    if wider and (gone or not fresh):
        if acts and gone and wider > 0:
            return place.delta("actor-widened")
        return place.delta("reach-widened" if wider > 0 else "reach-narrowed")
    if not (gone and fresh):
        return None
    if acts and _after_agent(place.old, place.run.old[0], lexicon):
        return place.delta("bearer-changed")
    if all(lexicon.people.intersection(map(lexicon.stem, words)) for words in (gone, fresh)):
        return place.delta("bearer-changed" if acts else "words-changed")
    denied = any(opposite(old_word, word) for old_word in gone for word in fresh)
    if denied or min(len(gone), len(fresh)) >= _REPLACED_FROM:
        return place.delta("words-changed")
    return None


def _acts(side: Wording, place: int, lexicon: Lexicon) -> bool:
    """Whether the words here say who acts: they open the sentence, stand before its verb or after "by"."""
    before = [word for word in side.words[:place] if word not in lexicon.function_words - lexicon.agents]
    if not before or _after_agent(side, place, lexicon):
        return True
    cue = next((first for name, first, _ in side.tags if name == "cues" and first >= place), None)
    return cue is not None and cue - place <= _FROM_WORDS


def _after_agent(side: Wording, place: int, lexicon: Lexicon) -> bool:
    """Right after "by", small words aside."""
    before = [word for word in side.words[:place] if word not in lexicon.function_words - lexicon.agents]
    return bool(before) and before[-1] in lexicon.agents


def _item(place: _Place, lexicon: Lexicon) -> Delta | None:
    """In a refusal one word is enough: an item of its list, or one set before what it names; in a right,
    one more person who has it."""
    if bool(place.gone) == bool(place.fresh):
        return None
    is_new = bool(place.fresh)
    here, there = (place.new, place.run.new), (place.old, place.run.old)
    (side, span), other = (here, there) if is_new else (there, here)
    if not _says(side, span, lexicon) or _says(*other, lexicon) or _tells_nothing(side, span, place, lexicon):
        return None
    is_item = _is_item(side.words, *span, lexicon)
    if place.b.stance is not Stance.REFUSES:
        people = lexicon.people.intersection(map(lexicon.stem, place.fresh or place.gone))
        holds = people and place.b.protects and is_item and _acts(side, span[0], lexicon)
        return place.delta("actor-widened" if is_new else "actor-narrowed") if holds else None
    if is_item or _joins(side.words[slice(*span)], lexicon):
        return place.delta("items-added" if is_new else "items-removed")
    if span[0] and (_names(side, span[1], lexicon) or side.words[span[0]] in lexicon.prepositions):
        return place.delta("words-added" if is_new else "words-removed")
    return None


def _joins(words: Sequence[str], lexicon: Lexicon) -> bool:
    """ "sell or license it": one more act, or one more of whatever stands before it."""
    return words[0] in lexicon.joining or (words[0] == "," and not lexicon.joining.isdisjoint(words))


def _tells_nothing(side: Wording, span: tuple[int, int], place: _Place, lexicon: Lexicon) -> bool:
    """ "Any" alone adds nothing to "police"; nor do harmless words, or words that only describe somebody."""
    other = place.old if side is place.new else place.new
    only_breadth = not side.narrowing(*span, frozenset(other.stems))
    return only_breadth or _is_harmless(span, side, lexicon) or side.described.issuperset(range(*span))


def _names(side: Wording, place: int, lexicon: Lexicon) -> bool:
    """Whether the word here begins what the statement names: a technology, a party, a person, a thing."""
    word = side.stems[place : place + 1]
    return side.starts(_NAMED, place) or bool((lexicon.people | lexicon.things).intersection(word))


def _is_item(words: Sequence[str], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a run is one more element: "or …" or ", …" at one end of it, and a break at the other.

    After "or …" a preposition is a break, too: "users or guests of our service".
    """
    parts = lexicon.coordinators | {","}
    goes_on = words[start] in lexicon.coordinators and not lexicon.prepositions.isdisjoint(
        words[end : end + 1]
    )
    opens = words[start] in parts and (goes_on or _ends_item(words[end : end + 1], lexicon))
    closes = words[end - 1] in parts and (start == 0 or words[start - 1] not in _MARKS)
    return opens or (closes and end < len(words))


def _is_harmless(run: tuple[int, int], side: Wording, lexicon: Lexicon) -> bool:
    """An example more, another name, or words in brackets."""
    start, end = run
    if start == end:
        return True
    in_brackets = _in_brackets(side.words, start, end)
    if side.count("technologies", start, end):
        return in_brackets and side.count("examples", start, end) > 0
    if side.count("aliases", start, end) or in_brackets or _is_opener(side, start, end, lexicon):
        return True
    bounded = _ends_item(side.words[max(start - 1, 0) : start], lexicon) and _ends_item(
        side.words[end : end + 1], lexicon
    )
    return bounded and any(name == "examples" and place < start for name, place, _ in side.tags)


def _is_opener(side: Wording, start: int, end: int, lexicon: Lexicon) -> bool:
    """ "Please note that …", "As part of our work, …": words that only open a sentence."""
    if start or end >= len(side.words) or side.words[end - 1] not in lexicon.relatives | _OPENS:
        return False
    return not any(side.count(name, start, end) for name in ("parties", "cues", "conditions", "exceptions"))


def _ends_item(words: Sequence[str], lexicon: Lexicon) -> bool:
    return not words or words[0] in _MARKS or words[0] in lexicon.coordinators


def _in_brackets(words: Sequence[str], start: int, end: int) -> bool:
    inside = words[:start].count("(") > words[:start].count(")")
    return inside or (words[start] == "(" and words[end - 1] == ")")


def _says(side: Wording, run: tuple[int, int], lexicon: Lexicon) -> bool:
    """Whether a run holds more than small words and marks."""
    return any(word[0].isalnum() and word not in lexicon.function_words for word in side.words[slice(*run)])


def _one_sided(b: Statement, lost: Sequence[str], come: Sequence[str]) -> tuple[Delta, ...]:
    """Words that only came, or only went: fewer words mostly cover more."""
    if len(come) >= _FROM_WORDS and not lost:
        return (delta("words-added", b, after=quoted(", ".join(come))),)
    if len(lost) >= _FROM_WORDS and not come:
        return (delta("words-removed", b, before=quoted(", ".join(lost))),)
    return ()
