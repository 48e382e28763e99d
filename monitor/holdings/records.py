"""Bytes that should be a CSV file, as records: encodings, separators, quoted line breaks. Pure."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

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
    """The line of names and the records below it. rows: with the number of each, as a spreadsheet counts."""

    header: Sequence[str]
    columns: dict[Column, int]
    rows: Sequence[tuple[int, Sequence[str]]]
    encoding: str
    separator: str


def read_records(data: bytes) -> Records:
    """The records of a CSV file. Raises InputError with one sentence where it is none that we can read."""
    text, encoding = _text(data)
    separator, header_row, columns = _layout(text)
    read: list[Sequence[str]] = []
    for record in _records(text, separator):
        read.append(record)
        if len(read) > header_row + ROWS_AT_MOST + 1:  # and the record of ours
            raise InputError(f"the list has over {ROWS_AT_MOST:,} rows; split it into several files")
    if read.pop() != [_END]:
        raise InputError(
            f"a quotation mark in row {len(read) + 1:,} is never closed; close it, or take it out"
        )
    rows = list(enumerate(read, 1))[header_row:]
    return Records(read[header_row - 1], columns, rows, encoding, separator)


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
        for row, record in enumerate(_records(text, separator), 1):
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


def _records(text: str, separator: str) -> Iterator[Sequence[str]]:
    """All records, and one of ours at the end."""
    lines = csv.reader(StringIO(f"{text.rstrip()}\n{_END}", newline=""), delimiter=separator)
    row = 0
    try:
        for row, record in enumerate(lines, 1):  # noqa: B007 — the number of the last one is told
            yield record
    except csv.Error:
        raise InputError(
            f"row {row + 1:,} of the list holds a cell of over {csv.field_size_limit():,} signs; "
            "look for a quotation mark that is never closed"
        ) from None
