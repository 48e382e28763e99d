"""compare and statements: the detector on files, without a store."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from app.home import Home
from app.screen import say
from monitor.asks import with_asks
from monitor.check import Rules
from monitor.compare import Comparison, compare_unbelieving, statements_in
from monitor.errors import ExtractError, InputError
from monitor.extract import sniff
from monitor.language import recognise
from monitor.lexicon import Lexicon
from monitor.model import Access, Document, Statement
from monitor.reader import Reader
from monitor.reading import Extract
from monitor.wire import finding_json

MAX_BYTES = 8 * 1024 * 1024
DEFAULT_MEDIA_TYPE = "text/markdown"
DEFAULT_LANGUAGE = "en"  #: of a text with too few words to tell


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts to compare. language "" means: recognise it."""

    id: str
    before: Document
    after: Document
    language: str = ""


def compare_files(home: Home, before: Path, after: Path, language: str, *, as_json: bool) -> int:
    """Print what changed between two files. Raises InputError."""
    with Reader() as reader:
        documents = _document_of(before, reader.extract), _document_of(after, reader.extract)
    pair = Pair(after.name, *documents, language)
    comparison = _compare(pair, home.rules)
    if as_json:
        print(json.dumps(comparison_json(pair.id, comparison), ensure_ascii=False, indent=1))
    elif comparison.not_checked:
        say(f"Nothing was compared. {' '.join(comparison.not_checked)}")
    else:
        say(_told(comparison))
    return 0


def compare_lines(home: Home, lines: Iterable[bytes] | BinaryIO, out: TextIO, language: str) -> int:
    """One answer a line, in order, each flushed. 1 where a line could not be used, else 0."""
    rules = home.rules
    failed = False
    with Reader() as reader:
        for line in lines:
            if line.strip():
                answer = _answer(line, rules, language, reader.extract)
                failed = failed or "error" in answer
                print(_written(answer), file=out, flush=True)
    return int(failed)


