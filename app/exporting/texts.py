"""What stands beside the open data for people to read."""

README = """\
Open data of pledgewatch, as of {day} (UTC)

organizations   who is watched
commitments     what they promised on facial recognition, followed over time; those of the kind
                “documented” are known from others and not from our own reading
findings        confirmed changes, with the exact words before and after
coverage        how often each page was read in each month: silence counts only where we looked

Each is there as CSV (UTF-8, with a byte order mark, a line of names first) and as JSON. What each column
means stands in datapackage.json, with the SHA-256 of each file. Times are UTC.

In the CSV files a text that a spreadsheet might run as a formula has an apostrophe before it; the JSON files
have it as it is. Lists are joined by “ | ” in the CSV files and are arrays in the JSON files.

Words of the data
status       standing; lapsing (it ends within 180 days by its own words); lapsed (that end has passed);
             relocated (it moved to another page); withdrawn (confirmed to have left, or its page to be gone);
             reworded (other words took its place, which are no commitment); unseen (no longer in the text
             that we believe, without a confirmed change)
             documented: in_force, expired, superseded, weakened, withdrawn, page_gone, broken_alleged,
             reversed, no_pledge or unknown, as the sources had it
strength     court_order, statute, contract_terms, policy, public_statement, press_reply
kind         of a finding: introduced, withdrawn, scope, exception, condition, term, force, bearer, reversed,
             relocated, reworded or moved
direction    weaker, stronger, mixed, neutral or unclear, for the people who could be watched
verdict      right, wrong-direction, reworded-only, not-about-this, page-noise or duplicate

A finding says what no longer appears, or appears differently, on a page that we watch. It says nothing of
motives. Changes that wait to be confirmed are not in here, nor is anything that the operator holds back.
Commitments left out because a change to them is held back: {left_out}
"""

LICENSE_NOTE = """\
What may be done with this data

The words between the columns “quote”, “before_quote”, “after_quote” and “context” were written by the
organizations that are named, or by those who are named as sources. They belong to their authors. They are
quoted here for criticism and review, with their source; check what your law allows before you republish them
at length.

Facts (identifiers, dates, addresses, counts) are nobody's. Our descriptions, classifications and the
selection of this data may be used under the licence that the operator of this watch chooses:

    Licence of this data: ______________________________
    (a suggestion: Creative Commons Attribution 4.0 International, CC BY 4.0,
     https://creativecommons.org/licenses/by/4.0/)

    Attribution: ______________________________

Until the operator has filled this in, no licence is given. The program that made this data is under the
Apache License 2.0; that licence is of the program, not of this data.

This is a note, not legal advice.
"""
