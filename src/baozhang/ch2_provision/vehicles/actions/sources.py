"""The keys of platforms that report positions: shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets

from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.vehicles.choices import LinkState
from baozhang.ch2_provision.vehicles.models import Source
from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

KEY = ledger.act("source_key", gettext_lazy("签发定位来源密钥"))


def source_of(key: str) -> Source | None:
    """The platform that a key belongs to; None where there is none in use."""
    if not key:
        return None
    return Source._base_manager.filter(digest=_digest(key), state=LinkState.IN_USE).select_related("organ").first()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def issue_key(source: Source, *, by: Actor, note: str = "") -> str:
    """This will give a platform a new key, shown this once; the one before it is void."""
    key = secrets.token_urlsafe(32)
    source.digest = _digest(key)
    keep(source, by=by, act=KEY, note=note)
    return key
