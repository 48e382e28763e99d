"""The portfolio: a list of holdings beside what its issuers promised, and what became of that.

list.csv ─► monitor/holdings ─► matched ─► gathering.py (the store) ─► writing.py ─► Paper ─► one file
"""
