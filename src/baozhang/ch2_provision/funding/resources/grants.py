"""Who may do what with plans and budgets: agencies their own, the authority and finance those of their level."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.funding.actions.planning import NEED
from baozhang.ch2_provision.funding.actions.spending import COMMIT
from baozhang.ch2_provision.funding.flows import budget, line, plan
from baozhang.ch2_provision.funding.flows.round import OPEN
from baozhang.ch2_provision.funding.models import Budget, Plan, PlanLine
from baozhang.ch2_provision.funding.models.budget import REVIEW
from baozhang.kernel import access
from baozhang.kernel.access import Reach

for _model, _words in ((Plan, _("上传计划材料")), (PlanLine, _("上传事项依据")), (Budget, _("上传预算材料"))):
    access.permission(_model.right("attach"), _words)

KINDS = (
    "planround", "ceiling", "plan", "planline", "site", "sitemember", "budget", "budgetline", "commitment", "payment",
)  # fmt: skip
LOOK = [f"funding.{kind}:{verb}" for kind in KINDS for verb in ("view", "export")]
ATTACH = [Plan.right("attach"), PlanLine.right("attach"), Budget.right("attach")]


def _verbs(kind: str, *verbs: str) -> list[str]:
    return [f"funding.{kind}:{verb}" for verb in verbs]


ALL_VERBS = ("add", "change", "import", "remove")
access.grant(roles.AGENCY, LOOK, Reach.OWN)
access.grant(roles.READERS, LOOK, Reach.BELOW)
access.grant(
    roles.ACCOUNTANT,
    [
        *_verbs("plan", "add"), *_verbs("planline", *ALL_VERBS), *_verbs("budget", "add", "change"),
        *_verbs("budgetline", *ALL_VERBS), plan.DRAFT, budget.DRAFT, NEED, *ATTACH,
    ],
    Reach.OWN,
)  # fmt: skip
access.grant(roles.ASSET_CLERK, [NEED, PlanLine.right("attach")], Reach.OWN)
access.grant(roles.AGENCY, COMMIT, Reach.OWN)
access.grant(roles.HEAD, [plan.DECIDE, budget.DECIDE, *ATTACH], Reach.OWN)
access.grant(
    roles.PLAN_OFFICER,
    [
        *_verbs("planround", "add", "change"), OPEN, plan.REVIEW, line.REVIEW_LINE, *_verbs("site", *ALL_VERBS),
    ],
    Reach.OWN,
)  # fmt: skip
access.grant(roles.PLAN_OFFICER, [*_verbs("ceiling", *ALL_VERBS), *_verbs("sitemember", *ALL_VERBS)], Reach.BELOW)
access.grant(roles.ASSET_OFFICER, line.REVIEW_LINE, Reach.OWN)
access.grant(roles.SUPPORT_HEAD, plan.AGREE, Reach.OWN)
access.grant((*roles.DIVISIONS, roles.FINANCE_OFFICER), plan.COUNTERSIGN, Reach.JURISDICTION)
access.grant(roles.ASSET_OFFICER, COMMIT, Reach.JURISDICTION)
access.grant(roles.FINANCE, REVIEW, Reach.OWN)
access.grant(roles.FINANCE_HEAD, budget.REPLY, Reach.OWN)
access.grant(roles.FINANCE_OFFICER, _verbs("budgetline", "change", "import"), Reach.BELOW)
