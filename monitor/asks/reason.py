"""Why a change touches an ask: one sentence from the slots of the finding. Pure."""

from collections.abc import Sequence

from monitor.asks.scope import About
from monitor.model import LAPSED, LAPSING, PAGE_GONE, WAYS_BACK, Direction, Finding, FindingKind, Tier
from monitor.words import listed, spoken


def sentence(finding: Finding, about: About) -> str:
    """One sentence: what of the statement the ask is about, and what became of it."""
    technologies = _shared(finding.technologies, about.technologies) or ["biometric surveillance"]
    doing, gives = _doing(finding, about)
    parties = _shared(finding.parties, about.parties) if about.parties else []
    whom = ""
    if gives and about.parties:
        whom = f" to {listed(parties) if parties else 'anyone'}"
    elif parties:
        whom = f", names {listed(parties)}"
    return f"The statement is about {doing}{listed(technologies)}{whom}, and {_became(finding)}."


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
