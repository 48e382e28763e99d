"""The draft of a letter: exact words, what is asked, questions; blanks for the rest, and no motive."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import docx
import pytest

from app.dossiers.dossier import Question
from app.drafting import write_letter
from app.letters import BLANK, FIRST_LINE, is_anything_asked, letter_of
from app.papers.markdown import markdown_of
from app.papers.paper import Block, Items, Paper, Paragraph, Quotation
from monitor.asks import Ask, Scope
from monitor.documented import Documented, Fate, Quoted
from monitor.errors import InputError
from monitor.ledger.differing import Differing, Wording
from monitor.model import Organization, Page, Role
from monitor.scorecard import Overrule, Part, Score, State, Support
from monitor.store import statements
from monitor.strength import Strength
from tests.desks import NOW, home_at

DAY = date(2027, 3, 1)
FIRST = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
LAST = datetime(2027, 2, 28, 6, 0, tzinfo=UTC)
FERNMOOR = Organization(
    "fernmoor",
    "Fernmoor Stores",
    "retailer",
    pages=(Page("fernmoor/policy", "fernmoor", "https://fernmoor.example/policy", Role.POLICY),),
)
NO_SALE = Ask("NS-1", "No sale to police.", "A letter of 2026", "vendors", parts=(Scope(), Scope()))
NO_USE = Ask("NU-1", "No use in shops.", "A call of 2025", "retailers", parts=(Scope(),))
UNSURE = replace(NO_USE, id="NU-2", certainty="the page number is from memory")
NOTHING_FOUND = "We found no words on it on the pages of yours that we watch and read."
POLICY = Ask("PO-1", "A policy as a whole.", "A framework", "all", beyond="Read it.")


def support(quote: str, why: str = "It stands on the page.", page_id: str = "fernmoor/policy") -> Support:
    return Support(quote, ("Terms", "We will not:"), page_id, 7, FIRST, LAST, why)


def part(state: State, *supports: Support, name: str = "", why: str = "As we read it.") -> Part:
    return Part(name, state, why, supports)


def letter(
    *scores: Score, questions: tuple[Question, ...] = (), documented: tuple[Documented, ...] = ()
) -> Paper:
    return letter_of(FERNMOOR, scores, (), documented, DAY, questions)


def blocks(paper: Paper, section: str) -> tuple[Block, ...]:
    return next((one.blocks for one in paper.sections if one.id == section), ())


def words(paper: Paper, section: str) -> str:
    return "\n".join(
        "\n".join(block.entries) if isinstance(block, Items) else str(getattr(block, "text", block))
        for block in blocks(paper, section)
    )


SCORES = (
    Score(NO_SALE, (part(State.PARTIAL, support("We sell none to police."), name="sell"),)),
    Score(
        NO_USE,
        (
            part(
                State.REGRESSED,
                support("We use none.", "Since 2027-02-01 it no longer appears."),
            ),
        ),
    ),
    Score(UNSURE, (part(State.UNMET),)),
    Score(replace(NO_USE, id="MET"), (part(State.MET, support("We use none at all.")),)),
    Score(replace(NO_USE, id="UNREAD"), (part(State.UNKNOWN),)),
    Score(POLICY, (part(State.UNKNOWN),)),
)


def test_the_first_line_warns_and_blanks_wait_for_a_person() -> None:
    text = markdown_of(letter(*SCORES))
    assert text.startswith(f"# {FIRST_LINE}\n")
    assert FIRST_LINE == "Draft: check every quote before you send it"
    greeting, who = blocks(letter(*SCORES), "opening")[:2]
    assert (greeting, who) == (Paragraph(f"Dear {BLANK},"), Paragraph(f"We are {BLANK}."))
    assert dict(letter(*SCORES).facts.pairs)["We ask for a reply by"] == BLANK
    assert blocks(letter(*SCORES), "closing")[0] == Paragraph(f"We would be grateful for a reply by {BLANK}.")


def test_its_words_stand_there_exactly_with_address_and_time() -> None:
    quotes = [one for one in blocks(letter(*SCORES), "your-words") if isinstance(one, Quotation)]
    assert [one.quote for one in quotes] == ["We sell none to police.", "We use none."]
    assert quotes[0].above == ("Terms", "We will not:")
    assert quotes[0].source == (
        "https://fernmoor.example/policy (fernmoor/policy). First read 5 January 2026 06:00 UTC, "
        "last read 28 February 2027 06:00 UTC. On NS-1 (sell): It stands on the page."
    )
    assert quotes[1].source.endswith("On NU-1: Since 2027-02-01 it no longer appears.")


def test_words_were_first_read_when_they_came_and_not_when_a_heading_changed() -> None:
    seen = {("fernmoor/policy", "We use none."): (FIRST.replace(day=1), LAST.replace(day=27))}
    scores = [Score(NO_USE, (part(State.PARTIAL, support("We use none.")),))]
    quote = blocks(letter_of(FERNMOOR, scores, (), (), DAY, seen=seen), "your-words")[1]
    assert isinstance(quote, Quotation)
    assert "First read 1 January 2026 06:00 UTC, last read 28 February 2027" in quote.source


def test_what_is_said_on_a_part_names_it() -> None:
    parts = (part(State.PARTIAL, support("We use none."), name="use"), part(State.MET, name="sell"))
    quote = blocks(letter(Score(NO_USE, parts)), "your-words")[1]
    assert isinstance(quote, Quotation) and quote.source.endswith("On NU-1 (use): It stands on the page.")


def test_a_quote_that_several_asks_rest_on_is_shown_once() -> None:
    one = support("We use none.", "It stands.")
    scores = (Score(NO_SALE, (part(State.PARTIAL, one),)), Score(NO_USE, (part(State.PARTIAL, one),)))
    quotes = [each for each in blocks(letter(*scores), "your-words") if isinstance(each, Quotation)]
    assert [each.source.split("UTC. ")[-1] for each in quotes] == ["On NS-1 and NU-1: It stands."]


def test_a_page_that_is_watched_no_more_is_named_by_its_id() -> None:
    scores = Score(NO_USE, (part(State.PARTIAL, support("We use none.", page_id="fernmoor/old")),))
    quote = blocks(letter(scores), "your-words")[1]
    assert isinstance(quote, Quotation) and quote.source.startswith("fernmoor/old. First read")


def test_what_is_asked_has_its_source_and_how_we_read_the_answer() -> None:
    (asked,) = blocks(letter(*SCORES), "asked")
    assert isinstance(asked, Items) and asked.numbered
    assert asked.entries == (
        "No sale to police.\nNS-1, A letter of 2026.\nMet in part (sell).",
        "No use in shops.\nNU-1, A call of 2025.\nSaid before, and we no longer find it as it was.",
        f"No use in shops.\nNU-2, A call of 2025. [Check this source: {UNSURE.certainty}]\n{NOTHING_FOUND}",
    )


def test_the_parts_of_an_ask_are_told_together() -> None:
    parts = (
        part(State.REGRESSED, name="sell"),
        part(State.REGRESSED, name="develop"),
        part(State.MET, name="use"),
        part(State.UNKNOWN, name="share"),
    )
    paper = letter(Score(NO_SALE, parts))
    assert blocks(paper, "unread") == (), "it is told above"
    assert words(paper, "asked").splitlines()[-1] == (
        "Said before, and we no longer find it as it was (sell and develop). "
        "We could not read all that could say it (share)."
    )


def test_what_is_unknown_is_never_called_unmet() -> None:
    paper = letter(*SCORES)
    assert "UNREAD" in words(paper, "unread") and "UNREAD" not in words(paper, "asked")
    assert words(paper, "unread").startswith("We could not read what you say on these asks today")
    assert "watch none" not in words(paper, "unread"), "there are pages, which nobody has read so far"
    assert "PO-1" not in markdown_of(paper), "no page could show it"
    assert "MET, " not in markdown_of(paper)


def test_questions_are_numbered_and_name_their_asks() -> None:
    asked = (
        Question(("NU-1", "NS-1"), State.PARTIAL, "You say: “We use none.” What holds after that?"),
        Question(("UNREAD",), State.UNKNOWN, "We have not been able to read it."),
    )
    (block,) = blocks(letter(*SCORES, questions=asked), "questions")
    assert block == Items(
        (
            "You say: “We use none.” What holds after that? (On NS-1 and NU-1.)",
            "We have not been able to read it. (On UNREAD.)",
        ),
        numbered=True,
    )


def test_what_a_person_decided_stays_in_the_house() -> None:
    decided = Overrule("fernmoor", "NU-1", State.UNMET, "I do not trust them", "vera", "2027-02-01")
    one = replace(
        part(State.UNMET, why="vera decided on 2027-02-01: I do not trust them."), overruled=decided
    )
    text = markdown_of(letter(Score(NO_USE, (one,))))
    assert "vera" not in text and "trust" not in text and "We found no words on it" in text


def documented(id: str, quoted: Quoted = Quoted.PRIMARY, fate: Fate = Fate.IN_FORCE) -> Documented:
    sources = ("https://press.example/1",)
    return Documented(
        id, "fernmoor", "2024-05", "We never will.", quoted, (Strength.POLICY,), (fate,), "high", sources
    )


SOURCE = (
    "said 2024-05; by its sources: in force; https://press.example/1 (documented; on no page that we watch)."
)
FULL = replace(
    documented("full"),
    actor="Fernmoor Stores North",
    quoted_by="a newspaper",
    condition="until a law comes",
    expiry="2027-05",
    exceptions=("shoplifters", "staff"),
    court="District court, case 7",
    note="In force on paper.",
    page="fernmoor/policy",
)


def test_documented_words_come_with_all_that_limits_them() -> None:
    (_, block) = blocks(letter(*SCORES, documented=(FULL,)), "documented")
    assert isinstance(block, Quotation)
    assert block.source == (
        "Fernmoor Stores North; said 2024-05; by a newspaper; by its sources: in force; "
        "https://press.example/1 (documented; said on fernmoor/policy, which is watched: what we read there "
        "stands in the ledger). Condition: until a law comes. Ends: 2027-05. Exceptions: shoplifters; staff. "
        "Court: District court, case 7. Note: In force on paper."
    )


@pytest.mark.parametrize("quoted", list(Quoted))
def test_what_another_one_said_is_never_given_as_its_words(quoted: Quoted) -> None:
    other = replace(
        documented("other", quoted),
        organization="heron",
        also=("fernmoor",),
        actor="Heron Air",
        note="What Fernmoor answered was not confirmed.",
    )
    paper = letter(*SCORES, documented=(other,))
    (_, block) = blocks(paper, "documented")
    assert isinstance(block, Paragraph)
    said, source = block.text.splitlines()
    assert said == (
        "Named in a documented statement of Heron Air. Words of others are not quoted here as yours."
    )
    assert source.endswith("Note: What Fernmoor answered was not confirmed.")
    assert "We never will." not in markdown_of(paper)


def test_documented_words_have_their_sources_and_only_exact_ones_are_quoted() -> None:
    kept = (
        documented("exact"),
        documented("sense", Quoted.PARAPHRASE),
        documented("over", fate=Fate.EXPIRED),
    )
    said, exact, sense = blocks(letter(*SCORES, documented=kept), "documented")
    source = SOURCE
    assert said == Paragraph("We know this from the sources named, and not from our own reading.")
    assert exact == Quotation("We never will.", source)
    assert sense == Paragraph(f"In substance, not in exact words: We never will.\n{source}")


def test_wordings_that_differ_stand_below_each_other() -> None:
    wordings = (
        Wording("We use none.", ("Terms",), "fernmoor/policy", Strength.POLICY, FIRST, "standing", "k"),
        Wording("We never will.", (), "", Strength.POLICY, None, "documented, not watched", "exact"),
    )
    one = Differing("facial recognition", wordings, 0, "The first has an end.")
    paper = letter_of(FERNMOOR, SCORES, (one,), (documented("exact"),), DAY)
    assert blocks(paper, "differing") == (
        Paragraph("On facial recognition: The first has an end."),
        Quotation(
            "We use none.",
            "https://fernmoor.example/policy (fernmoor/policy), first read 5 January 2026 06:00 UTC; standing",
            ("Terms",),
        ),
        Quotation("We never will.", SOURCE),
    )
    assert blocks(paper, "documented") == (), "it was shown"


def test_where_nothing_is_asked_there_is_nothing_to_write() -> None:
    met = (Score(NO_USE, (part(State.MET, support("We use none.")),)),)
    assert not is_anything_asked(met, ())
    assert is_anything_asked(SCORES, ())
    assert is_anything_asked(met, (Question(("X",), State.UNKNOWN, "Where?"),))


# --------------------------------------------------------------------------- the command

MOTIVES = re.compile(
    r"\b(quietly|secretly|silently|dropped|hid|hides|caved|admit\w*|betray\w*|withdrew)\b", re.IGNORECASE
)


def test_the_letter_of_the_demo_quotes_what_the_store_holds(
    indexed_world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every quote in it is one of the organization's statements, word for word; both formats say the same."""
    home, file = home_at(indexed_world), tmp_path / "letter.docx"
    assert write_letter(home, "corvellam-cloud", "", None, NOW) == 0
    markdown = capsys.readouterr().out
    assert write_letter(home, "corvellam-cloud", "", file, NOW) == 0
    assert capsys.readouterr().out == f"{file}: a draft; check every quote and fill in the blanks.\n"
    with home.open_store() as store, store.read() as conn:
        held = {one.quote for one in statements.of_organization(conn, "corvellam-cloud")}
    document = docx.Document(BytesIO(file.read_bytes()))
    quoted = [one.text for one in document.paragraphs if one.style.name == "Intense Quote"]
    assert quoted and set(quoted) <= held
    assert markdown.startswith(f"# {FIRST_LINE}\n")
    assert markdown.count("\n> ") == len(quoted)
    assert not MOTIVES.search(markdown)


@pytest.mark.parametrize(
    ("organization", "kind", "said"),
    [
        ("nobody", "", 'no organization "nobody" is on the watchlist; known are: '),
        ("corvellam-cloud", "pdf", '--format "pdf" is none that there is; known are: docx, md'),
    ],
)
def test_bad_input_writes_nothing(
    indexed_world: Path, tmp_path: Path, organization: str, kind: str, said: str
) -> None:
    with pytest.raises(InputError) as raised:
        write_letter(home_at(indexed_world), organization, kind, tmp_path / "letter.md", NOW)
    assert said in str(raised.value)
    assert list(tmp_path.iterdir()) == []
