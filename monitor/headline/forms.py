"""What a headline says of a page, in three forms each, and what became of a changed statement."""

from monitor.model import (
    FOUND_ELSEWHERE,
    KEPT,
    LAPSED,
    LAPSING,
    PAGE_BACK,
    PAGE_GONE,
    PROTECTIVE,
    SAME_WORDS,
    STILL_ELSEWHERE,
    Direction,
    Finding,
    FindingKind,
    Role,
    Tier,
)

PAGES = {
    Role.PLEDGE: "pledge page",
    Role.POLICY: "policy page",
    Role.TERMS: "terms page",
    Role.PRODUCT: "product page",
    Role.CUSTOMERS: "customers page",
    Role.TRANSPARENCY_REPORT: "transparency report",
    Role.NEWSROOM: "newsroom page",
}

_WEAKER, _STRONGER = Direction.WEAKER, Direction.STRONGER
LOWERS = {_WEAKER: ", which lowers protection", _STRONGER: ", which raises protection"}

#: Each goes on from "Corvid Cloud's terms page": with all the words, with the first of them, with none.
Forms = tuple[str, str, str]
_NEW: Forms = (
    " now says{under}: “{quote}”",
    " now has {a} that begins{under}: “{quote}”",
    " now has {new}{effect}",
)
_LEFT: Forms = (
    " no longer says{under}: “{quote}”",
    " no longer has {a} that began{under}: “{quote}”",
    " no longer has {a} that stood there before",
)
AGAIN: Forms = (
    " again says{under}: “{quote}”",
    " again has {a} that begins{under}: “{quote}”",
    " again has {a} that stood there before",
)
_GONE: Forms = (
    ", which said “{quote}”{under}, is gone",
    ", which had {a} that began “{quote}”{under}, is gone",
    ", which had {a}, is gone",
)
_BACK: Forms = (
    ", which was gone, is there again and says{under}: “{quote}”",
    ", which was gone, is there again with {a} that begins{under}: “{quote}”",
    ", which was gone, is there again with {a}",
)
_BELOW: Forms = (
    " now says{under}, below other words than before: “{quote}”",
    " now has, below other words than before, {a} that begins{under}: “{quote}”",
    " now has {a} below other words than before",
)
_ELSEWHERE: Forms = (
    " no longer says{under}: “{quote}”, which now stands on another of their pages",
    " no longer has {a} that began{under}: “{quote}” and now stands on another of their pages",
    " no longer has {a} that now stands on another of their pages",
)
_STILL: Forms = (
    " no longer says{under}: “{quote}”, which still stands on another of their pages",
    " no longer has {a} that began{under}: “{quote}” and still stands on another of their pages",
    " no longer has {a} that still stands on another of their pages",
)
_LAPSING: Forms = (
    " has{within} {a} that is to end by its own words: “{quote}”",
    " has{within} {a} that is to end by its own words and begins: “{quote}”",
    " has {a} that is to end by its own words",
)
_LAPSED: Forms = (
    " still has{within} {a} that has ended by its own words: “{quote}”",
    " still has{within} {a} that has ended by its own words and begins: “{quote}”",
    " still has {a} that has ended by its own words",
)
_PLACED: Forms = (
    " says in another place{under}: “{quote}”",
    " has {a} in another place",
    " has {a} in another place",
)

BY_RULE = {
    PAGE_GONE: _GONE,
    PAGE_BACK: _BACK,
    SAME_WORDS: _BELOW,
    FOUND_ELSEWHERE: _ELSEWHERE,
    STILL_ELSEWHERE: _STILL,
    LAPSING: _LAPSING,
    LAPSED: _LAPSED,
    KEPT: _PLACED,
}
BY_KIND = {
    FindingKind.INTRODUCED: _NEW,
    FindingKind.WITHDRAWN: _LEFT,
    FindingKind.RELOCATED: _ELSEWHERE,
    FindingKind.MOVED: _PLACED,
}

#: What became of a changed statement; by kind, for any direction.
_CHANGED = {
    FindingKind.SCOPE: ", whose scope is another one now",
    FindingKind.EXCEPTION: ", whose exceptions are others now",
    FindingKind.CONDITION: ", whose conditions are others now",
    FindingKind.TERM: ", whose time limit is another one now",
    FindingKind.FORCE: ", which is now worded with another force",
    FindingKind.BEARER: ", which now speaks of someone else",
    FindingKind.REVERSED: ", which may now say something else",
}
#: The same where it protects people (it refuses, limits, requires or promises) and the direction is known.
_PROTECTION = {
    (FindingKind.SCOPE, _WEAKER): ", which now covers less",
    (FindingKind.SCOPE, _STRONGER): ", which now covers more",
    (FindingKind.EXCEPTION, _WEAKER): ", which now has a new or wider exception",
    (FindingKind.EXCEPTION, _STRONGER): ", which now has fewer or narrower exceptions",
    (FindingKind.CONDITION, _WEAKER): ", whose conditions now protect less",
    (FindingKind.CONDITION, _STRONGER): ", whose conditions now protect more",
    (FindingKind.TERM, _WEAKER): ", whose time limit now protects less",
    (FindingKind.TERM, _STRONGER): ", whose time limit now protects more",
    (FindingKind.FORCE, _WEAKER): ", which now binds less",
    (FindingKind.FORCE, _STRONGER): ", which now binds more",
    (FindingKind.BEARER, _WEAKER): ", which now speaks of someone else and protects less",
    (FindingKind.BEARER, _STRONGER): ", which now speaks of someone else and protects more",
}


def effect_of(finding: Finding) -> str:
    """What became of the statement: never more than the finding says."""
    kind, direction = finding.kind, finding.direction
    if kind is FindingKind.REWORDED:
        return ""
    if direction not in (_WEAKER, _STRONGER):
        return _CHANGED[kind]
    if kind is FindingKind.REVERSED and finding.tier is Tier.ALERT:
        return ", which now says the opposite"
    if kind is FindingKind.REVERSED:
        return ", which may now say the opposite"
    return _PROTECTION[kind, direction] if finding.stance in PROTECTIVE else LOWERS[direction]
