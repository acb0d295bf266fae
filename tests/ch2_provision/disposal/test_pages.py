"""What a clerk and an accountant see on the way: the draft opens from its message, the sum due from the notice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from baozhang.ch2_provision.assets.models import Income, Voucher
from baozhang.ch2_provision.disposal.actions import carrying
from baozhang.ch2_provision.disposal.actions.papers import file_paper
from baozhang.ch2_provision.disposal.models import Case, Line, Paper
from baozhang.kernel import scope
from baozhang.kernel.refusal import Refused
from tests.conftest import TODAY

from .conftest import pdf

pytestmark = pytest.mark.django_db


def test_the_message_leads_to_the_draft_and_no_empty_box_stands_on_the_card(office, as_user):
    card, clerk = office.card(), as_user(office.user("张管"))
    page = clerk.get(f"/assets/cards/{card.pk}/").content.decode()
    assert "没有相关记录" not in page and "出租出借" not in page.split('id="main"')[1]
    asked = clerk.get(f"/assets/cards/{card.pk}/acts/propose/").content.decode()
    assert asked.split('id="main"')[1].count("第十三条第四款") == 1, "the article is said once"
    done = clerk.post(f"/assets/cards/{card.pk}/acts/propose/", {"disposal": "sale", "note": "已损坏"}, follow=True)
    assert f'<a href="/disposal/cases/{Case._base_manager.get().pk}/">打开</a>' in done.content.decode()


def test_the_sum_due_opens_from_the_case_with_the_rest_filled_in_and_so_does_the_voucher(office, as_user):
    case = office.take("hand_over", office.approved(office.card()))
    office.paper(case, "slip")
    case = office.take("slip", case)
    office.act("会计", carrying.earn, case, {"income": Decimal("350"), "income_due": TODAY, "income_note": ""})
    books, due = as_user(office.user("会计")), Income._base_manager.get()
    page = books.get(f"/disposal/cases/{case.pk}/").content.decode()
    assert page.count(f'href="/assets/incomes/{due.pk}/"') == 2, "in the notice and in the panel"
    form = books.get(f"/assets/incomes/{due.pk}/acts/pay/").content.decode()
    assert 'value="350.00"' in form and f'value="{TODAY}"' in form
    books.post(f"/assets/incomes/{due.pk}/acts/pay/", {"paid": "350", "paid_on": str(TODAY), "receipt": "NO.1"})
    office.take("write_off", case)
    page = books.get(f"/disposal/cases/{case.pk}/").content.decode()
    for kind in ("income", "write_off"):
        assert f'href="/assets/vouchers/{Voucher._base_manager.get(kind=kind).pk}/"' in page


def test_whoever_takes_a_card_out_stands_at_the_case_and_not_at_what_is_gone(office, as_user):
    case, clerk = office.draft(office.card(), office.card()), as_user(office.user("张管"))
    line = Line._base_manager.filter(case=case).first()
    done = clerk.post(f"/disposal/lines/{line.pk}/acts/take_out/", {"ready": "1"}, follow=True)
    assert done.redirect_chain == [(f"/disposal/cases/{case.pk}/", 302)] and done.status_code == 200
    assert "已移出 1 张卡片" in done.content.decode()


def test_the_paper_that_is_wanted_next_is_chosen_already(office, as_user):
    case = office.approved(office.computer())
    page = as_user(office.user("张管")).get(f"/disposal/cases/{case.pk}/papers/").content.decode()
    assert '<option value="wiping" selected>' in page


def test_a_loss_is_handed_over_to_nobody(office, as_user):
    case = office.draft(office.computer(), form="loss")
    page = as_user(office.user("张管")).get(f"/disposal/cases/{case.pk}/").content.decode()
    assert "须清除存储介质" not in page


def test_a_paper_on_which_a_step_rests_is_not_taken_off(office, as_user):
    case = office.take("submit", office.draft(office.card()))
    clerk = as_user(office.user("张管"))
    take_off = f"/disposal/cases/{case.pk}/attachments/%d/remove/"
    office.paper(case, "minutes")
    wrong = Paper._base_manager.get().attachment_id
    assert clerk.post(take_off % wrong).status_code == 302, "nothing rests on it yet"
    with scope.within(office("张管")) as by:
        file_paper(office.again(case), "minutes", pdf("the right one"), "minutes.pdf", by=by)
    office.take("decide", case)
    minutes = Paper._base_manager.get(attachment__removed=False).attachment_id
    refused = clerk.post(take_off % minutes)
    assert refused.status_code == 409 and "不能移除" in refused.content.decode()
    assert not Paper._base_manager.get(attachment_id=minutes).attachment.removed


def test_a_program_says_what_a_paper_proves(office, as_user):
    """Without that the decision could not be taken by programs; an unknown kind is refused with those that there are."""
    case = office.take("submit", office.draft(office.card()))
    clerk, address = as_user(office.user("张管")), f"/api/disposal/cases/{case.pk}/attachments"

    def send(kind):
        return clerk.post(address, {"file": SimpleUploadedFile("minutes.pdf", pdf("the minutes").read()), "kind": kind})

    wrong = send("会议")
    assert wrong.status_code == 422 and "内部决策会议纪要" in wrong.json()["instead"]
    assert not Paper._base_manager.exists()
    assert send("内部决策会议纪要").status_code == 201 and send("minutes").status_code == 201
    assert Paper._base_manager.get().kind == "minutes"
    assert office.take("decide", case).state == "screening"


def test_a_refused_act_keeps_what_was_typed(office, as_user):
    one, two = office.card(), office.card()
    office.decided(one, two)
    clerk = as_user(office.user("张管"))
    post = {"act": "propose", "id": [one.pk, two.pk], "ready": "1", "disposal": "scrapping", "note": "缸体开裂不能修复"}
    for answer in (clerk.post("/assets/cards/acts/?", post), clerk.post(f"/assets/cards/{one.pk}/acts/propose/", post)):
        page = answer.content.decode()
        assert answer.status_code == 409 and "已用于" in page
        assert "缸体开裂不能修复" in page and 'name="disposal"' in page


def test_what_an_act_cannot_do_without_is_asked_for(office, as_user):
    clerk = as_user(office.user("张管"))
    page = clerk.post(f"/assets/cards/{office.card().pk}/acts/propose/", {"disposal": "", "note": "已损坏"})
    assert page.status_code == 422 and "处置理由" in page.content.decode() and "已损坏" in page.content.decode()
    assert not Case._base_manager.exists()


def test_the_reply_is_offered_once_there_is_one(office, as_user):
    case, clerk = office.decided(office.card()), as_user(office.user("张管"))
    address = f"/disposal/cases/{case.pk}/"
    assert f"{address}reply/" not in clerk.get(address).content.decode()
    for step in ("screened", "review", "pass_on", "audit", "consent"):
        case = office.take(step, case)
    assert f"{address}reply/" in clerk.get(address).content.decode()


def test_income_that_was_taken_back_is_entered_anew_from_the_page(office, as_user):
    case = office.approved(office.card())
    case = office.take("hand_over", case)
    office.paper(case, "slip")
    case = office.take("slip", case)
    books, page = as_user(office.user("会计")), f"/disposal/cases/{case.pk}/"
    sum_due = {"income": "350", "income_due": "2026-03-20", "income_note": ""}
    assert books.post(f"{page}acts/earn/", sum_due).status_code == 302
    assert f"{page}acts/earn/" not in books.get(page).content.decode()
    due = Income._base_manager.get()
    assert books.post(f"/assets/incomes/{due.pk}/acts/void/", {"note": "金额误登"}).status_code == 302
    said = books.get(page).content.decode()
    assert "应缴收入已经撤销" in said and f"{page}acts/earn/" in said
    with pytest.raises(Refused, match="应缴收入已经撤销"):
        office.take("write_off", case)
    assert books.post(f"{page}acts/earn/", {**sum_due, "income": "380"}).status_code == 302
    assert office.again(case).income == 380 and Income._base_manager.filter(state="due").get().amount == 380
