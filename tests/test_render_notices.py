"""What people read in a notice: a digest, a welcome, a correction, or a word about the watch itself."""

import re

import pytest

from alerts.render import html, subject, text
from monitor.model import CORRECTION, DIGEST, RETRACTION, WELCOME, Item, Notice, Section
from tests.mails import BERLIN, CORRECTION_NOTICE, DESK, DIGEST_NOTICE, WELCOME_NOTICE, item
from tests.sample_alerts import alert, notice, unconfirmed
from tests.shown import Shown, squeezed

ABOUT = "This message is about the watch itself."
TOLD_ONCE = "This is told once, so that you know what is watched"
IN_ONE = "These changes are told in one message"
BECAUSE = "You get this because you got the alert."


def both(one: Notice) -> tuple[str, str]:
    """The words of the plain text and of the HTML."""
    return squeezed(text(one, BERLIN)), squeezed(Shown(html(one, BERLIN)).words)


@pytest.mark.parametrize(
    "said",
    [
        *notice().lines,
        notice().headline,
        "2026-11-22 06:02 UTC (07:02 CET)",
        "This message is about the watch itself.",
    ],
)
def test_a_notice_says_it_all_in_both_parts(said: str) -> None:
    assert all(said in words for words in both(notice()))


@pytest.mark.parametrize(
    ("kind", "mark", "footer"),
    [
        ("outage", "[pledgewatch] ", ABOUT),
        ("mass_change", "[pledgewatch] ", ABOUT),
        ("delivery", "[pledgewatch] ", ABOUT),
        ("alive", "[pledgewatch] ", ABOUT),
        ("canary", "[pledgewatch] ", ABOUT),
        ("unheard of", "[pledgewatch] ", ABOUT),
        (DIGEST, "[pledgewatch] ", IN_ONE),
        (WELCOME, "[pledgewatch] ", TOLD_ONCE),
        (CORRECTION, "[correction] ", BECAUSE),
        (RETRACTION, "[taken back] ", BECAUSE),
    ],
)
def test_each_kind_is_known_by_its_subject_and_says_why_one_gets_it(
    kind: str, mark: str, footer: str
) -> None:
    one = notice(kind=kind)
    assert subject(one) == f"{mark}{one.headline.rstrip('.')}"
    for words in both(one):
        assert footer in words
        assert sum(each in words for each in (ABOUT, TOLD_ONCE, IN_ONE, BECAUSE)) == 1


@pytest.mark.parametrize(
    "one",
    [
        notice(headline="word " * 1000),
        notice(headline="w" * 1000, kind=CORRECTION),
        notice(headline="a\r\nBcc: e@x\x00\u2028\x85b" * 50),
        alert(),
        unconfirmed(alert()),
    ],
)
def test_a_subject_is_one_line_of_at_most_240_characters(one: Notice) -> None:
    line = subject(one)
    assert 0 < len(line) <= 240 and line.isprintable()


def test_a_notice_fits_a_mail() -> None:
    for one in (notice(lines=("word " * 100, "short")), DIGEST_NOTICE, WELCOME_NOTICE, CORRECTION_NOTICE):
        told = text(one, BERLIN)
        assert max(len(line) for line in told.splitlines() if "https://" not in line) <= 80
        assert told.endswith("\n") and "\n\n\n" not in told


# --------------------------------------------------------------------------- sections


@pytest.mark.parametrize("section", DIGEST_NOTICE.sections + WELCOME_NOTICE.sections)
def test_a_section_is_told_with_all_its_items(section: Section) -> None:
    for words in both(notice(sections=(section,))):
        assert section.title in words and section.note in words
        assert all(one.text in words for one in section.items)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        pytest.param(item(marks=()), "▼ Weaker", id="a direction"),
        pytest.param(item(marks=("unconfirmed",)), "[unconfirmed]", id="a mark"),
        pytest.param(item(marks=("unconfirmed", "for review")), "[unconfirmed, for review]", id="two marks"),
        pytest.param(
            item(), "https://corvid.example/terms pledgewatch alerts show cccccccccccc", id="an alert"
        ),
    ],
)
def test_an_item_shows(one: Item, said: str) -> None:
    assert all(said in words for words in both(notice(sections=(Section("Corvid Cloud", (one,)),))))
    assert "- ▼ Weaker" in text(notice(sections=(Section("Corvid Cloud", (one,)),)))


def test_an_item_links_to_where_it_says() -> None:
    at = f"{DESK}/changes/{'c' * 64}"
    one = notice(sections=(Section("Corvid Cloud", (item(url=at), item())),))
    assert Shown(html(one)).links == [at, "https://corvid.example/terms"]
    assert at in text(one)
    assert all(words.count("pledgewatch alerts show") == 1 for words in both(one)), "the desk shows the other"


def test_a_line_that_ends_with_an_address_links_there() -> None:
    one = notice(
        lines=("The page: https://corvid.example/terms", "https://x.example is first", "javascript:x")
    )
    assert Shown(html(one)).links == ["https://corvid.example/terms"]
    assert all("The page: https://corvid.example/terms" in words for words in both(one))


def test_an_item_without_a_direction_has_no_badge() -> None:
    one = notice(sections=(Section("Not read", (Item("a page"),)),))
    assert "- a page\n" in text(one)
    assert not any(sign in words for words in both(one) for sign in "▼▲◆●")


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(
            notice(sections=(Section("Corvid", (item(text="long " * 90),) * 500),)), id="500 items of one"
        ),
        pytest.param(
            notice(sections=tuple(Section(f"O {n}", (item(),)) for n in range(500))), id="500 organizations"
        ),
        pytest.param(
            notice(sections=tuple(Section(f"O {n}", (item(text="x" * 9_000),) * 25) for n in range(20))),
            id="500 items of 20",
        ),
        pytest.param(notice(lines=("A " + "line " * 200,) * 500), id="500 lines"),
    ],
)
def test_a_long_notice_is_cut_with_an_honest_count(one: Notice) -> None:
    for part, words in zip((text(one), html(one)), both(one), strict=True):
        assert len(part.encode()) < 100_000
        left_out = sum(map(int, re.findall(r"And (\d+) more(?: lines)?, not shown", words)))
        left_out += sum(map(int, re.findall(r"more parts with (\d+) entries, not shown", words)))
        shown = words.count("alerts show cccc") or words.count("A line")
        assert shown >= 50 and left_out == 500 - shown
