"""A certificate in its time: valid, due thirty days before its end, renewed by the next one, or ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.vehicles.choices import REMIND_DAYS
from baozhang.ch2_provision.vehicles.choices import CertificateState as S
from baozhang.ch2_provision.vehicles.models import Certificate
from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.refusal import Refused

RENEW = access.permission("vehicles.certificate:renew", gettext_lazy("续办车辆证照"))
FIELDS = ("next_number", "next_since", "next_until", "next_amount")
SYSTEM = access.system_actor("证照到期提醒")


def _end(certificate: Certificate, _day: dt.date) -> dt.date | None:
    return certificate.until


class CertificateFlow(Flow):
    """有效 → 到期前提醒 → 续办 | 终止."""

    model = Certificate
    words = gettext_lazy("车辆证照")
    article = "第二十三条第一款"
    initial = (S.VALID,)

    falls_due = Step(gettext_lazy("提醒续办"), S.VALID, S.DUE, ":renew", within=_end, todo=False, icon="bell")
    renew = Step(
        gettext_lazy("登记续办"), S.DUE, S.RENEWED, ":renew", kind="primary", icon="arrow-path", fields=FIELDS,
        required=("next_until",), says=gettext_lazy("系统据此登记接续的新证照，不用再填一次。"),
    )  # fmt: skip
    early = Step(
        gettext_lazy("提前续办"), S.VALID, S.RENEWED, ":renew", todo=False, fields=FIELDS, required=("next_until",),
    )  # fmt: skip
    end = Step(
        gettext_lazy("终止"), (S.VALID, S.DUE), S.ENDED, ":renew", todo=False, side=True, needs_note=True, kind="danger"
    )


@CertificateFlow.renew.guard
@CertificateFlow.early.guard
def _later(certificate: Certificate, *, values: dict[str, Any]) -> None:
    until, last = values.get("next_until"), certificate.until or certificate.since
    if until is not None and last is not None and until <= last:
        raise Refused(
            _("新有效期 %(new)s 不晚于原有效期 %(old)s") % {"new": until, "old": last},
            article="第二十三条第一款",
            instead=_("请按新证照填写。"),
        )
    since = values.get("next_since")
    if since is not None and (since <= certificate.since or (until is not None and since > until)):
        raise Refused(
            _("新证照起始日期 %(since)s 不在原证照之后，或者晚于新有效期") % {"since": since},
            article="第二十三条第一款",
            instead=_("请按新证照填写；留空则为原有效期的次日。"),
        )


@CertificateFlow.renew.effect
@CertificateFlow.early.effect
def _next(certificate: Certificate, *, by: Actor, day: dt.date) -> None:
    """The one that follows begins on the day on its paper, else on the day after the old one, whenever that is entered."""
    after = certificate.until + dt.timedelta(days=1) if certificate.until else day
    following = Certificate(
        vehicle=certificate.vehicle, kind=certificate.kind, number=certificate.next_number or certificate.number, issuer=certificate.issuer,
        since=certificate.next_since or after, until=certificate.next_until, amount=certificate.next_amount,
    )  # fmt: skip
    CertificateFlow.start(following, by=by, right=RENEW, note=str(certificate))


def remind(day: dt.date | None = None) -> int:
    """This will make to-dos of certificates that end soon, or have ended; returns how many."""
    last = (day or clock.today()) + dt.timedelta(days=REMIND_DAYS)
    rows = list(
        Certificate._base_manager.filter(state=S.VALID, until__lte=last)
        .exclude(vehicle__state="gone")
        .order_by("until", "pk")
    )
    for certificate in rows:
        CertificateFlow.take("falls_due", certificate, by=SYSTEM)
    return len(rows)
