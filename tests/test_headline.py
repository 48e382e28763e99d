"""The headline: a sentence to paste, in the words of the page, that says no more than was found."""

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.headline import AT_MOST, FOR_REVIEW, headline, possessive
from monitor.headline.forms import PAGES
from monitor.headline.spans import changed_spans, is_quotable, opening
from monitor.model import (
    FOUND_ELSEWHERE,
    KEPT,
    LAPSED,
    LAPSING,
    PAGE_BACK,
    PAGE_GONE,
    SAME_WORDS,
    STILL_ELSEWHERE,
    UNDONE,
    Direction,
    Finding,
    FindingKind,
    Role,
    Stance,
    Tier,
)
from tests.sample_alerts import CORVID, HEDGED, REFUSAL, TERMS, finding

#: Beginnings of words that say why, how, or how bad: none of them stands in a headline outside quotation marks.
MOTIVES = (
    "abandon", "admit", "allegedly", "backpedal", "backtrack", "betray", "break", "breach", "broke", "cave", "cavin",
    "claim", "conceal", "confess", "deceiv", "ditch", "drop", "evad", "finally", "gut", "hid", "loophole", "mislead",
    "promised", "quiet", "refuses to", "renege", "retreat", "scrap", "secret", "shady", "silent", "slip", "sneak",
    "stealth", "tout", "u-turn", "violat", "walk back", "walked back", "water", "weasel", "withdr",
)  # fmt: skip
_MOTIVE = re.compile(rf"\b(?:{'|'.join(map(re.escape, MOTIVES))})", re.IGNORECASE)
_QUOTED = re.compile("“([^“”]*)”")
GONE = {"kind": FindingKind.WITHDRAWN, "after_quote": ""}
NEW = {"kind": FindingKind.INTRODUCED, "before_quote": ""}
LONG = (
    "We will not sell facial recognition technology to police departments in the United States until there is a "
    "national law, grounded in human rights, that governs its use, and even then only after a public consultation."
)
TERM_REFUSAL = "We will not sell face search to police until 10 June 2027."


def told(role: Role = Role.TERMS, name: str = "Corvid Cloud", **changes: object) -> str:
    """The headline of the sample's narrower refusal, or of what `changes` make of it."""
    return headline(replace(CORVID, name=name), replace(TERMS, role=role), [finding(**changes)])


def faults(sentence: str, name: str, findings: list[Finding]) -> list[str]:
    """Which of the rules of a headline this one breaks."""
    plain = _QUOTED.sub("“”", sentence)
    sources = [part for one in findings for part in (one.before_quote, one.after_quote, *one.context)]
    rules = {
        "begins with the name": sentence.removeprefix(FOR_REVIEW).startswith(possessive(name) + " "),
        "has no double blank": "  " not in plain,
        "has no blank before a comma": " ," not in plain and " ;" not in plain,
        "has no full stop, and is one line": not re.search(r"[.\n\r\t{}]", plain.replace("xAI Inc.", "")),
        "has one article": not re.search(r"\b(?:a|an|the) (?:a|an|the)\b|\ba [^ ]+'s? ", plain),
        "has paired quotation marks": plain.count("“") == plain.count("”") == plain.count("“”"),
        "quotes exact words": all(any(q in s for s in sources) for q in _QUOTED.findall(sentence)),
        "quotes something": all(q.strip() == q and q for q in _QUOTED.findall(sentence)),
        "gives no motive": not _MOTIVE.search(plain.replace(name, "")),
        "is short": len(sentence) <= AT_MOST,
        "ends with a word": sentence[-1].isalnum() or sentence[-1] in "”)",
    }
    return [rule for rule, holds in rules.items() if not holds]


