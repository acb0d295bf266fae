"""What the three administrators keep, declared like any other record: accounts, custom fields, suspensions, verifications."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baozhang.ch1_general.organs.models import Suspension
from baozhang.kernel import access
from baozhang.kernel.accounts import User
from baozhang.kernel.acts import Act
from baozhang.kernel.customs import CustomField
from baozhang.kernel.resource import Computed, Group, Page, Related, Resource, register
from baozhang.kernel.verification import Verification

from . import accounts, suspensions
from .views.passwords import reset

ARTICLE = "第三十八条"


@register
class Accounts(Resource):
    """Who can sign in; what they may do comes from appointments."""

    model = User
    slug = "admin/accounts"
    article = ARTICLE
    chapter = "administration"
    words = pgettext_lazy("list", "账号")
    admin = True
    purpose = _("一人一个账号；能办什么由任职决定")
    icon = "users"
    columns = ("username", "name", "phone", "is_active", "must_change")
    groups = (
        Group(_("账号"), ("username", "name", "phone")),
        Group(_("状态"), ("is_active", "must_change")),
    )
    readonly = frozenset({"is_active", "must_change"})
    filters = ("is_active", "must_change")
    search = ("username", "name")
    sorts = ("username",)
    order = "username"
    headings = {"username": ("账号", "用户名"), "phone": ("电话", "手机")}
    related = (Related("organs/appointments", "user", _("任职")),)
    acts = {
        "lock": Act(
            _("停用"),
            "kernel.user:change",
            accounts.lock,
            needs_note=True,
            icon="lock-closed",
            shown=lambda user: user.is_active,
        ),
        "unlock": Act(_("解除锁定"), "kernel.user:change", accounts.unlock, needs_note=True, icon="key"),
    }
    pages = {"password": Page(_("重置密码"), reset, "kernel.user:change")}


@register
class CustomFields(Resource):
    """An office's own fields on classes of record."""

    model = CustomField
    slug = "admin/fields"
    article = ARTICLE
    chapter = "administration"
    admin = True
    purpose = _("给某类记录增加本单位自己的字段，表单、筛选、台账和接口一起可用")
    columns = ("label_of", "words", "key", "kind", "required", "filtered", "retired")
    groups = (
        Group(_("字段"), ("label_of", "words", "key", "kind", "choices_text")),
        Group(_("用法"), ("required", "filtered", "retired")),
    )
    filters = ("label_of", "kind", "retired")
    search = ("words", "key")
    sorts = ("key",)
    importable = False


def _role(one: Suspension) -> Any:
    role = access.ROLES.get(one.role)
    return role.words if role else one.role


def _permission(one: Suspension) -> Any:
    permission = access.PERMISSIONS.get(one.permission)
    return permission.words if permission else one.permission


@register
class Suspensions(Resource):
    """Grants that are, or were, suspended."""

    model = Suspension
    slug = "admin/suspensions"
    article = ARTICLE
    chapter = "administration"
    words = pgettext_lazy("list", "停用的授权")
    admin = True
    addable = False
    importable = False
    purpose = _("停用某个角色的某项权限，写明理由，随时可以恢复")
    columns = ("role_words", "permission_words", "reason", "lifted", "kept_at")
    groups = (Group(_("停用"), ("role_words", "permission_words", "reason", "lifted")),)
    readonly = frozenset({"role", "permission", "reason", "lifted"})
    filters = ("lifted",)
    search = ("role", "permission", "reason")
    computed = {"role_words": Computed(_("角色"), _role), "permission_words": Computed(_("权限"), _permission)}
    key_facts = ("role_words", "permission_words")
    acts = {
        "lift": Act(_("恢复授权"), "organs.suspension:change", suspensions.lift, needs_note=True, icon="check",
                    shown=lambda one: not one.lifted),
    }  # fmt: skip


@register
class Verifications(Resource):
    """Runs of the ledger's verification."""

    model = Verification
    slug = "admin/verifications"
    article = ARTICLE
    chapter = "administration"
    words = pgettext_lazy("list", "账本验证")
    admin = True
    addable = False
    importable = False
    menu = False
    purpose = _("逐条核对账本、记录和封账，每次验证的结果都留存")
    columns = ("asked_at", "asked_by", "state", "entries", "records", "seals", "problem_count", "ended_at")
    groups = (
        Group(_("验证"), ("asked_by", "asked_at", "ended_at", "state")),
        Group(_("结果"), ("entries", "records", "seals", "unsealed", "problem_count", "problems")),
    )
    readonly = frozenset(
        {
            "asked_by",
            "asked_at",
            "ended_at",
            "state",
            "entries",
            "records",
            "seals",
            "unsealed",
            "problem_count",
            "problems",
        }
    )
    filters = ("state",)
    state = "state"
    colours = {"running": "blue", "sound": "green", "broken": "red"}
    key_facts = ("asked_by", "entries", "problem_count")
