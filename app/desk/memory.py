"""The last answers to questions that take long, for as long as the same is asked of the same."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")


class Memory(Generic[_Answer]):
    """A few answers, the oldest goes first. Several threads may ask at once: each gets a right answer."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.answers: dict[Hashable, _Answer] = {}

    def get(self, question: Hashable, find: Callable[[], _Answer]) -> _Answer:
        """The answer that is known, or else is found now. The question must say all that it depends on."""
        known = self.answers.get(question)
        if known is not None:
            return known
        found = find()
        for old in list(self.answers)[: max(len(self.answers) - self.most + 1, 0)]:
            self.answers.pop(old, None)
        self.answers[question] = found
        return found
