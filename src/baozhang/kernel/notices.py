"""Notices: short messages to a person in the house, with a link to the record they are about."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import access, clock
from .statement import Statement


class Notice(models.Model):
    """One message to one user; it is no record, as nothing follows from it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("收件人")
    )
    organ_id = models.BigIntegerField(null=True)  # the organ in which the reader is concerned
    title = models.CharField(_("标题"), max_length=240)
    body = models.TextField(_("内容"), blank=True)
    kind = models.CharField(max_length=64, blank=True)  # the class of record that it is about
    record_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "kernel"
        verbose_name = _("通知")
        indexes = [
            models.Index(fields=["user", "-at"], name="notice_mine"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title


def compose(
    user_ids: Iterable[int],
    *,
    title: str,
    body: str = "",
    organ_id: int | None = None,
    about: tuple[str, int] | None = None,
) -> list[Notice]:
    """Notices for some users, not yet sent; `about` is the class and key of a record."""
    kind, record_id = about or ("", None)
    return [
        Notice(user_id=user, organ_id=organ_id, title=title[:240], body=body, kind=kind, record_id=record_id, at=clock.now())
        for user in dict.fromkeys(user_ids)
    ]  # fmt: skip


def send(notices: Iterable[Notice]) -> int:
    """This will send composed notices in bulk; their number."""
    return len(Notice.objects.bulk_create(notices, batch_size=1000))


def notify(
    user_ids: Iterable[int],
    *,
    title: str,
    body: str = "",
    organ_id: int | None = None,
    about: tuple[str, int] | None = None,
) -> int:
    """This will send one notice to each of some users; their number."""
    return send(compose(user_ids, title=title, body=body, organ_id=organ_id, about=about))


def notify_holders(
    permission: str, organ_id: int, *, title: str, body: str = "", about: tuple[str, int] | None = None
) -> int:
    """This will send one notice to everybody who holds a right in an organ today; their number."""
    people = access.holders_of.ask(permission, organ_id, clock.today())
    return notify(people, title=title, body=body, organ_id=organ_id, about=about)


def of(user_id: int) -> models.QuerySet[Notice]:
    """A user's notices, newest first."""
    return Notice.objects.filter(user_id=user_id).order_by("-at", "-pk")


def unread(user_id: int) -> int:
    """How many notices a user has not read."""
    return _UNREAD.first(user_id) or 0


_UNREAD = Statement(
    lambda user_id: (
        Notice.objects.filter(user_id=user_id, read_at=None)
        .order_by()
        .values("user_id")
        .annotate(n=models.Count("pk"))
        .values_list("n", flat=True)
    )
)


def mark_read(user_id: int, ids: Iterable[int] | None = None) -> int:
    """This will mark notices of a user as read, all where none are named; others' notices stay as they are."""
    rows = Notice.objects.filter(user_id=user_id, read_at=None)
    return (
        rows.update(read_at=clock.now()) if ids is None else rows.filter(pk__in=list(ids)).update(read_at=clock.now())
    )
