"""Bytes that should be a CSV file, as records: encodings, separators, quoted line breaks. Pure."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from stdnum import isin as isins
from stdnum import lei as leis

from monitor.errors import InputError
from monitor.holdings.columns import Column, columns_of

ROWS_AT_MOST = 50_000
BYTES_AT_MOST = 64 * 1024 * 1024
_SEPARATORS = ",;\t|"
_LOOKED_AT = 20  #: records among which the line of names is looked for
_END = "\u241c"  #: a record of ours after the last: where it is missing, a quotation mark was never closed
_SAVE = "save it as CSV (UTF-8) and hand that over"
_SIGNATURES = {
    b"PK\x03\x04": "a workbook (XLSX) or another ZIP file",
    b"\xd0\xcf\x11\xe0": "a workbook (XLS)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
}
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CONTROL = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Records:
    """The line of names and the records below it. rows: with the number of each, as a spreadsheet counts.

    swallowed: of each row in which a quotation mark seems to close too late, the first and last line of the
    file (counted from 1) that became that one row.
    """

    header: Sequence[str]
    columns: dict[Column, int]
    rows: Sequence[tuple[int, Sequence[str]]]
    encoding: str
    separator: str
    swallowed: Mapping[int, tuple[int, int]]


def read_records(data: bytes) -> Records:
    """The records of a CSV file. Raises InputError with one sentence where it is none that we can read."""
    text, encoding = _text(data)
    separator, header_row, columns = _layout(text)
    read: list[Sequence[str]] = []
    broken: dict[int, tuple[int, int]] = {}
    line = 0
    for record, lines in _records(text, separator):
        read.append(record)
        is_below = len(read) > header_row and len(lines) > 1
        if is_below and _holds_rows(record, lines, separator, len(read[header_row - 1])):
            broken[len(read)] = (line + 1, line + len(lines))
        line += len(lines)
        if len(read) > header_row + ROWS_AT_MOST + 1:  # and the record of ours
            raise InputError(f"the list has over {ROWS_AT_MOST:,} rows; split it into several files")
    if read.pop() != [_END]:
        raise InputError(
            f"a quotation mark in row {len(read) + 1:,} is never closed; close it, or take it out"
        )
    rows = list(enumerate(read, 1))[header_row:]
    return Records(read[header_row - 1], columns, rows, encoding, separator, broken)


def _text(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding."""
    if len(data) > BYTES_AT_MOST:
        raise InputError(
            f"the list has over {BYTES_AT_MOST // 1024**2} MB; leave out the columns that we do not read"
        )
    for start, what in _SIGNATURES.items():
        if data.startswith(start):
            raise InputError(f"the list is {what}, not text; {_SAVE}")
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"the list is not text at byte {error.start:,}; {_SAVE}") from None
    if "\0" in text:
        raise InputError(
            f"the list holds a NUL byte (sign {text.index(chr(0)) + 1:,}), so it is no text; {_SAVE}"
        )
    if found := _CONTROL.search(text):
        raise InputError(
            f"the list holds the control sign U+{ord(found[0]):04X} (sign {found.start() + 1:,}), "
            f"so it is no plain text; {_SAVE}"
        )
    if not text.strip():
        raise InputError("the list is empty; write one holding a row, below a line such as isin,name,weight")
    return text.removesuffix("\x1a"), encoding.removesuffix("-sig")


def _encoding(data: bytes) -> str:
    for start, encoding in _BOMS:
        if data.startswith(start):
            return encoding
    head = data[:200]
    if len(head) > 3 and len(data) % 2 == 0:  # UTF-16 that does not say so
        for every_other, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if head[every_other::2].count(0) > len(head) // 3 and 0 not in head[1 - every_other :: 2]:
                return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _layout(text: str) -> tuple[str, int, dict[Column, int]]:
    """The separator, the number of the row that names the columns, and which are where."""
    best: tuple[str, int, dict[Column, int]] = ("", 0, {})
    for separator in _SEPARATORS:
        for row, (record, _) in enumerate(_records(text, separator), 1):
            if row > _LOOKED_AT:
                break
            if len(columns := columns_of(record)) > len(best[2]):
                best = (separator, row, columns)
    if not best[2]:
        raise InputError(
            "no line of the list names a column with ISIN, LEI, ticker or name; "
            "begin it with a line such as isin,name,weight"
        )
    return best


def _records(text: str, separator: str) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """All records, and one of ours at the end, each with the lines that it was read from."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in StringIO(f"{text.rstrip()}\n{_END}", newline=""):
            taken.append(line)
            yield line

    row = 0
    try:
        for row, record in enumerate(csv.reader(lines(), delimiter=separator), 1):  # noqa: B007 — it is told
            yield record, tuple(taken)
            taken.clear()
    except csv.Error:
        raise InputError(
            f"row {row + 1:,} of the list holds a cell of over {csv.field_size_limit():,} signs; "
            "look for a quotation mark that is never closed"
        ) from None


# --------------------------------------------------------------------------- quotation marks


def _holds_rows(record: Sequence[str], lines: Sequence[str], separator: str, width: int) -> bool:
    """Whether lines of a cell look like rows by themselves, or the quotation marks are not in pairs.

    Text may go on behind the mark that closes, which is where a mark of a later row closed this one.
    """
    if not _is_well_formed(lines, separator):
        return True
    inner = (line for cell in record if "\n" in cell or "\r" in cell for line in cell.splitlines())
    return any(_is_row(line.split(separator), width) for line in inner)


def _is_well_formed(lines: Sequence[str], separator: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return False
    return True


def _is_row(cells: Sequence[str], width: int) -> bool:
    if any(isins.is_valid(cell.strip()) or leis.is_valid(cell.strip()) for cell in cells):
        return True
    return len(cells) >= max(width, 2) and (width > 2 or bool(re.search(r"\d", cells[-1])))
