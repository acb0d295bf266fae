"""The official text as it was loaded: an edition, its chapters and sections, its articles, and their clauses."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baozhang.kernel.record import Record
from baozhang.law.articles import Citation


class LawText(Record):
    """One edition of the regulation, loaded from an office's own file; `digest` is over its parts, not its line breaks."""

    title = models.CharField(_("法规名称"), max_length=100)
    adopted = models.CharField(_("通过情况"), max_length=300, blank=True)
    adopted_on = models.DateField(_("通过日期"), null=True, blank=True)
    in_force_from = models.DateField(_("施行日期"), null=True, blank=True)
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    file = models.CharField(_("来源文件"), max_length=200)
    loaded_at = models.DateTimeField(_("导入时间"))

    scope_field = None
    natural = ("digest",)

    class Meta:
        verbose_name = _("法规文本")
        ordering = ("-in_force_from", "-loaded_at")

    def __str__(self) -> str:
        return self.title


class LawHeading(Record):
    """The heading of a chapter (section 0) or of a section in it."""

    text = models.ForeignKey(LawText, models.PROTECT, related_name="headings", verbose_name=_("法规文本"))
    chapter = models.PositiveSmallIntegerField(_("章"))
    section = models.PositiveSmallIntegerField(_("节"), default=0)
    title = models.CharField(_("标题"), max_length=60)

    scope_field = None
    natural = ("text_id", "chapter", "section")

    class Meta:
        verbose_name = _("章节标题")
        ordering = ("chapter", "section")
        constraints = [models.UniqueConstraint(fields=["text", "chapter", "section"], name="heading_once")]

    def __str__(self) -> str:
        return self.title


class LawArticle(Record):
    """One article: its number, and the chapter and section that it stands in."""

    text = models.ForeignKey(LawText, models.PROTECT, related_name="articles", verbose_name=_("法规文本"))
    number = models.PositiveSmallIntegerField(_("条"))
    chapter = models.PositiveSmallIntegerField(_("章"))
    section = models.PositiveSmallIntegerField(_("节"), default=0)

    scope_field = None
    natural = ("text_id", "number")

    class Meta:
        verbose_name = _("条文")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="article_once"),
            models.CheckConstraint(condition=Q(number__gte=1, chapter__gte=1), name="article_numbered"),
        ]

    def __str__(self) -> str:
        return Citation(self.number).words


class LawClause(Record):
    """The words of a paragraph (item 0), or of one numbered item of it."""

    article = models.ForeignKey(LawArticle, models.PROTECT, related_name="clauses", verbose_name=_("条文"))
    paragraph = models.PositiveSmallIntegerField(_("款"))
    item = models.PositiveSmallIntegerField(_("项"), default=0)
    words = models.TextField(_("文字"))

    scope_field = None
    natural = ("article_id", "paragraph", "item")

    class Meta:
        verbose_name = _("款项")
        ordering = ("article", "paragraph", "item")
        constraints = [
            models.UniqueConstraint(fields=["article", "paragraph", "item"], name="clause_once"),
            models.CheckConstraint(condition=Q(paragraph__gte=1), name="clause_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.article} {self.paragraph}/{self.item}"
