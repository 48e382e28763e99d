"""Tables as CSV that a spreadsheet shows and never runs."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from unicodedata import normalize

BOM = "\ufeff"  #: tells spreadsheets that it is UTF-8
_STARTS = frozenset("=+-@\t\r\n|")  #: with one of these a cell may be taken for a formula
_SKIPPED = " \t\r\n\"'\u00a0\ufeff\u200b"
#: Where a spreadsheet that splits elsewhere than at commas begins another cell: that might be a formula.
_INSIDE = re.compile(r"[;\t\r\n][ \u00a0\"']*[=+@]")


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The table line by line (CRLF at its end), the header first; None is an empty cell.

    Text that a spreadsheet may run gets an apostrophe before it (OWASP); numbers stay as they are.
    """
    yield BOM + _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[object]) -> str:
    written = StringIO()
    csv.writer(written, quoting=csv.QUOTE_MINIMAL).writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value).replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return f"'{text}" if may_run(text) else text


def may_run(text: str) -> bool:
    """Whether a spreadsheet may take a cell with this text for a formula.

    By its first sign, and by the first behind blanks and quotation marks, as NFKC has it: "＝" is "=".

    And by what stands behind a sign at which some spreadsheets split; prose has no = there, but may have -.
    """
    signs = (text[:1], text.lstrip(_SKIPPED)[:1], text.strip()[:1])
    begins = any(sign in _STARTS or normalize("NFKC", sign)[:1] in _STARTS for sign in signs if sign)
    return begins or bool(_INSIDE.search(normalize("NFKC", text)))
