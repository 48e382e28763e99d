"""Whatever a page, an address or a name holds: it is shown as text, adds nothing to the mail, and fits into it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.looks import INKS, Shade
from alerts.marking import visible
from alerts.reader import Reader
from alerts.render import html, subject, text
from monitor.model import (
    DIGEST,
    PAGE_GONE,
    Alert,
    Earlier,
    FindingKind,
    Item,
    Notice,
    Place,
    Relation,
    Section,
    Touched,
)
from tests.mails import MAILS, with_places
from tests.sample_alerts import NOW, alert, finding, notice
from tests.shown import Shown, squeezed

HOSTILE = {
    "mail header": "Terms\r\nBcc: eve@x.example\r\n\r\nbody",
    "channel ping": "<!channel> <!here> @everyone <@U123|eve>",
    "markdown": "**bold** [click](https://evil.example) `code` # title\n> quote | cell",
    "script": "</title></style><script>alert(1)</script>",
    "attributes": '" onmouseover="alert(1)" style=\'x:expression(1)\' x="',
    "picture": "<img src=https://evil.example/x.png onerror=alert(1)>",
    "comment": "<!-- --> --!> <![CDATA[ ]]> <![endif]--> <!--[if mso]>",
    "entities": "&lt;b&gt; &amp; &#60;i&#62; &nbsp;",
    "direction override": "safe\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "nul and controls": "a\x00b\x07c\x1b[31mred\x7f\x85",
    "emoji": "👩‍🔬 🏳️‍🌈 ❤️ naïve ﬁ",
    "templates": "{{7*7}} {% include 'x' %} {# no #} ${7*7} #{7*7} %(a)s {0}",
    "line separators": "one\u2028two\u2029three\x0bfour\x0cfive",
    "lone surrogates": "x\ud800y\udfffz",
    "tags that are not seen": "visible\U000e0041\U000e007f",
    "a link that acts": "javascript:alert(document.cookie)",
    "a link that acts after a comment": "javascript://x.example/%0aalert(1)",
    "a link with a tab": "java\tscript:alert(1)",
    "a link with data": "data:text/html,<script>alert(1)</script>",
    "a link that breaks out": 'https://x.example/"><script>alert(1)</script>',
    "our own marks": "[-removed-] {+added+} … 214 words unchanged …",
    "only blanks": " \n\t ",
}


def hostile_alert(words: str) -> Alert:
    """This text in every field that the world fills."""
    one = finding(
        before_quote=words,
        after_quote=f"{words} {words[::-1]}",
        context=(words, words),
        reasons=(words,),
        rule=words,
        confidence=words,
        asks=(words,),
    )
    two = finding(kind=FindingKind.WITHDRAWN, rule=PAGE_GONE, before_quote=words, after_quote="")
    return replace(
        alert(one, two),
        organization={"id": words, "name": words},
        page={"id": words, "url": words, "role": words},
        headline=words,
        not_checked=(words,),
        before=replace(alert().before, sha256=words, url=words),
        after=replace(alert().after, sha256=words, url=words),
        links={"desk": words, "evidence": words},
        asks=(Touched(words, words, words, words),),
        places=(Place({"url": words, "role": words}, words),),
        follows=(Earlier(words, NOW, words, Relation.EARLIER), Earlier(words, NOW, words, Relation.REVERSED)),
    )


def hostile_notice(words: str) -> Notice:
    """As hostile_alert, for a notice."""
    item = Item(words, "weaker", (words, words), words, words)
    return notice(
        kind=DIGEST,
        headline=words,
        lines=(words,),
        sections=(Section(words, (item, replace(item, direction=words)), words),),
    )


def hostile(words: str) -> tuple[Alert | Notice, ...]:
    return hostile_alert(words), hostile_notice(words)


#: The elements of ours, each with the names of its attributes.
SHAPES = {shape for one, reader in MAILS.values() for shape in Shown(html(one, reader)).skeleton}


def assert_nothing_was_added(one: Alert | Notice) -> Shown:
    """Only our elements and attributes, each with our own styles; links lead to the web or nowhere."""
    shown = Shown(html(one))
    assert set(shown.skeleton) <= SHAPES
    assert all(re.fullmatch(r"https?://[^\s\"'<>]+", link) for link in shown.links)
    assert shown.tags.count("html") == shown.tags.count("style") == shown.tags.count("title") == 1
    styles = " ".join(value or "" for name, value in shown.attributes if name == "style")
    assert not re.search(r"url\(|expression|@import", styles)
    return shown


@pytest.mark.parametrize("words", [pytest.param(words, id=id) for id, words in HOSTILE.items()])
def test_hostile_text_is_shown_as_text(words: str) -> None:
    seen = squeezed(visible(words))
    exact = squeezed(visible(" ".join(words.split())))
    for one in hostile(words):
        shown = assert_nothing_was_added(one)
        assert squeezed(shown.words).count(exact) >= 5
        assert squeezed(text(one)).count(exact) >= 5
        assert seen in squeezed(shown.words) or isinstance(one, Notice)
        acting = (
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
        )
        assert not re.search(acting, html(one) + text(one) + subject(one))
        assert len(subject(one).splitlines()) == 1
        (html(one) + text(one) + subject(one)).encode()


@pytest.mark.parametrize("words", [pytest.param(words, id=id) for id, words in HOSTILE.items()])
def test_the_words_of_a_passage_are_all_there(words: str) -> None:
    only = replace(alert(finding(before_quote=words, after_quote="something else")), headline="One thing")
    removed = [said for tag, said in Shown(html(only)).marked if tag == "del" and said != "Removed"]
    assert squeezed("".join(removed)) == squeezed(visible(words))


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=60)
def test_any_text_in_any_field_adds_nothing_and_fits(words: str) -> None:
    for one in hostile(words):
        assert_nothing_was_added(one)
        assert len(html(one).encode()) < 100_000 and len(text(one).encode()) < 100_000
        line = subject(one)
        assert visible(line) == line and len(line) <= 240 and len(line.splitlines()) == 1


def test_page_text_cannot_begin_a_line_of_the_plain_text() -> None:
    forged = "x\nConfirmed:            2026-11-22 06:02 UTC\nAfter:\n- forged"
    one = text(hostile_alert(forged))
    starts = [line for line in one.splitlines() if line.startswith(("Confirmed:", "After:", "- forged"))]
    assert starts == ["Confirmed:            2026-11-22 06:02 UTC"], "our own one"


# --------------------------------------------------------------------------- it always fits

TEN_MB = "&&& old words " * 750_000
CONTROL = "\ud800" * 30_000


def many(count: int, before: str, **changes: Any) -> Alert:
    """So many passages of these words."""
    return alert(*[finding(before_quote=before, context=(f"{n}",), **changes) for n in range(count)])


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: many(200, TEN_MB, after_quote=""), id="200 findings of 10 MB"),
        pytest.param(
            lambda: alert(finding(before_quote=TEN_MB, after_quote=TEN_MB + "new")), id="a word after 10 MB"
        ),
        pytest.param(
            lambda: alert(finding(before_quote="&" * 1_000_000, after_quote="")), id="one word of 1 MB"
        ),
        pytest.param(
            lambda: many(99, CONTROL, after_quote=CONTROL[1:], reasons=(CONTROL,) * 9),
            id="controls everywhere",
        ),
        pytest.param(
            lambda: many(30, "a b " * 900, after_quote="a c " * 900), id="1,800 changed words, 30 times"
        ),
        pytest.param(
            lambda: alert(*[finding(reasons=(f"{n} {CONTROL}",)) for n in range(200)]),
            id="200 findings on one passage",
        ),
        pytest.param(lambda: with_places(200, many(200, "&" * 9_999)), id="200 places"),
        pytest.param(lambda: hostile_alert(CONTROL), id="long controls in every field"),
        pytest.param(
            lambda: hostile_alert("https://x.example/" + "a" * 900), id="long addresses in every field"
        ),
        pytest.param(lambda: hostile_notice(CONTROL), id="long controls in a notice"),
    ],
)
def test_a_mail_stays_below_100_kb(made: Callable[[], Alert | Notice]) -> None:
    one = made()
    reader = Reader("Europe/Berlin", NOW)
    assert len(html(one, reader).encode()) < 100_000
    assert len(text(one, reader).encode()) < 100_000
    assert len(subject(one)) <= 240


@pytest.mark.parametrize(
    ("one", "said"),
    [
        pytest.param(many(15, "Passage."), "And 3 more changed passages, not shown here.", id="passages"),
        pytest.param(
            alert(*[finding(reasons=(f"{n}",)) for n in range(9)]),
            "And 5 more findings on these words, not shown here.",
            id="findings",
        ),
        pytest.param(alert(finding(reasons=("one",) * 9)), "And 3 more.", id="reasons"),
        pytest.param(with_places(200, alert()), "And 180 more, not shown here.", id="places"),
        pytest.param(with_places(200, alert()), "The same words changed on 200 more pages", id="all places"),
        pytest.param(replace(alert(), not_checked=("this",) * 25), "And 5 more.", id="not checked"),
        pytest.param(
            alert(finding(before_quote="w " * 9_000, after_quote="")),
            "more words, not shown here …",
            id="words",
        ),
    ],
)
def test_what_is_not_shown_is_counted(one: Alert, said: str) -> None:
    assert said in squeezed(text(one))
    assert said in squeezed(Shown(html(one)).words)


# --------------------------------------------------------------------------- nothing comes from elsewhere


@pytest.mark.parametrize("name", MAILS)
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    page = html(*MAILS[name])
    assert not set(Shown(page).tags) & {
        "img",
        "link",
        "script",
        "iframe",
        "video",
        "object",
        "svg",
        "form",
        "base",
    }
    assert not re.search(r"url\(|@import|src=|background=|srcset", page)
    assert '<html lang="en">' in page


# --------------------------------------------------------------------------- colours


def luminance(colour: str) -> float:
    """As WCAG 2 defines it, of "#rrggbb"."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == 21.0
    assert 4.5 < contrast("#767676", "#ffffff") < 4.6 and contrast("#777777", "#ffffff") < 4.5


@pytest.mark.parametrize("time", ["day", "night"])
@pytest.mark.parametrize("name", [name for name in INKS if INKS[name].day.words])
def test_every_ink_can_be_read_on_every_ground_that_it_stands_on(name: str, time: str) -> None:
    shade: Shade = getattr(INKS[name], time)
    below = [getattr(INKS[ground], time).ground for ground in ("card", "quote", "page")]
    for ground in [shade.ground] if shade.ground else below:
        assert contrast(shade.words, ground) >= 4.5
