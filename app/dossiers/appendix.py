"""The last parts of a dossier's paper: what was read, what it cannot say, and the evidence. Pure."""

from collections.abc import Iterator

from app.dossiers.dossier import Dossier
from app.dossiers.limits import PROOFS, days_unlooked
from app.dossiers.words import STRENGTHS
from app.evidence.imported import kept_at
from app.papers.paper import Cell, Facts, Items, Paragraph, Section, Table
from app.proof import PageProof
from monitor.words import STATES

_FROM_FILE = "none known: imported from a file"


def coverage_section(dossier: Dossier) -> Section:
    """Each page with when it was read, and one sentence for each limit."""
    rows = tuple(
        (
            one.page_id,
            one.page.url if one.page else "",
            one.days,
            one.read.days,
            one.days_without,
            one.read.count,
            "; ".join(_reasons(one)),
        )
        for one in dossier.coverage
    )
    columns = ("Page", "Address", "Days watched", "Days read", "Days not read", "Readings", "Why not")
    caption = f"Readings from {dossier.period.first} to {dossier.period.last}"
    table = Table("coverage", caption, columns, rows, "No page of it was watched in the period.")
    return Section("coverage", "What was read, and what this cannot say", (table, Items(dossier.limits)))


def _reasons(one: PageProof) -> Iterator[str]:
    yield from (f"{STATES[access]}: {count}" for access, count in sorted(one.failures.items()))
    if days := days_unlooked(one):
        yield f"nobody looked: on {'at least ' if one.failed else ''}{days} of these days"


def evidence_sections(dossier: Dossier) -> Iterator[Section]:
    """Every quote with its number, every snapshot with its hashes, and the head of the record."""
    said = (
        "Each quote was looked up again when this was made: the bytes of its snapshot against their SHA-256,"
        " and the words in the text of these bytes. A snapshot is a page as it was fetched once; its number"
        " is the one under which it is kept."
    )
    blocks = (Paragraph(said, soft=True), _quotes(dossier), _snapshots(dossier))
    yield Section("evidence", "Evidence", blocks)
    if dossier.head is None:
        return
    entries = f"{dossier.head.link:,}"
    head = Facts((("Newest entry of the record", entries), ("SHA-256 of the head", dossier.head.sha256)))
    proof = "The head stands for all that was recorded up to then: pledgewatch verify-store --head proves it."
    yield Section("record", "The record as a whole", (Paragraph(proof), head))


def _quotes(dossier: Dossier) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"E{one.number}",
            one.quote,
            " › ".join(one.under),
            one.page_id or "; ".join(one.sources),
            STRENGTHS[one.strength],
            one.first_seen,
            one.last_seen,
            one.fetch_id or None,
            PROOFS[one.proof],
        )
        for one in dossier.evidence
    )
    columns = (
        *("No.", "Words", "Stands below", "Where", "Source tier", "First seen", "Last seen", "Snapshot"),
        "Looked up",
    )
    return Table("evidence", "Every quote", columns, rows, "Nothing is quoted.", is_index=True)


def _snapshots(dossier: Dossier) -> Table:
    found: dict[tuple[int, str], tuple[Cell, ...]] = {}
    for one in dossier.evidence:
        if one.fetch_id:
            found.setdefault(
                (one.fetch_id, one.text_sha256),
                (
                    one.fetch_id,
                    one.url,
                    one.captured_at,
                    one.body_sha256,
                    one.text_sha256,
                    kept_at(one.archive_url) or (_FROM_FILE if one.archive_url else ""),
                ),
            )
    columns = ("Snapshot", "Address", "Captured", "SHA-256 of the body", "SHA-256 of the text", "Archive")
    rows = tuple(found[key] for key in sorted(found))
    return Table("snapshots", "The snapshots they are from", columns, rows, "No snapshot is quoted.")
