"""Small words by which a sentence may say less than its slots tell: config/cautions.toml, strict.

Reading the file is all that reaches the disk; the rest is pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from monitor.lexicon.spelling import spelled
from monitor.tables import build, read_toml

FILE = "cautions.toml"


@dataclass(frozen=True, slots=True)
class Cautions:
    """The words of one language, spelled as page text is; what each list is for stands in the file."""

    turns: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    aims: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    passives: frozenset[str] = frozenset()


NONE = Cautions()  #: of a language without words


@dataclass(frozen=True, slots=True)
class _File:
    words: Mapping[str, Cautions] = field(default_factory=dict)


def load_cautions(config: Path) -> Mapping[str, Cautions]:
    """Language → its words, from `config`/cautions.toml. Raises ConfigError."""
    file = config / FILE
    read = build(_File, read_toml(file), str(file))
    return {language: _spelled(words) for language, words in read.words.items()}


def _spelled(words: Cautions) -> Cautions:
    lists = {one.name: getattr(words, one.name) for one in fields(words)}
    return Cautions(**{name: frozenset(spelled(phrases)) for name, phrases in lists.items()})
