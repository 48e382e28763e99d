"""Text that means harm gets a normal answer or one clear sentence, by the library and by the command.

Nothing here is timed: the texts are so large that anything quadratic would not end while the tests run.
Growth is measured by `make bench`.
"""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import BAD_INPUT, DONE, RECORDED_TROUBLE, app, outcome_of
from app.comparing import compare_lines
from app.home import SHIPPED_CONFIG, Home
from monitor import align
from monitor.compare import compare
from monitor.errors import ConfigError
from monitor.extract import extract
from monitor.extract.pdf import _mended
from monitor.lexicon import load_lexicon
from monitor.model import Sentence
from monitor.segment import fold, sentences
from tests.texts import SMALLEST_LEXICON, document, english, material, statement

PLEDGE = "We will not sell facial recognition technology to police departments."
WEAKER = "We may sell facial recognition technology to police departments."
GARDEN = "The garden is watered in the morning and then again in the evening"
HARMLESS = f"{GARDEN}, unless it rained; {GARDEN}, unless somebody forgot it; {GARDEN}, as all know.\n\n"
ROOT = Path(__file__).resolve().parent.parent
HOME = Home(ROOT / "no-such-home", SHIPPED_CONFIG)


def answers(*lines: str) -> tuple[int, list[Any]]:
    """What `pledgewatch compare --jsonl` says to these lines; the words are loaded once."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    code = compare_lines(HOME, [line.encode() for line in lines], out, "")
    return code, [json.loads(line) for line in out.buffer.getvalue().splitlines()]


# --------------------------------------------------------------------------- around a statement

_BEYOND = "100,000 items"  #: more than the command takes: a check could not compare it in its time
AROUND = {
    "5 MB": HARMLESS * 20_000,
    "one sentence of 200,000 words": f"{'the garden and ' * 66_667}\n\n",
    "one sentence of 200,000 words on our subject": f"{'face search and ' * 66_667}\n\n",
    "only punctuation": ".,;:!?-–—…/\\%$§@^+=(){}'\" " * 20_000 + "\n\n",
    "right to left": "לא נמכור זיהוי פנים. لن نبيع التعرف على الوجه. \u202e\u2067" * 5_000 + "\n\n",
    "mixed scripts": "顔認識を販売しません。Мы не продаём ｆｏｏ ᏣᎳᎩ हिन्दी ไทย 𝕬𝖇𝖈. " * 5_000 + "\n\n",
    "200,000 round brackets": f"{'(' * 200_000}a{')' * 200_000}\n\n",
    "200,000 square brackets": f"{'[' * 200_000}a{']' * 200_000}\n\n",
    "200,000 links that never close": f"{'[a](' * 200_000}\n\n",
    "50,000 times not": f"{'not ' * 50_000}\n\n",
    "50,000 conditions": f"We use it {'unless the mayor asks, ' * 50_000}\n\n",
    "20,000 items": "We grow:\n\n" + "- beans in the north;\n" * 20_000 + "\n",
    _BEYOND: "We grow:\n\n" + "- beans in the north;\n" * 100_000 + "\n",
    "5,000 different items on our subject": "You may not:\n\n"
    + "".join(f"- use face search in garden {i};\n" for i in range(5_000))
    + "\n",
    "a megabyte without a blank": f"{'a' * 1_000_000}\n\n",
    "a megabyte of dots and letters": f"{'ab.' * 333_333}\n\n",
    "a heading of a megabyte": f"# Garden {'bean ' * 200_000}\n\n",
    "a bold line of a megabyte": f"**{'a' * 1_000_000}**\n\n",
    "a block of 100,000 lines": "```\n" + "a\n" * 100_000 + "```\n\n",
    "signs that ligatures hide": "\ufdfa" * 20_000 + "\n\n",
    "accents piled up behind letters that nobody sees": "a"
    + ("\u0301\u0316" * 16 + "\u115f") * 30_000
    + "\n\n",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_a_change_in_the_midst_of_hostile_text_is_found_as_if_it_stood_alone(around: str) -> None:
    before, after = f"{around}# Ours\n\n{PLEDGE}", f"{around}# Ours\n\n{WEAKER}"
    alone = [(PLEDGE, WEAKER, "weaker")]
    assert [(f.before_quote, f.after_quote, f.direction) for f in material(before, after)] == alone
    asked = json.dumps({"id": 1, "before": before, "after": after, "language": "en"})
    code, (answer,) = answers(asked)
    if around == AROUND[_BEYOND]:
        assert (code, answer["error"][:40]) == (RECORDED_TROUBLE, "the text has more than 25,000 passages; ")
        return
    told = [(f["before_quote"], f["after_quote"], f["direction"]) for f in answer["findings"]]
    assert (code, told) == (DONE, alone)


def test_a_sentence_of_200000_words_that_was_weakened_is_found() -> None:
    ending = " and to the gardens of the town" * 28_600
    before, after = PLEDGE[:-1] + ending, WEAKER[:-1] + ending
    assert len(before.split()) > 200_000
    (only,) = material(before, after)
    assert (only.before_quote, only.after_quote, only.direction) == (before, after, "weaker")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(PLEDGE.replace("not ", "not " * 50_000), id="not"),
        pytest.param("(" * 200_000 + PLEDGE + ")" * 200_000, id="brackets"),
        pytest.param(PLEDGE[:-1] + " unless the mayor of town asks" * 30_000, id="unless"),
        pytest.param(PLEDGE[:-1] + " until then" * 100_000, id="until"),
        pytest.param(f"{PLEDGE} " + "It may be used. " * 20_000, id="it"),
        pytest.param("Is it used? " * 20_000 + PLEDGE, id="questions"),
        pytest.param("> " * 5_000 + PLEDGE, id="quotes"),
        pytest.param("facial recognition " * 100_000, id="technology"),
        pytest.param("".join(f"({i}) We may sell face search: " for i in range(5_000)), id="series"),
        pytest.param("\n\n".join(f"{'1.' * i}1 We sell face search:" for i in range(1, 500)), id="deep-series"),
        pytest.param(f"You may not {'sow beans ' * 10_000}:\n\n" + "- sell face search;\n" * 2_000, id="lead-in"),
    ],
)  # fmt: skip
def test_hostile_statements_get_an_answer_with_exact_quotes(odd: str) -> None:
    old, new = document(odd), document(f"{odd} {WEAKER}")
    for before, after in ((old, new), (new, old)):
        for finding in compare(before, after, english()).findings:
            assert finding.before_quote in before.text
            assert finding.after_quote in after.text
            assert finding.reasons


def test_only_punctuation_says_nothing() -> None:
    assert material(".,;:!? " * 100_000, "—…/\\% " * 100_000) == []


# --------------------------------------------------------------------------- words in disguise

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\ufe0f\ufeff\U000e0061\U000e0100"


@pytest.mark.parametrize("sign", _UNSEEN, ids=ascii)
def test_signs_that_nobody_sees_do_not_count_as_another_wording(sign: str) -> None:
    tricked = sign.join(PLEDGE)
    assert fold(tricked) == fold(PLEDGE)
    assert material(PLEDGE, tricked) == []


@pytest.mark.parametrize(
    "disguised",
    [
        pytest.param(PLEDGE.replace("facial", "fa\u00adcial"), id="soft hyphen"),
        pytest.param(PLEDGE.replace("facial recognition", "fa\u00adcial re\u200bcognition"), id="both"),
        pytest.param("\u200b".join(PLEDGE), id="zero-width blank everywhere"),
        pytest.param("\u00ad".join(PLEDGE), id="soft hyphen everywhere"),
        pytest.param(
            PLEDGE.replace("facial recognition", "ｆａｃｉａｌ ｒｅｃｏｇｎｉｔｉｏｎ"), id="fullwidth"
        ),
        pytest.param(PLEDGE.replace("facial recognition", "𝐟𝐚𝐜𝐢𝐚𝐥 𝓻𝓮𝓬𝓸𝓰𝓷𝓲𝓽𝓲𝓸𝓷"), id="mathematical"),
        pytest.param(PLEDGE.replace("facial", "ⓕⓐⓒⓘⓐⓛ"), id="circled"),
        pytest.param(PLEDGE.replace("facial ", "facial\u00a0"), id="no-break blank"),
        pytest.param(PLEDGE.replace("facial ", "facial\u2011"), id="no-break hyphen"),
        pytest.param(PLEDGE.replace("facial", "fa&shy;ci&#8203;al"), id="entities"),
        pytest.param(PLEDGE.replace("facial", "fa<wbr>cial"), id="wbr"),
        pytest.param(PLEDGE.replace("facial", "f<b>ac</b>ial"), id="tags"),
        pytest.param(PLEDGE.replace("facial", "\u2067facial\u2069"), id="direction"),
        pytest.param(PLEDGE.upper(), id="capitals"),
    ],
)
def test_key_terms_in_disguise_are_read(disguised: str) -> None:
    plain, found = statement(PLEDGE), statement(disguised)
    for slot in ("stance", "force", "technologies", "parties", "actions", "bearer"):
        assert getattr(found, slot) == getattr(plain, slot), slot
    assert [finding.direction for finding in material(disguised, WEAKER)] == ["weaker"]


# --------------------------------------------------------------------------- the command


def test_half_a_surrogate_pair_is_one_broken_character_and_breaks_nothing_else() -> None:
    before, after = rf"Gar\ud800den. {PLEDGE}", rf"Gar\ud800den. {WEAKER} \udfff"
    code, (answer,) = answers(f'{{"id":1,"before":"{before}","after":"{after}"}}')
    assert (code, [finding["direction"] for finding in answer["findings"]]) == (DONE, ["weaker"])
    broken = PLEDGE.replace("police", "po\ud800lice")
    _, (answer,) = answers(json.dumps({"id": 2, "before": PLEDGE, "after": broken}))
    assert {finding["after_quote"] for finding in answer["findings"]} == {broken.replace("\ud800", "\ufffd")}


def test_half_a_surrogate_pair_is_given_back_by_the_program_itself() -> None:
    asked = r'{"id":"\ud800","before":"a","after":"b"}'
    command = [sys.executable, "-m", "app", "compare", "--jsonl"]
    done = subprocess.run(command, cwd=ROOT, input=asked, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["id"] == "\ud800"
    assert done.stderr == ""
    assert answers(asked)[1][0]["id"] == "\ud800"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (r'{"id":1,"language":"\ud800","before":"a","after":"b"}', "no lexicon"),
        (r'{"id":1,"media_type":"\ud800","before":"a","after":"b"}', "no text can be read"),
        (r'{"id":1,"before_path":"\ud800","after":"b"}', "no file name"),
        (r'{"id":1,"before_path":"a\u0000b","after":"b"}', "no file name"),
        (json.dumps({"id": 1, "before": "a" * 9_000_000, "after": "b"}), "at most"),
        (json.dumps({"id": 1, "before": "\x01" * 100, "after": "b"}), "binary"),
        (json.dumps({"id": 1, "before": ">" * 30_000, "after": "b"}), "levels deep"),
        ("[" * 200_000, "not valid JSON"),
        ('{"id":' + "9" * 5_000 + "}", "not valid JSON"),
    ],
    ids=lambda value: value[:24],
)
def test_a_line_that_cannot_be_used_gets_one_sentence_and_the_next_is_answered(line: str, said: str) -> None:
    good = json.dumps({"id": 2, "before": PLEDGE, "after": WEAKER})
    code, (refusal, answer) = answers(line, good)
    assert code == RECORDED_TROUBLE
    assert said in refusal["error"]
    assert "\n" not in refusal["error"]
    assert [finding["direction"] for finding in answer["findings"]] == ["weaker"]


@pytest.mark.parametrize("nothing", ["\u00a0", "<!-- a -->", "\u200b", "---", "[a]: /b"])
def test_a_passage_without_text_is_an_empty_passage(nothing: str) -> None:
    _, (answer,) = answers(json.dumps({"id": 1, "before": nothing, "after": PLEDGE}))
    assert [finding["kind"] for finding in answer["findings"]] == ["introduced"]


# --------------------------------------------------------------------------- markup and PDF


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<pre>" + "a\n" * 1_000_000 + "</pre>", id="lines"),
        pytest.param("<p>" + "<sup>" * 9_000 + "a" * 8_000_000, id="raised-text"),
        pytest.param("<table><tr><td>" * 1_500 + "<p>a b</p>" * 20_000, id="tables"),
    ],
)
def test_markup_is_read_in_one_go(markup: str) -> None:
    page = f"{markup}<p>{PLEDGE}".encode()
    assert statements_in(page) == [PLEDGE]


def statements_in(page: bytes) -> list[str]:
    found = sentences(extract(page, "text/html"))
    return [one.text[-len(PLEDGE) :] for one in found if one.text.endswith(PLEDGE)]


@pytest.mark.parametrize(
    ("mark", "kept"),
    [("<sup>3</sup>", ""), ("<sup><a><span>[</span>3<span>]</span></a></sup>", ""), ("<sup>nd</sup>", "nd")],
)
def test_notes_are_dropped_and_other_raised_text_is_not(mark: str, kept: str) -> None:
    (only,) = extract(f"<p>2{mark} garden.".encode(), "text/html").segments
    assert only.text == f"2{kept} garden."


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        pytest.param(["a" * 1_000_000, "garden"], 1_000_007, id="letters"),
        pytest.param(["bean-"] * 300_000 + ["bean"], 4 * 300_001, id="words-broken-again-and-again"),
    ],
)
def test_broken_words_of_a_pdf_are_mended_in_one_go(lines: list[str], length: int) -> None:
    assert len("\n".join(_mended(lines)).replace("-", "")) == length


_HELD = Path("/proc/self/statm")


def held() -> int:
    """Bytes that this process holds now."""
    return int(_HELD.read_text().split()[1]) * 4096


@pytest.mark.skipif(not _HELD.exists(), reason="only Linux says how much memory a process holds")
def test_markdown_that_was_read_is_let_go() -> None:
    page = "".join(
        f"## Garden {i}\n\nWe *water* [beans](/{i}).\n\n- beans\n\n" for i in range(1_000)
    ).encode()
    for _ in range(5):
        extract(page, "text/markdown")
    before = held()
    for _ in range(20):
        extract(page, "text/markdown")
    assert held() - before < 5_000_000


# --------------------------------------------------------------------------- work


def compared(times: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many sentences are compared where all of so many were reworded."""
    asked = []
    likeness = align._likeness
    monkeypatch.setattr(align, "_likeness", lambda *pair: asked.append(1) or likeness(*pair))

    def page(verb: str) -> list[Sentence]:
        said = (f"we {verb} the beans of house {i} in the early morning" for i in range(times))
        return [Sentence(text, key=text) for text in said]

    edits = align.align(page("water"), page("sow"))
    monkeypatch.undo()
    assert [edit.before.text[-30:] for edit in edits] == [edit.after.text[-30:] for edit in edits]
    return len(asked)


