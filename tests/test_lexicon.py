"""The words: every entry shows itself in its own examples, and mistakes in the file are refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.home import SHIPPED_CONFIG
from monitor.errors import ConfigError
from monitor.lexicon import LISTS, Entry, Lexicon, expand, load_lexicon, load_lexicons, spell

LEXICONS = load_lexicons(SHIPPED_CONFIG)
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


def test_wider_entries_contain_narrower_ones() -> None:
    assert LEXICONS["en"].wider("parties", "local_police") == {
        "local_police",
        "police",
        "law_enforcement",
        "government",
    }


GOOD = """language = "xx"
[[technologies]]
id = "face_recognition"
phrases = ["faces"]
[[actions]]
id = "sell"
phrases = ["sell"]
[[cues]]
id = "not"
stance = "refuses"
phrases = ["not"]
"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('phrases = ["faces"]', 'phrase = ["faces"]', 'did you mean "phrases"?'),
        ('id = "sell"', 'id = "sell"\nwithin = ["trade"]', "'trade' is no id of this list"),
        ('phrases = ["faces"]', 'phrases = [""]', "would match everywhere"),
        ('stance = "refuses"\n', "", "a cue needs a `stance`"),
        ('stance = "refuses"', 'stance = "refused"', "refuses"),
        ('language = "xx"', 'language = "yy"', "the file is named for 'xx'"),
        ('[[actions]]', '[[actions]]\nid = "sell"\nphrases = ["vend"]\n[[actions]]', "stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_file_and_key(tmp_path: Path, before: str, after: str, said: str) -> None:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "xx.toml").write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"xx\.toml") as refusal:
        load_lexicon(tmp_path, "xx")
    assert said in str(refusal.value)
