"""The words of one language, as data: config/lexicon/<language>.toml → Lexicon.

Each entry has phrases, and examples that tests run. A phrase is plain text in which {a,b} stands for
either; it is spelled as page text is, so case, hyphens and typographic quotes never matter.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path

import ahocorasick_rs

from monitor.errors import ConfigError
from monitor.model import Stance
from monitor.segment import fold
from monitor.tables import build, read_toml, suggestion

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;:()?!\"%]")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00ad": None, "\u200b": None}
)
_PHRASES_AT_MOST = 2_000
_FORCE_AT_MOST = 4
_TERMS = ("permanent", "until_event", "until_further_notice", "fixed", "revocable")
_ONLY_IN = {"stance": "cues", "force": "cues", "protects": "actions", "term": "terms"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that words can mean: a technology, a party, an action, a cue …"""

    id: str
    phrases: tuple[str, ...]
    examples: tuple[str, ...] = ()  #: each must show this entry
    not_examples: tuple[str, ...] = ()  #: none may show it
    within: tuple[str, ...] = ()  #: wider entries of the same list that contain this one
    name: str = ""  #: how it reads in a sentence; default: the id with blanks
    stance: Stance | None = None  #: cues only
    force: int = 0  #: cues only: 0 to 4
    protects: bool = False  #: actions only: doing it protects people (delete, disclose, review)
    term: str = ""  #: terms only: permanent, until_event, until_further_notice, fixed or revocable


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """The form of config/lexicon/<language>.toml."""

    language: str
    technologies: tuple[Entry, ...]
    actions: tuple[Entry, ...]
    cues: tuple[Entry, ...]
    parties: tuple[Entry, ...] = ()
    purposes: tuple[Entry, ...] = ()
    places: tuple[Entry, ...] = ()
    conditions: tuple[Entry, ...] = ()
    exceptions: tuple[Entry, ...] = ()
    hedges: tuple[Entry, ...] = ()
    terms: tuple[Entry, ...] = ()
    bearers: tuple[Entry, ...] = ()
    foreign: tuple[Entry, ...] = ()  #: somebody else's words, news, history, definitions
    anaphora: tuple[Entry, ...] = ()  #: "this technology": points at the heading
    pseudo: tuple[Entry, ...] = ()  #: looks like a cue and is none: "not only"
    function_words: tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)  #: "thirty" → 30
    units: Mapping[str, float] = field(default_factory=dict)  #: lengths of time in days: "week" → 7


@dataclass(frozen=True, slots=True)
class Tag:
    """One phrase found in spelled text: which list, which entry, where (character offsets)."""

    list: str
    entry: Entry
    start: int
    end: int


LISTS = (
    "technologies",
    "actions",
    "cues",
    "parties",
    "purposes",
    "places",
    "conditions",
    "exceptions",
    "hedges",
    "terms",
    "bearers",
    "foreign",
    "anaphora",
    "pseudo",
)


def spell(text: str) -> str:
    """The words and marks of `text` in one form: folded, one blank between them."""
    plain = unicodedata.normalize("NFKC", text).translate(_ALIKE).lower()
    return " ".join(_WORD.findall(_DOTTED.sub(lambda m: m[0].replace(".", "") + " ", plain)))


def expand(phrase: str) -> Iterator[str]:
    """`{face,facial} search` → `face search`, `facial search`."""
    braces = _BRACES.search(phrase)
    if braces is None:
        yield phrase
        return
    for choice in braces[1].split(","):
        yield from expand(phrase[: braces.start()] + choice + phrase[braces.end() :])


class Lexicon:
    """One compiled language. `tags` finds every phrase, longest first, none inside another of its list."""

    def __init__(self, file: LexiconFile) -> None:
        self.file = file
        self.language = file.language
        self.function_words = frozenset(spell(word) for word in file.function_words)
        self._places = [
            (name, entry, phrase)
            for name in LISTS
            for entry in getattr(file, name)
            for phrase in _spelled(entry.phrases)
        ]
        self._with_products: dict[tuple[str, ...], Lexicon] = {}
        self._all = ahocorasick_rs.AhoCorasick([phrase for _, _, phrase in self._places])

    @cached_property
    def _subjects(self) -> ahocorasick_rs.AhoCorasick:
        phrases = {
            fold(one)
            for entry in self.file.technologies
            for phrase in entry.phrases
            for one in expand(phrase)
        }
        return ahocorasick_rs.AhoCorasick(sorted(phrases))

    def names_subject(self, folded: str) -> bool:
        """Whether a technology is named at all, in text as segment.fold leaves it: a quick first look."""
        return any(
            _whole(folded, start, end)
            for _, start, end in self._subjects.find_matches_as_indexes(folded, overlapping=True)
        )

    def tags(self, spelled: str) -> tuple[Tag, ...]:
        """Every phrase in spelled text, in order; within one list the longest wins."""
        found = [
            Tag(self._places[i][0], self._places[i][1], start, end)
            for i, start, end in self._all.find_matches_as_indexes(spelled, overlapping=True)
            if _whole(spelled, start, end)
        ]
        return _longest(found)

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

    def durations(self, spelled: str) -> tuple[float, ...]:
        """Every length of time that is named, in days, in order: "within thirty days" → 30."""
        words = spelled.split()
        pairs = ((self._number(number), self.file.units.get(unit)) for number, unit in pairwise(words))
        return tuple(number * unit for number, unit in pairs if number is not None and unit is not None)

    def _number(self, word: str) -> int | None:
        return int(word) if word.isdecimal() and len(word) < 6 else self.file.numbers.get(word)

    def with_products(self, names: Iterable[str]) -> "Lexicon":
        """The same language, in which an organization's product names mean facial recognition.

        A name without a word ("—") can be found in no text, and means nothing.
        """
        products = tuple(name for name in names if _is_worded(name))
        if not products:
            return self
        if products not in self._with_products:
            first, *rest = self.file.technologies
            first = replace(first, phrases=first.phrases + products)
            self._with_products[products] = Lexicon(replace(self.file, technologies=(first, *rest)))
        return self._with_products[products]


