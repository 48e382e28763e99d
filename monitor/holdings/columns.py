"""What the columns of a list of holdings are called, in five languages. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from monitor.terms import folded


class Column(StrEnum):
    """What a column holds."""

    ORGANIZATION = "organization"  #: our own id: how a person settles what is ambiguous
    LEI = "lei"
    ISIN = "isin"
    TICKER = "ticker"
    EXCHANGE = "exchange"
    NAME = "name"
    WEIGHT = "weight"
    AMOUNT = "amount"
    CURRENCY = "currency"


#: Those by which a row can be matched.
NAMING = (Column.ORGANIZATION, Column.LEI, Column.ISIN, Column.TICKER, Column.NAME)

_NAMES = {
    Column.ORGANIZATION: "organization, organization id, organisation, organisation id, pledgewatch id",
    Column.LEI: "lei, lei code, lei number, legal entity identifier, issuer lei, codigo lei, code lei",
    Column.ISIN: "isin, isin code, isin number, security isin, codigo isin, code isin, isin nummer",
    Column.TICKER: (
        "ticker, ticker symbol, symbol, bloomberg ticker, exchange ticker, borsenkurzel, kurzel, "
        "tickersymbol, symbole, mnemo, mnemonique, code mnemonique, simbolo, codigo ticker"
    ),
    Column.EXCHANGE: (
        "exchange, stock exchange, mic, exchange code, listing, borse, borsenplatz, handelsplatz, bourse, "
        "place de cotation, bolsa, mercado, bolsa de valores"
    ),
    Column.NAME: (
        "name, issuer, issuer name, company, company name, security, security name, holding, holding name, "
        "description, instrument, asset name, emittent, unternehmen, firma, gesellschaft, bezeichnung, "
        "wertpapier, wertpapiername, wertpapierbezeichnung, nom, emetteur, societe, libelle, titre, "
        "nom de l emetteur, nombre, emisor, empresa, compania, denominacion, sociedad, valor nombre, nome, "
        "emissor, emitente, designacao, companhia, nome da empresa, nome do emissor, nombre del emisor, "
        "nombre de la empresa"
    ),
    Column.WEIGHT: (
        "weight, weighting, weight percent, weight pct, portfolio weight, of portfolio, of fund, "
        "percent of net assets, of net assets, gewicht, gewichtung, anteil, anteil in prozent, "
        "percentage, portfolioanteil, poids, ponderation, de l actif net, peso, ponderacion, porcentaje, "
        "peso na carteira, ponderacao, percentagem, percentual, peso en cartera"
    ),
    Column.AMOUNT: (
        "amount, value, market value, marketvalue, holding value, position value, notional, exposure, "
        "betrag, wert, marktwert, kurswert, montant, valeur, valeur de marche, valorisation, importe, valor, "
        "valor de mercado, monto, montante, quantia, valor total, valor efectivo"
    ),
    Column.CURRENCY: "currency, ccy, wahrung, devise, monnaie, moneda, divisa, moeda, currency code",
}
_KNOWN = {name: column for column, names in _NAMES.items() for name in names.split(", ")}
_UNITS = frozenset({"eur", "usd", "gbp", "chf", "jpy", "brl", "in", "percent", "pct"})


def column_of(header: str) -> Column | None:
    """What a column of this name holds; None for one that we do not read. "Gewicht (%)" is a weight."""
    words = folded(header[:200]).split()
    while words and " ".join(words) not in _KNOWN and words[-1] in _UNITS:
        words.pop()
    return _KNOWN.get(" ".join(words))


def columns_of(record: Sequence[str]) -> dict[Column, int]:
    """Column → its place in this record, the first of each; empty where it is no line of names."""
    found: dict[Column, int] = {}
    for place, header in enumerate(record):
        if column := column_of(header):
            found.setdefault(column, place)
    return found if any(column in found for column in NAMING) else {}


def says_percent(header: str) -> bool:
    """Whether the name of a column says that it counts in hundredths."""
    return "%" in header or bool({"percent", "pct", "prozent", "percentage"} & set(folded(header).split()))
