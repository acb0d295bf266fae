"""A full disk: told apart from other troubles, and told to people as what it is."""

from __future__ import annotations

import errno
from typing import Any

from django.utils.translation import gettext as _

from .refusal import Refused

_NUMBERS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_POSTGRES = "53100"  # disk_full
_SQLITE = "database or disk is full"


class DiskFull(Refused):
    """Nothing can be written at present; what was begun has been taken back whole."""

    status = 507


def is_full(error: BaseException | None) -> bool:
    """This is true where an error, or what led to it, says that there is no room on the disk."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in _NUMBERS:
            return True
        if getattr(error, "sqlstate", None) == _POSTGRES or _SQLITE in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def refusal() -> DiskFull:
    """What a person is told of it."""
    return DiskFull(
        _("服务器磁盘已满，这一步没有完成"),
        why=_("写到一半的内容已全部退回，原有数据没有改变，也没有丢失。"),
        instead=_("请联系系统管理员清理或扩充磁盘，之后再办一次即可。"),
    )


def said(error: BaseException) -> Any:
    """The refusal that an error amounts to; None where it is another trouble."""
    return refusal() if is_full(error) else None
