"""Segments → sentences: boundaries, ordinals, frames and keys."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract import extract
from monitor.model import Document, Segment, Sentence
from monitor.segment import fold, sentences


def split(text: str, **segment: tuple[str, ...]) -> tuple[Sentence, ...]:
    return sentences(Document((Segment(text, **segment),)))  # type: ignore[arg-type]


def keys(text: str, media_type: str = "text/markdown") -> Counter[tuple[str, str]]:
    return Counter((each.key, each.frame) for each in sentences(extract(text.encode(), media_type)))


# --------------------------------------------------------------------------- where sentences end


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("We stop.¦ They go on.", id="full-stop"),
        pytest.param("Do we sell it?¦ No!¦ Never.", id="other-stops"),
        pytest.param("They said “no.”¦ We agreed.", id="closing-quotes"),
        pytest.param("We sell in the U.S. and abroad.", id="U.S."),
        pytest.param("We left the U.S.¦ We sell nothing.", id="U.S.-at-the-end"),
        pytest.param("The U.S. Congress acts.", id="U.S.-before-a-name"),
        pytest.param("Norfield Inc. Systems sells it.", id="Inc."),
        pytest.param("We are Norfield Inc.¦ We sell it.", id="Inc.-at-the-end"),
        pytest.param("Mr. Hale and Dr. Ode of St. Ives agree.", id="titles"),
        pytest.param("Some data, e.g. Faces, i.e. Templates, are kept.", id="e.g.-i.e."),
        pytest.param("See No. 5 and Art. 9.¦ The answer is no.¦ We stop.", id="No.-and-no"),
        pytest.param("Daten, z. B. Gesichter, löschen wir.¦ Das gilt.", id="z. B."),
        pytest.param("Nach § 11 Abs. 3 BDSG gilt Art. 9 nicht.¦ Wir löschen.", id="Abs."),
        pytest.param("Das gilt ab dem 1. Januar 2024.¦ Danach nicht.", id="German-date"),
        pytest.param("Certaines données, p. ex. Le visage, sont gardées.¦ Fin.", id="p. ex."),
        pytest.param("Nunca vendemos en EE. UU. Rostros no.", id="EE. UU."),
        pytest.param("We keep it for 3.5 years.¦ Then we delete it.", id="decimal"),
        pytest.param("We began in 2019.¦ We stopped in 2020.", id="year-at-the-end"),
        pytest.param("Pixel! sells scans to all.", id="stop-inside-a-name"),
        pytest.param("we sell to police. iris too.", id="no-capital-no-boundary"),
        pytest.param("We sell to police.¦We stop.", id="no-blank-between"),
        pytest.param("我们不出售。¦我们停止。", id="Chinese"),
        pytest.param("Sold here | Yes.¦ It is.¦ | No", id="cells-after-a-full-stop"),
    ],
)
def test_boundaries(text: str) -> None:
    """A ¦ marks each boundary."""
    expected = [part.strip(" |") for part in text.split("¦")]
    assert [each.text for each in split(text.replace("¦", ""))] == expected


def test_abbreviations_may_be_given() -> None:
    document = Document((Segment("Die Fa. Nord gilt."),))
    assert len(sentences(document)) == 2
    assert len(sentences(document, frozenset({"fa"}))) == 1


# --------------------------------------------------------------------------- ordinals


@pytest.mark.parametrize(
    ("text", "ordinal", "rest"),
    [
        pytest.param("72. We stop.", "72", "We stop.", id="number"),
        pytest.param("50.9.1. We stop.", "50.9.1", "We stop.", id="clause"),
        pytest.param("50.9 We stop.", "50.9", "We stop.", id="clause-without-a-dot"),
        pytest.param("(a) we stop", "(a)", "we stop", id="letter"),
        pytest.param("(iv) we stop", "(iv)", "we stop", id="small-roman"),
        pytest.param("1) we stop", "1)", "we stop", id="half-bracket"),
        pytest.param("IV. We stop", "IV", "We stop", id="roman"),
        pytest.param("b. We stop", "b", "We stop", id="letter-and-dot"),
        pytest.param("• we stop", "•", "we stop", id="bullet"),
        pytest.param("- we stop", "-", "we stop", id="dash"),
        pytest.param("§ 12 Absatz 2: Wir löschen.", "§ 12 Absatz 2", "Wir löschen.", id="paragraph"),
        pytest.param("Section 5.2: We stop.", "Section 5.2", "We stop.", id="section"),
        pytest.param("3. (b) We stop.", "3. (b)", "We stop.", id="two"),
        pytest.param("90 days pass.", "", "90 days pass.", id="a-count"),
        pytest.param("3.5 million faces", "", "3.5 million faces", id="a-decimal"),
        pytest.param("2024. We stop", "", "2024. We stop", id="a-year-is-no-ordinal"),
        pytest.param("z. B. Gesichter", "", "z. B. Gesichter", id="an-abbreviation"),
        pytest.param("§ 12 gilt hier.", "", "§ 12 gilt hier.", id="a-subject"),
        pytest.param("A face is kept.", "", "A face is kept.", id="an-article"),
    ],
)
def test_ordinals_are_kept_apart(text: str, ordinal: str, rest: str) -> None:
    first = split(text)[0]
    assert first.ordinal == ordinal
    assert rest.startswith(first.text)


def test_clause_numbers_within_a_line_open_sentences_and_are_never_sentences() -> None:
    found = split("71. We stop. 72. You stop. 50.9.1 All stop. (a) Even here.")
    assert [(each.ordinal, each.text) for each in found] == [
        ("71", "We stop."),
        ("72", "You stop."),
        ("50.9.1", "All stop."),
        ("(a)", "Even here."),
    ]


@pytest.mark.parametrize("text", ["72.", "(a)", "•", "—", "… ! ?", "* * *"])
def test_what_holds_no_word_is_no_sentence(text: str) -> None:
    assert split(text) == ()


# --------------------------------------------------------------------------- enumerations and frames


@pytest.mark.parametrize(
    ("text", "lead_in", "items"),
    [
        pytest.param(
            "You may not: (a) sell it; (b) lend it; and (c) scan crowds.",
            "You may not:",
            ["sell it;", "lend it;", "scan crowds."],
            id="after-a-colon",
        ),
        pytest.param(
            "You agree not to (i) sell it; or (ii) lend it.",
            "You agree not to",
            ["sell it;", "lend it."],
            id="within-a-sentence",
        ),
        pytest.param(
            "You may: • sell it • lend it", "You may:", ["sell it", "lend it"], id="bullets-in-a-line"
        ),
        pytest.param("You must: 1. Stop it. 2. Say so.", "You must:", ["Stop it.", "Say so."], id="numbers"),
    ],
)
def test_inline_enumerations_are_split_and_inherit_their_lead_in(
    text: str, lead_in: str, items: list[str]
) -> None:
    opening, *found = split(text)
    assert opening.text == lead_in
    assert [each.text for each in found] == items
    assert {each.lead_ins for each in found} == {(lead_in,)}
    assert {each.frame for each in found} == {fold(lead_in)}


def test_the_sentence_after_an_enumeration_is_free_of_it() -> None:
    assert split("You may not: (a) sell it; (b) lend it. Thanks.")[-1].lead_ins == ()


def test_semicolons_alone_do_not_split() -> None:
    assert len(split("We stop; they go on; nobody asks.")) == 1


def test_a_frame_is_the_last_sentence_of_each_lead_in_without_its_number() -> None:
    found = split("scan crowds", lead_ins=("Be fair. 4.1 You may not:", "(b) where people live:"))[0]
    assert found.lead_ins == ("You may not:", "where people live:")
    assert found.frame == "you may not where people live"


def test_the_same_words_under_another_lead_in_have_the_same_key_and_another_frame() -> None:
    forbidden, allowed = (
        split("scan crowds", lead_ins=("You may not:",)),
        split("scan crowds", lead_ins=("You may:",)),
    )
    assert forbidden[0].key == allowed[0].key
    assert forbidden[0].frame != allowed[0].frame


def test_sentences_carry_their_place() -> None:
    document = extract(b"# Top\n\nYou may not:\n\n- sell it. Ever.", "text/markdown")
    assert [(each.text, each.headings, each.kind, each.segment) for each in sentences(document)] == [
        ("Top", (), "heading", 0),
        ("You may not:", ("Top",), "paragraph", 1),
        ("sell it.", ("Top",), "item", 2),
        ("Ever.", ("Top",), "item", 2),
    ]


# --------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("We don't sell it.", "we don’t sell it", id="case-apostrophe-stop"),
        pytest.param("face-recognition", "Face  recognition", id="hyphen"),
        pytest.param("“Police” – and others", '"Police" - and others', id="quotes-and-dashes"),
        pytest.param("re\u00adcog\u200bnition", "recognition", id="soft-hyphen-and-zero-width"),
        pytest.param("recog\uffa0nition", "recognition", id="invisible-once-resolved"),
        pytest.param("in the U.S. now", "in the US now", id="dots-in-abbreviations"),
        pytest.param("z. B. Gesichter", "z.B. Gesichter", id="blanks-in-abbreviations"),
        pytest.param("**We** never `sell` _it_", "We never sell it", id="markdown-marks"),
        pytest.param("ﬁngerprint ②", "fingerprint 2", id="compatibility-forms"),
        pytest.param("Straße", "STRASSE", id="sharp-s"),
        pytest.param("as in Section 5.2", "as in section 17", id="section"),
        pytest.param("as in section 4(b)(iii) here", "as in section 6(a) here", id="section-with-parts"),
        pytest.param("per clauses 3, 4 and 5 hereof", "per clauses 9 to 11 hereof", id="several"),
        pytest.param("nach § 17 Abs. 2", "nach § 18 Abs. 3", id="paragraph"),
        pytest.param("Section 5 of these terms", "Section 6 of these terms", id="of-these-terms"),
        pytest.param("(a) sold or (b) lent", "(i) sold or (ii) lent", id="letters-inside"),
    ],
)
def test_equal_keys(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("kept for 90 days", "kept for 180 days", id="counts"),
        pytest.param("kept until 2024", "kept until 2025", id="years"),
        pytest.param("under Article 9 of the GDPR", "under Article 6 of the GDPR", id="articles-of-laws"),
        pytest.param("Art. 9 Abs. 2 lit. a DSGVO", "Art. 6 Abs. 2 lit. a DSGVO", id="German-articles"),
        pytest.param("costs $5", "costs €5", id="currency"),
        pytest.param("we do sell it", "we do not sell it", id="not"),
        pytest.param("कि", "का", id="vowel-signs"),
    ],
)
def test_different_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=60) | st.text("aIuS.§(),'-_ 159\u00ad’ß…①é", max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


WORDS = "section sections § 5 5.2 3 iv and or of the act gdpr abs lit a these terms (b) u.s. faces"


@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=14).map(" ".join))
def test_folding_references_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# --------------------------------------------------------------------------- whole copies of a page

PAGE = """# Rules for Norfield Watch