@pytest.mark.parametrize(
    ("changes", "role", "sentence"),
    [
        pytest.param(
            GONE,
            Role.TERMS,
            f"Corvid Cloud's terms page no longer says under “What we do not sell”: “{REFUSAL[:-1]}”",
            id="a clause is gone",
        ),
        pytest.param(
            GONE | {"before_quote": LONG, "context": ()},
            Role.TERMS,
            "Corvid Cloud's terms page no longer has a statement on facial recognition and police that began: “We will not"
            " sell facial recognition technology to police departments in the United States”",
            id="a long clause is gone: its first words",
        ),
        pytest.param(
            GONE | {"before_quote": "Never “sell” it."},
            Role.TERMS,
            "Corvid Cloud's terms page no longer has a statement on facial recognition and police that stood there before",
            id="words with quotation marks in them are not quoted",
        ),
        pytest.param(
            GONE | {"before_quote": "sell it to police;", "context": ("Terms", "You may not use the service to:")},
            Role.TERMS,
            "Corvid Cloud's terms page no longer says under “You may not use the service to”: “sell it to police”",
            id="an item of a list never stands without the line that governs it",
        ),
        pytest.param(
            GONE | {"before_quote": "sell it to police;", "context": ("You may not use it, nor " + "x" * 90 + ":",)},
            Role.TERMS,
            "Corvid Cloud's terms page no longer has a statement on facial recognition and police that stood there before",
            id="where that line is too long, the item is not quoted either",
        ),
        pytest.param(
            GONE | {"rule": PAGE_GONE, "context": ()},
            Role.PLEDGE,
            f"Corvid Cloud's pledge page, which said “{REFUSAL[:-1]}”, is gone",
            id="the page is gone",
        ),
        pytest.param(
            GONE | {"rule": PAGE_GONE, "before_quote": ""},
            Role.PLEDGE,
            "Corvid Cloud's pledge page, which had a statement on facial recognition and police, is gone",
            id="the page is gone, no words are left",
        ),
        pytest.param(
            NEW | {"rule": PAGE_BACK, "context": ()},
            Role.PLEDGE,
            f"Corvid Cloud's pledge page, which was gone, is there again and says: “{HEDGED[:-1]}”",
            id="the page is back",
        ),
        pytest.param(
            NEW | {"rule": UNDONE, "context": ()},
            Role.PLEDGE,
            f"Corvid Cloud's pledge page again says: “{HEDGED[:-1]}”",
            id="what was told as gone is there again",
        ),
        pytest.param(
            {"kind": FindingKind.FORCE},
            Role.PLEDGE,
            "Corvid Cloud's pledge page changed “will not sell” to “do not currently sell general-purpose” in a statement "
            "on facial recognition and police, which now binds less",
            id="a few words changed, and what that does",
        ),
        pytest.param(
            {"kind": FindingKind.EXCEPTION, "after_quote": REFUSAL[:-1] + ", except in emergencies."},
            Role.POLICY,
            "Corvid Cloud's policy page now has “except in emergencies” in a statement on facial recognition and police, "
            "which now has a new or wider exception",
            id="words were added",
        ),
        pytest.param(
            {"after_quote": "We will not sell facial recognition technology.", "direction": Direction.STRONGER},
            Role.POLICY,
            "Corvid Cloud's policy page no longer has “to police departments” in a statement on facial recognition and "
            "police, which now covers more",
            id="words were taken out",
        ),
        pytest.param(
            {
                "before_quote": "You may use face search, e.g. at work.",
                "after_quote": "You may use face search, i.e. at work, at school and wherever you may want to be.",
                "reasons": ("The place “at school” was added.",),
            },
            Role.POLICY,
            "Corvid Cloud's policy page now has “at school and wherever you may want to be”, among other changes, in a "
            "statement on facial recognition and police, which now covers less",
            id="of several places, the one that the finding speaks of",
        ),
        pytest.param(
            {"before_quote": "One thing entirely.", "after_quote": "“Another” matter, altogether foreign."},
            Role.POLICY,
            "Corvid Cloud's policy page changed a statement on facial recognition and police, which now covers less",
            id="words that cannot be quoted are not",
        ),
        pytest.param(
            {"kind": FindingKind.REVERSED, "after_quote": REFUSAL},
            Role.POLICY,
            "Corvid Cloud's policy page changed the words around a statement on facial recognition and police, which now "
            "says the opposite",
            id="the same words below another line",
        ),
        pytest.param(
            {"stance": "permits"},
            Role.POLICY,
            "Corvid Cloud's policy page changed “will not sell” to “do not currently sell general-purpose” in a statement "
            "on facial recognition and police, which lowers protection",
            id="a permission covers more, so we do not say that it covers less",
        ),
        pytest.param(
            NEW | {"direction": Direction.STRONGER, "after_quote": "x\u202ey"},
            Role.TRANSPARENCY_REPORT,
            "Corvid Cloud's transparency report now has a new statement on facial recognition and police, which raises "
            "protection",
            id="signs that nobody sees are not quoted",
        ),
        pytest.param(
            {"tier": Tier.REVIEW, "kind": FindingKind.REVERSED, "direction": Direction.WEAKER},
            Role.POLICY,
            f"For review: Corvid Cloud's policy page changed “{REFUSAL[:-1]}” to “{HEDGED[:-1]}”",
            id="nothing is claimed that a person has to judge first",
        ),
        pytest.param(
            GONE | {"rule": SAME_WORDS, "tier": Tier.REVIEW, "direction": Direction.UNCLEAR, "context": ()},
            Role.POLICY,
            f"For review: Corvid Cloud's policy page now says, below other words than before: “{REFUSAL[:-1]}”",
            id="the same words stand there",
        ),
        pytest.param(
            GONE | {"rule": STILL_ELSEWHERE, "context": ()},
            Role.POLICY,
            f"Corvid Cloud's policy page no longer says: “{REFUSAL[:-1]}”, which still stands on another of their pages",
            id="another page says it, too",
        ),
        pytest.param(
            {"kind": FindingKind.RELOCATED, "technologies": (), "parties": (), "before_quote": ""} | {"after_quote": ""},
            Role.PRODUCT,
            "Corvid Cloud's product page no longer has a statement on biometric surveillance that now stands on another of "
            "their pages",
            id="moved to another page, subject unknown",
        ),
        pytest.param(
            {"kind": FindingKind.TERM, "rule": LAPSING, "before_quote": TERM_REFUSAL, "after_quote": TERM_REFUSAL, "context": ()},
            Role.PLEDGE,
            "Corvid Cloud's pledge page has a statement on facial recognition and police that is to end by its own words: "
            f"“{TERM_REFUSAL[:-1]}”",
            id="its own end comes near",
        ),
        pytest.param(
            {"kind": FindingKind.TERM, "rule": LAPSING, "before_quote": TERM_REFUSAL, "after_quote": TERM_REFUSAL},
            Role.PLEDGE,
            "Corvid Cloud's pledge page has, under “What we do not sell”, a statement on facial recognition and police "
            f"that is to end by its own words: “{TERM_REFUSAL[:-1]}”",
            id="its own end comes near, and the heading says where",
        ),
        pytest.param(
            {"kind": FindingKind.TERM, "rule": LAPSED, "before_quote": TERM_REFUSAL, "after_quote": TERM_REFUSAL},
            Role.PLEDGE,
            "Corvid Cloud's pledge page still has, under “What we do not sell”, a statement on facial recognition and "
            f"police that has ended by its own words: “{TERM_REFUSAL[:-1]}”",
            id="its own end is over, and the heading says where",
        ),
        pytest.param(
            {"kind": FindingKind.TERM, "rule": LAPSED, "before_quote": TERM_REFUSAL, "after_quote": TERM_REFUSAL, "context": ()},
            Role.PLEDGE,
            "Corvid Cloud's pledge page still has a statement on facial recognition and police that has ended by its own "
            f"words: “{TERM_REFUSAL[:-1]}”",
            id="its own end is over",
        ),
    ],
)  # fmt: skip
def test_the_headline_states_the_fact(changes: dict[str, object], role: Role, sentence: str) -> None:
    assert told(role, **changes) == sentence
    assert faults(sentence, "Corvid Cloud", [finding(**changes)]) == []


