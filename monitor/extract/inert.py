"""An HTML page made harmless to look at: its words and their shape, nothing that acts, loads or leads away.

The page is written anew from its tree: only elements and attributes that are known to do nothing are kept,
and all text is escaped. Whoever shows it forbids scripts and the network besides: this is one wall of two.
"""

import re
from collections.abc import Iterator
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.errors import ExtractError
from monitor.extract.bounds import refuse_hostile
from monitor.extract.dialects import as_html
from monitor.extract.html import MAX_NODES

_KEPT_TAGS = """
    a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del
    details dfn dialog dir div dl dt em fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr
    i img ins kbd label legend li main mark menu nav ol p pre q rp rt ruby s samp search section small span
    strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"""
_GONE_TAGS = """
    applet audio base canvas datalist embed frame frameset head iframe input link math meta meter noembed
    noframes noscript object param picture plaintext progress script select source style svg template textarea
    title track video xmp"""
_KEPT = frozenset(_KEPT_TAGS.split())  # of any other element, what it holds is kept
_GONE = frozenset(_GONE_TAGS.split())  # with all that they hold
_EMPTY = frozenset({"br", "col", "hr", "img", "wbr"})
_KEPT_ATTRIBUTES = "alt class colspan dir hidden lang open reversed rowspan span start style title"
_ATTRIBUTES = frozenset(_KEPT_ATTRIBUTES.split())
_ACTS = re.compile(r"url|\\|image|src|expression|behavior|binding|<|/\*", re.IGNORECASE)
#: An @ that only says when rules count. Neither a quotation mark nor another @ is in it: nothing hides there.
_CONDITION = re.compile(r"@(?:media|supports)\b[\w\s(),:.>=-]{1,200}\{", re.IGNORECASE)
_STYLES_AT_MOST = 500_000  # characters


def inert(markup: str) -> str:
    """A whole HTML page with the words of this one. No address of it is left, but as text.

    Raises ExtractError: too_large (a tree beyond our limits), unparseable.
    """
    markup = as_html(markup)
    refuse_hostile(markup)
    try:
        tree = LexborHTMLParser(markup)
    except SelectolaxError:
        raise ExtractError("unparseable", "the HTML parser found no memory for the page") from None
    body = tree.body
    words = "".join(_written(body)) if body is not None else ""
    head = f'<meta charset="utf-8"><style>{_styles(tree)}</style>'
    return f"<!doctype html><html><head>{head}</head><body>{words}</body></html>"


def _styles(tree: LexborHTMLParser) -> str:
    """The page's own rules, but for each sheet that may load something, or might be read otherwise.

    In a drawing or a formula another syntax holds (what is "&lt;" there is "<"): none is taken from it.
    """
    foreign = {node.mem_id for node in tree.css("svg style, math style")}
    sheets = [node.text(deep=True) for node in tree.css("style") if node.mem_id not in foreign]
    if sum(map(len, sheets)) > _STYLES_AT_MOST:
        return ""
    return "\n".join(sheet for sheet in sheets if _is_harmless(sheet))


def _is_harmless(sheet: str) -> bool:
    """Whether these rules only say how words look, in one pass over them."""
    places = (found.start() for found in re.finditer("@", sheet))
    return not _ACTS.search(sheet) and all(_CONDITION.match(sheet, place) for place in places)


def _written(root: LexborNode) -> Iterator[str]:
    """The children of this element as harmless markup."""
    for node, entering in _steps(root):
        tag = node.tag or ""
        if tag == "-text":
            yield escape(node.text_content or "", quote=False) if entering else ""
        elif tag in _KEPT and entering:
            yield f"<{tag}{''.join(_attributes(node))}>"
        elif tag in _KEPT and tag not in _EMPTY:
            yield f"</{tag}>"


def _attributes(node: LexborNode) -> Iterator[str]:
    for name, value in node.attributes.items():
        said = value or ""
        if name in _ATTRIBUTES and not (name == "style" and ("@" in said or _ACTS.search(said))):
            yield f' {name}="{escape(said)}"'


def _steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below this one, (node, True) on the way down and (node, False) on the way up again."""
    node, count = root.first_child, 0
    while node is not None:
        count += 1
        if count > MAX_NODES:
            raise ExtractError("too_large", f"the page has more than {MAX_NODES:,} elements")
        yield node, True
        child = None if node.tag in _GONE or node.tag == "-text" else node.first_child
        while child is None and node is not None:
            yield node, False
            child = node.next
            if child is None:
                node = node.parent
                if node is None or node.mem_id == root.mem_id:
                    return
        node = child
