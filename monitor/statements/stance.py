"""What a clause does about its subject, how firmly, and whether that protects people."""

from typing import NamedTuple

from monitor.lexicon import Lexicon, Tag
from monitor.model import BANS, SAYING_NO, SOFT, Stance
from monitor.statements.clause import ENDING, LIFTING, Clause
from monitor.statements.qualifying import NOT_APPLY, Qualifier

KEEPING = frozenset(["retain", "delete"])  #: the ids of the acts that a time for which it is kept is about
#: The ids of what people can be made to do: "undergo a face scan", "pay with their face".
_COERCED = frozenset(["undergo", "use", "collect", "identify"])
_PRACTISED = 2  #: the force of a plain statement of fact
_WITHDRAWN = 3  #: … and of one that says it ended


class Position(NamedTuple):
    """The stance, its force (0 to 4) and the words that carry it."""

    stance: Stance
    force: int
    cue: str = ""


def position_of(clause: Clause, actions: frozenset[str], lexicon: Lexicon) -> Position:
    """What a clause does: as its cue says, unless "only", or a time for which it is kept, limits it."""
    if clause.is_exempted:
        return _turned(clause)
    found = _limited(clause, lexicon) or _plain(clause, lexicon)
    if "retain" not in actions:
        return found
    timed = bool(lexicon.durations(clause.own))
    if found.stance is Stance.REFUSES and timed and _names_limit(clause):
        return Position(Stance.LIMITS, _PRACTISED, found.cue)  # "never kept for more than a day"
    if found.stance in (Stance.PROMISES, Stance.PRACTISES) and (timed or _is_bounded(clause)):
        return Position(Stance.LIMITS, max(found.force, _PRACTISED), found.cue)
    return found


def _plain(clause: Clause, lexicon: Lexicon) -> Position:
    if is_carve_out(clause):
        return Position(Stance.PERMITS, 1, clause.qualifiers[0].text)
    if clause.cue is not None:
        assert clause.cue.entry.stance is not None
        if clause.cue.entry.id == LIFTING and _ends_act(clause, clause.cue, lexicon):
            return Position(Stance.WITHDRAWS, _WITHDRAWN, clause.words)
        if clause.cue.entry.id == ENDING and _names_ban(clause):
            return Position(Stance.PERMITS, 1, clause.words)
        return Position(clause.cue.entry.stance, clause.force, clause.words)
    return Position(Stance.PRACTISES, _PRACTISED)


def _ends_act(clause: Clause, cue: Tag, lexicon: Lexicon) -> bool:
    """ "Sales of it to the police have ended": what ended is no ban, but the act that opens the sentence."""
    act = next((tag for tag in clause.tags if tag.list == "actions"), None)
    if act is None or clause.cue_text != clause.own or act.end > cue.start:
        return False
    opens = len(clause.own[: act.start].split()) <= 1 and not act.entry.protects
    return opens and not _names_ban(clause) and clause.own[act.end :].split()[0] in lexicon.prepositions


def _names_ban(clause: Clause) -> bool:
    return any(tag.list == "cues" and tag.entry.stance is Stance.REFUSES for tag in clause.tags)


def _turned(clause: Clause) -> Position:
    """An exception turns what governs it: what is excepted from a ban may be done, and the other way."""
    words = next((q.text for q in _exempting(clause)), "")
    cue = clause.cue
    bans = cue.entry.stance in BANS if cue is not None else not _practised_above(clause)
    return Position(Stance.PERMITS, 1, words) if bans else Position(Stance.REFUSES, _PRACTISED, words)


def _exempting(clause: Clause) -> list[Qualifier]:
    """The exceptions that take it out, the nearest first."""
    found = (*clause.qualifiers[:1], *reversed(clause.lead_qualifiers))
    return [q for q in found if q.list == "exceptions"]


def _practised_above(clause: Clause) -> bool:
    """ "We use it everywhere, except in:": who does what stands before the exception."""
    openings = [q.start for q in clause.lead_qualifiers if q.list == "exceptions"]
    acts = (tag for tag in clause.lead_tags if tag.list == "actions")
    return bool(openings) and any(tag.start < openings[-1] for tag in acts)


def _limited(clause: Clause, lexicon: Lexicon) -> Position | None:
    """ "We may use it only with your consent" limits, as "not without your consent" refuses."""
    found = _plain(clause, lexicon)
    only = next((q for q in clause.qualifiers if _opens_with_only(q, lexicon)), None)
    if only is None or found.stance not in SOFT:
        return None
    modal = clause.cue.entry.negated if clause.cue is not None else 0
    return Position(Stance.LIMITS, modal or _PRACTISED, found.cue or only.text.split()[0])


def _opens_with_only(qualifier: Qualifier, lexicon: Lexicon) -> bool:
    return qualifier.list == "conditions" and qualifier.text.split()[0] in lexicon.limiting


def _names_limit(clause: Clause) -> bool:
    """ "for more than a day", "beyond thirty days"."""
    return any(tag.list == "bounds" and tag.entry.id == "beyond" for tag in clause.tags)


def _is_bounded(clause: Clause) -> bool:
    """Whether it says for how long: "until you leave", "as long as it is needed"."""
    return any(tag.list in ("bounds", "terms") for tag in clause.tags)


def is_carve_out(clause: Clause) -> bool:
    """ "This moratorium does not apply to …", "… are exempt": the whole sentence is an exception."""
    first = clause.qualifiers[0] if clause.qualifiers else None
    if first is None or first.list != "exceptions":
        return False
    return clause.cue is None or (first.id == NOT_APPLY and _is_subject(clause, clause.cue, first))


def _is_subject(clause: Clause, cue: Tag, exception: Qualifier) -> bool:
    """ "This moratorium does not …": the ban opens the sentence, and nothing is done before the exception."""
    if clause.cue_text != clause.own or len(clause.own[: cue.start].split()) > 1:
        return False
    acts = (tag.start for tag in clause.tags if tag.list in ("actions", "bearers"))
    others = (start for start in acts if not cue.start <= start < cue.end)  # the "our" of "our ban"
    return cue.end <= exception.start and not any(start < exception.start for start in others)


def _is_coerced(clause: Clause, actions: frozenset[str], lexicon: Lexicon) -> bool:
    """ "Visitors must undergo a face scan": a duty to take part, and to nothing that protects anybody."""
    governed = clause.governed
    if clause.qualifiers or any(lexicon.entry("actions", id).protects for id in actions):
        return False
    after = [tag for tag in clause.tags if clause.cue and tag.start >= clause.cue.end]
    asked = {tag.list for tag in after}
    if "demands" in asked:
        return False  # "a face search requires a warrant"
    if governed is not None:
        return governed.id in _COERCED and any(tag.entry is governed for tag in after)
    return "technologies" in asked


def protects(stance: Stance, clause: Clause, actions: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether it protects people: refusing harm does, and so does promising deletion or disclosure."""
    governed = clause.governed
    if stance is Stance.LIMITS:
        return True
    if stance is Stance.REQUIRES:
        return not _is_coerced(clause, actions, lexicon)
    if governed is None or clause.cue is None:
        is_kind = any(lexicon.entry("actions", id).protects for id in actions)
    else:
        is_kind = governed.protects
    return is_kind != (stance in SAYING_NO)
