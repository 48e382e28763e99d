"""Bytes become a Document: what kind they are, in which encoding, and what is refused."""

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.extract import MAX_BYTES, extract, selector_problem, sniff
from monitor.extract.encoding import decode, tidy

PLEDGE = "Nørdwatch verkauft keine Gesichtserkennung – niemals."


# --------------------------------------------------------------------------- sniff


@pytest.mark.parametrize(
    ("body", "name", "declared", "media_type"),
    [
        pytest.param(
            b"%PDF-1.7\n\x00\x01", "a.html", "text/html", "application/pdf", id="pdf-whatever-is-said"
        ),
        pytest.param(b"\n <!DOCTYPE html><p>x", "a.txt", "text/plain", "text/html", id="doctype-wins"),
        pytest.param(b"\xef\xbb\xbf<html><p>x", "", "", "text/html", id="html-after-byte-order-mark"),
        pytest.param(b"<p>A page</p>", "", "text/html; charset=utf-8", "text/html", id="header"),
        pytest.param(b"<p>A page</p>", "", "application/xhtml+xml", "text/html", id="xhtml-is-html"),
        pytest.param(b"# Title", "policy.md", "text/plain", "text/markdown", id="name-refines-plain"),
        pytest.param(b"# Title", "https://a.example/policy.md?raw=1", "", "text/markdown", id="url"),
        pytest.param(b"words", "policy.txt", "", "text/plain", id="txt"),
        pytest.param(b"<p>words</p>", "policy.HTM", "", "text/html", id="htm"),
        pytest.param(b"<div><p>words</p></div>", "policy", "", "text/html", id="markup-without-a-name"),
        pytest.param(b"only words", "policy", "", "text/plain", id="words-without-a-name"),
        pytest.param(
            b"only words", "policy", "application/octet-stream", "text/plain", id="header-says-little"
        ),
        pytest.param(b'{"a": 1}', "a", "application/json", "application/json", id="other-header-stays"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n rest", "a.html", "text/html", "application/octet-stream", id="picture"
        ),
        pytest.param(b"PK\x03\x04 zipped words", "a.txt", "", "application/octet-stream", id="archive"),
        pytest.param(bytes(range(32)) * 9, "a.md", "", "application/octet-stream", id="control-characters"),
        pytest.param("words".encode("utf-16-le"), "a.txt", "", "text/plain", id="utf-16-is-no-rubbish"),
        pytest.param(b"", "", "", "text/plain", id="nothing"),
    ],
)
def test_sniff_trusts_content_then_header_then_name(
    body: bytes, name: str, declared: str, media_type: str
) -> None:
    assert sniff(body, name, declared) == media_type


# --------------------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        pytest.param(PLEDGE.encode(), "", id="utf-8-undeclared"),
        pytest.param(PLEDGE.encode(), "iso-8859-1", id="utf-8-under-a-lying-header"),
        pytest.param(b'<meta charset="latin1">' + PLEDGE.encode(), "", id="utf-8-under-a-lying-meta"),
        pytest.param(b"\xef\xbb\xbf" + PLEDGE.encode(), "utf-16", id="byte-order-mark-wins"),
        pytest.param(PLEDGE.encode("utf-16"), "", id="utf-16-with-mark"),
        pytest.param(PLEDGE.encode("utf-16-le"), "", id="utf-16-le-without-mark"),
        pytest.param(PLEDGE.encode("utf-16-be"), "", id="utf-16-be-without-mark"),
        pytest.param(PLEDGE.encode("cp1252"), "ISO-8859-1", id="latin-1-means-cp1252"),
        pytest.param(PLEDGE.encode("cp1252"), '"windows-1252"', id="header-in-quotes"),
        pytest.param(b'<meta charset="windows-1252">' + PLEDGE.encode("cp1252"), "", id="meta"),
        pytest.param(
            b'<meta charset="windows-1252">' + PLEDGE.encode("cp1252"), "rot13", id="no-such-charset"
        ),
        pytest.param(PLEDGE.encode("cp1252"), "", id="undeclared-is-detected"),
        pytest.param(PLEDGE.encode("mac-roman"), "macintosh", id="mac"),
    ],
)
def test_text_is_the_same_however_it_was_encoded(body: bytes, declared: str) -> None:
    assert decode(body, declared).endswith(PLEDGE)


@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "koi8-r"])
def test_declared_legacy_charsets_are_followed(charset: str) -> None:
    text = "Политика распознавания лиц." if charset == "koi8-r" else "警察 日本"
    assert decode(text.encode(charset), charset) == text


def test_a_broken_byte_costs_one_character_and_not_the_page() -> None:
    assert decode("é à ü ".encode() * 9 + b"\xff") == "é à ü " * 9 + "\ufffd"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("e\u0301".encode(), "\u00e9", id="composed"),
        pytest.param(b"a\x00b and more words", "a\ufffdb and more words", id="nul"),
        pytest.param(b"a\xed\xa0\x80b", "a\ufffdb", id="unpaired-surrogate"),
    ],
)
def test_text_is_nfc_without_nul_or_surrogate(body: bytes, text: str) -> None:
    assert extract(b"Words: " + body, "text/plain").text == f"Words: {text}"


