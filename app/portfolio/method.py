"""What a portfolio says of how it was made. Pure."""

from datetime import date

NOTE = "Facts as they stand on the pages that we watch; no advice, and no judgement of motives."
SETTLE = (
    "Nothing of this was matched. To settle one, write the id of the organization into a column called "
    "“organization” of the list, and run this again."
)


def method(since: date) -> tuple[str, ...]:
    """How holdings are matched and what the figures mean, a paragraph each."""
    return (
        _MATCHED,
        "“confirmed” is yes where our watchlist says that its identifier was seen in a source.",
        "A holding of a parent covers the organizations below it; its weight counts once, with the parent.",
        f"“Changes to the weaker” are confirmed, and first seen on {since} or later (UTC). {_WEAKER}",
        _ASKS,
        "A commitment stands as far as we could read; see “pages not read”, of which silence proves nothing.",
        "An organization that is not on the watchlist is not covered: that says nothing about it.",
    )


_MATCHED = (
    "A holding is matched by our id, its LEI, its ISIN, an ISIN with the issuer number of ours (US, CA) "
    "beside a name like ours, its ticker and exchange, its ticker and name, or the exact name without its "
    "legal form, in this order. Where something in the row speaks against that, it is a candidate, never a "
    "match: another name, an identifier, ticker or exchange that is not the one that we know, or one that we "
    "know none of beside a name. So is a ticker alone, a close name, and a single word of up to six letters."
)
_WEAKER = (
    "Words protect less than before, or are new and tell of more, as a new story of a customer (kind "
    "“introduced”): that took no promise back. What a person judged not to be so, a later alert took "
    "back, or is held or muted, is shown and not counted; nor is what only ends by its own words."
)
_ASKS = (
    "Asks are counted by part and by lens, and no figure blends lenses. A page that is gone or could not be "
    "read makes a part unknown, never unmet."
)
