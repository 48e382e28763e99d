"""A CSV file of holdings, as values: what each row names and weighs, and what is wrong with rows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from stdnum import isin as isins
from stdnum import lei as leis

from monitor.holdings.columns import NAMING, Column, says_percent
from monitor.holdings.numbers import bare, decimal_marks, is_nothing, number
from monitor.holdings.records import Records, read_records
from monitor.terms import folded

_LONGEST = 300  #: signs of a cell that we keep
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Holding:
    """What one or several rows say of one holding. Identifiers have right check digits, or are "".

    rows: their numbers, as a spreadsheet counts; weight: in percent; organization: our id, where it is given.
    """

    rows: tuple[int, ...]
    name: str = ""
    isin: str = ""
    lei: str = ""
    ticker: str = ""
    exchange: str = ""
    organization: str = ""
    weight: Decimal | None = None
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, and what was made of it: one sentence."""

    row: int
    what: str


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
    read = [_holding(row, cells, records.columns, figures) for row, cells in records.rows]
    kept, doubles = _merged([holding for holding, _ in read if holding is not None])
    percent, note = _in_percent(kept, figures)
    problems = [problem for _, found in read for problem in found] + doubles
    return Holdings(
        tuple(percent),
        tuple(sorted(problems, key=lambda one: (one.row, one.what))),
        (*_how_read(records), *figures.notes, *note),
        len(records.rows),
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
    """(exchange, ticker), as “NASDAQ:ABC” has both."""
    before, _, behind = ticker.rpartition(":")
    return (exchange or before.strip()).upper(), behind.strip().upper()


def _figure(said: Mapping[Column, str], column: Column, figures: _Figures) -> tuple[Decimal | None, str]:
    text = said.get(column, "")
    if not text:
        return None, ""
    value = number(text, figures.marks[column])
    return value, "" if value is not None else f"“{text}” is no {column} that we can read: it was left out."


# --------------------------------------------------------------------------- rows of the same


def _merged(holdings: Sequence[Holding]) -> tuple[list[Holding], list[Problem]]:
    """Each holding once, with the sum of its rows; and what is to be said of that."""
    same: dict[tuple[str, ...], list[Holding]] = {}
    for one in holdings:
        same.setdefault(_key(one), []).append(one)
    kept, problems = [], []
    for those in same.values():
        if len(those) == 1:
            kept += those
            continue
        one, what = _sum(those)
        kept.append(one)
        first = min(row for row in one.rows)
        problems += [Problem(row, f"{what} {first:,}.") for row in one.rows if row != first]
    return kept, problems


def _key(one: Holding) -> tuple[str, ...]:
    """What a holding is known by: the security before its issuer, that before its name."""
    if one.isin:
        return "isin", one.isin
    if one.lei:
        return "lei", one.lei
    if one.ticker:
        return "ticker", one.ticker, folded(one.exchange)
    return ("name", folded(one.name) or one.name) if one.name else ("organization", one.organization)


def _sum(those: Sequence[Holding]) -> tuple[Holding, str]:
    """These rows as one holding, and how a sentence on that begins. Their order makes no difference."""
    kinds = ("name", "isin", "lei", "ticker", "exchange", "organization", "currency")
    said = {kind: sorted({getattr(one, kind) for one in those} - {""}) for kind in kinds}
    odd = [kind for kind in ("lei", "ticker", "organization") if len(said[kind]) > 1]
    one_currency = len(said["currency"]) < 2
    holding = Holding(
        rows=tuple(sorted(row for one in those for row in one.rows)),
        weight=_total([one.weight for one in those]),
        amount=_total([one.amount for one in those]) if one_currency else None,
        **{kind: (values[0] if values else "") for kind, values in said.items()},
    )
    what = f"The same {_key(those[0])[0]} stands in {len(those)} rows"
    what += f", with more than one {' and '.join(odd)}" if odd else ""
    added = "weights and amounts were" if one_currency else "weights were, amounts in several currencies not,"
    return holding, f"{what}: {added} added to row"


def _total(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None
