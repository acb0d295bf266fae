"""Two people begin at the same moment, each with what he asks for first; only then does either go on to the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from baozhang.kernel import clock, record
from baozhang.kernel.flow.case import Case
from baozhang.kernel.refusal import Refused
from baozhang.kernel.troubles import said
from tests.conftest import TODAY

FIRST = 0.25  # seconds in which the other one comes as far as he can


def at_once(monkeypatch: pytest.MonkeyPatch, *works: Callable[[], Any]) -> list[str]:
    """What each was refused with, in the order of `works`; empty where he was not."""
    gate, mine, found = threading.Barrier(len(works)), threading.local(), [""] * len(works)

    def held(step: Any) -> Any:
        def stop(*args: Any, **kwargs: Any) -> Any:
            result = step(*args, **kwargs)
            if not getattr(mine, "begun", True):
                mine.begun = True
                threading.Event().wait(FIRST)
            return result

        return stop

    def one(place: int, work: Callable[[], Any]) -> None:
        mine.begun = False
        gate.wait(timeout=20)
        try:
            with clock.on(TODAY):
                work()
        except Exception as error:
            refusal = error if isinstance(error, Refused) else said(error)
            if refusal is None:
                raise
            found[place] = f"{type(refusal).__name__}: {refusal.what}"
        finally:
            connection.close()

    monkeypatch.setattr(Case, "locked", held(Case.locked))
    monkeypatch.setattr(record, "_lock", held(record._lock))
    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found
