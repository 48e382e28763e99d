"""config/lexicon/<language>.toml, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.errors import ConfigError
from monitor.lexicon.spelling import spelled
from monitor.model import Stance
from monitor.tables import build, parse_toml, suggestion

_PHRASES_AT_MOST = 4_000
_FORCE_AT_MOST = 4
_MONTHS = 12
_TERMS = ("permanent", "until_event", "until_further_notice", "fixed", "revocable")
_FORCEFUL = ("cues", "statuses", "conditions", "demands")  #: lists whose entries have a force
_TAKING_A_STANCE = ("cues", "statuses")
_ONLY_IN = {
    "negated": "cues",
    "causes": "cues",
    "protects": "actions",
    "term": "terms",
    "near": "technologies",
}


@dataclass(frozen=True, slots=True)
class Near:
    """Everyday words that together mean a technology: one of each, each at most so many words apart."""

    one: tuple[str, ...]  #: "face", "faces"
    other: tuple[str, ...]  #: "compare", "watchlist"
    also: tuple[str, ...] = ()  #: one of these must stand close by as well: "is" of "who somebody is"
    never: tuple[str, ...] = ()  #: none of these may stand in the sentence: "blur"
    words: int = 8


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """How a sentence says until which day it holds. Each list holds phrases; months: numbers by name.

    A word that none of these lists has leaves the end open: keep out of `words` all that denies or adds.
    """

    until: tuple[str, ...] = ()  #: they stand right before the day: "until"
    expires: tuple[str, ...] = ()  #: so do these, which say it of a ban: "expires on", "läuft am <day> aus"
    holds: tuple[str, ...] = ()  #: the rest of a sentence whose "until" we believe: "we will not <act>"
    bans: tuple[str, ...] = ()  #: what expires, and what it ends protects: "our moratorium"
    pledges: tuple[str, ...] = ()  #: what expires, whatever it was for: "our pledge"
    runs: tuple[str, ...] = ()  #: a ban does so until a day: "is in force"
    acts: tuple[str, ...] = ()  #: what a refusal refuses: "sell"; <act> in the lists above
    words: tuple[str, ...] = ()  #: the only other words that may stand there, or where … stands
    goes_on: tuple[str, ...] = ()  #: the clause may go on with these after the day: "keine"
    not_before: tuple[str, ...] = ()  #: right before "until", which may be said of them: "nicht bis"
    last: tuple[str, ...] = ()  #: before a month or a year: its last day: "the end of"
    months: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)  #: a sentence → its day; "" where none is sure


@dataclass(frozen=True, slots=True, eq=False)
class Lasts:
    """How a sentence says how long it holds, without a day. Each list holds phrases."""

    bans: tuple[str, ...] = ()  #: wherever they stand: "one year moratorium"
    closing: tuple[str, ...] = ()  #: only as the last words of a refusal: "for one year"
    leaves_open: tuple[str, ...] = ()  #: with one of these nobody knows from when, or until when: "extended"
    examples: Mapping[str, int] = field(default_factory=dict)  #: a sentence → its days; 0 where none is sure


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that words can mean: a technology, a party, an action, a cue …"""

    id: str
    phrases: tuple[str, ...]
    examples: tuple[str, ...] = ()  #: each must show this entry
    not_examples: tuple[str, ...] = ()  #: none may show it
    within: tuple[str, ...] = ()  #: wider entries of the same list that contain this one
    name: str = ""  #: how it reads in a sentence; default: the id with blanks
    stance: Stance | None = None  #: cues and statuses only
    force: int = 0  #: 0 to 4: how a cue binds, how much a condition or a demand asks for
    negated: int = 0  #: cues only: the force when a bare negation goes with it ("no … may"); 0: none
    causes: bool = False  #: cues only: who must act stands after it ("we require customers to …")
    protects: bool = False  #: actions only: doing it protects people (delete, disclose, review)
    term: str = ""  #: terms only: permanent, until_event, until_further_notice, fixed or revocable
    near: tuple[Near, ...] = ()  #: technologies only: said without its name


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """The form of config/lexicon/<language>.toml."""

    language: str
    technologies: tuple[Entry, ...]
    actions: tuple[Entry, ...]
    cues: tuple[Entry, ...]
    statuses: tuple[Entry, ...] = ()  #: cues in a table only: a cell that says "prohibited"
    parties: tuple[Entry, ...] = ()
    purposes: tuple[Entry, ...] = ()
    places: tuple[Entry, ...] = ()
    conditions: tuple[Entry, ...] = ()
    exceptions: tuple[Entry, ...] = ()
    hedges: tuple[Entry, ...] = ()
    terms: tuple[Entry, ...] = ()
    bearers: tuple[Entry, ...] = ()
    bounds: tuple[Entry, ...] = ()  #: "while", "as long as": how long something is kept
    breadth: tuple[Entry, ...] = ()  #: "any", "every", "no matter who": it holds without exception
    aliases: tuple[Entry, ...] = ()  #: "formerly called": another name of the same
    examples: tuple[Entry, ...] = ()  #: "such as": what follows only illustrates
    demands: tuple[Entry, ...] = ()  #: what a condition asks for: a court, a law, consent; force 0 to 4
    foreign: tuple[Entry, ...] = ()  #: somebody else's words, news, history, definitions
    anaphora: tuple[Entry, ...] = ()  #: "this technology", "it": points at what was said before
    pointers: tuple[Entry, ...] = ()  #: "the following", "these": points at the list below its line
    pseudo: tuple[Entry, ...] = ()  #: looks like a cue or a technology and is none: "not only"
    function_words: tuple[str, ...] = ()
    coordinators: tuple[str, ...] = ()  #: "and", "or", "but": a new clause may begin after them
    lacking: tuple[str, ...] = ()  #: "without": a condition that opens so asks for nothing
    imperatives: tuple[str, ...] = ()  #: "do not": opening a sentence before its verb, they forbid
    limiting: tuple[str, ...] = ()  #: "only", "solely": a condition that opens so allows nothing else
    fillers: tuple[str, ...] = ()  #: "full", "calendar": they may stand between a number and its unit
    joining: tuple[str, ...] = ()  #: "and", "or": the coordinators that only add
    at_once: tuple[str, ...] = ()  #: phrases for no time at all: "immediately", "as soon as you leave"
    untimed: tuple[str, ...] = ()  #: phrases for a time that nobody can measure: "promptly"
    of_any_kind: tuple[str, ...] = ()  #: "technology", "service": words that make no wording narrower
    conceding: tuple[str, ...] = ()  #: phrases right before a condition that changes nothing: "even"
    even_then: tuple[str, ...] = ()  #: phrases that take an "until …" back: "not even then"
    concord: tuple[str, ...] = ()  #: negations that repeat another: "ningún" after "no"
    prepositions: tuple[str, ...] = ()  #: "without", "except": they open a qualifier that has no verb
    relatives: tuple[str, ...] = ()  #: "who", "which", "that": what follows only describes somebody
    subjects: tuple[str, ...] = ()  #: "we", "our", "the": after "that", they open a clause of its own
    synonyms: tuple[tuple[str, ...], ...] = ()  #: words that may stand for one another
    numbers: Mapping[str, int] = field(default_factory=dict)  #: "thirty" → 30
    units: Mapping[str, float] = field(default_factory=dict)  #: lengths of time in days: "week" → 7
    people: tuple[str, ...] = ()  #: "stranger", "child", "manager": one in place of another is a change
    agents: tuple[str, ...] = ()  #: "by": who acts, in a passive
    periods: Mapping[str, float] = field(default_factory=dict)  #: "quarterly" → 91 days
    dates: tuple[str, ...] = ()  #: words of dates: the months, "monday", "quarter"
    ends: Ends = field(default_factory=Ends)  #: "until 10 June 2027"
    lasts: Lasts = field(default_factory=Lasts)  #: "for one year"


