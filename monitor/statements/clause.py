"""One spelled sentence → what governs it and what only qualifies it.

Conditions, exceptions and "until …" never cancel a refusal: their words are set apart first, and the
cue that carries the force is looked for in what remains (the idea of ConText: Harkema et al. 2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.lexicon import Entry, Lexicon, Tag
from monitor.model import BINDING, CUE_GAP, SOFT, Stance
from monitor.statements.breaks import Breaks
from monitor.statements.qualifying import Qualifier, denials, is_exception, qualifiers

_LIFTED = ("lifted", "let_go")  #: the ids of the cues that end a refusal: "lifted our ban"
ENDING = "ending"  #: the id of the cues that end a ban where it is their subject, else what was done
LIFTING = "lifting"  #: … and of the verbs that end one named elsewhere in the sentence: "has expired"
_IMPERATIVE = 4  #: the force of "do not …" as an order
_BRACKET = 2  #: from "(" to its first word
_STRONGEST_FIRST = (
    Stance.REFUSES,
    Stance.LIMITS,
    Stance.WITHDRAWS,
    Stance.REQUIRES,
    Stance.ASPIRES,
    Stance.PERMITS,
    Stance.PROMISES,
    Stance.PRACTISES,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence taken apart. Offsets are characters of the spelled text."""

    own: str
    lead: str
    tags: tuple[Tag, ...]  #: of the sentence itself
    lead_tags: tuple[Tag, ...]
    heading_tags: tuple[Tag, ...]
    qualifiers: tuple[Qualifier, ...]
    lead_qualifiers: tuple[Qualifier, ...]  #: "Except for research, you may not use it to:"
    cue: Tag | None  #: what carries the force …
    cue_text: str  #: … and the spelled text that it stands in: own, lead or heading
    modal: Tag | None = None  #: the "may" of a "nobody may", where the cue is a bare negation
    is_double_negation: bool = False  #: "no customer to whom it does not apply"
    is_row: bool = False  #: a row of a table
    can_order: bool = False  #: its cue is one of those that forbid where they open a sentence: "do not"
    described: frozenset[Tag] = frozenset()  #: tags that only describe somebody: "who sells …"
    is_exempted: bool = False  #: the line above, or its own first words, take it out of what governs it

    @property
    def by_heading(self) -> bool:
        """Whether the force stands in the heading."""
        return self.cue is not None and self.cue_text not in (self.own, self.lead)

    @property
    def force(self) -> int:
        """0 to 4: a bare negation binds as its verb does."""
        if self.modal is not None:
            return self.modal.entry.negated
        if self.cue is None:
            return 0
        return _IMPERATIVE if self.is_imperative else self.cue.entry.force

    @property
    def is_imperative(self) -> bool:
        """ "Do not use it to …": a bare negation that opens the sentence, right before its verb."""
        if not self.can_order or self.cue is None or self.cue.start:
            return False
        tags = self.tags if self.cue_text == self.own else self.lead_tags
        return any(tag.list == "actions" and tag.start == self.cue.end + 1 for tag in tags)

    @property
    def words(self) -> str:
        """The words that carry the force, "" where none does."""
        parts = sorted((tag for tag in (self.cue, self.modal) if tag), key=lambda tag: tag.start)
        return CUE_GAP.join(self.cue_text[tag.start : tag.end] for tag in parts)

    @property
    def governed(self) -> Entry | None:
        """The act that the force is about: the first one after it, else the last one before it."""
        acts = [tag for tag in self.tags if tag.list == "actions" and not self.qualified(tag)]
        acts = [tag for tag in acts if tag not in self.described] or acts
        limit = self.cue.start if self.cue is not None and self.cue_text == self.own else 0
        after = [tag for tag in acts if tag.start >= limit]
        return after[0].entry if after else acts[-1].entry if acts else None

    @property
    def hangs(self) -> bool:
        """A list item whose line above says only "this includes …": what governs it stands further up."""
        points = any(tag.list == "anaphora" and tag.entry.id == "continues" for tag in self.lead_tags)
        return points and (self.cue is None or self.by_heading)

    def illustrates(self, tag: Tag) -> bool:
        """Whether a tag stands in brackets that give examples: "(for example streets and shops)"."""
        opening = self.own.rfind("(", 0, tag.start)
        if opening < 0 or self.own.find(")", opening, tag.start) >= 0:
            return False
        inside = (other for other in self.tags if other.list == "examples" and other.start > opening)
        return any(other.start - opening <= _BRACKET for other in inside)

    def qualified(self, tag: Tag) -> bool:
        """Whether a tag stands inside a condition, an exception or an "until …"."""
        return any(q.start < tag.end and tag.start < q.end for q in self.qualifiers)


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above a sentence: the line that governs it, its headings ("" where there is none)."""

    line: str = ""
    title: str = ""
    exempts: bool = False  #: the list below the line names exceptions: "…, except for:"


def clause_of(own: str, found_tags: tuple[Tag, ...], above: Above, lexicon: Lexicon, kind: str) -> Clause:
    """Take a spelled sentence with its tags apart, below what stands above it."""
    lead, lead_tags = lexicon.frame(above.line)
    heading, heading_tags = lexicon.frame(above.title)
    tags = _without_names(_in_row(found_tags, kind))
    found = qualifiers(own, tags, lexicon)
    denied = denials(own, tags)
    tags = tuple(tag for tag in tags if tag not in denied)
    forces = _forces(lead_tags) if above.exempts else lead_tags
    frames = [(forces, lead), (_ruling(heading_tags) if kind == "item" else (), heading)]
    breaks = Breaks(own, lexicon)
    cue, cue_text = _governing(own, tags, frames, found, breaks, lexicon)
    governed = cue is None or cue_text is not own
    return Clause(
        own,
        lead,
        tags,
        lead_tags,
        heading_tags,
        found,
        qualifiers(lead, lead_tags, lexicon),
        cue,
        cue_text,
        modal=breaks.modal(cue, tags) if cue_text is own else None,
        is_row=kind == "cell",
        can_order=cue is not None and cue_text[cue.start : cue.end] in lexicon.imperatives,
        is_double_negation=kind != "cell" and breaks.is_double_negation(tags),
        described=frozenset(tag for tag in tags if breaks.describes(tag)),
        is_exempted=governed and (above.exempts or (cue is not None and is_exception(own, tags, lexicon))),
    )


def _forces(line_tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """What governs a line that lists exceptions: not the "permitted" of "except for these permitted uses"."""
    opening = min((tag.start for tag in line_tags if tag.list == "exceptions"), default=0)
    return tuple(
        tag
        for tag in line_tags
        if tag.list != "cues" or tag.start < opening or _stance(tag) is not Stance.PERMITS
    )


def _without_names(tags: tuple[Tag, ...]) -> tuple[Tag, ...]:
    """The "search" of "face search" is a name and no act."""
    names = [tag for tag in tags if tag.list == "technologies"]
    return tuple(
        tag
        for tag in tags
        if tag.list != "actions" or not any(n.start < tag.start and tag.end <= n.end for n in names)
    )


def _in_row(tags: tuple[Tag, ...], kind: str) -> tuple[Tag, ...]:
    """In a table, a cell such as "prohibited" carries the force."""
    if kind != "cell":
        return tags
    has_cue = any(tag.list == "cues" for tag in tags)
    return tuple(replace(tag, list="cues") if tag.list == "statuses" and not has_cue else tag for tag in tags)


def _governing(
    own: str,
    tags: Sequence[Tag],
    frames: Sequence[tuple[Sequence[Tag], str]],
    found: Sequence[Qualifier],
    breaks: Breaks,
    lexicon: Lexicon,
) -> tuple[Tag | None, str]:
    """The cue that carries the force, and the text that it stands in: the line above, or the sentence."""
    cues = [tag for tag in tags if tag.list == "cues"]
    free = [tag for tag in cues if not any(q.start <= tag.start < q.end for q in found)]
    main = [tag for tag in free if not breaks.describes(tag)]
    by_itself = _has_own_subject(tags, main)
    main = main or [
        tag for tag in free if _stance(tag) is not Stance.PERMITS or not breaks.only_describes(tag)
    ]
    main = _without_others(own, main, lexicon)
    own_cue = _ended_ban(own, main, lexicon) or (_strongest(main) if main else None)
    if not by_itself:
        for frame_tags, text in frames:
            above = [tag for tag in frame_tags if tag.list == "cues"]
            if above and not _overrules(own_cue, _strongest(above)):
                return _strongest(above), text
    return own_cue, own


def _overrules(own: Tag | None, frame: Tag) -> bool:
    """ "does not keep it" says no, also below "We may:"."""
    return own is not None and _stance(own) in BINDING and _stance(frame) in SOFT


def _ruling(heading_tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """A heading such as "Do not …" or "Permitted uses" governs the items below it."""
    ruling = (Stance.REFUSES, Stance.PERMITS, Stance.WITHDRAWS)
    return tuple(tag for tag in heading_tags if tag.list == "cues" and tag.entry.stance in ruling)


def _has_own_subject(tags: Sequence[Tag], cues: Sequence[Tag]) -> bool:
    """An item that brings its own subject and verb is not governed by the line above it."""
    return bool(cues) and any(tag.list == "bearers" and tag.start < cues[0].start for tag in tags)


def _ended_ban(own: str, cues: Sequence[Tag], lexicon: Lexicon) -> Tag | None:
    """ "Our moratorium on its sale has been withdrawn": a ban opens the sentence, and what is said of it."""
    ban = min(cues, key=lambda tag: tag.start, default=None)
    ending = next((tag for tag in cues if tag.entry.id == ENDING), None)
    if ban is None or ending is None or _stance(ban) is not Stance.REFUSES:
        return None
    opens = len(own[: ban.start].split()) <= 1
    return ending if opens and _is_named(own, ban, lexicon) else None


def _is_named(own: str, ban: Tag, lexicon: Lexicon) -> bool:
    """Whether a noun names the ban, "our moratorium on", "our promise not to": not "must not use"."""
    words = (own[ban.start : ban.end].split()[-1], *own[ban.end :].split()[:1])
    return any(word in lexicon.prepositions for word in words)


def _without_others(own: str, cues: Sequence[Tag], lexicon: Lexicon) -> list[Tag]:
    """Without "has been revoked", where that is said of something else than the ban: "where consent …"."""
    bans = [tag for tag in cues if _stance(tag) is Stance.REFUSES]
    lifts = [tag for tag in cues if tag.entry.id == LIFTING]
    starts = {tag.start for tag in lifts}
    of_ban = not bans or any(_is_named(own, one, lexicon) or one.end + 1 in starts for one in bans)
    return [tag for tag in cues if of_ban or tag not in lifts]


def _strongest(cues: Sequence[Tag]) -> Tag:
    """The firmest one; but a ban that is lifted is no ban, whatever else stands there."""
    cues = [tag for tag in cues if not _is_denied(tag, cues)]
    refuses = any(_stance(tag) is Stance.REFUSES for tag in cues)
    cues = [tag for tag in cues if refuses or tag.entry.id != LIFTING] or cues
    return min(
        cues,
        key=lambda tag: (
            tag.entry.id not in (*_LIFTED, LIFTING),
            _STRONGEST_FIRST.index(_stance(tag)),
            -tag.entry.force,
            tag.start,
        ),
    )


def _is_denied(tag: Tag, cues: Sequence[Tag]) -> bool:
    """ "We will not lift our ban": it is not lifted."""
    before = (one.end for one in cues if _stance(one) is Stance.REFUSES)
    return tag.entry.id in _LIFTED and tag.start - 1 in before


def _stance(tag: Tag) -> Stance:
    assert tag.entry.stance is not None  # the loader refuses a cue without one
    return tag.entry.stance
