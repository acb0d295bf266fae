"""Who may do what in the warehouse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.kernel import access
from baozhang.kernel.access import Reach

ALL = (
    "item",
    "entry",
    "proposal",
    "exit",
    "reservation",
    "loan",
    "thing",
    "event",
    "purchase",
    "store",
    "place",
    "sharedclass",
)
OFFICE = (roles.ASSET_OFFICER, roles.KEEPER, roles.SUPPORT_HEAD, roles.SUPERVISOR)
PERFORMANCE = access.permission("warehouse.item:performance", gettext_lazy("查看公物仓绩效"))
REPORT = access.permission("warehouse.item:report", gettext_lazy("印发公物仓绩效报告"))
ATTACH = access.permission("warehouse.item:attach", gettext_lazy("上传物品照片"))


def _of(*names: str, verbs: tuple[str, ...] = ("view", "export")) -> list[str]:
    return [f"warehouse.{name}:{verb}" for name in names for verb in verbs]


access.grant((*roles.AGENCY, roles.STAFF), _of("offer"), Reach.OWN)
access.grant((*roles.READERS,), _of("offer"), Reach.OWN)
access.grant((*roles.AGENCY, roles.STAFF), _of(*ALL), Reach.OWN)
# The authority sees what its own warehouse decides through the records' own sides; the head and those who audit see below.
access.grant(OFFICE, _of(*ALL, "activation"), Reach.OWN)
access.grant(OFFICE, _of("event", "purchase"), Reach.JURISDICTION)
access.grant(
    (roles.SUPPORT_HEAD, roles.AUDITOR, roles.FINANCE_OFFICER, roles.FINANCE_HEAD), _of(*ALL, "activation"), Reach.BELOW
)
access.grant((*OFFICE, roles.AUDITOR, *roles.FINANCE), PERFORMANCE, Reach.OWN)

access.grant(roles.ASSET_CLERK, [
    "warehouse.proposal:answer", "warehouse.entry:add", "warehouse.entry:submit", "warehouse.entry:deliver",
    "warehouse.exit:add", "warehouse.exit:submit", "warehouse.exit:hand", "warehouse.exit:sign", "warehouse.loan:hand_in",
    "warehouse.loan:extend", "warehouse.loan:inspect", "warehouse.thing:hand_in", "warehouse.thing:report", "warehouse.thing:inspect",
    "warehouse.event:close", *_of("event", "purchase", verbs=("add", "change", "remove")), "warehouse.event:import",
], Reach.OWN)  # fmt: skip
access.grant(
    roles.STAFF,
    ["warehouse.exit:sign", "warehouse.loan:hand_in", "warehouse.thing:hand_in", "warehouse.thing:report"],
    Reach.OWN,
)
access.grant(roles.HEAD, ["warehouse.entry:agree", "warehouse.exit:agree"], Reach.OWN)
access.grant(roles.ASSET_OFFICER, [
    "warehouse.proposal:review", "warehouse.entry:check", "warehouse.exit:approve", "warehouse.loan:allow", "warehouse.thing:settle",
    *_of("sharedclass", verbs=("add", "change", "import", "remove")),
], Reach.OWN)  # fmt: skip
access.grant(roles.ASSET_OFFICER, "warehouse.item:release", Reach.BELOW)
access.grant(roles.KEEPER, [
    "warehouse.entry:receive", "warehouse.exit:hand", "warehouse.loan:inspect", "warehouse.thing:inspect",
    *_of("store", "place", verbs=("add", "change", "import", "remove")),
], Reach.OWN)  # fmt: skip
access.grant(roles.KEEPER, ["warehouse.item:keep", "warehouse.item:attach", "warehouse.activation:supply"], Reach.BELOW)
access.grant(roles.ASSET_CLERK, "warehouse.item:attach", Reach.OWN)
access.grant((roles.SUPPORT_HEAD, roles.ASSET_OFFICER), REPORT, Reach.OWN)
access.grant(roles.SUPPORT_HEAD, ["warehouse.loan:special", "warehouse.activation:add", "warehouse.activation:change",
                                  "warehouse.activation:end"], Reach.OWN)  # fmt: skip
access.grant(roles.SUPPORT_HEAD, ["warehouse.exit:oversee", "warehouse.loan:oversee"], Reach.BELOW)
access.grant(roles.FINANCE_HEAD, "warehouse.exit:grant", Reach.OWN)
