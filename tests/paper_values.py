"""A made-up paper that holds one of everything, and words that try to be something else."""

from datetime import UTC, date, datetime, timedelta

from app.papers.drawing import drawn
from app.papers.paper import Facts, Figure, Items, Paper, Paragraph, Quotation, Section, Table
from app.timeline import Event, Lane, picture
from monitor.model import Direction

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

#: Words that would be markup, a link, code, a formula or a control sign somewhere.
HOSTILE = (
    "<script>alert('x')</script> & <b>bold</b> &amp; ]]>",
    '#eval("1") *strong* _weak_ $x^2$ @someone `raw` \\u{41} // no comment /* nor this */',
    "[a link](https://evil.example/x) ![picture](javascript:alert(1)) <https://evil.example>",
    "https://evil.example/path?a=b&c=d and www.evil.example and someone@evil.example",
    '=HYPERLINK("https://evil.example","click")',
    "＝1+1",
    "# no heading",
    "1. no list",
    "+ no list, - none either, --- no rule",
    "a | b | c",
    "{{ 7 * 7 }} {% raw %} ${7*7} <%= 7 %>",
    "turned \u202eround\u202c, a bell \x07, half \ud800 a sign, a mark \ufeff",
    "~~gone~~ ==marked== :smile: [^1] [ ] x_1_2",
    "_x0041_ is no A",
)
LONG = "Wir" + "gesichtserkennungs" * 12 + "gesetz"
LONG_ADDRESS = (
    "https://fernmoor.example/" + "policies/responsible-technology/" * 5 + "statement.html?id=" + SHA256
)

LANES = (
    Lane(
        "We will not sell facial recognition to police departments.",
        "standing",
        NOW - 400 * DAY,
        events=(Event(NOW - 300 * DAY, Direction.WEAKER), Event(NOW - 90 * DAY, Direction.STRONGER)),
        above=("Responsible technology", "What we <will> not do"),
        last_seen=NOW - 20 * DAY,
    ),
    Lane(
        "You may not use it to watch </text><script>people</script>.",
        "no longer appears",
        NOW - 380 * DAY,
        NOW - 100 * DAY,
        (Event(NOW - 200 * DAY, Direction.MIXED), Event(NOW - 150 * DAY, Direction.UNCLEAR)),
    ),
)

TABLE = Table(
    "ledger",
    "Commitments and how they stand",
    ("Commitment", "Status", "First seen", "Last read", "Pages", "Share"),
    (
        ("We will not sell facial recognition to police.", "standing", date(2026, 1, 5), NOW, 3, 34.33),
        (LONG_ADDRESS, "weaker", date(2026, 2, 28), NOW - DAY, 12, 0.5),
        ("-1 is no formula here", None, None, None, -1, 1e6),
        *((words, "weaker", date(2026, 3, 1), NOW, 0, 1.5) for words in HOSTILE),
    ),
)
LONG_TABLE = Table(
    "snapshots",
    "Snapshots that the quotes rest on",
    ("Page", "Read at", "SHA-256", "Bytes"),
    tuple((f"fernmoor/page-{i}", NOW - i * DAY, SHA256, 1000 + i) for i in range(60)),
)
WIDE_TABLE = Table(
    "portfolio: every/one?",
    "A table of many columns",
    ("Name", "ISIN", "LEI", "Weight", "Amount", "Met", "Partial", "Unmet", "Regressed", "Unknown"),
    (("Fernmoor Stores", "XX0000000000", "00000000000000000000", 1.25, 125_000, 3, 1, 2, 1, 4),),
)
EMPTY_TABLE = Table(
    "replies", "Replies of the organization", ("Asked on", "Answer"), (), "No reply is recorded."
)

PAPER = Paper(
    title="Fernmoor Stores <Group> & *Sons*",
    subtitle="Dossier on facial recognition, 1 December 2026 to 28 February 2027",
    facts=Facts(
        (("Organization", "Fernmoor Stores (fernmoor)"), ("LEI", "none known"), ("Address", LONG_ADDRESS))
    ),
    sections=(
        Section(
            "changed",
            "What changed in the period",
            (
                Paragraph("Two commitments changed. One no longer appears on the page we watch."),
                Items(("The first is weaker.", *HOSTILE[:3])),
                Items(("First this.", "Then that.\nIn two lines."), numbered=True),
                Paragraph("Only pages that were read count.", soft=True),
            ),
        ),
        Section(
            "quotes",
            "Its own words",
            (
                Quotation(
                    "We will not sell facial recognition to police departments.",
                    f"fernmoor/policy, read on 1 March 2027 09:30 UTC, {LONG_ADDRESS}",
                    ("Responsible technology", "What we will not do"),
                    "weaker",
                ),
                *(
                    Quotation(words, "fernmoor/terms", ("# Terms", "*You* may not:"), "standing")
                    for words in HOSTILE
                ),
                Quotation(LONG, "a long word"),
                Quotation("First line.\nSecond line,\tbehind a tab.\n\nA new paragraph.", "lines"),
            ),
        ),
        Section(
            "languages",
            "Other scripts",
            (Paragraph("Ελληνικά · Кириллица · Čeština, Español, Türkçe: ı İ · «zitiert» „so“ — … ▼ ▲ ◆ ●"),),
            level=2,
        ),
        Section(
            "figure",
            "Through time",
            (Figure(drawn(picture(LANES, NOW)), "Two lanes: one stands, one ended.", "Commitments"),),
        ),
        Section("tables", "The ledger", (TABLE, EMPTY_TABLE)),
        Section("wide", "Across", (WIDE_TABLE,), level=2),
        Section("evidence", "Evidence", (LONG_TABLE, Facts((("Chain head", SHA256), ("Nothing", ""))))),
    ),
    note="pledgewatch tells what the pages say that it watches, and when; why they say it, it does not know.",
)