ABOUT = " in a statement on facial recognition and police"
OPPOSITE = ", which now says the opposite"
LONG_REFUSAL = (
    "Because we care about human rights and after a long talk with our staff, with our customers and with many groups,"
    " we will not sell facial recognition to any police department."
)
LONG_OFFER = (
    "Public safety agencies in forty countries rely on our platform, which is why face matching is here for each of them"
    " on request, at the usual price and terms."
)


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        pytest.param(
            "We will not sell it to police.",
            "We may sell it to police.",
            f"changed “We will not sell it to police” to “We may sell it to police”{ABOUT}{OPPOSITE}",
            id="short: both statements, the subject, the effect",
        ),
        pytest.param(
            "We will not offer face recognition to immigration authorities until 20 May 2027.",
            "We may offer face recognition to immigration authorities.",
            "changed “We will not offer face recognition to immigration authorities until 20 May 2027” to “We may offer face"
            f" recognition to immigration authorities”{OPPOSITE}",
            id="the end date went, too: it is not what turned",
        ),
        pytest.param(
            "We do not use facial recognition in our stores.",
            "We use facial recognition in our stores to keep customers safe from theft.",
            "changed “We do not use facial recognition in our stores” to “We use facial recognition in our stores to keep"
            f" customers safe from theft”{ABOUT}{OPPOSITE}",
            id="a reason came: it is not what turned",
        ),
        pytest.param(
            "We will never sell facial recognition technology to police.",
            "We will sell facial recognition technology to police where a court has ordered it and an officer has signed.",
            "changed “We will never sell facial recognition technology to police” to “We will sell facial recognition"
            f" technology to police where a court has ordered it and an officer has signed”{OPPOSITE}",
            id="a condition came",
        ),
        pytest.param(
            "You may not use the service for facial recognition by police departments without our written consent given in"
            " advance.",
            "You may use the service for facial recognition by police departments.",
            "changed “You may not use the service for facial recognition by police departments without our written consent"
            " given in advance” to “You may use the service for facial recognition by police departments”",
            id="both statements and no room for more",
        ),
        pytest.param(
            "We do not use facial recognition in our stores, at our tills or in our car parks, and none of our suppliers may"
            " do so for us.",
            "We use facial recognition in our stores, at our tills and in our car parks to keep customers safe from theft,"
            " and suppliers may do so.",
            f"changed “We do not use facial recognition in” to “We use facial recognition in”, among other changes,{ABOUT}"
            f"{OPPOSITE}",
            id="too long: the words of force and their verb",
        ),
        pytest.param(
            "We will never sell facial recognition technology to police departments in any country where we do business today.",
            "We will sell facial recognition technology to police departments in any country where a court has ordered it and"
            " an officer has signed.",
            "changed “We will never sell facial recognition technology” to “We will sell facial recognition technology”, among"
            f" other changes,{ABOUT}{OPPOSITE}",
            id="too long: never",
        ),
        pytest.param(
            "Face search for police is strictly prohibited on our platform, in each of its regions and for each of its many"
            " thousands of customers.",
            "Face search for police is expressly allowed on our platform, in each of its regions and for each customer who"
            " has signed the police addendum.",
            "changed “police is strictly prohibited on our platform” to “police is expressly allowed on our platform”,"
            f" among other changes,{ABOUT}{OPPOSITE}",
            id="too long: prohibited, allowed",
        ),
        pytest.param(
            "We require every customer to hold a court order before they run a facial recognition search against our gallery"
            " of forty million faces.",
            "We encourage every customer to consider a court order before they run a facial recognition search against our"
            " gallery of sixty million faces.",
            "changed “We require every customer to” to “We encourage every customer to”, among other changes,"
            f"{ABOUT}{OPPOSITE}",
            id="too long: a duty became a wish",
        ),
        pytest.param(
            "We have no plans to offer facial recognition to any police department in this country, nor to any contractor"
            " that works for one.",
            "We have plans to offer facial recognition to any police department in this country, and to any contractor"
            " that works for one today.",
            "changed “We have no plans to offer facial” to “We have plans to offer facial”, among other changes,"
            f"{ABOUT}{OPPOSITE}",
            id="too long: no plans",
        ),
        pytest.param(
            LONG_REFUSAL,
            LONG_OFFER,
            "no longer has “we will not sell facial recognition to any police department”, among other changes,"
            f"{ABOUT}{OPPOSITE}",
            id="nothing in common: the refusal",
        ),
        pytest.param(
            LONG_REFUSAL,
            "Public safety agencies in forty countries rely on our platform, and each of them may buy face matching from us"
            " on request, at the usual price and terms.",
            "changed “we will not sell facial recognition to any police department” to “of them may buy face matching from us"
            f" on request, at the usual price”, among other changes{OPPOSITE}",
            id="nothing in common: the words of force of both",
        ),
        pytest.param(
            "sell it to the police;",
            "sell it in a crowd to the police;",
            f"changed a statement on facial recognition and police{OPPOSITE}",
            id="an item whose line above turned: its own words tell nothing",
        ),
        pytest.param(
            "We won’t share it with “partners”.",
            "We share it with “partners”.",
            f"changed a statement on facial recognition and police{OPPOSITE}",
            id="words with quotation marks in them are not quoted",
        ),
    ],
)  # fmt: skip
def test_a_reversal_quotes_the_turn_or_nothing(before: str, after: str, fact: str) -> None:
    changes = {"kind": FindingKind.REVERSED, "before_quote": before, "after_quote": after, "context": ()}
    changes |= {"context": ("You may use it to:",)} if before[0].islower() else {}
    sentence = told(**changes)
    assert sentence == f"Corvid Cloud's terms page {fact}"
    assert faults(sentence, "Corvid Cloud", [finding(**changes)]) == []


