"""How a page looks that is not the page: config/access.toml → AccessRules."""

from dataclasses import dataclass
from pathlib import Path

from monitor.errors import ConfigError
from monitor.model import Access
from monitor.tables import build, read_toml


@dataclass(frozen=True, slots=True)
class Mark:
    """Words (or a header's value) that give a state away. Phrases are compared in lower case."""

    state: Access
    name: str
    phrases: tuple[str, ...]
    example: str
    header: str = ""


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The marks, and how much a page may lose and still be itself (shares of its usual text)."""

    marks: tuple[Mark, ...]
    short_page_words: int = 250
    collapsed_below: float = 0.4
    partial_below: float = 0.5
    partial_from_words: int = 200
    never_believed_below: float = 0.3
    replaced_below: float = 0.1
    replaced_from_sentences: int = 12


def load_access_rules(config: Path) -> AccessRules:
    """config/access.toml, checked. Raises ConfigError."""
    path = config / "access.toml"
    rules = build(AccessRules, read_toml(path), str(path))
    for i, mark in enumerate(rules.marks):
        if not any(phrase in mark.example.lower() for phrase in mark.phrases):
            raise ConfigError(
                str(path), f"marks[{i}].example", "shows none of the mark's phrases; mend either."
            )
    return rules
