"""HTML → Document: one walk over the tree that lexbor builds, without recursion."""

from collections.abc import Iterator, Sequence
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.errors import ExtractError
from monitor.extract.bounds import refuse_hostile
from monitor.extract.dialects import as_html
from monitor.extract.encoding import tidy
from monitor.extract.links import Links
from monitor.extract.ordinals import shape
from monitor.extract.outline import BOLD_LEVEL, Outline
from monitor.model import Document

MAX_NODES = 1_000_000  #: real pages have some thousand

_HIDDEN = '[hidden]:not([hidden="until-found" i])'
_DROPPED_TAGS = """
    audio canvas datalist embed frameset head iframe noembed noframes noscript object picture script select
    style svg template textarea video"""
_BLOCK_TAGS = """
    address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li main menu nav ol
    p pre search section summary table tbody td tfoot th thead tr ul"""
_SECTION_TAGS = "article aside details dialog footer form header hr main nav section"
_DROPPED = frozenset(_DROPPED_TAGS.split())
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_SECTIONS = frozenset(_SECTION_TAGS.split())
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_KINDS = {"li": "item", "dd": "item", "dt": "item", "blockquote": "quote", "td": "cell", "th": "cell"}
_BOLD = frozenset({"b", "strong"})
_BREAK = "\x1e"  # a <br> inside collected text; str.split() would take it for a blank
_BREAKS_AFTER = (".", ":", ";", "?", "!")
_TITLE_WORDS = 10  # a line in bold longer than this is a sentence, not a title
_NOTE_MARKS = frozenset("0123456789*†‡§[]()")
_NOTE_NODES = 20  # in such a mark; more is text
_NEAR_END = 2_048  # characters
_END = "pledgewatch-end"  # an element of our own, after the markup: it says where the markup led the parser


def read(markup: str, *, select: Sequence[str] = (), remove: Sequence[str] = ()) -> Document:
    """The document of an HTML page; only what `select` matches, nothing of what `remove` matches.

    Raises ExtractError: empty (a selector matches nothing), too_large (a tree beyond our limits),
    unparseable (no memory for the tree).
    """
    markup = as_html(markup)
    refuse_hostile(markup)
    tree, is_open = _tree(markup)
    hidden = [_HIDDEN] if "hidden" in markup else []
    dropped = _matches(tree, [*remove, *hidden])
    chosen = _matches(tree, select)
    if select and not chosen:
        raise ExtractError("empty", f"nothing on the page matches select = {list(select)}")
    walk = _Walk()
    root = tree.root
    if root is not None:
        walk.read(root, chosen or {root.mem_id}, dropped)
    return Document(
        tuple(walk.outline.segments),
        _title(tree),
        _language(tree),
        has_end=is_open and _ends(markup),
        links=walk.links.found,
    )


def selector_problem(selector: str) -> str:
    """What is wrong with a CSS selector, as one sentence; "" when it is good."""
    try:
        LexborHTMLParser("<p>").css(selector)
    except SelectolaxError:
        return f"{selector!r} is not a CSS selector that we can follow"
    return ""


def _tree(markup: str) -> tuple[LexborHTMLParser, bool]:
    """The tree, and whether the markup ended where text would have been read.

    It did not where it ends within a comment, a tag, a script or a template: what stands there is lost, or
    what would have followed is. The parser itself knows best, so it is given one more element to place.
    """
    try:
        tree = LexborHTMLParser(f"{markup}<{_END}>")
        end = tree.css_first(_END)
        if end is not None:
            return tree, not any(node.tag in _DROPPED for node in _around(end))
        return LexborHTMLParser(markup), False
    except SelectolaxError:
        raise ExtractError("unparseable", "the HTML parser found no memory for the page") from None


