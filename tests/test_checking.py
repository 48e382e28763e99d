"""What a person reads of a check: a line stays a line in a file, and no page's words act on a terminal."""

from pathlib import Path

from alerts.outbox import Sent
from app.checking import reading_json, show
from app.home import Home
from app.watch import Check
from monitor.check import Outcome
from monitor.model import Access, Reading
from tests.homes import Screen, at_home, declared, home
from tests.sample_alerts import alert as narrowed
from tests.store_values import HOUR, NOW, alert, finding, tracked
from tests.test_cli_status import HERON

__all__ = ["home"]  # the fixture

WHY = "Bot wall: \x1b[2J\u202e. " + "It asks to wait. " * 12


def shown(folder: Path, capsys: Screen, *outcomes: Outcome) -> list[str]:
    declared(folder, "heron").write_text(HERON)
    at = Home(folder, folder / "config")
    show(at, Check(NOW, NOW + HOUR, at.watchlist.pages if outcomes else (), outcomes, Sent(sent=1)))
    return capsys.readouterr().out.splitlines()


def test_everything_stands_on_a_line_of_its_own(home: Path, capsys: Screen) -> None:
    read = Reading(1, "heron/terms", NOW, Access.OK)
    wall = Reading(2, "heron/pledge", NOW, Access.WALL, (WHY,))
    told = shown(
        home,
        capsys,
        Outcome("heron/terms", (read,), (tracked(1),), (alert(),)),
        Outcome("heron/pledge", (wall,)),
    )
    (sentence,) = finding().reasons
    why = WHY.replace("\x1b", "⟨U+001B⟩").replace("\u202e", "⟨U+202E⟩")
    assert told == [
        "organization  read  unchanged  changed  not readable and why",
        f"heron         1     0          1        pledge: wall ({why})",
        f"PENDING  WEAKER (withdrawn) on heron/terms: {sentence} Seen 1×; next look from 2026-03-02 18:00 UTC.",
        f"ALERT  WEAKER  {alert().headline}  [aaaaaaaaaaaa]",
        "1 read (0 unchanged), 1 not readable, 1 alert, 1 pending; 1 sent, 0 not sent.",
    ]


def test_an_alert_that_a_mute_keeps_silent_is_marked(home: Path, capsys: Screen) -> None:
    day = narrowed().raised_at.date()
    (home / "config" / "mutes.toml").write_text(
        f'[[mutes]]\npage = "corvid/terms"\nauthor = "Ana"\nreason = "Seen."\nsince = {day}\nuntil = {day}\n'
    )
    lines = shown(home, capsys, Outcome("heron/terms", (), (), (narrowed(), alert())))
    labels = [line.split("  ")[0] for line in lines if line.endswith("]")]
    assert labels == ["MUTED", "ALERT"]


def test_nothing_due_is_said(home: Path, capsys: Screen) -> None:
    assert shown(home, capsys)[0] == "Nothing is due."


def test_a_program_reads_the_very_words() -> None:
    wall = Reading(2, "heron/pledge", NOW, Access.WALL, (WHY,))
    assert reading_json(wall)["evidence"] == [WHY]


def test_the_words_of_a_command_cannot_act_either(home: Path, capsys: Screen) -> None:
    assert at_home(home, "check", "--page", "\u202e") == 2
    assert "⟨U+202E⟩" in capsys.readouterr().err
