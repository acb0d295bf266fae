"""The roles that people hold; each app grants its own rights to them."""

from django.utils.translation import gettext_lazy as _

from baozhang.kernel import access

ASSET_CLERK = "asset_clerk"
HEAD = "head"
SUPERVISOR = "supervisor"
SUPPORT_HEAD = "support_head"
STANDARDS_OFFICER = "standards_officer"
FINANCE_OFFICER = "finance_officer"
FINANCE_HEAD = "finance_head"
ACCOUNTANT = "accountant"
STAFF = "staff"
ASSET_OFFICER = "asset_officer"
PLAN_OFFICER = "plan_officer"
KEEPER = "keeper"
AUDITOR = "auditor"
DISPATCHER = "dispatcher"
POOL_DISPATCHER = "pool_dispatcher"
DRIVER = "driver"
SYSTEM_ADMIN = "system_admin"
SECURITY_ADMIN = "security_admin"
AUDIT_ADMIN = "audit_admin"

AGENCY = (ASSET_CLERK, ACCOUNTANT, HEAD)
AUTHORITY = (SUPERVISOR, SUPPORT_HEAD, STANDARDS_OFFICER)
DIVISIONS = (ASSET_OFFICER, PLAN_OFFICER, KEEPER)  # of the support authority: those who handle cases
FINANCE = (FINANCE_OFFICER, FINANCE_HEAD)
ON_THE_SPOT = (STAFF, DISPATCHER, POOL_DISPATCHER, DRIVER)  # who use, send and drive
READERS = (*AUTHORITY, *DIVISIONS, *FINANCE, AUDITOR)

access.role(ASSET_CLERK, _("资产管理员"), _("管理本单位的资产卡片和台账，办理整改反馈"))
access.role(HEAD, _("单位负责人"), _("审定本单位的事项，查看本单位的全部资产和风险线索"))
access.role(SUPERVISOR, _("监督检查人员"), _("机关事务管理部门中查看本级线索、发出预警和整改通知、复查销号的人员"))
access.role(SUPPORT_HEAD, _("机关事务管理部门负责人"), _("签发整改通知，查看本级和下级的监督情况"))
access.role(STANDARDS_OFFICER, _("标准管理人员"), _("起草、试算和发布配置标准的人员"))
access.role(FINANCE_OFFICER, _("财政部门人员"), _("财政部门中查看本级资产和标准的人员"))
access.role(FINANCE_HEAD, _("财政部门负责人"), _("财政部门中批复预算、审批处置和划转的人员"))
access.role(ACCOUNTANT, _("财务人员"), _("编制本单位的年度计划和预算，记账、收缴收入的人员"))
access.role(STAFF, _("工作人员"), _("使用和保管资产的工作人员：看到自己名下的资产，申请、盘点、交接"))
access.role(ASSET_OFFICER, _("资产管理处人员"), _("机关事务管理部门中审核配置、入仓、调剂和处置的人员"))
access.role(PLAN_OFFICER, _("计划财务处人员"), _("机关事务管理部门中审核年度计划、汇总预算的人员"))
access.role(KEEPER, _("公物仓管理员"), _("验收入仓、备货出仓、交接和验还的人员"))
access.role(DISPATCHER, _("车辆调度员"), _("管理本单位驾驶人，派车、改派，办理节假日封存的人员"))
access.role(POOL_DISPATCHER, _("平台调度员"), _("机关事务管理部门中用集中管理的车辆为本级各单位派车的人员"))
access.role(DRIVER, _("驾驶员"), _("用手机接收派车单，登记出车和还车的人员"))
access.role(AUDITOR, _("审计监察人员"), _("监督部门中按职责查看资产、线索和办理过程的人员"))
access.role(SYSTEM_ADMIN, _("系统管理员"), _("开设账号、办理任职；看不到业务"), admin=True)
access.role(SECURITY_ADMIN, _("安全管理员"), _("核对角色和权限、停用授权；看不到业务"), admin=True)
access.role(AUDIT_ADMIN, _("审计管理员"), _("查阅账本、验证封账；看不到业务"), admin=True)
