"""HTML → segments: which blocks there are, under which headings, governed by which lead-ins."""

import pytest

from monitor.errors import ExtractError
from monitor.extract import extract
from monitor.model import Document


def read(markup: str, **options: tuple[str, ...]) -> Document:
    return extract(markup.encode(), "text/html", **options)  # type: ignore[arg-type]


def blocks(markup: str) -> list[tuple[str, str]]:
    return [(segment.kind, segment.text) for segment in read(markup).segments]


def lead_ins(markup: str) -> dict[str, tuple[str, ...]]:
    return {segment.text: segment.lead_ins for segment in read(markup).segments}


def headings(markup: str) -> dict[str, tuple[str, ...]]:
    return {segment.text: segment.headings for segment in read(markup).segments}


# --------------------------------------------------------------------------- blocks and their text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<p>One\n  two&nbsp;three</p>", [("paragraph", "One two three")], id="blanks-collapse"),
        pytest.param("<div>a<p>b</p>c</div>", [("paragraph", t) for t in "abc"], id="loose-text"),
        pytest.param("<p>a <b>b</b><i>c</i> <a href=x>d</a></p>", [("paragraph", "a bc d")], id="inline"),
        pytest.param("<a>Home</a><a>News</a>", [("paragraph", "Home News")], id="links-in-a-row"),
        pytest.param("<ul><li>a<li>b</ul>", [("item", "a"), ("item", "b")], id="items"),
        pytest.param(
            "<ul><li><p>a</p><p>b</p></ul>", [("item", "a"), ("item", "b")], id="item-of-paragraphs"
        ),
        pytest.param("<dl><dt>a<dd>b</dl>", [("item", "a"), ("item", "b")], id="definitions"),
        pytest.param("<blockquote><p>a</p></blockquote>", [("quote", "a")], id="blockquote"),
        pytest.param("<p><q>We stop.</q></p>", [("quote", "“We stop.”")], id="a-whole-q"),
        pytest.param("<p>They said <q>no</q>.</p>", [("paragraph", "They said “no”.")], id="q-inside"),
        pytest.param(
            "<address>a</address><figure><figcaption>b</figcaption></figure><label>c</label><button>d</button>"
            "<details><summary>e</summary>f</details>",
            [("paragraph", t) for t in "abcdef"],
            id="other-blocks",
        ),
        pytest.param(
            "<head><title>t</title></head><style>s</style><script>s</script><template><p>t</p></template>"
            "<noscript><p>n</p></noscript><svg><title>s</title><text>s</text></svg><p>kept</p>",
            [("paragraph", "kept")],
            id="dropped",
        ),
        pytest.param("<p hidden>a</p><p hidden=until-found>b</p>", [("paragraph", "b")], id="hidden"),
        pytest.param(
            "<p>rights<sup>[3]</sup> of the 2<sup>nd</sup>", [("paragraph", "rights of the 2nd")], id="notes"
        ),
        pytest.param(
            "<pre>one\ntwo\n\nthree</pre>", [("paragraph", "one two"), ("paragraph", "three")], id="pre"
        ),
        pytest.param("<p><!-- c -->a<wbr>b", [("paragraph", "ab")], id="comments"),
    ],
)
def test_blocks(markup: str, expected: list[tuple[str, str]]) -> None:
    assert blocks(markup) == expected


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        pytest.param("one<br>two", ["one two"], id="a-single-break-is-a-blank"),
        pytest.param("one<br><br>two", ["one", "two"], id="a-double-break-splits"),
        pytest.param("One.<br>two", ["One.", "two"], id="after-a-full-stop"),
        pytest.param("One:<br>two", ["One:", "two"], id="after-a-colon"),
        pytest.param("one<br>• two<br>• three", ["one", "• two", "• three"], id="before-bullets"),
        pytest.param("one<br>(b) two<br>3. three", ["one", "(b) two", "3. three"], id="before-ordinals"),
        pytest.param("<br>one<br>", ["one"], id="at-the-ends"),
    ],
)
def test_line_breaks(markup: str, texts: list[str]) -> None:
    assert [segment.text for segment in read(f"<p>{markup}</p>").segments] == texts


# --------------------------------------------------------------------------- headings


