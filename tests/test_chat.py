"""What chat rooms are told: text that stays text, and as much of it as there is room for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.chat import BREAK, cut, literal, markdown, rest_of, unindented
from monitor.model import CORRECTION, DIGEST
from tests.sample_alerts import alert, notice

HARMLESS = [
    "We will not sell facial recognition technology to police departments.",
    "▼ Weaker: people are protected less than before.",
    "[-removed words-] and {+added words+}; … stands for words",
    "Last seen unchanged:  2026-11-21 06:01:59 UTC",
    "https://corvid.example/terms?a=b&lt;=c#part",
    "1 < 2 and 3 > 2, Q & A",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_shown_as_it_is(text: str) -> None:
    assert literal(text) == text


ACTS = {
    "<!channel>": "<_!channel>",
    "<@U012>": "<_@_U012>",
    "<https://evil.example|https://good.example>": "<_https://evil.example|https://good.example>",
    "@here @everyone @all @room": "@_here @_everyone @_all @_room",
    "<at>everybody</at>": "<_at>everybody<_/at>",
    "<b>bold</b>": "<_b>bold<_/b>",
    "[good](https://evil.example)": "[good]_(https://evil.example)",
    "![seen](https://evil.example/x.png)": "![seen]_(https://evil.example/x.png)",
    "[good][1]": "[good]_[1]",
    "[1]: https://evil.example": "[1]_: https://evil.example",
    "||hidden||": "|_|hidden|_|",
    "~~struck~~": "~_~struck~_~",
    ":skull: and :+1:": ":_skull: and :_+1:",
    "&lt;b&gt; &#60;": "&_lt;b&_gt; &_#60;",
}


@pytest.mark.parametrize(("text", "shown"), ACTS.items())
def test_what_would_act_is_broken_by_a_sign_that_nobody_sees(text: str, shown: str) -> None:
    assert literal(text) == shown.replace("_", BREAK)


@given(
    st.text() | st.lists(st.sampled_from([*ACTS, *"<@[](!|~:&;`*_ \n", "https://a.example/"])).map("".join)
)
def test_nothing_else_is_changed_and_nothing_acts(text: str) -> None:
    shown = literal(text)
    assert shown.replace(BREAK, "") == text.replace(BREAK, "")
    outside = re.sub(r"(?<!<)https?://\S*", "", shown)
    assert not re.search(r"@\w|<[!@#/\w]|\]\(|\|\||~~|&lt;", outside)


def test_markdown_shows_every_letter_and_leaves_addresses_alone() -> None:
    assert markdown("    *a* _b_ `c` {+d+} \\ https://x.example/a_b-c*\n1. e\n# f\n- g\n> h") == (
        "\u00a0\u00a0\u00a0\u00a0\\*a\\* \\_b\\_ \\`c\\` \\{\\+d\\+\\} \\\\ https://x.example/a_b-c\\*\n"
        "1\\. e\n\\# f\n\\- g\n\\> h"
    )


def test_an_indent_is_no_block_of_code() -> None:
    assert unindented("    a  b\n  c") == "\u00a0\u00a0\u00a0\u00a0a  b\n\u00a0\u00a0c"


def test_what_fits_is_not_cut() -> None:
    assert cut("a\nb\n", lambda text: len(text) <= 4, "rest") == "a\nb\n"


def test_what_does_not_fit_ends_at_a_line_and_says_so() -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    shown = cut(text, lambda text: len(text) <= 30, "… the rest")
    assert shown == "line 0\nline 1\n… the rest"
    assert cut(text, lambda text: len(text) <= 12, "… the rest") == "… the rest"


def test_the_rest_is_somewhere() -> None:
    assert rest_of(alert()) == f"… the rest: pledgewatch alerts show {alert().id[:12]}"
    assert rest_of(notice(kind=CORRECTION, about="f" * 64)).endswith(f"alerts show {'f' * 12}")
    assert rest_of(notice(kind=DIGEST)).endswith("pledgewatch alerts list")
    assert "cut here" in rest_of(notice())
