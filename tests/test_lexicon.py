"""The words: every entry shows itself in its own examples, and mistakes in the file are refused."""

from collections import Counter
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.home import SHIPPED_CONFIG
from monitor.errors import ConfigError
from monitor.lexicon import LISTS, Entry, Lexicon, Lexicons, Tag, expand, load_lexicon, spell
from monitor.lexicon.tags import longest
from monitor.model import Stance
from monitor.segment import fold
from tests.texts import SMALLEST_LEXICON

LEXICONS = Lexicons(SHIPPED_CONFIG)
ENTRIES = [
    pytest.param(lexicon, name, entry, id=f"{lexicon.language}-{name}-{entry.id}")
    for lexicon in LEXICONS.values()
    for name in LISTS
    if name != "pseudo"
    for entry in getattr(lexicon.file, name)
]


def shown(lexicon: Lexicon, text: str) -> set[tuple[str, str]]:
    return {(tag.list, tag.entry.id) for tag in lexicon.tags(spell(text))}


@pytest.mark.parametrize(("lexicon", "name", "entry"), ENTRIES)
def test_an_entry_shows_in_its_examples_and_not_in_the_others(
    lexicon: Lexicon, name: str, entry: Entry
) -> None:
    assert entry.examples, "an entry without an example cannot be checked"
    for example in entry.examples:
        assert (name, entry.id) in shown(lexicon, example), example
    for example in entry.not_examples:
        assert (name, entry.id) not in shown(lexicon, example), example


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Face-Recognition", "face recognition"),
        ("the U.S. police", "the us police"),
        ("we won’t", "we won't"),
        ("face\u00ad recog\u200bnition", "face recognition"),
        ("sell, share; or (use) it.", "sell , share ; or ( use ) it ."),
        ("1:N search", "1 : n search"),
    ],
)
def test_spelling_makes_one_form(text: str, spelled: str) -> None:
    assert spell(text) == spelled


@given(st.text())
def test_spelling_twice_changes_nothing(text: str) -> None:
    assert spell(spell(text)) == spell(text)


def test_braces_stand_for_either() -> None:
    assert list(expand("{face,facial} search{,es}")) == [
        "face search",
        "face searches",
        "facial search",
        "facial searches",
    ]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("This is not only for police.", ("cues", "do_not")),
        ("Foremost police departments", ("hedges", "most")),
        ("Please contact us in March.", ("places", "united_states")),
    ],
)
def test_words_inside_others_and_pseudo_cues_do_not_count(text: str, absent: tuple[str, str]) -> None:
    assert absent not in shown(LEXICONS["en"], text)


def test_product_names_mean_facial_recognition() -> None:
    plain = LEXICONS["en"]
    named = plain.with_products(("Corvellam Lens",))
    text = "Corvellam Lens is for shops."
    assert ("technologies", "face_recognition") not in shown(plain, text)
    assert ("technologies", "face_recognition") in shown(named, text)
    assert plain.with_products(("Corvellam Lens",)) is named


def test_a_product_name_may_stand_for_several() -> None:
    named = LEXICONS["en"].with_products(("Corvellam {Lens,Eye}",))
    for name in ("Corvellam Lens", "Corvellam Eye"):
        assert named.may_name_subject(fold(name)), name
        assert ("technologies", "face_recognition") in shown(named, name)


@pytest.mark.parametrize("name", ["—", "", "...", "{,Corvellam}", "{}"])
def test_a_product_name_without_words_is_passed_over(name: str) -> None:
    plain = LEXICONS["en"]
    assert plain.with_products((name,)) is plain
    assert plain.with_products(("Corvellam Lens", name)) is plain.with_products(("Corvellam Lens",))


# --------------------------------------------------------------------------- which tags are kept

SPANS = st.tuples(st.integers(0, 20), st.integers(1, 6)).map(lambda span: (span[0], span[0] + span[1]))
FOUND = st.lists(
    st.builds(lambda name, span: tag(name, *span), st.sampled_from((*LISTS[-3:], "cues")), SPANS)
)


def tag(name: str, start: int, end: int) -> Tag:
    return Tag(name, Entry(name, ()), start, end)


def by_definition(found: list[Tag]) -> list[Tag]:
    """Each tag against each pseudo-cue, and against what was kept before it."""
    kept: list[Tag] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.list)):
        touched = [p for p in found if p.list == "pseudo" and p.start < one.end and one.start < p.end]
        inside = [k for k in kept if k.list == one.list and one.start < k.end]
        if one.list != "pseudo" and not inside and not touched:
            kept.append(one)
    return kept


@given(FOUND)
def test_the_longest_of_a_list_is_kept_and_nothing_that_a_pseudo_cue_touches(found: list[Tag]) -> None:
    assert list(longest(list(found))) == by_definition(found)