def _around(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        yield node
        node = node.parent


def _ends(markup: str) -> bool:
    """True where "</html>" stands near the end, or no text stands after it."""
    start = markup.lower().rfind("</html")
    return start >= 0 and (len(markup) - start <= _NEAR_END or not _holds_text(markup[start:]))


def _holds_text(markup: str) -> bool:
    root, walk = LexborHTMLParser(markup).root, _Walk()
    if root is not None:
        walk.read(root, {root.mem_id}, set())
    return bool(walk.outline.segments)


def _matches(tree: LexborHTMLParser, selectors: Sequence[str]) -> set[int]:
    try:
        return {node.mem_id for selector in selectors for node in tree.css(selector)}
    except SelectolaxError:
        raise ExtractError("unsupported", f"one of the selectors {list(selectors)} is not good CSS") from None


def _title(tree: LexborHTMLParser) -> str:
    title = tree.css_first("head > title")
    return tidy(" ".join(title.text().split())) if title is not None else ""


def _language(tree: LexborHTMLParser) -> str:
    html = tree.css_first("html")
    return ((html.attributes.get("lang") if html is not None else "") or "").strip()


class _Walk:
    """The state of one walk: the text of the block being read, and what encloses it."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.links = Links()
        self._parts: list[str] = []
        self._kinds = ["paragraph"]
        self._terms: list[bool] = []  # for each open dl: does a dt wait for its dd?
        self._level = 0  # of the heading we are in
        self._after_link = False
        self._bold = self._pre = 0  # how many such elements we are in
        self._plain = self._quoted = False  # does the block hold text that is not bold; a q?

    def read(self, root: LexborNode, chosen: set[int], dropped: set[int]) -> None:
        """Walk the tree; read what lies inside `chosen` and outside `dropped` (ids of nodes)."""
        inside = 0
        for node, entering in _steps(root, dropped):
            tag = node.tag or ""
            is_chosen = node.mem_id in chosen if chosen else False
            if entering:
                inside += is_chosen
            if inside and tag == "-text":
                self._text(node.text_content or "")
            elif inside:
                self._enter(tag) if entering else self._leave(tag)
                if tag == "a" and entering:
                    self.links.add(node.attributes.get("href"))
            if not entering and is_chosen:
                inside -= 1
                self._flush()

    # ------------------------------------------------------------------ elements

    def _enter(self, tag: str) -> None:
        if tag == "br":
            self._parts.append(_BREAK)
        elif tag in _BLOCKS:
            self._flush()
            self._open_block(tag)
        elif tag in _BOLD:
            self._bold += 1
        elif tag == "a" and self._after_link:
            self._parts.append(" ")  # links in a row: drawn apart, written together
        elif tag == "q":
            self._parts.append("“")
            self._quoted = True

    def _leave(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
            self._close_block(tag)
        elif tag in _BOLD:
            self._bold -= 1
        elif tag == "q":
            self._parts.append("”")
        self._after_link = tag == "a"

    def _open_block(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._level = _HEADINGS[tag]
        elif tag in _SECTIONS:
            self.outline.section()
        elif tag in _LISTS or tag == "dl":
            self.outline.open_list()
            if tag == "dl":
                self._terms.append(False)
        elif tag == "table":
            self.outline.open_table()
        elif tag == "tr":
            self.outline.open_row()
        elif tag == "pre":
            self._pre += 1
        if tag in _KINDS:
            self._open_kind(tag)

    def _open_kind(self, tag: str) -> None:
        self._kinds.append(_KINDS[tag])
        if tag == "dt":
            self._end_term()
        if tag in ("li", "dt", "dd"):
            self.outline.open_item()

    def _close_block(self, tag: str) -> None:
        if tag in _KINDS:
            self._kinds.pop()
        if tag in _HEADINGS:
            self._level = 0
        elif tag in _SECTIONS:
            self.outline.section()
        elif tag in _LISTS or tag in ("dl", "table"):
            self._close_list(tag)
        elif tag in ("td", "th"):
            self.outline.close_cell(is_header=tag == "th")
        elif tag == "tr":
            self.outline.close_row()
        elif tag == "dt":
            self._start_term()
        elif tag == "pre":
            self._pre -= 1

    # ------------------------------------------------------------------ lists

    def _close_list(self, tag: str) -> None:
        if tag == "dl":
            self._end_term()
            self._terms.pop()
        self.outline.close_list()

    def _start_term(self) -> None:
        if self._terms:
            self.outline.open_list()
            self._terms[-1] = True

    def _end_term(self) -> None:
        if self._terms and self._terms[-1]:
            self.outline.close_list()
            self._terms[-1] = False

    # ------------------------------------------------------------------ text

    def _text(self, text: str) -> None:
        self._after_link = False
        if self._pre:
            text = text.replace("\n", _BREAK)
        self._parts.append(text)
        if not self._bold and not self._plain:
            self._plain = not text.isspace()

    def _flush(self) -> None:
        """The block ends here: hand its text on."""
        if not self._parts:
            return
        text = "".join(self._parts)
        is_title = not self._plain and self._kinds[-1] == "paragraph"
        is_quoted, self._quoted, self._plain = self._quoted, False, False
        self._parts.clear()
        if self._level:
            self._heading(self._level, text)
        elif is_title and _is_title(text):
            self._heading(BOLD_LEVEL, text)
        else:
            for piece in _pieces(text):
                self.outline.block(piece, "quote" if is_quoted and _is_quote(piece) else self._kinds[-1])

    def _heading(self, level: int, text: str) -> None:
        words = " ".join(text.replace(_BREAK, " ").split())
        if words:
            self.outline.heading(level, words)


def _steps(root: LexborNode, dropped: set[int]) -> Iterator[tuple[LexborNode, bool]]:
    """(node, True) where an element or text begins, (node, False) where an element ends."""
    node: LexborNode | None = root
    count = 0
    while node is not None:
        count += 1
        if count > MAX_NODES:
            raise ExtractError("too_large", f"the page has more than {MAX_NODES:,} elements")
        child = None
        if not (node.tag in _DROPPED or (dropped and node.mem_id in dropped) or _is_note_mark(node)):
            yield node, True
            child = node.first_child
            if child is None and node.is_element_node:
                yield node, False
        while child is None and node is not None:
            child = node.next
            if child is None:
                node = node.parent
                if node is not None:
                    yield node, False
        node = child


def _is_note_mark(node: LexborNode) -> bool:
    """True for the raised number of a footnote: <sup>[3]</sup>, but not the 2 of <sup>nd</sup>."""
    if node.tag != "sup":
        return False
    inside = list(islice(_inside(node), _NOTE_NODES + 1))
    mark = "".join((inner.text_content or "").strip() for inner in inside if inner.tag == "-text")
    return len(inside) <= _NOTE_NODES and len(mark) <= 5 and _NOTE_MARKS.issuperset(mark)


def _inside(node: LexborNode) -> Iterator[LexborNode]:
    waiting = [node.first_child]
    while waiting:
        inner = waiting.pop()
        if inner is not None:
            yield inner
            waiting += [inner.next, inner.first_child]


def _pieces(text: str) -> Iterator[str]:
    """The segments of one block: <br> splits where two stand together, a sentence ends or an item begins."""
    piece: list[str] = []
    for line in text.split(_BREAK):
        line = " ".join(line.split())
        if piece and (not line or piece[-1].endswith(_BREAKS_AFTER) or shape(line)):
            yield " ".join(piece)
            piece = []
        if line:
            piece.append(line)
    if piece:
        yield " ".join(piece)


def _is_title(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= _TITLE_WORDS and not words[-1].endswith((".", ":", ";", ",", "!", "—"))


def _is_quote(piece: str) -> bool:
    return piece.startswith("“") and piece.endswith("”") and piece.count("“") == 1
