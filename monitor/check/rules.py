"""What a check is done by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.asks import Ask
from monitor.confirm import Policy
from monitor.lexicon import Lexicon
from monitor.marks import AccessRules
from monitor.model import Alert
from monitor.reading import Read, read_document
from monitor.store.alerts import NewDelivery

Address = Callable[[Alert], Sequence[NewDelivery]]  #: who gets an alert, if anybody


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides and is data: words by language, marks, how much proof a change needs, asks.

    read: how a body becomes text; a watch gives it to a process of its own. program: the version of ours.
    """

    lexicons: Mapping[str, Lexicon]
    access: AccessRules
    policy: Policy
    asks: tuple[Ask, ...] = ()
    read: Read = read_document
    program: str = ""
