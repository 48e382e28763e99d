"""A CSV file of holdings, as values: what each row names and weighs, and what is wrong with rows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from stdnum import isin as isins
from stdnum import lei as leis

from monitor.holdings.columns import NAMING, Column, says_percent
from monitor.holdings.exchanges import parted, same_exchange
from monitor.holdings.holding import Holding, Problem
from monitor.holdings.merging import merged
from monitor.holdings.numbers import bare, decimal_marks, is_nothing, number
from monitor.holdings.records import Records, read_records
from monitor.holdings.totals import is_total

_LONGEST = 300  #: signs of a cell that we keep
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Holdings:
    """A whole list. notes: how the file was read, one sentence each."""

    holdings: tuple[Holding, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    rows: int  #: below the line of names, the empty ones among them


def read_holdings(data: bytes) -> Holdings:
    """The holdings in a CSV file: any usual encoding, separator and order of columns, up to 50,000 rows.

    Raises InputError where it is no such file; what is wrong with single rows is in `problems`.
    """
    records = read_records(data)
    figures = _figures(records)
    read = [
        _holding(row, cells, records.columns, figures)
        for row, cells in records.rows
        if row not in records.swallowed
    ]
    kept, doubles = merged([holding for holding, _ in read if holding is not None])
    percent, note = _in_percent(kept, figures)
    problems = [
        *(problem for _, found in read for problem in found),
        *_surplus(records),
        *_swallowed(records),
        *doubles,
    ]
    return Holdings(
        tuple(percent),
        tuple(sorted(problems, key=lambda one: (one.row, one.what))),
        (*_how_read(records), *figures.notes, *note),
        len(records.rows),
    )


def _surplus(records: Records) -> Iterator[Problem]:
    """A remark on each row with more in it than the line of names has columns."""
    width = len(records.header)
    for row, cells in records.rows:
        if any(not is_nothing(cell) for cell in cells[width:]):
            yield Problem(
                row,
                f"It has {len(cells)} cells, and the line of names {width}: those behind were not read, and "
                "its figures may be wrong; put what holds the separator itself into quotation marks.",
            )


def _swallowed(records: Records) -> Iterator[Problem]:
    """A remark on each row that may hold several, none of which was read."""
    for row, (first, last) in records.swallowed.items():
        yield Problem(
            row,
            f"Lines {first:,} to {last:,} of the file are one row, for a quotation mark in line {first:,} is "
            "closed only there: they were left out, and what they hold was not read. Close the mark, or take "
            "it out.",
        )


def _how_read(records: Records) -> tuple[str, ...]:
    separator = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}[records.separator]
    read = ", ".join(f"“{records.header[place]}” as {column}" for column, place in records.columns.items())
    return (f"Read as {records.encoding.upper()} with {separator} between the cells.", f"Columns: {read}.")


# --------------------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class _Figures:
    """How the figures of this file are written. marks: Column → its decimal mark."""

    marks: Mapping[Column, str]
    is_percent: bool
    notes: tuple[str, ...]


def _figures(records: Records) -> _Figures:
    texts = {
        column: [
            cells[place] for _, cells in records.rows if place < len(cells) and not is_nothing(cells[place])
        ]
        for column, place in records.columns.items()
        if column in (Column.WEIGHT, Column.AMOUNT)
    }
    everywhere = decimal_marks(text for those in texts.values() for text in those)
    marks: dict[Column, str] = {}
    notes: list[str] = []
    for column, those in texts.items():
        marks[column], note = _mark(column, decimal_marks(those) or everywhere, those)
        notes += note
    weights = texts.get(Column.WEIGHT, [])
    in_header = Column.WEIGHT in marks and says_percent(records.header[records.columns[Column.WEIGHT]])
    return _Figures(marks, in_header or any(bare(text)[2] for text in weights), tuple(notes))


def _mark(column: Column, proven: frozenset[str], texts: Sequence[str]) -> tuple[str, list[str]]:
    """The decimal mark of a column, and what is not sure of that."""
    if len(proven) == 1:
        return next(iter(proven)), []
    if proven:
        return ".", [f"The {column}s are written with decimal points and decimal commas: points were taken."]
    signs = {sign for text in texts for sign in ".," if sign in bare(text)[0]}
    if not signs:
        return ".", []
    sign = min(signs)
    is_decimal = column is Column.WEIGHT
    said = "decimals" if is_decimal else "thousands"
    note = f"Every {column} with a “{sign}” has three digits behind it: it was taken to mark {said}."
    return (sign if is_decimal else ",."[sign == ","]), [note]


def _in_percent(kept: Sequence[Holding], figures: _Figures) -> tuple[list[Holding], tuple[str, ...]]:
    """The holdings with their weights in percent, and how they were read."""
    total = sum((abs(one.weight) for one in kept if one.weight is not None), Decimal(0))
    if figures.is_percent or not total:
        return list(kept), ()
    if total > Decimal("1.05"):
        return list(kept), (f"The weights add up to {total:f}: they were taken as percent.",)
    scaled = [one if one.weight is None else replace(one, weight=one.weight * _WHOLE) for one in kept]
    return scaled, (f"The weights add up to {total:f}: they were taken as parts of 1.",)


# --------------------------------------------------------------------------- one row


def _holding(
    row: int, cells: Sequence[str], columns: Mapping[Column, int], figures: _Figures
) -> tuple[Holding | None, list[Problem]]:
    """What the row holds, None where that cannot be used; and what is wrong with it."""
    said = {column: _cell(cells, place) for column, place in columns.items()}
    if not any(said.values()):
        return None, [Problem(row, "The row is empty; it was left out.")]
    isin, why_isin = _checked(said.get(Column.ISIN, ""), "ISIN", isins)
    lei, why_lei = _checked(said.get(Column.LEI, ""), "LEI", leis)
    exchange, ticker = _listed(said.get(Column.TICKER, ""), said.get(Column.EXCHANGE, ""))
    weight, why_weight = _figure(said, Column.WEIGHT, figures)
    amount, why_amount = _figure(said, Column.AMOUNT, figures)
    name, organization = said.get(Column.NAME, ""), said.get(Column.ORGANIZATION, "")
    if not any((isin, lei, ticker)) and is_total(name or organization):
        return None, [Problem(row, f"“{name or organization}” sums up other rows; it was left out.")]
    wrong = [why for why in (why_isin, why_lei, why_weight, why_amount) if why]
    if not any((isin, lei, ticker, name, organization)):
        named = " or ".join(str(column) for column in NAMING if column in columns)
        wrong.append(f"No {named} that we can use stands in it; it was left out.")
        return None, [Problem(row, why) for why in wrong]
    currency = said.get(Column.CURRENCY, "") or (bare(said.get(Column.AMOUNT, ""))[1])
    holding = Holding(
        (row,), name, isin, lei, ticker, exchange, organization, weight, amount, currency.upper()
    )
    return holding, [Problem(row, why) for why in wrong]


def _cell(cells: Sequence[str], place: int) -> str:
    text = " ".join(cells[place].split())[:_LONGEST] if place < len(cells) else ""
    return "" if is_nothing(text) else text


def _checked(text: str, kind: str, standard: "object") -> tuple[str, str]:
    """An identifier that is right, else "" and why it is not."""
    plain = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    if not text:
        return "", ""
    if plain and standard.is_valid(plain):  # type: ignore[attr-defined]  # a module of stdnum
        return plain, ""
    return "", f"“{text}” is no valid {kind} (wrong length, form or check digit): it was not used."


def _listed(ticker: str, exchange: str) -> tuple[str, str]:
    """(exchange, ticker), as “NASDAQ:ABC”, “ABC UW” and “ABC.O” have both."""
    before, _, behind = ticker.rpartition(":")
    said, whole = (exchange or before.strip()).upper(), behind.strip().upper()
    bare_ticker, _, market = parted(whole)
    if market and (not said or same_exchange(said, market)):
        return said or market, bare_ticker
    return said, whole


def _figure(said: Mapping[Column, str], column: Column, figures: _Figures) -> tuple[Decimal | None, str]:
    text = said.get(column, "")
    if not text:
        return None, ""
    value = number(text, figures.marks[column])
    return value, "" if value is not None else f"“{text}” is no {column} that we can read: it was left out."
