"""A thousand documents that mean harm, the same ones every time: what a page may send to hurt whoever reads it.

Each family is one way to hurt, tried in many sizes: `documents()` gives them all, `hostile()` one.
"""

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

HTML, MARKDOWN, PLAIN, PDF = "text/html", "text/markdown", "text/plain", "application/pdf"
MOST = 8 * 1024 * 1024  #: bytes of one document
PLEDGE = "We will not sell facial recognition technology to police departments."
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Nordwatch: how we work</title>
<style>p {{ color: black }}</style><script>var a = "<p>b</p>";</script></head>
<body><nav><a href="/">Home</a> <a href="/terms">Terms</a></nav>
<main><h1>How we work with images</h1>
<p>{PLEDGE} This holds until a law protects human rights.</p>
<h2>What you may not do</h2>
<p>You may not use the service to:</p>
<ul><li>identify people in public places;</li><li>build a database of faces;</li>
<li>watch a protest, unless a court orders it.</li></ul>
<table><tr><th>Product</th><th>Face search</th></tr><tr><td>Camera &amp; lamp</td><td>No</td></tr></table>
<p>We delete face templates after 30 days. Ask us at <a href="/contact">our office</a>.</p>
<blockquote>Nobody is scanned here without consent.</blockquote>
<p>Our gardens are watered in the morning, and in the evening where it did not rain.</p></main>
<footer><p>Nordwatch, 1 Harbour Street.</p></footer></body></html>
"""


@dataclass(frozen=True, slots=True)
class Hostile:
    """One document, as a server would send it."""

    family: str
    body: bytes
    media_type: str
    charset: str = ""


Chance = random.Random
Make = Callable[[Chance, float], tuple[bytes, str]]  #: chance, size from 0 to 1 → body, media type


def documents() -> Iterator[Hostile]:
    """All of them: each family in its number of sizes, small first."""
    for family, (count, _) in FAMILIES.items():
        for number in range(1, count + 1):
            yield hostile(family, number / count)


def hostile(family: str, size: float) -> Hostile:
    """One of a family. size: from 0 to 1, the greatest."""
    chance = random.Random(f"{family} {size:.4f}")
    body, media_type = FAMILIES[family][1](chance, size)
    charset = chance.choice(("", "utf-8", "utf-16", "utf-7", "latin1", "shift_jis", "x" * 90))
    return Hostile(family, body[:MOST], media_type, charset if media_type == HTML else "")


# --------------------------------------------------------------------------- the same thing over and over


def _times(most: int, size: float) -> int:
    """From a few to `most`, by powers."""
    return max(2, int(most**size))


def _framed(chance: Chance, harm: str) -> bytes:
    """Alone, before, after or within the page."""
    head, body, tail = PAGE.partition("<h2>")
    place = chance.randrange(4)
    return (harm, harm + PAGE, PAGE + harm, head + harm + body + tail)[place].encode("utf-8", "surrogatepass")


def _repeated(unit: str, most: int, chance: Chance, size: float) -> tuple[bytes, str]:
    return _framed(chance, unit * _times(most, size)), HTML


def _numbered(unit: str, most: int, chance: Chance, size: float) -> tuple[bytes, str]:
    """The same with its number in it: nothing can be kept once for all."""
    return _framed(chance, "".join(unit.replace("#", str(i)) for i in range(_times(most, size)))), HTML


def _closed(opening: str, closing: str, most: int, chance: Chance, size: float) -> tuple[bytes, str]:
    times = _times(most, size)
    return _framed(chance, opening * times + PLEDGE + closing * times), HTML


def _text(media_type: str, unit: str, most: int, chance: Chance, size: float) -> tuple[bytes, str]:
    times = _times(most, size)
    text = "".join(unit.replace("#", str(i)) for i in range(times)) if "#" in unit else unit * times
    around = (f"{PLEDGE}\n\n", "")
    before, after = chance.choice(around), chance.choice(around)
    return f"{before}{text}\n\n{after}".encode("utf-8", "surrogatepass"), media_type


_REPEATED = {
    # the twenty of reliability.md, V24
    "comments opened": ("<!--", 200_000),
    "end tags that never end": ("</a ", 100_000),
    "instructions": ("<?", 150_000),
    "character data": ("<![CDATA[", 60_000),
    "declarations": ("<!", 1_000_000),
    "doctypes": ("<!DOCTYPE ", 300_000),
    "less-than signs": ("<", 4_000_000),
    "divisions in divisions": ("<div>", 1_600_000),
    "bold in bold": ("<b>", 500_000),
    "links in links": ("<a href=x>", 200_000),
    "tables in tables": ("<table><tr><td>", 100_000),
    "lists in lists": ("<ul><li>", 200_000),
    "fonts in paragraphs": ("<p><font>", 100_000),
    "paragraphs": ("<p>", 1_000_000),
    "line breaks": ("<br>", 1_000_000),
    "options": ("<select><option>a", 200_000),
    "entities": ("&lt;", 1_000_000),
    "numbers of signs": ("&#x1F600;", 500_000),
    "entities that never end": ("&", 4_000_000),
    "quotes in quotes": ("<blockquote>", 300_000),
    # more of that kind
    "paragraphs of a word": ("<p>a", 1_000_000),
    "headings": ("<h1>a</h1>", 500_000),
    "forms": ("<form>a", 500_000),
    "buttons": ("<button>a", 300_000),
    "pictures in signs": ("<svg><g>", 300_000),
    "templates": ("<template>", 300_000),
    "scripts opened": ("<script>a", 300_000),
    "bodies": ("<body a=1>", 400_000),
    "framesets": ("<frameset>", 300_000),
    "formulas": ("<math><mi>", 300_000),
    "foreign objects": ("<svg><foreignObject>", 200_000),
    "raised marks": ("<sup>1</sup>", 400_000),
    "quoted words": ("<q>", 400_000),
    "nul bytes": ("a\0", 500_000),
    "half surrogates": ("\ud800a", 500_000),
    "tables never closed": ("<table>a<tr>b", 200_000),
    "table cells": ("<td>a", 400_000),
    "terms": ("<dl><dt>a<dd>b", 200_000),
    "details": ("<details><summary>a", 200_000),
    "plain text started": ("<plaintext>", 300_000),
    "shadow roots": ("<template shadowrootmode=open>a", 100_000),
    "hidden parts": ("<div hidden>a</div>", 300_000),
    "signs right to left": ("\u202ea\u2066", 500_000),
    "signs that nobody sees": ("a\u200b\u00ad", 500_000),
    "accents": ("\u0301\u0316", 1_000_000),
    "long signs": ("\ufdfa", 500_000),
    "letters of other scripts": ("fаcial recоgnition ", 200_000),
    "a word of megabytes": ("a", 6_000_000),
}
_NUMBERED = {
    "attributes": ("<p a#=1>", 400_000),
    "different elements": ("<x#>", 400_000),
    "different bold": ("<b id=#>", 200_000),
    "statements": ("<p>We will not sell face search # to the police.</p>", 100_000),
    "statements in one list": ("<li>use face search in town #;", 100_000),
    "statements in one paragraph": ("We will not sell face search # to the police. ", 100_000),
    "table rows": ("<tr><td>town #<td>face search<td>No</tr>", 100_000),
    "line breaks in a paragraph": ("line # of it<br>", 300_000),
    "XHTML": ('<p xmlns="http://www.w3.org/1999/xhtml"/><script/><![CDATA[ a#', 200_000),
    "different links": ("<a href=/#>a</a>", 200_000),
    "headings in order": ("<h#>part #</h#>", 300_000),
}
_CLOSED = {
    "divisions around a pledge": ("<div>", "</div>", 300_000),
    "lists around a pledge": ("<ul><li>", "</ul>", 300_000),
    "emphasis around a pledge": ("<em>", "</em>", 300_000),
    "quotes around a pledge": ("<q>", "</q>", 300_000),
    "tables around a pledge": ("<table><tr><td>", "</table>", 100_000),
    "brackets around a pledge": ("(", ")", 1_000_000),
    "raised around a pledge": ("<sup>", "</sup>", 300_000),
}
_MARKDOWN = {
    "Markdown: quotes in quotes": (">", 200_000),
    "Markdown: lists in lists": ("* ", 100_000),
    "Markdown: numbers in numbers": ("1. ", 100_000),
    "Markdown: brackets": ("[", 500_000),
    "Markdown: links that never close": ("[a](", 500_000),
    "Markdown: pictures": ("![", 500_000),
    "Markdown: emphasis": ("*a **b ", 300_000),
    "Markdown: underscores": ("_a__b", 300_000),
    "Markdown: backticks": ("`a``b", 300_000),
    "Markdown: references": ("[a#]: /b\n\n[a#]\n\n", 200_000),
    "Markdown: references to one": ("[a]", 500_000),
    "Markdown: tables": ("| a | b |\n|---|---|\n| c | d |\n\n", 100_000),
    "Markdown: a wide table": ("|a", 500_000),
    "Markdown: rules": ("---\n", 500_000),
    "Markdown: headings": ("# a #\n", 300_000),
    "Markdown: tags": ("<div>", 300_000),
    "Markdown: addresses": ("<http://a.example/#>", 200_000),
    "Markdown: blanks": (" ", 4_000_000),
    "Markdown: struck": ("~~a~", 500_000),
    "Markdown: items": ("- We may sell face search in town #;\n", 100_000),
}
_PLAIN = {
    "text: a line of megabytes": ("ab", 2_500_000),
    "text: lines": ("a\n", 2_500_000),
    "text: blank lines": ("a\n\n", 2_000_000),
    "text: full stops": ("a. ", 2_000_000),
    "text: ordinals": ("(a) b\n", 800_000),
    "text: deep numbers": ("1.", 2_000_000),
    "text: colons": ("a:\n", 2_000_000),
    "text: brackets": ("(", 2_000_000),
    "text: quotation marks": ("“a” ", 1_000_000),
    "text: not": ("not ", 1_000_000),
    "text: unless": ("We sell face search unless ", 200_000),
    "text: until": ("We will not use face search until # ", 100_000),
    "text: pledges": ("We will not sell face search # to the police.\n\n", 100_000),
    "text: one pledge": ("We will not sell face search to the police.\n\n", 150_000),
    "text: lead-ins": ("(a) You may not use face search #:\n", 100_000),
    "text: dates": ("1 January 20# ", 400_000),
    "text: dots": ("...", 2_000_000),
    "text: dashes": ("a - ", 1_000_000),
    "text: addresses": ("www.a#.example ", 300_000),
    "text: hyphens": ("a-", 3_000_000),
    "text: different words": ("word# ", 800_000),
    "text: different short words": ("#a ", 1_000_000),
}


# --------------------------------------------------------------------------- one great thing


def _attributes(chance: Chance, size: float) -> tuple[bytes, str]:
    """Very many attributes of one element."""
    end = chance.choice(("", "='>'", '="&lt;"', "=1"))
    names = " ".join(f"a{number}{end}" for number in range(_times(400_000, size)))
    return _framed(chance, f"<p {names}>a"), HTML


def _great_attribute(chance: Chance, size: float) -> tuple[bytes, str]:
    name = chance.choice(("href", "style", "class", "hidden", "lang", "a" * 9_999))
    return _framed(chance, f'<a {name}="{chance.choice("a& <>") * _times(6_000_000, size)}">a</a>'), HTML


def _great_tag(chance: Chance, size: float) -> tuple[bytes, str]:
    name = "a" * _times(6_000_000, size)
    return _framed(chance, chance.choice((f"<{name}>a", f"<{name}", f"&{name};", f"<p>{name}"))), HTML


_OPENED = (
    "<!-- ", "<script>", "<style>", "<title>", "<textarea>", "<template>", "<svg>", "<select>", "<noscript>",
    "<p title='", '<a href="', "<iframe>", "<xmp>", "<plaintext>", "<object>", "<svg><![CDATA[", "<svg><style>",
    "<!DOCTYPE ", "<? ", "</",
)  # fmt: skip


def _never_closed(chance: Chance, size: float) -> tuple[bytes, str]:
    """Everything after it stands within a comment, a script, an attribute …"""
    opened = chance.choice(_OPENED)
    return _framed(chance, opened + PAGE * _times(4_000, size)), HTML


# --------------------------------------------------------------------------- bytes that lie


_WRITTEN = ("utf-8", "utf-7", "utf-16-le", "utf-16-be", "utf-32-le", "utf-16", "cp1252", "shift_jis", "cp037")
_DECLARED = ("utf-8", "utf-7", "utf-16", "utf-32", "latin1", "shift_jis", "iso-2022-jp", "rot13", "idna")


def _encoded(chance: Chance, size: float) -> tuple[bytes, str]:
    """One encoding, declared as another."""
    written, declared = chance.choice(_WRITTEN), chance.choice(_DECLARED)
    page = PAGE.replace('charset="utf-8"', f'charset="{declared}"') + "é — ü “a” " * _times(200_000, size)
    return page.encode(written, "replace"), chance.choice((HTML, PLAIN, MARKDOWN))


_OVERLONG = (b"\xc0\xbc", b"\xe0\x80\xbc", b"\xf0\x80\x80\xbc", b"\xf8\x88\x80\x80\x80", b"\xed\xa0\x80",
             b"\xff", b"\xfe\xff", b"\x80", b"\xf4\x90\x80\x80", b"\x00", b"\x1b$B", b"+ADw-")  # fmt: skip


def _broken_bytes(chance: Chance, size: float) -> tuple[bytes, str]:
    """Overlong and lone bytes strewn into the page."""
    page = bytearray(PAGE.encode() * _times(500, size))
    for _ in range(_times(20_000, size)):
        place = chance.randrange(len(page))
        page[place : place + 1] = chance.choice(_OVERLONG)
    return bytes(page), chance.choice((HTML, PLAIN, MARKDOWN))


def _random_bytes(chance: Chance, size: float) -> tuple[bytes, str]:
    kinds = (HTML, PLAIN, MARKDOWN, PDF, "application/xhtml+xml")
    return chance.randbytes(_times(MOST, size)), chance.choice(kinds)


_PIECES = """<div> </div> <p> </p> <ul> <li> </ul> <table> <tr> <td> </table> <b> </b> <i> </i> <a href=x> </a>
<h2> </h2> <select> <option> </select> <svg> </svg> <math> </math> <template> </template> <script> </script>
<!-- --> <![CDATA[ ]]> <style> </style> <form> </form> <button> <dl> <dt> <dd> </dl> <sup>1</sup> <br> <pre>
</pre> &lt; &#0; &#xD800; <q> </q> <body> </html> <frameset> <noscript> <title> a (a) 1. : will not sell
facial recognition to police unless until we may . “ ” | * # > ` [ ]( \ufffd \u202e"""
_WORDS = _PIECES.split()


