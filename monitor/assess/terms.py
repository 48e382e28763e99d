"""How long it holds, and how long something is kept: which way time changed."""

from collections.abc import Iterable

from monitor.assess.deltas import Delta, delta, quoted
from monitor.assess.qualifiers import asks_for
from monitor.lexicon import Lexicon, spell
from monitor.model import SAYING_NO, Stance, Statement
from monitor.statements import KEEPING

#: How long it holds, strongest last. Saying nothing about time means for good.
TERM_RANK = {"revocable": 1, "fixed": 2, "until_further_notice": 3, "until_event": 4, "": 5, "permanent": 5}
_RIGHTS = frozenset(["object", "refuse_work"])
_OPEN = float("inf")
_AT_ONCE = 0.02  #: days, up to which a time is none


def compare_terms(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """The change of time, if there is one."""
    if is_about_keeping(b, a) or b.term == a.term:
        found = _duration(b, a, lexicon)
        return found or (_end(b, a, lexicon) if b.term == a.term else ())
    return _term(b, a, lexicon)


def is_about_keeping(b: Statement, a: Statement) -> bool:
    """Whether both say how long something is kept: "deleted within a day", "kept until you leave"."""
    return bool(b.durations or a.durations) and _keeps(b) and _keeps(a)


def _keeps(statement: Statement) -> bool:
    says_no = statement.stance in SAYING_NO
    return not says_no and bool(statement.actions & KEEPING)


def _term(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    gain = TERM_RANK[a.term] - TERM_RANK[b.term]
    if not gain:
        return ()
    if any(_names(lexicon.even_then, one.term_text) for one in (b, a)):
        return (delta("term-reworded", b, _limit(b), _limit(a)),)  # "until …, and not even then"
    rule = "term-lengthened" if gain > 0 else "term-shortened"
    return (delta(rule, b, _limit(b), _limit(a)),)


def _end(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """Another end of the same sort: "until there is a law" → "until we have a policy"."""
    if b.term not in ("fixed", "until_event"):
        return ()
    change = asks_for(b.term_text, a.term_text, lexicon)
    rules = {"same": "", "more": "end-tightened", "less": "end-loosened", "other": "term-reworded"}
    rule = rules[change] if b.term == "until_event" or change == "same" else "term-reworded"
    return (delta(rule, b, _limit(b), _limit(a)),) if rule else ()


def _limit(statement: Statement) -> str:
    return quoted(statement.term_text) if statement.term_text else "no limit in time"


def _duration(b: Statement, a: Statement, lexicon: Lexicon) -> tuple[Delta, ...]:
    """The longest time named changed, came or went; saying none means without limit."""
    old, new = _longest(b, lexicon), _longest(a, lexicon)
    if old == new:
        return ()
    if _OPEN in (old, new) and _ends_otherwise(a if new == _OPEN else b, lexicon):
        named = (_days(days) if days != _OPEN else "a time without a number" for days in (old, new))
        return (delta("time-changed", b, *named),)
    return (delta(_rule(b, a, longer=new > old), b, _days(old), _days(new)),)


def _longest(statement: Statement, lexicon: Lexicon) -> float:
    """In days; none for what is kept or deleted "immediately"."""
    if statement.durations:
        return max(statement.durations)
    at_once = _keeps(statement) and _names(lexicon.at_once, statement.quote)
    return 0 if at_once and not _names(lexicon.untimed, statement.quote) else _OPEN


def _ends_otherwise(statement: Statement, lexicon: Lexicon) -> bool:
    """Whether it names an end without a number: "until you leave", "promptly", "have deleted"."""
    otherwise = bool(statement.conditions) or statement.term in ("until_event", "fixed")
    return otherwise or (_keeps(statement) and _names(lexicon.at_once | lexicon.untimed, statement.quote))


def _names(phrases: Iterable[str], text: str) -> bool:
    """Whether one of these phrases stands in a text."""
    spelled = f" {spell(text)} "
    return any(f" {phrase} " in spelled for phrase in phrases)


def _rule(b: Statement, a: Statement, *, longer: bool) -> str:
    """Which way a longer time goes, where that is plain."""
    acts = b.actions | a.actions
    refuses = Stance.REFUSES in (b.stance, a.stance)
    if acts & _RIGHTS:
        return "right-longer" if longer else "right-shorter"
    if acts & (KEEPING | {"publish"}) and not refuses:
        return "kept-longer" if longer else "kept-shorter"
    if refuses and b.term == "fixed" and not acts & (KEEPING | {"collect"}):
        return "time-longer" if longer else "time-shorter"
    return "time-changed"


def _days(days: float) -> str:
    if days <= _AT_ONCE:
        return "at once"
    return "no limit" if days == _OPEN else "1 day" if round(days, 2) == 1 else f"{round(days, 2):g} days"
