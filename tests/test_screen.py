"""How the doors print: nothing acts on a terminal, and no line breaks where there is none."""

import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest

from app.screen import bar, columns, say
from tests.homes import Screen

LONG = "one two three four five six seven eight nine ten " * 40
HOSTILE = "\x1b[2J\u202etxet\x00\x85"
HARMLESS = "⟨U+001B⟩[2J⟨U+202E⟩txet⟨U+0000⟩⟨U+0085⟩"


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


Shown = Callable[[Callable[[], None]], list[str]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What is seen on a terminal that is 40 columns wide."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")

    def look(command: Callable[[], None]) -> list[str]:
        with redirect_stdout(Terminal()) as terminal:
            command()
        return terminal.getvalue().splitlines()

    return look


def test_a_line_stays_a_line_where_nobody_looks_at_a_terminal(capsys: Screen) -> None:
    say(LONG)
    columns([("a", LONG), ("bb", LONG * 20)])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [LONG, f"a   {LONG}".rstrip(), f"bb  {LONG * 20}".rstrip()]


def test_a_terminal_gets_lines_that_break_between_words(shown: Shown) -> None:
    assert shown(lambda: say("  2026  " + "word " * 12, hang=6)) == [
        "  2026  word word word word word word",
        "        word word word word word word",
    ]


def test_a_terminal_gets_columns_that_fit(shown: Shown) -> None:
    assert shown(lambda: columns([("heron/terms", "word " * 12)])) == [
        "heron/terms  word word word word word",
        "             word word word word word",
        "             word word",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "x", "https://example.org/" + "x" * 60, "  - " + "y" * 50],
    ids=["none", "short", "url", "deep"],
)
def test_what_cannot_be_broken_is_not(shown: Shown, text: str) -> None:
    assert " ".join(shown(lambda: say(text))).split() == text.split()


def test_words_of_a_page_cannot_act(capsys: Screen) -> None:
    say(HOSTILE)
    columns([(HOSTILE, HOSTILE)], header=("a", "b"))
    told = capsys.readouterr().out.splitlines()
    assert told[0] == HARMLESS
    assert told[2] == f"{HARMLESS}  {HARMLESS}"


def test_brackets_of_a_page_are_only_brackets(capsys: Screen) -> None:
    columns([("[bold]x[/bold]", "[link=https://example.org]y[/link]")])
    assert capsys.readouterr().out == "[bold]x[/bold]  [link=https://example.org]y[/link]\n"


def test_no_rows_are_nothing(capsys: Screen) -> None:
    columns([], header=("a", "b"))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_there_is_no_bar_where_nobody_looks(capsys: Screen, quiet: bool) -> None:
    with bar("Waiting", 2, quiet=quiet) as tick:
        tick("one")
        tick("two", 1)
    assert capsys.readouterr() == ("", "")


def test_what_is_printed_under_a_bar_goes_where_it_should(
    capsys: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard error is a terminal, standard output a file."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    with bar("Waiting", 1) as tick:
        sys.stdout.write("an alert\n")
        tick("[heron/terms]")
    assert capsys.readouterr().out == "an alert\n"
    assert "[heron/terms]" in sys.stderr.getvalue()  # type: ignore[attr-defined]