def _soup(media_type: str, chance: Chance, size: float) -> tuple[bytes, str]:
    """Tags, marks and words in no order."""
    words = chance.choices(_WORDS, k=_times(500_000, size))
    return chance.choice((" ", "\n", "")).join(words).encode(), media_type


def _mutated(body: bytes, media_type: str, chance: Chance, size: float) -> tuple[bytes, str]:
    """Bytes of a good document flipped, cut out, doubled and moved."""
    changed = bytearray(body)
    for _ in range(_times(300, size)):
        start = chance.randrange(len(changed) + 1)
        end = min(len(changed), start + chance.choice((0, 1, 4, 64, 1_000)))
        piece = bytes(changed[start:end])
        other = chance.randrange(len(changed) + 1)
        new = chance.choice((b"", piece * 2, piece[::-1], bytes(changed[other : other + 32])))
        changed[start:end] = chance.choice((new, chance.randbytes(min(len(piece), 9) or 1)))
    return bytes(changed[:MOST]), media_type


def _cut(chance: Chance, size: float) -> tuple[bytes, str]:
    body = PAGE.encode()
    return body[: chance.randrange(len(body))], HTML


# --------------------------------------------------------------------------- XML


_LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
_XML = (
    f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY l0 "lol">{_LAUGHS}]><html><body><p>&l9;</p></body></html>',
    '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><p>&x;</p></html>',
    '<!DOCTYPE html [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]><html><body><p>&y;</p></body></html>',
    f'<!DOCTYPE html [<!ENTITY a "{"a" * 50_000}">]><html><body><p>{"&a;" * 50_000}</p></body></html>',
    '<html xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></html>',
    '<?xml version="1.0"?><?xml-stylesheet href="file:///etc/passwd"?><html><p>a</p></html>',
)


