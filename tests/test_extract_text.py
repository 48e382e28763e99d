"""Markdown, plain text and PDF → segments."""

import pytest

from monitor.errors import ExtractError
from monitor.extract import extract


def segments(text: str, media_type: str) -> list[tuple[str, str]]:
    return [(segment.kind, segment.text) for segment in extract(text.encode(), media_type).segments]


# --------------------------------------------------------------------------- Markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Title\n=====\n\nPart\n---", [("heading", "Title"), ("heading", "Part")], id="setext"),
        pytest.param("2\\. Title", [("paragraph", "2. Title")], id="escaped-number"),
        pytest.param(
            "**Transparency**\n\nWords", [("heading", "Transparency"), ("paragraph", "Words")], id="bold"
        ),
        pytest.param(
            "See [our *terms*](https://a.example) ![](x.png).", [("paragraph", "See our terms .")], id="links"
        ),
        pytest.param("*   one\n*   two", [("item", "one"), ("item", "two")], id="wide-bullets"),
        pytest.param("one\ntwo", [("paragraph", "one two")], id="soft-break"),
        pytest.param("| a | b |\n|---|---|\n| c | d |", [("cell", "a | b"), ("cell", "c | d")], id="table"),
        pytest.param("<div>one</div>\n\n<script>x</script>", [("paragraph", "one")], id="html-inside"),
        pytest.param("> said", [("quote", "said")], id="quote"),
    ],
)
def test_markdown(text: str, expected: list[tuple[str, str]]) -> None:
    assert segments(text, "text/markdown") == expected


def test_a_list_right_under_its_lead_in() -> None:
    document = extract(b"## Rules\n\nYou may not:\n1. sell it\n2. lend it", "text/markdown")
    assert [(s.text, s.lead_ins, s.headings) for s in document.segments[2:]] == [
        ("sell it", ("You may not:",), ("Rules",)),
        ("lend it", ("You may not:",), ("Rules",)),
    ]


@pytest.mark.parametrize("media_type", ["text/markdown", "text/plain"])
def test_a_rewrapped_copy_gives_the_same_segments(media_type: str) -> None:
    wide = "We do not sell face templates to anybody at all.\n\n- one item that is long\n- another"
    narrow = "We do not sell\nface templates to anybody\nat all.\n\n- one item\n  that is long\n- another"
    assert segments(wide, media_type) == segments(narrow, media_type)


# --------------------------------------------------------------------------- plain text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "One\nline.\n\n\nTwo.", [("paragraph", "One line."), ("paragraph", "Two.")], id="blank-lines"
        ),
        pytest.param(
            "OUR PLEDGE\n\nWords.", [("paragraph", "OUR PLEDGE"), ("paragraph", "Words.")], id="capitals"
        ),
        pytest.param("• one\n• two\n  more", [("item", "• one"), ("item", "• two more")], id="bullets"),
        pytest.param("1. one\n2. two", [("item", "1. one"), ("item", "2. two")], id="numbers"),
        pytest.param("(a) one\n\n(b) two", [("item", "(a) one"), ("item", "(b) two")], id="letters"),
        pytest.param(
            "as set out in section\n5. We go", [("paragraph", "as set out in section 5. We go")], id="wrapped"
        ),
        pytest.param(
            "One\r\ntwo\r\n\r\nthree", [("paragraph", "One two"), ("paragraph", "three")], id="crlf"
        ),
    ],
)
def test_plain_text(text: str, expected: list[tuple[str, str]]) -> None:
    assert segments(text, "text/plain") == expected


def test_items_of_plain_text_stand_under_the_line_that_ends_with_a_colon() -> None:
    document = extract(b"You may not:\n- sell it\n- lend it\n\nElse.", "text/plain")
    lead_ins = {segment.text: segment.lead_ins for segment in document.segments}
    assert lead_ins == {
        "You may not:": (),
        "- sell it": ("You may not:",),
        "- lend it": ("You may not:",),
        "Else.": (),
    }


# --------------------------------------------------------------------------- PDF


def pdf(*pages: list[str], trailer: str = "") -> bytes:
    """A PDF of the smallest kind: each page's lines in Helvetica."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        content = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
        resources = "/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
        objects += [
            f"<</Type/Page/Parent 2 0 R{resources}/Contents {5 + 2 * number} 0 R>>",
            f"<</Length {len(content)}>>stream\n{content}\nendstream",
        ]
    out, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n"
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    root = f"trailer<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF"
    return (out + table + root).encode()


def texts(body: bytes) -> list[str]:
    return [segment.text for segment in extract(body, "application/pdf").segments]


def test_lines_become_paragraphs_and_items() -> None:
    lines = [
        "We will not sell face recognition technology to any police",
        "department in the country.",
        "You may not:",
        "(a) scan crowds in any public place; or in any place that is open",
        "to the public;",
        "(b) keep templates.",
    ]
    assert texts(pdf(lines)) == [
        "We will not sell face recognition technology to any police department in the country.",
        "You may not:",
        "(a) scan crowds in any public place; or in any place that is open to the public;",
        "(b) keep templates.",
    ]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        pytest.param(
            ["We stopped recog-", "nition of faces"], "We stopped recognition of faces", id="mended"
        ),
        pytest.param(
            ["A real-time scan and a real-", "time alarm"],
            "A real-time scan and a real-time alarm",
            id="compound",
        ),
        pytest.param(
            ["Our iris scans, iris code and scans of an iris-", "scans archive"],
            "Our iris scans, iris code and scans of an iris-scans archive",
            id="both-halves-are-words",
        ),
        pytest.param(["Sold by Acme-", "Watch here"], "Sold by Acme- Watch here", id="not-before-a-capital"),
    ],
)
def test_words_broken_at_line_ends(lines: list[str], text: str) -> None:
    assert texts(pdf(lines)) == [text]


def test_running_headers_and_page_numbers_are_dropped() -> None:
    words = [[f"{page}{letter}" for letter in "abcdefgh"] for page in ("One", "Two", "Six")]
    pages = [[f"Issue {n} of 9", *words[n], "Nordwatch policy", f"- {n} -"] for n in range(3)]
    assert " ".join(texts(pdf(*pages))) == " ".join(word for page in words for word in page)


def test_a_number_at_the_foot_of_a_page_is_dropped_and_one_within_stays() -> None:
    assert texts(pdf(["We keep it for", "90", "days", "and", "no", "more than that", "7"])) == [
        "We keep it for 90 days and no more than that"
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(pdf([]), "empty", id="no-text"),
        pytest.param(b"%PDF-1.7 and then rubbish", "unsupported", id="damaged"),
        pytest.param(
            pdf(["a"], trailer="/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<00>/U<00>>>"),
            "unsupported",
            id="encrypted",
        ),
    ],
)
def test_a_pdf_that_gives_no_text_is_an_extract_error(body: bytes, kind: str) -> None:
    with pytest.raises(ExtractError) as error:
        extract(body, "application/pdf")
    assert error.value.kind == kind
