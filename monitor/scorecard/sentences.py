"""What a scorecard says of a part, and of the words that it rests on: one sentence each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from monitor.asks import State
from monitor.model import Saying
from monitor.scorecard.claims import Claim, Loss
from monitor.scorecard.covers import Cover
from monitor.scorecard.values import Overrule, Support

BEYOND = "It asks of a policy as a whole, which our method cannot judge: read the pages and decide."
_PAGES_NAMED = 3
_WAYS_TOLD = 3


def said(found: Sequence[Cover]) -> str:
    """Of what stands on pages that were read: met, or met in part."""
    if any(one.in_full for one in found):
        return "It says so, and we see no limit in its words."
    clear = list(dict.fromkeys(_limits(one) for one in found if not _judged(one)))
    judged = list(dict.fromkeys(_limits(one) for one in found if _judged(one)))
    return _sentence(_ways(clear, judged))


def nothing_said(standing: Sequence[Cover], against: Sequence[Support], unread: Mapping[str, str]) -> str:
    """Where nothing was found on pages that were read. standing: on the other ones; against: the contrary."""
    found = "no promise of it" if against else "nothing of it" if unread else "no words on it"
    if not unread:
        why = f"We found {found} on the pages that we read."
    elif not standing:
        why = f"We found {found}, and not every page could be read ({_named(unread)})."
    else:
        judged = all(map(_judged, standing))
        then = "Words that a person has to judge stood there" if judged else "It said so when we last read it"
        why = f"{then}, and how it is now is not known ({_named(unread)})."
    return _sentence(f"{_closed(why)}; what we found is “{against[0].quote}”") if against else why


def _named(unread: Mapping[str, str]) -> str:
    reasons = [unread[page] for page in sorted(unread)]
    more = f", and {len(reasons) - _PAGES_NAMED} more" if len(reasons) > _PAGES_NAMED else ""
    return "; ".join(reasons[:_PAGES_NAMED]) + more


def lost(gone: Sequence[tuple[Cover, Loss]], standing: Sequence[Cover]) -> str:
    """What got weaker, of the newest loss, and what stands now."""
    cover, loss = gone[0]
    quote, day = cover.claim.saying.quote, _day(loss.at)
    doubt = "" if loss.is_sure else " (a person has yet to judge this change)"
    if loss.ended:
        what = f"{_end(loss)}: “{quote}”"
    elif loss.after:
        what = f"Since {day} it says “{loss.after}” where it said “{quote}”"
    else:
        what = f"Since {day} this no longer appears on the page we watch: “{quote}”"
    back = [one for one in standing if one.is_as_strong_as(cover)]
    if back:
        since = _day(min(one.claim.saying.first_seen_at for one in back))
        return f"{what}{doubt}; words as strong stand since {since}: a person has to decide."
    return _sentence(what + doubt)


def regressed(gone: Sequence[tuple[Cover, Loss]], standing: Sequence[Cover]) -> str:
    """The same of what surely got weaker, with what is left where nothing as strong stands."""
    why = lost(gone, standing)
    others = [one for one in standing if one.claim.saying.quote != gone[0][1].after]
    if not others or any(one.is_as_strong_as(gone[0][0]) for one in standing):
        return why
    left = min(others, key=lambda one: (len(one.limits), -one.force)).claim.saying.quote
    return _sentence(f"{_closed(why)}; other words stand: “{left}”")


def lost_nearby(gone: Sequence[tuple[Cover, Loss]]) -> str:
    """The same of words on something close to what is asked."""
    return f"{_closed(lost(gone, ()))}; it is only close to what is asked: a person has to decide."


def beside(why: str, contrary: str) -> str:
    """What it says, and the first words that stand beside it and say the contrary."""
    return _sentence(f"{_closed(why)}; beside it stands “{contrary}”")


def doubted(why: str, gone: Sequence[tuple[Cover, Loss]], standing: Sequence[Cover]) -> str:
    """By what stands, with the newest change of which nobody knows yet whether it made it weaker."""
    return f"{_closed(why)}. {lost(gone, standing)}"


def decided(by: Overrule, found: State) -> str:
    """What a person says in place of us."""
    return f"{by.who} decided on {by.on}: {_closed(by.reason)} (we found: {found})."


def no_longer_decided(why: str, by: Overrule, day: str) -> str:
    """Of a decision that is not later than what got weaker."""
    past = f"is not later than what changed on {day}, and no longer holds"
    return f"{_closed(why)}; the decision of {by.who} of {by.on} {past}."


# --------------------------------------------------------------------------- supports


def stood(cover: Cover) -> Support:
    """Words that stand."""
    if cover.in_full:
        return _support(cover.claim.saying, "It says so.")
    ways = ([], [_limits(cover)]) if _judged(cover) else ([_limits(cover)], [])
    return _support(cover.claim.saying, _sentence(_ways(*ways)))


def stands(one: Claim) -> Support:
    """Words that stand and say something else."""
    return replace(_support(one.saying, "It says this."), is_contrary=True)


def supports_of(gone: Iterable[tuple[Cover, Loss]]) -> tuple[Support, ...]:
    """Words that were weakened, taken or ended."""
    return tuple(_support(cover.claim.saying, _gone(loss)) for cover, loss in gone)


def _gone(loss: Loss) -> str:
    if loss.ended:
        return f"{_end(loss)}."
    if loss.after:
        return _sentence(f"Since {_day(loss.at)} it says “{loss.after}”")
    return f"Since {_day(loss.at)} it no longer appears on the page we watch."


def _end(loss: Loss) -> str:
    if loss.is_counted:
        return f"The time that this names was over by {loss.ended}, counted from when we first saw it"
    return f"By its own words this ended on {loss.ended}"


def _support(one: Saying, why: str) -> Support:
    return Support(
        quote=one.quote,
        context=one.context,
        page_id=one.page_id,
        fetch_id=one.last_fetch_id,
        at=one.first_seen_at,
        last_seen=one.last_seen_at,
        why=why,
    )


def _judged(cover: Cover) -> bool:
    return any(one.is_judged for one in cover.limits)


def _limits(cover: Cover) -> str:
    """What is to be judged first; where that is the whole quote, it once, and no single words of it."""
    ordered = sorted(cover.limits, key=lambda one: not one.is_judged)
    texts = list(dict.fromkeys(one.text for one in ordered))
    whole = f"“{cover.claim.saying.quote}”"
    if whole in texts:
        texts = list(dict.fromkeys(one.text for one in ordered if not (one.is_judged and one.is_open)))
    if any(one.startswith(f"{whole} ") for one in texts):  # "… below a heading that names police"
        texts = [one for one in texts if one != whole]
    return "; ".join(texts)


def _ways(clear: Sequence[str], judged: Sequence[str]) -> str:
    """How it is said with limits; of words that a person has to judge it is not said that they say so."""
    opening = "It says so, but " if clear else ""
    to_judge = "words that a person has to judge: " if clear else "Words that a person has to judge: "
    ways = [*clear, *([to_judge + judged[0], *judged[1:]] if judged else [])]
    more = f"; and {len(ways) - _WAYS_TOLD} more" if len(ways) > _WAYS_TOLD else ""
    return opening + "; elsewhere, ".join(ways[:_WAYS_TOLD]) + more


def _closed(sentence: str) -> str:
    return sentence.rstrip().rstrip(".")


def _sentence(words: str) -> str:
    """With a full stop, where no quote brings its own."""
    return words if words.endswith((".", ".”", "!”", "?”")) else f"{words}."


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
