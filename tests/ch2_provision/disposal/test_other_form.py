"""The article names the forms of disposal: a new one is one of them; "other" is what old ledgers leave open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.disposal import proposing
from baozhang.ch2_provision.disposal.models import Case
from baozhang.kernel import scope
from baozhang.kernel.refusal import Invalid
from tests import factories
from tests.ch2_provision.disposal.conftest import Office


def test_a_case_is_offered_the_forms_of_the_article_alone(office: Office, as_user: Callable[..., Any]) -> None:
    card, clerk = office.card(), as_user("张管")
    page = f"/assets/cards/{card.pk}/acts/propose/"
    form = clerk.get(page).content.decode()
    assert 'value="scrapping"' in form and 'value="other"' not in form
    assert clerk.post(page, {"disposal": "other", "note": "不用了"}).status_code == 422
    with scope.within(office("张管")) as by, pytest.raises(Invalid, match="请选择处置形式") as refusal:
        proposing.draft([card], form="other", by=by)
    assert (
        refusal.value.article == "第十三条第四款"
        and "其他" in refusal.value.why
        and "损失核销" in refusal.value.instead
    )
    assert not Case._base_manager.exists()


def test_a_registration_is_not_put_right_into_other(office: Office, as_user: Callable[..., Any]) -> None:
    card = office.card(disposed=dt.date(2025, 3, 1), disposal="scrapping")
    clerk, page = as_user("张管"), f"/assets/cards/{card.pk}/acts/correct_disposal/"
    assert 'value="other"' not in clerk.get(page).content.decode()
    body = {"disposal": "other", "disposed": "2025-03-01", "note": "更正"}
    assert clerk.post(page, body).status_code == 422
    card.refresh_from_db()
    assert card.disposal == "scrapping"


def test_what_a_case_has_ended_is_not_offered_for_correction(office: Office, as_user: Callable[..., Any]) -> None:
    by_ledger = office.card(disposed=dt.date(2025, 3, 1), disposal="scrapping")
    by_case, successor = (office.card(disposed=dt.date(2025, 3, 1), disposal="transfer") for _place in range(2))
    factories.kept(Card, where=office.other, name="复印机", former=by_case, value=by_case.value)
    clerk = as_user("张管")

    def offered(card: Card) -> bool:
        return "correct_disposal" in clerk.get(f"/assets/cards/{card.pk}/").content.decode()

    assert [offered(card) for card in (by_ledger, by_case, successor)] == [True, False, True]
