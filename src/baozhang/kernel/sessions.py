"""Sessions in the database, as the framework keeps them, read by a statement composed once: every request asks for one."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Kept
from django.contrib.sessions.models import Session
from django.utils import timezone

from .statement import Statement


class SessionStore(Kept):
    """The session of a browser."""

    def _get_session_from_db(self) -> Any:
        # By the real clock, not the kernel's: Django has written the end of the session by it.
        found = _LIVING.first(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found


_LIVING = Statement(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now))
