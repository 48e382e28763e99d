"""A captured page made harmless: its words and shape stay, whatever acts, loads or leads away is gone."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.extract.inert import inert

HARMLESS = frozenset(
    [
        "alt",
        "charset",
        "class",
        "colspan",
        "dir",
        "hidden",
        "lang",
        "open",
        "reversed",
        "rowspan",
        "span",
        "start",
        "style",
        "title",
    ]
)
NEVER = frozenset(
    [
        "applet",
        "audio",
        "base",
        "embed",
        "form",
        "frame",
        "frameset",
        "iframe",
        "input",
        "link",
        "math",
        "noscript",
        "object",
        "script",
        "select",
        "svg",
        "template",
        "textarea",
        "video",
        "xmp",
        "button",
    ]
)


class Seen(HTMLParser):
    """Every element and attribute of a page, as another parser reads it."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


def is_harmless(markup: str) -> bool:
    seen = Seen(markup)
    return not NEVER & set(seen.tags) and {name for name, _ in seen.attributes} <= HARMLESS


def inside(markup: str) -> str:
    """What stands in the body of the page that is made of this."""
    return inert(markup).partition("<body>")[2].removesuffix("</body></html>")


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>We will not sell it.</p>", "<p>We will not sell it.</p>"),
        ("<h2 class=x>Scope</h2><ul><li>police</ul>", '<h2 class="x">Scope</h2><ul><li>police</li></ul>'),
        ("<a href=https://evil.example>here</a>", "<a>here</a>"),
        ("<a href='java\tscript:alert(1)' ping=//evil>x</a>", "<a>x</a>"),
        ("<p onclick=alert(1) ONLOAD=x>x</p>", "<p>x</p>"),
        ("<img src=//evil/x srcset='//evil 2x' onerror=alert(1) alt=\"our &quot;logo\">", '<img alt="our &quot;logo">'),
        ("<table background=//evil/x><tr><td colspan=2>a", '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>'),
        ("<video poster=//evil/x>in it</video>after", "after"),
        ("<form action=//evil target=_top>Name <button formaction=//evil>Go</button></form>", "Name Go"),
        ("<input value=x><select><option>a</select><textarea>b</textarea>c", "c"),
        ("a<script>fetch('/api')</script>b", "ab"),
        ("a<svg onload=alert(1)><script>1</script><foreignObject><p>x</p></foreignObject></svg>b", "ab"),
        ("a<math><mtext><style><img src=x onerror=1></style></mtext></math>b", "ab"),
        ("a<iframe src=//evil srcdoc='<script>'></iframe><object data=x></object><embed src=y>b", "ab"),
        ("a<noscript><p title='</noscript><img src=x onerror=1>'></noscript>b", 'a'),
        ("a<!--><script>1</script>-->b", "a--&gt;b"),
        ("<p style='color:red'>x</p>", '<p style="color:red">x</p>'),
        ("<p style='background:url(//evil)'>x</p>", "<p>x</p>"),
        (r"<p style='background:\75rl(//evil)'>x</p>", "<p>x</p>"),
        ("<pledge-text>kept</pledge-text>", "kept"),
        ("&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;", "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;"),
        ("{{7*7}} {% include 'x' %}", "{{7*7}} {% include 'x' %}"),
    ],
)  # fmt: skip
def test_what_is_left_of_a_page(page: str, shown: str) -> None:
    made = inside(page)
    assert made == shown
    assert is_harmless(inert(page))


@pytest.mark.parametrize(
    "head",
    [
        "<base href=//evil.example/>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<link rel=dns-prefetch href=//evil.example>",
        "<style>@import '//evil.example/x.css';</style>",
        "<style>p { background: url(//evil.example/x) }</style>",
        "<style>p { background: image-set('//evil.example/x' 1x) }</style>",
        r"<style>p { background: u\72l(//evil.example/x) }</style>",
        "<style>@font-face { src: url(//evil.example/x) }</style>",
        "<title>evil.example</title>",
    ],
)
def test_nothing_of_the_head_is_left_that_reaches_out(head: str) -> None:
    made = inert(f"<html><head>{head}</head><body><p>evil</p></body></html>")
    assert "evil.example" not in made and "import" not in made
    assert is_harmless(made) and "<p>evil</p>" in made


def test_harmless_rules_stay() -> None:
    rules = "p { color: red } @media print { p { color: black } }"
    assert f"<style>{rules}</style>" in inert(f"<style>{rules}</style><p>x")


@pytest.mark.parametrize(
    "rules",
    [
        '<svg><style>@media &lt;/style>&lt;script>alert("evil")&lt;/script>{}</style></svg>',
        '<svg><style>p { content: "&lt;/style>evil" }</style></svg>',
        "<svg><style>p { content: 'evil' }</style></svg>",
        "<math><style>p { content: 'evil' }</style></math>",
        '<style>p::before { content: "@media" url(http://evil.example/x.png) } b {}</style>',
        '<style>p { content: "@media" } @import "http://evil.example/x.css" screen {</style>',
        "<style>p { content: '@media (' } @font-face { font-family: evil }</style>",
        "<style>@media 'evil' { p { color: red } }</style>",
        "<style>@mediaevil { p { color: red } }</style>",
        "<style>@media \\65vil { p { color: red } }</style>",
        f"<style>@media ({'e' * 300}vil) {{ p {{ color: red }} }}</style>",
    ],
)
def test_a_sheet_that_might_be_read_otherwise_is_left_out(rules: str) -> None:
    made = inert(f"<p>x</p>{rules}")
    assert "<style></style>" in made
    assert "evil" not in made
    assert is_harmless(made)


@pytest.mark.parametrize("start", ["@media ", "@supports (", "@", "@media (@media (", "@media {"])
def test_a_sheet_of_beginnings_is_judged_in_one_pass(start: str) -> None:
    """Half a million signs. Whoever looks from each "@" to the end of the sheet never ends here."""
    many = 490_000 // len(start)
    assert ("<style></style>" in inert(f"<style>{start * many}</style><p>x")) == (start != "@media {")


def test_more_rules_than_we_look_at_are_left_out_together() -> None:
    half = "p { color: red }" * 16_000
    assert half in inert(f"<style>{half}</style><p>x")
    assert "<style></style>" in inert(f"<style>{half}</style><style>{half}</style><p>x")


def test_pages_that_no_parser_survives_are_refused() -> None:
    with pytest.raises(ExtractError, match="levels deep"):
        inert("<div>" * 50_000)


_PIECES = [
    "<",
    ">",
    "</",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<svg>",
    "<style>",
    "</style>",
    "onerror=1",
    "style='",
    "url(",
    '"',
    "'",
    "=",
    "<template>",
    "<p>",
    "&lt;",
    "&#60;",
    "x",
    "<title>",
    "<noscript>",
    "<xmp>",
    "<table>",
    "<math>",
    "<mtext>",
    "<plaintext>",
    "]]>",
    "<select>",
]
_BLANKS = ["<a href=x ", "<img src=x ", "<form ", "\0", "\u2028", " "]


@given(st.lists(st.sampled_from([*_PIECES, *_BLANKS]), max_size=25).map("".join))
def test_whatever_the_markup_nothing_in_it_acts(markup: str) -> None:
    assert is_harmless(inert(markup))
