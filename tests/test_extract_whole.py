"""No text is lost in silence: it is read, or it is hidden from readers too, or the document says what is wrong."""

import zlib

import pytest

from monitor.errors import ExtractError
from monitor.extract import extract, sniff
from monitor.extract.links import LINKS_AT_MOST
from monitor.model import Document
from tests.hostile_documents import PAGE, pdf
from tests.hostile_documents import PLEDGE as MARK


def read(markup: str) -> Document:
    return extract(markup.encode(), "text/html")


def holds(markup: str) -> bool:
    """Whether the pledge is read, together with what stands before it."""
    text = read(f"<p>Before.</p>{markup}").text
    assert text.startswith("Before.")
    return MARK in text


# --------------------------------------------------------------------------- how deep it stands

_NESTED = [
    "div", "span", "section", "blockquote", "q", "sup", "button", "form", "fieldset", "details", "pre", "h1",
    "ruby", "svg", "math", "ul><li", "dl><dd", "table><tr><td",
]  # fmt: skip


@pytest.mark.parametrize("levels", [300, 3_000, 9_999])
@pytest.mark.parametrize("tag", _NESTED)
def test_a_pledge_is_read_however_deep_it_stands(tag: str, levels: int) -> None:
    opened = f"<{tag}>"
    assert holds(opened * (levels // opened.count("<")) + f"<p>{MARK}")


@pytest.mark.parametrize("tag", ["div", "span", "ul><li", "table><tr><td", "b", "em", "svg"])
def test_deeper_than_we_go_is_an_error_and_not_a_shorter_text(tag: str) -> None:
    with pytest.raises(ExtractError) as error:
        read(f"<p>Before.</p>{f'<{tag}>' * 20_001}<p>{MARK}")
    assert error.value.kind == "too_large"


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<b>" * 3_000 + MARK, id="3,000-times-bold"),
        pytest.param("<br>" * 1_000_001 + MARK, id="a-million-nodes"),
        pytest.param("<select>" + "<option>a" * 20_001 + f"</select>{MARK}", id="20,001-options"),
        pytest.param(f"<p {' '.join(f'a{n}' for n in range(20_001))}>{MARK}", id="20,001-attributes"),
    ],
)
def test_more_than_we_take_is_an_error_and_not_a_shorter_text(markup: str) -> None:
    with pytest.raises(ExtractError) as error:
        read(f"<p>Before.</p>{markup}")
    assert error.value.kind == "too_large"


# --------------------------------------------------------------------------- what stands around it


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(f"<p {' '.join(f'a{n}=1' for n in range(10_000))}>{MARK}", id="10,000-attributes"),
        pytest.param(f"<p title='{'a' * 3_000_000}'>{MARK}", id="an-attribute-of-3-MB"),
        pytest.param(f"\0\0<p>\0</p>{MARK}", id="nul"),
        pytest.param(f"<!-- a --!>{MARK}", id="comment-closed-oddly"),
        pytest.param(f"<!-->{MARK}", id="comment-closed-at-once"),
        pytest.param(f"<!--- a -->{MARK}<!-- b -->", id="between-comments"),
        pytest.param(f"<? a ?>{MARK}", id="instruction"),
        pytest.param(f"<![CDATA[ > {MARK}", id="character-data-in-html"),
        pytest.param(f"<plaintext>{MARK}", id="plaintext"),
        pytest.param(f"<xmp>{MARK}</xmp>", id="xmp"),
        pytest.param(f"<listing>{MARK}</listing>", id="listing"),
        pytest.param(f"</body></html>{MARK}", id="after-the-end"),
        pytest.param(f"</html><html><body><p>{MARK}", id="a-second-page"),
        pytest.param(f"<frameset><frame>{MARK}", id="frameset-in-the-body"),
        pytest.param(f"<svg><p>{MARK}", id="svg-that-a-paragraph-ends"),
        pytest.param(f"<math><mi>{MARK}</math>", id="formula"),
        pytest.param(f"<math><annotation-xml encoding=text/html><p>{MARK}", id="page-in-a-formula"),
        pytest.param(f"<table>{MARK}<tr><td>a</table>", id="loose-in-a-table"),
        pytest.param(f"<table><tr><td><table><tr><td>{MARK}</table></table>", id="table-in-a-table"),
        pytest.param(f"<table><caption>{MARK}</caption></table>", id="caption"),
        pytest.param(f"<table><colgroup>{MARK}</table>", id="loose-between-columns"),
        pytest.param(f"<select><option>a</select>{MARK}", id="after-a-choice"),
        pytest.param(f"<optgroup>{MARK}</optgroup>", id="group-of-options-alone"),
        pytest.param(f"<dialog>{MARK}</dialog>", id="dialog"),
        pytest.param(f"<x-pledge>{MARK}</x-pledge>", id="unknown-element"),
        pytest.param(f"<noscript>a</noscript>{MARK}", id="after-noscript"),
        pytest.param(f"<template><p>a</p></template>{MARK}", id="after-a-template"),
        pytest.param(
            f"<div><template shadowrootmode=open><p>{MARK}</p></template></div>", id="in-a-shadow-root"
        ),
        pytest.param(
            '<template shadowrootmode="open"><x-a><template shadowrootmode="closed">'
            f"{MARK}</template></x-a></template>",
            id="in-a-shadow-root-in-another",
        ),
    ],
)
def test_text_that_a_browser_shows_is_read(markup: str) -> None:
    assert holds(markup)


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(f"<noscript>{MARK}</noscript>", id="noscript"),
        pytest.param(f"<template><p>{MARK}</p></template>", id="template"),
        pytest.param(
            f"<template><template shadowrootmode=open>{MARK}</template></template>", id="shadow-root-unused"
        ),
        pytest.param(f"<!-- <p>{MARK}</p> -->", id="comment"),
        pytest.param(f"<script>'<p>{MARK}</p>'</script>", id="script"),
        pytest.param(f"<div hidden>{MARK}</div>", id="hidden"),
        pytest.param(f"<select><option>{MARK}</select>", id="a-choice"),
    ],
)
def test_text_that_a_browser_does_not_show_is_not_read(markup: str) -> None:
    assert not holds(markup)


XHTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>{}</head><body><p>a</p>{}</body></html>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param('<script src="a.js"/>', f"<p>{MARK}</p>", id="empty-script"),
        pytest.param("<title/>", f"<p>{MARK}</p>", id="empty-title"),
        pytest.param("<style type='a>b' />", f"<p>{MARK}</p>", id="empty-style"),
        pytest.param("", f"<iframe src='/a'/><textarea/><p>{MARK}</p>", id="empty-frame-and-field"),
        pytest.param("", f"<p><![CDATA[{MARK}]]></p>", id="character-data"),
        pytest.param(
            "<script>//<![CDATA[\nif (a < b) c();\n//]]></script>", MARK, id="script-in-its-wrapping"
        ),
    ],
)
def test_xhtml_is_read_by_its_own_rules(head: str, body: str) -> None:
    body_text = extract(XHTML.format(head, body).encode(), "application/xhtml+xml").text
    assert body_text == f"a\n{MARK}"


def test_character_data_that_never_ends_stays_as_it_is() -> None:
    assert extract(XHTML.format("", "<![CDATA[" * 60_000 + f">{MARK}").encode(), "text/html").text.endswith(
        MARK
    )


# --------------------------------------------------------------------------- XML that asks for more

_GROWING = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize("declared", ["text/html", "application/xhtml+xml"])
@pytest.mark.parametrize(
    ("doctype", "entity"),
    [
        pytest.param(f'<!ENTITY l0 "lol">{_GROWING}', "&l9;", id="a-billion-laughs"),
        pytest.param(f'<!ENTITY a "{"b" * 50_000}">', "&a;" * 20_000, id="quadratic"),
        pytest.param('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;", id="a-file"),
        pytest.param('<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;', "&y;", id="an-address"),
    ],
)
def test_entities_of_a_page_are_never_expanded(declared: str, doctype: str, entity: str) -> None:
    body = (
        f'<?xml version="1.0"?><!DOCTYPE html [{doctype}]><html><body><p>{entity}</p></body></html>'.encode()
    )
    document = extract(body, sniff(body, "", declared))
    assert len(document.text) <= len(body)
    assert entity in document.text
    assert "root:" not in document.text


@pytest.mark.parametrize("declared", ["application/xml", "text/xml", "application/rss+xml", "image/svg+xml"])
def test_other_xml_is_not_read_at_all(declared: str) -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    with pytest.raises(ExtractError) as error:
        extract(body, sniff(body, "", declared))
    assert error.value.kind == "unsupported"


# --------------------------------------------------------------------------- the end of a document


@pytest.mark.parametrize(
    ("markup", "has_end"),
    [
        pytest.param(PAGE, True, id="a-page"),
        pytest.param(PAGE.replace("</html>", "</HTML >"), True, id="capitals"),
        pytest.param(f"{PAGE}<!-- made in 3 ms -->", True, id="a-comment-after-it"),
        pytest.param(f"{PAGE}<!-- {'cache ' * 900} -->\n<script>a()</script>", True, id="much-but-no-text"),
        pytest.param(f"{PAGE}<p>late</p>", True, id="a-little-text-after-it"),
        pytest.param(PAGE.replace("</html>", ""), False, id="without"),
        pytest.param(PAGE + "<p>late words</p>" * 500, False, id="very-much-text-after-it"),
        pytest.param("<p>a</p>", False, id="a-fragment"),
        pytest.param(PAGE.replace("</main>", "</main><!-- "), False, id="within-a-comment"),
        pytest.param(PAGE.replace("</main>", "<script>"), False, id="within-a-script"),
        pytest.param(PAGE.replace("</main>", "<style>"), False, id="within-a-style"),
        pytest.param(PAGE.replace("</main>", "<textarea>"), False, id="within-a-field"),
        pytest.param(PAGE.replace("</main>", "<template>"), False, id="within-a-template"),
        pytest.param(PAGE.replace("</main>", "<noscript>"), False, id="within-noscript"),
        pytest.param(PAGE.replace("</main>", "<object>"), False, id="within-an-object"),
        pytest.param(f"<p>a</p><svg><text>{MARK}</body></html>", False, id="within-a-picture"),
        pytest.param(
            PAGE.replace("</main>", "<a title='").replace("it's", ""), False, id="within-an-attribute"
        ),
        pytest.param(PAGE.replace("</title>", ""), False, id="within-the-title"),
    ],
)
def test_the_end_of_html(markup: str, has_end: bool) -> None:
    try:
        assert read(markup).has_end is has_end
    except ExtractError as error:
        assert (error.kind, has_end) == ("empty", False)


@pytest.mark.parametrize("cut", range(PAGE.index("<h2>"), len(PAGE) - 10, 7))
def test_a_page_that_is_cut_off_has_no_end(cut: int) -> None:
    assert not read(PAGE[:cut]).has_end


@pytest.mark.parametrize(
    ("body", "media_type", "has_end"),
    [
        pytest.param(b"words", "text/plain", True, id="text"),
        pytest.param(b"words <!-- a", "text/markdown", True, id="markdown"),
    ],
)
def test_other_media_need_no_end_mark(body: bytes, media_type: str, has_end: bool) -> None:
    assert extract(body, media_type).has_end is has_end


def test_what_we_ask_of_the_parser_is_never_in_the_text() -> None:
    for opened in (
        "<plaintext>",
        "<xmp>",
        "<title>",
        "<listing>",
        "<svg>",
        "<a ",
        "<a href='",
        "&",
        "<",
        "</",
        "<!",
    ):
        assert "pledgewatch" not in repr(read(f"<p>a</p>{opened}"))


# --------------------------------------------------------------------------- links


@pytest.mark.parametrize(
    ("href", "found"),
    [
        pytest.param("/terms", "/terms", id="relative"),
        pytest.param("terms?a=1#b", "terms?a=1#b", id="with-query-and-fragment"),
        pytest.param("https://a.example/b", "https://a.example/b", id="https"),
        pytest.param("HTTP://a.example/b", "HTTP://a.example/b", id="http-in-capitals"),
        pytest.param("//a.example/b", "//a.example/b", id="without-scheme"),
        pytest.param(" \n/a\tb ", "/ab", id="blanks-as-browsers-do"),
        pytest.param("/a&amp;b", "/a&b", id="entity"),
        pytest.param("#top", None, id="fragment-only"),
        pytest.param("", None, id="empty"),
        pytest.param("javascript:a()", None, id="script"),
        pytest.param(" java\nscript:a()", None, id="script-in-disguise"),
        pytest.param("\x01javascript:a()", None, id="script-behind-a-sign"),
        pytest.param("mailto:a@b.example", None, id="mail"),
        pytest.param("data:text/html,a", None, id="data"),
        pytest.param("tel:123", None, id="telephone"),
        pytest.param("file:///etc/passwd", None, id="file"),
        pytest.param("/" + "a" * 5_000, None, id="longer-than-any-server-takes"),
    ],
)
def test_links(href: str, found: str | None) -> None:
    assert read(f'<p><a href="{href}">a</a> b').links == ((found,) if found else ())


def test_links_come_once_in_order_and_not_without_end() -> None:
    assert read("<p>a<a href=/b></a><a href=/a></a><a href=/b></a><a name=c></a>").links == ("/b", "/a")
    assert len(read("<p>a" + "".join(f"<a href=/{n}></a>" for n in range(3_000))).links) == LINKS_AT_MOST


def test_links_of_the_part_that_is_read() -> None:
    page = b"<nav><a href=/nav>n</a></nav><main><a href=/in>i</a><p class=x><a href=/x>x</a></main><p hidden><a href=/h>"
    assert extract(page, "text/html", select=("main",), remove=(".x",)).links == ("/in",)


def test_links_of_markdown() -> None:
    text = b"See [our terms](/terms), <https://a.example/>, [b] and ![no](/picture.png).\n\n[b]: /b"
    assert extract(text, "text/markdown").links == ("/terms", "https://a.example/", "/b")


# --------------------------------------------------------------------------- PDF

_HEAD = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count %b>>"]
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>%b>>/Contents 5 0 R>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_SHOWN = b"BT /F 12 Tf 72 720 Td (" + MARK.encode() + b") Tj ET "


def _stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(data), more, data)


