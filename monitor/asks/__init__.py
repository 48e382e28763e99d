"""What advocacy groups and investors ask for, and which of it a change touches: config/asks.toml, strict.

How well an organization meets it is for monitor.scorecard, by the parts of each ask (Scope).

A finding touches an ask where every slot that the ask names shares an id with the finding's own slots.
Reading the file is all that reaches the disk; the rest is pure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor.asks.reason import sentence
from monitor.asks.scope import About, Lens, Scope, Shown, State
from monitor.errors import ConfigError
from monitor.model import Finding, Stance, Touched
from monitor.tables import build, dotted, read_toml

__all__ = [
    "About",
    "Ask",
    "Example",
    "Lens",
    "Scope",
    "Shown",
    "State",
    "addresses",
    "load_asks",
    "touched",
    "touched_by",
    "with_asks",
]

FILE = "asks.toml"


@dataclass(frozen=True, slots=True)
class Example:
    """A change that the tests run: `before` or `after` is "" where the statement is new or gone."""

    before: str = ""
    after: str = ""
    organization: str = ""  #: a kind of organization; "" is any


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask. about: None where no statement on a page can show that it is touched."""

    id: str
    text: str  #: what is asked, in one or two lines
    source: str
    addressee: str  #: in words, as the source has it
    organizations: frozenset[str] = frozenset()  #: kinds of organization that it addresses; empty: any
    known_only: bool = False  #: not where the kind of organization is unknown (compare knows none)
    certainty: str = ""  #: "" for seen in the source, else what is not sure of it
    note: str = ""
    about: About | None = None
    examples: tuple[Example, ...] = ()
    not_examples: tuple[Example, ...] = ()
    lens: Lens = Lens.OTHER
    met: tuple[str, ...] = ()  #: what counts as each state, in short sentences
    partial: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    regressed: tuple[str, ...] = ()
    parts: tuple[Scope, ...] = ()  #: what a statement can show, part by part; empty: none can
    beyond: str = ""  #: without parts: why our method cannot judge it, one sentence


@dataclass(frozen=True, slots=True)
class _File:
    asks: tuple[Ask, ...] = ()
    narrowing: frozenset[str] = frozenset()  #: words that make any pledge narrower: "real-time"
    neutral: frozenset[str] = frozenset()  #: words that change nothing in any pledge: "technology"
    whole: frozenset[str] = frozenset()  #: phrases whose words narrow nothing: "in any country"
    everyone: frozenset[str] = frozenset()  #: words for anybody: "everyone"
    for_us: frozenset[str] = frozenset()  #: words for what others do in one's place: "on our behalf"
    judged: frozenset[str] = frozenset()  #: a person has to judge, but in a part to which they are neutral
    switches: frozenset[str] = frozenset()  #: words for a setting: "turned off"


_OF_FILE = ("narrowing", "neutral", "whole", "everyone", "for_us")


def load_asks(config: Path) -> tuple[Ask, ...]:
    """The asks of `config`/asks.toml, in their order. Raises ConfigError, also on an id that comes twice."""
    file = config / FILE
    read = build(_File, read_toml(file), str(file))
    asks = tuple(_with_words(ask, read) for ask in read.asks)
    seen: set[str] = set()
    for place, ask in enumerate(asks):
        key = f"asks[{place}]"
        if not ask.id.strip():
            raise ConfigError(str(file), dotted(key, "id"), "is empty; give the ask a name of its own")
        if ask.id in seen:
            raise ConfigError(str(file), dotted(key, "id"), f'"{ask.id}" comes twice; give each its own')
        if ask.about is not None and not (ask.about.words or any(_slots(ask.about).values())):
            raise ConfigError(str(file), dotted(key, "about"), "names nothing; name a slot, or take it out")
        _check_parts(ask, str(file), key)
        seen.add(ask.id)
    return asks


def _with_words(ask: Ask, file: _File) -> Ask:
    """With the words of the file in every part."""
    return replace(ask, parts=tuple(_widened(part, file) for part in ask.parts))


def _widened(part: Scope, file: _File) -> Scope:
    words = {name: getattr(part, name) | getattr(file, name) for name in _OF_FILE}
    return replace(
        part,
        judged=part.judged | file.judged - part.neutral,
        switches=part.switches | file.switches,
        **words,
    )