def test_a_pile_of_accents_is_cut_so_that_normalising_stays_linear() -> None:
    assert len(tidy("a" + "\u0301\u0316" * 500_000)) < 40
    assert tidy("—" * 100) == "—" * 100


@given(
    st.binary(max_size=200), st.sampled_from(["", "utf-8", "latin1", "utf-7", "idna", "punycode", "x\ud800"])
)
def test_decoding_never_raises_and_gives_storable_text(body: bytes, declared: str) -> None:
    assert tidy(decode(body, declared)).encode("utf-8") is not None


# --------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("body", "media_type", "kind"),
    [
        pytest.param(b"", "text/html", "empty", id="no-bytes"),
        pytest.param(b" \n ", "text/plain", "empty", id="blank"),
        pytest.param(b"<html><script>var a</script></html>", "text/html", "empty", id="an-empty-shell"),
        pytest.param(b"![a](b.png)", "text/markdown", "empty", id="a-picture-alone"),
        pytest.param(b"x" * (MAX_BYTES + 1), "text/plain", "too_large", id="over-8-MiB"),
        pytest.param(b"words", "image/png", "unsupported", id="picture"),
        pytest.param(b"words", "", "unsupported", id="unknown"),
        pytest.param(b"\x00\x01\x02\x03" * 99, "text/html", "unsupported", id="rubbish-called-html"),
        pytest.param(b"\x00\x01" * 99, "application/octet-stream", "unsupported", id="rubbish"),
        pytest.param(b"<div>" * 50_000, "text/html", "too_large", id="50,000-nested-elements"),
        pytest.param(b"<ul><li>" * 50_000, "text/html", "too_large", id="50,000-nested-lists"),
        pytest.param(b">" * 50_000 + b" a", "text/markdown", "too_large", id="50,000-nested-quotes"),
        pytest.param(
            b"".join(b"<b id=%d>" % n for n in range(5_000)) + b"<p>a</p>" * 5_000,
            "text/html",
            "too_large",
            id="open-formatting-copied-into-every-paragraph",
        ),
        pytest.param(b"<select>" + b"<option>a" * 30_000, "text/html", "too_large", id="30,000-options"),
        pytest.param(
            b"<p " + b" ".join(b"a%d='>'" % n for n in range(30_000)) + b">a",
            "text/html",
            "too_large",
            id="30,000-attributes",
        ),
    ],
)
def test_what_holds_no_text_is_an_extract_error(body: bytes, media_type: str, kind: str) -> None:
    with pytest.raises(ExtractError) as error:
        extract(body, media_type)
    assert error.value.kind == kind


def test_the_message_for_a_large_body_names_its_size() -> None:
    with pytest.raises(ExtractError, match=r"8,388,609 bytes; at most 8,388,608"):
        extract(b"x" * (MAX_BYTES + 1), "text/plain")


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(["text/html", "text/markdown", "text/plain", "application/pdf", "image/png"]),
)
def test_any_bytes_give_a_document_or_an_extract_error(body: bytes, media_type: str) -> None:
    try:
        document = extract(body, media_type)
    except ExtractError as error:
        assert error.kind in ("empty", "unsupported", "too_large")
    else:
        assert document.media_type == media_type
        assert unicodedata.is_normalized("NFC", document.text)
        assert all(segment.text == " ".join(segment.text.split()) for segment in document.segments)


TAGS = """
    <ul> <ol> <li> </ul> </li> <p> </p> <dl> <dt> <dd> </dl> <table> <tr> <td> <th> </tr> </table> <br> <b>
    </b> <q> </q> <h2> </h2> <pre> </pre> <sup>1</sup> a b: (a) 1. - <svg> </svg> <nav> <a> </a> <select>"""


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TAGS.split()), max_size=40))
def test_tag_soup_never_breaks_the_walk(soup: list[str]) -> None:
    try:
        extract("\n".join(soup).encode(), "text/html")
    except ExtractError as error:
        assert error.kind == "empty"


# --------------------------------------------------------------------------- selectors


@pytest.mark.parametrize(
    "selector", ["main", "#text > p", '[data-name="Post"]', "body > header + section", ":has(h1)"]
)
def test_good_selectors_have_no_problem(selector: str) -> None:
    assert selector_problem(selector) == ""


@pytest.mark.parametrize("selector", ["", "div[", "a >", "..x", "p::text", ':contains("x")'])
def test_bad_selectors_are_named(selector: str) -> None:
    assert repr(selector) in selector_problem(selector)


def test_importing_the_package_loads_none_of_the_heavy_libraries() -> None:
    heavy = "{'selectolax', 'bs4', 'cmarkgfm', 'pypdfium2'}"
    code = f"import sys, monitor.extract, monitor.segment; print({heavy} & set(sys.modules))"
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=os.environ, capture_output=True, text=True
    )
    assert done.stdout.strip() == "set()", done.stderr
