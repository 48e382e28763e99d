"""A clause → its slots: stance, force, bearer, actions, technologies, parties, conditions, term …"""

from monitor.lexicon import Lexicon, Tag
from monitor.model import SOFT, Sentence, Stance, Statement
from monitor.statements.bearer import bearer_of, is_quoted
from monitor.statements.clause import Clause
from monitor.statements.qualifying import opens_until
from monitor.statements.stance import KEEPING, is_carve_out, position_of, protects
from monitor.statements.subject import Subject

_WEIGHED = ("technologies", "actions", "parties", "purposes", "places", "conditions", "exceptions", "cues")
_MENTION_FROM = 6  #: words from which a line that only names a technology may say something
_SOLE = "sole"  #: the id of "the sole basis": what it leaves room for shows in a refusal only
_TERM_ORDER = ("revocable", "fixed", "until_further_notice", "until_event", "permanent")


def statement_of(sentence: Sentence, clause: Clause, subject: Subject, lexicon: Lexicon) -> Statement | None:
    """The statement a clause makes, or None where it only mentions the subject."""
    actions = _actions(clause, subject, lexicon)
    stance, force, cue = position_of(clause, actions, lexicon)
    is_mention = clause.cue is None and not actions and not _ids(clause, "parties") and not clause.qualifiers
    if _says_nothing(clause, stance, subject, is_mention=is_mention):
        return None
    return Statement(
        sentence=sentence,
        stance=stance,
        force=force,
        protects=protects(stance, clause, actions, lexicon),
        cue=cue,
        bearer=bearer_of(clause, lexicon),
        actions=actions,
        technologies=_narrowest(_technologies(clause, subject), lexicon),
        parties=_ids(clause, "parties"),
        purposes=_ids(clause, "purposes"),
        places=_ids(clause, "places"),
        conditions=_qualifier_texts(clause, "conditions"),
        exceptions=_qualifier_texts(clause, "exceptions"),
        hedges=_ids(clause, "hedges") - (frozenset() if stance is Stance.REFUSES else {_SOLE}),
        term=_term(clause, lexicon),
        term_text=_term_text(clause),
        durations=lexicon.durations(clause.own),
        marks=_marks(clause),
        doubtful=clause.is_double_negation or clause.hangs,
        by_heading=clause.by_heading,
        carried=subject.carried,
        in_quotes=is_quoted(clause),
        by_frame=not any(tag.list == "technologies" for tag in clause.tags),
        is_carve_out=is_carve_out(clause),
    )


def _actions(clause: Clause, subject: Subject, lexicon: Lexicon) -> frozenset[str]:
    """What is done: its own verbs, else those of what it points back at; a time is about its heading's."""
    own = _ids(clause, "actions") or (subject.actions if subject.carried else frozenset())
    if not lexicon.durations(clause.own):
        return own
    return own | ({tag.entry.id for tag in clause.heading_tags if tag.list == "actions"} & KEEPING)


def _says_nothing(clause: Clause, stance: Stance, subject: Subject, *, is_mention: bool) -> bool:
    """A mere mention, an item without a word that we weigh below "You may:", or a pointer elsewhere."""
    if is_mention:
        return bool(subject.carried) or len(clause.own.split()) < _MENTION_FROM
    points = any(
        tag.entry.id == "reference" and not tag.start for tag in clause.tags if tag.list == "foreign"
    )
    is_plain = stance in SOFT and not clause.is_exempted
    return points or (is_plain and not any(tag.list in _WEIGHED for tag in clause.tags))


def _marks(clause: Clause) -> tuple[Stance, ...]:
    """In a row of a table: what each cell that says yes or no says."""
    if not clause.is_row:
        return ()
    cells = (tag.entry.stance for tag in clause.tags if tag.list in ("cues", "statuses"))
    return tuple(stance for stance in cells if stance)


def _ids(clause: Clause, list_name: str) -> frozenset[str]:
    """What the sentence and its frame name, outside the words that only qualify."""
    whole = is_carve_out(clause)
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


def _technologies(clause: Clause, subject: Subject) -> frozenset[str]:
    """What it is about: named outside the qualifiers, else inside them, else before it."""
    anywhere = frozenset(tag.entry.id for tag in clause.tags if tag.list == "technologies")
    return _ids(clause, "technologies") or anywhere or subject.technologies


def _narrowest(ids: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    """Drop "biometrics" where "facial recognition" is named too, unless it stands alone."""
    wider = {w for id in ids for w in lexicon.wider("technologies", id) if w != id}
    purposes = {entry.id for entry in lexicon.file.purposes}  # what a named technology is used for
    return frozenset(ids - wider - purposes) or frozenset(ids - wider) or ids


def _qualifier_texts(clause: Clause, list_name: str) -> frozenset[str]:
    """The words of each qualifier, of the sentence and of the line above it."""
    above = clause.lead_qualifiers
    if clause.is_exempted:  # the exception that it is itself
        above = tuple(q for q in above if q.list != "exceptions")
    return frozenset(q.text for q in (*clause.qualifiers, *above) if q.list == list_name)


def _term(clause: Clause, lexicon: Lexicon) -> str:
    """The shortest time it holds: until a date, until something happens, for now …"""
    dated = any(q.list == "terms" and lexicon.names_date(q.text) for q in clause.qualifiers)
    named = ["fixed" if dated and opens_until(tag) else tag.entry.term for tag in _term_tags(clause)]
    before = [q for q in clause.qualifiers if q.list == "terms" and q.id == "before"]
    named += ["fixed" if dated else "until_event" for _ in before]
    return min(named, key=_TERM_ORDER.index, default="")


def _term_text(clause: Clause) -> str:
    until = [q.text.replace(" ,", ",") for q in clause.qualifiers if q.list == "terms"]
    own = (clause.own[tag.start : tag.end] for tag in clause.tags if _is_term(clause, tag))
    above = (clause.lead[tag.start : tag.end] for tag in clause.lead_tags if tag.list == "terms")
    return until[0] if until else ", ".join((*own, *above))


def _term_tags(clause: Clause) -> list[Tag]:
    own = [tag for tag in clause.tags if _is_term(clause, tag)]
    return own + [tag for tag in clause.lead_tags if tag.list == "terms"]


def _is_term(clause: Clause, tag: Tag) -> bool:
    return tag.list == "terms" and not _excepted(clause, tag)