def test_headings_form_a_trail_by_level() -> None:
    found = headings("<h1>A</h1><p>a</p><h3>B</h3><p>b</p><h3>C</h3><p>c</p><h2>D</h2><p>d</p>")
    assert found == {
        "A": (),
        "a": ("A",),
        "B": ("A",),
        "b": ("A", "B"),
        "C": ("A",),
        "c": ("A", "C"),
        "D": ("A",),
        "d": ("A", "D"),
    }


@pytest.mark.parametrize(
    ("title", "is_heading"),
    [
        pytest.param("<strong>Transparency</strong>", True, id="bold"),
        pytest.param(" <b>Do we</b> <b>sell it?</b> ", True, id="bold-question"),
        pytest.param("<strong>We will not sell it to police.</strong>", False, id="a-sentence"),
        pytest.param("<strong>You may not:</strong>", False, id="a-lead-in"),
        pytest.param("<strong>Note</strong> this", False, id="partly-bold"),
        pytest.param("<b>one two three four five six seven eight nine ten eleven</b>", False, id="long"),
    ],
)
def test_a_short_line_in_bold_is_a_heading_below_h6(title: str, is_heading: bool) -> None:
    last = read(f"<h6>Top</h6><p>{title}</p><p>words</p>").segments[-1]
    assert (len(last.headings) == 2) is is_heading


# --------------------------------------------------------------------------- lead-ins


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<p>You may not:</p><ul><li>x</ul>", ("You may not:",), id="colon"),
        pytest.param("<p>You may not —</p><div><ol><li>x</ol></div>", ("You may not —",), id="dash"),
        pytest.param("<p>You may not</p><ul><li>x</ul>", ("You may not",), id="unfinished-sentence"),
        pytest.param(
            "<p>You agree to do none of the following.</p><ul><li>x</ul>",
            ("You agree to do none of the following.",),
            id="a-sentence-that-points-on",
        ),
        pytest.param("<p>We never sell any of your data.</p><ul><li>x</ul>", (), id="a-finished-sentence"),
        pytest.param(
            "<p>You may not:</p><p>Else.</p><p>No more of this now.</p><ul><li>x</ul>",
            (),
            id="not-the-nearest",
        ),
        pytest.param("<p>You may not</p><nav><ul><li>x</ul></nav>", (), id="another-part-of-the-page"),
        pytest.param("<p>You may:</p><h2>H</h2><ul><li>x</ul>", (), id="a-heading-ends-it"),
        pytest.param("<p>You may:</p><ul><li>a</ul><ul><li>x</ul>", ("You may:",), id="a-list-broken-in-two"),
        pytest.param("<p>You may:</p><ul><li>a</ul><p>b</p><p>x</p>", (), id="over-after-the-list"),
        pytest.param("<p>You may:</p><ul><li>not:<ul><li>x</ul></ul>", ("You may:", "not:"), id="nested"),
        pytest.param("<p>You may:</p><ul><li>a:<ul><li>b</ul><li>x</ul>", ("You may:",), id="back-outside"),
        pytest.param(
            "<p>You may:</p><ul><li>a:<li><ul><li>x</ul></ul>", ("You may:",), id="not-from-the-item-before"
        ),
        pytest.param("<ul><li>a:</li><ul><li>x</ul></ul>", ("a:",), id="nested-without-an-item"),
        pytest.param("<dl><dt>a<dd>b<dt>Face data<dd>x</dl>", ("Face data",), id="term"),
        pytest.param(
            "<p>You may not:</p><p>(a) a</p><p>(b) x</p>", ("You may not:",), id="numbered-paragraphs"
        ),
        pytest.param("<p>1. You may not:</p><p>2. x</p>", (), id="the-next-number-is-no-item"),
        pytest.param(
            "<p>1. You may not:</p><p>1.1 Aa</p><p>1.2 Xx</p>", ("1. You may not:",), id="numbers-below"
        ),
        pytest.param(
            "<p>You may not:</p><p>(a) do:</p><p>1. x</p>", ("You may not:", "(a) do:"), id="two-series"
        ),
        pytest.param(
            "<p>No:</p><p>(a) a:</p><p>1. b</p><p>(b) x</p>", ("No:",), id="back-to-the-outer-series"
        ),
        pytest.param("<p>No:</p><p>(a) a</p><p>b</p><p>(c) x</p>", (), id="a-series-ends"),
        pytest.param("<p>You may not:<br>- a<br>- x", ("You may not:",), id="line-breaks"),
    ],
)
def test_lead_ins_of_the_last_item(markup: str, expected: tuple[str, ...]) -> None:
    last = read(markup).segments[-1]
    assert last.text.endswith("x")
    assert last.lead_ins == expected


