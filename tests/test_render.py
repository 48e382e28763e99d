"""What people read: a headline to paste, exact words before and after, direction, times and the proof."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.marking import AROUND, Run, plain, sides, visible
from alerts.render import LOOKS, PASSAGES_AT_MOST, html, subject, text, when
from monitor.model import Alert, Direction, FindingKind, Notice, Tier
from tests.sample_alerts import HEDGED, REFUSAL, alert, finding, notice, unconfirmed

LONG = " ".join(f"word{place}" for place in range(300))
GONE = finding(kind=FindingKind.WITHDRAWN, rule="page-gone", after_quote="")
HOSTILE = (
    "Hi\x00 \u202e{{7*7}} {% include 'x' %} <script>alert(1)</script> <!channel> & \"q\" \ud800 \r\nBcc: e@x"
)


class Shown(HTMLParser):
    """The words of a page, its tags, and the words inside <del> and <ins>."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.marked: list[tuple[str, str]] = []
        self._open = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._open in ("del", "ins"):
            self.marked.append((self._open, data))


def squeezed(words: str) -> str:
    return " ".join(words.split())


# --------------------------------------------------------------------------- what every message says

TOLD = alert()
SAID = [
    pytest.param(TOLD.headline, id="the headline"),
    pytest.param("▼ Weaker: people are protected less than before", id="the direction, in words"),
    pytest.param("Corvid Cloud", id="who"),
    pytest.param("https://corvid.example/terms", id="which page"),
    pytest.param("A statement changed: its scope", id="what changed"),
    pytest.param("Public safety › What we do not sell", id="the heading trail"),
    pytest.param("The refusal now covers general-purpose technology only.", id="the reason"),
    pytest.param("POL-1", id="the ask"),
    pytest.param("rule counterpart-narrowed, high confidence, not reviewed by a person", id="the rule"),
    pytest.param("2026-11-21 06:01 UTC", id="last seen unchanged"),
    pytest.param("2026-11-21 18:00 UTC", id="first seen changed"),
    pytest.param("2026-11-22 06:02 UTC", id="confirmed"),
    pytest.param("The sister page was not read.", id="not checked"),
    pytest.param(f"pledgewatch alerts show {TOLD.id[:12]}", id="how to see the evidence"),
    pytest.param("b" * 64, id="sha256 before"),
    pytest.param("a" * 64, id="sha256 after"),
]


@pytest.mark.parametrize("said", SAID)
def test_both_parts_say(said: str) -> None:
    assert said in squeezed(text(TOLD))
    assert said in squeezed(Shown(html(TOLD)).words)


def test_the_plain_text_marks_the_words_that_went_and_came() -> None:
    shown = squeezed(text(TOLD))
    before = shown.split("Before: ")[1].split(" After: ")[0]
    after = shown.split("After: ")[1].split(" Last seen")[0]
    assert "[-will" in before and "{+" not in before
    assert "currently" in after and "[-" not in after
    assert re.sub(r"\[-|-\]", "", before) == REFUSAL
    assert re.sub(r"\{\+|\+\}", "", after) == HEDGED


def test_the_html_marks_the_words_that_went_and_came() -> None:
    marked = Shown(html(TOLD)).marked
    assert "will" in "".join(words for tag, words in marked if tag == "del")
    assert "currently" in "".join(words for tag, words in marked if tag == "ins")


def test_the_plain_text_fits_a_mail() -> None:
    assert max(len(line) for line in text(TOLD).splitlines()) <= 80
    assert text(TOLD).endswith("\n") and not text(TOLD).endswith("\n\n")
    assert "\n\n\n" not in text(TOLD)


@pytest.mark.parametrize("direction", Direction)
def test_a_direction_is_a_word_and_a_sign_and_never_a_colour_alone(direction: Direction) -> None:
    told = alert(finding(direction=direction))
    look = LOOKS[direction]
    assert subject(told).startswith(f"[{direction}] ")
    for shown in (text(told), Shown(html(told)).words):
        assert f"{look.sign} {look.word}: {look.sentence}" in squeezed(shown)


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_has_its_words(kind: FindingKind) -> None:
    assert re.search(r": (A|The) [a-z ]*statement", text(alert(finding(kind=kind))))


