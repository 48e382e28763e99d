"""What a dossier cannot say, and why: what was not read, what is not sure, and what silence means. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.dossiers.dossier import Dossier, Evidence, Place, Proof, Question
from app.proof import PageProof
from monitor.lexicon import Lexicon
from monitor.words import STATES, listed

DAMAGED = "evidence damaged"  #: what is said wherever such a quote is shown
_OF_PROOF = {
    Proof.DAMAGED: "the bytes of the snapshot are missing, or not what was recorded",
    Proof.UNREAD: "no text could be read in the bytes of the snapshot, which are whole",
    Proof.OTHER_TEXT: "the bytes are whole, but the words are not in their text as it is read today",
}
PROOFS = {
    Proof.VERBATIM: "verbatim in the snapshot",
    Proof.DAMAGED: DAMAGED,
    Proof.UNREAD: "not readable in the snapshot",
    Proof.OTHER_TEXT: "not found in the snapshot as read today",
    Proof.NO_SNAPSHOT: "known from its source, no snapshot of ours",
}


def with_limits(
    dossier: Dossier,
    evidence: tuple[Evidence, ...],
    numbers: Mapping[Place, int],
    questions: tuple[Question, ...],
    lexicons: Mapping[str, Lexicon],
) -> Dossier:
    """The dossier with these, and a sentence for each limit. lexicons: page id → words of its language."""
    whole = replace(dossier, evidence=evidence, numbers=numbers, questions=questions)
    return replace(whole, limits=tuple(_limits(whole, lexicons)))


def _limits(dossier: Dossier, lexicons: Mapping[str, Lexicon]) -> Iterator[str]:
    yield from _of_time(dossier)
    yield from _of_watching(dossier, lexicons)
    for row in dossier.coverage:
        yield from _of_page(row, bool(dossier.imported and not row.failed))
    if any(one.archive_url for one in dossier.evidence):
        yield (
            "Some snapshots are captures that others took and that were imported: they are no look of ours,"
            " and between two of them nothing is known."
        )
    yield from _of_evidence(dossier.evidence)
    yield from _of_meaning(dossier)


def none_read(dossier: Dossier, span: str = " in this time") -> str:
    """That we asked for no page, and what there is in place of it, as a sentence."""
    if not dossier.imported:
        return f"We read no page of it{span}, and asked for none."
    theirs = _count(dossier.imported, "capture") + (" that was" if dossier.imported == 1 else " that were")
    return f"We asked for no page of it{span}, and read only {theirs} taken by others and imported."


def _of_time(dossier: Dossier) -> Iterator[str]:
    period, at = dossier.period, dossier.as_of
    if not dossier.checks:
        span = f" from {period.first} to {period.last}"
        yield f"{none_read(dossier, span)[:-1]}: a day without a change means nothing."
    if at is None:
        yield "Nothing was ever looked at: there is no ledger, and every score is unknown."
    elif at.date() < period.last:
        yield f"The last look was on {at.date()}, before the period ended: what came later is not known."
    elif at.date() > period.last:
        yield f"Ledger, scores and questions are of the last look, on {at.date()}, not of the period's end."
    if dossier.left_out:
        yield f"{dossier.left_out:,} older changes of the period are not shown."
    if dossier.waiting:
        waiting = _count(len(dossier.waiting), "change")
        yield f"Seen in the period, and not confirmed at the last look: {waiting}."


def _of_watching(dossier: Dossier, lexicons: Mapping[str, Lexicon]) -> Iterator[str]:
    pages = dossier.organization.pages
    if not dossier.is_watched:
        yield "It is not on the watchlist: nobody looks at its pages."
    elif not pages:
        yield "No page of it is watched: all that is here was documented by others."
    else:
        yield f"Watched: {_count(len(pages), 'page')} of it. What stands elsewhere is not seen."
    for page in pages:
        if page.paused:
            yield f"{page.id} is paused: nobody asks for it."
        if page.id not in lexicons:
            language = f"a language ({page.language}) of which we have no words"
            yield f"{page.id} is in {language}: no statement is found on it."
    for address in dossier.organization.unconfirmed:
        yield f"{address.url} was never confirmed to be a page of it, and is not watched ({address.why})."


def _of_page(row: PageProof, has_imports: bool) -> Iterator[str]:
    if row.read.count == 0 and row.days:
        own = "asked for" if has_imports else "read"
        yield f"{row.page_id} was not {own} once in the period{_why(row)}{_unlooked(row)}."
    elif row.days_without:
        days = f"{row.days_without:,} of {_count(row.days, 'day')}"
        yield f"{row.page_id} was not read on {days} on which it was watched{_why(row)}{_unlooked(row)}."
    elif row.failed:
        yield f"{row.page_id} was read on every day, and could not be read {_times(row.failed)}{_why(row)}."


def _why(row: PageProof) -> str:
    failures = [f"{STATES[access]}, {_times(count)}" for access, count in sorted(row.failures.items())]
    return f" ({'; '.join(failures)})" if failures else ""


def _unlooked(row: PageProof) -> str:
    """On how many of its days nobody looked: each try that failed takes one day at most."""
    days = days_unlooked(row)
    if not days:
        return ""
    return f"; on {'at least ' if row.failed else ''}{_count(days, 'day')} nobody looked"


def days_unlooked(row: PageProof) -> int:
    """The least number of days of its time on which nobody asked for the page."""
    return max(row.days_without - row.failed, 0)


def _of_evidence(evidence: tuple[Evidence, ...]) -> Iterator[str]:
    for proof, said in _OF_PROOF.items():
        numbers = [f"E{one.number}" for one in evidence if one.proof is proof]
        if numbers:
            yield f"{PROOFS[proof][0].upper()}{PROOFS[proof][1:]}: {listed(numbers)}; {said}."


def _of_meaning(dossier: Dossier) -> Iterator[str]:
    yield (
        "Where a page was read on a day and no change is shown, no change to a statement on it was found and"
        " confirmed. Of days without a reading nothing is known: silence there means nothing."
    )
    yield (
        "What stands on a page that is blocked or walled off, or that seems gone, is unknown in the scores."
        " Where it was confirmed that a page is gone, what stood on it was said before, and may be regressed."
        " That words left a page is said only where it was confirmed."
    )
    yield "Statements are found by rules: a person should read the passage before relying on it."
    if any(not one.page for one in dossier.documented):
        yield "What is documented and on no page that we watch is as its sources said; nobody looks there."


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
