"""A clause → its slots: stance, force, bearer, actions, technologies, parties, conditions, term …"""

from monitor.lexicon import Lexicon, Tag
from monitor.model import Sentence, Stance, Statement
from monitor.statements.clause import Clause, is_double_negation

_PRACTISED_FORCE = 2
_TERM_ORDER = ("revocable", "fixed", "until_further_notice", "until_event", "permanent")


def statement_of(sentence: Sentence, clause: Clause, lexicon: Lexicon) -> Statement | None:
    """The statement a clause makes, or None where it only mentions the subject."""
    technologies = _technologies(clause)
    actions = _ids(clause, "actions")
    stance, force, cue = _stance(clause)
    if not technologies or (clause.cue is None and not actions and not _ids(clause, "parties")):
        return None
    return Statement(
        sentence=sentence,
        stance=stance,
        force=force,
        protects=_protects(stance, clause, lexicon),
        cue=cue,
        bearer=_bearer(clause),
        actions=actions,
        technologies=_narrowest(technologies, lexicon),
        parties=_ids(clause, "parties"),
        purposes=_ids(clause, "purposes"),
        places=_ids(clause, "places"),
        conditions=_qualifier_texts(clause, "conditions", lexicon),
        exceptions=_qualifier_texts(clause, "exceptions", lexicon),
        hedges=_ids(clause, "hedges"),
        term=_term(clause),
        term_text=_term_text(clause),
        durations=lexicon.durations(clause.own),
        doubtful=is_double_negation(clause) or clause.hangs,
        by_heading=clause.by_heading,
    )


def _ids(clause: Clause, list_name: str) -> frozenset[str]:
    """What the sentence and its frame name, outside the words that only qualify."""
    whole = _is_carve_out(clause)
    own = {
        tag.entry.id for tag in clause.tags if tag.list == list_name and (whole or not clause.qualified(tag))
    }
    lead = {tag.entry.id for tag in clause.lead_tags if tag.list == list_name}
    return frozenset(own | lead)


def _excepted(clause: Clause, tag: Tag) -> bool:
    return any(
        q.list == "exceptions" and q.start < tag.start < q.end for q in clause.qualifiers if q.start > 0
    )


def _technologies(clause: Clause) -> frozenset[str]:
    """What it is about: named outside the qualifiers, else inside them, else in the heading."""
    anywhere = frozenset(tag.entry.id for tag in clause.tags if tag.list == "technologies")
    heading = frozenset(tag.entry.id for tag in clause.heading_tags if tag.list == "technologies")
    return _ids(clause, "technologies") or anywhere or heading


def _narrowest(ids: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    """Drop "biometrics" where "facial recognition" is named too, unless it stands alone."""
    wider = {w for id in ids for w in lexicon.wider("technologies", id) if w != id}
    purposes = {entry.id for entry in lexicon.file.purposes}  # what a named technology is used for
    return frozenset(ids - wider - purposes) or frozenset(ids - wider) or ids


def _stance(clause: Clause) -> tuple[Stance, int, str]:
    if clause.cue is not None:
        assert clause.cue.entry.stance is not None
        words = clause.cue_text[clause.cue.start : clause.cue.end]
        return clause.cue.entry.stance, clause.cue.entry.force, words
    if _is_carve_out(clause):
        return Stance.PERMITS, 1, clause.qualifiers[0].text
    return Stance.PRACTISES, _PRACTISED_FORCE, ""


def _is_carve_out(clause: Clause) -> bool:
    """ "This moratorium does not apply to …": the whole sentence is an exception."""
    first = clause.qualifiers[0] if clause.qualifiers else None
    return first is not None and first.list == "exceptions" and first.id == "except"


def _protects(stance: Stance, clause: Clause, lexicon: Lexicon) -> bool:
    """Whether it protects people: refusing harm does, and so does promising deletion or disclosure."""
    actions = [lexicon.entry("actions", id) for id in _ids(clause, "actions")]
    kind = any(action.protects for action in actions)
    if stance in (Stance.REFUSES, Stance.LIMITS, Stance.WITHDRAWS):
        return not kind or any(not action.protects for action in actions)
    return kind or stance is Stance.REQUIRES


def _bearer(clause: Clause) -> str:
    """Who must act: the first one named before the cue, here or in the line above."""
    if any(tag.list == "foreign" for tag in clause.tags):
        return "other"
    where = clause.lead_tags if clause.cue_text == clause.lead else clause.tags
    limit = clause.cue.start if clause.cue else len(clause.own)
    before = [tag for tag in where if tag.list == "bearers" and tag.start <= limit]
    return before[-1].entry.id if before else ""


def _qualifier_texts(clause: Clause, list_name: str, lexicon: Lexicon) -> frozenset[str]:
    """The words of each qualifier, without the words that only hold a sentence together."""
    return frozenset(
        " ".join(word for word in q.text.split() if word not in lexicon.function_words and word.isalnum())
        for q in clause.qualifiers
        if q.list == list_name
    )


def _term(clause: Clause) -> str:
    named = [tag.entry.term for tag in _term_tags(clause)]
    return min(named, key=_TERM_ORDER.index, default="")


def _term_text(clause: Clause) -> str:
    until = [q.text.replace(" ,", ",") for q in clause.qualifiers if q.list == "terms"]
    return until[0] if until else ", ".join(clause.own[tag.start : tag.end] for tag in _term_tags(clause))


def _term_tags(clause: Clause) -> list[Tag]:
    return [tag for tag in clause.tags if tag.list == "terms" and not _excepted(clause, tag)]
