"""What stands on a page, kept up to date with the text that we believe."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from monitor.check.worth import worth_keeping
from monitor.lexicon import Lexicon
from monitor.model import Document
from monitor.standing import found_by, next_day, standing_of
from monitor.store import Connection, standing
from monitor.store.findings import Baseline
from monitor.store.standing import OnPage

_DAY = timedelta(days=1)


def keep_standing(
    conn: Connection,
    page_id: str,
    baseline: Baseline,
    lexicon: Lexicon | None,
    program: str,
    text: Callable[[], Document | None],
) -> None:
    """Find the statements anew where the text is another one, or what finds them; else one small look.

    text: reads what we believe; where it finds none, and for a language without words, what is kept stays.
    """
    if lexicon is None:
        return
    words = found_by(lexicon, program)
    if standing.found(conn, page_id) == (baseline.text_sha256, words):
        return
    document = text()
    if document is not None:
        old = standing.of_page(conn, page_id)
        at = baseline.last_seen_at
        now = standing_of(worth_keeping(document, lexicon), old.statements if old else (), at, lexicon)
        day = next_day(now, _untold_from(old, at))
        standing.keep(conn, OnPage(page_id, baseline.text_sha256, words, now, day))


def _untold_from(old: OnPage | None, at: datetime) -> date:
    """From which day on nothing was told yet: what was due and is not told stays due."""
    today = at.astimezone(UTC).date()
    return min(old.next_day if old and old.next_day else date.max, today + _DAY)
