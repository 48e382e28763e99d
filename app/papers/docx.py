"""A paper as a Word document: headings as styles, tables with a header that comes again on every page."""

from datetime import datetime
from importlib import import_module
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from alerts.marking import visible
from app.papers.cells import said
from app.papers.paper import Block, Facts, Items, Paper, Paragraph, Quotation, Table
from monitor.errors import InputError

#: The file tells no time of its own, so that the same paper gives the same bytes.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the library knows no zones
_ENTRY_TIME = (1980, 1, 1, 0, 0, 0)
_TABLE_STYLE = "Light Grid"
_A4, _MILLIMETRE = (210, 297), 36_000  #: millimetres, and what the library counts in one


def docx_of(paper: Paper) -> bytes:
    """The whole file. Raises InputError where python-docx is not installed."""
    try:
        library = import_module("docx")
    except ImportError:
        raise InputError(
            "a Word document needs python-docx, which is not installed: pip install 'pledgewatch[dossiers]', "
            "or take Markdown"
        ) from None
    return _Document(library.Document(), paper).bytes()


class _Document:
    def __init__(self, document: Any, paper: Paper) -> None:
        self.document = document
        _make_a4(document.sections[0])
        self._properties(paper)
        document.add_heading(visible(paper.title), 0)
        self._paragraph(paper.subtitle, "Subtitle")
        self._facts(paper.facts)
        for section in paper.sections:
            document.add_heading(visible(section.title), section.level)
            for block in section.blocks:
                self._block(block)
        self._paragraph(paper.note, soft=True)

    def bytes(self) -> bytes:
        """The file, each of its entries with the same time."""
        file = BytesIO()
        self.document.save(file)
        steady = BytesIO()
        with ZipFile(file) as found, ZipFile(steady, "w", ZIP_DEFLATED) as made:
            for name in sorted(found.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                made.writestr(ZipInfo(name, _ENTRY_TIME), found.read(name), ZIP_DEFLATED)
        return steady.getvalue()

    def _properties(self, paper: Paper) -> None:
        properties = self.document.core_properties
        properties.title, properties.language = visible(paper.title)[:255], paper.language
        properties.author = properties.last_modified_by = "pledgewatch"
        properties.comments = ""
        properties.created = properties.modified = _MADE
        for language in self.document.styles.element.iter(_name("lang")):
            language.set(_name("val"), paper.language)

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self._paragraph(block.text, soft=block.soft)
        elif isinstance(block, Items):
            for number, entry in enumerate(block.entries, 1):  # Word would go on counting in the next list
                self._paragraph(f"{number}. {entry}" if block.numbered else entry, _list_style(block))
        elif isinstance(block, Quotation):
            self._quotation(block)
        elif isinstance(block, Facts):
            self._facts(block)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._paragraph(block.caption, "Caption")
            self._paragraph(f"Picture: {block.alt}", soft=True)

    def _paragraph(self, text: str, style: str | None = None, *, soft: bool = False) -> None:
        if text:
            self.document.add_paragraph(style=style).add_run(visible(text)).italic = True if soft else None

    def _facts(self, facts: Facts) -> None:
        for name, text in facts.pairs:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(f"{visible(name)}: ").bold = True
            paragraph.add_run(visible(text))

    def _quotation(self, block: Quotation) -> None:
        lead = ": ".join(part for part in (block.mark, " › ".join(block.above)) if part)
        self._paragraph(lead, soft=True)
        self._paragraph(block.quote, "Intense Quote")
        self._paragraph(block.source, soft=True)

    def _table(self, table: Table) -> None:
        if not table.rows:
            self._facts(Facts(((table.caption, table.empty),)))
            return
        self._paragraph(table.caption, "Caption")
        made = self.document.add_table(1, len(table.columns), _TABLE_STYLE)
        header = made.rows[0]
        self._row(header, table.columns)
        header._tr.get_or_add_trPr().append(made._tbl.makeelement(_name("tblHeader"), {_name("val"): "true"}))
        for cells in table.rows:
            self._row(made.add_row(), tuple(map(said, cells)))
        self.document.add_paragraph()

    def _row(self, row: Any, texts: tuple[str, ...]) -> None:
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = visible(text)


def _make_a4(section: Any) -> None:
    section.page_width, section.page_height = (_A4[0] * _MILLIMETRE, _A4[1] * _MILLIMETRE)
    section.left_margin = section.right_margin = 25 * _MILLIMETRE


def _list_style(block: Items) -> str:
    return "List" if block.numbered else "List Bullet"


def _name(local: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{local}"