@pytest.mark.parametrize(
    ("language", "before", "after", "turn"),
    [
        (
            "de",
            ("Wir verkaufen keine Gesichtserkennung an Polizeibehörden, weder im Inland noch im Ausland, solange kein Gesetz"
            " dies regelt."),
            ("Wir verkaufen Gesichtserkennung an Polizeibehörden, im Inland wie im Ausland, sobald ein Vertrag dies regelt"
            " und bezahlt ist."),
            "“Wir verkaufen keine Gesichtserkennung an Polizeibehörden” to “Wir verkaufen Gesichtserkennung an",
        ),
        (
            "fr-CA",
            ("Nous ne vendons pas la reconnaissance faciale aux services de police, en France comme à l'étranger, tant"
            " qu'une loi n'encadre pas son usage."),
            ("Nous vendons la reconnaissance faciale aux services de police, en France comme à l'étranger, lorsqu'un contrat"
            " encadre son usage."),
            "“Nous ne vendons pas la reconnaissance faciale” to “Nous vendons la reconnaissance faciale”",
        ),
        (
            "es",
            ("No vendemos reconocimiento facial a la policía, ni en España ni en ningún otro país, mientras no exista una"
            " ley que regule su uso."),
            ("Vendemos reconocimiento facial a la policía, en España y en cualquier otro país, siempre que exista un"
            " contrato que regule su uso."),
            "“No vendemos reconocimiento facial a” to “Vendemos reconocimiento facial a”",
        ),
        (
            "pt-BR",
            ("Não vendemos reconhecimento facial à polícia, nem no Brasil nem em outro país, enquanto não houver uma lei que"
            " regule o seu uso."),
            ("Vendemos reconhecimento facial à polícia, no Brasil e em qualquer outro país, sempre que houver um contrato"
            " que regule o seu uso."),
            "“Não vendemos reconhecimento facial à” to “Vendemos reconhecimento facial à”",
        ),
        (
            "nl",
            ("Wij verkopen geen gezichtsherkenning aan de politie, in geen enkel land waar wij zaken doen, zolang er geen"
            " wet is die dat regelt."),
            ("Wij verkopen gezichtsherkenning aan de politie, in elk land waar wij zaken doen, zodra er een contract is dat"
            " dat ook regelt."),
            "a statement on facial recognition and police, which now says the opposite",
        ),
    ],
)  # fmt: skip
def test_the_turn_is_found_in_the_language_of_the_page(
    language: str, before: str, after: str, turn: str
) -> None:
    turned = finding(kind=FindingKind.REVERSED, before_quote=before, after_quote=after, context=())
    sentence = headline(CORVID, replace(TERMS, language=language), [turned])
    assert sentence.startswith(f"Corvid Cloud's terms page changed {turn}")