def test_a_page_with_twice_as_many_changes_takes_about_twice_the_comparisons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert compared(1_000, monkeypatch) >= 1_000
    assert compared(2_000, monkeypatch) < 2.5 * compared(1_000, monkeypatch)


def test_one_line_put_into_a_page_of_very_many_moves_nothing() -> None:
    old = [Sentence(text, key=text) for text in (f"house {i}" for i in range(20_000))]
    new = Sentence("garden", key="garden")
    edits = align.align(old, [*old[:9_000], new, *old[9_000:]])
    assert [(edit.kind, edit.after) for edit in edits] == [("added", new)]


# --------------------------------------------------------------------------- the lexicon


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('["faces"]', r'["\ud800"]', ""),
        ('["faces"]', '["\x00"]', ""),
        ('["faces"]', '["{a,b}' + "{a,b}" * 60 + '"]', "technologies[0].phrases"),
        ('["faces"]', '["\u200b\u00ad"]', "technologies[0].phrases"),
        ('["faces"]', '"faces"', "technologies[0].phrases"),
        ('["sell"]', "[1]", "actions[0].phrases[0]"),
        ('["sell"]', "[]", "actions[0].phrases"),
        ('id = "not"', 'id = "not"\nid = "not"', ""),
        ('[[cues]]', '[cues]', "cues"),
    ],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_a_bad_entry_is_named_with_file_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, key: str
) -> None:
    (tmp_path / "lexicon").mkdir()
    text = SMALLEST_LEXICON.replace(before, after, 1)
    assert text != SMALLEST_LEXICON
    (tmp_path / "lexicon" / "xx.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"xx\.toml") as refusal:
        load_lexicon(tmp_path, "xx")
    assert refusal.value.key == key
    (tmp_path / "a.txt").write_text(PLEDGE)
    files = str(tmp_path / "a.txt"), str(tmp_path / "a.txt")
    shutil.copy(SHIPPED_CONFIG / "settings.toml", tmp_path)
    command = ["--config", str(tmp_path), "compare", *files, "--language", "xx"]
    assert outcome_of(lambda: app(command, standalone_mode=False)) == BAD_INPUT
    said = capsys.readouterr().err
    assert "xx.toml" in said
    assert len(said.splitlines()) == 1


def test_a_lexicon_with_a_raw_surrogate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lexicon").mkdir()
    body = SMALLEST_LEXICON.encode().replace(b"faces", b"fa\xed\xa0\x80ces")
    (tmp_path / "lexicon" / "xx.toml").write_bytes(body)
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_lexicon(tmp_path, "xx")
