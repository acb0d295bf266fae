"""What the security administrator does: a grant suspended with its reason, and given back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Suspension
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid

SUSPEND = ledger.act("suspend", gettext_lazy("停用授权"))
LIFT = ledger.act("lift", gettext_lazy("恢复授权"))


def found(role: str, permission: str) -> Suspension | None:
    """What was decided on a grant, if anything."""
    return Suspension._base_manager.filter(role=role, permission=permission).first()


def suspend(role: str, permission: str, *, by: Actor, reason: str) -> Suspension:
    """This will suspend a grant everywhere and at once; Invalid without a reason, or where there is no such grant."""
    if not reason.strip():
        raise Invalid(_("请写明理由"), why=_("停用授权的理由要记入账本。"), instead=_("填写理由后再提交。"))
    one = found(role, permission) or Suspension(role=role, permission=permission)
    one.reason, one.lifted = reason.strip()[:200], False
    keep(one, by=by, act=SUSPEND, note=reason.strip())
    return one


def lift(rows: Sequence[Suspension], *, by: Actor, note: str = "", values: dict[str, Any] | None = None) -> str:
    """This will give grants back."""
    for one in rows:
        one.lifted = True
    keep(rows, by=by, act=LIFT, note=note)
    names = "、".join(
        f"{access.ROLES[one.role].words}：{access.PERMISSIONS[one.permission].words}"
        for one in rows
        if one.role in access.ROLES
    )
    return _("已恢复：%(names)s。") % {"names": names}