def test_what_turned_for_the_better_is_told_the_same_way() -> None:
    before, after = "Customers may use it on the street.", "Customers may not use it on the street."
    changes = {"kind": FindingKind.REVERSED, "direction": Direction.STRONGER, "context": ()}
    whole = told(before_quote=before, after_quote=after, **changes)
    assert f"changed “{before[:-1]}” to “{after[:-1]}” in a statement" in whole
    parts = told(before_quote=LONG_OFFER, after_quote=LONG_REFUSAL, **changes)
    assert "now has “we will not sell facial recognition to any police department”" in parts


def test_a_reversal_that_is_undone_is_told_as_going_back() -> None:
    sentence = told(
        rule=UNDONE,
        kind=FindingKind.REVERSED,
        before_quote="We sell it.",
        after_quote="We do not sell it.",
        direction=Direction.STRONGER,
    )
    assert "changed “We sell it” back to “We do not sell it” in a statement" in sentence


RULES = (
    "r",
    PAGE_GONE,
    PAGE_BACK,
    UNDONE,
    SAME_WORDS,
    FOUND_ELSEWHERE,
    STILL_ELSEWHERE,
    KEPT,
    LAPSING,
    LAPSED,
)
TIERS = (Tier.ALERT, Tier.REVIEW)
QUOTES = [
    pytest.param(REFUSAL, HEDGED, id="a few words"),
    pytest.param("We will not.", "", id="before only"),
    pytest.param("", "We may.", id="after only"),
    pytest.param(REFUSAL, REFUSAL, id="the same words"),
    pytest.param(LONG * 2, "word " * 99, id="long"),
    pytest.param("First line\nsecond “line", "{0} {organization}\x00 \u202e", id="hostile"),
    pytest.param("", "", id="none"),
]