1\\. We do not sell face recognition to police, as section 2.1 says. We will tell you if that changes.

You may not:

- scan crowds in public places;
- keep templates for more than 90 days.

2\\. Norfield Inc. keeps nothing (see clause 1.1). Ask us anything.
"""
RENUMBERED = PAGE.replace("1\\.", "4\\.").replace("2\\.", "5\\.").replace("2.1", "5.3").replace("1.1", "4.2")
REWRAPPED = PAGE.replace(" to police", "\nto police").replace("in public", "in\n  public")
REORDERED = "".join(PAGE.partition("2\\.")[i] for i in (1, 2)) + "\n" + PAGE.partition("2\\.")[0]
AS_NUMBERED_LIST = PAGE.replace("- scan", "1. scan").replace("- keep", "2. keep")


@pytest.mark.parametrize("copy", [RENUMBERED, REWRAPPED, REORDERED, AS_NUMBERED_LIST])
def test_a_copy_that_says_the_same_has_the_same_keys(copy: str) -> None:
    assert copy != PAGE
    assert keys(copy) == keys(PAGE)


def test_html_and_markdown_of_a_page_have_the_same_keys() -> None:
    markup = """<h1>Rules for Norfield Watch</h1>
        <p>1. We do not sell face recognition to police, as section 2.1 says.
        We will tell you if that changes.</p>
        <p>You may not:</p>
        <ul><li>scan crowds in public places;<li>keep templates for more than 90 days.</ul>
        <p>2. Norfield Inc. keeps nothing (see clause 1.1). Ask us anything.</p>"""
    assert keys(markup, "text/html") == keys(PAGE)


def test_one_changed_word_changes_one_key() -> None:
    changed = keys(PAGE.replace("90 days", "180 days"))
    assert len(changed - keys(PAGE)) == len(keys(PAGE) - changed) == 1


# --------------------------------------------------------------------------- invariants

PROSE = st.text("aB1.;:() \"“•—-|?!'§,\n\u200b。é", max_size=80)


@given(st.lists(PROSE | st.text(max_size=60), max_size=4), PROSE)
def test_every_sentence_is_cut_from_its_segment_in_order(texts: list[str], lead_in: str) -> None:
    segments = tuple(Segment(text, lead_ins=(lead_in,)) for text in texts)
    place = (0, 0)
    for each in sentences(Document(segments)):
        start = segments[each.segment].text.find(each.text, place[1] if each.segment == place[0] else 0)
        assert start >= 0
        assert each.key == fold(each.text) != ""
        place = (each.segment, start + len(each.text))


@given(PROSE)
def test_no_word_is_lost(text: str) -> None:
    """Between the sentences lie only ordinals and the words that join an enumeration: never an "é"."""
    assert "".join(each.text for each in split(text)).count("é") == text.count("é")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 1_000_000, id="words"),
        pytest.param("a" * 5_000_000, id="no-blank"),
        pytest.param("." * 2_000_000, id="dots"),
        pytest.param("U.S. " * 300_000, id="abbreviations"),
        pytest.param("section 5 " * 300_000, id="references"),
        pytest.param("(a) b; " * 100_000, id="enumeration"),
        pytest.param("\"'" * 1_000_000, id="quotes"),
        pytest.param("a. b. " * 200_000, id="initials"),
        pytest.param("\u200b" * 1_000_000, id="invisible"),
    ],
)
def test_a_line_of_megabytes_is_read_in_one_go(text: str) -> None:
    """Linear time: anything quadratic would not end while the tests run."""
    assert len(split(text)) <= 100_000
