"""Dossiers of made-up homes: what is said where little is known, words that try to be something else, bad input."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.dossiers.above import deciding, in_place, lines_above
from app.dossiers.citing import Citations
from app.dossiers.command import FORMATS
from app.dossiers.dossier import Dossier, Period, Proof, Question
from app.dossiers.gathering import dossier_of
from app.dossiers.json import json_of
from app.dossiers.questions import Known, Unreadable, questions_of
from app.dossiers.words import step_said
from app.dossiers.writing import paper_of
from app.home import Home
from app.indexing import index_new
from app.papers.html import html_of
from app.papers.paper import Items, Quotation, tables_of
from monitor.asks import Ask, Lens, Scope
from monitor.compare import statements_in
from monitor.errors import ConfigError
from monitor.extract import extract
from monitor.ledger import BACK, SEEN, Step
from monitor.model import Document, Fetch, Review, Segment, Verdict
from monitor.reading import read_document
from monitor.scorecard import Part, Score, State, Support
from monitor.segment import sentences
from monitor.store import fetches, pages, reviews
from tests.claimed import Page, claims, part_of
from tests.desks import home_at
from tests.homes import Screen, at_home, tree
from tests.one_page import AT_ONCE, DEFAULT, LOOSE, PROMISE, START, WALL, Watch, html
from tests.paper_values import HOSTILE
from tests.texts import english

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
ACME = """\
name = "Acme"
kind = "vendor"
why = ["made up"]
products = ["Acme Sight"]
identifiers = { ticker = "ACME", exchange = "XMAD" }

[pages.pledge]
url = "https://acme.example/pledge"
role = "pledge"
"""


def home_of(root: Path, declared: str = ACME, **files: str) -> Home:
    """A home that watches Acme. files: more of its config, by their names without the ending."""
    folder = root / "config" / "watchlist"
    folder.mkdir(parents=True)
    (root / "config" / "settings.toml").write_text('operator.contact = "desk@example.org"\n')
    (folder / "acme.toml").write_text(declared, encoding="utf-8")
    for name, text in files.items():
        file = root / "config" / f"{name.replace('__', '/')}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return home_at(root)


def seen(home: Home, *bodies: bytes, hours: Sequence[float] = ()) -> None:
    """The page as it was on one day after the other from the second of January on, each believed at once.

    hours: between the looks, in place of a day.
    """
    with home.open_store() as store:
        watch = Watch(store, AT_ONCE)
        for body, after in zip(bodies, hours or [24] * len(bodies), strict=True):
            watch.sees(body, after=after)


def gathered(home: Home, period: Period = JANUARY, id: str = "acme") -> Dossier:
    with home.open_store() as store:
        index_new(home, store, START)
        with store.read() as conn:
            return dossier_of(conn, home, id, period, read_document)


def sheet(dossier: Dossier, name: str) -> list[tuple[Any, ...]]:
    return next(list(one.rows) for one in tables_of(paper_of(dossier)) if one.name == name)


# --------------------------------------------------------------------------- little is known


def test_a_period_without_checks_gives_a_dossier_that_says_so(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, html(PROMISE))
    dossier = gathered(home, Period(date(2025, 1, 1), date(2025, 1, 31)))
    assert dossier.checks == 0
    assert dossier.limits[0].startswith("We read no page of it from 2025-01-01 to 2025-01-31")
    assert [one.commitment.saying.quote for one in dossier.commitments] == [PROMISE]
    assert "not of the period's end" in dossier.limits[1]


def test_a_store_that_saw_nothing_gives_an_empty_dossier_of_a_named_period(unseen: Path) -> None:
    dossier = gathered(home_at(unseen))
    assert (dossier.as_of, dossier.head, dossier.evidence) == (None, None, ())
    assert {part.state for one in dossier.scores for part in one.parts} == {State.UNKNOWN}
    assert any(one.startswith("Nothing was ever looked at") for one in dossier.limits)
    assert "nothing was ever looked at" in html_of(paper_of(dossier))
    assert not any("page of yours that says" in one.text for one in dossier.questions), "it is watched"


def test_days_after_the_last_look_count_as_not_read(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, *[html(PROMISE)] * 3, hours=(24, 6, 24))
    dossier = gathered(home)
    (row,) = dossier.coverage
    assert (row.days, row.read.days, row.days_without) == (30, 2, 28)
    (written,) = json.loads(json_of(dossier))["coverage"]
    assert (written["readings"], written["days_read"]) == (3, 2)
    (row,) = gathered(home, Period(date(2026, 1, 1), date(2026, 1, 3))).coverage
    assert (row.days, row.days_without) == (2, 0)


def test_a_page_behind_a_wall_is_a_limit_and_a_question_and_never_a_removal(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, html(PROMISE), *[WALL] * 5)
    dossier = gathered(home)
    assert dossier.changes == ()
    assert any("a bot wall stood before it, 5 times" in one for one in dossier.limits)
    assert not any("gone, blocked or walled off is unknown" in one for one in dossier.limits)
    assert any("it was confirmed that a page is gone, what stood on it" in one for one in dossier.limits)
    (question,) = [one for one in dossier.questions if one.state is State.UNKNOWN]
    assert "https://acme.example/pledge since 3 January 2026 (a bot wall stood before it)" in question.text
    states = {part.state for one in dossier.scores for part in one.parts}
    assert State.UNMET not in states


# --------------------------------------------------------------------------- what changed


def test_a_change_is_shown_with_both_sides_and_what_a_person_made_of_it(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, html(PROMISE), html(LOOSE))
    (change,) = gathered(home).changes
    with home.open_store() as store, store.begin() as conn:
        reviews.add(conn, Review(change.alert.id, START, "Ana", Verdict.WRONG_DIRECTION, "Look again."))
    dossier = gathered(home)
    ((_, direction, page, headline, marks, numbers),) = sheet(dossier, "changes")
    assert (direction, page, headline) == ("weaker", "acme/pledge", change.alert.headline)
    assert "judged by Ana" in marks
    assert "direction that was told is wrong (Look again.)" in marks
    quotes = {f"E{one.number}": one.quote for one in dossier.evidence}
    assert [quotes[one] for one in numbers.split("; ")] == [PROMISE, LOOSE]
    (written,) = json.loads(json_of(dossier))["changes"]
    assert written["marks"]["judged"]["verdict"] == "wrong-direction"
    assert (written["marks"]["taken_back"], written["marks"]["muted"]) == (None, None)


def test_what_is_not_confirmed_stands_by_itself_and_is_no_change(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    with home.open_store() as store:
        watch = Watch(store, DEFAULT)
        for body in (PROMISE, PROMISE, LOOSE):
            watch.sees(html(body))
    dossier = gathered(home)
    assert dossier.changes == ()
    (row,) = sheet(dossier, "not-confirmed")
    assert (row[3], row[4], row[5]) == (PROMISE, LOOSE, "Our pledge")
    assert "Seen in the period, and not confirmed at the last look: 1 change." in dossier.limits
    assert {one.proof for one in dossier.evidence} == {Proof.VERBATIM}


# --------------------------------------------------------------------------- what others say of it

DOCUMENTED = """\
[[documented]]
id = "ACME-1"
said_on = "2020-06"
quote = "Acme does not sell face recognition."
quoted = "press"
strength = ["public_statement"]
fates = ["weakened"]
confidence = "high"
sources = ["https://news.example/acme"]