NAMES = ("Corvid Cloud", "Haldrennick Optics", "W" * 30 + " Systems and Sons of the Northern Islands")


@pytest.mark.parametrize(("before", "after"), QUOTES)
@pytest.mark.parametrize("rule", RULES)
def test_every_headline_is_one_sentence_without_a_motive(rule: str, before: str, after: str) -> None:
    kinds = product(FindingKind, Direction, ("permits", Stance.REFUSES))
    for place, (kind, direction, stance) in enumerate(kinds):
        tier, role, name = (
            choices[place % len(choices)] for choices in (TIERS, (Role.PLEDGE, Role.TERMS), NAMES)
        )
        changes = {"kind": kind, "direction": direction, "stance": stance, "rule": rule, "tier": tier}
        changes |= {"before_quote": before, "after_quote": after}
        sentence = told(role, name, **changes)
        assert faults(sentence, name, [finding(**changes)]) == [], sentence


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_words(role: Role) -> None:
    assert told(role).startswith(f"Corvid Cloud's {PAGES[role]} changed ")


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Corvid Cloud quietly drops its ban", "gives no motive"),
        ("Corvid Cloud's page broke a rule", "gives no motive"),
        ("The page of Corvid Cloud", "begins with the name"),
        ("Corvid Cloud's page says: “We may sell it”", "quotes exact words"),
        ("Corvid Cloud's page says: “We will not", "has paired quotation marks"),
        ("Corvid Cloud's page has a a statement", "has one article"),
        ("Corvid Cloud's page is gone. It said no", "has no full stop, and is one line"),
        ("Corvid Cloud's " + "page " * 60 + "x", "is short"),
    ],
)
def test_a_bad_headline_would_be_seen(sentence: str, fault: str) -> None:
    assert fault in faults(sentence, "Corvid Cloud", [finding()])


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Corvid Cloud", "Corvid Cloud's"),
        ("Haldrennick Optics", "Haldrennick Optics'"),
        ("HAWKEYE SYSTEMS", "HAWKEYE SYSTEMS'"),
        ("Brindle's", "Brindle's"),
        ("Brindle’s", "Brindle’s"),
        ("Corvid\n Cloud", "Corvid Cloud's"),
        (
            "Corvid Cloud and its Sons of the Northern Islands",
            "Corvid Cloud and its Sons of the Northern …'s",
        ),
    ],
)
def test_whose_page_it_is(name: str, of: str) -> None:
    assert possessive(name) == of


