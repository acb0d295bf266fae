"""The screens and addresses of warnings and orders: what each person gets, and that others get nothing."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baozhang.ch4_supervision.warnings.choices import OrderKind, OrderState, State
from baozhang.ch4_supervision.warnings.orders import Order
from baozhang.kernel.documents import files
from tests.kernel.documents.pages import squeezed, texts

pytestmark = pytest.mark.django_db


def post(client, address, **data):
    return client.post(address, data, follow=True)


def text(answer):
    """What an answer says, JSON with its Chinese readable."""
    is_json = answer.headers["Content-Type"].startswith("application/json")
    return json.dumps(answer.json(), ensure_ascii=False) if is_json else answer.content.decode()


def test_from_the_list_of_findings_to_drafts(office, as_user):
    findings = [office.finding(office.crowd()), office.finding(office.crowd(office.other))]
    client = as_user(office.user("赵科"))
    page = client.get("/warnings/findings/").content.decode()
    assert "起草风险预警" in page and "起草整改通知" in page
    answer = client.post("/warnings/findings/acts/", {"act": "order", "id": [one.pk for one in findings]}, follow=True)
    assert "已起草 2 份整改通知，列入线索 2 条" in answer.content.decode()
    assert {order.organ_id for order in Order._base_manager.all()} == {office.agency.pk, office.other.pk}
    again = client.post("/warnings/findings/acts/", {"act": "warn", "id": [one.pk for one in findings]}, follow=True)
    assert again.status_code == 409 and "已列入另一份" in again.content.decode()
    desk = client.get("/").content.decode()
    assert "整改通知：关于责令限期整改" in desk


def test_the_article_of_a_finding_opens_its_text(office, opening):
    finding = office.finding(office.crowd())
    opens = '<a class="law" href="/law/12'
    for page in ("", f"{finding.pk}/"):
        shown = opening("赵科", f"/warnings/findings/{page}").content.decode()
        assert opens in shown, page
    sheet = b"".join(opening("赵科", "/warnings/findings/export.csv").streaming_content).decode()
    assert "第十二条第一款" in sheet and "/law/" not in sheet  # the words alone


def test_the_agency_cannot_order_itself(office, as_user):
    finding = office.finding(office.crowd())
    client = as_user(office.user("张管"))
    assert "起草整改通知" not in client.get(f"/warnings/findings/{finding.pk}/").content.decode()
    answer = client.post(f"/warnings/findings/{finding.pk}/acts/order/", {})
    assert answer.status_code == 403 and not Order._base_manager.exists()


def test_a_finding_shows_its_order_and_is_made_again(office, opening):
    row = office.crowd()
    finding = office.finding(row)
    page = opening("赵科", f"/warnings/findings/{finding.pk}/").content.decode()
    for part in (
        "云间区教育局实有12人，超编2人",
        "第十二条第一款",
        "核减超编人员",
        "编制",
        "重现判断",
        "还没有列入预警或整改通知",
    ):
        assert part in page, part
    order = office.issued(row)
    assert order.number in opening("张管", f"/warnings/findings/{finding.pk}/").content.decode()
    again = opening("张管", f"/warnings/findings/{finding.pk}/replay/").content.decode()
    assert "结论一致" in again and "实有：12" in again
    office.cure(row)
    assert "结论一致" in opening("张管", f"/warnings/findings/{finding.pk}/replay/").content.decode()
    assert opening("外人", f"/warnings/findings/{finding.pk}/replay/").status_code == 404


def test_the_paper_before_and_after_it_goes_out(office, opening):
    order = office.draft(office.crowd())
    before = opening("孙局", f"/warnings/orders/{order.pk}/paper/")
    text = "".join(texts(before.content))
    assert before.headers["Content-Type"] == "application/pdf"
    assert "草稿" in text and "云机管〔2026〕号" in text and "核验码" not in text
    assert opening("张管", f"/warnings/orders/{order.pk}/paper/").status_code == 404
    office.take("赵科", "submit", order)
    order = office.take("孙局", "issue", order)
    after = opening("张管", f"/warnings/orders/{order.pk}/paper/")
    assert (after.status_code, after.content) == (200, files.read(order.document))
    assert opening("张管", f"/documents/{order.document_id}/pdf/").content == after.content


def test_a_foreign_agency_finds_nothing_anywhere(office, as_user):
    order = office.issued(office.crowd())
    client = as_user(office.user("外人"))
    base, api = f"/warnings/orders/{order.pk}/", f"/api/warnings/orders/{order.pk}"
    pages = [base, f"{base}paper/", f"{base}recheck/", f"{base}evidence/", f"{base}history/", f"{base}steps/receive/", f"{base}attachments/",
             f"/documents/{order.document_id}/", f"/documents/{order.document_id}/pdf/", api, f"{api}/steps", f"{api}/recheck", f"{api}/history",
             f"/api/documents/{order.document_id}"]  # fmt: skip
    codes = {page: client.get(page).status_code for page in pages}
    assert codes == {page: codes[page] for page in pages if codes[page] in (404, 405)}, codes
    assert client.post(f"{base}steps/receive/", {}).status_code == 404
    assert client.post(f"{api}/steps/receive", "{}", content_type="application/json").status_code == 404
    for page in (
        "/warnings/orders/",
        "/warnings/orders/export.csv",
        "/documents/",
        "/documents/export.csv",
        "/search/?q=云机管",
        "/api/warnings/orders/",
        "/api/documents/",
    ):
        answer = client.get(page)
        body = b"".join(answer).decode() if answer.streaming else answer.content.decode()
        assert answer.status_code == 200 and order.number not in body, page


def test_a_draft_is_nowhere_for_the_agency(office, as_user):
    row = office.crowd()
    order = office.draft(row)
    for name in ("张管", "市局", "审计"):
        client = as_user(office.user(name))
        base = f"/warnings/orders/{order.pk}/"
        for page in (
            base,
            f"{base}paper/",
            f"{base}recheck/",
            f"{base}history/",
            f"{base}evidence/",
            f"/api{base}".rstrip("/"),
        ):
            assert client.get(page).status_code == 404, (name, page)
        assert order.title not in client.get("/warnings/orders/").content.decode()
        page = client.get(f"/warnings/findings/{office.finding(row).pk}/").content.decode()
        assert "还没有列入预警或整改通知" in page and order.title not in page
        assert client.post(f"{base}steps/receive/", {}).status_code == 404


def test_what_was_written_before_the_signature_stays_with_the_authority(office, as_user):
    order = office.draft(office.crowd())
    clerk, officer = as_user(office.user("张管")), as_user(office.user("钱科"))
    office.take("赵科", "edit", order, title="关于严重超编的通知", demand="初稿里的话")
    office.take("赵科", "edit", order, title="关于超编的通知", demand="请核减。")
    assert "初稿里的话" not in clerk.get("/").content.decode() and "修改文稿" not in clerk.get("/").content.decode()
    office.take("赵科", "submit", order)
    office.take("孙局", "issue", order)
    base = f"/warnings/orders/{order.pk}/"
    for page in (f"{base}history/", f"/api{base}history"):
        theirs, mine = (text(one.get(page)) for one in (officer, clerk))
        assert "初稿里的话" in theirs
        assert "初稿里的话" not in mine and "严重超编" not in mine and "签发" in mine
    proofs = [clerk.get(f"{base}proof/{seq}/").status_code for seq in range(1, 7)]
    assert proofs == [404, 404, 404, 404, 200, 200]
    mine, theirs = (one.get(f"{base}proof/6/proof.json") for one in (clerk, officer))
    assert [entry["seq"] for entry in mine.json()["entries"]] == [5, 6] and "初稿里的话" not in text(mine)
    assert mine.json()["entries"] == theirs.json()["entries"][4:] and "初稿里的话" in text(theirs)
    assert clerk.get(f"{base}proof/4/proof.json").status_code == 404
    assert "初稿里的话" not in clerk.get("/").content.decode() and "编号印发" in clerk.get("/").content.decode()


def test_an_order_goes_out_on_pages(office, as_user):
    order = office.draft(office.crowd())
    base = f"/warnings/orders/{order.pk}/"
    officer, head, clerk = (as_user(office.user(name)) for name in ("赵科", "孙局", "张管"))
    page = officer.get(base).content.decode()
    assert "送签" in page and "修改文稿" in page and "问题清单" in page and "签发" in page
    edited = {
        "title": "关于超编的整改通知",
        "demand": "请核减。",
        "set_due": "2026-03-20",
        "set_due_reason": "会议纪要",
    }
    assert post(officer, f"{base}steps/edit/", **edited).status_code == 200
    assert post(officer, f"{base}steps/submit/").status_code == 200
    assert post(head, f"{base}steps/issue/").status_code == 200
    order = Order._base_manager.get(pk=order.pk)
    assert (order.state, order.title, str(order.due)) == (OrderState.ISSUED, "关于超编的整改通知", "2026-03-20")
    desk = clerk.get("/").content.decode()
    assert "整改通知：关于超编的整改通知" in desk and "还剩 16 天" in desk


def test_the_agency_answers_on_pages(office, as_user):
    order = office.issued(office.crowd())
    base = f"/warnings/orders/{order.pk}/"
    clerk, boss = as_user(office.user("张管")), as_user(office.user("王局"))
    post(clerk, f"{base}steps/receive/")
    assert clerk.post(f"{base}steps/answer/", {"reply": ""}).status_code == 422
    post(clerk, f"{base}steps/answer/", reply="已核减两人，文件附后")
    assert "已核减两人" in boss.get(base).content.decode()
    post(boss, f"{base}steps/reply/")
    assert Order._base_manager.get(pk=order.pk).state == OrderState.REPLIED
    assert clerk.get(f"{base}evidence/").status_code == 404, "the file is for those who sign and re-check"


def test_the_authority_rechecks_on_pages(office, as_user):
    row = office.crowd()
    order = office.replied(row)
    base, second = f"/warnings/orders/{order.pk}/", as_user(office.user("钱科"))
    looked = second.get(f"{base}recheck/").content.decode()
    assert "还有 1 项没有整改到位" in looked and "超编2人" in looked
    refused = second.post(f"{base}steps/close/", {"note": "复查"})
    said = refused.content.decode()
    assert refused.status_code == 422 and "还有 1 项没有整改到位" in said
    assert "<dt>可以这样办</dt><dd>请责令再次整改" in said and 'href="/law/41/' in said
    office.cure(row)
    assert "可以销号" in second.get(f"{base}recheck/").content.decode()
    post(second, f"{base}steps/close/", note="复查到位")
    page = second.get(base).content.decode()
    assert "已销号" in page and "已消除" in page
    data = second.get(f"{base}evidence/").json()
    assert data["order"]["number"] == order.number and data["ledger"]


def test_a_program_can_do_the_same(office, as_user):
    row = office.crowd()
    finding = office.finding(row)

    def send(name, address, **body):
        return as_user(office.user(name)).post(address, json.dumps(body), content_type="application/json")

    assert send("赵科", "/api/warnings/findings/acts/warn", ids=[finding.pk]).status_code == 200
    order = Order._base_manager.get()
    base = f"/api/warnings/orders/{order.pk}"
    assert order.kind == OrderKind.WARNING
    assert send("赵科", f"{base}/steps/submit").status_code == 200
    assert send("赵科", f"{base}/steps/issue").status_code == 403
    assert send("孙局", f"{base}/steps/issue").status_code == 200
    assert send("张管", f"{base}/steps/receive").status_code == 200
    assert send("张管", f"{base}/steps/answer", values={"reply": "已核减"}).status_code == 200
    assert send("王局", f"{base}/steps/reply").status_code == 200
    refused = send("钱科", f"{base}/steps/close", note="复查")
    assert refused.status_code == 409 and refused.json()["article"] == "第四十一条第二款"
    assert as_user(office.user("张管")).get(f"{base}/recheck").json()[0]["result"] == "stands"
    assert send("钱科", f"{base}/steps/close", note="复查", values={"overrule": "下月调整编制"}).status_code == 200
    replayed = as_user(office.user("钱科")).get(f"/api/warnings/findings/{finding.pk}/replay").json()
    assert replayed["same"] is True


def test_false_alarms_in_bulk_want_a_reason(office, as_user):
    findings = [office.finding(office.crowd()), office.finding(office.crowd(quota=1, actual=2))]
    client = as_user(office.user("赵科"))
    bare = client.post("/warnings/findings/acts/", {"act": "false", "id": [one.pk for one in findings]})
    assert bare.status_code == 422
    client.post("/warnings/findings/acts/", {"act": "false", "everything": "1", "note": "借调人员"})
    assert {office.finding_state(one) for one in findings} == {State.FALSE_ALARM}


def test_the_pages_ask_as_much_for_many_findings_as_for_few(office, as_user):
    few, many = office.draft(office.crowd()), office.draft(*[office.crowd(office.other, 1, 3 + n) for n in range(6)])
    client = as_user(office.user("赵科"))
    counts = []
    for order in (few, many):
        client.get(f"/warnings/orders/{order.pk}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/warnings/orders/{order.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert squeezed("问题清单") in squeezed(client.get(f"/warnings/orders/{many.pk}/").content.decode())


def test_evidence_is_attached_by_the_agency(office, as_user):
    from django.core.files.uploadedfile import SimpleUploadedFile

    order = office.issued(office.crowd())
    address = f"/warnings/orders/{order.pk}/attachments/"
    proof = files.read(order.document)

    def send(name):
        return as_user(office.user(name)).post(address, {"file": SimpleUploadedFile("佐证.pdf", proof)})

    assert [send(name).status_code for name in ("外人", "审计")] == [404, 403]
    assert send("张管").status_code in (200, 302)
    page = as_user(office.user("钱科")).get(f"/warnings/orders/{order.pk}/").content.decode()
    assert "佐证.pdf" in page