[[documented.changes]]
on = "2021"
what = "The letter is no longer at its address."
effect = "page_gone"
source = "https://archive.example/acme"

[[documented]]
id = "ACME-2"
said_on = ""
quote = "It told a newspaper that it does not offer it."
quoted = "paraphrase"
strength = ["press_reply"]
fates = ["unknown"]
confidence = "low"
sources = ["https://news.example/other"]
"""
REPLIES = """\
[[replies]]
organization = "acme"
asked_on = 2026-01-05
due = 2026-01-20
about = ["POL-1"]
channel = "letter"

[[replies]]
organization = "acme"
asked_on = 2026-01-02
due = 2026-01-20
answered = 2026-01-19
quote = "We stand by it."
source = "letter of 19 January 2026"

[[replies]]
organization = "acme"
asked_on = 2026-03-01
due = 2026-03-20
"""


def test_documented_words_and_answers_are_evidence_of_their_own_kind(tmp_path: Path) -> None:
    home = home_of(tmp_path, documented__acme=DOCUMENTED, replies=REPLIES)
    seen(home, html(PROMISE))
    dossier = gathered(home)
    shown = {row[1]: row for row in sheet(dossier, "documented")}
    assert shown["“Acme does not sell face recognition.”"][0] == "2020-06"
    sense = shown["In sense: It told a newspaper that it does not offer it."]
    assert sense[-1] == "", "the sense alone is no quote"
    words = {row[1]: row for row in sheet(dossier, "evidence")}
    assert words["Acme does not sell face recognition."][3] == "https://news.example/acme"
    assert words["We stand by it."][-1] == "known from its source, no snapshot of ours"
    assert [row[2] for row in sheet(dossier, "replies")] == [
        "answered on 2026-01-19",
        "no answer by 2026-01-20",
    ], "what was asked later is not of this period"
    assert "The letter is no longer at its address." in html_of(paper_of(dossier))
    written = json.loads(json_of(dossier))
    assert written["documented"][0]["status"] == "documented, not watched"
    assert [one["evidence"] for one in written["replies"]][1] is None


OTHER = """\
[[documented]]
id = "HERON-1"
also = ["acme"]
actor = "Heron Air; Acme"
said_on = "2019-10"
quote = "Heron does not use face recognition."
quoted = "press"
quoted_by = "a campaign"
barred = ["use"]
technologies = ["face_recognition"]
condition = "until a law comes"
exceptions = ["staff"]
court = "case 7"
expiry = "2027-05"
strength = ["press_reply"]
fates = ["in_force"]
confidence = "high"
sources = ["https://news.example/heron"]
note = "What Acme answered was not confirmed."