@pytest.mark.parametrize(
    ("one", "what", "before", "after"),
    [
        pytest.param(GONE, "The page is gone.", REFUSAL, "The page is gone.", id="page gone"),
        pytest.param(
            finding(kind=FindingKind.WITHDRAWN, after_quote=""),
            "A statement no longer appears on the page we watch.",
            REFUSAL,
            "It no longer appears on the page we watch.",
            id="clause gone",
        ),
        pytest.param(
            finding(kind=FindingKind.INTRODUCED, before_quote=""),
            "A new statement appears.",
            "It did not stand on the page we watch.",
            HEDGED,
            id="clause new",
        ),
        pytest.param(finding(), "A statement changed: its scope.", REFUSAL, HEDGED, id="clause changed"),
    ],
)
def test_page_gone_clause_gone_and_clause_changed_are_told_apart(
    one: object, what: str, before: str, after: str
) -> None:
    shown = squeezed(re.sub(r"\[-|-\]|\{\+|\+\}", "", text(alert(one))))  # type: ignore[arg-type]
    assert what in shown
    assert f"Before: {before} After: {after} Last seen" in shown


def test_a_finding_for_review_says_so() -> None:
    assert "For review: a person should look" in squeezed(text(alert(finding(tier=Tier.REVIEW))))
    assert "For review" not in text(TOLD)


def test_what_is_not_yet_confirmed_is_not_called_confirmed() -> None:
    early = unconfirmed(TOLD)
    said = "Not confirmed yet: seen once on 2026-11-21 18:00 UTC; it is told again when it is confirmed."
    assert subject(early) == f"[unconfirmed] {subject(TOLD)}"
    for shown in (squeezed(text(early)), squeezed(Shown(html(early)).words.removeprefix(TOLD.headline))):
        assert said in shown
        assert "confirmed" not in shown.replace(said, "").lower()
    assert squeezed(text(early)).startswith(said)
    assert html(early).index(said) < html(early).index("<h1")


def test_what_is_confirmed_is_not_called_unconfirmed() -> None:
    for shown in (subject(TOLD), text(TOLD), Shown(html(TOLD)).words):
        assert "unconfirmed" not in shown and "Not confirmed" not in shown


def test_last_seen_falls_back_on_the_fetch_itself() -> None:
    told = replace(TOLD, before=replace(TOLD.before, last_seen_at=None))
    assert "Last seen unchanged: 2026-11-13 06:02 UTC" in squeezed(text(told))


def test_a_side_without_a_body_says_so() -> None:
    told = replace(TOLD, after=replace(TOLD.after, sha256=""))
    assert "no body came" in text(told) and "no body came" in html(told)
    assert "no body came" not in text(TOLD) + html(TOLD)


def test_nothing_unchecked_no_heading() -> None:
    told = replace(TOLD, not_checked=())
    assert "Not checked" not in text(told) + html(told)


def test_findings_with_the_same_quotes_show_them_once() -> None:
    told = text(alert(finding(), finding(kind=FindingKind.TERM)))
    assert told.count("Before:") == 1
    assert "its scope" in told and "its time limit" in told


def test_moments_are_told_in_utc() -> None:
    assert when(datetime(2026, 2, 3, 6, 0, 59, tzinfo=UTC)) == "2026-02-03 06:00 UTC"
    assert when(None) == "not yet"


# --------------------------------------------------------------------------- folding


def test_long_unchanged_parts_are_folded_and_counted() -> None:
    before, after = sides(f"{LONG} old {LONG}", f"{LONG} new {LONG}", 10_000)
    hidden = 300 - AROUND
    assert [run.kind for run in before] == ["folded", "same", "removed", "same", "folded"]
    assert [run.text for run in before if run.kind == "folded"] == [f"… {hidden} words unchanged …"] * 2
    assert [run.kind for run in after] == ["folded", "same", "added", "same", "folded"]


def test_between_two_changes_both_ends_are_kept() -> None:
    before, _ = sides(f"old {LONG} old", f"new {LONG} new", 10_000)
    assert [run.kind for run in before] == ["removed", "same", "folded", "same", "removed"]
    assert before[2].text == f"… {300 - 2 * AROUND} words unchanged …"


def test_short_unchanged_parts_are_shown_whole() -> None:
    before, after = sides(REFUSAL, HEDGED, 10_000)
    assert "".join(run.text for run in before) == REFUSAL
    assert "".join(run.text for run in after) == HEDGED


def test_a_long_removed_passage_is_cut_and_the_rest_counted() -> None:
    before, after = sides(LONG, "", len(LONG) // 2)
    assert [run.kind for run in before] == ["removed", "folded"]
    shown = len(before[0].text.split())
    assert LONG.startswith(before[0].text) and 140 < shown < 170
    assert before[1].text == f"… {300 - shown} more words, not shown here …"
    assert after == ()


@given(st.text("ab \n", max_size=300), st.text("abc \n", max_size=300))
def test_what_is_not_folded_is_verbatim(before: str, after: str) -> None:
    old, new = sides(before, after, 10_000)
    assert any(run.kind == "folded" for run in old) or "".join(run.text for run in old) == before
    assert any(run.kind == "folded" for run in new) or "".join(run.text for run in new) == after


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ([Run("same", "We "), Run("removed", "will "), Run("same", "not.")], "We [-will-] not."),
        ([Run("added", " now ")], "{+now+}"),
        ([Run("same", "a"), Run("removed", " "), Run("same", "b")], "a b"),
        ([Run("folded", "… 3 words unchanged …"), Run("same", "b")], "… 3 words unchanged … b"),
        ([], ""),
    ],
)
def test_marks_in_plain_text(runs: list[Run], words: str) -> None:
    assert plain(runs) == words


