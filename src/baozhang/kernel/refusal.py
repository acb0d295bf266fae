"""The one way to say no: what cannot be done, why (article, figure), and what can be done instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Words = Any  # a sentence, put into the reader's language when it is shown


@dataclass(frozen=True)
class Fault:
    """One thing wrong in what was handed in, with its place."""

    reason: Words
    field: str = ""
    value: str = ""
    remedy: Words = ""
    sheet: str = ""
    row: int | None = None
    column: Words = ""

    def as_dict(self) -> dict[str, Any]:
        """The fault with its empty places left out."""
        return {
            key: value if key == "row" else str(value) for key, value in asdict(self).items() if value not in ("", None)
        }


class Refused(Exception):
    """An act that the law, the rights or the facts do not allow; the same on page, API and scenario."""

    status = 409

    def __init__(
        self,
        what: Words,
        *,
        why: Words = "",
        article: str = "",
        instead: Words = "",
        facts: Mapping[str, Any] | None = None,
        faults: Sequence[Fault] = (),
        subjects: Sequence[Any] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.article = article
        self.instead = instead
        self.facts = dict(facts or {})
        self.faults = tuple(faults)
        self.subjects = tuple(subjects)  # of many records, those that stand in the way: the others could go on

    def reasons(self) -> str:
        """What and why on one line, with the first faults that these do not say."""
        why = str(self.why)
        unsaid = [one for one in self.faults if str(one.reason) not in why][:3]
        faults = (
            " ".join(str(part) for part in (one.column or one.field, one.reason, one.remedy) if part) for one in unsaid
        )
        return "；".join(str(part).rstrip("。") for part in (self.what, self.why, *faults) if part)

    def told(self) -> str:
        """All of it on one line, for a terminal: the reasons, and what to do instead."""
        return "".join(f"{part.rstrip('。')}。" for part in (self.reasons(), str(self.instead)) if part)

    def as_dict(self) -> dict[str, Any]:
        """What API and scenario say of it."""
        return {
            "what": str(self.what),
            "why": str(self.why),
            "article": self.article,
            "instead": str(self.instead),
            "facts": {key: str(value) for key, value in self.facts.items()},
            "faults": [fault.as_dict() for fault in self.faults],
        }


class Forbidden(Refused):
    """A right that the actor does not hold in the record's own organ."""

    status = 403


class NotFound(Refused):
    """A row that does not exist within the actor's scope; whether it exists elsewhere is not said."""

    status = 404


class Invalid(Refused):
    """Facts that cannot be true or cannot be kept: each fault names its field."""

    status = 422


class Stale(Refused):
    """The record was changed by somebody else since it was read."""
