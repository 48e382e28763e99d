"""What a dossier is made of. Times are aware UTC, days are UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.marks import Marks
from app.proof import PageProof, Period
from monitor.documented import Documented
from monitor.ledger import Commitment, Step
from monitor.ledger.differing import Differing, Wording
from monitor.model import Alert, Organization, Tracked
from monitor.replies import Reply
from monitor.scorecard import Score, State
from monitor.strength import Strength

__all__ = ["Change", "Dossier", "Entry", "Evidence", "Head", "Period", "Proof", "Question", "Waiting"]

#: Where words were cited from: (page id, the words, fetch id). What no snapshot of ours holds has
#: ("documented:<id>", the words, 0), or ("reply:<its number among the replies>", the words, 0).
Place = tuple[str, str, int]


class Proof(StrEnum):
    """What came of looking a quote up again in the snapshot that it is from."""

    VERBATIM = "verbatim"  #: the bytes are what their SHA-256 says, and the words stand in their text
    DAMAGED = "damaged"  #: the bytes are missing, or not what their SHA-256 says
    UNREAD = "unread"  #: no text could be read in the bytes
    OTHER_TEXT = "other_text"  #: the bytes are whole; the words are not in the text as it is read today
    NO_SNAPSHOT = "no_snapshot"  #: known from others: its sources stand for it


@dataclass(frozen=True, slots=True)
class Evidence:
    """One quote with its number. page_id: "" where it stands on no page we watch; then sources say where.

    above: the sentences before its words that end its context, where these are needed to understand them;
    under: of the lines that govern the words those that decide what they mean.

    fetch_id, captured_at, body_sha256, text_sha256, archive_url: of the snapshot in which it was looked up;
    text_sha256: of its text as read today, "" where there is none.
    """

    number: int
    quote: str
    context: tuple[str, ...]
    strength: Strength
    proof: Proof
    page_id: str = ""
    url: str = ""
    fetch_id: int = 0
    captured_at: datetime | None = None
    body_sha256: str = ""
    text_sha256: str = ""
    archive_url: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    sources: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The headings and lines that govern its words."""
        return self.context[: len(self.context) - len(self.above)]


@dataclass(frozen=True, slots=True)
class Change:
    """An alert of the period. numbers: of the quotes before and after, for each of its findings; 0: none."""

    alert: Alert
    marks: Marks
    numbers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that was seen in the period and is not confirmed. numbers: as of Change."""

    page_id: str
    tracked: Tracked
    numbers: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A commitment of the ledger. strength: of the place of its newest wording; number: of that wording.

    steps: each with the number of its words, 0 where they left. unread: why the page of that wording could
    not be read when somebody looked last, "" where it could. under: the lines that decide what it means.
    """

    commitment: Commitment
    strength: Strength
    number: int
    steps: tuple[tuple[Step, int], ...]
    unread: str = ""
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One open question. asks: ids of those that it is about; text: all of it, plain, with the quote in it.

    quote: the organization's words that it is about, or ""; number: of its evidence.
    """

    asks: tuple[str, ...]
    state: State
    text: str
    quote: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of the hash chain: it stands for all that was recorded so far."""

    link: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of it. as_of: the last look or check that the store knows; the ledger and the scores are of then.

    is_watched: whether it is on the watchlist. checks: how often any page of it was asked for in the period.
    imported: how many captures of its pages that others took in the period were imported.
    numbers: place → number of its evidence, for the quotes within scores and wordings.
    """

    organization: Organization
    period: Period
    as_of: datetime | None
    parent: str = ""  #: by name
    is_watched: bool = True
    changes: tuple[Change, ...] = ()
    left_out: int = 0  #: changes of the period beyond those above
    imported: int = 0
    waiting: tuple[Waiting, ...] = ()
    commitments: tuple[Entry, ...] = ()
    documented: tuple[Documented, ...] = ()
    scores: tuple[Score, ...] = ()
    differing: tuple[Differing, ...] = ()
    questions: tuple[Question, ...] = ()
    replies: tuple[Reply, ...] = ()
    coverage: tuple[PageProof, ...] = ()
    limits: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    head: Head | None = None
    roles: Mapping[str, str] = field(default_factory=dict)  #: page id → role
    numbers: Mapping[Place, int] = field(default_factory=dict)

    @property
    def checks(self) -> int:
        """How often its pages were read, or asked for in vain, in the period."""
        return sum(one.read.count + one.failed for one in self.coverage)

    def evidence_of(self, number: int | None) -> Evidence | None:
        """The quote of this number; None where there is none."""
        return next((one for one in self.evidence if one.number == number), None)

    def number_of(self, wording: Wording) -> int | None:
        """The number of a wording's evidence; None where it is the sense alone."""
        if not wording.page_id:
            return self.numbers.get((f"documented:{wording.key}", wording.quote, 0))
        for one in self.commitments:
            if wording.key in one.commitment.keys and wording.quote == one.commitment.saying.quote:
                return one.number
        return None
