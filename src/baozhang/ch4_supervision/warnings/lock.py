"""One patrol at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from baozhang.kernel import bulk
from baozhang.kernel.refusal import Refused

_NAME = "warnings.patrol"


@contextmanager
def alone() -> Iterator[None]:
    """This will hold the patrol's lock; Refused where another patrol holds it."""
    with _advisory() if bulk.is_postgres() else _file():
        yield


@contextmanager
def _advisory() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [_NAME])
        if not cursor.fetchone()[0]:
            raise busy()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [_NAME])


@contextmanager
def _file() -> Iterator[None]:
    """The embedded database has no such lock, but it lives on this machine, where files have."""
    with (Path(settings.HOME) / "patrol.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy() from None
        yield


def busy() -> Refused:
    """This is the refusal of a second patrol."""
    return Refused(
        _("巡查正在进行，不能同时再开一次"), why=_("两次巡查同时写入会互相干扰。"), instead=_("请等它结束后再试。")
    )
