"""Sites that an authority runs as a whole, and the agencies that are housed there (article 8, paragraph 2)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record


class Site(Record):
    """A place where agencies work together and whose repair, services and energy the authority organizes and budgets."""

    organ = models.ForeignKey(
        Organization, models.PROTECT, related_name="central_sites", verbose_name=_("统一管理单位")
    )
    name = models.CharField(_("集中办公点"), max_length=60, unique=True)
    address = models.CharField(_("地址"), max_length=120, blank=True, default="")
    area = models.DecimalField(_("建筑面积"), max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")

    natural = ("name",)
    called = ("name",)
    searched = ("name", "address")

    class Meta:
        verbose_name = _("集中办公点")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(area__isnull=True) | Q(area__gt=0), name="site_area",
                                   violation_error_message=_("面积须大于零")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """Its authority's, and that of the agencies housed there."""
        if organs is None or not organs:
            return None if organs is None else Q(pk__in=[])
        housed = SiteMember._base_manager.filter(organ_id__in=sorted(organs)).values("site_id")
        return Q(organ_id__in=sorted(organs)) | Q(pk__in=housed)


class SiteMember(Record):
    """An agency that is housed at a site."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="members", verbose_name=_("集中办公点"))
    organ = models.ForeignKey(Organization, models.PROTECT, related_name="housed", verbose_name=_("入驻单位"))
    since = models.DateField(_("入驻日期"), null=True, blank=True)

    natural = ("site_id", "organ_id")

    class Meta:
        verbose_name = _("集中办公点入驻单位")
        ordering = ("site", "organ")
        constraints = [
            models.UniqueConstraint(fields=["site", "organ"], name="site_member_once",
                                    violation_error_message=_("该单位已登记入驻")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organ} · {self.site}"
