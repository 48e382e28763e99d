"""The one sentence that says what an alert found: who, which page, what stands there now. Pure.

A sentence has several forms, the fullest first; the first one that is short enough is taken. Between
quotation marks stands nothing but exact words of the page; what it means for people comes from the finding.
"""

from collections.abc import Iterator, Sequence

from monitor.headline.forms import AGAIN, BY_KIND, BY_RULE, LOWERS, PAGES, Forms, effect_of
from monitor.headline.reversals import turns
from monitor.headline.spans import changed_spans, is_quotable, leading, opening
from monitor.model import PAGE_GONE, UNDONE, Finding, FindingKind, Organization, Page, Tier
from monitor.words import listed, spoken

AT_MOST = 240  #: characters of a headline
QUOTE_AT_MOST = 150  #: characters of a passage that is quoted whole
SPAN_AT_MOST = 80  #: characters of changed words
NAME_AT_MOST = 44  #: characters of an organization's name
FOR_REVIEW = "For review: "  #: before a headline that no trusted finding carries


def headline(
    organization: Organization,
    page: Page,
    findings: Sequence[Finding],
    kept: Sequence[Finding] | None = None,
) -> str:
    """One sentence without its full stop: the fact of the first finding, and how many more there are.

    kept: None, or where another document took the page's place, what it says as before.
    """
    first = findings[0]
    unsure = "" if first.tier is Tier.ALERT else FOR_REVIEW
    more = _others(findings) + ("" if kept is None else _replaced(kept))
    where = f"{possessive(organization.name)} {PAGES[page.role]}"
    room = AT_MOST - len(unsure) - len(more) - len(where)
    forms = list(_facts(first, page.language))
    fact = next((form for form in forms if len(form) <= room), forms[-1])
    return unsure + where + fact + more


def possessive(name: str) -> str:
    """ "Corvid Cloud's", "Haldrennick Optics'"; a name that is one already stays as it is."""
    name = " ".join(name.split())
    if len(name) > NAME_AT_MOST:
        name = f"{name[:NAME_AT_MOST].rsplit(' ', 1)[0]} …"
    if name.lower().endswith(("'s", "’s")):
        return name
    return f"{name}'" if name.lower().endswith("s") else f"{name}'s"


def subject_words(finding: Finding, at_most: int = 2) -> str:
    """What the statement is about, in words: "facial recognition and police"."""
    technologies = [spoken(one) for one in finding.technologies] or ["biometric surveillance"]
    parties = [spoken(one) for one in finding.parties]
    return listed([*technologies[:at_most], *parties[:at_most]])


def _facts(finding: Finding, language: str) -> Iterator[str]:
    """What is said of the page, the fullest form first; the last one is short."""
    subjects = [f"statement on {subject_words(finding, most)}" for most in (2, 1)]
    forms = BY_RULE.get(finding.rule) or BY_KIND.get(finding.kind)
    if forms is None:
        yield from _changed(finding, subjects, language)
        return
    if finding.rule == UNDONE and finding.kind is FindingKind.INTRODUCED:
        forms = AGAIN
    yield from _quoted(forms, finding, subjects)
    for subject in (*subjects, "statement"):
        yield forms[2].format(
            a=f"a {subject}", new=f"a new {subject}", effect=LOWERS.get(finding.direction, "")
        )


# --------------------------------------------------------------------------- a whole statement


def _quoted(forms: Forms, finding: Finding, subjects: Sequence[str]) -> Iterator[str]:
    """The forms with the words of the page, below which others they stand first."""
    is_new = finding.kind is FindingKind.INTRODUCED
    quote = (finding.after_quote if is_new else finding.before_quote) or finding.after_quote
    for under in _unders(finding, quote) if is_quotable(quote) else ():
        words, within = quote.strip().rstrip(" .;:,"), f",{under}," if under else ""
        if len(words) <= QUOTE_AT_MOST:
            yield forms[0].format(quote=words, under=under, within=within, a=f"a {subjects[0]}")
        else:
            for subject in subjects:
                yield forms[1].format(quote=opening(words), under=under, within=within, a=f"a {subject}")


