"""The rights of the three administrators over pages that are no list of records, and who has which."""

from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.roles import AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN
from baozhang.kernel import access
from baozhang.kernel.access import Reach

JOBS = access.permission("site.jobs:view", _("查看后台任务"), admin=True)
MATRIX = access.permission("site.rights:view", _("查看角色和权限"), admin=True)
SIGN_INS = access.permission("site.signins:view", _("查看登录失败"), admin=True)
POLICY = access.permission("site.policy:view", _("查看登录策略"), admin=True)
LEDGER = access.permission("site.ledger:view", _("查阅账本"), admin=True)
SEALS = access.permission("site.seals:view", _("查看封账"), admin=True)

ACCOUNTS = [f"kernel.user:{verb}" for verb in ("view", "add", "change", "import", "export")]
FIELDS = [f"kernel.customfield:{verb}" for verb in ("view", "add", "change")]
JURISDICTIONS = [f"organs.jurisdiction:{verb}" for verb in ("add", "change")]
SUSPENSIONS = [f"organs.suspension:{verb}" for verb in ("view", "add", "change", "export")]
RUNS = [f"kernel.verification:{verb}" for verb in ("view", "add", "export")]

access.grant(SYSTEM_ADMIN, [JOBS, *ACCOUNTS, *FIELDS, *JURISDICTIONS], Reach.ALL)
access.grant(SYSTEM_ADMIN, ["kernel.token:view", "kernel.token:change"], Reach.BELOW)
access.grant(SECURITY_ADMIN, [MATRIX, SIGN_INS, POLICY, *SUSPENSIONS], Reach.ALL)
access.grant(AUDIT_ADMIN, [LEDGER, SEALS, *RUNS], Reach.ALL)