def _written(answer: Mapping[str, Any]) -> str:
    """One line of JSON in UTF-8; half of a surrogate pair, which UTF-8 has no bytes for, stays escaped."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def show_statements(home: Home, file: Path, language: str, *, as_json: bool) -> int:
    """Print the statements of one file. Raises InputError."""
    with Reader() as reader:
        document = _document_of(file, reader.extract)
    lexicon = _lexicon(home.rules, language or recognise(document.text) or DEFAULT_LANGUAGE)
    found = statements_in(document, lexicon)
    if as_json:
        answer = {
            "schema": "pledgewatch.statements/1",
            "language": lexicon.language,
            "statements": [statement_json(statement) for statement in found],
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        say("\n\n".join(_statement_told(statement) for statement in found) or "No statement found.")
    return 0


def comparison_json(id: str, comparison: Comparison) -> dict[str, Any]:
    """contract.md, pledgewatch.compare/1."""
    return {
        "schema": "pledgewatch.compare/1",
        "id": id,
        "language": comparison.language,
        "access": comparison.access.value,
        "findings": [finding_json(finding) for finding in comparison.findings],
        "edits": {kind: comparison.edits.get(kind, 0) for kind in ("added", "removed", "reworded", "moved")},
        "statements": {"before": comparison.statements_before, "after": comparison.statements_after},
        "not_checked": list(comparison.not_checked),
    }


def statement_json(statement: Statement) -> dict[str, Any]:
    """One statement with its slots."""
    sets = ("actions", "technologies", "parties", "purposes", "places", "conditions", "exceptions", "hedges")
    return {
        "quote": statement.quote,
        "context": list(statement.context),
        "stance": statement.stance.value,
        "force": statement.force,
        "protects": statement.protects,
        "cue": statement.cue,
        "bearer": statement.bearer,
        "term": statement.term,
        "term_text": statement.term_text,
        **{name: sorted(getattr(statement, name)) for name in sets},
    }


# --------------------------------------------------------------------------- one pair


def _compare(pair: Pair, rules: Rules) -> Comparison:
    language = pair.language or recognise(f"{pair.before.text}\n{pair.after.text}") or DEFAULT_LANGUAGE
    if not pair.language and not _speaks(rules, language):
        return Comparison(language, Access.OK, not_checked=(_no_lexicon(rules, language),))
    spoken = pair.language.split("-")[0] or recognise(pair.after.text)
    found = compare_unbelieving(pair.before, pair.after, _lexicon(rules, language), rules.access, spoken)
    return replace(found, findings=with_asks(found.findings, rules.asks))


def _lexicon(rules: Rules, language: str) -> Lexicon:
    if not _speaks(rules, language):
        raise InputError(_no_lexicon(rules, language))
    return rules.lexicons[language.split("-")[0]]


def _speaks(rules: Rules, language: str) -> bool:
    return language.split("-")[0] in rules.lexicons


def _no_lexicon(rules: Rules, language: str) -> str:
    spoken = f"the language {language!r}" if language else "this text's language"
    known = ", ".join(rules.lexicons)
    return f"There is no lexicon for {spoken} (known: {known}); if it is another, give it with --language."


def _answer(line: bytes, rules: Rules, language: str, extract: Extract) -> dict[str, Any]:
    id: Any = None
    try:
        asked = _asked(line)
        id = asked.get("id")
        before, after = (_side(asked, side, extract) for side in ("before", "after"))
        pair = Pair(str(id), before, after, str(asked.get("language") or language))
        return comparison_json(pair.id, _compare(pair, rules)) | {"id": id}
    except (InputError, ExtractError) as error:
        return {"id": id, "error": str(error)}


def _asked(line: bytes) -> Mapping[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"The line is not valid JSON: {error}.") from error
    if not isinstance(asked, Mapping):
        raise InputError("a line must be one JSON object.")
    return asked


def _side(asked: Mapping[str, Any], side: str, extract: Extract) -> Document:
    path, text = asked.get(f"{side}_path"), asked.get(side)
    if isinstance(path, str):
        return _document_of(Path(path), extract, may_be_empty=True)
    if not isinstance(text, str):
        raise InputError(f"`{side}` must be text (or give `{side}_path`).")
    media_type = str(asked.get("media_type") or DEFAULT_MEDIA_TYPE)
    return _document(text.encode("utf-8", "surrogatepass"), media_type, side, extract)


def _document_of(path: Path, extract: Extract, *, may_be_empty: bool = False) -> Document:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{path} has {size:,} bytes; at most {MAX_BYTES:,} can be compared.")
        body = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # a NUL or half of a surrogate pair
        raise InputError(f"{str(path)!r} cannot be read: it is no file name.") from error
    if not body.strip():
        if may_be_empty:
            return Document(())
        raise InputError(f"{path} is empty: there is nothing to compare.")
    try:
        return extract(body, sniff(body, path.name), charset="")
    except ExtractError as error:
        raise InputError(f"{path}: {error}") from error


def _document(body: bytes, media_type: str, name: str, extract: Extract) -> Document:
    """A passage may be empty: the statement is new, or gone."""
    if not body.strip():
        return Document((), media_type=media_type)
    if len(body) > MAX_BYTES:
        raise InputError(f"`{name}` has {len(body):,} bytes; at most {MAX_BYTES:,} can be compared.")
    try:
        return extract(body, media_type, charset="utf-8")
    except ExtractError as error:
        if error.kind != "empty":
            raise
        return Document((), media_type=media_type)


# --------------------------------------------------------------------------- for people


def _told(comparison: Comparison) -> str:
    lines = []
    if comparison.access is not Access.OK:
        lines.append(
            f"The later text cannot be believed ({comparison.access}): {' '.join(comparison.evidence)}"
        )
    for finding in comparison.findings:
        if finding.is_material:
            lines.append(
                f"{finding.direction.upper()} ({finding.kind}, {finding.tier}): {' '.join(finding.reasons)}"
            )
            lines.extend(
                f"  {mark} {quote}"
                for mark, quote in (("-", finding.before_quote), ("+", finding.after_quote))
                if quote
            )
            if finding.asks:
                lines.append(f"  asks: {', '.join(finding.asks)}")
    if not any(finding.is_material for finding in comparison.findings):
        lines.append("No material change.")
    logged = sum(not finding.is_material for finding in comparison.findings)
    lines.append(
        f"Statements: {comparison.statements_before} before, {comparison.statements_after} after; "
        f"{logged} only reworded or moved."
    )
    return "\n".join(lines)


def _statement_told(statement: Statement) -> str:
    return f"“{statement.quote}”\n  {slots_told(statement)}"


def slots_told(statement: Statement) -> str:
    """What a statement says besides its words, on one line."""
    slots = {key: value for key, value in statement_json(statement).items() if value not in ("", [])}
    return "; ".join(
        f"{key}: {', '.join(value) if isinstance(value, list) else value}"
        for key, value in slots.items()
        if key not in ("quote", "context")
    )