class Counted(int):
    """A whole number that counts how often one is compared."""

    asked: ClassVar[Counter[str]] = Counter()

    def __lt__(self, other: int) -> bool:
        self.asked["compared"] += 1
        return int(self) < int(other)

    def __gt__(self, other: int) -> bool:
        self.asked["compared"] += 1
        return int(self) > int(other)

    __hash__ = int.__hash__


def compared(times: int) -> int:
    """How many comparisons "not only" takes, written so many times."""
    Counted.asked.clear()
    found = [
        tag(name, Counted(9 * i), Counted(9 * i + length))
        for i in range(times)
        for name, length in (("pseudo", 8), ("cues", 3))
    ]
    assert longest(found) == ()
    return Counted.asked["compared"]


def test_a_text_twice_as_long_takes_about_twice_the_work() -> None:
    assert compared(1_000) > 1_000
    assert compared(2_000) < 2.5 * compared(1_000)


def test_a_long_text_of_pseudo_cues_holds_no_cue() -> None:
    assert not [one for one in LEXICONS["en"].tags("not only " * 8_500) if one.list == "cues"]


# --------------------------------------------------------------------------- the file


def test_wider_entries_contain_narrower_ones() -> None:
    assert LEXICONS["en"].wider("parties", "local_police") == {
        "local_police",
        "police",
        "law_enforcement",
        "government",
    }


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('phrases = ["faces"]', 'phrase = ["faces"]', 'did you mean "phrases"?'),
        ('id = "sell"', 'id = "sell"\nwithin = ["trade"]', "'trade' is no id of this list"),
        ('phrases = ["faces"]', 'phrases = [""]', "would match everywhere"),
        ('phrases = ["faces"]', 'phrases = ["faces", "..."]', "would match everywhere"),
        ('stance = "refuses"\n', "", "a cue needs a `stance`"),
        ('stance = "refuses"', 'stance = "refused"', "refuses"),
        ('stance = "refuses"', 'stance = "refuses"\nforce = 5', "cues[0].force: is 5; write 0 to 4"),
        ('stance = "refuses"', 'stance = "refuses"\nforce = -1', "cues[0].force: is -1; write 0 to 4"),
        ('id = "sell"', 'id = "sell"\nstance = "permits"', "actions[0].stance: belongs to cues only"),
        ('id = "sell"', 'id = "sell"\nforce = 1', "actions[0].force: belongs to cues, statuses, conditions, demands only"),
        ('id = "sell"', 'id = "sell"\nterm = "fixed"', "actions[0].term: belongs to terms only"),
        ('id = "not"', 'id = "not"\nprotects = true', "cues[0].protects: belongs to actions only"),
        ('"permanent"', '"permanant"', 'terms[0].term: "permanant" is not known; did you mean "permanent"?'),
        ('term = "permanent"\n', "", "terms[0]: a term needs a `term`: one of permanent, until_event"),
        ('language = "xx"', 'language = "yy"', "the file is named for 'xx'"),
        ('[[actions]]', '[[actions]]\nid = "sell"\nphrases = ["vend"]\n[[actions]]', "stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_file_and_key(tmp_path: Path, before: str, after: str, said: str) -> None:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "xx.toml").write_text(
        SMALLEST_LEXICON.replace(before, after, 1), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"xx\.toml") as refusal:
        load_lexicon(tmp_path, "xx")
    assert said in str(refusal.value)


@pytest.mark.parametrize("stance", Stance)
@pytest.mark.parametrize("term", ["permanent", "until_event", "until_further_notice", "fixed", "revocable"])
def test_every_stance_of_a_cue_and_every_term_can_be_declared(
    tmp_path: Path, stance: Stance, term: str
) -> None:
    (tmp_path / "lexicon").mkdir()
    text = SMALLEST_LEXICON.replace('stance = "refuses"', f'stance = "{stance}"\nforce = 4').replace(
        "permanent", term
    )
    (tmp_path / "lexicon" / "xx.toml").write_text(text, encoding="utf-8")
    loaded = load_lexicon(tmp_path, "xx")
    assert (loaded.entry("cues", "not").stance, loaded.entry("terms", "for_ever").term) == (stance, term)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("within thirty days", (30,)),
        ("a one-year pause", (365,)),
        ("for 2 weeks or 3 months", (14, 90)),
        ("day one", ()),
    ],
)
def test_lengths_of_time(text: str, days: tuple[float, ...]) -> None:
    assert LEXICONS["en"].durations(spell(text)) == days


# --------------------------------------------------------------------------- braces and their bound


