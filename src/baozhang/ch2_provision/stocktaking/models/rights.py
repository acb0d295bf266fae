"""The rights of this room beside those that every class of record has, and the acts that its ledger entries name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from baozhang.kernel import access, ledger

SCAN = access.permission("stocktaking.scan:count", _("盘点资产"))
MINE = access.permission("stocktaking.scan:mine", _("自查名下资产和盘点所分任务"))
ATTACH = access.permission("stocktaking.scan:attach", _("上传盘点照片"))
EXPLAIN = access.permission("stocktaking.difference:explain", _("说明盘点差异"))
ASSIGN = access.permission("stocktaking.room:assign", _("分派盘点任务"))

FROZEN = ledger.act("count_frozen", _("冻结账面"))
TASKED = ledger.act("count_tasked", _("下发任务"))
ASSIGNED = ledger.act("count_assigned", _("分派任务"))
SCANNED = ledger.act("count_scanned", _("盘点"))
COUNTED = ledger.act("count_counted", _("清点完成"))
FOUND = ledger.act("count_found", _("形成差异"))
EXPLAINED = ledger.act("count_explained", _("说明差异"))
CARRIED = ledger.act("count_carried", _("结转挂账"))
ADJUSTED = ledger.act("count_adjusted", _("盘点调整"))
SETTLED = ledger.act("count_settled", _("处理差异"))
CLOSED = ledger.act("count_closed", _("办结盘点"))
