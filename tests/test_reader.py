"""Documents read in a worker: the same answers, and whatever a page does to the worker costs that page alone."""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import RECORDED_TROUBLE
from app.comparing import compare_lines
from app.home import SHIPPED_CONFIG, Home
from monitor.compare import compare_unbelieving
from monitor.errors import ExtractError
from monitor.extract import MAX_BYTES, extract
from monitor.model import Access, Document, Fetch, Page, Role, Segment
from monitor.reader import Limits, Reader, process
from monitor.reader.limits import MAX_DIFFERENT_WORDS, MAX_PASSAGES, refuse_endless
from monitor.reader.messages import Request, answer_frame, read_answer, read_request, request_frame
from monitor.reading import Extract, read_document
from tests.hostile_documents import FAMILIES, HTML, MARKDOWN, PAGE, PDF, PLAIN, PLEDGE, hostile, pdf
from tests.texts import access_rules, english

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = b"<p>We water the garden.</p></html>"
_PROC = Path("/proc/self/limits").exists()
linux = pytest.mark.skipif(not _PROC, reason="only Linux says so much of a process")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


@pytest.fixture
def frail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader whose parser has faults that a page can ask for."""
    monkeypatch.setattr(process, "WORKER", "tests.frail_worker")
    with Reader(Limits(seconds=60.0, cpu_seconds=1)) as one:
        yield one


def refusal(reader: Reader, body: bytes, media_type: str = HTML) -> tuple[str, str]:
    """The kind of the error and its sentence."""
    with pytest.raises(ExtractError) as error:
        reader.extract(body, media_type)
    return error.value.kind, str(error.value)


def outcome(how: Extract, body: bytes, media_type: str, **options: Any) -> object:
    """The document, or the kind of the error and its sentence."""
    try:
        return how(body, media_type, **options)
    except ExtractError as error:
        return error.kind, str(error)


# --------------------------------------------------------------------------- the same answers

_MANY = "".join(f"<h2>Part {i}</h2><ul>You may not:<li>a{i}<li>b</ul>" for i in range(50))


@pytest.mark.parametrize(
    ("body", "media_type", "options"),
    [
        pytest.param(PAGE.encode(), HTML, {}, id="html"),
        pytest.param(_MANY.encode(), HTML, {}, id="many-headings"),
        pytest.param(PAGE.encode(), HTML, {"select": ("main",), "remove": ("ul", "a")}, id="selectors"),
        pytest.param("<p>Wir prüfen – “nie”.".encode("cp1252"), HTML, {"charset": "cp1252"}, id="charset"),
        pytest.param(b"# A\n\nb:\n\n- c\n- [d](/e)", MARKDOWN, {}, id="markdown"),
        pytest.param("a 𝕬 \u2028 \x1f b".encode(), PLAIN, {}, id="signs"),
        pytest.param(b"a &#xD800; &#0; \xed\xa0\x80", HTML, {}, id="half-surrogates"),
        pytest.param(pdf([b"1 0 R"]), PDF, {}, id="pdf-damaged"),
        pytest.param(b"", HTML, {}, id="nothing"),
        pytest.param(b"x" * (MAX_BYTES + 1), PLAIN, {}, id="too-large"),
        pytest.param(PAGE.encode(), HTML, {"select": (".none",)}, id="selector-without-a-match"),
        pytest.param(PAGE.encode(), HTML, {"select": ("a[",)}, id="no-selector"),
        pytest.param(b"words", "image/png", {}, id="unsupported"),
        pytest.param(b"words", "a/\ud800", {}, id="media-type-that-is-no-text"),
    ],
)
def test_the_worker_answers_as_the_function_does(
    reader: Reader, body: bytes, media_type: str, options: dict[str, Any]
) -> None:
    assert outcome(reader.extract, body, media_type, **options) == outcome(
        extract, body, media_type, **options
    )


def test_a_page_is_read_as_it_declares_and_trouble_is_a_value(reader: Reader) -> None:
    page = Page("a/b", "a", "https://a.example/b", Role.POLICY, select=("main",))
    fetch = Fetch("a/b", page.url, NOW, NOW, headers=(("content-type", "text/html; charset=utf-8"),))
    assert reader.read(PAGE.encode(), fetch, page) == read_document(PAGE.encode(), fetch, page)
    trouble = reader.read(GOOD, fetch, page)
    assert isinstance(trouble, ExtractError)
    assert trouble.kind == "empty"


_TEXT = st.text(max_size=9)
_TRAIL = st.lists(_TEXT, max_size=3).map(tuple)
_KIND = st.sampled_from(["heading", "paragraph", "item", "cell", "quote"])
_SEGMENTS = st.lists(st.builds(Segment, _TEXT, _KIND, _TRAIL, _TRAIL), max_size=9).map(tuple)


@given(st.builds(Document, _SEGMENTS, _TEXT, _TEXT, _TEXT, st.booleans(), _TRAIL), st.booleans())
def test_every_document_comes_over_the_line_as_it_is(document: Document, last: bool) -> None:
    assert read_answer(answer_frame(document, last=last)) == (document, last)


@given(st.builds(Request, st.binary(max_size=99), _TEXT, _TEXT, _TRAIL, _TRAIL))
def test_every_request_comes_over_the_line_as_it_is(asked: Request) -> None:
    assert read_request(request_frame(asked)) == asked


def test_headings_that_many_share_are_sent_once() -> None:
    trail = ("a" * 1_000,)
    document = Document(tuple(Segment("b", headings=trail, lead_ins=trail) for _ in range(1_000)))
    assert len(answer_frame(document, last=False)) < 20_000


_ANSWER = json.loads(answer_frame(Document((Segment("a", "item", ("b",), ("c",)),)), last=False))


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x80\x04K\x01.", id="a-pickle"),
        pytest.param(b"[" * 100_000, id="brackets"),
        pytest.param([], id="a-list"),
        pytest.param({}, id="an-empty-object"),
        pytest.param({"last": False, "kind": "perfect", "why": "a"}, id="an-access-state-that-is-none"),
        pytest.param({"last": False, "kind": "empty", "why": 1}, id="a-reason-that-is-no-text"),
        pytest.param({"last": False, "kind": [], "why": "a"}, id="a-kind-that-is-a-list"),
        pytest.param(_ANSWER | {"texts": [1]}, id="a-text-that-is-a-number"),
        pytest.param(_ANSWER | {"texts": "a"}, id="a-text-for-a-list"),
        pytest.param(_ANSWER | {"texts": ["a", "b"]}, id="a-text-too-many"),
        pytest.param(_ANSWER | {"kinds": [9]}, id="a-kind-that-is-none"),
        pytest.param(_ANSWER | {"kinds": [-1]}, id="a-kind-from-behind"),
        pytest.param(_ANSWER | {"kinds": [True]}, id="a-kind-that-is-true"),
        pytest.param(_ANSWER | {"headings": [7]}, id="a-heading-that-is-none"),
        pytest.param(_ANSWER | {"trails": [[0], ["a"]]}, id="a-trail-of-words"),
        pytest.param(_ANSWER | {"about": ["a"]}, id="no-language"),
        pytest.param(_ANSWER | {"links": {"a": "b"}}, id="links-that-are-no-list"),
        pytest.param({key: value for key, value in _ANSWER.items() if key != "lines"}, id="lines-left-out"),
    ],
)
def test_what_is_no_answer_is_told_apart(told: object) -> None:
    assert read_answer(json.dumps(_ANSWER).encode())
    with pytest.raises(ValueError, match=r".*"):
        read_answer(told if isinstance(told, bytes) else json.dumps(told).encode())


# --------------------------------------------------------------------------- faults cost one document


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("SEGFAULT", "the program that reads it crashed 2 times (SIGSEGV)"),
        ("ABORT", "the program that reads it crashed 2 times (SIGABRT: it may have needed more memory)"),
        ("LEAVE", "the program that reads it crashed 2 times (exit code 3)"),
        ("SPIN", "reading it took more than 1 seconds of processor time"),
        ("GROW", "reading it needed more than 480 MB of memory"),
        ("BUG", "reading it failed with KeyError 'a fault\\nof ours'"),
        ("NONSENSE", "the program that reads it crashed 2 times (it answered nonsense"),
        ("ENDLESS", "the program that reads it crashed 2 times (it answered nonsense"),
    ],
)
def test_a_fault_costs_the_document_that_met_it_and_no_other(frail: Reader, fault: str, said: str) -> None:
    assert_it_costs_no_other(frail, fault, said)


def test_a_worker_that_falls_asleep_costs_one_document_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "WORKER", "tests.frail_worker")
    with Reader(Limits(seconds=3.0)) as one:
        assert_it_costs_no_other(one, "ASLEEP", "reading it took more than 3 seconds")


def assert_it_costs_no_other(frail: Reader, fault: str, said: str) -> None:
    assert frail.extract(GOOD, HTML).text == "We water the garden."
    kind, sentence = refusal(frail, fault.encode() + GOOD)
    assert (kind, sentence[: len(said)]) == (Access.UNPARSEABLE.value, said)
    assert "\n" not in sentence
    assert frail.extract(b"<p>b" + GOOD, HTML).text == "b\nWe water the garden."


def test_a_worker_that_crashes_once_is_given_the_document_again(frail: Reader, tmp_path: Path) -> None:
    body = f"<p>ONCE {tmp_path / 'crashed'} </p>".encode() + GOOD
    assert frail.extract(body, HTML).text.endswith("We water the garden.")
    assert (tmp_path / "crashed").exists()


def test_a_body_that_no_worker_could_read_is_not_tried_again(frail: Reader) -> None:
    first = refusal(frail, b"SEGFAULT" + GOOD)
    assert frail.pid == 0
    frail.extract(GOOD, HTML)
    alive = frail.pid
    with pytest.raises(ExtractError) as again:
        frail.extract(b"SEGFAULT" + GOOD, HTML, select=("main",))
    assert (again.value.kind, str(again.value)) == first
    assert frail.pid == alive != 0


def test_a_killed_worker_is_replaced(reader: Reader) -> None:
    reader.extract(GOOD, HTML)
    killed = reader.pid
    os.kill(killed, 9)
    assert reader.extract(GOOD, HTML).text == "We water the garden."
    assert reader.pid != killed


def test_a_worker_that_cannot_be_started_is_said_so_and_holds_nothing_against_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Reader() as one:
        with monkeypatch.context() as broken:
            broken.setattr(process, "WORKER", "monitor.no_such_module")
            said = "the process that reads pages cannot be started: exit code 1"
            assert refusal(one, GOOD) == ("unparseable", said)
            broken.setattr(sys, "executable", "/no/such/python")
            said = "the process that reads pages cannot be started: No such file or directory"
            assert refusal(one, GOOD) == ("unparseable", said)
        assert one.extract(GOOD, HTML)


def test_compare_answers_the_line_after_one_that_crashed_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "WORKER", "tests.frail_worker")
    asked = [
        {"id": n, "before": PLEDGE, "after": after, "media_type": HTML}
        for n, after in enumerate(("SEGFAULT", "a"))
    ]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    lines = [json.dumps(line).encode() for line in asked]
    assert compare_lines(Home(ROOT / "no-home", SHIPPED_CONFIG), lines, out, "en") == RECORDED_TROUBLE
    crashed, answered = (json.loads(line) for line in out.buffer.getvalue().splitlines())
    assert crashed == {"id": 0, "error": "the program that reads it crashed 2 times (SIGSEGV)"}
    assert [finding["kind"] for finding in answered["findings"]] == ["withdrawn"]


# --------------------------------------------------------------------------- limits


def test_a_page_that_keeps_the_real_parser_busy_is_given_up() -> None:
    busy = "".join(f"<p a{n}=1>" for n in range(400_000)).encode()
    with Reader(Limits(cpu_seconds=1)) as one:
        assert refusal(one, busy) == ("unparseable", "reading it took more than 1 seconds of processor time")
        assert one.extract(GOOD, HTML)


@linux
def test_a_page_that_needs_too_much_memory_is_given_up() -> None:
    with Reader(Limits(memory=100 * 1024 * 1024)) as one:
        kind, _ = refusal(one, b"<p>" * 900_000)
        assert kind == "unparseable"
        assert one.extract(GOOD, HTML)


@linux
def test_the_worker_has_limited_itself_and_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEDGEWATCH_TOKEN", "s3cr3t-CANARY")
    with Reader() as one:
        one.extract(GOOD, HTML)
        limits = Path(f"/proc/{one.pid}/limits").read_text().splitlines()
        hard = {line[:26].strip(): line[26:].split()[1] for line in limits}
        environ = Path(f"/proc/{one.pid}/environ").read_text()
    assert (hard["Max core file size"], hard["Max file size"], hard["Max open files"]) == ("0", "0", "64")
    assert int(hard["Max address space"]) == Limits().memory < 500 * 1024 * 1024
    assert "CANARY" not in environ


def test_a_worker_is_replaced_after_so_many_documents() -> None:
    with Reader(Limits(documents=2)) as one:
        pids = []
        for number in range(4):
            one.extract(GOOD + b"%d" % number, HTML)
            pids.append(one.pid)
    assert pids[0] != pids[2]
    assert (pids[1], pids[3]) == (0, 0)


@linux
def test_a_worker_that_holds_much_memory_is_replaced(reader: Reader) -> None:
    reader.extract(GOOD, HTML)
    grown = reader.pid
    refusal(reader, b"<p>a" * 600_000)
    reader.extract(GOOD, HTML)
    assert reader.pid != grown


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(Document((Segment("a"),) * (MAX_PASSAGES + 1)), "passages", id="segments"),
        pytest.param(Document((Segment("Some sow. " * (MAX_PASSAGES + 1)),)), "sentences", id="sentences"),
        pytest.param(
            Document((Segment(" ".join(map(str, range(MAX_DIFFERENT_WORDS + 1)))),)), "words", id="words"
        ),
    ],
)
def test_text_that_would_take_for_ever_to_compare_is_refused(document: Document, said: str) -> None:
    with pytest.raises(ExtractError, match=f"more than [0-9,]+ .*{said}") as error:
        refuse_endless(document)
    assert error.value.kind == "too_large"


def test_a_long_text_is_not_refused() -> None:
    document = Document((Segment("Some sow. " * 20_000),) + (Segment("a"),) * 20_000)
    assert refuse_endless(replace(document, segments=document.segments[:1])).segments
    assert refuse_endless(replace(document, segments=document.segments[1:])).segments


# --------------------------------------------------------------------------- with whom it ends


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _ends(pid: int) -> bool:
    until = time.monotonic() + 30
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not _runs(pid)


@linux
def test_the_worker_ends_with_a_program_that_is_killed() -> None:
    code = (
        "import time; from monitor.reader import Reader; one = Reader(); "
        "one.extract(b'words', 'text/plain'); print(one.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        worker = int(program.stdout.readline())
        assert _runs(worker)
        program.kill()
    assert _ends(worker)


@linux
def test_the_worker_ends_when_the_reader_is_closed_or_forgotten() -> None:
    one = Reader()
    assert one.pid == 0
    one.extract(GOOD, HTML)
    closed = one.pid
    one.close()
    assert not _runs(closed)
    one.extract(GOOD, HTML)
    forgotten = one.pid
    del one
    assert not _runs(forgotten)


def test_the_interrupt_key_does_not_reach_the_worker(reader: Reader) -> None:
    reader.extract(GOOD, HTML)
    worker = reader.pid
    assert os.getpgid(worker) != os.getpgrp()
    os.kill(worker, 2)
    assert reader.extract(GOOD, HTML)
    assert reader.pid == worker


def test_a_forked_program_has_a_worker_of_its_own(reader: Reader) -> None:
    reader.extract(GOOD, HTML)
    theirs, ours = os.pipe()
    child = os.fork()
    if not child:
        reader.extract(GOOD, HTML)
        os.write(ours, str(reader.pid).encode())
        reader.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(theirs, 99)) != reader.pid
    for end in (theirs, ours):
        os.close(end)
    assert reader.extract(GOOD, HTML)


# --------------------------------------------------------------------------- hostile documents


@pytest.mark.parametrize("family", FAMILIES)
def test_a_hostile_document_is_read_and_compared_or_refused_in_one_sentence(
    reader: Reader, family: str
) -> None:
    one = hostile(family, 0.7)
    normal = extract(PAGE.encode(), HTML)
    try:
        document = reader.extract(one.body, one.media_type, charset=one.charset)
    except ExtractError as error:
        assert Access(error.kind) in (Access.EMPTY, Access.TOO_LARGE, Access.UNSUPPORTED, Access.UNPARSEABLE)
        assert str(error)
        assert "\n" not in str(error)
        return
    for finding in compare_unbelieving(normal, document, english(), access_rules(), "").findings:
        assert finding.before_quote in normal.text
        assert finding.after_quote in document.text


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=300), media_type=st.sampled_from([HTML, MARKDOWN, PLAIN, PDF]))
def test_any_bytes_are_read_by_the_worker_as_by_the_function(
    reader: Reader, body: bytes, media_type: str
) -> None:
    assert outcome(reader.extract, body, media_type) == outcome(extract, body, media_type)
