"""Which statements of a page are kept between looks: a few to quote, and those that may name their end.

To find every statement of a page takes longer than all else that a check does with it. So paragraphs are read
by themselves, few of them, and only where their words give a reason to.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from monitor.compare import statements_in
from monitor.lexicon import Lexicon
from monitor.model import Document, Segment, Statement
from monitor.segment import fold

QUOTED_AT_MOST = 5  #: statements that protect, the first that are found
READ_AT_MOST = 8  #: paragraphs that name the subject, the first of a page
DATED_AT_MOST = 20  #: paragraphs that name the subject and a year

_YEAR = re.compile(r"\b20[0-9]{2}\b")


def worth_keeping(document: Document, lexicon: Lexicon) -> tuple[Statement, ...]:
    """Statements in the order of the page; one may come twice."""
    return (*islice(_to_quote(document, lexicon), QUOTED_AT_MOST), *_dated(document, lexicon))


def _to_quote(document: Document, lexicon: Lexicon) -> Iterator[Statement]:
    """Those that protect and name their technology themselves."""
    for segment in islice(_about(document.segments, lexicon), READ_AT_MOST):
        yield from (one for one in _alone(document, segment, lexicon) if one.protects and not one.carried)


def _dated(document: Document, lexicon: Lexicon) -> Iterator[Statement]:
    dated = (segment for segment in document.segments if _YEAR.search(segment.text))
    for segment in islice(_about(dated, lexicon), DATED_AT_MOST):
        yield from _alone(document, segment, lexicon)


def _about(segments: Iterable[Segment], lexicon: Lexicon) -> Iterator[Segment]:
    """Those that name a technology, themselves or by what stands right above them."""
    for one in segments:
        above = (*one.headings[-1:], *one.lead_ins)
        if lexicon.may_name_subject(fold(" ".join((*above, one.text)))):
            yield one


def _alone(document: Document, segment: Segment, lexicon: Lexicon) -> tuple[Statement, ...]:
    return statements_in(Document((segment,), language=document.language), lexicon)