@pytest.mark.parametrize(
    ("phrase", "written"),
    [
        ("search", ["search"]),
        ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]),
        ("scan{,s}", ["scan", "scans"]),
        ("recogni{s,z}{e,es}", ["recognise", "recognises", "recognize", "recognizes"]),
        ("{face {scan,scans},gait}", ["face scan", "face scans", "gait"]),
        ("{one{,s},{two{,s}}}", ["one", "ones", "two", "twos"]),
        ("{a,{b,{c,d}}} e", ["a e", "b e", "c e", "d e"]),
        ("{}", [""]),
        ("{a", ["{a"]),
        ("a}", ["a}"]),
        ("{a,{b}", ["{a,{b}"]),
    ],
)
def test_braces_inside_braces(phrase: str, written: list[str]) -> None:
    assert list(expand(phrase)) == written


def test_braces_without_end_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "lexicon").mkdir()
    endless = "{a,b}" * 200
    (tmp_path / "lexicon" / "xx.toml").write_text(
        SMALLEST_LEXICON.replace('"faces"', f'"{endless}"'), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="the braces expand to more than 4000 phrases"):
        load_lexicon(tmp_path, "xx")


# --------------------------------------------------------------------------- a small language of our own

SMALL = """language = "xx"
function_words = ["the", "a", "of"]
people = ["Guard", "baker"]
dates = ["may"]
synonyms = [["big", "large", "huge"]]

[[technologies]]
id = "face_recognition"
phrases = ["face scan"]
near = [{ one = ["face{,s}"], other = ["compar{e,es}", "list"], words = 3 }]

[[actions]]
id = "sell"
phrases = ["sell"]

[[cues]]
id = "not"
stance = "refuses"
phrases = ["not"]

[[conditions]]
id = "if"
phrases = ["if"]

[[pseudo]]
id = "sayings"
phrases = ["face to face", "not only"]

[numbers]
one = 1
thirty = 30
"thirty one" = 31
"four times twenty ten" = 90

[units]
day = 1
days = 1
week = 7

[periods]
weekly = 7
"""


@pytest.fixture
def small(tmp_path: Path) -> Lexicon:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "xx.toml").write_text(SMALL, encoding="utf-8")
    return load_lexicon(tmp_path, "xx")


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("compare the face", True),
        ("the face is compared", False),
        ("we compare every known face", True),
        ("we compare every single known face", False),
        ("faces on a list", True),
        ("a list", False),
        ("faces", False),
        ("a list of guards who meet face to face", False),
        ("relist the faces", False),
    ],
    ids=[
        "both, side by side",
        "another form of the word",
        "three words apart",
        "four words apart",
        "the other way round",
        "one half alone",
        "the other half alone",
        "a saying",
        "part of a word",
    ],
)
def test_everyday_words_close_together_name_a_technology(small: Lexicon, text: str, is_there: bool) -> None:
    assert (("technologies", "face_recognition") in shown(small, text)) is is_there
    assert not [one for one in small.tags(spell(text)) if one.list not in LISTS]


def test_the_tag_of_a_paraphrase_stands_on_its_first_half(small: Lexicon) -> None:
    text = "compare the face"
    (found,) = (one for one in small.tags(text) if one.list == "technologies")
    assert text[found.start : found.end] == "face"


def test_a_paraphrase_may_be_looked_for_in_folded_text(small: Lexicon) -> None:
    assert small.may_name_subject("compare the face")
    assert not small.may_name_subject("compare the hands")


def test_the_halves_of_a_paraphrase_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "lexicon").mkdir()
    path = tmp_path / "lexicon" / "xx.toml"
    path.write_text(SMALL.replace('"list"', '"..."'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"technologies\[0\]\.near\[0\]\.other"):
        load_lexicon(tmp_path, "xx")
    path.write_text(
        SMALL + '[[bounds]]\nid = "while"\nphrases = ["while"]\nnear = [{ one = ["a"], other = ["b"] }]\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="belongs to technologies only"):
        load_lexicon(tmp_path, "xx")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("one day", (1,)),
        ("thirty days", (30,)),
        ("thirty one days", (31,)),
        ("four times twenty ten days", (90,)),
        ("12 days or one week", (12, 7)),
        ("weekly", (7,)),
        ("a weekly list for thirty days", (7, 30)),
        ("days", ()),
        ("some days", ()),
        ("123456 days", ()),
        ("thirty", ()),
        ("biweekly", ()),
    ],
)
def test_numbers_of_several_words_and_periods(small: Lexicon, text: str, days: tuple[float, ...]) -> None:
    assert small.durations(text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [("every quarter", (91,)), ("quarterly", (91,)), ("a fortnight", (14,)), ("annually", (365,)), ("overnight", (1,))],
)  # fmt: skip
def test_periods_in_english(text: str, days: tuple[float, ...]) -> None:
    assert LEXICONS["en"].durations(spell(text)) == days