def _pdf(
    content: bytes = _SHOWN, count: bytes = b"1", *others: bytes, more: bytes = b"", trailer: str = ""
) -> bytes:
    objects = [_HEAD[0], _HEAD[1] % count, _PAGE % more, _FONT, _stream(content), *others]
    return pdf(objects, f"/Root 1 0 R{trailer}")


_DEFLATED = _stream(zlib.compress(b" " * 30_000_000 + _SHOWN), b"/Filter/FlateDecode")
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>/XObject<</N 6 0 R>>>>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(_pdf(), id="plain"),
        pytest.param(_pdf(b"q " * 100_000 + _SHOWN), id="100,000-states-kept"),
        pytest.param(_pdf(b"[" * 1_000 + b"]" * 1_000 + _SHOWN), id="arrays-in-arrays"),
        pytest.param(_pdf(b"/N Do " + _SHOWN, b"1", _stream(b"/N Do", _FORM), more=b"/XObject<</N 6 0 R>>"), id="a-form-that-draws-itself"),
        pytest.param(pdf([_HEAD[0], _HEAD[1] % b"1", _PAGE % b"", _FONT, _DEFLATED]), id="30-MB-of-blanks-first"),
        pytest.param(_pdf(count=b"2147483647"), id="two-billion-pages-of-which-one-is-there"),
        pytest.param(_pdf(trailer="/Prev 9"), id="cross-references-that-lead-nowhere"),
    ],
)  # fmt: skip
def test_a_hostile_pdf_is_read(body: bytes) -> None:
    document = extract(body, "application/pdf")
    assert (document.text, document.has_end) == (MARK, True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(_pdf(b"BT /F 1 Tf " + b"(aaaaaaaaaa) Tj " * 500_000 + b"ET")[:4_000], "unsupported", id="cut-off"),
        pytest.param(pdf([_HEAD[0], b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]), "unsupported", id="a-tree-that-holds-itself"),
        pytest.param(pdf([b"1 0 R"]), "unsupported", id="an-object-that-is-itself"),
        pytest.param(pdf([_HEAD[0], b"<</Type/Pages/Kids[%b]/Count 2001>>" % (b"3 0 R " * 2_001), _PAGE % b""]), "too_large", id="2,001-pages"),
        pytest.param(_pdf(trailer="/Encrypt<</Filter/Standard/V 5/R 6/P -4/O<00>/U<00>>>"), "unsupported", id="encrypted"),
    ],
)  # fmt: skip
def test_a_pdf_that_cannot_be_read_whole_is_an_error(body: bytes, kind: str) -> None:
    with pytest.raises(ExtractError) as error:
        extract(body, "application/pdf")
    assert error.value.kind == kind


def test_the_end_of_a_pdf() -> None:
    assert not extract(_pdf().replace(b"%%EOF", b""), "application/pdf").has_end
    assert extract(_pdf() + b"\n" * 900, "application/pdf").has_end
