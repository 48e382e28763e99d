"""A paper as a tagged PDF (PDF/UA-1), set by typst. Its words go there as JSON: none becomes source."""

import json
import re
from dataclasses import asdict, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alerts.marking import visible
from app.papers.cells import longest_words, said, sorts, widths
from app.papers.paper import Block, Facts, Figure, Paper, Table
from monitor.errors import InputError

_SOURCE = Path(__file__).parent / "templates" / "paper.typ"
_STANDARD = "ua-1"  #: a reader that speaks can follow it; typst refuses what cannot be drawn
_UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_BY_NUMBER = re.compile(r"\\u\{([0-9a-f]+)\}")
_NAMED = 24  #: so many characters that could not be drawn are named
_UNBROKEN = 17  #: characters of a word in a table that is never broken (paper.typ breaks longer ones)
_UPRIGHT, _ACROSS = 482.0, 757.0  #: points between the margins
_SIGN, _INSET = 4.4, 7.0  #: points that a character of a table takes, and the blank around a cell
_LONG_CELL = 200  #: characters; for longer cells a column is not wider
_WIDE = 7  #: a section with a table of more columns lies across


def pdf_of(paper: Paper) -> bytes:
    """The whole file: A4, with bookmarks, page numbers, title and language, and no date.

    Characters that no font here has are named below the last line; such a file is tagged as well, but does
    not call itself PDF/UA. Raises InputError where typst is not installed.
    """
    typst = _typst()
    try:
        return _set(typst, paper, _STANDARD)
    except typst.TypstError as error:
        undrawn = _undrawn(error.diagnostic)
        if not undrawn:
            raise
        return _set(typst, replace(paper, note=f"{paper.note} {_remark(undrawn)}".strip()), "")


def _typst() -> Any:
    try:
        return import_module("typst")
    except ImportError:
        raise InputError(
            "a PDF needs typst, which is not installed: pip install 'pledgewatch[dossiers]', "
            "or take the HTML and print it"
        ) from None


def _set(typst: Any, paper: Paper, standard: str) -> bytes:
    """With an empty folder as the whole world: there is no file to read and no package to fetch."""
    with TemporaryDirectory() as nowhere:
        made = typst.compile(
            _SOURCE.read_bytes(),
            root=nowhere,
            package_path=nowhere,
            package_cache_path=nowhere,
            font_paths=_fonts(typst),
            sys_inputs={"paper": json.dumps(_handed(paper), ensure_ascii=False)},
            pdf_standards=[standard] if standard else [],
        )
    return bytes(made)


@cache
def _fonts(typst: Any) -> Any:
    """Those that typst carries, and this machine's for scripts that they lack."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def _undrawn(diagnostic: str) -> list[str]:
    """Each character once that typst complains of; it writes some of them by number."""
    words = "".join(_UNDRAWN.findall(diagnostic))
    return list(dict.fromkeys(_BY_NUMBER.sub(lambda found: chr(int(found[1], 16)), words)))


def _remark(undrawn: list[str]) -> str:
    named = ", ".join(f"U+{ord(sign):04X}" for sign in undrawn[:_NAMED])
    more = len(undrawn) - _NAMED
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"Some characters of the quotes could not be drawn in this file, as no font at hand has them "
        f"({named}{rest}); the HTML file holds them."
    )


# --------------------------------------------------------------------------- what is handed over


def _handed(paper: Paper) -> dict[str, Any]:
    language, _, region = paper.language.partition("-")
    sections = [
        {
            "title": _title(section.title),
            "level": section.level,
            "wide": any(isinstance(block, Table) and _is_wide(block) for block in section.blocks),
            "blocks": [_block(block) for block in section.blocks if not _is_nothing(block)],
        }
        for section in paper.sections
    ]
    whole = {
        "title": _title(paper.title),
        "subtitle": paper.subtitle,
        "facts": _block(paper.facts) if paper.facts.pairs else None,
        "sections": sections,
        "note": paper.note,
        "language": language,
        "region": region or None,
    }
    return {name: _visible(value) for name, value in whole.items()}


def _title(title: str) -> str:
    return title if title.strip() else "Untitled"


def _is_wide(table: Table) -> bool:
    return bool(table.rows) and len(table.columns) > _WIDE


def _is_nothing(block: Block) -> bool:
    return isinstance(block, Facts) and not block.pairs


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        return {"kind": "Table", **_table(block)}
    if isinstance(block, Figure):
        return {"kind": "Figure", "svg": block.svg, "alt": block.alt, "caption": block.caption}
    return {"kind": type(block).__name__, **asdict(block)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": table.columns,
        "rows": [[said(cell) for cell in row] for row in table.rows],
        "sorts": sorts(table),
        "empty": table.empty,
        "shares": _shares(table),
    }


def _shares(table: Table) -> list[float]:
    """How wide each column is, in points: room for its longest word, and of the rest what it has to say."""
    least = [_SIGN * min(longest, _UNBROKEN) + _INSET for longest in longest_words(table)]
    wishes = [min(max(width, 1), _LONG_CELL) ** 0.7 for width in widths(table)]
    rest = max((_ACROSS if _is_wide(table) else _UPRIGHT) - sum(least), 0)
    return [round(one + rest * wish / sum(wishes), 1) for one, wish in zip(least, wishes, strict=True)]


def _visible(value: Any) -> Any:
    """The same, with the signs of each text visible, and a blank for a tab, which typst would leave out."""
    if isinstance(value, str):
        return visible(value).replace("\t", " ")
    if isinstance(value, dict):
        return {name: _visible(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_visible(each) for each in value]
    return value
