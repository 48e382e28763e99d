"""Which words are a commitment. Pure."""

import re
from collections.abc import Sequence

from monitor.model import PROTECTIVE, Saying, Stance
from monitor.threads import LEADS_IN

_OTHER = "other"  #: the bearer of news on others, and of words of others
_WORD = re.compile(r"\w+")
# In the languages of the lexicon: whole words, and how words begin.
#: By which something is held back.
_HOLD = frozenset(
    [
        "ban", "bans", "banned", "banning", "bar", "bars", "barred", "barring", "halt", "halts", "halted",
        "limit", "limits", "limiting", "pledge", "pledges", "policy", "policies", "rule", "veto", "vow",
    ]
)  # fmt: skip
_HOLD_BEGIN = (
    "abst", "beschränk", "block", "blocag", "bloqu", "commit", "compromet", "compromis", "einschränk",
    "empêch", "engage", "exclu", "forbad", "forbid", "impedi", "interdi", "limita", "limite", "moratoire",
    "moratori", "nega", "negá", "oppos", "opon", "paus", "política", "politique", "prevent", "prohibi",
    "proibi", "promes", "promis", "recus", "refus", "restrain", "restrein", "restrict", "restrin",
    "richtlinie", "safeguard", "suspen", "verbiet", "verbot", "verpflicht", "versprech", "verzicht",
    "weiger", "zusage",
)  # fmt: skip
#: Which hold even where the words of a rule may be let go for better ones: "our policy of selling it".
_MAY_ALLOW = frozenset(["policy", "policies", "política", "politique", "richtlinie"])
#: By which something is let go.
_LET_GO = frozenset(
    [
        "end", "ended", "ending", "ends", "longer", "over", "drop", "dropped", "dropping", "aufgehoben",
        "aufheben", "aufgegeben", "beendet", "beenden", "zurückgezogen", "zurückgenommen", "levé", "levée",
        "lever", "retiré", "retirée", "fin", "fim", "levantado", "levantada", "retirado", "retirada",
    ]
)  # fmt: skip
_LET_GO_BEGIN = (
    "abandon", "annul", "cancel", "ceas", "discontinu", "lift", "repeal", "rescind", "retire", "retiring",
    "revers", "revoc", "revog", "revok", "révoq", "scrap", "stopp", "terminat", "withdr",
)  # fmt: skip
_NOT = frozenset(["not", "never", "nor", "t", "nicht", "nie", "pas", "jamais", "nunca", "não", "jamás"])
_ARE = frozenset(["been", "was", "were", "is", "are", "has", "have", "wurde", "ist", "été", "est", "sido"])
_ARE |= {"fue", "foi", "no"}
_AT_ONCE, _FAR = 4, 15  #: words between


def protects(saying: Saying) -> bool:
    """Whether it binds somebody, or promises, to protect the people who could be watched.

    An act that ended does so, too ("We no longer sell it"); a ban that ended does not, however it was read.
    Words of others, and news on them, do not.
    """
    if not saying.protects or saying.bearer == _OTHER or is_let_go(saying):
        return False
    return saying.stance in PROTECTIVE or (saying.stance == Stance.WITHDRAWS and bool(saying.actions))


def is_let_go(saying: Saying) -> bool:
    """ "We have withdrawn our moratorium", "Our ban has been lifted"; but not "We will not lift our ban"."""
    lines = [line for line in saying.context if line.rstrip().endswith(LEADS_IN)]
    words = _WORD.findall(" ".join((*lines, saying.quote)).lower())
    held = [place for place, word in enumerate(words) if word in _HOLD or word.startswith(_HOLD_BEGIN)]
    bans = [place for place in held if words[place] not in _MAY_ALLOW]
    gone = [at for at, word in enumerate(words) if word in _LET_GO or word.startswith(_LET_GO_BEGIN)]
    return any(_reaches(words, at, ban) for at in gone for ban in bans)


def _reaches(words: Sequence[str], at: int, ban: int) -> bool:
    """Whether what is let go at one place is the ban at the other."""
    if not _NOT.isdisjoint(words[max(at - _AT_ONCE, 0) : at]):
        return False
    if at < ban:
        return ban - at <= _AT_ONCE
    is_said_of_it = at - ban == 1 or words[at - 1] in _ARE  # "Verbot aufgehoben", "ban … has been lifted"
    return at - ban <= _FAR and is_said_of_it and not _until(words[ban:at])


def _until(words: Sequence[str]) -> bool:
    """ "A ban that holds until it is lifted" still holds."""
    return not {"until", "unless", "till", "bis", "jusqu", "hasta", "até"}.isdisjoint(words)