def test_lead_ins_of_a_thousand_nested_lists_stay_few() -> None:
    found = read("<ul><li>a:" * 3_000).segments
    assert len(found) == 3_000
    assert max(len(segment.lead_ins) for segment in found) == 12


# --------------------------------------------------------------------------- tables


def test_a_row_is_one_segment_under_its_header_row() -> None:
    markup = (
        "<p>What we offer:</p><table><thead><tr><th>Product</th><th>For</th></tr></thead>"
        "<tr><td><p>One-to-many search</p></td><td>approved customers only</td></tr>"
        "<tr><td></td><td>rest</td></tr></table>"
    )
    found = read(markup).segments[1:]
    assert [segment.text for segment in found] == [
        "Product | For",
        "One-to-many search | approved customers only",
        "rest",
    ]
    assert {segment.kind for segment in found} == {"cell"}
    assert found[0].lead_ins == ("What we offer:",)
    assert found[1].lead_ins == ("What we offer:", "Product | For")


def test_a_cell_of_paragraphs_and_lists_is_read_as_blocks_under_the_first_cell() -> None:
    markup = "<table><tr><td>Faces</td><td><p>One.</p><p>Never:</p><ul><li>sold</ul></td></tr></table>"
    assert lead_ins(markup) == {
        "Faces": (),
        "One.": ("Faces",),
        "Never:": ("Faces",),
        "sold": ("Faces", "Never:"),
    }


def test_a_table_used_as_layout_is_read_as_blocks() -> None:
    markup = "<table><tr><td>Menu</td><td><h1>Title</h1><p>a</p><p>b</p></td></tr></table>"
    assert lead_ins(markup) == {"Menu": (), "Title": (), "a": (), "b": ()}


# --------------------------------------------------------------------------- parts, title, language, depth

PAGE = """<!doctype html><html lang="en-GB"><head><title> A
 title </title></head><body><nav>menu</nav><main><p>One</p><div class="ad">ad</div><p>Two</p></main>
<footer>foot</footer></body></html>"""


@pytest.mark.parametrize(
    ("select", "remove", "texts"),
    [
        pytest.param((), (), ["menu", "One", "ad", "Two", "foot"], id="everything"),
        pytest.param(("main",), (), ["One", "ad", "Two"], id="select"),
        pytest.param(("main", "main p", "nav"), (), ["menu", "One", "ad", "Two"], id="each-once-in-order"),
        pytest.param(("main",), (".ad",), ["One", "Two"], id="select-and-remove"),
        pytest.param((), ("nav", "footer", ".ad, .none"), ["One", "Two"], id="remove"),
    ],
)
def test_select_and_remove(select: tuple[str, ...], remove: tuple[str, ...], texts: list[str]) -> None:
    assert [segment.text for segment in read(PAGE, select=select, remove=remove).segments] == texts


def test_a_selector_that_matches_nothing_is_an_error_that_names_it() -> None:
    with pytest.raises(ExtractError, match="#gone") as error:
        read(PAGE, select=("#gone",))
    assert error.value.kind == "empty"


def test_title_and_language() -> None:
    document = read(PAGE)
    assert (document.title, document.language, document.media_type) == ("A title", "en-GB", "text/html")


@pytest.mark.parametrize("depth", [300, 3_000])
def test_text_at_great_depth_is_not_lost(depth: int) -> None:
    assert blocks("<div>" * depth + "<p>deep</p>" + "</div>" * depth) == [("paragraph", "deep")]


def test_tags_written_in_a_script_do_not_count_as_depth() -> None:
    script = "<script>" + "x += '<div >';" * 20_000 + "</script>"
    assert blocks(f"{script}<p>kept</p>") == [("paragraph", "kept")]