LISTS = (
    "technologies",
    "actions",
    "cues",
    "statuses",
    "parties",
    "purposes",
    "places",
    "conditions",
    "exceptions",
    "hedges",
    "terms",
    "bearers",
    "bounds",
    "breadth",
    "demands",
    "aliases",
    "examples",
    "foreign",
    "anaphora",
    "pointers",
    "pseudo",
)


def read_lexicon(body: bytes, path: str, language: str) -> LexiconFile:
    """The bytes of config/lexicon/<language>.toml, checked. Raises ConfigError."""
    file = build(LexiconFile, parse_toml(body, path), path)
    if file.language != language:
        raise ConfigError(
            path, "language", f"says {file.language!r}, but the file is named for {language!r}."
        )
    for name in LISTS:
        _check_list(path, name, getattr(file, name))
    _check_months(path, file.ends.months)
    return file


def _check_months(file: str, months: Mapping[str, int]) -> None:
    for name, number in months.items():
        if not 1 <= number <= _MONTHS:
            raise ConfigError(file, f"ends.months.{name}", f"is {number}; write 1 to {_MONTHS}.")


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
        _check_phrases(file, f"{key}.phrases", entry.phrases)
        for n, near in enumerate(entry.near):
            _check_phrases(file, f"{key}.near[{n}].one", near.one)
            _check_phrases(file, f"{key}.near[{n}].other", near.other)
            for part in ("also", "never"):
                if getattr(near, part):
                    _check_phrases(file, f"{key}.near[{n}].{part}", getattr(near, part))


def _check_phrases(file: str, key: str, phrases: tuple[str, ...]) -> None:
    written = spelled(phrases, _PHRASES_AT_MOST + 1)
    if len(written) > _PHRASES_AT_MOST:
        said = f"the braces expand to more than {_PHRASES_AT_MOST} phrases: split them."
        raise ConfigError(file, key, said)
    if not written or not all(any(sign.isalnum() for sign in one) for one in written):
        raise ConfigError(file, key, "a phrase without words would match everywhere.")


def _check_kind(file: str, key: str, name: str, entry: Entry) -> None:
    """What only entries of one list have: a cue its stance and force, a term how long it lasts."""
    for slot, list_name in _ONLY_IN.items():
        if name != list_name and getattr(entry, slot):
            raise ConfigError(file, f"{key}.{slot}", f"belongs to {list_name} only: take it out.")
    if entry.force and name not in _FORCEFUL:
        said = f"belongs to {', '.join(_FORCEFUL)} only: take it out."
        raise ConfigError(file, f"{key}.force", said)
    if entry.stance and name not in _TAKING_A_STANCE:
        raise ConfigError(file, f"{key}.stance", "belongs to cues only: take it out.")
    if name in _TAKING_A_STANCE and entry.stance is None:
        raise ConfigError(file, key, "a cue needs a `stance`.")
    for slot in ("force", "negated"):
        if not 0 <= getattr(entry, slot) <= _FORCE_AT_MOST:
            raise ConfigError(file, f"{key}.{slot}", f"is {getattr(entry, slot)}; write 0 to 4.")
    if name == "terms" and not entry.term:
        raise ConfigError(file, key, f"a term needs a `term`: one of {', '.join(_TERMS)}.")
    if name == "terms" and entry.term not in _TERMS:
        raise ConfigError(
            file, f"{key}.term", f'"{entry.term}" is not known; {suggestion(entry.term, _TERMS)}'
        )
