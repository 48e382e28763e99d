"""Holdings: a list of what somebody owns, and which of them are organizations that we watch. Pure.

    bytes ─► records (records.py) ─► holdings, and what is wrong with rows (reading.py, merging.py)
    holdings × organizations ─► matched, ambiguous (doubts.py), not covered (matching.py)

Nothing is matched silently: how, and by whose word, stand beside each match; where something speaks against
it, none is made, unless a person wrote our id into the list.
"""

from monitor.holdings.holding import Holding, How, Problem
from monitor.holdings.matching import Ambiguous, Candidate, Matched, Matching, match
from monitor.holdings.reading import Holdings, read_holdings
from monitor.holdings.records import BYTES_AT_MOST

__all__ = [
    "BYTES_AT_MOST",
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
