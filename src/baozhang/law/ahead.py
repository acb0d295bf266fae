"""Candidates read ahead: while the rules look at some records, a second connection finds the next ones.

The database works then while we judge, and the other way round, which is nearly half of a patrol's time. Only where
that is safe: on a server that reads for two, and outside a transaction, whose rows a second connection cannot see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any

from django.db import connection

from baozhang.kernel import bulk
from baozhang.law.case import Book, Ground
from baozhang.law.rules import Rule

Candidates = Callable[[Rule, Ground], Iterator[Any]]
_PIECE, _PIECES = 500, 40  # candidates handed over at once, and how many such pieces may wait
_TURN = 0.1  # seconds after which a reader with a full hand looks whether anybody still wants it


@dataclass
class _End:
    """All candidates of a rule were read: the figures asked for meanwhile, and what went wrong."""

    asked: set[str]
    error: Exception | None = None


@dataclass
class Ahead:
    """This is what was read of each rule's candidates before anybody asked for them; rules are asked for in their order."""

    rules: Sequence[Rule]
    day: dt.date
    organs: frozenset[int] | None
    read: Candidates
    _waiting: Queue[tuple[int, Any]] = field(default_factory=lambda: Queue(_PIECES))
    broken: Exception | None = None
    _left: Event = field(default_factory=Event)

    def of(self, rule: Rule, asked: set[str]) -> Iterator[Any]:
        """These are the candidates of a rule; what went wrong while they were read is raised here."""
        wanted = self.rules.index(rule)
        while True:
            try:
                number, piece = self._waiting.get(timeout=_TURN)
            except Empty:
                if self.broken is not None:
                    raise self.broken from None
                continue
            if number != wanted:
                continue  # of a rule that was given up
            if isinstance(piece, _End):
                asked |= piece.asked
                if piece.error is not None:
                    raise piece.error
                return
            yield from piece

    def run(self) -> None:
        """This will read, until all is read or nobody wants it any more."""
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 -- whoever waits for the reader hears it, instead of waiting for ever
            self.broken = error
        finally:
            connection.close()

    def _run(self) -> None:
        # A book remembers what is read from it, so that two may not read one at once.
        book = Book()
        for number, rule in enumerate(self.rules):
            end, piece = _End(set()), list[Any]()
            try:
                for candidate in self.read(rule, Ground(self.day, book, self.organs, end.asked)):
                    piece.append(candidate)
                    if len(piece) == _PIECE:
                        if not self._put(number, piece):
                            return
                        piece = []
            except Exception as error:  # noqa: BLE001 -- it is the rule's, and raised where the rule is heard
                end.error = error
            if not (self._put(number, piece) and self._put(number, end)):
                return

    def leave(self) -> None:
        """This will tell the reader that nothing more is wanted."""
        self._left.set()

    def _put(self, number: int, piece: Any) -> bool:
        while not self._left.is_set():
            try:
                self._waiting.put((number, piece), timeout=_TURN)
            except Full:
                continue
            return True
        return False


@contextmanager
def reading_ahead(
    rules: Sequence[Rule], day: dt.date, organs: frozenset[int] | None, read: Candidates
) -> Iterator[Ahead | None]:
    """This will read the candidates of some rules ahead while the block lasts; None where that is not safe."""
    if not bulk.is_postgres() or connection.in_atomic_block:
        yield None
        return
    ahead = Ahead(rules, day, organs, read)
    # The day, the scope and the language of now go along.
    reader = Thread(target=copy_context().run, args=[ahead.run], name="patrol-ahead", daemon=True)
    reader.start()
    try:
        yield ahead
    finally:
        ahead.leave()
        reader.join()
