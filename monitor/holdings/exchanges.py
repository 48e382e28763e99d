"""Exchanges by the names that lists use: market codes (ISO 10383) and usual names are one. Pure."""

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


def same_exchange(said: str, ours: str) -> bool:
    """Whether a list and the watchlist mean the same exchange; ours may name several: “TSX/NASDAQ”."""
    wanted = _market(said)
    return bool(wanted) and wanted in {_market(part) for part in ours.split("/")}


def _market(name: str) -> str:
    words = folded(name).replace(" ", "")
    return _KNOWN.get(words, words)
