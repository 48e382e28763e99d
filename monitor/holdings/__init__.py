"""Holdings: a list of what somebody owns, and which of them are organizations that we watch. Pure.

    bytes ─► records (records.py) ─► holdings, and what is wrong with rows (reading.py, merging.py)
    holdings × organizations ─► matched, ambiguous, not covered (matching.py)

Nothing is matched silently: how, by whose word, and what speaks against it stand beside each match.
"""

from monitor.holdings.holding import Holding, Problem
from monitor.holdings.matching import Ambiguous, Candidate, How, Matched, Matching, match
from monitor.holdings.reading import Holdings, read_holdings

__all__ = [
    "Ambiguous",
    "Candidate",
    "Holding",
    "Holdings",
    "How",
    "Matched",
    "Matching",
    "Problem",
    "match",
    "read_holdings",
]
