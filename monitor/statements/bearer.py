"""Who must act by a clause, or whose words it quotes."""

from monitor.lexicon import Lexicon, Tag
from monitor.statements.clause import Clause

OTHER = "other"  #: somebody else's words, news on others, a denial


def bearer_of(clause: Clause, lexicon: Lexicon) -> str:
    """company, customer, third_party, other, or "" where nobody is named."""
    foreign = any(tag.list == "foreign" and not clause.qualified(tag) for tag in clause.tags)
    asks = any(tag.list == "anaphora" and tag.entry.id == "asks" for tag in clause.tags)
    if foreign or asks or _is_quoted_in_table(clause):
        return OTHER
    named = _named(clause, lexicon)
    return named.entry.id if named else ""


def _named(clause: Clause, lexicon: Lexicon) -> Tag | None:
    """The last one before the verb, here or in the line above; after "we require"; or after "by"."""
    by_line = clause.cue is not None and clause.cue_text == clause.lead
    text, tags = (clause.lead, clause.lead_tags) if by_line else (clause.own, clause.tags)
    bearers = [tag for tag in tags if tag.list == "bearers"]
    subjects = [tag for tag in bearers if not _follows(text, tag, lexicon.prepositions)]
    if clause.cue is not None and clause.cue.entry.causes:
        caused = [tag for tag in bearers if tag.start >= clause.cue.end]
        if caused:
            return caused[0]
    limit = max((tag.start for tag in (clause.cue, clause.modal) if tag), default=len(text))
    before = [tag for tag in subjects if tag.start <= limit]
    agents = [tag for tag in bearers if _follows(text, tag, lexicon.agents)]
    return next(iter(before[-1:] or agents), None)


def _follows(text: str, tag: Tag, words: frozenset[str]) -> bool:
    """Whether one of these words stands right before: "uses of our service", "approved by the customer"."""
    return not words.isdisjoint(text[: tag.start].split()[-1:])


def _is_quoted_in_table(clause: Clause) -> bool:
    """A row such as `Argus | "No sales to police."`: whoever is named there says it, unless "we" do."""
    if not clause.is_row or clause.cue is None or clause.cue_text != clause.own:
        return False
    ours = any(tag.list == "bearers" and tag.entry.id == "company" for tag in clause.tags)
    return is_quoted(clause) and not ours


def is_quoted(clause: Clause) -> bool:
    """Whether its force, or else its technology, stands in quotation marks."""
    named = [clause.cue] if clause.cue is not None and clause.cue_text == clause.own else []
    named += [tag for tag in clause.tags if tag.list == "technologies"]
    return bool(named) and clause.own.count('"', 0, named[0].start) % 2 == 1
