"""Exchanges by the names that lists use: market codes (ISO 10383) and usual names are one. Pure.

Tickers of data vendors say theirs behind a blank (“ABC UN”) or a point (“ABC.N”).
"""

import re

from monitor.terms import folded

_NAMES = {
    "NASDAQ": "xnas xngs xncm xnms nasdaq nasdaqgs nas nms nasdaqcm",
    "NYSE": "xnys nyse nys nyq",
    "Paris": "xpar paris euronextparis enx",
    "Amsterdam": "xams amsterdam euronextamsterdam",
    "Frankfurt": "xetr xfra xetra frankfurt ger",
    "Hong Kong": "xhkg hkex sehk hongkong hkg",
    "Tokyo": "xtks tse tseprime tokyo jpx tyo",
    "Toronto": "xtse tsx toronto",
    "Shenzhen": "xshe szse shenzhen",
    "Shanghai": "xshg sse shanghai",
    "Madrid": "xmad bme madrid",
    "London": "xlon lse london",
    "Seoul": "xkrx krx kospi",
    "Stockholm": "xsto stockholm nasdaqstockholm",
    "Zurich": "xswx six swx",
    "Sao Paulo": "bvmf b3 bovespa",
}
_KNOWN = {name: market for market, names in _NAMES.items() for name in names.split()}
US = "US"  #: of any exchange of that country: a ticker is used once there
_OF_US = frozenset({"NASDAQ", "NYSE"})
_BEHIND_BLANK = {
    US: "US",
    "NASDAQ": "UW UQ UR",
    "NYSE": "UN",
    "Paris": "FP",
    "Amsterdam": "NA",
    "Frankfurt": "GR GY GF",
    "Hong Kong": "HK",
    "Tokyo": "JP JT",
    "Toronto": "CN CT",
    "Shenzhen": "CS",
    "Shanghai": "CG",
    "Madrid": "SM SQ",
    "London": "LN",
    "Seoul": "KS KP",
    "Stockholm": "SS",
    "Zurich": "SW SE",
    "Sao Paulo": "BZ BS",
}
_BEHIND_POINT = {
    "NASDAQ": "O OQ",
    "NYSE": "N",
    "Paris": "PA",
    "Amsterdam": "AS",
    "Frankfurt": "DE F",
    "Hong Kong": "HK",
    "Tokyo": "T",
    "Toronto": "TO",
    "Shenzhen": "SZ",
    "Shanghai": "SS",
    "Madrid": "MC",
    "London": "L",
    "Seoul": "KS",
    "Stockholm": "ST",
    "Zurich": "S SW",
    "Sao Paulo": "SA",
}
_SUFFIXES = {
    f"{sign}{code}": market
    for sign, codes in ((" ", _BEHIND_BLANK), (".", _BEHIND_POINT))
    for market, those in codes.items()
    for code in those.split()
}
_PARTS = re.compile(r"(?P<ticker>[A-Z0-9]+)(?P<suffix>[ .][A-Z0-9]{1,3})(?: EQUITY)?")


def same_exchange(said: str, ours: str) -> bool:
    """Whether a list and the watchlist mean the same exchange; ours may name several: “TSX/NASDAQ”."""
    wanted = _market(said)
    known = {_market(part) for part in ours.split("/")}
    return bool(wanted) and (wanted in known or (wanted == _market(US) and bool(known & _OF_US)))


def parted(ticker: str) -> tuple[str, str, str]:
    """(ticker, suffix, exchange): “ABC UN” and “ABC.N” are ABC on the NYSE.

    Without a suffix the last two are ""; with one that stands for no exchange that we know, the last is.
    """
    found = _PARTS.fullmatch(ticker.upper())
    if not found:
        return ticker, "", ""
    return found["ticker"], found["suffix"], _SUFFIXES.get(found["suffix"], "")


def _market(name: str) -> str:
    words = folded(name).replace(" ", "")
    return _KNOWN.get(words, words)