def _xml(chance: Chance, size: float) -> tuple[bytes, str]:
    """Entities that grow, or that name a file or an address."""
    kind = chance.choice((HTML, "application/xhtml+xml", "application/xml", "text/xml"))
    return chance.choice(_XML).encode() * _times(20, size), kind


# --------------------------------------------------------------------------- PDF


def pdf(objects: Sequence[bytes], trailer: str = "/Root 1 0 R", *, cross: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; `cross` in place of its cross-reference table."""
    out, rows = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        rows.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % row for row in rows)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = f"trailer<</Size {len(objects) + 1}{trailer}>>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    return out + (cross or head + table) + tail


_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>%b>>/Contents 5 0 R>>"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_SHOWN = b"BT /F 12 Tf 72 720 Td 14 TL (" + PLEDGE.encode() + b") Tj T* (You may not scan a crowd.) Tj ET "


def _pages(kids: bytes, count: int) -> bytes:
    return b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count)


def _stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(data), more, data)


def _deflated(data: bytes) -> bytes:
    return _stream(zlib.compress(data, 9), b"/Filter/FlateDecode")


def _good_pdf(content: bytes = _SHOWN, kids: bytes = b"3 0 R", count: int = 1, *more: bytes) -> bytes:
    head = [_CATALOG, _pages(kids, count), _PAGE % b"", _FONT, _stream(content)]
    return pdf([*head, *more])


def _pdf_page_bomb(chance: Chance, size: float) -> tuple[bytes, str]:
    """One page named very often, or a count that lies."""
    times = _times(200_000, size)
    return _good_pdf(kids=b"3 0 R " * times, count=chance.choice((times, 2**31 - 1, -1, 10**12))), PDF


def _pdf_tree(chance: Chance, size: float) -> tuple[bytes, str]:
    """A tree of pages that is very deep, or that holds itself."""
    depth = _times(20_000, size)
    loops = chance.random() < 0.3
    nodes = [_pages(b"%d 0 R" % (number + 3), 1) for number in range(depth)]
    last = _pages(b"2 0 R", 1) if loops else b"<</Type/Page/MediaBox[0 0 9 9]>>"
    return pdf([_CATALOG, *nodes, last]), PDF


def _pdf_deflated(chance: Chance, size: float) -> tuple[bytes, str]:
    """Little that becomes very much: text, blanks, drawing, or bombs in bombs."""
    unit = chance.choice((_SHOWN, b"   ", b"0 0 m 9 9 l S ", b"q ", b"(a) Tj "))
    data = unit * (_times(400_000_000, size) // len(unit) + 1)
    content = _deflated(data)
    if chance.random() < 0.3:
        twice = zlib.compress(zlib.compress(data, 9), 9)
        content = _stream(twice, b"/Filter[/FlateDecode/FlateDecode]")
    return pdf([_CATALOG, _pages(b"3 0 R", 1), _PAGE % b"", _FONT, content]), PDF


def _pdf_nested(chance: Chance, size: float) -> tuple[bytes, str]:
    """Arrays, dictionaries or brackets very deep within each other."""
    opened = chance.choice((b"[", b"<<", b"<</a ", b"(", b"[<</a"))
    deep = opened * _times(500_000, size)
    if chance.random() < 0.5:
        return _good_pdf(deep + _SHOWN), PDF
    return pdf([_CATALOG, _pages(b"3 0 R", 1), _PAGE % b"/X 6 0 R", _FONT, _stream(_SHOWN), deep]), PDF


def _pdf_form(chance: Chance, size: float) -> tuple[bytes, str]:
    """Forms that draw forms: themselves, or each of them the next one many times."""
    levels, times = chance.choice(((1, 1), (1, 50), (_times(2_000, size), 1), (9, _times(12, size))))
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>/XObject<</N %d 0 R>>>>"
    last = 6 if levels == 1 else 5 + levels
    forms = [_stream(b"/N Do " * times + _SHOWN, form % min(7 + level, last)) for level in range(levels)]
    page = _PAGE % b"/XObject<</N 6 0 R>>"
    return pdf([_CATALOG, _pages(b"3 0 R", 1), page, _FONT, _stream(b"/N Do"), *forms]), PDF


def _pdf_references(chance: Chance, size: float) -> tuple[bytes, str]:
    """Objects that refer to themselves or round in a ring, in odd places."""
    ring = chance.choice((b"6 0 R", b"7 0 R"))
    length = b"<</Length 6 0 R>>stream\n" + _SHOWN + b"\nendstream"
    objects = [_CATALOG, _pages(b"3 0 R", 1), _PAGE % b"", _FONT, length, ring, b"6 0 R"]
    objects[chance.randrange(5)] = ring
    return pdf(objects) + b"%" * _times(1_000_000, size), PDF


def _pdf_cross(chance: Chance, size: float) -> tuple[bytes, str]:
    """Cross-reference tables that lead to themselves, are huge, or lie."""
    most = _times(400_000, size)
    cross = chance.choice(
        (
            b"xref\n0 %d\n" % 2**31 + b"0000000009 00000 n \n" * most,
            b"xref\n" + b"0 1\n0000000009 00000 n \n" * most,
            b"xref\n0 1\n0000000009 65535 f \ntrailer<</Prev 9/XRefStm 9>>\n" * (most // 50 + 1),
            b"rubbish",
        )
    )
    before = len(_good_pdf()) - 300
    trailer = f"/Root 1 0 R/Prev {chance.choice((before, 9, 0, 10**12))}"
    return pdf(
        [_CATALOG, _pages(b"3 0 R", 1), _PAGE % b"", _FONT, _stream(_SHOWN)], trailer, cross=cross
    ), PDF


def _pdf_object_stream(chance: Chance, size: float) -> tuple[bytes, str]:
    """A stream of very many objects, or one that holds itself."""
    count = _times(100_000, size)
    numbers = b" ".join(b"%d %d" % (number + 20, 2 * number) for number in range(count))
    data = numbers + b" " + b"1 " * count
    more = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (
        chance.choice((count, 2**31 - 1)),
        len(numbers),
    )
    if chance.random() < 0.3:
        more += b"/Extends 6 0 R"
    held = _stream(zlib.compress(data), more)
    return pdf([_CATALOG, _pages(b"3 0 R", 1), _PAGE % b"", _FONT, _stream(_SHOWN), held]), PDF


def _pdf_encrypted(chance: Chance, size: float) -> tuple[bytes, str]:
    """Encrypted, or only said to be."""
    strong = chance.choice((1, 2, 4, 5, 99))
    secret = (
        f"/Encrypt<</Filter/Standard/V {strong}/R {strong}/P -4/O<{'00' * 32}>/U<{'00' * 32}>/Length 128>>"
    )
    objects = [_CATALOG, _pages(b"3 0 R", 1), _PAGE % b"", _FONT, _stream(_SHOWN * _times(10_000, size))]
    return pdf(objects, f"/Root 1 0 R/ID[<00><00>]{secret}"), PDF


def _pdf_font(chance: Chance, size: float) -> tuple[bytes, str]:
    """A font whose map of signs to letters is huge, or gives a book for each letter."""
    times = _times(100_000, size)
    long = b"0041" * chance.choice((1, 9, 500))
    rows = b"".join(
        b"<%02x> <%b>\n" % (number % 256, long) for number in range(min(times, 2_000_000 // len(long)))
    )
    chars = b"/CIDInit /ProcSet findresource begin begincmap %d beginbfchar\n%bendbfchar endcmap end" % (
        times,
        rows,
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    shown = _stream(_SHOWN * _times(5_000, size))
    return pdf([_CATALOG, _pages(b"3 0 R", 1), _PAGE % b"", font, shown, _stream(chars)]), PDF


def _pdf_text(chance: Chance, size: float) -> tuple[bytes, str]:
    """Very much text on few pages, in order or on top of itself."""
    step = chance.choice(
        (b"(a) Tj ", b"(We will not sell it. ) Tj T* ", b"0 0 Td (a) Tj ", b"1 0 0 1 9 9 Tm (ab) Tj ")
    )
    return _good_pdf(b"BT /F 9 Tf 14 TL " + step * (_times(4_000_000, size) // len(step)) + b"ET"), PDF


_SINGLE: dict[str, tuple[int, Make]] = {
    "attributes of one element": (10, _attributes),
    "a great attribute": (10, _great_attribute),
    "a great name": (10, _great_tag),
    "never closed": (30, _never_closed),
    "encodings that lie": (30, _encoded),
    "broken bytes": (20, _broken_bytes),
    "random bytes": (25, _random_bytes),
    "soup of tags": (20, partial(_soup, HTML)),
    "soup of marks": (10, partial(_soup, MARKDOWN)),
    "soup as text": (10, partial(_soup, PLAIN)),
    "a page with changed bytes": (89, partial(_mutated, PAGE.encode(), HTML)),
    "a page cut off": (20, _cut),
    "XML entities": (20, _xml),
    "PDF: changed bytes": (40, partial(_mutated, _good_pdf(), PDF)),
    "PDF: pages": (10, _pdf_page_bomb),
    "PDF: a tree of pages": (10, _pdf_tree),
    "PDF: deflated": (12, _pdf_deflated),
    "PDF: nested": (12, _pdf_nested),
    "PDF: forms": (12, _pdf_form),
    "PDF: references": (10, _pdf_references),
    "PDF: cross-references": (12, _pdf_cross),
    "PDF: object streams": (10, _pdf_object_stream),
    "PDF: encrypted": (8, _pdf_encrypted),
    "PDF: fonts": (10, _pdf_font),
    "PDF: text": (10, _pdf_text),
}
_EACH = 5  #: sizes of what is only repeated
FAMILIES: dict[str, tuple[int, Make]] = {
    **{name: (_EACH, partial(_repeated, *how)) for name, how in _REPEATED.items()},
    **{name: (_EACH, partial(_numbered, *how)) for name, how in _NUMBERED.items()},
    **{name: (_EACH, partial(_closed, *how)) for name, how in _CLOSED.items()},
    **{name: (_EACH, partial(_text, MARKDOWN, *how)) for name, how in _MARKDOWN.items()},
    **{name: (_EACH, partial(_text, PLAIN, *how)) for name, how in _PLAIN.items()},
    **_SINGLE,
}