def _check_parts(ask: Ask, file: str, key: str) -> None:
    """Each part has a name of its own, and says what it is about."""
    if ask.parts and ask.beyond:
        raise ConfigError(file, dotted(key, "beyond"), "stands beside parts; leave one of them out")
    names: set[str] = set()
    for place, part in enumerate(ask.parts):
        where = f"{key}.parts[{place}]"
        if part.name in names:
            raise ConfigError(file, dotted(where, "name"), f'"{part.name}" comes twice; give each its own')
        if not (part.actions or part.technologies or part.words):
            raise ConfigError(file, where, "names nothing; name its actions, technologies or words")
        names.add(part.name)


def touched_by(finding: Finding, asks: Sequence[Ask], organization_kind: str = "") -> tuple[Ask, ...]:
    """The asks that the finding's statement is about, the closest first. organization_kind: as in UNKNOWN.

    First those that name a party (which the statement names, or keeps from everybody), then the narrower
    before the broader; what is as close stays as in `asks`.
    """
    found = [ask for ask in asks if addresses(ask, organization_kind) and _is_about(ask.about, finding)]
    return tuple(sorted(found, key=lambda ask: _breadth(ask.about or About())))


def with_asks(
    findings: Sequence[Finding], asks: Sequence[Ask], organization_kind: str = ""
) -> tuple[Finding, ...]:
    """The findings with the ids of their asks; as they are where there are no asks."""
    if not asks:
        return tuple(findings)
    return tuple(
        replace(one, asks=tuple(ask.id for ask in touched_by(one, asks, organization_kind)))
        for one in findings
    )


def touched(
    findings: Sequence[Finding], asks: Sequence[Ask], organization_kind: str = ""
) -> tuple[Touched, ...]:
    """Each ask that a material finding touches, once, in the order of the findings; the first says why."""
    found: dict[str, Touched] = {}
    for finding in findings:
        for ask in touched_by(finding, asks, organization_kind) if finding.is_material else ():
            found.setdefault(
                ask.id, Touched(ask.id, ask.text, sentence(finding, ask.about or About()), ask.source)
            )
    return tuple(found.values())


# --------------------------------------------------------------------------- which


#: Kinds of organization that tell nothing: compare knows none; "other" stands where `add` left it.
UNKNOWN = frozenset({"", "other"})


def addresses(ask: Ask, kind: str) -> bool:
    """Whether it is asked of organizations of this kind."""
    if kind in UNKNOWN:
        return not ask.known_only
    return not ask.organizations or kind in ask.organizations


def _is_about(about: About | None, finding: Finding) -> bool:
    if about is None:
        return False
    has = _has(finding)
    if about.everyone and not finding.parties and finding.stance in _HOLDING_BACK:
        has["parties"] = about.parties
    fits = all(not wanted or wanted & has[slot] for slot, wanted in _slots(about).items())
    return fits and (not about.words or _says(finding, about.words))


def _breadth(about: About) -> tuple[bool, int]:
    """Whether it names no party, then how many ids its narrowest slot names."""
    slots = [slot for slot in (about.actions, about.technologies, about.words) if slot]
    return not about.parties, min(map(len, slots), default=_BROADEST)


_BROADEST = 1_000

#: Stances that keep from everybody what they keep from nobody by name.
_HOLDING_BACK = frozenset({Stance.REFUSES, Stance.LIMITS, Stance.WITHDRAWS})


def _slots(about: About) -> Mapping[str, frozenset[Any]]:
    slots = ("kinds", "stances", "bearers", "actions", "technologies", "parties")
    return {slot: getattr(about, slot) for slot in slots}


def _has(finding: Finding) -> dict[str, frozenset[Any]]:
    return {
        "kinds": frozenset({finding.kind}),
        "stances": frozenset({finding.stance}),
        "bearers": frozenset({finding.bearer}),
        "actions": frozenset(finding.actions),
        "technologies": frozenset(finding.technologies),
        "parties": frozenset(finding.parties),
    }


def _says(finding: Finding, words: frozenset[str]) -> bool:
    said = f"{finding.before_quote}\n{finding.after_quote}"
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said, re.IGNORECASE) for word in words)
