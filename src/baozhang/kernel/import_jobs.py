"""Imports of large files, in the background, in the rights of the person who asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import access, clock, corrections, imports, jobs, scope
from .accounts import User
from .imports import ImportSession

INLINE = 400_000  # bytes; a smaller file is checked while the user waits


def _as_user(job: jobs.Job, pk: int, act: Callable[..., Any]) -> dict[str, Any]:
    user: Any = User._base_manager.get(pk=job.user_id or 0)
    session = ImportSession._base_manager.get(pk=pk)
    who = access.actor_of(user, clock.today(), session.organ_id)
    with scope.within(who):
        act(session, by=who)
    return {"session": pk}


@jobs.work("import-check")
def check_work(job: jobs.Job, session: int) -> dict[str, Any]:
    """The check of a large file."""
    return _as_user(job, session, imports.preview)


@jobs.work("import-commit")
def commit_work(job: jobs.Job, session: int) -> dict[str, Any]:
    """The writing of a large file."""
    return _as_user(job, session, imports.commit)


def _small(session: ImportSession) -> bool:
    return corrections.size(session.folder) <= INLINE


def check(session: ImportSession, *, by: access.Actor, url: str) -> None:
    """This will check a small file at once and a large one in the background."""
    if _small(session):
        imports.preview(session, by=by)
    else:
        key = f"import-check-{session.pk}-{session.version}"
        _ask("import-check", key, session, by, url)


def commit(session: ImportSession, *, by: access.Actor, url: str) -> bool:
    """This will write a small file at once (True) and a large one in the background (False)."""
    if _small(session):
        imports.commit(session, by=by)
        return True
    _ask("import-commit", f"import-commit-{session.pk}-{session.version}", session, by, url)
    return False


def _ask(name: str, key: str, session: ImportSession, by: access.Actor, url: str) -> None:
    jobs.ask(
        name,
        key=key,
        title=session.filename,
        user_id=by.user_id,
        organ_id=session.organ_id,
        url=url,
        session=session.pk,
    )


def latest(session: ImportSession) -> jobs.Job | None:
    """The last job that was asked for a session; None where there was none."""
    keys = [f"import-{what}-{session.pk}-" for what in ("check", "commit")]
    rows = [jobs.Job.objects.filter(key__startswith=key).order_by("-id").first() for key in keys]
    return max((row for row in rows if row is not None), key=lambda row: row.pk, default=None)
