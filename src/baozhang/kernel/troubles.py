"""Troubles that are nobody's fault and told to people as what they are: a full disk, and acts that wait for each other."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .refusal import Refused

_NUMBERS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_POSTGRES = "53100"  # disk_full
_SQLITE = "database or disk is full"
# deadlock_detected, serialization_failure, lock_not_available; the embedded database knows one word for all of them
_CROSSED = frozenset(("40P01", "40001", "55P03"))
_LOCKED = "database is locked"


class Crossed(Refused):
    """Two acts each held what the other wanted; the database took one of them back whole."""

    status = 409


class Unknown(Refused):
    """An error that nobody has foreseen."""

    status = 500


class DiskFull(Refused):
    """Nothing can be written at present; what was begun has been taken back whole."""

    status = 507


def is_full(error: BaseException | None) -> bool:
    """This is true where an error, or what led to it, says that there is no room on the disk."""
    return any(
        (isinstance(one, OSError) and one.errno in _NUMBERS)
        or getattr(one, "sqlstate", None) == _POSTGRES
        or _SQLITE in str(one)
        for one in _led_to(error)
    )


def is_crossed(error: BaseException | None) -> bool:
    """This is true where an error, or what led to it, says that somebody else's act stood in the way and will not for long."""
    return any(getattr(one, "sqlstate", None) in _CROSSED or _LOCKED in str(one) for one in _led_to(error))


def _led_to(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def refusal() -> DiskFull:
    """What a person is told of it."""
    return DiskFull(
        _("服务器磁盘已满，这一步没有完成"),
        why=_("写到一半的内容已全部退回，原有数据没有改变，也没有丢失。"),
        instead=_("请联系系统管理员清理或扩充磁盘，之后再办一次即可。"),
    )


def unknown(number: str) -> Unknown:
    """What a program is told of an error, with the number under which the log has it."""
    return Unknown(
        _("服务器没有完成这一步"),
        why=_("出了没有预料到的差错，数据没有改变。"),
        instead=_("请稍后再试；如仍不行，请把编号告诉系统管理员。"),
        facts={_("编号"): number},
    )


def said(error: BaseException) -> Refused | None:
    """The refusal that an error amounts to; None where it is another trouble."""
    if is_full(error):
        return refusal()
    if is_crossed(error):
        return Crossed(
            _("刚才另有人在办理同一事项，这一步没有完成"),
            why=_("两边各占着对方要用的记录；已办的一边不受影响，这一边已全部退回，没有丢失。"),
            instead=_("请刷新页面，看过现在的情况后再办一次。"),
        )
    return None
