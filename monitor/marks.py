"""How a page looks that is not the page: config/access.toml → AccessRules.

A mark is one face of a wall, a login, an error. What was answered becomes an Appearance, and `sign` says
which of its words give a mark away.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.errors import ConfigError
from monitor.model import Access
from monitor.tables import build, read_toml

_GAP, _LINE = "…", "^"
_PARTS = ("phrases", "header", "markup", "address")


@dataclass(frozen=True, slots=True)
class Mark:
    """What gives a state away: everything that is named must be there, and of each list any one.

    Compared in lower case. “…” in a phrase stands for any words, “^” before it for the beginning of a line:
    "^access denied … reference #".
    """

    state: Access
    name: str  #: who or what it is: a vendor, or "a login page"
    example: str
    phrases: tuple[str, ...] = ()  #: in the text or the title; with `header`, in its value (none: any)
    header: str = ""
    markup: tuple[str, ...] = ()  #: in the first 64 KiB of the body
    address: tuple[str, ...] = ()  #: in the address that a redirect led to, and not in the one asked for
    statuses: tuple[int, ...] = ()  #: only with these
    below_words: int = 0  #: only on a page of fewer words than this; 0 is what rules.short_page_words says
    not_examples: tuple[str, ...] = ()  #: ordinary text that must never be taken for it


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


@dataclass(frozen=True, slots=True)
class Appearance:
    """What can be seen of one answer: its text as `lines_of` makes it, its markup as `plain` does."""

    text: str = ""
    markup: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)  #: names and values in lower case
    asked: str = ""  #: the address asked for
    led_to: str = ""  #: where redirects led; "" where there was none


def plain(text: str) -> str:
    """Lower case, straight quotes, single blanks."""
    return " ".join(text.lower().replace("’", "'").replace("‘", "'").split())


def lines_of(*lines: str) -> str:
    """The lines that are not empty, each plain, each after a line break."""
    return "".join(f"\n{line}" for line in map(plain, lines) if line)


def sign(mark: Mark, seen: Appearance) -> str:
    """The words that give the mark away, or "" where this is not its face."""
    if mark.statuses and seen.status not in mark.statuses:
        return ""
    signs = []
    if mark.header:
        signs.append(_header(mark, seen))
    elif mark.phrases:
        signs.append(_first(mark.phrases, seen.text))
    if mark.markup:
        signs.append(_first(mark.markup, seen.markup))
    if mark.address:
        signs.append(_address(mark, seen))
    return signs[0] if all(signs) else ""


def _header(mark: Mark, seen: Appearance) -> str:
    value = seen.headers.get(mark.header.lower(), "")
    fits = value and (not mark.phrases or _first(mark.phrases, value))
    return f"{mark.header.lower()}: {value}" if fits else ""


def _address(mark: Mark, seen: Appearance) -> str:
    fits = any(_leads(part, seen.led_to) and not _leads(part, seen.asked) for part in mark.address)
    return seen.led_to if fits else ""


def _leads(part: str, address: str) -> bool:
    """Whether the part stands there whole: "/login" is in "/login?next=", not in "/login-rules"."""
    end = r"(?![\w-])" if part[-1].isalnum() else ""
    return re.search(re.escape(part) + end, address) is not None


def _first(phrases: Sequence[str], text: str) -> str:
    return next((phrase for phrase in phrases if _stands(phrase, text)), "")


def _stands(phrase: str, text: str) -> bool:
    at = 0
    for part in map(str.strip, phrase.split(_GAP)):
        found = text.find(part.replace(_LINE, "\n"), at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def load_access_rules(config: Path) -> AccessRules:
    """config/access.toml, checked. Raises ConfigError."""
    path = config / "access.toml"
    rules = build(AccessRules, read_toml(path), str(path))
    for i, mark in enumerate(rules.marks):
        problem = _problem(mark)
        if problem:
            raise ConfigError(str(path), f"marks[{i}].{problem[0]}", problem[1])
    return rules


def _problem(mark: Mark) -> tuple[str, str] | None:
    """The key and the sentence, where a mark cannot be what its author meant."""
    if not any(getattr(mark, part) for part in _PARTS):
        return "phrases", "are missing; give at least one of phrases, header, markup and address"
    for part in ("phrases", "markup", "address"):
        for word in getattr(mark, part):
            if not word.strip() or word != plain(word):
                return part, f"holds {word!r}; write it in lower case, with straight quotes and single blanks"
    if not sign(mark, example_of(mark)):
        return "example", "shows none of the mark's phrases; mend either."
    for text in mark.not_examples:
        if sign(mark, _as_written(text, mark)):
            return "not_examples", f"are marked as well ({text!r}); mend either"
    return None


def example_of(mark: Mark) -> Appearance:
    """How a mark's example looks."""
    return _as_written(mark.example, mark)


def _as_written(text: str, mark: Mark) -> Appearance:
    """Lines of text and markup, of which any may be a header ("name: value") or the address."""
    lines = [line.strip() for line in text.splitlines()]
    pairs = (line.lower().partition(": ") for line in lines)
    return Appearance(
        text=lines_of(*lines),
        markup=plain(text),
        status=mark.statuses[0] if mark.statuses else 0,
        headers={name: value for name, colon, value in pairs if colon},
        led_to=next((line.lower() for line in lines if line.startswith("http")), ""),
    )
