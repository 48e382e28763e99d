"""A clause → its slots: stance, force, bearer, actions, technologies, parties, conditions, term …"""

from monitor.lexicon import Lexicon, Tag
from monitor.model import Sentence, Stance, Statement
from monitor.statements.clause import Clause
from monitor.statements.qualifying import Qualifier, opens_until
from monitor.statements.subject import Subject

_KEEPING = frozenset(["retain", "delete"])  #: acts that a time below such a heading is about
_COERCED = "undergo"  #: the id of what people are made to do: "undergo a face scan"
_PRACTISED_FORCE = 2
_SOFT = frozenset([Stance.PERMITS, Stance.PROMISES, Stance.ASPIRES, Stance.PRACTISES])
_WEIGHED = ("technologies", "actions", "parties", "purposes", "places", "conditions", "exceptions", "cues")
_MENTION_FROM = 6  #: words from which a line that only names a technology may say something
_TERM_ORDER = ("revocable", "fixed", "until_further_notice", "until_event", "permanent")


def statement_of(sentence: Sentence, clause: Clause, subject: Subject, lexicon: Lexicon) -> Statement | None:
    """The statement a clause makes, or None where it only mentions the subject."""
    technologies = _technologies(clause) or subject.technologies
    actions = _ids(clause, "actions") or (subject.actions if subject.carried else frozenset())
    if lexicon.durations(clause.own):
        actions |= {tag.entry.id for tag in clause.heading_tags if tag.list == "actions"} & _KEEPING
    stance, force, cue = _limited(clause, lexicon) or _stance(clause)
    if "retain" in actions and stance in (Stance.PROMISES, Stance.PRACTISES) and _is_bounded(clause, lexicon):
        stance, force = Stance.LIMITS, max(force, _PRACTISED_FORCE)
    is_mention = clause.cue is None and not actions and not _ids(clause, "parties") and not clause.qualifiers
    if is_mention and (subject.carried or len(clause.own.split()) < _MENTION_FROM):
        return None
    if _says_nothing(clause, stance) and not is_mention:
        return None
    return Statement(
        sentence=sentence,
        stance=stance,
        force=force,
        protects=_protects(stance, clause, actions, lexicon),
        cue=cue,
        bearer=_bearer(clause, lexicon),
        actions=actions,
        technologies=_narrowest(technologies, lexicon),
        parties=_ids(clause, "parties"),
        purposes=_ids(clause, "purposes"),
        places=_ids(clause, "places"),
        conditions=_qualifier_texts(clause, "conditions"),
        exceptions=_qualifier_texts(clause, "exceptions"),
        hedges=_ids(clause, "hedges"),
        term=_term(clause, lexicon),
        term_text=_term_text(clause),
        durations=lexicon.durations(clause.own),
        is_mention=is_mention,
        marks=_marks(clause),
        doubtful=clause.is_double_negation or clause.hangs,
        by_heading=clause.by_heading,
        carried=subject.carried,
        in_quotes=_in_quotes(clause),
        by_frame=not any(tag.list == "technologies" for tag in clause.tags),
        is_carve_out=_is_carve_out(clause),
    )


def _says_nothing(clause: Clause, stance: Stance) -> bool:
    """An item with no word that we weigh below a line that permits, or a pointer to another text."""
    points = any(
        tag.list == "foreign" and tag.entry.id == "reference" and not tag.start for tag in clause.tags
    )
    return points or (stance in _SOFT and not any(tag.list in _WEIGHED for tag in clause.tags))


def _marks(clause: Clause) -> tuple[Stance, ...]:
    """In a row of a table: what each cell that says yes or no says."""
    if not clause.is_row:
        return ()
    return tuple(
        tag.entry.stance for tag in clause.tags if tag.list in ("cues", "statuses") and tag.entry.stance
    )


def _is_bounded(clause: Clause, lexicon: Lexicon) -> bool:
    """Whether it says for how long: "for thirty days", "until you leave", "as long as it is needed"."""
    return bool(lexicon.durations(clause.own)) or any(tag.list in ("bounds", "terms") for tag in clause.tags)


