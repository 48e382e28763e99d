"""What the open data holds: every table and every column of it, described. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Joins what is a list in JSON into one cell of a CSV file.
JOINT = " | "
SHOWN = "watched"  #: kind of a commitment that we read ourselves
DOCUMENTED = "documented"  #: known from others


@dataclass(frozen=True, slots=True)
class Column:
    """kind: as data packages call it: string, date, datetime, integer, boolean or array (of texts)."""

    name: str
    kind: str
    what: str


def _of(*columns: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*one) for one in columns)


ORGANIZATIONS = _of(
    ("id", "string", "Our id of the organization; the other tables use it."),
    ("name", "string", "What it is called."),
    ("kind", "string", "What it is to facial recognition, in one word: vendor, platform, agency …"),
    ("country", "string", "ISO 3166 code, where we know it."),
    ("parent", "string", "Id of the organization that it belongs to."),
    ("aliases", "array", "Other names."),
    ("products", "array", "Names by which it calls facial recognition."),
    ("ticker", "string", "Of its shares, where they are listed."),
    ("exchange", "string", "Where that ticker is used."),
    ("isin", "string", "ISO 6166, check digit verified."),
    ("lei", "string", "ISO 17442, check digits verified."),
    ("identifiers_certainty", "string", "How sure the four identifiers are: “seen” is seen in a source."),
    ("watched", "boolean", "Whether it is on the watchlist now."),
)
_ENDS = (
    "The last day on which it can hold by its own words: the day, month or year that they name; or, where "
    "they name only a time, that time counted from when we saw these words first (“at the latest”)."
)
COMMITMENTS = _of(
    ("organization", "string", "Id of the organization."),
    ("key", "string", "Of the line: of a watched one 64 hex digits, of a documented one the id of its file."),
    ("kind", "string", f"“{SHOWN}”: read by us; “{DOCUMENTED}”: known from others."),
    ("status", "string", "How it stands, in one word (README.txt); of a documented one by its sources."),
    ("strength", "array", "By the place where it stands, the strongest first (README.txt)."),
    ("quote", "string", "The exact words, newest wording; empty where only the sense is known."),
    ("paraphrase", "string", "The sense in the words of the source or ours, where no exact words are known."),
    ("context", "array", "Headings and lines above the words, outermost first."),
    (
        "page",
        "string",
        "Id of the page with the newest wording; of a documented one where it was said, if watched.",
    ),
    ("address", "string", "Of that page."),
    ("pages", "array", "Ids of all pages on which it stood."),
    ("first_seen", "datetime", "When we saw it first (UTC)."),
    ("last_seen", "datetime", "When we saw it last (UTC)."),
    ("left", "datetime", "When we saw it last, where it stands no more as far as we know (UTC)."),
    ("said_on", "string", "Of a documented one: day, month or year on which it was said."),
    ("ends", "string", _ENDS),
    ("actor", "string", "Of a documented one: who said it, where that is not the organization's own name."),
    ("condition", "string", "Of a documented one: the condition under which it holds."),
    ("exceptions", "array", "Of a documented one: what it leaves out."),
    ("court", "string", "Of a documented one: the court and the case."),
    ("quoted_by", "string", "Of a documented one: who printed the words, and how they are known."),
    ("sources", "array", "Of a documented one: where it is documented."),
    ("certainty", "string", "Of a documented one: high, medium or low, and what is not sure of it."),
)
FINDINGS = _of(
    ("alert", "string", "64 hex digits: names the change for ever."),
    ("organization", "string", "Id of the organization."),
    ("page", "string", "Id of the page."),
    ("address", "string", "Of the page."),
    ("headline", "string", "The change in one sentence."),
    ("first_seen", "datetime", "When we saw the new text first (UTC)."),
    ("confirmed", "datetime", "When further readings had confirmed it (UTC)."),
    ("before_last_seen", "datetime", "When we saw the old text last (UTC)."),
    ("before_sha256", "string", "Of the bytes of the old text."),
    ("after_sha256", "string", "Of the bytes of the new text."),
    ("kind", "string", "What changed, in one word (README.txt)."),
    (
        "direction",
        "string",
        "For the people who could be watched: weaker, stronger, mixed, neutral or unclear.",
    ),
    ("tier", "string", "alert: material and trusted; review: a person should look; log: immaterial."),
    ("confidence", "string", "high, medium or low."),
    ("stance", "string", "What the statement does: refuses, limits, requires, promises, permits …"),
    ("bearer", "string", "Who is bound: company, customer, third_party or other."),
    ("actions", "array", "What is refused, limited or promised."),
    ("technologies", "array", "Which technology."),
    ("parties", "array", "For or by whom."),
    ("before_quote", "string", "Exact words of the old text; empty where there were none."),
    ("after_quote", "string", "Exact words of the new text; empty where there are none."),
    ("context", "array", "Headings and lines above the words, outermost first."),
    ("rule", "string", "The rule that found it."),
    ("reasons", "array", "Why it was found, a plain sentence each."),
    ("asks", "array", "Ids of the asks that it touches."),
    ("verdict", "string", "What a person made of the alert (README.txt); empty where nobody judged."),
    ("taken_back_by", "string", "The later alert that says that this holds no more."),
)
COVERAGE = _of(
    ("organization", "string", "Id of the organization."),
    ("page", "string", "Id of the page."),
    ("address", "string", "Of the page; empty where it is not watched any more."),
    ("role", "string", "pledge, policy, terms, product, customers, transparency_report or newsroom."),
    ("month", "string", "Calendar month (UTC), as 2027-03."),
    ("readings", "integer", "How often we truly read the page."),
    ("days_read", "integer", "On how many days (UTC) we did."),
    ("failures", "integer", "How often it could not be read."),
    ("why", "array", "What stood in the way, and how often."),
)
TABLES: Mapping[str, tuple[Column, ...]] = {
    "organizations": ORGANIZATIONS,
    "commitments": COMMITMENTS,
    "findings": FINDINGS,
    "coverage": COVERAGE,
}
ABOUT = {
    "organizations": "Who is watched, or was while something was found there.",
    "commitments": "What they promised, followed over time, and what others documented.",
    "findings": "Confirmed changes that were told, each with the exact words before and after.",
    "coverage": "How often each page was read in each month, so that silence can be judged.",
}
