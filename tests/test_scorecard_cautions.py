"""Small words by which a sentence says less than its slots tell: nothing that holds one is met by itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.home import SHIPPED_CONFIG
from monitor.asks import State
from monitor.errors import ConfigError
from monitor.lexicon import load_lexicon
from monitor.model import Saying
from monitor.scorecard import Claim, Part
from monitor.scorecard.cautions import load_cautions
from monitor.scorecard.said import said_of
from tests.claimed import CAUTIONS, ENGLISH, FAR, PLEDGE, TERMS, Page, claims, part_of, said

NO_SALE = "We will not sell facial recognition technology to police departments."
NOTHING = "Our cafeteria opens at noon."
JUDGE = "Words that a person has to judge: "


def sale(words: str) -> Part:
    return part_of("POL-1", "police", claims(Page((0, [words]))))


# --------------------------------------------------------------------------- words that take something back

LESS = [
    ("We hope never to sell facial recognition to police departments.", ""),
    ("We aim to never sell facial recognition to police departments.", ""),
    ("We seek never to sell facial recognition to police departments.", ""),
    ("We never sold facial recognition to police departments.", "We never sold"),
    ("We have not sold facial recognition to police departments.", "have not"),
    ("We did not sell facial recognition to police departments.", "did not"),
    ("Facial recognition was not sold to police departments.", "was not"),
    ("We will not sell facial recognition to such police departments.", "such police departments"),
    ("We will not sell facial recognition to both police departments.", "both police departments"),
    ("We will not sell facial recognition to other police departments.", "other police departments"),
    ("We will not sell such facial recognition to police departments.", "such facial recognition"),
    ("We will not sell facial recognition to police departments here.", "here"),
    ("We will not sell facial recognition to police departments as others do.", "as others"),
    ("We will not sell facial recognition to police departments in this country.", "country"),
    ("We will not sell facial recognition of that kind to police departments.", "kind"),
    ("We will not sell facial recognition to police departments that lack training.", "that lack training"),
    ("We will not sell facial recognition to police departments who collect it.", "who collect it"),
    ("We do not sell facial recognition data to police departments.", "data"),
    ("Do you sell facial recognition to police departments? No.", "No."),
    ("We will not sell our own facial recognition to police departments.", "own facial recognition"),
    ("We will not sell facial recognition to your police department.", "your police department"),
    ("We may not sell facial recognition to police departments.", "may not"),
    ("We would not sell facial recognition to police departments.", "would not"),
    ("We will not sell facial recognition to police departments*.", "departments*"),
    ("We will not sell facial recognition to police departments.†", "departments.†"),
    ("We have discontinued our facial recognition.", "We have discontinued our facial recognition."),
    ("Police departments cannot buy facial recognition from us.", "Police departments cannot buy facial recognition from us."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "shown"), LESS, ids=[words for words, _ in LESS])
def test_words_that_say_less_are_never_met(words: str, shown: str) -> None:
    part = sale(words)
    assert part.state is State.PARTIAL
    assert not shown or part.why.startswith(f"{JUDGE}“{shown}”")


@pytest.mark.parametrize(
    "words",
    [
        "We will not sell facial recognition to police departments or other law enforcement agencies.",
        "We will not sell facial recognition to police departments or any other law enforcement agency.",
        "We will not sell facial recognition products to police departments in any country.",
        "We will not sell facial recognition of any kind to police departments.",
        "We have never sold, and will never sell, facial recognition to police departments.",
        "We prohibit the use of our services for facial recognition by police departments.",
        "Our services must not be used for facial recognition by police departments.",
        "Facial recognition may not be sold to police departments.",
        "We do **not** sell facial recognition to police departments.",
        "We promise never to sell or license facial recognition to police departments.",
    ],
)
def test_words_that_only_look_like_it_are_met(words: str) -> None:
    assert sale(words).state is State.MET


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Our product does not use facial recognition.", State.PARTIAL),
        ("No product of ours uses facial recognition.", State.PARTIAL),
        ("This feature does not use facial recognition.", State.PARTIAL),
        ("We do not use facial recognition in our products.", State.MET),
        ("Facial recognition technology is not used.", State.MET),
    ],
)
def test_what_acts_is_one_of_several_things(words: str, state: State) -> None:
    assert part_of("GB-2a", "use", claims(Page((0, [words])))).state is state


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Wir verkauften keine Gesichtserkennung an die Polizei."),
        ("de", "Wir hoffen, keine Gesichtserkennung an die Polizei zu verkaufen."),
        ("de", "Wir würden niemals Gesichtserkennung an die Polizei verkaufen."),
        ("de", "Wir verkaufen unsere eigene Gesichtserkennung nicht an die Polizei."),
        ("fr", "Nous ne vendons pas de reconnaissance faciale à votre police."),
        ("es", "No vendemos nuestro propio reconocimiento facial a la policía."),
        ("pt", "Não vendemos reconhecimento facial à sua polícia."),
        ("de", "Diese Funktion nutzt keine Gesichtserkennung."),
        ("de", "Wir verkaufen keine Gesichtserkennungsdaten."),
        ("fr", "Nous ne vendions pas de reconnaissance faciale à la police."),
        ("fr", "Cette fonction n'utilise pas la reconnaissance faciale."),
        ("fr", "Nous ne vendons pas vos données biométriques."),
        ("es", "No vendíamos reconocimiento facial a la policía."),
        ("es", "No vendemos sus datos biométricos."),
        ("pt", "Não vendemos os seus dados biométricos."),
    ],
)
def test_each_language_has_words_of_its_own(language: str, words: str) -> None:
    lexicon = load_lexicon(SHIPPED_CONFIG, language)
    page = Page((0, [words]), lexicon=lexicon)
    made = [replace(one, said=said_of(one.saying, lexicon, (), CAUTIONS[language])) for one in claims(page)]
    assert made, "it must be a statement"
    states = {part_of("GB-2a", name, made).state for name in ("sell", "use", "other remote biometrics")}
    assert State.MET not in states | {part_of("POL-1", "police", made).state}


# --------------------------------------------------------------------------- what stands above the words


def under(heading: str, words: str, alone: str = "") -> Claim:
    """A statement below a heading; alone: its words on the page, where it takes its subject from there."""
    (made,) = claims(Page((0, [words])))
    return _with(replace(made.saying, quote=alone or words, context=(heading,)), made)


def _with(saying: Saying, made: Claim) -> Claim:
    return replace(made, saying=saying, said=said_of(saying, ENGLISH, (), CAUTIONS["en"]))


def test_an_answer_is_no_more_than_its_question() -> None:
    question = "Do you sell facial recognition to police departments?"
    made = [under(question, "We do not sell facial recognition.", "No.")]
    part = part_of("POL-1", "police", made)
    assert (part.state, part.why) == (State.PARTIAL, f"{JUDGE}“No.” to the question “{question}”")
    assert part_of("POL-1", "immigration", made).state is State.UNMET
    assert part_of("GB-2a", "sell", made).state is State.PARTIAL


def test_whom_only_a_heading_names_a_ban_may_mean_or_not() -> None:
    ban = "You must not use our service for emotion recognition."
    one = under("Law enforcement", ban)
    made = [_with(replace(one.saying, parties=("law_enforcement",)), one)]
    part = part_of("AIA-5-1-f", "work", made)
    assert part.state is State.PARTIAL
    assert part.why == f"{JUDGE}“{ban}” below a heading that names law enforcement."


def test_a_quote_that_is_to_be_judged_is_told_once() -> None:
    ban = "You must not use our service for emotion recognition:"
    one = under("Law enforcement", ban)
    made = [_with(replace(one.saying, parties=("law_enforcement",)), one)]
    assert part_of("AIA-5-1-f", "work", made).why.count(ban) == 1


def test_a_duty_names_those_of_whom_it_binds() -> None:
    duty = "You may not use our service for emotion recognition in your schools."
    assert part_of("AIA-5-1-f", "education", claims(Page((0, [duty])))).state is State.MET


@pytest.mark.parametrize(
    ("heading", "words", "state"),
    [
        ("surveillance", "You must not use our service for emotion recognition.", State.UNMET),
        ("face_recognition", "You must not use our service for emotion recognition.", State.PARTIAL),
        ("surveillance", "You must not use our service to sort applicants.", State.PARTIAL),
    ],
)
def test_what_only_a_heading_names_is_what_is_asked_or_the_words_name_nothing(
    heading: str, words: str, state: State
) -> None:
    one = under(heading, "You must not use facial recognition for law enforcement.", words)
    made = [_with(replace(one.saying, technologies=("emotion_recognition", heading)), one)]
    assert part_of("POL-1", "police", made).state is state


def test_where_all_of_it_is_to_be_judged_no_word_is_named() -> None:
    words = "We will not sell blue facial recognition to police departments:"
    assert sale(words).why == f"{JUDGE}“{words}”."
    assert "“blue”" in sale(words.replace(":", ".")).why


def test_words_that_go_on_below_are_neither_met_nor_contrary() -> None:
    assert sale("We will not sell facial recognition to police departments:").state is State.PARTIAL
    list_of = "We sell facial recognition to police departments that have:"
    part = part_of("POL-1", "police", claims(Page((0, [NO_SALE, list_of]))))
    assert (part.state, len(part.supports)) == (State.MET, 1)


def test_of_many_ways_a_few_are_told() -> None:
    places = ("north", "south", "east", "west", "centre")
    words = [f"We will not sell facial recognition to police departments of the {one}." for one in places]
    made = claims(Page((0, words)))
    part = part_of("POL-1", "police", made)
    assert part.why.count("elsewhere") == 2 and part.why.endswith("; and 2 more.")
    assert len(part.supports) == 5


# --------------------------------------------------------------------------- exceptions and losses of others

APART = "The moratorium on facial recognition does not apply to hospitals."
DUTY = "You must not use facial recognition on protesters."


def test_what_is_not_surely_an_exception_from_a_duty_only_stands_beside_it() -> None:
    part = part_of("UNGP-13", "", claims(Page((0, [DUTY, APART]))))
    assert part.state is State.PARTIAL
    assert f"beside it stands “{APART}”" in part.why and "with an exception" not in part.why


def test_a_ban_with_an_exception_is_no_exception_from_other_bans() -> None:
    item = "Build facial recognition systems, except for medical reasons"
    lead = "You must not:"
    (ban,) = said(["You must not build facial recognition systems, except for medical reasons."], 0, FAR)
    below = _with(replace(ban, quote=item, context=("Rules", lead)), claims(Page((0, [NO_SALE])))[0])
    assert below.said is not None and below.said.statement.exceptions
    doubted = replace(below.said, statement=replace(below.said.statement, doubtful=True))
    made = [*claims(Page((0, [NO_SALE]))), replace(below, said=doubted)]
    assert part_of("POL-1", "police", made).state is State.MET


@pytest.mark.parametrize(
    ("left", "state"),
    [
        ("We will not sell surveillance technology to police departments.", State.UNKNOWN),
        (NO_SALE, State.REGRESSED),
    ],
)
def test_only_what_is_asked_can_regress(left: str, state: State) -> None:
    part = part_of("POL-1", "police", claims(Page((0, [left, NOTHING]), (50, [NOTHING]))))
    assert part.state is state and left in part.why
    assert ("only close to what is asked" in part.why) is (state is State.UNKNOWN)


def test_what_stands_beside_a_loss_is_told() -> None:
    pause = "Until further notice, police departments must not use our facial recognition."
    part = part_of("POL-1", "police", claims(Page((0, [NO_SALE, pause]), (50, [pause]))))
    assert part.state is State.REGRESSED
    assert part.why.endswith(f"“{NO_SALE}”; other words stand: “{pause}”")


def test_a_loss_of_something_close_is_told_though_its_page_is_gone() -> None:
    left = "We will never build a face database from pictures on the public Internet."
    page = Page((0, [left, NOTHING]), (50, [NOTHING]))
    part = part_of("AIA-5-1-e", "", claims(page), unread={PLEDGE: "acme/pledge: gone"})
    assert part.state is State.UNKNOWN and left in part.why
    assert [one.quote for one in part.supports] == [left]


def test_what_names_no_act_cannot_regress_what_is_asked_of_one() -> None:
    left = "We have discontinued our facial recognition."
    part = part_of("POL-1", "police", claims(Page((0, [left, NOTHING]), (50, [NOTHING]))))
    assert part.state is State.UNKNOWN and "only close to what is asked" in part.why


def test_a_loss_of_something_close_is_not_told_where_words_stand() -> None:
    left = "We will not sell surveillance technology to police departments."
    page = Page((0, [left, NOTHING]), (50, [NOTHING]))
    part = part_of("POL-1", "police", claims(page, Page((0, [NO_SALE]), page=TERMS)))
    assert (part.state, len(part.supports)) == (State.MET, 1)


# --------------------------------------------------------------------------- words that say the contrary


@pytest.mark.parametrize(
    ("id", "name", "words", "contrary", "state"),
    [
        ("POL-1", "police", NO_SALE, "We sell facial recognition technology to everyone.", State.PARTIAL),
        ("POL-1", "police", NO_SALE, "We sell facial recognition technology.", State.MET),
        ("POL-1", "police", NO_SALE, "This may change.", State.PARTIAL),
        ("GB-1b2", "", "We do not use facial recognition in our stores.", "This may change.", State.PARTIAL),
        ("GB-2a", "use", "We do not use facial recognition.", "Our partner uses facial recognition on our behalf.", State.PARTIAL),
        ("GB-2a", "use", "We do not use facial recognition.", "Our partner uses facial recognition.", State.MET),
        ("GB-2b2", "data", "We delete all face templates.", "We keep face templates for ten years.", State.PARTIAL),
        ("GB-2b2", "data", "We delete all face templates.", "We do not keep face templates.", State.MET),
    ],
)  # fmt: skip
def test_words_that_say_the_contrary(id: str, name: str, words: str, contrary: str, state: State) -> None:
    part = part_of(id, name, claims(Page((0, [words, contrary]))))
    assert part.state is state
    assert (f"beside it stands “{contrary}”" in part.why) is (state is State.PARTIAL)


USES = "The police department of Ferrand uses our facial recognition."


@pytest.mark.parametrize(
    ("unread", "state", "why"),
    [
        ({}, State.UNMET, "We found no promise of it on the pages that we read"),
        ({TERMS: "acme/terms: gone"}, State.UNKNOWN, "We found no promise of it, and not every page could be read (acme/terms: gone)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("id", "name"), [("POL-1", "police"), ("INV-1", "")])
def test_words_that_say_the_contrary_are_told_where_nothing_is_promised(
    id: str, name: str, unread: dict[str, str], state: State, why: str
) -> None:
    part = part_of(id, name, claims(Page((0, [USES]))), unread=unread)
    assert (part.state, part.why) == (state, f"{why}; what we found is “{USES}”")
    assert [(one.quote, one.is_contrary) for one in part.supports] == [(USES, True)]


def test_what_is_not_used_for_the_police_is_not_the_contrary_of_no_sale_to_them() -> None:
    door = "We use facial recognition to open our doors."
    assert part_of("INV-1", "", claims(Page((0, [door])))).supports == ()


def test_what_others_did_with_something_is_not_the_contrary() -> None:
    mill = "The history of the mill goes back to a family of weavers who sold it to the town."
    (sells,) = claims(Page((0, ["Facial recognition is sold to everyone."])))
    one = replace(sells.saying, quote=mill, context=("Do you sell facial recognition?",))
    for other, state in ((_with(one, sells), State.MET), (sells, State.PARTIAL)):
        assert other.said is not None and not other.saying.bearer
        made = [*claims(Page((0, ["We will not sell facial recognition."]))), other]
        assert part_of("GB-2a", "sell", made).state is state


def test_words_to_judge_on_a_page_that_nobody_reads_are_not_said_to_say_so() -> None:
    made = claims(Page((0, ["We will not sell facial recognition to such police departments."])))
    part = part_of("POL-1", "police", made, unread={PLEDGE: "acme/pledge: it is paused"})
    assert part.state is State.UNKNOWN
    assert part.why == (
        "Words that a person has to judge stood there, and how it is now is not known (acme/pledge: it is paused)."
    )


# --------------------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("[word.en]\n", "word", "is not a known key"),
        ('[words.en]\nturn = ["but"]\n', "words.en.turn", "is not a known key"),
        ('[words.en]\nturns = "but"\n', "words.en.turns", "must be an array"),
        ("[words]\nen = 1\n", "words.en", "must be a table"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, text: str, key: str, problem: str) -> None:
    (tmp_path / "cautions.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_cautions(tmp_path)
    assert refused.value.key == key and problem in refused.value.problem


def test_words_are_spelled_as_pages_are(tmp_path: Path) -> None:
    (tmp_path / "cautions.toml").write_text('[words.xx]\nturns = ["B{ut,UT}", "l’autre"]\n', encoding="utf-8")
    assert load_cautions(tmp_path)["xx"].turns == {"but", "l'autre"}


def test_every_language_of_ours_has_its_table() -> None:
    assert set(CAUTIONS) == {path.stem for path in (SHIPPED_CONFIG / "lexicon").glob("*.toml")}


def test_without_words_nothing_is_found_in_them() -> None:
    (one,) = said(["We will not sell facial recognition to such police departments."], 0, FAR)
    bare, wary = said_of(one, ENGLISH), said_of(one, ENGLISH, (), CAUTIONS["en"])
    assert bare is not None and wary is not None
    assert (bare.doubts.others, wary.doubts.others) == ((), ("such police departments",))