# --------------------------------------------------------------------------- what the network sends


def hostile_alert() -> Alert:
    one = finding(before_quote=HOSTILE, after_quote=HOSTILE[::-1], context=(HOSTILE,), reasons=(HOSTILE,))
    told = alert(one, finding(rule="page-gone", before_quote=HOSTILE))
    return replace(
        told,
        organization={"id": "x", "name": HOSTILE},
        page={"id": "x/y", "url": "javascript:alert(1)", "role": "terms"},
        headline=HOSTILE,
        not_checked=(HOSTILE,),
    )


def test_what_the_page_says_is_shown_as_text() -> None:
    page = html(hostile_alert())
    seen = Shown(page)
    assert "script" not in seen.tags and "img" not in seen.tags
    assert "<script>alert(1)</script>" in seen.words
    assert "{{7*7}}" in seen.words and "49" not in seen.words
    assert ("href", "#") in seen.attributes
    assert not re.search("[\x00\u202e\ud800]", page + text(hostile_alert()) + subject(hostile_alert()))
    (page + text(hostile_alert())).encode()


def test_a_subject_is_one_line() -> None:
    assert len(subject(hostile_alert()).splitlines()) == 1
    assert len(subject(replace(TOLD, headline="word " * 1000))) <= 240


def test_control_and_direction_characters_are_named() -> None:
    assert visible("a\x00b\u202ec\td\ne") == "a⟨U+0000⟩b⟨U+202E⟩c\td\ne"


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = html(TOLD)
    assert not set(Shown(page).tags) & {"img", "link", "script", "iframe", "video", "object"}
    assert "url(" not in page and "@import" not in page and "src=" not in page


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(alert(finding(before_quote="&&& old words " * 140_000)), id="2 MB of words"),
        pytest.param(alert(finding(before_quote="&" * 1_000_000, after_quote="")), id="one word of 1 MB"),
        pytest.param(
            alert(
                *[
                    finding(before_quote=f"{n} {LONG} a {LONG}", after_quote=f"{LONG} b {n}")
                    for n in range(99)
                ]
            ),
            id="99 passages",
        ),
        pytest.param(
            alert(finding(before_quote="a b " * 900, after_quote="a c " * 900)), id="1,800 changed words"
        ),
    ],
)
def test_a_mail_stays_below_100_kb(told: Alert) -> None:
    assert len(html(told).encode()) < 100_000
    assert len(text(told).encode()) < 100_000


def test_passages_that_are_not_shown_are_counted() -> None:
    told = alert(*[finding(before_quote=f"Passage {place}.") for place in range(PASSAGES_AT_MOST + 3)])
    assert "And 3 more changed passages, not shown here." in text(told)
    assert "And 3 more changed passages, not shown here." in html(told)


# --------------------------------------------------------------------------- notices


@pytest.mark.parametrize(
    "said",
    [*notice().lines, notice().headline, "2026-11-22 06:02 UTC", "This message is about the watch itself."],
)
def test_a_notice_says_it_all_in_both_parts(said: str) -> None:
    assert said in squeezed(text(notice()))
    assert said in squeezed(Shown(html(notice())).words)


def test_a_notice_is_known_by_its_subject() -> None:
    assert subject(notice()) == f"[pledgewatch] {notice().headline.rstrip('.')}"
    assert len(subject(notice(headline="word " * 1000))) <= 240


def test_a_notice_fits_a_mail() -> None:
    told = text(notice(lines=("word " * 100, "short")))
    assert max(len(line) for line in told.splitlines()) <= 80
    assert told.endswith("\n") and "\n\n\n" not in told


def hostile_notice() -> Notice:
    return notice(headline=HOSTILE, lines=(HOSTILE, HOSTILE[::-1]))


def test_what_the_network_says_is_shown_as_text_in_a_notice_too() -> None:
    page = html(hostile_notice())
    assert "script" not in Shown(page).tags and "<script>alert(1)</script>" in Shown(page).words
    assert "{{7*7}}" in Shown(page).words
    assert not re.search("[\x00\u202e\ud800]", page + text(hostile_notice()) + subject(hostile_notice()))
    assert len(subject(hostile_notice()).splitlines()) == 1
    assert not set(Shown(page).tags) & {"img", "link", "script", "iframe", "video", "object"}
