"""What an ask is about, and what each of its parts wants to hear, by slots: data of config/asks.toml."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.model import FindingKind, Stance


@dataclass(frozen=True, slots=True)
class About:
    """By slots, which statements an ask is about; an empty slot asks for nothing. Ids of config/lexicon."""

    kinds: frozenset[FindingKind] = frozenset()
    stances: frozenset[Stance] = frozenset()
    bearers: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  #: one of these stands in the quote, in any case
    everyone: bool = False  #: also a refusal or limit that names no party: what holds for all holds for them


class Lens(StrEnum):
    """Whose question it is; states of several lenses are never mixed."""

    SEED_LETTER = "seed_letter"
    INVESTOR = "investor"
    UNGP = "ungp"
    OECD = "oecd"
    RDR = "rdr"
    WEF = "wef"
    EU_AI_ACT = "eu_ai_act"
    OTHER = "other"  #: asks of a home's own that name none


class State(StrEnum):
    """How one part of an ask is met."""

    MET = "met"
    PARTIAL = "partial"
    UNMET = "unmet"  #: every page that could say it was read, and none does
    REGRESSED = "regressed"  #: it said so, or more, before
    UNKNOWN = "unknown"  #: a page that could say it is gone, blocked or was never read; or none is watched


@dataclass(frozen=True, slots=True)
class Shown:
    """An example that the tests run: sentences that stand on one page, and how the part is met then."""

    says: tuple[str, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Scope:
    """One part of an ask. An empty slot asks for nothing; ids are those of config/lexicon.

    A statement covers the part where stances, bearers, actions, technologies and words fit. It does so in
    part only where it has a limit: a condition, an end, an exception, or less than the slots here name.
    """

    name: str = ""  #: "sell", "police"; "" where the ask has one part
    stances: frozenset[Stance] = frozenset({Stance.REFUSES, Stance.WITHDRAWS, Stance.LIMITS})
    bearers: frozenset[str] = frozenset({"", "company"})
    actions: frozenset[str] = frozenset()  #: "" among them: also where no action is named
    named: frozenset[str] = frozenset()  #: of the actions, those that count only where a party is named
    technologies: frozenset[str] = frozenset()
    related: frozenset[str] = frozenset()  #: technologies that cover it in part …
    hints: frozenset[str] = frozenset()  #: … with one of these words, where there are any
    parties: frozenset[str] = frozenset()  #: a statement names one of these, or nobody: it holds for all
    narrower: frozenset[str] = frozenset()  #: parties that cover it in part
    purposes: frozenset[str] = frozenset()  #: that are no limit
    places: frozenset[str] = frozenset()  #: that are no limit
    terms: frozenset[str] = frozenset({"", "permanent"})  #: ends that are no limit
    words: frozenset[str] = frozenset()  #: one of these stands in the quote, or it says nothing of this
    in_full: frozenset[str] = frozenset()  #: one of these stands in the quote, or it covers it in part
    wanted: str = ""  #: what those words say, after "it does not say "
    where: frozenset[str] = frozenset()  #: words for this part: where those of other parts stand alone …
    despite: frozenset[str] = frozenset()  #: a condition, exception or end of just these words is no limit …
    fillers: frozenset[str] = frozenset()  #: … whatever of these words (and articles) stands among them
    lesser: frozenset[str] = frozenset()  #: of the bearers, those whose words cover it in part
    against: frozenset[str] = frozenset()  #: actions that, done or allowed, say the contrary of it
    judged: frozenset[str] = frozenset()  #: words with which a person has to judge; with those of the file
    switches: frozenset[str] = frozenset()  #: cues that tell of a setting; with those of the file
    neutral: frozenset[str] = frozenset()  #: words that change nothing; with those of the file
    narrowing: frozenset[str] = frozenset()  #: words that make a pledge narrower; with those of the file
    whole: frozenset[str] = frozenset()  #: phrases of the file whose words narrow nothing: "in any country"
    everyone: frozenset[str] = frozenset()  #: words of the file for anybody: "everyone"
    for_us: frozenset[str] = frozenset()  #: words of the file for what others do in one's place
    examples: tuple[Shown, ...] = ()