def _unders(finding: Finding, quote: str) -> Iterator[str]:
    """The heading or the line above, then nothing: but a line that governs the words is never left out."""
    above = finding.context[-1].strip() if finding.context else ""
    further = finding.context[-2].strip() if len(finding.context) > 1 else ""
    if _is_governed(above, quote) and _is_governed(further, above):
        return  # a list within a list: one line alone may say the opposite
    words = above.rstrip(" .;:,")
    if words and is_quotable(words) and len(words) <= SPAN_AT_MOST:
        yield f" under “{words}”"
    if not _is_governed(above, quote):
        yield ""


def _is_governed(above: str, quote: str) -> bool:
    """Whether the words say nothing by themselves: the line above gives them their force."""
    return bool(above) and (above.endswith((":", ",", "：")) or quote[:1].islower())


# --------------------------------------------------------------------------- words inside a statement


def _changed(finding: Finding, subjects: Sequence[str], language: str) -> Iterator[str]:
    """Which words became which, and what that does; or only the latter."""
    effect, is_back = effect_of(finding), finding.rule == UNDONE
    back, now = (" back", "again") if is_back else ("", "now")
    if finding.before_quote.split() == finding.after_quote.split():
        yield from (f" changed the words around a {subject}{effect}" for subject in subjects)
    elif finding.kind is FindingKind.REVERSED:
        yield from _reversed(finding, subjects, language, back, now)
    else:
        fact = _swapped(finding, back, now)
        yield from (f" {fact} in a {subject}{effect}" for subject in subjects if fact)
    for what in (*subjects, "statement"):
        yield f" changed a {what}{back}{effect}"
    yield " changed a statement"


def _reversed(finding: Finding, subjects: Sequence[str], language: str, back: str, now: str) -> Iterator[str]:
    """Both statements, or the words that turned: never other words of theirs."""
    above = finding.context[-1].strip() if finding.context else ""
    governed = _is_governed(above, finding.before_quote) or _is_governed(above, finding.after_quote)
    effect = effect_of(finding)
    for old, new, others in turns(finding, language, governed):
        more = ", among other changes," if others else ""
        fact = f" {_became(old, new, back, now)}"
        yield from (f"{fact}{more} in a {subject}{effect}" for subject in subjects)
        yield fact + more.rstrip(",") + effect
        yield from (f"{fact}{more} in a {subject}" for subject in subjects)
        yield fact


def _swapped(finding: Finding, back: str, now: str) -> str:
    """ "changed “will not” to “do not”"; "" where the words are too many, or cannot be quoted."""
    spans = changed_spans(finding.before_quote, finding.after_quote)
    old, new = leading(spans, finding)
    if not all(is_quotable(words) for words in (old, new) if words) or not (old or new):
        return ""
    more = ", among other changes," if len(spans) > 1 else ""
    if old and new:
        return _became(old, new, back, now) + more if max(len(old), len(new)) <= SPAN_AT_MOST else ""
    if len(old + new) <= SPAN_AT_MOST:
        return _became(old, new, back, now) + more
    verb = now if new else "no longer"
    begin = "begin" if new else "began"
    return f"{verb} has words that {begin} “{opening(old + new)}”{more}"


def _became(old: str, new: str, back: str, now: str) -> str:
    """What is said of words on either side; one of them may be "", not both."""
    if old and new:
        return f"changed “{old}”{back} to “{new}”"
    return f"{now} has “{new}”" if new else f"no longer has “{old}”"


# --------------------------------------------------------------------------- what else there is


def _replaced(kept: Sequence[Finding]) -> str:
    """What is said of a page whose place another document took."""
    plural = "s" if len(kept) != 1 else ""
    stands = f", with {len(kept)} statement{plural} as before" if kept else ""
    return f"; the page holds another document now{stands}"


def _others(findings: Sequence[Finding]) -> str:
    count = len(findings) - 1
    if not count:
        return ""
    plural = "s" if count > 1 else ""
    if all(finding.rule == PAGE_GONE for finding in findings):
        return f", with {count} more statement{plural}"
    return f" (and {count} more change{plural})"
