"""Accounts: who can sign in. What they may do comes from appointments, never from the account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password as matches
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import access
from .record import Record
from .statement import Statement

access.permission("kernel.user:view", _("查看账号"), admin=True)
access.permission("kernel.user:add", _("开设账号"), admin=True)
access.permission("kernel.user:change", _("修改账号"), admin=True)


class AccountManager(BaseUserManager["User"]):
    """The accounts, without scope: signing in comes before any scope."""


class User(Record, AbstractBaseUser):
    """An account of one natural person; the same person in several organs has one account."""

    username = models.CharField(_("登录名"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    must_change = models.BooleanField(_("下次登录须改密码"), default=False)

    last_login = None
    USERNAME_FIELD: ClassVar[str] = "username"
    objects: ClassVar[Any] = AccountManager()

    scope_field = None
    natural = ("username",)
    called = ("username", "name")
    searched = ("username", "name")
    masked = frozenset({"password", "phone"})

    class Meta:
        verbose_name = _("账号")
        app_label = "kernel"

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        """This will shut an account that has no password yet; the system administrator hands out the first one."""
        if not self.password:
            self.set_unusable_password()
            self.must_change = True

    def check_password(self, raw_password: str | None) -> bool:
        """True where the password is right; a stronger hash is taken only when the password is next changed."""
        return matches(raw_password, self.password)


class Backend:
    """Signing in with login name and password; the same time is spent where the name is unknown."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: Any
    ) -> User | None:
        """The active user with that name and password, or None."""
        user = User._base_manager.filter(username=username).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The active user of a session, or None."""
        return _ACTIVE.first(user_id)


_ACTIVE = Statement(lambda user_id: User._base_manager.filter(pk=user_id, is_active=True))
