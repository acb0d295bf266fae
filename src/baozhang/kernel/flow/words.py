"""The words of the office verbs, said once."""

from django.utils.translation import gettext_lazy as _

BACK = _("驳回")
WITHDRAW = _("撤回")
HAND = _("转办")
REMIND = _("催办")
SEEK = _("送会签")
CONSULT = _("加签")
OPINE = _("签署意见")
DROP = _("撤销征求")
