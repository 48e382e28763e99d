"""pledgewatch export: the public part of what we know, as open data.

    the store ─► gathering.py ─► four tables (described in dictionary.py) ─► CSV and JSON, in one folder

What is public is chosen here by name, column by column; everything else stays where it is.
"""
