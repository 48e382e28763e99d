"""What one organization words differently in several places: its pages, and documented words. Pure.

A subject is what is barred (an act, a technology) and from whom; a wording that names no party, or no
purpose, may mean any. Words that took the place of others on the same page are history, not another wording.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from types import MappingProxyType

from monitor.documented import Documented
from monitor.ledger import Commitment
from monitor.ledger.barring import (
    FOR_OTHERS,
    NOT_WATCHED,
    PAGE_WATCHED,
    Aim,
    Found,
    Wording,
    elsewhere,
    on_pages,
)
from monitor.ledger.narrowness import Named, narrowest, overlap
from monitor.lexicon import Lexicon
from monitor.model import Role
from monitor.segment import fold
from monitor.words import listed, spoken

__all__ = ["NOT_WATCHED", "PAGE_WATCHED", "Differing", "Wording", "differing"]

NO_WORDS: Mapping[str, Lexicon] = MappingProxyType({})
_FACES = ("face_recognition", "remote_biometric_identification", "face_template", "biometrics")
_TECHNOLOGIES = dict.fromkeys(_FACES, "face_recognition") | {
    "emotion_recognition": "face_analysis",
    "mass_surveillance": "surveillance",
}


@dataclass(frozen=True, slots=True)
class Differing:
    """Two or more wordings of one subject, the hardest to change quietly first.

    narrowest: the place among them of the one that bars the least, None where that cannot be told;
    why: one sentence that says so.
    """

    subject: str
    wordings: tuple[Wording, ...]
    narrowest: int | None
    why: str


def differing(
    commitments: Sequence[Commitment],
    documented: Sequence[Documented],
    roles: Mapping[str, Role],
    lexicons: Mapping[str, Lexicon] = NO_WORDS,
) -> tuple[Differing, ...]:
    """What is worded differently, by organization. roles: page id → role; without one: a public statement.

    lexicons: language → words, in which purposes, places, conditions, exceptions and hedges are read; without
    those of its language a page's wording cannot be told to be narrower or wider than another.
    """
    found = on_pages(commitments, roles, lexicons) + elsewhere(documented, commitments, lexicons)
    buckets: dict[tuple[str, str, str], list[Found]] = defaultdict(list)
    for one in _each_once(sorted(found, key=_order)):
        for act in one.acts:
            for family in {_TECHNOLOGIES.get(each, each) for each in one.technologies}:
                buckets[one.organization, act, family].append(one)
    groups = [
        (act, group)
        for (_, act, _), bucket in sorted(buckets.items(), key=_first)
        for group in _groups(bucket)
    ]
    return tuple(_shown(act, group) for act, group in _largest(groups))


# --------------------------------------------------------------------------- which words


def _each_once(found: Iterable[Found]) -> list[Found]:
    """The same words once, where they are the hardest to change; they stand in all their places."""
    kept: dict[tuple[str, str], Found] = {}
    for one in found:
        words = (one.organization, fold(one.wording.quote))
        first = kept.setdefault(words, one)
        kept[words] = replace(first, places=first.places | one.places)
    return list(kept.values())


def _order(one: Found) -> tuple[object, ...]:
    said = one.wording
    return one.organization, said.strength.rank, not said.page_id, said.page_id, said.key, said.quote


def _first(item: tuple[tuple[str, str, str], object]) -> tuple[str, str, str]:
    return item[0]


# --------------------------------------------------------------------------- which belong together


def _groups(bucket: Sequence[Found]) -> list[list[Found]]:
    """For each wording those that may mean the same as it, and as one another; where their places differ."""
    alike: dict[Aim, Found] = {}
    for one in bucket:
        alike.setdefault(one.aim, one)
    chosen = dict.fromkeys(_around(aim, alike) for aim in alike)
    groups = ([one for one in bucket if one.aim in aims] for aims in chosen)
    return [group for group in groups if _are_apart(group)]


def _around(aim: Aim, alike: Mapping[Aim, Found]) -> frozenset[Aim]:
    """This aim with all others, in order, that fit it and one another."""
    chosen = [aim]
    for other, one in alike.items():
        if other != aim and all(_may_mean_the_same(one, alike[each]) for each in chosen):
            chosen.append(other)
    return frozenset(chosen)


def _may_mean_the_same(one: Found, other: Found) -> bool:
    return overlap(one.parties, other.parties) and overlap(one.purposes, other.purposes)


def _are_apart(group: Sequence[Found]) -> bool:
    """Whether two of these wordings never stood on the same page."""
    return any(not one.places & other.places for one, other in combinations(group, 2))


def _largest(groups: Sequence[tuple[str, list[Found]]]) -> list[tuple[str, list[Found]]]:
    """Without those that are part of another, each once."""
    keys = [frozenset(one.wording for one in group) for _, group in groups]
    return [
        groups[place]
        for place, key in enumerate(keys)
        if not any(key < other or (key == other and before < place) for before, other in enumerate(keys))
    ]


# --------------------------------------------------------------------------- how they are shown


def _shown(act: str, group: Sequence[Found]) -> Differing:
    place, why = narrowest([one.bars for one in group])
    return Differing(_subject(act, group), tuple(one.wording for one in group), place, why)


def _subject(act: str, group: Sequence[Found]) -> str:
    """ "facial recognition for police", "own use of facial recognition": only what all wordings share."""
    all_named = [one.technologies for one in group]
    technologies = listed([spoken(each) for each in _shared(all_named) or sorted({*chain(*all_named)})])
    shared = _shared([one.parties for one in group])
    parties = listed([spoken(each) for each in shared]) if shared else ""
    if act == FOR_OTHERS:
        is_for_any = not any(one.parties for one in group)
        whom = parties or ("customers" if is_for_any else "")
        return f"{technologies} for {whom}" if whom else technologies
    return f"{spoken(act)} of {technologies}{f' ({parties})' if parties else ''}"


def _shared(all_named: Sequence[Named]) -> list[str]:
    """What each of them names, or names a part of; without those in which another one lies."""
    wider = {one: above for each in all_named for one, above in each.items()}
    shared = set.intersection(*({*chain(*each.values())} for each in all_named))
    named = shared & wider.keys()
    inner = {above for one in named for above in wider[one] - {one}}
    return sorted(named - inner)