[[documented]]
id = "HERON-2"
also = ["acme"]
actor = "Heron Air and Acme"
said_on = ""
quote = "No source shows a promise of any of them."
quoted = "paraphrase"
strength = []
fates = ["no_pledge"]
confidence = "medium"
sources = ["no source that was read shows one"]
"""
HERON = 'name = "Heron Air"\nkind = "vendor"\nwhy = ["made up"]\n'
SAYS_SO = "Heron does not use face recognition."


def test_the_words_of_another_one_are_never_given_as_its_own(tmp_path: Path) -> None:
    home = home_of(tmp_path, documented__heron=OTHER, watchlist__heron=HERON)
    seen(home, html(PROMISE))
    dossier = gathered(home)
    named, gap = sheet(dossier, "documented")
    assert named[1] == (
        "Named in a documented statement of Heron Air; Acme. Words of others are not given here as those of"
        " this organization."
    )
    assert named[5] == (
        "Condition: until a law comes. Ends: 2027-05. Exceptions: staff. Court: case 7."
        " Note: What Acme answered was not confirmed."
    )
    assert (named[4], named[6]) == (
        "of Heron Air; Acme; by a campaign; press, high confidence",
        "on no page that we watch",
    )
    assert gap[1:4] == ("No pledge found: No source shows a promise of any of them.", "", "no pledge")
    assert SAYS_SO not in html_of(paper_of(dossier)) + json_of(dossier)
    own = gathered(home, id="heron")
    assert next(row[1] for row in sheet(own, "documented")) == f"“{SAYS_SO}”"
    assert [one.quote for one in own.evidence] == [SAYS_SO]


def test_of_documented_words_it_is_said_whether_their_page_is_watched(tmp_path: Path) -> None:
    on_page = DOCUMENTED.replace('id = "ACME-1"', 'id = "ACME-1"\npage = "acme/pledge"')
    home = home_of(tmp_path, documented__acme=on_page)
    seen(home, html(PROMISE))
    dossier = gathered(home)
    assert [row[6] for row in sheet(dossier, "documented")] == [
        "said on acme/pledge, which is watched: what we read there stands in the ledger",
        "on no page that we watch",
    ]
    statuses = [one["status"] for one in json.loads(json_of(dossier))["documented"]]
    assert statuses == ["documented, said on a page that is watched", "documented, not watched"]


def test_the_same_words_on_a_page_have_the_same_times_wherever_they_are_cited(tmp_path: Path) -> None:
    """They left and came back: each time is cited from another snapshot."""
    home = home_of(tmp_path)
    seen(home, html(PROMISE), html(LOOSE), html(PROMISE), html(LOOSE), html(PROMISE))
    evidence = [one for one in gathered(home).evidence if one.quote == PROMISE]
    assert len({one.fetch_id for one in evidence}) > 1
    assert {(one.first_seen, one.last_seen) for one in evidence} == {
        (datetime(2026, 1, 2, 6, tzinfo=UTC), datetime(2026, 1, 6, 6, tzinfo=UTC))
    }


def test_the_times_of_words_are_of_all_that_was_seen_of_them_also_where_it_is_not_cited() -> None:
    first, last = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 31))
    cited = Citations({}, {}, {("acme/pledge", PROMISE): (first, last)})
    for fetch_id, day in ((7, 10), (8, 20)):
        at = datetime(2026, 1, day, tzinfo=UTC)
        cited.cite("acme/pledge", PROMISE, fetch_id, (), at, at)
    assert [(one.first_seen, one.last_seen) for one in cited.evidence] == [(first, last)] * 2


def test_of_days_without_a_try_it_is_said_that_nobody_looked(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, html(PROMISE), WALL, WALL)
    dossier = gathered(home)
    said = next(one for one in dossier.limits if "was not read on" in one)
    assert said == (
        "acme/pledge was not read on 29 of 30 days on which it was watched (a bot wall stood before it,"
        " 2 times); on at least 27 days nobody looked."
    )
    ((*_, why),) = sheet(dossier, "coverage")
    assert why == "a bot wall stood before it: 2; nobody looked: on at least 27 of these days"


OVERRULES = """\
[[overrules]]
organization = "acme"
ask = "POL-1"
state = "met"
reason = "The board wrote it to us."
who = "Ana"
on = 2026-01-20
"""


def test_what_a_person_decided_is_shown_with_the_reason(tmp_path: Path) -> None:
    home = home_of(tmp_path, overrules=OVERRULES)
    seen(home, html(PROMISE))
    dossier = gathered(home)
    states = {row[0]: row[3] for row in sheet(dossier, "asks-seed-letter")}
    assert states["POL-1"] == "met, overruled"
    assert "Reason: The board wrote it to us." in html_of(paper_of(dossier))


def test_a_reply_of_nobody_whom_we_watch_is_refused(tmp_path: Path) -> None:
    home = home_of(tmp_path, replies=REPLIES.replace('"acme"', '"acne"', 1))
    with pytest.raises(ConfigError, match=r'"acne".*did you mean "acme"'):
        gathered(home)


def test_an_answer_of_a_day_to_come_is_refused_and_not_told_as_none(tmp_path: Path, capsys: Screen) -> None:
    home = home_of(tmp_path, replies=REPLIES.replace("answered = 2026", "answered = 2999"))
    home.open_store().close()
    assert at_home(home.root, "dossier", "acme", "-o", tmp_path / "acme.html") == 2
    assert '"acme" (asked on 2026-01-02) answered on 2999-01-19, which is still to' in capsys.readouterr().err


# --------------------------------------------------------------------------- hostile words


def test_words_that_try_to_be_something_else_come_out_as_text(tmp_path: Path) -> None:
    poison = " ".join(one for one in HOSTILE if one.isprintable())
    before = f"We will not sell facial recognition {poison} technology to police departments."
    cell = '=HYPERLINK("https://evil.example") we will not sell facial recognition to police departments.'
    home = home_of(tmp_path, ACME.replace('"Acme"', json.dumps(f"<script>Acme</script> {HOSTILE[4]}"), 1))
    seen(home, html(escape(before), escape(cell)), html(escape(cell), LOOSE))
    dossier = gathered(home)
    assert any(one.quote.startswith("=HYPERLINK") for one in dossier.evidence)
    assert any("<script>" in one.quote and "#eval" in one.quote for one in dossier.evidence)
    page = FORMATS["html"](dossier).decode()
    assert "<script" not in page
    assert "&lt;script&gt;Acme&lt;/script&gt;" in page
    book = load_workbook(BytesIO(FORMATS["xlsx"](dossier)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [one.value for one in cells if one.data_type == "f"] == []
    assert FORMATS["pdf"](dossier).startswith(b"%PDF")
    assert json.loads(FORMATS["json"](dossier))["evidence"][0]["quote"] == dossier.evidence[0].quote


# --------------------------------------------------------------------------- bad input


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose store saw nothing yet, and that also knows an organization without pages."""
    root = tmp_path_factory.mktemp("unseen")
    home = home_of(root)
    bare = 'name = "Bare"\nkind = "vendor"\nwhy = ["made up"]\n'
    (root / "config" / "watchlist" / "bare.toml").write_text(bare, encoding="utf-8")
    home.open_store().close()
    return root


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("acmee",), 'no organization "acmee" is on the watchlist; did you mean "acme"?'),
        (("../acme",), 'no organization "../acme" is on the watchlist'),
        (("acme\udcff",), 'no organization "acme⟨U+DCFF⟩" is on the watchlist'),
        (("acme",), "nothing was ever checked here, so there is no last day to count from"),
        (("acme", "--from", "2026-01-31"), "name the period with --from and --to"),
        (("acme", "--from", "2026-02-01", "--to", "2026-01-01"), "--to 2026-01-01 lies before --from"),
        (("acme", "--to", "2199-12-31"), "--to is 2199-12-31, which lies ahead"),
        (
            ("acme", "--from", "yesterday"),
            '--from "yesterday" is no day of our time; write it like 2027-03-01',
        ),
        (("acme", "--format", "docx"), "known are: html, json, pdf, xlsx"),
        (("bare", "--to", "2026-01-31"), "Bare (bare) has no page on the watchlist, and nothing is known"),
        (("acme", "--to", "2026-01-31", "-o", "there"), "is a folder: name a file in it"),
        (("acme", "--to", "2026-01-31", "-o", "file/x.html"), "cannot be written"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(
    arguments: Sequence[str],
    says: str,
    unseen: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Screen,
) -> None:
    here = tmp_path / "here"
    (here / "there").mkdir(parents=True)
    (here / "file").write_text("no folder")
    monkeypatch.chdir(here)
    before = tree(here)
    assert at_home(unseen, "dossier", *arguments) == 2
    shown = capsys.readouterr().err
    assert says in shown
    assert len(shown.strip().splitlines()) == 1
    assert tree(here) == before


def test_without_the_library_for_pdf_there_is_one_sentence_and_no_file(
    unseen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    file = tmp_path / "acme.pdf"
    assert at_home(unseen, "dossier", "acme", "--to", "2026-01-31", "-o", file) == 2
    assert "typst" in capsys.readouterr().err
    assert not file.exists()


def test_the_file_is_named_after_the_organization_where_none_is_named(
    unseen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    monkeypatch.chdir(tmp_path)
    for format, name in (("", "acme.html"), ("json", "acme.json")):
        wanted = ("--format", format) if format else ()
        assert at_home(unseen, "dossier", "acme", "--to", "2026-01-31", *wanted) == 0
        assert (tmp_path / name).exists()
        assert "no page was read in this time" in capsys.readouterr().out


# --------------------------------------------------------------------------- never alone

ESTIMATES = "Labels are estimates."
PRONOUN = "You must not rely on them alone."


@pytest.mark.parametrize(
    ("quote", "context", "paragraphs", "above"),
    [
        (PRONOUN, (), [f"You must not rely on face recognition alone. {ESTIMATES} {PRONOUN}"],
         ("You must not rely on face recognition alone.", ESTIMATES)),
        (PRONOUN, (), ["You must not rely on face recognition alone.", PRONOUN],
         ("You must not rely on face recognition alone.",)),
        (PRONOUN, ("Labels",), [f"Be careful. {ESTIMATES} {PRONOUN}"], (ESTIMATES,)),
        (PRONOUN, (), [ESTIMATES, "6.7", PRONOUN], (ESTIMATES,)),
        (PRONOUN, (), [PRONOUN], ()),
        (PRONOUN, (), ["It is not here."], ()),
        ("You must not rely on face recognition alone.", (), [f"{ESTIMATES} You must not rely on face recognition alone."], ()),
        ("sell it to police;", ("You may not, with our face recognition:",), [f"{ESTIMATES} sell it to police;"], ()),
    ],
)  # fmt: skip
def test_words_that_do_not_say_what_they_are_about_come_with_the_lines_above(
    quote: str, context: tuple[str, ...], paragraphs: list[str], above: tuple[str, ...]
) -> None:
    text = Document(tuple(map(Segment, paragraphs)))
    assert lines_above(quote, context, text, english()) == above


def test_the_neighbours_of_an_entry_of_a_list_are_not_taken_for_lines_above_it() -> None:
    text = extract(
        b"<p>This includes using it to:</p><ul><li>Scan faces in streets;</li><li>Decide on parole;</li></ul>",
        "text/html",
    )
    assert lines_above("Decide on parole;", ("This includes using it to:",), text, english()) == ()


@pytest.mark.parametrize(
    ("heading", "before", "above"),
    [
        ("Do you sell face recognition to the police?", "", ()),
        ("Do you sell face recognition to the police?", "We sell many things.", ()),
        ("Do you sell it to the police?", "", ()),
        ("Do you sell it to the police?", "We sell many things.", ("We sell many things.",)),
    ],
)
def test_no_line_is_taken_from_above_the_heading_of_the_words(
    heading: str, before: str, above: tuple[str, ...]
) -> None:
    page = f"<p>Our face recognition is printed on paper.</p><h2>{heading}</h2><p>{before}</p><p>No.</p>"
    text = extract(page.encode(), "text/html")
    assert lines_above("No.", (heading,), text, english()) == above


def test_a_support_that_names_only_it_is_shown_below_its_lines(tmp_path: Path) -> None:
    """In its evidence, and so in questions and letters."""
    said = "We sell face recognition to companies. We do not offer it to police departments."
    home = home_of(tmp_path)
    seen(home, html(PROMISE, said), html(PROMISE, said))
    dossier = gathered(home)
    its = "We do not offer it to police departments."
    supports = [
        one for score in dossier.scores for part in score.parts for one in part.supports if one.quote == its
    ]
    lines = {one.number: one.context for one in dossier.evidence}
    open = [one for one in supports if one.context]
    assert open and all(one.context[-1] == "We sell face recognition to companies." for one in open)
    numbers = {dossier.numbers[one.page_id, one.quote, one.fetch_id] for one in open}
    assert {lines[number][-1] for number in numbers} == {"We sell face recognition to companies."}


INCLUDES = "This includes using it to:"
BAN = "Do not use face recognition for:"


@pytest.mark.parametrize(
    ("quote", "context", "lines"),
    [
        ("Track people", ("Policy", "Do Not Use for Surveillance", INCLUDES), ("Do Not Use for Surveillance", INCLUDES)),
        ("Track people", ("Policy", "Prohibited uses", "Examples", INCLUDES), ("Prohibited uses", "Examples", INCLUDES)),
        ("Track people", ("Prohibited uses", "What you may do", INCLUDES), ("What you may do", INCLUDES)),
        ("sell it to police;", ("Terms", "You may not:"), ("You may not:",)),
        ("offices;", ("Do not use it", "Except for:"), ("Do not use it", "Except for:")),
        ("Track people", ("Policy", INCLUDES), ("Policy", INCLUDES)),
        ("We will not track people.", ("Policy", "What we promise"), ("What we promise",)),
        ("We will not track people.", (), ()),
    ],
)  # fmt: skip
def test_words_are_shown_below_the_lines_without_which_they_may_say_the_opposite(
    quote: str, context: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    assert deciding(quote, context, english()) == lines
    assert deciding(quote, context, None) == context, "of a language without words nothing is known"


@pytest.mark.parametrize(
    ("given", "own"),
    [
        (("New heading",), ("Old heading",)),
        (("Old heading",), ("Old heading",)),
        (("Other heading", "New line:"), ("Other heading", "Old line:")),
    ],
)
def test_the_lines_above_words_are_those_of_their_own_text(
    given: tuple[str, ...], own: tuple[str, ...]
) -> None:
    text = extract(
        b"<h1>Old heading</h1><p>Track people.</p><h1>Other heading</h1><p>Old line:</p>"
        b"<ul><li>Track people.</li></ul>",
        "text/html",
    )
    assert in_place("Track people.", given, sentences(text)) == own
    assert in_place("Words of no sentence here", given, sentences(text)) == given


def listed_below(heading: str, *items: str) -> bytes:
    return html().replace(
        b"</h1>", f"</h1><h2>{heading}</h2><p>{BAN}</p><ul>{''.join(f'<li>{one}</li>' for one in items)}</ul>".encode(), 1
    )  # fmt: skip


MARKETS = "identify people in markets for the police"
OLD_WORDS = "identify people in schools, shops and streets for the police"
NEW_WORDS = "identify people in schools, shops and streets for the police without a warrant"


def test_words_before_stand_below_the_headings_of_their_own_time(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(
        home, listed_below("First rules", OLD_WORDS, MARKETS), listed_below("Later rules", NEW_WORDS, MARKETS)
    )
    dossier = gathered(home)
    quotes = {
        one.quote: one.above
        for section in paper_of(dossier).sections
        if section.id.startswith("change-")
        for one in section.blocks
        if isinstance(one, Quotation)
    }
    assert quotes[OLD_WORDS] == ("Our pledge", "First rules", BAN)
    assert quotes[NEW_WORDS] == ("Our pledge", "Later rules", BAN)


def test_the_same_words_below_another_heading_were_not_seen_first_then(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    pages = [listed_below(one, MARKETS) for one in ("First rules", "Later rules")]
    pages[1] = pages[1].replace(BAN.encode(), b"You may not use face recognition to:")
    seen(home, *pages)
    dossier = gathered(home)
    (row,) = [each for each in sheet(dossier, "ledger") if each[1].endswith(f"› {MARKETS}")]
    assert row[1] == f"You may not use face recognition to: › {MARKETS}"
    assert row[5] == date(2026, 1, 2), "not the day of the new line"
    told = [each[3] for each in sheet(dossier, "history") if each[5].endswith(f"› {MARKETS}")]
    assert told == ["first seen on this page", "the same words, below other lines"]
    its = [each for each in sheet(dossier, "evidence") if each[1] == MARKETS]
    assert {each[2] for each in its} == {BAN, "You may not use face recognition to:"}
    assert {each[5] for each in its} == {datetime(2026, 1, 2, 6, tzinfo=UTC)}


def test_what_came_without_a_change_told_is_no_first_sight_of_its_commitment() -> None:
    def step(quote: str, page_id: str = "acme/pledge", kind: str = SEEN) -> Step:
        return Step(AT, page_id, quote, kind, "", quote)

    for before, said in (
        ([], "first seen on this page"),
        ([step("Old.", "acme/terms")], "first seen on this page"),
        ([step("Old.")], "seen in other words"),
        ([step("Old."), step("New.")], "the same words, below other lines"),
    ):
        assert step_said(step("New."), before) == said
    assert step_said(step("New.", kind=BACK), [step("New.")]) == "seen on this page again"


# --------------------------------------------------------------------------- in short


def in_short(dossier: Dossier) -> list[str]:
    (items,) = paper_of(dossier).sections[0].blocks
    assert isinstance(items, Items)
    return list(items.entries)


def test_in_short_tells_in_the_words_themselves_what_got_weaker(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, html(PROMISE), html(LOOSE))
    dossier = gathered(home)
    (change,) = dossier.changes
    numbers = "; ".join(f"E{number}" for number in change.numbers[0])
    (said,) = [one for one in in_short(dossier) if one.startswith("Weaker, ")]
    assert said.endswith(f": “{LOOSE}” (acme/pledge; first seen so on 2026-01-03; {numbers}).")
    with home.open_store() as store, store.begin() as conn:
        reviews.add(conn, Review(change.alert.id, START, "Ana", Verdict.WRONG_DIRECTION))
    assert not any(one.startswith("Weaker, ") for one in in_short(gathered(home))), "a person judged it"


def test_in_short_names_five_and_counts_the_rest(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    gone = [f"We will not sell facial recognition to {who}." for who in ("the police", "schools", "shops", "banks", "airlines", "stadiums", "landlords")]  # fmt: skip
    seen(home, html(PROMISE, *gone), html(PROMISE))
    told = [one for one in in_short(gathered(home)) if "no longer on the page" in one or "more that" in one]
    assert len(told) == 6 + 1, "one is on the counts of the ledger"
    assert "And 2 more that got weaker, left or came: they stand below." in told


def test_the_cover_says_that_no_identifier_is_known(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, html(PROMISE))
    facts = dict(paper_of(gathered(home)).facts.pairs)
    assert (facts["Ticker"], facts["ISIN"]) == ("ACME (XMAD)", "none known to us")
    assert facts["LEI"] == "none known to us"


# --------------------------------------------------------------------------- what others captured


def test_of_captures_that_were_imported_it_is_said_that_we_asked_for_none(
    tmp_path: Path, capsys: Screen
) -> None:
    home = home_of(tmp_path)
    with home.open_store() as store, store.begin() as conn:
        pages.sync(conn, home.watchlist.organizations[0].pages, START)
        url = "https://acme.example/pledge"
        fetches.record(
            conn, Fetch("acme/pledge", url, START, START, url, archive_url="https://archive.example/1")
        )
    assert gathered(home).imported == 1
    assert gathered(home, Period(date(2025, 1, 1), date(2025, 1, 31))).imported == 0
    command = ("dossier", "acme", "--from", "2026-01-01", "--to", "2026-01-31", "-o", tmp_path / "x.html")
    assert at_home(tmp_path, *command) == 0
    assert "; we asked for no page in this time; imported captures of others: 1." in capsys.readouterr().out
    said = gathered(home).limits
    assert said[0] == (
        "We asked for no page of it from 2026-01-01 to 2026-01-31, and read only 1 capture that was taken by"
        " others and imported: a day without a change means nothing."
    )
    assert not any("was not read once" in one for one in said)


def test_of_what_is_on_the_watchlist_no_more_it_is_not_said_that_nothing_was_found(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    seen(home, html(PROMISE))
    none = {
        is_watched: next(
            one.empty
            for one in tables_of(paper_of(replace(gathered(home), is_watched=is_watched, commitments=())))
            if one.name == "ledger"
        )
        for is_watched in (True, False)
    }
    assert none[True] == "No commitment was found on its pages so far."
    assert none[False].startswith("No commitment is followed here: it is not on the watchlist")


# --------------------------------------------------------------------------- open questions

AT = datetime(2026, 1, 1, 6, tzinfo=UTC)
ASK = Ask(
    "A-1",
    "No sale to police",
    "a letter",
    "vendors",
    lens=Lens.SEED_LETTER,
    parts=(Scope(parties=frozenset({"police"}), technologies=frozenset({"face_recognition"})),),
)


def standing(*sentences: str) -> frozenset[tuple[str, str]]:
    return frozenset(("acme/pledge", one) for one in sentences)


def asked(*sentences: str, state: State = State.PARTIAL, known: Known | None = None) -> tuple[Question, ...]:
    """The questions on a part that rests on these sentences, each read as a page would say it.

    They stand, but where what stands is named.
    """
    supports, statements, numbers = [], {}, {}
    for number, sentence in enumerate(sentences, 1):
        supports.append(Support(sentence, (), "acme/pledge", number, AT, AT.replace(day=9), "said"))
        numbers["acme/pledge", sentence, number] = number
        for one in statements_in(Document((Segment(sentence),), language="en"), english()):
            statements[number] = one
    known = replace(known or Known({}, {}), numbers=numbers, statements=statements)
    known = known if known.standing else replace(known, standing=standing(*sentences))
    return questions_of([Score(ASK, (Part("", state, "Because.", tuple(supports)),))], known)


@pytest.mark.parametrize(
    ("says", "asks"),
    [
        (
            "We will not sell facial recognition to police until there is a national law.",
            "What holds after “until there is a national law”?",
        ),
        (
            "We do not currently sell facial recognition to police.",
            "“currently” speaks of today. Will a change be announced before it takes effect?",
        ),
        (
            "We do not sell facial recognition to police, except for finding missing children.",
            "Who may rely on “except for finding missing children”, who decides it, and how often has it been used?",
        ),
        (
            "We do not sell facial recognition to police without the consent of the people concerned.",
            "Who checks “without the consent”, and is what they find published?",
        ),
        (
            "We do not sell facial recognition to immigration enforcement agencies.",
            "Do these words hold for police too?",
        ),
        (
            "We do not sell Acme Sight, our facial recognition, to police.",
            "These words name “Acme Sight”. Do they hold for all that you offer?",
        ),
        (
            "We do not sell facial recognition to police.",
            "It is asked: No sale to police. What do you commit to beyond these words?",
        ),
    ],
)
def test_a_question_is_on_what_the_words_leave_open(says: str, asks: str) -> None:
    (question,) = asked(says, known=Known({}, {}, products=("Acme Sight",)))
    assert question.text == f"You say: “{says}” {asks}"
    assert (question.asks, question.quote, question.number) == (("A-1",), says, 1)


@pytest.mark.parametrize("state", [State.REGRESSED, State.PARTIAL])
def test_what_left_is_asked_after_and_what_stands_is_asked_about(state: State) -> None:
    left = "We will not sell facial recognition to police."
    stands = "We do not currently sell facial recognition to police."
    known = Known({}, {}, standing=standing(stands))
    first, second = asked(left, stands, state=state, known=known)
    assert first.text == (
        f"From 1 January 2026 to 9 January 2026 we read: “{left}” Does this hold today, and where is it said?"
    )
    assert second.text.startswith(f"You say: “{stands}” “currently” speaks of today.")


def test_words_that_say_the_contrary_are_asked_about_beside_what_they_contradict_and_never_as_a_promise() -> (
    None
):
    pledge = "We will not sell facial recognition to police."
    offer = "We sell facial recognition to police."
    part = part_of("POL-1", "police", claims(Page((0, [pledge, offer]))))
    known = Known({}, {}, standing=standing(pledge, offer))
    promise, contrary = questions_of([Score(ASK, (part,))], known)
    assert promise.text.startswith(f"You say: “{pledge}” It is asked: No sale to police.")
    assert contrary.text == f"You say: “{pledge}” You also say: “{offer}” How do these words go together?"


def test_where_only_the_contrary_is_said_it_is_asked_about() -> None:
    offer = "We sell facial recognition to police."
    part = part_of("POL-1", "police", claims(Page((0, [offer]))))
    (question,) = questions_of([Score(ASK, (part,))], Known({}, {}, standing=standing(offer)))
    assert question.text == (
        "It is asked: No sale to police (here: police). We found no promise of it on the pages of yours that we watch and read. "
        f"You say: “{offer}” What is your position, and where do you publish it?"
    )
    assert question.quote == offer


def test_a_line_that_does_not_govern_the_words_is_told_as_what_stands_before_them() -> None:
    support = Support(PRONOUN, ("Labels", ESTIMATES), "acme/pledge", 1, AT, AT, "said")
    scores = [Score(ASK, (Part("", State.REGRESSED, "", (support,)),))]
    place = ("acme/pledge", PRONOUN, 1)
    (question,) = questions_of(scores, Known({place: 1}, {}, above={1: (ESTIMATES,)}))
    begins = f"On 1 January 2026 we read under “Labels” after “{ESTIMATES}”: “{PRONOUN}” "
    assert question.text.startswith(begins)


def test_the_line_above_the_words_is_quoted_with_them() -> None:
    support = Support("sell it to police;", ("Terms", "You may not:"), "acme/pledge", 1, AT, AT, "said")
    scores = [Score(ASK, (Part("", State.REGRESSED, "", (support,)),))]
    known = Known({("acme/pledge", "sell it to police;", 1): 1}, {}, under={1: ("You may not:",)})
    (question,) = questions_of(scores, known)
    assert question.text.startswith("On 1 January 2026 we read under “You may not:”: “sell it to police;”.")
    (question,) = questions_of(scores, Known({}, {}))
    assert "under “Terms”, then “You may not:”: “sell it to police;”." in question.text, "all, where in doubt"


def test_an_unmet_ask_is_one_question_whatever_its_parts() -> None:
    parts = (Part("sell", State.UNMET, ""), Part("use", State.UNMET, ""), Part("lease", State.MET, ""))
    (question,) = questions_of([Score(ASK, parts)], Known({}, {}))
    assert question.text == (
        "It is asked: No sale to police (here: sell, use). We found no words on it on the pages of yours that we"
        " watch and read. What is your position, and where do you publish it?"
    )


def test_what_is_unknown_is_asked_once_for_each_page_that_could_not_be_read() -> None:
    scores = [Score(replace(ASK, id=id), (Part("", State.UNKNOWN, ""),)) for id in ("A-1", "A-2")]
    page = Unreadable("acme/pledge", "https://acme.example/pledge", "a login stood before it", AT)
    (question,) = questions_of(scores, Known({}, {}, unreadable=(page,)))
    assert question.asks == ("A-1", "A-2")
    assert "https://acme.example/pledge since 1 January 2026 (a login stood before it)" in question.text
    (question,) = questions_of(scores, Known({}, {}, has_pages=False))
    assert question.text.startswith("We know of no page of yours that says")
    assert questions_of(scores, Known({}, {})) == (), "that we never looked is no gap of theirs"


def test_what_is_met_leaves_no_question_nor_does_an_ask_that_no_page_can_show() -> None:
    beyond = replace(ASK, parts=())
    scores = [Score(ASK, (Part("", State.MET, ""),)), Score(beyond, (Part("", State.UNKNOWN, ""),))]
    assert questions_of(scores, Known({}, {})) == ()


def test_the_same_question_for_several_asks_is_asked_once() -> None:
    parts = (Part("", State.UNMET, ""),)
    scores = [Score(replace(ASK, id=id), parts) for id in ("A-1", "A-2")]
    (question,) = questions_of(scores, Known({}, {}))
    assert question.asks == ("A-1", "A-2")
