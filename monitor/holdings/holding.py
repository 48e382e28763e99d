"""One holding, what is wrong with a row, and by what one is matched, as values."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


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


class How(StrEnum):
    """By what a holding is matched, the surest first."""

    ORGANIZATION = "our id"
    LEI = "LEI"
    ISIN = "ISIN"
    ISSUER = "issuer number in the ISIN"
    LISTING = "ticker and exchange"
    TICKER = "ticker"
    NAME = "name"
