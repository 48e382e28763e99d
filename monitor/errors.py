"""The error tree: what may go wrong, and what follows from it.

    PledgewatchError
      ConfigError      before anything starts; exit 2
      InputError       what the user handed us cannot be used; exit 2
      FetchError | ExtractError | DeliveryError    expected: recorded as a Failure, the run goes on
      StoreError       the store cannot be used; exit 3, nothing lost

Anything else is a bug: it is not caught.
"""

from datetime import timedelta


class PledgewatchError(Exception):
    """The root. Its text is one clear sentence: what, where, and how to mend it."""


class ConfigError(PledgewatchError):
    """A file in config/ says something that we cannot follow.

    file: where it stands; key: the dotted key (or "" for the whole file); problem: the sentence.
    """

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file, self.key, self.problem = file, key, problem


class InputError(PledgewatchError):
    """A file or an argument that the user handed us cannot be used."""


class FetchError(PledgewatchError):
    """A page could not be fetched."""


class ExtractError(PledgewatchError):
    """A body could not be turned into text. `kind` is an access state: empty, unsupported, too_large …"""

    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind


class DeliveryError(PledgewatchError):
    """A message was not taken.

    permanent: trying again cannot help. retry_after: it is not to be tried again sooner. unreachable: nobody
    was there to take it, so that what else goes by this channel would fail as well.
    """

    def __init__(
        self,
        problem: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        unreachable: bool = False,
    ) -> None:
        super().__init__(problem)
        self.permanent, self.retry_after, self.unreachable = permanent, retry_after, unreachable


class StoreError(PledgewatchError):
    """The store cannot be used: unreadable, newer than this program, damaged or full."""
