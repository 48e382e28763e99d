"""The words of one language, as data: config/lexicon/<language>.toml → Lexicon.

Each entry has phrases, and examples that tests run. A phrase is plain text in which {a,b} stands for
either; it is spelled as page text is, so case, hyphens and typographic quotes never matter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

import ahocorasick_rs
import snowballstemmer

from monitor.lexicon.file import LISTS, Ends, Entry, LexiconFile, Near, read_lexicon
from monitor.lexicon.spelling import expand, is_worded, spell, spelled
from monitor.lexicon.tags import Tag, close, longest, whole
from monitor.segment import fold
from monitor.tables import read_file

__all__ = [
    "LISTS",
    "Ends",
    "Entry",
    "Lexicon",
    "LexiconFile",
    "Lexicons",
    "Near",
    "Tag",
    "expand",
    "load_lexicon",
    "spell",
]

_FRAMES = 1_000  #: lines above lists, and headings, that are kept
_TEXTS = 64  #: sentences whose phrases are kept
_STEMS = 50_000  #: words whose stems are kept
_COMPILED = 16  #: lexicons that are kept
_MONTH, _YEAR = 30, 365  #: days; twelve months are a year
_NUMBER_WORDS = 4  #: "quatre-vingt-dix-neuf"
_ELIDED = frozenset(["l", "d", "n", "s", "j", "c", "m", "t", "qu"])  #: "l'image" is "image"
_STEMMERS = {"en": "english", "fr": "french", "de": "german", "es": "spanish", "pt": "portuguese"}


class Lexicon:
    """One compiled language. `tags` finds every phrase, longest first, none inside another of its list."""

    def __init__(self, file: LexiconFile) -> None:
        self.file = file
        self.sha256 = sha256(repr(file).encode()).hexdigest()  #: of all its words
        self.products: tuple[str, ...] = ()  #: names that mean facial recognition here
        self.language = file.language
        self.function_words = frozenset(spelled(file.function_words))
        self.coordinators = frozenset(spelled(file.coordinators))
        self.joining = frozenset(spelled(file.joining))
        self.at_once = frozenset(spelled(file.at_once))
        self.untimed = frozenset(spelled(file.untimed))
        self.of_any_kind = frozenset(spelled(file.of_any_kind))
        self.conceding = frozenset(spelled(file.conceding))
        self.even_then = frozenset(spelled(file.even_then))
        self.fillers = frozenset(spelled(file.fillers))
        self.lacking = frozenset(spelled(file.lacking))
        self.imperatives = frozenset(spelled(file.imperatives))
        self.limiting = frozenset(spelled(file.limiting))
        self.concord = frozenset(spelled(file.concord))
        self.prepositions = frozenset(spelled(file.prepositions))
        self.relatives = frozenset(spelled(file.relatives))
        self.agents = frozenset(spelled(file.agents))
        self.subjects = frozenset(spelled(file.subjects))
        self._near = [(entry, near) for entry in file.technologies for near in entry.near]
        named = [
            (name, entry, phrase)
            for name in LISTS
            for entry in getattr(file, name)
            for phrase in spelled(entry.phrases)
        ]
        self._places = named + [
            (f"{i} {side}", entry, phrase)
            for i, (entry, near) in enumerate(self._near)
            for side in ("one", "other", "also", "never")
            for phrase in spelled(getattr(near, side))
        ]
        self._with_products: dict[tuple[str, ...], Lexicon] = {}
        self._products = self._folded_products = ahocorasick_rs.AhoCorasick([])
        self._all = ahocorasick_rs.AhoCorasick([phrase for _, _, phrase in self._places])
        self.stem = lru_cache(_STEMS)(self._stem)
        self.frame = lru_cache(_FRAMES)(self._frame)
        #: Every phrase in spelled text, in order; within one list the longest wins. Mostly asked again soon.
        self.tags = lru_cache(_TEXTS)(self._tags)

    @cached_property
    def _subjects(self) -> ahocorasick_rs.AhoCorasick:
        phrases = [phrase for entry in self.file.technologies for phrase in entry.phrases]
        phrases += [phrase for _, near in self._near for phrase in near.one]
        return ahocorasick_rs.AhoCorasick(_folded(phrases))

    def may_name_subject(self, folded: str) -> bool:
        """Whether a technology may be named, in text as segment.fold leaves it: a quick first look."""
        return any(
            whole(folded, start, end)
            for words in (self._subjects, self._folded_products)
            for _, start, end in words.find_matches_as_indexes(folded, overlapping=True)
        )

    def _tags(self, text: str) -> tuple[Tag, ...]:
        found = [
            Tag(self._places[i][0], self._places[i][1], start, end)
            for i, start, end in self._all.find_matches_as_indexes(text, overlapping=True)
            if whole(text, start, end)
        ]
        found += [
            Tag("technologies", self.file.technologies[0], start, end)
            for _, start, end in self._products.find_matches_as_indexes(text, overlapping=True)
            if whole(text, start, end)
        ]
        return longest(self._with_paraphrases(found, text))

    def _frame(self, text: str) -> tuple[str, tuple[Tag, ...]]:
        """A line above many sentences: spelled, with its tags; worked out once."""
        written = spell(text)
        return written, self.tags(written)

    def _with_paraphrases(self, found: list[Tag], text: str) -> list[Tag]:
        """The parts of each `near` go; where both stand close together, the technology comes."""
        halves: dict[str, list[Tag]] = {}
        for tag in found:
            if tag.list[0].isdigit():
                halves.setdefault(tag.list, []).append(tag)
        if not halves:
            return found
        kept = [tag for tag in found if not tag.list[0].isdigit()]
        for i, (entry, near) in enumerate(self._near):
            ones, others = halves.get(f"{i} one"), halves.get(f"{i} other")
            if not ones or not others or f"{i} never" in halves:
                continue
            near_by = close(ones, others, near.words, text)
            if near.also:
                near_by = close(near_by, halves.get(f"{i} also", ()), near.words, text)
            kept += [Tag("technologies", entry, tag.start, tag.end) for tag in near_by]
        return kept

    def wider(self, list_name: str, id: str) -> frozenset[str]:
        """The entry itself and everything that contains it."""
        entries = self._by_list[list_name]
        seen = {id}
        waiting = [id]
        while waiting:
            for parent in entries[waiting.pop()].within:
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return frozenset(seen)

    def entry(self, list_name: str, id: str) -> Entry:
        """The entry of this list and id."""
        return self._by_list[list_name][id]

    @cached_property
    def _by_list(self) -> Mapping[str, Mapping[str, Entry]]:
        return {name: {entry.id: entry for entry in getattr(self.file, name)} for name in LISTS}

    def durations(self, text: str) -> tuple[float, ...]:
        """Every length of time that is named, in days, in order: "within thirty days" → 30."""
        words = [word for word in text.split() if word not in self.fillers]
        found = (
            self._days(words[max(i - _NUMBER_WORDS, 0) : i], unit)
            for i, unit in enumerate(words)
            if unit in self.file.units or unit in self.file.periods
        )
        return tuple(days for days in found if days is not None)

    def _days(self, before: Sequence[str], unit: str) -> float | None:
        """ "thirty days", "every quarter", or one word: "quarterly"."""
        days = self.file.units.get(unit)
        if days is None:
            return self.file.periods.get(unit)
        numbers = (self._number(" ".join(before[i:])) for i in range(len(before)))
        times = next((number for number in numbers if number is not None), None)
        if times is None:
            return None
        return times * _YEAR / 12 if days == _MONTH and times >= 12 else times * days

    def _number(self, words: str) -> int | None:
        return int(words) if words.isdecimal() and len(words) < 6 else self.file.numbers.get(words)

    def _stem(self, word: str) -> str:
        """One form for all forms of a word, and for all words that may stand for it."""
        stem = self._stemmed(word)
        return self._synonyms.get(stem, stem)

    def content(self, text: str) -> frozenset[str]:
        """The stems of the words that carry the meaning of spelled text: no small word, no "if"."""
        plain = self.function_words | self.prepositions | self._qualifying
        return frozenset(self.stem(word) for word in text.split() if word[0].isalnum() and word not in plain)

    @cached_property
    def _qualifying(self) -> frozenset[str]:
        """The words that only introduce a condition, an exception or an end, and name nobody."""
        entries = [entry for entry in self.file.conditions if not entry.force]
        entries += self.file.exceptions
        entries += [entry for entry in self.file.terms if entry.term == "until_event"]
        words = (word for entry in entries for one in spelled(entry.phrases) for word in one.split())
        return frozenset(words) - self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        """Words that name somebody or something for themselves: never small, wherever they stand."""
        lists = (self.file.parties, self.file.technologies, self.file.places, self.file.purposes)
        phrases = (one for entries in lists for entry in entries for one in spelled(entry.phrases))
        return frozenset(one for one in phrases if " " not in one) | frozenset(spelled(self.file.people))

    @cached_property
    def people(self) -> frozenset[str]:
        """The stems of the words for people and their offices."""
        return frozenset(map(self.stem, spelled(self.file.people)))

    @cached_property
    def dates(self) -> frozenset[str]:
        """The stems of the words of dates."""
        return frozenset(map(self.stem, spelled(self.file.dates)))

    def names_date(self, text: str) -> bool:
        """Whether spelled text names a month, a weekday or a year."""
        return any(self.stem(word) in self.dates or _is_year(word) for word in text.split())

    @cached_property
    def things(self) -> frozenset[str]:
        """The stems of single words that name what is recognised, and by what: "face", "camera"."""
        ones = (phrase for _, near in self._near for phrase in spelled(near.one))
        return frozenset(self.stem(one) for one in ones if " " not in one)

    @cached_property
    def _stemmer(self) -> "snowballstemmer.base_stemmer.BaseStemmer | None":
        name = _STEMMERS.get(self.language)
        return snowballstemmer.stemmer(name) if name else None

    @cached_property
    def _synonyms(self) -> Mapping[str, str]:
        stemmed = ([self._stemmed(spell(word)) for word in group] for group in self.file.synonyms)
        return {stem: group[0] for group in stemmed for stem in group}

    def _stemmed(self, word: str) -> str:
        elided, _, rest = word.rpartition("'")
        plain = rest if rest and elided in _ELIDED else word
        return str(self._stemmer.stemWord(plain)) if self._stemmer else plain

    def with_products(self, names: Iterable[str]) -> "Lexicon":
        """The same language, in which an organization's product names mean facial recognition.

        A name without a word ("—") can be found in no text, and means nothing. What is compiled is shared.
        """
        products = tuple(name for name in names if is_worded(name))
        if not products:
            return self
        if products not in self._with_products:
            named = copy(self)
            named.products = products
            named.frame = lru_cache(_FRAMES)(named._frame)
            named.tags = lru_cache(_TEXTS)(named._tags)
            named._products = ahocorasick_rs.AhoCorasick(spelled(products))
            named._folded_products = ahocorasick_rs.AhoCorasick(_folded(products))
            self._with_products[products] = named
        return self._with_products[products]


def _folded(phrases: Iterable[str]) -> list[str]:
    """Every phrase that these stand for, as segment.fold leaves text; each once, sorted."""
    return sorted({fold(one) for phrase in phrases for one in expand(phrase)})


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdecimal() and word[:2] in ("19", "20")


def load_lexicon(config: Path, language: str) -> Lexicon:
    """config/lexicon/<language>.toml, checked. Raises ConfigError. The same bytes are compiled once."""
    path = config / "lexicon" / f"{language}.toml"
    return _compiled(read_file(path), str(path), language)


@lru_cache(_COMPILED)
def _compiled(body: bytes, path: str, language: str) -> Lexicon:
    return Lexicon(read_lexicon(body, path, language))


class Lexicons(Mapping[str, Lexicon]):
    """The languages of some folders by their code, each read when it is asked for; later folders win."""

    def __init__(self, *configs: Path) -> None:
        files = (path for config in configs for path in sorted((config / "lexicon").glob("*.toml")))
        self._configs = {path.stem: path.parent.parent for path in files}
        self._read: dict[str, Lexicon] = {}

    def __getitem__(self, language: str) -> Lexicon:
        """Raises KeyError for a language without a file, ConfigError for a mistake in its file."""
        if language not in self._read:
            self._read[language] = load_lexicon(self._configs[language], language)
        return self._read[language]

    def __contains__(self, language: object) -> bool:
        return language in self._configs

    def __iter__(self) -> Iterator[str]:
        return iter(self._configs)

    def __len__(self) -> int:
        return len(self._configs)
