"""What becomes of a vehicle's card in its disposal is on its file at once: it waits, is given back, has gone and its terminal is off."""

from __future__ import annotations

from baozhang.ch2_provision.disposal.flows import CaseFlow
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.ch2_provision.vehicles.actions.following import keep_up
from baozhang.kernel import access

SYSTEM = access.system_actor("车辆档案")


@CaseFlow.register.effect
@CaseFlow.approve.effect
@CaseFlow.consent.effect
@CaseFlow.write_off.effect
@CaseFlow.book_loss.effect
@CaseFlow.revoke.effect
@CaseFlow.recall.effect
def _files_follow(case: Case) -> None:
    """What is drawn up, sent and counted meanwhile goes by the file."""
    keep_up(by=SYSTEM, cards=list(Line._base_manager.filter(case=case).values_list("card_id", flat=True)))