def _ids(clause: Clause, list_name: str) -> frozenset[str]:
    """What the sentence and its frame name, outside the words that only qualify."""
    whole = _is_carve_out(clause)
    own = {
        tag.entry.id
        for tag in clause.tags
        if tag.list == list_name and (whole or not clause.qualified(tag)) and not clause.illustrates(tag)
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


def _limited(clause: Clause, lexicon: Lexicon) -> tuple[Stance, int, str] | None:
    """ "We may use it only with your consent" limits, as "not without your consent" refuses."""
    stance, force, cue = _stance(clause)
    only = next((q for q in clause.qualifiers if _opens_with_only(q, lexicon)), None)
    if only is None or stance not in _SOFT:
        return None
    modal = clause.cue.entry.negated if clause.cue is not None else 0
    return Stance.LIMITS, modal or _PRACTISED_FORCE, cue or only.text.split()[0]


def _opens_with_only(qualifier: Qualifier, lexicon: Lexicon) -> bool:
    return qualifier.list == "conditions" and qualifier.text.split()[0] in lexicon.limiting


def _stance(clause: Clause) -> tuple[Stance, int, str]:
    if clause.cue is not None:
        assert clause.cue.entry.stance is not None
        return clause.cue.entry.stance, clause.force, clause.words
    if _is_carve_out(clause):
        return Stance.PERMITS, 1, clause.qualifiers[0].text
    return Stance.PRACTISES, _PRACTISED_FORCE, ""


def _is_carve_out(clause: Clause) -> bool:
    """ "This moratorium does not apply to …", "… are exempt": the whole sentence is an exception."""
    first = clause.qualifiers[0] if clause.qualifiers else None
    return first is not None and first.list == "exceptions"


def _protects(stance: Stance, clause: Clause, actions: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether it protects people: refusing harm does, and so does promising deletion or disclosure."""
    governed = clause.governed
    if stance in (Stance.LIMITS, Stance.REQUIRES):
        return stance is Stance.LIMITS or governed is None or governed.id != _COERCED
    if governed is None or clause.cue is None:
        is_kind = any(lexicon.entry("actions", id).protects for id in actions)
    else:
        is_kind = governed.protects
    return is_kind != (stance in (Stance.REFUSES, Stance.WITHDRAWS))


def _bearer(clause: Clause, lexicon: Lexicon) -> str:
    """Who must act: the first one named before the cue, here or in the line above."""
    foreign = any(tag.list == "foreign" and not clause.qualified(tag) for tag in clause.tags)
    if foreign or _is_quoted_in_table(clause):
        return "other"
    where = clause.lead_tags if clause.cue_text == clause.lead else clause.tags
    limit = clause.cue.start if clause.cue else len(clause.own)
    bearers = [tag for tag in where if tag.list == "bearers"]
    if clause.cue is not None and clause.cue.entry.causes:
        caused = [tag for tag in bearers if tag.start >= clause.cue.end]
        bearers = caused[:1] or bearers
        limit = max(limit, bearers[0].start) if bearers else limit
    before = [tag for tag in bearers if tag.start <= limit]
    named = before[-1:] or [tag for tag in bearers if _is_agent(clause, tag, lexicon)]
    return named[0].entry.id if named else ""


def _is_quoted_in_table(clause: Clause) -> bool:
    """A row such as `Argus | "No sales to police."`: whoever is named there says it, unless "we" do."""
    if not clause.is_row or clause.cue is None or clause.cue_text != clause.own:
        return False
    ours = any(tag.list == "bearers" and tag.entry.id == "company" for tag in clause.tags)
    return _in_quotes(clause) and not ours


def _in_quotes(clause: Clause) -> bool:
    """Whether its force, or else its technology, stands in quotation marks."""
    named = [clause.cue] if clause.cue is not None and clause.cue_text == clause.own else []
    named += [tag for tag in clause.tags if tag.list == "technologies"]
    return bool(named) and clause.own.count('"', 0, named[0].start) % 2 == 1


def _is_agent(clause: Clause, tag: Tag, lexicon: Lexicon) -> bool:
    """ "must be approved by the customer"."""
    return clause.cue_text == clause.own and not lexicon.agents.isdisjoint(
        clause.own[: tag.start].split()[-1:]
    )


def _qualifier_texts(clause: Clause, list_name: str) -> frozenset[str]:
    return frozenset(q.text for q in clause.qualifiers if q.list == list_name)


def _term(clause: Clause, lexicon: Lexicon) -> str:
    dated = any(q.list == "terms" and lexicon.names_date(q.text) for q in clause.qualifiers)
    named = ["fixed" if dated and opens_until(tag) else tag.entry.term for tag in _term_tags(clause)]
    named += [
        "fixed" if dated else "until_event"
        for q in clause.qualifiers
        if q.list == "terms" and q.id == "before"
    ]
    return min(named, key=_TERM_ORDER.index, default="")


def _term_text(clause: Clause) -> str:
    until = [q.text.replace(" ,", ",") for q in clause.qualifiers if q.list == "terms"]
    return until[0] if until else ", ".join(clause.own[tag.start : tag.end] for tag in _term_tags(clause))


def _term_tags(clause: Clause) -> list[Tag]:
    return [tag for tag in clause.tags if tag.list == "terms" and not _excepted(clause, tag)]
