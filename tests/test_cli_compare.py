"""compare and statements: the detector as other programs use it."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import BAD_INPUT, DONE, RECORDED_TROUBLE, app, outcome_of

ROOT = Path(__file__).resolve().parent.parent
BEFORE = "We will not sell facial recognition technology to police departments."
AFTER = "We do not currently sell general-purpose facial recognition technology to police departments."
KEYS = {
    "kind", "direction", "tier", "confidence", "stance", "bearer", "actions", "technologies", "parties",
    "before_quote", "after_quote", "context", "rule", "reasons", "asks",
}  # fmt: skip


def run(*arguments: str) -> int:
    return outcome_of(lambda: app(list(arguments), standalone_mode=False))


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "a.txt").write_text(BEFORE)
    (tmp_path / "b.html").write_text(f"<html><body><p>{AFTER}</p></body></html>")
    return str(tmp_path / "a.txt"), str(tmp_path / "b.html")


def lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *asked: object
) -> tuple[int, list[Any]]:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in asked)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code = run("compare", "--jsonl")
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_two_files_give_the_contracts_json(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", *pair, "--json") == DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "pledgewatch.compare/1"
    assert (answer["language"], answer["access"]) == ("en", "ok")
    assert answer["edits"] == {"added": 0, "removed": 0, "reworded": 1, "moved": 0}
    assert answer["statements"] == {"before": 1, "after": 1}
    (finding,) = answer["findings"]
    assert set(finding) == KEYS
    assert (finding["direction"], finding["tier"]) == ("weaker", "alert")
    assert (finding["before_quote"], finding["after_quote"]) == (BEFORE, AFTER)


def test_people_get_words(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", *pair) == DONE
    out = capsys.readouterr().out
    assert "WEAKER" in out
    assert f"- {BEFORE}" in out
    assert f"+ {AFTER}" in out


def test_what_acts_on_a_terminal_is_shown_to_people_and_exact_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("The office opens at nine.")
    (tmp_path / "b.txt").write_text(f"\u202e{BEFORE} The office opens at nine.")
    files = str(tmp_path / "a.txt"), str(tmp_path / "b.txt")
    for command in (["compare", *files], ["statements", files[1]]):
        assert run(*command) == DONE
        out = capsys.readouterr().out
        assert f"⟨U+202E⟩{BEFORE}" in out
        assert "\u202e" not in out
        assert run(*command, "--json") == DONE
        assert f"\u202e{BEFORE}" in capsys.readouterr().out


def test_people_are_told_that_nothing_changed_or_could_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(BEFORE)
    (tmp_path / "it.txt").write_text(
        "Non vendiamo il riconoscimento facciale alla polizia, e non lo faremo neanche in futuro."
    )
    assert run("compare", str(tmp_path / "a.txt"), str(tmp_path / "a.txt")) == DONE
    assert capsys.readouterr().out.splitlines()[0] == "No material change."
    assert run("compare", str(tmp_path / "it.txt"), str(tmp_path / "it.txt")) == DONE
    assert "Nothing was compared. There is no lexicon for the language 'it'" in capsys.readouterr().out


def test_lines_are_answered_in_order_and_a_bad_one_does_not_stop_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "p.md").write_text(AFTER)
    code, answers = lines(
        monkeypatch,
        capsys,
        {"id": "one", "before": BEFORE, "after": AFTER, "language": "en"},
        "{not json",
        {"id": 3, "before": BEFORE},
        {"id": "four", "before": BEFORE, "after_path": str(tmp_path / "p.md")},
        {"id": "five", "before": "", "after": BEFORE},
        {"id": "six", "before": BEFORE, "after_path": str(tmp_path / "absent.md")},
        [1],
        {"id": "eight", "before": BEFORE, "after": BEFORE, "media_type": "text/plain"},
    )
    assert code == RECORDED_TROUBLE
    assert [answer["id"] for answer in answers] == ["one", None, 3, "four", "five", "six", None, "eight"]
    assert ["error" in answer for answer in answers] == [False, True, True, False, False, True, True, False]
    assert answers[3]["findings"][0]["direction"] == "weaker"
    assert answers[4]["findings"][0]["kind"] == "introduced"
    assert answers[7]["findings"] == []


def test_another_language_is_recognised_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    italian = "Non vendiamo il riconoscimento facciale alla polizia e non lo faremo neanche in futuro."
    code, answers = lines(monkeypatch, capsys, {"id": 1, "before": italian, "after": italian})
    assert (code, answers[0]["language"], answers[0]["findings"]) == (DONE, "it", [])


BAD = [
    (b"", "is empty"),
    (b"\x00\x01\x02\x03" * 400, "cannot"),
    (b"a" * 9_000_000, "at most"),
    (b"%PDF-1.4 nothing here", "PDF"),
]


@pytest.mark.parametrize(("content", "said"), BAD, ids=["empty", "binary", "too large", "no PDF"])
def test_a_file_that_cannot_be_compared_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    (tmp_path / "bad").write_bytes(content)
    (tmp_path / "good.txt").write_text(BEFORE)
    assert run("compare", str(tmp_path / "bad"), str(tmp_path / "good.txt")) == BAD_INPUT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert said in captured.err


def test_a_missing_file_and_missing_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", str(tmp_path / "none"), str(tmp_path / "none")) == BAD_INPUT
    assert "cannot be read" in capsys.readouterr().err
    assert run("compare") == BAD_INPUT
    assert "needs two files" in capsys.readouterr().err


def test_statements_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.md").write_text(f"# Ours\n\n{BEFORE} We sell cameras.")
    assert run("statements", str(tmp_path / "p.md"), "--json") == DONE
    (one,) = json.loads(capsys.readouterr().out)["statements"]
    assert (one["quote"], one["stance"], one["parties"]) == (BEFORE, "refuses", ["police"])
    assert run("statements", str(tmp_path / "p.md")) == DONE
    assert BEFORE in capsys.readouterr().out


def test_the_program_itself_answers(pair: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "app", "compare", *pair, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["findings"][0]["direction"] == "weaker"
    assert done.stderr == ""
