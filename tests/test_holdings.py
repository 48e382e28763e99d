"""A list of holdings is read whatever its shape, and nothing in it is matched silently."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum import isin as isins
from stdnum import lei as leis
from stdnum.iso7064 import mod_97_10

from monitor.errors import InputError
from monitor.holdings import Ambiguous, Holding, Holdings, How, Matched, match, read_holdings
from monitor.holdings.columns import Column, column_of
from monitor.holdings.known import plain
from monitor.holdings.numbers import decimal_marks, number
from monitor.model import Identifiers, Organization


def isin(number: int) -> str:
    base = f"XS{number:09d}"
    return base + isins.calc_check_digit(base)


def lei(number: int) -> str:
    base = f"5299{number:014d}"
    return base + mod_97_10.calc_check_digits(base)


def wrong(identifier: str) -> str:
    return identifier[:-1] + str((int(identifier[-1]) + 1) % 10)


def us(issuer: str, issue: str) -> str:
    """Of a security in the United States: a CUSIP begins with the six signs of its issuer."""
    base = f"US{issuer}{issue}"
    return base + isins.calc_check_digit(base)


HERON = Organization(
    "heron",
    "Heron Systems",
    "vendor",
    identifiers=Identifiers("HRN", "NASDAQ", isin(1), lei(1), "seen"),
    aliases=("Heronry",),
)
NEST = Organization("nest", "Nest of Herons", "vendor", parent="heron")
EGG = Organization("egg", "Eggshell", "vendor", parent="nest")
STORK = Organization(
    "stork",
    "Stork Vision",
    "vendor",
    identifiers=Identifiers("STK", "NYSE", isin(2), lei(2), "LEI: seen; ISIN: confirm"),
)
CRANE_A = Organization("crane-a", "Crane Cameras", "vendor", identifiers=Identifiers("CRN", "NYSE"))
CRANE_B = Organization(
    "crane-b", "Crane Holdings", "vendor", aliases=("Crane Cameras",), identifiers=Identifiers("CRN", "HKEX")
)
PLUME = Organization("plume", "Plume", "vendor", aliases=("Downy",), identifiers=Identifiers("PLM", "NYSE"))
TERN = Organization("tern", "Tern Ltd", "vendor", identifiers=Identifiers("TRN", "XLON", "", "", "seen"))
SWIFT = Organization(
    "swift",
    "Swift International Machines",
    "vendor",
    aliases=("Swiftlet",),
    identifiers=Identifiers("SWF", "NASDAQ", us("123456", "104"), "", "seen"),
)
GULL = Organization("gull", "Gullwing", "vendor", identifiers=Identifiers("GUL", "", us("654321", "104")))
EAGLE = Organization("eagle", "Eagle", "vendor", identifiers=Identifiers("0020", "HKEX/NYSE"))
AVIARY = Organization("aviary", "Aviary Office", "agency")
PELICAN = Organization("pelican", "Pelican", "vendor", country="CH")
WATCHED = (HERON, NEST, EGG, STORK, CRANE_A, CRANE_B, PLUME, TERN, SWIFT, GULL, EAGLE, AVIARY, PELICAN)
A_LIST = f"name,isin,weight\nHeron Systems,{isin(1)},12.5\nNobody at all,,3\n"


def read(text: str, encoding: str = "utf-8") -> Holdings:
    return read_holdings(text.encode(encoding))


def one(text: str) -> Holding:
    (holding,) = read(text).holdings
    return holding


def place(**said: str) -> Matched | Ambiguous | Holding:
    found = match([Holding((2,), **said)], WATCHED)
    return (*found.matched, *found.ambiguous, *found.not_covered)[0]


# --------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"]
)
@pytest.mark.parametrize("separator", list(",;\t|"))
def test_every_usual_encoding_and_separator_gives_the_same_holdings(encoding: str, separator: str) -> None:
    text = f"Émetteur,ISIN,Poids\r\nHéron Systèmes,{isin(1)},12\r\n".replace(",", separator)
    assert one(text) == one(text.encode(encoding).decode(encoding).lstrip("\ufeff"))
    (holding,) = read(text, encoding).holdings
    assert (holding.name, holding.isin, holding.weight) == ("Héron Systèmes", isin(1), 12)


@pytest.mark.parametrize(
    "header, column",
    [
        ("ISIN", Column.ISIN),
        ("isin_code", Column.ISIN),
        ("Código ISIN", Column.ISIN),
        ("LEI", Column.LEI),
        ("Legal Entity Identifier", Column.LEI),
        ("Ticker", Column.TICKER),
        ("Börsenkürzel", Column.TICKER),
        ("Símbolo", Column.TICKER),
        ("Name", Column.NAME),
        ("Unternehmen", Column.NAME),
        ("Émetteur", Column.NAME),
        ("Empresa", Column.NAME),
        ("Emissor", Column.NAME),
        ("Weight (%)", Column.WEIGHT),
        ("Gewichtung in %", Column.WEIGHT),
        ("Poids", Column.WEIGHT),
        ("Ponderación", Column.WEIGHT),
        ("Peso", Column.WEIGHT),
        ("Market Value (USD)", Column.AMOUNT),
        ("Marktwert in EUR", Column.AMOUNT),
        ("Valeur de marché", Column.AMOUNT),
        ("Importe", Column.AMOUNT),
        ("Montante", Column.AMOUNT),
        ("Währung", Column.CURRENCY),
        ("Coupon", None),
        ("", None),
    ],
)
def test_columns_are_known_by_their_usual_names(header: str, column: Column | None) -> None:
    assert column_of(header) is column


def test_lines_before_the_names_and_breaks_within_quotes_are_no_rows() -> None:
    found = read(f'sep=;\nFund Example;;\nWeight;Name;LEI\n1,5;"Heron\nSystems; Inc.";{lei(1)}\n')
    (holding,) = found.holdings
    assert (holding.rows, holding.name, holding.weight) == ((4,), "Heron Systems; Inc.", Decimal("1.5"))
    assert found.rows == 1 and not found.problems


@pytest.mark.parametrize(
    "data, says",
    [
        (b"", "is empty"),
        (b" \r\n\n", "is empty"),
        (b"PK\x03\x04....", "XLSX"),
        (b"%PDF-1.7", "a PDF"),
        (b"name\nHeron\0\n", "NUL"),
        (b"name\nHeron\x02\n", "U+0002"),
        (b"name\n\x81\x8d\n", "not text at byte"),
        (b"\xff\xfen\0a\0m", "not text at byte"),
        (b"a,b\n1,2\n", "begin it with a line such as isin,name,weight"),
        (b"weight,amount\n1,2\n", "begin it with a line such as"),
        (b'name\nHeron\n"Stork\n', "row 3 is never closed"),
        (b"name\n" + b"x" * 140_000, "holds a cell of over"),
        (b"name\n" + b"Heron\n" * 50_001, "over 50,000 rows"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read_holdings(data)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_fifty_thousand_rows_are_read() -> None:
    assert read("name\n" + "".join(f"Issuer {i}\n" for i in range(50_000))).rows == 50_000


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.lists(
        st.lists(
            st.sampled_from(["isin", "name", '"', "Heron", "1.5", "1,5", "%", "", "LEI", "\r", "=1", isin(1)])
        )
    ).map(lambda rows: "\n".join(",".join(row) for row in rows).encode())
)
@example(b"isin\n" + isin(1).encode() + b"\x1a")
@settings(deadline=None)
def test_any_bytes_are_holdings_or_one_clear_refusal(data: bytes) -> None:
    try:
        found = read_holdings(data)
    except InputError:
        return
    assert all(leis.is_valid(each.lei) for each in found.holdings if each.lei)
    assert all(isins.is_valid(each.isin) for each in found.holdings if each.isin)
    rows = [row for each in found.holdings for row in each.rows]
    left_out = {each.row for each in found.problems}
    assert len(rows) == len(set(rows)) and len(set(rows) | left_out) == found.rows


# --------------------------------------------------------------------------- rows


def test_a_wrong_check_digit_is_said_and_the_rest_of_the_row_is_used() -> None:
    found = read(f"name,isin,lei\nHeron Systems,{wrong(isin(1))},{wrong(lei(1))}\n")
    assert [(each.isin, each.lei, each.name) for each in found.holdings] == [("", "", "Heron Systems")]
    assert [each.row for each in found.problems] == [2, 2]
    assert all("check digit" in each.what for each in found.problems)


@pytest.mark.parametrize(
    "row, says",
    [
        (",,", ["is empty"]),
        (",,5", ["No isin or name that we can use"]),
        ("XX,,5", ["check digit", "No isin or name that we can use"]),
        (f"{isin(1)},,much", ["“much” is no weight"]),
        (f"{isin(1)},,n/a", []),
    ],
)
def test_what_is_wrong_with_a_row_is_a_remark_with_its_number(row: str, says: list[str]) -> None:
    found = read(f"isin,name,weight\n{row}\n{isin(2)},,1\n")
    assert [each.row for each in found.problems] == [2] * len(says)
    for said in says:
        assert any(said in each.what for each in found.problems)
    assert isin(2) in [each.isin for each in found.holdings]


def test_rows_of_the_same_security_are_added_and_that_is_said() -> None:
    found = read(f"isin,weight,amount\n{isin(1)},0.1,5\n{isin(2)},1,1\n{isin(1)},0.2,6\n")
    assert [(each.rows, each.weight, each.amount) for each in found.holdings] == [
        ((2, 4), Decimal("0.3"), 11),
        ((3,), 1, 1),
    ]
    assert [(each.row, each.what) for each in found.problems] == [
        (4, "The same isin stands in 2 rows: weights and amounts were added to row 2.")
    ]


@pytest.mark.parametrize(
    "header, rows, apart",
    [
        ("ticker", ["HRN,Heron,1", "HRN,Quarry,5"], [("Heron", 1), ("Quarry", 5)]),
        ("ticker", ["HRN,Heron,1", "HRN,HERON,5"], [("HERON", 6)]),
        ("ticker", ["HRN,,1", "HRN,Quarry,5"], [("", 1), ("Quarry", 5)]),
        (
            "isin",
            [f"{isin(1)},Heron Systems,1", f"{isin(1)},Heron Systems Class A,2"],
            [("Heron Systems", 3)],
        ),
    ],
)
def test_rows_of_one_ticker_are_added_only_where_they_name_the_same(
    header: str, rows: list[str], apart: list[tuple[str, int]]
) -> None:
    found = read(f"{header},name,weight\n" + "\n".join(rows))
    assert [(each.name, each.weight) for each in found.holdings] == apart


@pytest.mark.parametrize(
    "header, rows, odd",
    [
        ("isin,name", [f"{isin(1)},Heron Systems", f"{isin(1)},Stork Vision"], "name"),
        ("lei,name", [f"{lei(9)},Plume", f"{lei(9)},Quarry"], "name"),
        ("isin,name", [f"{isin(9)},Heron Systems", f"{isin(9)},Other Systems"], "name"),
        ("isin,lei", [f"{isin(9)},{lei(1)}", f"{isin(9)},{lei(2)}"], "LEI"),
        ("isin,organization", [f"{isin(9)},heron", f"{isin(9)},stork"], "organization"),
    ],
)
def test_rows_of_one_identifier_that_cannot_be_of_one_company_stay_apart_and_each_is_remarked(
    header: str, rows: list[str], odd: str
) -> None:
    found = read(f"{header}\n" + "\n".join(rows))
    assert [each.rows for each in found.holdings] == [(2,), (3,)]
    assert [each.row for each in found.problems] == [2, 3]
    assert all(f"with another {odd}: only one can be right" in each.what for each in found.problems)


@pytest.mark.parametrize(
    "header, rows, listings",
    [
        (
            "lei",
            [f"{lei(9)},Gull,HRN,Paris", f"{lei(9)},Gull,ZZ,NASDAQ"],
            [("HRN", "PARIS"), ("ZZ", "NASDAQ")],
        ),
        ("isin", [f"{isin(1)},,HRN,NASDAQ", f"{isin(1)},,HR1,XETRA"], [("HRN", "NASDAQ"), ("HR1", "XETRA")]),
        ("isin", [f"{isin(1)},,HRN,", f"{isin(1)},,,NASDAQ"], [("HRN", ""), ("", "NASDAQ")]),
        ("isin", [f"{isin(1)},,HRN,", f"{isin(1)},,HRN,NASDAQ"], [("HRN", "NASDAQ")]),
        ("isin", [f"{isin(1)},,HRN,XNAS", f"{isin(1)},,HRN,NASDAQ"], [("HRN", "NASDAQ")]),
        ("isin", [f"{isin(1)},,,", f"{isin(1)},,HRN,NASDAQ"], [("HRN", "NASDAQ")]),
    ],
)
def test_no_listing_is_made_of_parts_of_several_rows(
    header: str, rows: list[str], listings: list[tuple[str, str]]
) -> None:
    found = read(f"{header},name,ticker,exchange\n" + "\n".join(rows))
    assert [(each.ticker, each.exchange) for each in found.holdings] == listings
    assert not match(found.holdings, WATCHED).matched or header == "isin"
    said = "with another ticker or exchange: each was placed by itself"
    assert [each.row for each in found.problems if said in each.what] == [2, 3][: 2 * (len(listings) > 1)]


@pytest.mark.parametrize(
    "text, rows, lines",
    [
        (f'name,isin,weight\n"Foo,,1\nHeron,{isin(1)},3\n"Bar,,1\nStork,{isin(2)},9\n', [3], "2 to 4"),
        (f'name,isin\n"Foo,\nHeron,{isin(1)}\nBar",\nStork,{isin(2)}\n', [3], "2 to 4"),
        ('name,ticker,exchange\nStork,,\n"Foo,X,NYSE\nBar",Y,NYSE\n', [2], "3 to 4"),
        ('name\n"Foo\nHeron\n"Bar\nStork\n', [3], "2 to 4"),
        ('name,weight\r"Foo,1\rHeron,2\rBar",3\rStork,9\r', [3], "2 to 4"),
        ('name,weight\n"Heron\nSystems, Inc.",3\nStork,9\n', [2, 3], ""),
        ('name,weight\n"Heron ""Systems""\nInc.",3\n5" Stork,9\n', [2, 3], ""),
    ],
)
def test_rows_that_a_quotation_mark_swallowed_are_left_out_and_told(
    text: str, rows: list[int], lines: str
) -> None:
    found = read(text)
    assert [row for each in found.holdings for row in each.rows] == rows
    assert [each.what.partition(" of the file")[0] for each in found.problems] == [f"Lines {lines}"] * bool(
        lines
    )


@pytest.mark.parametrize(
    "row, left_out",
    [
        *(
            (f"{name},,60", True)
            for name in ("Total", "TOTAL:", "Summe", "Total général", "Soma", "Subtotal")
        ),
        ("Total Plumage,,60", False),
        (f"Total,{isin(9)},60", False),
    ],
)
def test_a_row_that_sums_up_others_is_no_holding_and_that_is_said(row: str, left_out: bool) -> None:
    found = read(f"name,isin,weight\n{row}\nHeron Systems,,60\n")
    assert len(found.holdings) == 2 - left_out
    assert [each.row for each in found.problems if "sums up other rows" in each.what] == [2] * left_out


@pytest.mark.parametrize("row, said", [("Heron,5,5", True), ("Heron,5,", False), ("Heron,5,,", False)])
def test_cells_behind_the_last_column_are_remarked(row: str, said: bool) -> None:
    found = read(f"name,weight\n{row}\n")
    assert [each.row for each in found.problems if "those behind were not read" in each.what] == [2] * said


@pytest.mark.parametrize(
    "cells, ticker, exchange",
    [
        ("HRN US,", "HRN", "US"),
        ("HRN UW Equity,", "HRN", "NASDAQ"),
        ("hrn.o,", "HRN", "NASDAQ"),
        ("HRN.N,", "HRN", "NYSE"),
        ("HRN LN,", "HRN", "LONDON"),
        ("HRN.L,XLON", "HRN", "XLON"),
        ("HRN.L,XNAS", "HRN.L", "XNAS"),
        ("HRN.SS,", "HRN", "SHANGHAI"),
        ("HRN SS,", "HRN", "STOCKHOLM"),
        ("HRN.US,", "HRN", "US"),
        ("HRN.B,", "HRN.B", ""),
        ("HRN ZZ,", "HRN ZZ", ""),
        ("NASDAQ:HRN,", "HRN", "NASDAQ"),
    ],
)
def test_a_ticker_is_parted_from_the_exchange_that_stands_behind_it(
    cells: str, ticker: str, exchange: str
) -> None:
    found = one(f"ticker,exchange\n{cells}\n")
    assert (found.ticker, found.exchange.upper()) == (ticker, exchange)


def test_amounts_in_several_currencies_are_not_added() -> None:
    holding = one(f"isin,amount,currency\n{isin(1)},5,EUR\n{isin(1)},6,USD\n")
    assert holding.amount is None


@pytest.mark.parametrize(
    "figures, read_as",
    [
        (["1.5"], ["1.5"]),
        (["1,5"], ["1.5"]),
        (["12 %", "0,5 %"], ["12", "0.5"]),
        (["1,234.5", "1,234"], ["1234.5", "1234"]),
        (["1.234,5", "1.234"], ["1234.5", "1234"]),
        (["1.234.567"], ["1234567"]),
        (["1'234.5"], ["1234.5"]),
        (["1 234,5"], ["1234.5"]),
        (["1\u202f234,5"], ["1234.5"]),
        (["(3.5)"], ["-3.5"]),
        (["3.5-"], ["-3.5"]),
        (["−3.5"], ["-3.5"]),
        (["EUR 1,000.00"], ["1000"]),
        (["12,34,567.0"], ["1234567"]),
        ([".5"], [None]),
        (["1e5"], [None]),
        (["1.2.3"], [None]),
        (["9" * 16], [None]),
        (["=1+1"], [None]),
    ],
)
def test_figures_are_read_as_people_write_them(figures: list[str], read_as: list[str | None]) -> None:
    mark = min(decimal_marks(figures), default=".")
    assert [number(each, mark) for each in figures] == [each and Decimal(each) for each in read_as]


@pytest.mark.parametrize(
    "header, weights, percent, note",
    [
        ("weight", ["0.4", "0.6"], ["40", "60"], "taken as parts of 1"),
        ("weight", ["40", "60"], ["40", "60"], "taken as percent"),
        ("weight", ["40%", "60%"], ["40", "60"], ""),
        ("weight %", ["0.4", "0.6"], ["0.4", "0.6"], ""),
        ("weight", ["0,125", "0,5"], ["12.5", "50"], "parts of 1"),
        ("weight", ["1,125", "2,250"], ["1.125", "2.250"], "three digits"),
    ],
)
def test_weights_are_percent_in_the_end_and_how_is_said(
    header: str, weights: list[str], percent: list[str], note: str
) -> None:
    rows = "".join(f"Issuer {place};{each}\n" for place, each in enumerate(weights))
    found = read(f"name;{header}\n{rows}")
    assert [each.weight for each in found.holdings] == [Decimal(each) for each in percent]
    assert any(note in each for each in found.notes)


def test_amounts_that_could_be_of_either_kind_are_taken_as_thousands_and_that_is_said() -> None:
    found = read("name;amount\nHeron;1.234\n")
    assert found.holdings[0].amount == 1234
    assert any("taken to mark thousands" in each for each in found.notes)


# --------------------------------------------------------------------------- matching


@pytest.mark.parametrize(
    "said, organization, how",
    [
        ({"lei": lei(1)}, HERON, How.LEI),
        ({"isin": isin(1)}, HERON, How.ISIN),
        ({"ticker": "HRN", "exchange": "NASDAQ"}, HERON, How.LISTING),
        ({"ticker": "HRN", "exchange": "XNAS"}, HERON, How.LISTING),
        ({"name": "Heron Systems"}, HERON, How.NAME),
        ({"name": "HERON SYSTEMS, Inc."}, HERON, How.NAME),
        ({"name": "Heronry S.A."}, HERON, How.NAME),
        ({"ticker": "CRN", "exchange": "HKEX"}, CRANE_B, How.LISTING),
        ({"name": "Crane Cameras", "ticker": "CRN", "exchange": "XNYS"}, CRANE_A, How.LISTING),
        ({"organization": "crane-b", "name": "Crane Cameras"}, CRANE_B, How.ORGANIZATION),
        ({"organization": "Heron Systems"}, HERON, How.NAME),
        ({"ticker": "HRN", "name": "Heron Systems Inc. Class A"}, HERON, How.TICKER),
        ({"ticker": "HRN", "name": "Herons Systems"}, HERON, How.TICKER),
        ({"ticker": "PLM", "name": "Downy"}, PLUME, How.TICKER),
        ({"ticker": "PLM", "exchange": "US"}, PLUME, How.LISTING),
        ({"name": "Tern Limited", "ticker": "TRN", "exchange": "LSE"}, TERN, How.LISTING),
        ({"name": "TERN LTD"}, TERN, How.NAME),
        ({"lei": lei(1), "isin": isin(9), "name": "Heron Systems"}, HERON, How.LEI),
        ({"isin": isin(1), "name": "Heron Systems Inc. Class A"}, HERON, How.ISIN),
        ({"isin": isin(1), "name": "HERON SYS"}, HERON, How.ISIN),
        ({"isin": isin(1), "name": "HRN"}, HERON, How.ISIN),
        ({"isin": isin(1), "name": "ヘロン"}, HERON, How.ISIN),
        ({"isin": isin(1), "name": "Heron Systems", "ticker": "OLD", "exchange": "NASDAQ"}, HERON, How.ISIN),
        ({"isin": isin(1), "ticker": "HR1", "exchange": "XETRA"}, HERON, How.ISIN),
        ({"isin": us("123456", "104"), "name": "SWIFT INTL MACH CORP"}, SWIFT, How.ISIN),
        ({"isin": us("123456", "104"), "name": "Swift Let Stores"}, SWIFT, How.ISIN),
        ({"isin": us("123456", "AB1"), "name": "Swift International Machines 2.4% 08/26"}, SWIFT, How.ISSUER),
        ({"isin": us("123456", "207"), "name": "Swiftlet Class C", "ticker": "SWFB"}, SWIFT, How.ISSUER),
        ({"lei": lei(1), "isin": isin(9), "name": "Heron Systems 2,5 % 2030"}, HERON, How.LEI),
        ({"name": "Heron Systems", "ticker": "HRN", "exchange": "Nasdaq Stock Market"}, HERON, How.LISTING),
        ({"name": "Plume", "ticker": "PLM", "exchange": "New York Stock Exchange Inc."}, PLUME, How.LISTING),
        ({"name": "Plume", "ticker": "PLM", "lei": lei(9), "exchange": "NYSE"}, PLUME, How.LISTING),
        ({"name": "Gullwing Co", "ticker": "GUL", "exchange": "NYSE"}, GULL, How.TICKER),
        ({"name": "Eagle", "ticker": "0020", "exchange": "SEHK"}, EAGLE, How.LISTING),
        ({"ticker": "HRN", "exchange": "NASDAQ", "name": "ヘロン"}, HERON, How.LISTING),
        ({"name": "Eggshell"}, EGG, How.NAME),
        ({"name": "Eggshell Bearer Note", "organization": "Eggshell"}, EGG, How.NAME),
        ({"name": "Aviary Office"}, AVIARY, How.NAME),
        ({"name": "Pelican S.A."}, PELICAN, How.NAME),
        ({"name": "PELICAN INC"}, PELICAN, How.NAME),
        ({"name": "Pelican"}, PELICAN, How.NAME),
        ({"organization": "heron", "name": "Zzyzx", "ticker": "ZZ", "lei": lei(9)}, HERON, How.ORGANIZATION),
    ],
)
def test_what_fits_one_organization_is_matched_and_how_is_said(
    said: dict[str, str], organization: Organization, how: How
) -> None:
    found = place(**said)
    assert isinstance(found, Matched)
    assert (found.organization, found.how) == (organization, how)


@pytest.mark.parametrize(
    "said, why, candidates",
    [
        ({"lei": lei(1), "isin": isin(2)}, "contradicts itself", {"heron", "stork"}),
        ({"lei": lei(1), "name": "Stork Vision"}, "contradicts itself", {"heron", "stork"}),
        ({"ticker": "HRN", "exchange": "NASDAQ", "isin": isin(2)}, "contradicts itself", {"heron", "stork"}),
        ({"ticker": "CRN"}, "2 organizations fit", {"crane-a", "crane-b"}),
        ({"name": "Crane Cameras"}, "2 organizations fit", {"crane-a", "crane-b"}),
        ({"ticker": "HRN", "isin": isin(9)}, "its ISIN is not the one", {"heron"}),
        ({"name": "Heron Systems", "lei": lei(9)}, "its LEI is not the one", {"heron"}),
        ({"ticker": "HRN", "name": "Zzyzx Quarry"}, "its name is not like", {"heron"}),
        ({"ticker": "HRN", "name": "Heron"}, "its name is not like", {"heron"}),
        ({"ticker": "HRN", "name": "Hero Siting"}, "its name is not like", {"heron"}),
        ({"ticker": "PLM", "name": "Plumb"}, "its name is not like", {"plume"}),
        ({"ticker": "PLM", "name": "Plumes"}, "its name is not like", {"plume"}),
        ({"ticker": "PLM", "organization": "Plum One"}, "its name is not like", {"plume"}),
        ({"ticker": "HRN"}, "Only its ticker fits", {"heron"}),
        ({"ticker": "HRN", "name": "ヘロン"}, "Only its ticker fits", {"heron"}),
        ({"ticker": "PLM", "isin": isin(9)}, "Only its ticker fits", {"plume"}),
        ({"ticker": "GUL", "exchange": "NYSE"}, "Only its ticker fits", {"gull"}),
        ({"ticker": "PLM", "name": "Downy Plume", "lei": lei(9)}, "its name is not like", {"plume"}),
        ({"ticker": "SWF", "name": "Swift Internatonal Machines", "lei": lei(9)}, "is only like", {"swift"}),
        ({"ticker": "GUL", "exchange": "NYSE", "name": "Zzyzx"}, "its name is not like", {"gull"}),
        ({"ticker": "HRN", "exchange": "NASDAQ", "name": "Zzyzx Quarry"}, "its name is not like", {"heron"}),
        ({"ticker": "HRN", "exchange": "NASDAQ", "name": "Other Systems"}, "its name is not like", {"heron"}),
        ({"ticker": "PLM", "exchange": "US", "name": "Plumes Fund"}, "its name is not like", {"plume"}),
        ({"ticker": "PLM", "exchange": "NYSE", "lei": lei(9)}, "no name is given", {"plume"}),
        ({"ticker": "HRN", "name": "Other Systems"}, "its name is not like", {"heron"}),
        ({"ticker": "PLM", "exchange": "US", "name": "Plum Fund"}, "its name is not like", {"plume"}),
        ({"isin": isin(1), "name": "Zzyzx Quarry"}, "its name is not like", {"heron"}),
        ({"isin": isin(1), "name": "Systems"}, "its name is not like", {"heron"}),
        ({"lei": lei(1), "name": "Other Systems"}, "its name is not like", {"heron"}),
        ({"isin": isin(1), "name": "Heron Systems", "organization": "strok"}, "not like", {"heron"}),
        ({"name": "Heron Systems", "organization": "strok"}, "not like", {"heron"}),
        ({"name": "Zzyzx", "organization": "Heron Systems"}, "not like", {"heron"}),
        ({"isin": isin(1), "ticker": "ZZ", "exchange": "XNAS"}, "its ticker there is not", {"heron"}),
        ({"isin": us("123456", "AB1")}, "Only the issuer number", {"swift"}),
        ({"isin": us("123456", "AB1"), "name": "Zzyzx Quarry"}, "its name is not like", {"swift"}),
        ({"isin": us("123456", "AB1"), "lei": lei(1)}, "contradicts itself", {"heron", "swift"}),
        ({"name": "Heron Systems", "ticker": "HRS"}, "its ticker is not the one", {"heron"}),
        ({"name": "Heron Systems", "ticker": "HRS", "exchange": "NASDAQ"}, "its ticker is not", {"heron"}),
        ({"name": "Heron Systems", "ticker": "HRN", "exchange": "ASX"}, "its exchange is not", {"heron"}),
        ({"name": "Heron Systems", "ticker": "HRN", "exchange": "Paris"}, "its exchange is not", {"heron"}),
        ({"name": "Heron Systems", "exchange": "Paris"}, "its exchange is not", {"heron"}),
        ({"name": "Eggshell", "ticker": "EGG"}, "is not the one that we know (none)", {"egg"}),
        ({"name": "Eggshell Ltd", "ticker": "EGG", "exchange": "ASX"}, "ticker is not the one", {"egg"}),
        ({"name": "Eggshell", "exchange": "ASX"}, "exchange is not the one", {"egg"}),
        ({"name": "Aviary Office Corp"}, "is no company", {"aviary"}),
        ({"name": "Pelican plc"}, "legal form that is not used in the country", {"pelican"}),
        ({"name": "PELICAN N.V."}, "legal form that is not used in the country", {"pelican"}),
        ({"name": "Heron Systems 2.5% 2030"}, "reads like a bond", {"heron"}),
        ({"name": "Heron Systems 2,125 01.05.30", "isin": isin(9)}, "reads like a bond", {"heron"}),
        ({"name": "Royal Stork Vision Notes", "isin": isin(9)}, "reads like a bond", {"stork"}),
        ({"name": "Royal Stork Vision"}, "only alike", {"stork"}),
        ({"name": "Heron Systems", "isin": isin(9)}, "its ISIN is not one that we know", {"heron"}),
        ({"name": "Eggshell", "isin": isin(9)}, "its ISIN is not one that we know", {"egg"}),
        ({"name": "Eggshell", "lei": lei(9)}, "its LEI is not one that we know", {"egg"}),
        ({"name": "Plume"}, "so short a name", {"plume"}),
        ({"name": "Plume AG"}, "so short a name", {"plume"}),
        ({"name": "Downy", "ticker": "DWN"}, "so short a name", {"plume"}),
        ({"name": "Tern"}, "so short a name", {"tern"}),
        ({"name": "Tern AG"}, "so short a name", {"tern"}),
        ({"ticker": "HRN ZZ"}, "only alike", {"heron"}),
        ({"ticker": "HRN.B"}, "only alike", {"heron"}),
        ({"ticker": "PLM", "exchange": "US", "isin": isin(1)}, "contradicts itself", {"heron", "plume"}),
        ({"ticker": "TRN", "exchange": "US"}, "only alike", {"tern"}),
        ({"ticker": "HRN", "exchange": "HKEX"}, "only alike", {"heron"}),
        ({"name": "Heron Sytems"}, "only alike", {"heron"}),
        ({"name": "Stork Vision Class A ADR"}, "only alike", {"stork"}),
        ({"name": "Stork"}, "only alike", {"stork"}),
    ],
)
def test_what_is_not_sure_is_never_matched_but_shown(
    said: dict[str, str], why: str, candidates: set[str]
) -> None:
    found = place(**said)
    assert isinstance(found, Ambiguous)
    assert why in found.why
    assert {each.organization.id for each in found.candidates} == candidates
    assert all(each.why for each in found.candidates)


@pytest.mark.parametrize(
    "said", [{"name": "Nobody at all"}, {"lei": lei(9)}, {"isin": isin(9)}, {"ticker": "ZZZ"}]
)
def test_what_fits_nothing_is_not_covered(said: dict[str, str]) -> None:
    assert isinstance(place(**said), Holding)


@pytest.mark.parametrize(
    "said, certainty, is_sure",
    [
        ({"isin": isin(1)}, "seen", True),
        ({"lei": lei(2)}, "LEI: seen; ISIN: confirm", True),
        ({"isin": isin(2)}, "LEI: seen; ISIN: confirm", False),
        ({"ticker": "STK", "name": "Stork Vision"}, "LEI: seen; ISIN: confirm", False),
        ({"ticker": "HRN", "name": "Heron Systems"}, "seen", True),
        ({"isin": us("123456", "AB1"), "name": "Swiftlet"}, "seen", False),
        ({"ticker": "HRN", "exchange": "US", "name": "Heron Sys"}, "seen", True),
        ({"ticker": "CRN", "exchange": "NYSE"}, "not said", False),
        ({"name": "Heron Systems"}, "the name alone", False),
    ],
)
def test_the_certainty_of_our_identifier_stands_beside_the_match(
    said: dict[str, str], certainty: str, is_sure: bool
) -> None:
    found = place(**said)
    assert isinstance(found, Matched)
    assert (found.certainty, found.is_sure) == (certainty, is_sure)


@pytest.mark.parametrize(
    "said, remark",
    [
        ({"lei": lei(1), "isin": isin(9)}, "another class or kind of security"),
        ({"isin": us("123456", "AB1"), "name": "Swiftlet"}, "another class or kind of security"),
        ({"isin": isin(1), "ticker": "HR1", "exchange": "XETRA"}, "Its ticker is not the one"),
        ({"name": "Plume", "ticker": "PLM", "lei": lei(9)}, "We know no LEI of it"),
        ({"name": "Gullwing", "ticker": "GUL", "exchange": "NYSE"}, "Its exchange is not the one"),
        ({"organization": "heron", "name": "Zzyzx"}, "Its name in the list is not like"),
        ({"organization": "heron", "isin": isin(2)}, "of another organization"),
        ({"name": "Heron Systems", "ticker": "HRN", "exchange": "NASDAQ"}, ""),
        ({"name": "Eagle", "ticker": "20", "exchange": "HKEX", "isin": ""}, ""),
    ],
)
def test_what_is_odd_and_does_not_speak_against_a_match_stands_beside_it(
    said: dict[str, str], remark: str
) -> None:
    found = place(**said)
    assert isinstance(found, Matched)
    assert (not remark and not found.remarks) or any(remark in each for each in found.remarks if remark)


def test_a_holding_of_the_parent_covers_what_is_below_it_and_not_the_other_way() -> None:
    assert [place(name=each).covers for each in ("Heron Systems", "Nest of Herons", "Eggshell")] == [  # type: ignore[union-attr]
        ("egg", "nest"),
        ("egg",),
        (),
    ]


def test_identifiers_that_a_child_shares_with_its_parent_are_of_the_parent() -> None:
    child = Organization("fledgling", "Fledgling", "vendor", parent="heron", identifiers=HERON.identifiers)
    (found,) = match([Holding((2,), isin=isin(1))], (child, HERON)).matched
    assert (found.organization.id, found.covers) == ("heron", ("fledgling",))


@pytest.mark.parametrize(
    "name, folded",
    [
        ("Heron Systems, Inc.", "heron systems"),
        ("Hérón S.p.A.", "heron"),
        ("Heron Co., Ltd.", "heron"),
        ("AG", "ag"),
        ("SE Co", "se"),
        ("", ""),
    ],
)
def test_only_the_legal_form_at_the_end_of_a_name_is_left_out(name: str, folded: str) -> None:
    assert plain(name) == folded


_NAMES = ["Heron Systems", "Heron Sytems", "Crane Cameras", "Stork", "Nobody", ""]
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(_NAMES),
        st.sampled_from([isin(1), isin(2), wrong(isin(1)), isin(9), ""]),
        st.sampled_from([lei(1), lei(2), wrong(lei(2)), ""]),
        st.sampled_from(["HRN", "CRN", ""]),
        st.sampled_from(["1.5", "2", "", "x"]),
    ),
    max_size=8,
)


def _told(rows: list[tuple[str, ...]]) -> object:
    """What is made of the rows, but for their numbers."""
    text = "".join(",".join(row) + "\n" for row in [("name", "isin", "lei", "ticker", "weight"), *rows])
    found = match(read(text).holdings, WATCHED)
    named = [(each.name, each.isin, each.lei, each.ticker, each.weight) for each in found.not_covered]
    return (
        sorted(
            (each.holding.isin, each.holding.name, str(each.holding.weight), each.organization.id, each.how)
            for each in found.matched
        ),
        sorted(
            (each.holding.isin, each.holding.name, each.why, str(each.candidates)) for each in found.ambiguous
        ),
        sorted(map(str, named)),
    )


@given(_ROWS, st.integers())
@settings(deadline=None, max_examples=60)
def test_the_order_of_rows_makes_no_difference(rows: list[tuple[str, ...]], seed: int) -> None:
    others = rows.copy()
    Random(seed).shuffle(others)
    assert _told(rows) == _told(others)


@given(st.sampled_from([HERON, STORK]), st.integers(1, 9), st.sampled_from(["isin", "lei"]))
@settings(deadline=None)
def test_a_wrong_check_digit_never_matches(organization: Organization, by: int, kind: str) -> None:
    right = getattr(organization.identifiers, kind)
    odd = right[:-1] + str((int(right[-1]) + by) % 10)
    found = read(f"{kind}\n{right}\n{odd}\n")
    assert [getattr(each, kind) for each in found.holdings] == [right]
    assert [each.row for each in found.problems] == [3, 3]
    assert [each.organization for each in match(found.holdings, WATCHED).matched] == [organization]
