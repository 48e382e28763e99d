"""What a check is done by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.confirm import Policy
from monitor.lexicon import Lexicon
from monitor.marks import AccessRules
from monitor.model import Alert
from monitor.reading import Read, read_document
from monitor.store.alerts import NewDelivery

Address = Callable[[Alert], Sequence[NewDelivery]]  #: who gets an alert, if anybody


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that decides and is data: words by language, marks, and how much proof a change needs.

    read: how a body becomes text; a watch gives it to a process of its own.
    """

    lexicons: Mapping[str, Lexicon]
    access: AccessRules
    policy: Policy
    read: Read = read_document
