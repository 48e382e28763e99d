"""What advocacy groups and investors ask for, and which of it a change touches: config/asks.toml, strict.

A finding touches an ask where every slot that the ask names shares an id with the finding's own slots.
Reading the file is all that reaches the disk; the rest is pure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError
from monitor.model import (
    LAPSED,
    LAPSING,
    PAGE_GONE,
    WAYS_BACK,
    Direction,
    Finding,
    FindingKind,
    Stance,
    Tier,
    Touched,
)
from monitor.tables import build, dotted, read_toml
from monitor.words import listed, spoken

FILE = "asks.toml"


@dataclass(frozen=True, slots=True)
class About:
    """By slots, which statements an ask is about; an empty slot asks for nothing. Ids of config/lexicon."""

    kinds: frozenset[FindingKind] = frozenset()
    stances: frozenset[Stance] = frozenset()
    bearers: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  #: one of these stands in the quote, in any case
    everyone: bool = False  #: also a refusal or limit that names no party: what holds for all holds for them


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


@dataclass(frozen=True, slots=True)
class _File:
    asks: tuple[Ask, ...] = ()


def load_asks(config: Path) -> tuple[Ask, ...]:
    """The asks of `config`/asks.toml, in their order. Raises ConfigError, also on an id that comes twice."""
    file = config / FILE
    asks = build(_File, read_toml(file), str(file)).asks
    seen: set[str] = set()
    for place, ask in enumerate(asks):
        key = f"asks[{place}]"
        if not ask.id.strip():
            raise ConfigError(str(file), dotted(key, "id"), "is empty; give the ask a name of its own")
        if ask.id in seen:
            raise ConfigError(str(file), dotted(key, "id"), f'"{ask.id}" comes twice; give each its own')
        if ask.about is not None and not (ask.about.words or any(_slots(ask.about).values())):
            raise ConfigError(str(file), dotted(key, "about"), "names nothing; name a slot, or take it out")
        seen.add(ask.id)
    return asks


def touched_by(finding: Finding, asks: Sequence[Ask], organization_kind: str = "") -> tuple[Ask, ...]:
    """The asks that the finding's statement is about, the closest first. organization_kind: as in UNKNOWN.

    First those that name a party (which the statement names, or keeps from everybody), then the narrower
    before the broader; what is as close stays as in `asks`.
    """
    found = [ask for ask in asks if _addresses(ask, organization_kind) and _is_about(ask.about, finding)]
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
            found.setdefault(ask.id, Touched(ask.id, ask.text, why(finding, ask), ask.source))
    return tuple(found.values())


def why(finding: Finding, ask: Ask) -> str:
    """One sentence: what of the statement the ask is about, and what became of it."""
    about = ask.about or About()
    technologies = _shared(finding.technologies, about.technologies) or ["biometric surveillance"]
    doing, gives = _doing(finding, about)
    parties = _shared(finding.parties, about.parties) if about.parties else []
    whom = ""
    if gives and about.parties:
        whom = f" to {listed(parties) if parties else 'anyone'}"
    elif parties:
        whom = f", names {listed(parties)}"
    return f"The statement is about {doing}{listed(technologies)}{whom}, and {_became(finding)}."


# --------------------------------------------------------------------------- which


#: Kinds of organization that tell nothing: compare knows none; "other" stands where `add` left it.
UNKNOWN = frozenset({"", "other"})


def _addresses(ask: Ask, kind: str) -> bool:
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


# --------------------------------------------------------------------------- why

_GIVING = {"sell": "sale", "provide": "supply", "share": "sharing"}
_DOING = {
    "develop": "development",
    "use": "use",
    "identify": "use",
    "undergo": "use",
    "collect": "collection",
    "retain": "keeping",
    "delete": "deletion",
}
_ACTING = {
    "publish": "public reporting on ",
    "refuse_work": "refusing to work on ",
    "retaliate": "retaliation over ",
    "review": "human review of ",
}
_KINDS = {
    FindingKind.INTRODUCED: "is new on the page",
    FindingKind.WITHDRAWN: "no longer appears on the page we watch",
    FindingKind.SCOPE: "changed in what it covers",
    FindingKind.EXCEPTION: "changed in its exceptions",
    FindingKind.CONDITION: "changed in its conditions",
    FindingKind.TERM: "changed in its time limit",
    FindingKind.FORCE: "changed in how firmly it is worded",
    FindingKind.BEARER: "changed in whom it speaks of",
    FindingKind.REVERSED: "may now say something else",
    FindingKind.RELOCATED: "now stands on another page",
    FindingKind.REWORDED: "has other words",
    FindingKind.MOVED: "stands in another place",
}
_CHANGES = frozenset(FindingKind) - {
    FindingKind.INTRODUCED,
    FindingKind.WITHDRAWN,
    FindingKind.RELOCATED,
    FindingKind.REWORDED,
    FindingKind.MOVED,
}
_SIDES = {
    Direction.WEAKER: "; it protects less than before",
    Direction.STRONGER: "; it protects more than before",
}


def _shared(has: Sequence[str], wanted: frozenset[str]) -> list[str]:
    return [spoken(one) for one in has if not wanted or one in wanted]


def _doing(finding: Finding, about: About) -> tuple[str, bool]:
    """ "the sale of ", and whether all that is done is giving it to somebody."""
    actions = [one for one in finding.actions if one in about.actions]
    acting = next((_ACTING[one] for one in actions if one in _ACTING), "")
    nouns = [noun for one in actions if (noun := _GIVING.get(one) or _DOING.get(one))]
    if acting or not nouns:
        return acting, False
    return f"the {listed(list(dict.fromkeys(nouns)))} of ", all(one in _GIVING for one in actions)


def _became(finding: Finding) -> str:
    if finding.rule in (LAPSING, LAPSED):
        return "is to end by its own words" if finding.rule == LAPSING else "has ended by its own words"
    if finding.rule == PAGE_GONE:
        return "is gone with the page that said it"
    if finding.rule in WAYS_BACK and finding.kind is FindingKind.INTRODUCED:
        return "is on the page again"
    if finding.kind is FindingKind.REVERSED and finding.direction in _SIDES:
        is_sure = finding.tier is Tier.ALERT
        return "now says the opposite" + _SIDES[finding.direction] if is_sure else "may now say the opposite"
    side = _SIDES.get(finding.direction, "") if finding.kind in _CHANGES else ""
    return _KINDS[finding.kind] + side