def _whole(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1] == " ") and (end == len(text) or text[end] == " ")


def _longest(found: list[Tag]) -> tuple[Tag, ...]:
    """Drop a tag that begins inside a longer one of its own list, and a cue that a pseudo-cue touches."""
    found.sort(key=lambda tag: (tag.start, -tag.end, tag.list, tag.entry.id))
    pseudo = [tag for tag in found if tag.list == "pseudo"]
    starts = [tag.start for tag in pseudo]
    furthest = [0, *accumulate((tag.end for tag in pseudo), max)]  # how far the first n of them reach
    kept: list[Tag] = []
    reach: dict[str, int] = {}
    for tag in found:
        is_false = tag.list == "cues" and furthest[bisect_left(starts, tag.end)] > tag.start
        if tag.list != "pseudo" and not is_false and tag.start >= reach.get(tag.list, 0):
            kept.append(tag)
            reach[tag.list] = tag.end
    return tuple(kept)


def _spelled(phrases: Iterable[str]) -> list[str]:
    return sorted({spell(one) for phrase in phrases for one in expand(phrase)})


def _is_worded(phrase: str) -> bool:
    """Whether everything that the phrase stands for has a letter or a digit."""
    return all(any(sign.isalnum() for sign in one) for one in _spelled([phrase]))


def load_lexicon(config: Path, language: str) -> Lexicon:
    """config/lexicon/<language>.toml, checked. Raises ConfigError."""
    path = config / "lexicon" / f"{language}.toml"
    file = build(LexiconFile, read_toml(path), str(path))
    if file.language != language:
        raise ConfigError(
            str(path), "language", f"says {file.language!r}, but the file is named for {language!r}."
        )
    for name in LISTS:
        _check_list(str(path), name, getattr(file, name))
    return Lexicon(file)


def load_lexicons(config: Path) -> dict[str, Lexicon]:
    """Every language in config/lexicon, by its code. Raises ConfigError."""
    return {
        path.stem: load_lexicon(config, path.stem) for path in sorted((config / "lexicon").glob("*.toml"))
    }


def _check_list(file: str, name: str, entries: tuple[Entry, ...]) -> None:
    ids = [entry.id for entry in entries]
    for i, entry in enumerate(entries):
        key = f"{name}[{i}]"
        if ids.index(entry.id) != i:
            raise ConfigError(file, key, f"the id {entry.id!r} stands twice in this list: give each its own.")
        unknown = [wide for wide in entry.within if wide not in ids]
        if unknown:
            raise ConfigError(file, f"{key}.within", f"{unknown[0]!r} is no id of this list.")
        _check_kind(file, key, name, entry)
        spelled = _spelled(entry.phrases)
        if not spelled or not all(map(_is_worded, spelled)):
            raise ConfigError(file, f"{key}.phrases", "a phrase without words would match everywhere.")
        if len(spelled) > _PHRASES_AT_MOST:
            raise ConfigError(
                file, f"{key}.phrases", f"the braces expand to {len(spelled)} phrases: split them."
            )


def _check_kind(file: str, key: str, name: str, entry: Entry) -> None:
    """What only entries of one list have: a cue its stance and force, a term how long it lasts."""
    for slot, list_name in _ONLY_IN.items():
        if name != list_name and getattr(entry, slot):
            raise ConfigError(file, f"{key}.{slot}", f"belongs to {list_name} only: take it out.")
    if name == "cues" and entry.stance is None:
        raise ConfigError(file, key, "a cue needs a `stance`.")
    if not 0 <= entry.force <= _FORCE_AT_MOST:
        raise ConfigError(file, f"{key}.force", f"is {entry.force}; write 0 to {_FORCE_AT_MOST}.")
    if name == "terms" and not entry.term:
        raise ConfigError(file, key, f"a term needs a `term`: one of {', '.join(_TERMS)}.")
    if name == "terms" and entry.term not in _TERMS:
        raise ConfigError(
            file, f"{key}.term", f'"{entry.term}" is not known; {suggestion(entry.term, _TERMS)}'
        )
