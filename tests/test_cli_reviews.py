"""pledgewatch alerts review and reviews, through the real program."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.home import Home
from monitor.model import Alert, Verdict
from monitor.mutes import load_mutes
from monitor.store.alerts import NewDelivery, mark_under_way, waiting
from tests.benchmarks.quality import cases
from tests.homes import Screen, at_home, home
from tests.sample_alerts import HEDGED, REFUSAL, alert, unconfirmed
from tests.store_values import alert as heron_alert
from tests.test_cli_alerts import raise_alert

__all__ = ["home"]  # the fixture

BY_CONSOLE = NewDelivery("k", "console", "console", "")
DECLARATION = """\
name = "Corvid Cloud"
kind = "vendor"
why = ["made up"]

[pages.terms]
url = "https://corvid.example/terms"
role = "terms"
"""


def review(home: Path, *arguments: object) -> int:
    return at_home(home, "alerts", "review", *arguments)


def told_json(capsys: Screen, home: Path, *arguments: str) -> Any:
    capsys.readouterr()
    assert at_home(home, "alerts", *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def send(home: Path, capsys: Screen) -> str:
    capsys.readouterr()
    assert at_home(home, "alerts", "send") == 0
    return capsys.readouterr().out


def told(home: Path, capsys: Screen) -> Alert:
    """An alert that was sent to the console."""
    raised = raise_alert(home, alert(), BY_CONSOLE)
    send(home, capsys)
    return raised


# --------------------------------------------------------------------------- review


def test_whoever_got_a_wrong_alert_gets_its_correction(home: Path, capsys: Screen) -> None:
    raised = told(home, capsys)
    assert review(home, raised.id[:8], "wrong-direction", "--note", "It adds a duty.", "--author", "Ana") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{raised.id[:12]} is judged wrong-direction by Ana: Corvid Cloud")
    assert "  1 to hear of it. Sent with the next check, or now with `pledgewatch alerts send`.\n" in said
    message = " ".join(send(home, capsys).split())
    assert (
        f"A person judged this to be wrong: {raised.headline}. What holds: the words changed as quoted"
        in message
    )
    assert "Note of the reviewer: It adds a duty." in message
    assert "0 sent" in send(home, capsys), "once"


def test_an_alert_that_was_not_sent_yet_is_not_sent(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert(), BY_CONSOLE)
    assert review(home, raised.id, "page-noise", "--author", "Ana") == 0
    said = capsys.readouterr().out
    assert "  1 not sent yet: taken back.\n  Nobody has to hear of it.\n" in said
    assert send(home, capsys).startswith("0 sent")


def test_right_after_all_sends_what_was_taken_back(home: Path, capsys: Screen) -> None:
    (home / "config" / "watchlist" / "corvid.toml").write_text(DECLARATION)
    raised = raise_alert(home, alert(), BY_CONSOLE)
    review(home, raised.id, "page-noise", "--author", "Ana")
    review(home, raised.id, "right", "--author", "Ben")
    assert "  1 taken back before: sent after all.\n" in capsys.readouterr().out
    assert "[-" in send(home, capsys)


def test_right_is_kept_and_nobody_hears_of_it(home: Path, capsys: Screen) -> None:
    raised = told(home, capsys)
    assert review(home, raised.id, "right", "--author", "Ana") == 0
    assert "  Nobody has to hear of it.\n" in capsys.readouterr().out
    assert send(home, capsys).startswith("0 sent")


def test_an_unconfirmed_alert_can_be_judged(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, unconfirmed(alert()))
    assert review(home, raised.id, "page-noise", "--author", "Ana") == 0


def test_an_alert_is_corrected_that_may_be_on_its_way(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert(), BY_CONSOLE)
    with Home(home, home / "config").open_store() as store, store.begin() as conn:
        mark_under_way(conn, waiting(conn)[0].id)
    assert review(home, raised.id, "page-noise", "--author", "Ana") == 0
    assert "  1 not sent yet: taken back.\n  1 to hear of it." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["a", "wrong-directon"], 'did you mean "wrong-direction"?', id="a misspelt verdict"),
        pytest.param(
            ["a", "hm"],
            '"hm" is no verdict; known are: duplicate, not-about-this, page-noise, reworded-only, right, '
            "wrong-direction\n",
            id="no verdict",
        ),
        pytest.param(["b", "right"], "no alert has an id that begins with 'b'", id="an unknown alert"),
        pytest.param(["", "right"], "no alert has an id", id="no alert"),
        pytest.param(["a", "right", "--note", "x" * 10_001], "say it in 10,000 at most", id="a long note"),
        pytest.param(
            ["a", "right", "--author", " \n"], "name a person with --author NAME", id="a blank author"
        ),
    ],
)
def test_what_cannot_be_judged_is_said_and_nothing_is_kept(
    home: Path, capsys: Screen, arguments: list[str], sentence: str
) -> None:
    raise_alert(home, heron_alert())
    assert review(home, *arguments) == 2
    assert sentence in capsys.readouterr().err
    assert told_json(capsys, home, "reviews")["reviews"] == []


def test_the_user_of_the_machine_judges_where_nobody_is_named(
    home: Path, capsys: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ana.w")
    raised = raise_alert(home, alert())
    assert review(home, raised.id, "right") == 0
    assert told_json(capsys, home, "reviews")["reviews"][0]["author"] == "ana.w"


def test_hostile_words_of_a_reviewer_are_text(home: Path, capsys: Screen) -> None:
    raised = told(home, capsys)
    note = "a\x1b[31m\u202eb\ud800 {{7*7}} <script>\nSubject: x"
    assert review(home, raised.id, "page-noise", "--note", note, "--author", "An\x07a\n") == 0
    assert at_home(home, "alerts", "show", raised.id) == 0
    shown = capsys.readouterr().out + send(home, capsys)
    assert "\x1b" not in shown and "\u202e" not in shown and "\x07" not in shown
    assert "⟨U+001B⟩[31m⟨U+202E⟩b\ufffd {{7*7}} <script>" in shown


# --------------------------------------------------------------------------- where it is seen


def test_the_newest_verdict_is_shown_with_the_alert(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert())
    assert "reviews" not in told_json(capsys, home, "show", raised.id)
    review(home, raised.id, "page-noise", "--author", "Ana", "--note", "two editions")
    review(home, raised.id, "right", "--author", "Ben")
    assert at_home(home, "alerts", "show", raised.id) == 0
    assert "Reviewed: right by Ben, 20" in capsys.readouterr().out
    assert at_home(home, "alerts", "list") == 0
    assert "  [judged right] Corvid" in capsys.readouterr().out
    shown, (listed,) = told_json(capsys, home, "show", raised.id), told_json(capsys, home, "list")["alerts"]
    assert shown["reviews"] == listed["reviews"]
    assert [(one["verdict"], one["author"], one["note"]) for one in shown["reviews"]] == [
        ("page-noise", "Ana", "two editions"),
        ("right", "Ben", ""),
    ]


def test_no_verdict_yet_is_said(home: Path, capsys: Screen) -> None:
    assert at_home(home, "alerts", "reviews") == 0
    assert capsys.readouterr().out.startswith("No alert was judged yet")
    assert told_json(capsys, home, "reviews") == {
        "schema": "pledgewatch.reviews/1",
        "reviews": [],
        "mutes": [],
    }


def test_verdicts_are_listed_newest_first_and_the_newest_counts(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert())
    review(home, raised.id, "page-noise", "--author", "Ana")
    review(home, raised.id, "right", "--author", "Ben")
    told = told_json(capsys, home, "reviews")
    assert [(one["verdict"], one["counts"], one["alert"]) for one in told["reviews"]] == [
        ("right", True, raised.id),
        ("page-noise", False, raised.id),
    ]
    assert told["mutes"] == [], "it is right, so nothing like it is to be muted"
    assert at_home(home, "alerts", "reviews") == 0
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["alert", "judged", "verdict", "by", "what"]
    assert "right" in first and "page-noise" in second and "Corvid Cloud" in first


# --------------------------------------------------------------------------- mutes


def test_a_mute_is_proposed_and_nothing_applies_it(home: Path, capsys: Screen) -> None:
    raised = raise_alert(home, alert())
    config = sorted((home / "config").rglob("*"))
    assert review(home, raised.id, "not-about-this", "--author", "Ana", "--note", "the shop's login") == 0
    said = capsys.readouterr().out
    assert "put this into config/mutes.toml (nothing does that by itself):" in said
    assert sorted((home / "config").rglob("*")) == config
    proposal = said[said.index("[[mutes]]") :]
    (mute,) = tomllib.loads(proposal)["mutes"]
    assert (mute["page"], mute["words"], mute["from_alert"]) == ("corvid/terms", HEDGED, raised.id)
    (listed,) = told_json(capsys, home, "reviews")["mutes"]
    assert tomllib.loads(listed)["mutes"] == [mute]

    (home / "config" / "mutes.toml").write_text(proposal, encoding="utf-8")
    assert [one.author for one in load_mutes(home / "config")] == ["Ana"]
    assert told_json(capsys, home, "reviews")["mutes"] == [], "it was taken up"


# --------------------------------------------------------------------------- labelled pairs


def test_verdicts_are_exported_as_the_benchmarks_read_them(
    home: Path, tmp_path: Path, capsys: Screen
) -> None:
    (home / "config" / "watchlist" / "corvid.toml").write_text(DECLARATION + 'language = "en"\n')
    first, again = raise_alert(home, alert()), raise_alert(home, replace(alert(), id="f" * 64))
    other = raise_alert(home, heron_alert("d" * 64))
    for raised, verdict in (
        (first, "right"),
        (again, "duplicate"),
        (other, "page-noise"),
        (other, "reworded-only"),
    ):
        assert review(home, raised.id, verdict, "--author", "Ana") == 0
    file = tmp_path / "labels" / "pairs.jsonl"
    capsys.readouterr()
    assert at_home(home, "alerts", "reviews", "--export", file) == 0
    assert f"3 labelled pairs in {file}.\n" in capsys.readouterr().out
    rows = [json.loads(line) for line in file.read_bytes().splitlines()]
    read = {case.id: case for case in cases._cases("positives", rows)}
    assert len(read) == 2, "the duplicate counts once"
    (case,) = [one for one in read.values() if one.organization == "corvid"]
    assert case.passages.texts() == (REFUSAL, HEDGED)
    assert (case.material, case.kinds, case.passages.language) == (True, {"scope"}, "en")
    (noise,) = [one for one in read.values() if one.organization == "heron"]
    assert (noise.material, noise.tag) == (False, "reworded"), "the newest verdict counts"


def test_an_export_that_cannot_be_written_is_said(home: Path, tmp_path: Path, capsys: Screen) -> None:
    (tmp_path / "file").write_text("mine")
    assert at_home(home, "alerts", "reviews", "--export", tmp_path / "file" / "pairs.jsonl") == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_can_be_given(home: Path, capsys: Screen, verdict: Verdict) -> None:
    raised = raise_alert(home, alert())
    assert review(home, raised.id, verdict, "--author", "Ana") == 0
    with Home(home, home / "config").open_store() as store, store.read() as conn:
        assert waiting(conn) == []
