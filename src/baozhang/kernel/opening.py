"""An opening is a typed place where a lower floor asks and an upper floor answers; there are few, and all are listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
OPENINGS: dict[str, Opening[Any]] = {}


class OpeningError(RuntimeError):
    """An opening that is filled twice, or asked before anybody filled it."""


class Opening(Generic[F]):
    """A question declared low in the house, filled once at start-up from above."""

    def __init__(self, name: str, purpose: str, *, many: bool = False) -> None:
        if name in OPENINGS:
            raise OpeningError(f"opening {name} is declared twice")
        self.name, self.purpose, self.many = name, purpose, many
        self.answers: list[F] = []
        OPENINGS[name] = self

    def fill(self, answer: F) -> F:
        """This will let `answer` answer; usable as a decorator. A second answer is an error unless `many`."""
        if self.answers and not self.many:
            raise OpeningError(f"opening {self.name} is filled already by {self.answers[0].__module__}")
        self.answers.append(answer)
        return answer

    @property
    def ask(self) -> F:
        """The one answer; an error where nobody has filled the opening."""
        if not self.answers:
            raise OpeningError(f"nobody answers opening {self.name}: {self.purpose}")
        return self.answers[0]
