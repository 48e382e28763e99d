"""Which words are a commitment. Pure."""

from monitor.model import PROTECTIVE, Saying, Stance

_OTHER = "other"  #: the bearer of news on others, and of words of others


def protects(saying: Saying) -> bool:
    """Whether it binds somebody, or promises, to protect the people who could be watched.

    An act that ended does so, too ("We no longer sell it"). Words of others, and news on them, do not.
    """
    if not saying.protects or saying.bearer == _OTHER:
        return False
    return saying.stance in PROTECTIVE or (saying.stance == Stance.WITHDRAWS and bool(saying.actions))
