"""Exchanges by the names that lists use: market codes (ISO 10383) and usual names are one. Pure.

Tickers of data vendors say theirs behind a blank (“ABC UN”) or a point (“ABC.N”).
"""

import re

from monitor.terms import folded

_NAMES = {
    "US": "us usa unitedstates",
    "NASDAQ": (
        "xnas xngs xncm xnms nasdaq nasdaqgs nas nms nasdaqcm nasdaqgm nasdaqstockmarket nasdaqglobalselect "
        "nasdaqglobalselectmarket nasdaqglobalmarket nasdaqcapitalmarket"
    ),
    "NYSE": "xnys nyse nys nyq newyork newyorkstockexchange newyorkstockexchangeinc",
    "Paris": "xpar paris euronextparis enx par epa nyseeuronexteuronextparis",
    "Amsterdam": "xams amsterdam euronextamsterdam ams nyseeuronexteuronextamsterdam",
    "Frankfurt": "xetr xfra xetra frankfurt ger etr fra frankfurtstockexchange",
    "Hong Kong": (
        "xhkg hkex sehk hongkong hkg hongkongstockexchange stockexchangeofhongkong "
        "hongkongexchangesandclearing hongkongexchangesandclearingltd"
    ),
    "Tokyo": "xtks tse tseprime tokyo jpx tyo tokyostockexchange",
    "Toronto": "xtse tse tsx toronto torontostockexchange",
    "Shenzhen": "xshe szse shenzhen shenzhenstockexchange",
    "Shanghai": "xshg sse shanghai shanghaistockexchange",
    "Madrid": "xmad bme madrid bolsademadrid",
    "London": "xlon lse london lon londonstockexchange",
    "Seoul": "xkrx krx kospi koreaexchange",
    "Stockholm": "xsto stockholm nasdaqstockholm",
    "Zurich": "xswx six swx sixswissexchange",
    "Sao Paulo": "bvmf b3 bovespa",
}
US = "US"  #: of any exchange of that country: a ticker is used once there
_OF_US = frozenset({"NASDAQ", "NYSE"})
_KNOWN = {
    name: frozenset(market for market, those in _NAMES.items() if name in those.split())
    for names in _NAMES.values()
    for name in names.split()
}  #: a name may be of two: TSE
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
    US: "US",
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
    wanted = _markets(said)
    known = frozenset().union(*(_markets(part) for part in ours.split("/")))
    return bool(wanted & known) or (US in wanted and bool(known & _OF_US))


def same_ticker(said: str, ours: str) -> bool:
    """Whether two tickers are the same."""
    return bool(ours) and bare_ticker(said) == bare_ticker(ours)


def bare_ticker(ticker: str) -> str:
    """As we compare it: numbers are written with and without noughts before them."""
    return ticker.lstrip("0") if ticker.isdecimal() else ticker.upper()


def parted(ticker: str) -> tuple[str, str, str]:
    """(ticker, suffix, exchange): “ABC UN” and “ABC.N” are ABC on the NYSE.

    Without a suffix the last two are ""; with one that stands for no exchange that we know, the last is.
    """
    found = _PARTS.fullmatch(ticker.upper())
    if not found:
        return ticker, "", ""
    return found["ticker"], found["suffix"], _SUFFIXES.get(found["suffix"], "")


def _markets(name: str) -> frozenset[str]:
    words = folded(name).replace(" ", "")
    return _KNOWN.get(words, frozenset({words} - {""}))