def test_what_else_there_is_is_counted() -> None:
    one, gone = finding(), finding(rule=PAGE_GONE, **GONE)
    assert headline(CORVID, TERMS, [one]).endswith("which now covers less")
    assert headline(CORVID, TERMS, [one, one]).endswith("(and 1 more change)")
    assert headline(CORVID, TERMS, [one, one, one]).endswith("(and 2 more changes)")
    assert headline(CORVID, TERMS, [gone, gone]).endswith("is gone, with 1 more statement")
    assert headline(CORVID, TERMS, [one], ()).endswith("; the page holds another document now")
    assert headline(CORVID, TERMS, [one], (one,)).endswith("document now, with 1 statement as before")
    assert headline(CORVID, TERMS, [one], (one, one)).endswith("document now, with 2 statements as before")


WORDS = st.text('ab “”"\n,.:;()\u00a0\u202e{}…', max_size=300)


@given(
    WORDS,
    WORDS,
    st.sampled_from(list(FindingKind)),
    st.sampled_from(RULES),
    st.integers(0, 99),
    st.booleans(),
)
@example("a" * 200, "b" * 200, FindingKind.SCOPE, "r", 99, True)
def test_whatever_the_page_says_the_headline_is_one_short_line_of_its_words(
    before: str, after: str, kind: FindingKind, rule: str, more: int, replaced: bool
) -> None:
    one = finding(
        kind=kind, rule=rule, before_quote=before, after_quote=after, tier=Tier.REVIEW, context=(after,)
    )
    many = [one] * (1 + more)
    sentence = headline(replace(CORVID, name="N" * 99), TERMS, many, [one] * more if replaced else None)
    assert len(sentence) <= AT_MOST
    assert "\n" not in sentence and "\u202e" not in sentence
    assert all(any(q in s for s in (before, after)) for q in _QUOTED.findall(sentence))


@given(WORDS, WORDS)
def test_changed_words_are_words_of_their_side(before: str, after: str) -> None:
    for old, new in changed_spans(before, after):
        assert old in before and new in after and old != new


@given(WORDS)
def test_an_opening_is_a_beginning(words: str) -> None:
    assert words.startswith(opening(words)) and len(opening(words)) <= max(90, 0)


@pytest.mark.parametrize(
    ("text", "can"),
    [("a b", True), ("a\u00a0b", True), ("govern\u00adment", True), ("", False), (" ", False), ("a\nb", False),
     ("a “b”", False), ('a "b"', False), ("a\u202eb", False), ("a\x00", False)],
)  # fmt: skip
def test_what_quotation_marks_can_stand_around(text: str, can: bool) -> None:
    assert is_quotable(text) is can


def test_an_item_of_a_list_within_a_list_is_not_quoted_under_the_inner_line_alone() -> None:
    """ "We will never do any of the following:" › "In the United States:" """
    lines = ("Our promise", "We will never do any of the following:", "In the United States:")
    gone = finding(
        kind=FindingKind.WITHDRAWN, before_quote="sell face search to police", after_quote="", context=lines
    )
    told = headline(CORVID, TERMS, [gone])
    assert "sell face search" not in told
    assert "sell face search" in headline(CORVID, TERMS, [replace(gone, context=lines[:2])])
