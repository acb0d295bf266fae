"""Keys for machines: a program acts as its owner in one organ, until a day; only the digest of the key is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import access, clock, ledger
from .record import Record, keep


class Token(Record):
    """One key for the API."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("所有者"))
    organ_id = models.BigIntegerField(_("单位"))
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    until = models.DateField(_("有效期至"))
    revoked = models.BooleanField(_("已注销"), default=False)

    masked = frozenset({"digest"})

    class Meta:
        app_label = "kernel"
        verbose_name = _("接口密钥")

    def __str__(self) -> str:
        return self.name


access.permission("kernel.token:view", _("查看接口密钥"), admin=None)
access.permission("kernel.token:change", _("注销接口密钥"), admin=None)
ISSUE = ledger.act("issue-key", _("签发接口密钥"))
REVOKE = ledger.act("revoke-key", _("注销接口密钥"))
LONGEST = 365  # days


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def issue(name: str, *, by: access.Actor, days: int = 90) -> str:
    """This will make a key for the actor's own organ and return it; it is shown this once."""
    key = secrets.token_urlsafe(32)
    until = clock.today() + dt.timedelta(days=days)
    token = Token(user_id=by.person, organ_id=by.organ_id or 0, name=name, digest=_digest(key), until=until)
    keep(token, by=_own(by), act=ISSUE)
    return key


def _own(by: access.Actor) -> access.Actor:
    """One's own keys need no right beside being signed in; the ledger names the person all the same."""
    return access.Actor(by.user_id, by.name, by.holdings, system=True)


def of(by: access.Actor) -> models.QuerySet[Token]:
    """One's own keys in the organ in which one stands, newest first."""
    return (
        Token._base_manager.filter(user_id=by.person, organ_id=by.organ_id or 0).select_related("user").order_by("-id")
    )


def revoke(token: Token, *, by: access.Actor, note: str = "") -> None:
    """This will end a key at once: one's own, or any in one's reach with the right to; Forbidden otherwise."""
    token.revoked = True
    keep(token, by=_own(by) if token.user_id == by.user_id else by, act=REVOKE, note=note)


def actor_for(key: str) -> access.Actor | None:
    """The actor that a key stands for; None where it is unknown, revoked or out of date, or its owner holds nothing."""
    token: Any = (
        Token._base_manager.select_related("user")
        .filter(digest=_digest(key), revoked=False, until__gte=clock.today())
        .first()
    )
    if token is None or not token.user.is_active:
        return None
    who = access.actor_of(token.user, clock.today(), token.organ_id)
    return who if who.organ_id == token.organ_id else None
