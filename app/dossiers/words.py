"""What the values of a dossier are called where people read them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from alerts.corrections import SAYINGS
from alerts.looks import LOOKS
from app.dossiers.dossier import Dossier, Proof
from app.dossiers.limits import DAMAGED
from app.marks import Marks
from monitor.asks import Lens
from monitor.ledger import BACK, SEEN, Status, Step
from monitor.model import Direction, FindingKind
from monitor.strength import Strength

STATUSES = {
    Status.STANDING: "standing",
    Status.LAPSING: "ends soon by its own words",
    Status.LAPSED: "ended by its own words",
    Status.WITHDRAWN: "no longer on the page we watch",
    Status.RELOCATED: "on another page now",
    Status.REWORDED: "reads otherwise now",
    Status.UNSEEN: "not seen any more, without a confirmed change",
    Status.UNBELIEVED: "seen, and never confirmed",
}
#: What stands, then what does not, then what we only saw.
ORDER = tuple(STATUSES)
STRENGTHS = {
    Strength.COURT_ORDER: "court order",
    Strength.STATUTE: "statute",
    Strength.CONTRACT_TERMS: "contract terms",
    Strength.POLICY: "policy",
    Strength.PUBLIC_STATEMENT: "public statement",
    Strength.PRESS_REPLY: "reply to others",
}
LENSES = {
    Lens.SEED_LETTER: "Letter of civil society",
    Lens.INVESTOR: "Investors",
    Lens.UNGP: "UN Guiding Principles",
    Lens.OECD: "OECD Guidelines",
    Lens.RDR: "Ranking Digital Rights",
    Lens.WEF: "World Economic Forum",
    Lens.EU_AI_ACT: "EU AI Act",
    Lens.OTHER: "Other asks",
}
_STEPS = {
    SEEN: "first seen on this page",
    BACK: "seen on this page again",
    FindingKind.INTRODUCED: "new on the page",
    FindingKind.WITHDRAWN: "no longer on the page",
    FindingKind.SCOPE: "changed in what it covers",
    FindingKind.EXCEPTION: "changed in its exceptions",
    FindingKind.CONDITION: "changed in its conditions",
    FindingKind.TERM: "changed in its time limit",
    FindingKind.FORCE: "changed in how firmly it is worded",
    FindingKind.BEARER: "changed in whom it binds",
    FindingKind.REVERSED: "may say the opposite now",
    FindingKind.RELOCATED: "on another page now",
    FindingKind.REWORDED: "in other words",
    FindingKind.MOVED: "in another place",
}
#: What no change was told of, on a page on which it was seen before.
_SAME_WORDS, _OTHER_WORDS = "the same words, below other lines", "seen in other words"


def step_said(step: Step, before: Sequence[Step] = ()) -> str:
    """What happened, in a few words. before: the steps before it in its line."""
    here = [one for one in before if one.page_id == step.page_id and one.quote]
    if step.kind != SEEN or not here:
        return _STEPS.get(step.kind, step.kind)
    return _SAME_WORDS if any(one.quote == step.quote for one in here) else _OTHER_WORDS


def kind_said(kind: FindingKind) -> str:
    """What a finding says, in a few words."""
    return _STEPS[kind]


def direction_said(direction: str) -> str:
    """ "weaker", or "" where there is none."""
    return LOOKS[Direction(direction)].word.lower() if direction else ""


def when(at: datetime | None) -> str:
    """ "2026-11-22 06:02 UTC", or ""."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def day(at: datetime | None) -> str:
    """ "2026-11-22", or ""."""
    return f"{at:%Y-%m-%d}" if at else ""


def marks_said(marks: Marks) -> str:
    """What keeps a change from being told as it stands, and what a person made of it; "" for nothing."""
    return "; ".join(_marks(marks))


def _marks(marks: Marks) -> Iterator[str]:
    if marks.taken_back:
        yield f"taken back on {day(marks.taken_back.at)}"
    if marks.early:
        yield marks.early.value
    if marks.judged:
        note = f" ({marks.judged.note})" if marks.judged.note else ""
        yield f"judged by {marks.judged.author}: {SAYINGS[marks.judged.verdict].rstrip('.')}{note}"
    if marks.held:
        yield "held for a person, since much changed at once"
    if marks.muted:
        yield f"muted by {marks.muted.author}: {marks.muted.reason}"


class Marker:
    """Points to the evidence: "E12", and says where it is damaged."""

    def __init__(self, dossier: Dossier) -> None:
        self._proofs = {one.number: one.proof for one in dossier.evidence}

    def __call__(self, number: int | None) -> str:
        """ "E12", "E12, evidence damaged", or "" for no number."""
        if not number:
            return ""
        return f"E{number}, {DAMAGED}" if self._proofs.get(number) is Proof.DAMAGED else f"E{number}"

    def all(self, numbers: Iterable[int | None]) -> str:
        """Several of them, each once."""
        return "; ".join(dict.fromkeys(self(one) for one in numbers if one))
