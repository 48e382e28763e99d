"""The words that turned a statement round: "We will not sell it", "We may sell it". Pure.

A reversal is the gravest thing that we tell, so what is quoted of it is the turn itself, or nothing.
"""

import re
from collections.abc import Iterator

from monitor.headline.spans import Place, bare, changed_places, is_quotable, opening
from monitor.model import Direction, Finding

TURN_AT_MOST = 80  #: characters of the words that turned, on each side
_CLAUSE_AT_MOST = 70  #: characters from the words of force on, where the places are longer
_WORDS_BEFORE, _WORDS_AFTER = 2, 3

#: By language: words that refuse, then words that bind or allow. They only choose what is quoted.
_FORCE = {
    "en": (
        r"not|\w+n['’]t|never|cannot|none|nobody|no|nor|prohibit\w*|forbid\w*|ban(?:s|ned)?|refus\w+|declin\w+|stop\w*|cease\w*",
        r"may|can|could|might|will|shall|must|should|allow\w*|permit\w*|requir\w+|free to|resum\w+|lift\w*",
    ),
    "de": (
        r"nicht|kein\w*|nie|niemals|verbiet\w+|verboten|untersag\w+|verzicht\w+|unzulässig",
        r"darf|dürfen|kann|können|könn\w+|werden|wird|muss|müssen|soll\w*|erlaub\w+|gestatt\w+|zulässig",
    ),
    "es": (
        r"no|nunca|jamás|ning\w+|prohíb\w+|prohib\w+|neg\w+|abst\w+",
        r"puede\w*|podemos|podr\w+|debe\w*|permit\w+|autoriz\w+|exig\w+",
    ),
    "fr": (
        r"ne|n['’]\w+|pas|jamais|aucune?|interdi\w+|refus\w+|renon\w+",
        r"peu\w+|pouv\w+|pourr\w+|doi\w+|dev\w+|autoris\w+|permet\w*|permis\w*|exig\w+",
    ),
    "pt": (
        r"não|nunca|jamais|nenhum\w*|proíb\w+|proib\w+|recus\w+|veda\w+",
        r"pode\w*|poder\w+|deve\w*|permit\w+|autoriz\w+|exig\w+",
    ),
}


def turns(finding: Finding, language: str, governed: bool) -> Iterator[tuple[str, str, bool]]:
    """(words before, words after, whether there are other changes), the fullest first; one may be "".

    governed: whether a line above gives the words their force. Then they show the turn only where words of
    force changed in them. All that is yielded can stand between quotation marks.
    """
    before, after = finding.before_quote, finding.after_quote
    places = changed_places(before, after)
    refusing, forceful = _patterns(language)
    place = max(places, key=lambda one: _weight(finding, one, refusing, forceful), default=None)
    if place is None:
        return
    is_turn = _weight(finding, place, refusing, forceful) > 0
    if governed and not is_turn:
        return
    pairs = [(bare(before), bare(after), False)]
    if is_turn or len(places) == 1:
        others = len(places) > 1
        pairs.append((_around(before, place[0]), _around(after, place[1]), others))
        if max(len(part) for part in pairs[-1][:2]) > TURN_AT_MOST:
            pairs[-1:] = _clauses(finding, place, refusing, forceful)
    for old, new, others in pairs:
        if old != new and all(is_quotable(part) for part in (old, new) if part):
            yield old, new, others


def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words that refuse; any words of force. Of another language than those above, none."""
    refusing, allowing = _FORCE.get(language.split("-")[0].lower(), ("(?!)", "(?!)"))
    return tuple(
        re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
        for words in (refusing, f"{refusing}|{allowing}")
    )  # type: ignore[return-value]


def _weight(finding: Finding, place: Place, refusing: re.Pattern[str], forceful: re.Pattern[str]) -> int:
    """3: it refuses on the side where a refusal must stand; 2: on the other; 1: words of force; 0: none."""
    old, new = finding.before_quote[place[0]], finding.after_quote[place[1]]
    sides = {Direction.WEAKER: [old], Direction.STRONGER: [new]}.get(finding.direction, [old, new])
    if any(refusing.search(side) for side in sides):
        return 3
    if refusing.search(old + "\n" + new):
        return 2
    return 1 if forceful.search(old + "\n" + new) else 0


def _clauses(
    finding: Finding, place: Place, refusing: re.Pattern[str], forceful: re.Pattern[str]
) -> Iterator[tuple[str, str, bool]]:
    """From the words of force on: of both sides, or of the one that refuses; it is gone from the other."""
    old, new = (
        _clause(text, part, refusing) or _clause(text, part, forceful)
        for text, part in zip((finding.before_quote, finding.after_quote), place, strict=True)
    )
    if old and new:
        yield old, new, True
    elif old and finding.direction is Direction.WEAKER and old not in finding.after_quote:
        yield old, "", True
    elif new and finding.direction is Direction.STRONGER and new not in finding.before_quote:
        yield "", new, True


def _clause(text: str, part: slice, pattern: re.Pattern[str]) -> str:
    """The words from shortly before the first match on; "" where there is none."""
    found = pattern.search(text, part.start, part.stop)
    if not found:
        return ""
    return bare(opening(text[found.start() - len(_before(text, found.start())) :], _CLAUSE_AT_MOST))


def _around(text: str, part: slice) -> str:
    """The words of a place with their neighbours: who speaks, and the verb; none beyond a comma."""
    after = re.match(rf"\S*(?:\s+\S+){{0,{_WORDS_AFTER}}}", text[part.stop :])
    tail = re.split(r"(?<=[,;:.])\s", after.group() if after else "", maxsplit=1)[0]
    return bare(_before(text, part.start) + text[part] + tail)


def _before(text: str, end: int) -> str:
    words = re.search(rf"(?:\S+\s+){{0,{_WORDS_BEFORE}}}\S*$", text[:end])
    return re.split(r"(?<=[,;:.])\s", words.group() if words else "")[-1]
