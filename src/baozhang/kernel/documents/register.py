"""The register of official documents: each with its number, its content, the digest of its PDF and its verify code."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.scope import organ_condition

from .model import Kind, OfficialDocument
from .storing import document_of


class DocumentState(models.TextChoices):
    """Whether a document holds."""

    VALID = "valid", _("有效")
    REVOKED = "revoked", _("已撤销")
    REPLACED = "replaced", _("已被取代")


class Document(Record):
    """One document that was issued; its number and content never change, only whether it holds."""

    kind = models.CharField(_("文种"), max_length=20, choices=Kind.choices)
    number = models.CharField(_("发文字号"), max_length=60)
    word = models.CharField(_("机关代字"), max_length=20)
    year = models.PositiveSmallIntegerField(_("年份"))
    serial = models.PositiveIntegerField(_("顺序号"))
    title = models.CharField(_("标题"), max_length=200)
    organ_id = models.BigIntegerField(_("发文单位"), db_index=True)  # the kernel knows no organs, only their keys
    issuer_name = models.CharField(_("发文机关"), max_length=80)
    addressee_name = models.CharField(_("主送机关"), max_length=300, blank=True, default="")
    addressees = models.JSONField(_("收文单位"), default=list, blank=True)  # keys of organs; Delivery is their index
    day = models.DateField(_("成文日期"))
    about_kind = models.CharField(_("事项类别"), max_length=64, blank=True, default="")
    about_id = models.BigIntegerField(_("事项"), null=True, blank=True)
    content = models.JSONField(_("正文数据"), default=dict)
    digest = models.CharField(_("PDF 摘要（SM3）"), max_length=64, unique=True)
    code = models.CharField(_("核验码"), max_length=32, unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=DocumentState.choices, default=DocumentState.VALID)
    ended_on = models.DateField(_("失效日期"), null=True, blank=True)
    reason = models.CharField(_("失效理由"), max_length=300, blank=True, default="")
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("取代文件")
    )

    searched = ("number", "title")
    masked = frozenset({"code", "content"})  # the content says the code; the digest of the PDF proves both

    class Meta:
        app_label = "kernel"
        verbose_name = _("公文")
        constraints = [
            models.UniqueConstraint(fields=["organ_id", "word", "year", "serial"], name="document_number_once",
                                    violation_error_message=_("发文字号已被使用")),
            models.CheckConstraint(condition=Q(state="valid", ended_on__isnull=True, reason="")
                                   | ~Q(state="valid") & Q(ended_on__isnull=False) & ~Q(reason=""),
                                   name="document_ends_with_reason", violation_error_message=_("失效的文件须有日期和理由")),
            models.CheckConstraint(condition=~Q(state="replaced") | Q(replaced_by__isnull=False), name="document_replaced_by",
                                   violation_error_message=_("被取代的文件须写明取代它的文件")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["day", "id"], name="document_day"),
            models.Index(fields=["about_kind", "about_id"], name="document_about"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """The documents that an organ within reach issued or was sent."""
        issued = organ_condition("organ_id", organs)
        if issued is None or organs is None:
            return None
        sent = Delivery.objects.filter(organ_id__in=sorted(organs))
        return issued | Q(pk__in=sent.values("document_id"))

    @property
    def paper(self) -> OfficialDocument:
        """The content as it was typeset."""
        return document_of(self.content)

    @property
    def valid(self) -> bool:
        """True while it holds."""
        return self.state == DocumentState.VALID

    @property
    def about(self) -> tuple[str, Any]:
        """The class and key of the record that it is about."""
        return self.about_kind, self.about_id


class Delivery(models.Model):
    """That a document was sent to an organ: an index of `Document.addressees`, from which it follows."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries", db_index=False)
    organ_id = models.BigIntegerField()

    class Meta:
        app_label = "kernel"
        verbose_name = _("送达")
        constraints = [models.UniqueConstraint(fields=["document", "organ_id"], name="delivered_once")]
        indexes = [models.Index(fields=["organ_id", "document"], name="delivery_organ")]

    def __str__(self) -> str:
        return f"{self.document_id} → {self.organ_id}"


class NumberSeries(models.Model):
    """The last number given in one series: an organ, its document word, a year."""

    organ_id = models.BigIntegerField()
    word = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "kernel"
        verbose_name = _("发文编号")
        constraints = [models.UniqueConstraint(fields=["organ_id", "word", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕{self.last}"
