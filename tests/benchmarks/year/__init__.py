"""A year of a watch in some minutes: access failures at random dates, and changes that are real.

    python -m tests.benchmarks.year [--pages 300] [--days 365] [--seed 1]

Every day each page gives one fetch, through the real store and the real check; only the network is made up.
"""