# --------------------------------------------------------------------------- forms of a word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("scan", "scanning"),
        ("store", "stores"),
        ("photographs", "picture"),
        ("yearly", "annual"),
        ("buys", "purchased"),
        ("staff", "employees"),
    ],
)
def test_forms_and_synonyms_have_one_stem(one: str, other: str) -> None:
    assert LEXICONS["en"].stem(one) == LEXICONS["en"].stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lawful", "unlawful"),
        ("police", "policy"),
        ("visitor", "employee"),
        ("buy", "sell"),
        ("public", "private"),
    ],
)
def test_words_that_differ_have_two_stems(one: str, other: str) -> None:
    assert LEXICONS["en"].stem(one) != LEXICONS["en"].stem(other)


def test_a_language_without_a_stemmer_keeps_its_words(small: Lexicon) -> None:
    assert small.stem("scanning") == "scanning"
    assert small.stem("huge") == small.stem("large") == "big"


def test_what_carries_meaning_in_a_text(small: Lexicon) -> None:
    assert small.content("if the huge baker sings of a song .") == {"big", "baker", "sings", "song"}


def test_people_and_dates_are_stems(small: Lexicon) -> None:
    assert small.people == {"guard", "baker"}
    assert small.dates == {"may"}
    english = LEXICONS["en"]
    assert {
        english.stem(word) for word in ("children", "guards", "officers", "judges", "students")
    } <= english.people
    assert english.stem("march") not in english.people


@pytest.mark.parametrize("name", [name for name in LISTS if name != "pseudo"])
def test_a_pseudo_phrase_takes_the_tags_of_every_list(tmp_path: Path, name: str) -> None:
    has_stance = name in ("cues", "statuses")
    needed = 'stance = "refuses"\n' if has_stance else 'term = "fixed"\n' if name == "terms" else ""
    more = f'\n[[{name}]]\nid = "tried"\n{needed}phrases = ["tried words"]\n'
    more += '\n[[pseudo]]\nid = "tried_saying"\nphrases = ["words at sea"]\n'
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "xx.toml").write_text(SMALLEST_LEXICON + more, encoding="utf-8")
    lexicon = load_lexicon(tmp_path, "xx")
    assert (name, "tried") in shown(lexicon, "tried words on land")
    assert (name, "tried") not in shown(lexicon, "tried words at sea")
    assert (name, "tried") in shown(lexicon, "tried words at sea, and tried words on land")


@pytest.mark.parametrize("lexicon", LEXICONS.values(), ids=lambda lexicon: lexicon.language)
def test_whoever_is_named_in_a_qualifier_is_part_of_what_it_says(lexicon: Lexicon) -> None:
    for entry in lexicon.file.parties:
        for name in (one for phrase in entry.phrases for one in expand(phrase) if " " not in one):
            if spell(name) not in lexicon.function_words:
                assert lexicon.content(spell(name)), name


@pytest.mark.parametrize("lexicon", LEXICONS.values(), ids=lambda lexicon: lexicon.language)
def test_what_a_reason_shows_by_name_has_one(lexicon: Lexicon) -> None:
    shown_by_name = (*lexicon.file.hedges, *lexicon.file.places)
    assert [entry.id for entry in shown_by_name if not entry.name] == []


TIMES = [
    (
        "en",
        "immediately|as soon as you leave",
        "as soon as possible|without undue delay|effective immediately",
    ),
    ("de", "sofort|auf der Stelle", "unverzüglich|ab sofort|sobald sie nicht mehr nötig sind"),
    ("fr", "immédiatement|sur-le-champ|dès que vous partez", "dans les meilleurs délais|sans délai"),
    ("es", "inmediatamente|de inmediato|al instante", "lo antes posible|sin demora indebida"),
    ("pt", "imediatamente|de imediato", "logo que possível|sem demora|prontamente"),
]


@pytest.mark.parametrize(("language", "at_once", "untimed"), TIMES)
def test_no_time_at_all_and_a_time_that_nobody_can_measure(language: str, at_once: str, untimed: str) -> None:
    lexicon = LEXICONS[language]

    def names(phrases: frozenset[str], text: str) -> bool:
        return any(f" {phrase} " in f" {spell(text)} " for phrase in phrases)

    for text in at_once.split("|"):
        assert names(lexicon.at_once, text) and not names(lexicon.untimed, text), text
    assert all(names(lexicon.untimed, text) for text in untimed.split("|"))
    assert lexicon.joining < lexicon.coordinators
    assert lexicon.even_then
