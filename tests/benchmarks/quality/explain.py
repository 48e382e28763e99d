"""One case, opened: both passages, the statements with spans and slots, and what was made of them."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from monitor.model import Document, Finding, Statement
from tests.benchmarks.quality.answers import Read, answer, read
from tests.benchmarks.quality.cases import Case
from tests.benchmarks.quality.outcomes import LETTERS, half_shared, hear


def explain(case: Case) -> Iterator[str]:
    """Lines. Of whole documents only what stands on the labelled passage."""
    pair = case.whole or case.passages
    seen = read(pair)
    found = answer(seen)
    heard = hear(case, found, is_whole=case.whole is not None)
    yield from _label(case)
    yield from (
        "",
        "BEFORE",
        case.passages.before or "(nothing)",
        "",
        "AFTER",
        case.passages.after or "(nothing)",
    )
    yield f"\nAccess: {found.access}. Outcome: {LETTERS[heard.letter]}."
    yield from _side(
        "Statements before", seen.before, _on_passage(seen.statements[0], case.passages.before, case)
    )
    yield from _side(
        "Statements after", seen.after, _on_passage(seen.statements[1], case.passages.after, case)
    )
    matching = heard.said if case.whole else found.findings
    yield from _findings("Findings that count", matching, seen)
    logged = [one for one in found.findings if one not in matching and _about(one, case)]
    yield from _findings("Other findings on these words", logged, seen)


def _label(case: Case) -> Iterator[str]:
    yield f"{case.id}: {case.set}, {case.organization}, {'material' if case.material else 'immaterial'}"
    told = {
        "kind": sorted(case.kinds),
        "direction": sorted(case.directions),
        "tag": [case.tag] if case.tag else [],
    }
    yield "  ".join(f"{name}: {', '.join(values)}" for name, values in told.items() if values)


def _on_passage(statements: Iterable[Statement], passage: str, case: Case) -> list[Statement]:
    """Of a document without a labelled passage, and of a pair of passages, all."""
    if case.whole is None:
        return list(statements)
    return [one for one in statements if passage and half_shared(one.quote, passage)]


def _about(finding: Finding, case: Case) -> bool:
    sides = ((finding.before_quote, case.passages.before), (finding.after_quote, case.passages.after))
    return any(quote and half_shared(quote, passage) for quote, passage in sides)


def _side(title: str, document: Document, statements: list[Statement]) -> Iterator[str]:
    yield f"\n{title}: {len(statements)}"
    for statement in statements:
        start = document.text.find(statement.quote)
        yield f"  [{start}:{start + len(statement.quote)}] “{statement.quote}”"
        if statement.context:
            yield f"    below: {' › '.join(statement.context)}"
        yield f"    {'  '.join(f'{name}: {value}' for name, value in _slots(statement).items())}"


def _slots(statement: Statement) -> dict[str, str]:
    """The slots that say something; of the flags those that are up."""
    slots = {
        each.name: getattr(statement, each.name) for each in fields(statement) if each.name != "sentence"
    }
    return {name: _told(value) for name, value in slots.items() if _says_something(value)}


def _says_something(value: object) -> bool:
    return value is not False and value not in ("", (), frozenset())


def _told(value: object) -> str:
    if isinstance(value, frozenset | tuple):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _findings(title: str, findings: Iterable[Finding], seen: Read) -> Iterator[str]:
    found = list(findings)
    yield f"\n{title}: {len(found)}"
    for one in found:
        yield f"  {one.tier}: {one.kind}, {one.direction} (confidence {one.confidence}, rule {one.rule})"
        yield from (
            f"    {mark} {quote}"
            for mark, quote in (("-", one.before_quote), ("+", one.after_quote))
            if quote
        )
        yield from (f"    {reason}" for reason in one.reasons)
        yield from (f"    Δ {delta}" for delta in _deltas(one, seen))


def _deltas(finding: Finding, seen: Read) -> Iterator[str]:
    """Every slot that differs between the two statements of a finding."""
    old, new = seen.statements
    b = next((one for one in old if one.quote == finding.before_quote), None)
    a = next((one for one in new if one.quote == finding.after_quote), None)
    if b is None or a is None:
        return
    before, after = _slots(b), _slots(a)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield f"{name}: {before.get(name, 'none')} → {after.get(name, 'none')}"
