"""What the system administrator does to accounts: opened, locked, unlocked, given a password that is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from axes.utils import reset as forget_failures
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

LOCK = ledger.act("lock", gettext_lazy("停用"))
UNLOCK = ledger.act("unlock", gettext_lazy("解除锁定"))
PASSWORD = ledger.act("password", gettext_lazy("发放初始密码"))
SIGNS = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY3479"  # none that is taken for another on paper
LENGTH = 14


def lock(users: Sequence[User], *, by: Actor, note: str = "", values: dict[str, Any] | None = None) -> str:
    """This will shut accounts: sessions and keys of theirs end at once. Refused for one's own account."""
    if any(user.pk == by.user_id for user in users):
        raise Refused(_("不能停用本人的账号"), instead=_("请由另一位系统管理员办理。"))
    for user in users:
        user.is_active = False
    keep(users, by=by, act=LOCK, note=note)
    return _("已停用 %(names)s，已登录的会话和接口密钥随即失效。") % {"names": _names(users)}


def unlock(users: Sequence[User], *, by: Actor, note: str = "", values: dict[str, Any] | None = None) -> str:
    """This will open accounts again, and forget the wrong passwords that had barred them."""
    for user in users:
        user.is_active = True
        forget_failures(username=user.username)
    keep(users, by=by, act=UNLOCK, note=note)
    return _("已解除锁定：%(names)s。") % {"names": _names(users)}


def hand_out(users: Sequence[User], *, by: Actor) -> list[tuple[User, str]]:
    """This will give accounts a random password each, to be changed at the first sign-in; it is nowhere kept in the clear."""
    if any(user.pk == by.user_id for user in users):
        raise Refused(_("不能重置本人的密码"), instead=_("请在右上角的菜单中修改密码。"))
    given = [(user, "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))) for user in users]
    for user, password in given:
        user.set_password(password)
        user.must_change = True
    keep([user for user, _password in given], by=by, act=PASSWORD)
    return given


def without_password() -> list[User]:
    """The accounts that wait for their first password, in the order of their names."""
    return list(User._base_manager.filter(password__startswith="!", is_active=True).order_by("username"))


def _names(users: Sequence[User]) -> str:
    return "、".join(f"{user.name}（{user.username}）" for user in users)
