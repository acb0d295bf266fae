"""What is asked for once is done once: a second tap, a page sent again, a program that got no answer and asks anew.

A page gives each form a key; a program sends one of its own (`Idempotency-Key`). Under it stands what was asked and what
came of it. Whoever asks the same again is led to that; whoever goes back and asks for something else asks anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from . import bulk, clock
from .ledger import sm3

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .access import Actor

LONGEST = 64  # characters of a key; a longer one is no key of ours
ASIDE = ("csrfmiddlewaretoken", "key")  # fields of a form that are no part of what is asked


class Asked(models.Model):
    """One request that was carried out; kept with what it did, and forgotten after some weeks."""

    user_key = models.BigIntegerField()
    key = models.CharField(max_length=LONGEST)
    digest = models.BinaryField(max_length=32)  # of what was asked
    answer = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "kernel"
        constraints = [models.UniqueConstraint(fields=["user_key", "key", "digest"], name="asked_once")]


def new_key() -> str:
    """A key for a form that is shown."""
    return uuid.uuid4().hex


def carry_out(key: str, said: Iterable[Any], by: Actor, work: Callable[[], str]) -> str:
    """This will do some work and remember its answer in the same transaction; where the same was asked under this key, its answer alone.

    A refusal undoes the work and is not remembered. Without a key, or a person, the work is simply done, in a transaction too.
    """
    with transaction.atomic():
        if not key or len(key) > LONGEST or by.user_id is None:
            return work()
        digest = _digest(said)
        bulk.take_turns(f"asked {by.user_id} {key}")
        before = _before(key, digest, by)
        if before is not None:
            return before
        answer = work()
        Asked.objects.create(user_key=by.user_id, key=key, digest=digest, answer=answer, at=clock.now())
        return answer


def _digest(said: Iterable[Any]) -> bytes:
    return sm3(bulk.dump_json([str(part) for part in said]).encode())


def _before(key: str, digest: bytes, by: Actor) -> str | None:
    same = Asked.objects.filter(user_key=by.user_id or 0, key=key, digest=digest)
    return same.values_list("answer", flat=True).first()


def answer_to(request: HttpRequest, by: Actor) -> str | None:
    """What the same form came to before; None where it was not sent yet."""
    key = request.POST.get("key", "")
    return _before(key, _digest(said_in(request)), by) if 0 < len(key) <= LONGEST and by.user_id is not None else None


def said_in(request: HttpRequest) -> list[Any]:
    """What a form asks for: where it is sent, what was filled in, and which files."""
    fields = sorted((name, given) for name, given in request.POST.lists() if name not in ASIDE)
    files = sorted((name, [(one.name, one.size) for one in given]) for name, given in request.FILES.lists())
    return [request.get_full_path(), *fields, *files]
