"""The register: what is kept comes out alike, a revoked document says so, and only who may see it gets the PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from tests import factories
from tests.conftest import TODAY
from tests.kernel.documents.pages import NOTICE, plain, squeezed, texts

from baozhang.kernel import ledger, scope
from baozhang.kernel.documents import files, issuing, numbering
from baozhang.kernel.documents.model import Column, DocumentError, Heading, KeyValues, Note, Para, Table
from baozhang.kernel.documents.register import Document
from baozhang.kernel.documents.storing import as_data, document_of
from baozhang.kernel.documents.typeset import pdf
from baozhang.kernel.refusal import Refused

pytestmark = pytest.mark.django_db
WORD = "云机管"
RIGHT = "kernel.document:view"


@pytest.fixture(autouse=True)
def nobody_has_asked():
    """The count of questions begins anew."""
    cache.clear()
    yield
    cache.clear()


def issue(organ=None, addressees=(), **changes):
    organ = organ or factories.organ("云间区机关事务管理局", competence="authority")
    with scope.everything("test") as by:
        return issuing.issue(
            plain(**{"number": "", "issue_date": TODAY, **changes}),
            organ=organ.pk,
            word=WORD,
            addressees=addressees,
            by=by,
            right=RIGHT,
        )


def test_a_document_as_data_and_back():
    table = Table(
        [Column("名称", "left", 20.5), Column("金额")],
        [["椅子", Decimal("12.50")], [dt.date(2026, 3, 4), None], [3, "〔注〕"]],
        "清单",
    )
    whole = replace(
        NOTICE, blocks=[Heading("一", 2), Para("甲\n乙"), Note("丙"), KeyValues([("名", Decimal("0.10"))]), table]
    )
    again = document_of(as_data(whole))
    assert again.blocks[4].rows == (("椅子", Decimal("12.50")), (dt.date(2026, 3, 4), None), (3, "〔注〕"))
    assert pdf(again) == pdf(whole)
    assert as_data(again) == as_data(whole)
    with pytest.raises(ValueError, match="no part of a document"):
        document_of({"is": "os.system"})
    with pytest.raises(ValueError, match="no official document"):
        document_of({"is": "Para", "text": "x"})


def test_numbers_run_by_organ_word_and_year():
    other = factories.organ("海间区机关事务管理局", factories.district("海间区"), competence="authority")
    numbers = [issue().number, issue().number, issue(issue_date=dt.date(2027, 1, 4)).number, issue(other).number]
    assert numbers == ["云机管〔2026〕1号", "云机管〔2026〕2号", "云机管〔2027〕1号", "云机管〔2026〕1号"]


def test_what_is_undone_gives_its_number_back():
    issue()
    with transaction.atomic():
        assert issue().number == "云机管〔2026〕2号"
        transaction.set_rollback(True)
    assert issue().number == "云机管〔2026〕2号"
    with pytest.raises(DocumentError, match="没有正文"):
        issue(blocks=[])
    assert issue().number == "云机管〔2026〕3号"


def test_a_code_cannot_be_guessed_and_is_read_as_people_type_it():
    codes = {numbering.fresh_code() for _ in range(500)}
    assert len(codes) == 500 and all(len(code) == 20 for code in codes)
    code = codes.pop()
    assert numbering.read(f" {numbering.shown(code).lower()} ") == code
    assert (
        numbering.read(code[:-1]) == numbering.read(code + "2") == numbering.read("O" * 20) == numbering.read("") == ""
    )


def test_the_ledger_holds_neither_code_nor_content():
    document = issue()
    entry = ledger.Entry.objects.get(kind="kernel.document", record_id=document.pk)
    assert document.code not in entry.changes and "核查" not in entry.changes and document.digest in entry.changes


def test_a_number_is_not_given_twice_by_hand():
    first = issue()
    names = ("kind", "number", "word", "year", "serial", "title", "organ_id", "issuer_name", "day", "content")
    again = Document(**{name: getattr(first, name) for name in names}, digest="0" * 64, code="2" * 20)
    with pytest.raises(Refused, match="内容有误"), transaction.atomic():
        factories.save(again)
    assert Document._base_manager.count() == 1


def page(client: Client, code: str) -> str:
    answer = client.get(f"/public/verify/{code}/")
    assert answer.status_code == 200
    return squeezed(answer.content.decode())


def test_the_public_page_says_what_it_is_and_nothing_of_what_it_says(client, django_capture_on_commit_callbacks):
    agency = factories.organ("云间区档案馆")
    document = issue(
        addressees=[agency.pk],
        addressee=agency.name,
        blocks=[Para("核查发现绝密词语九百万元。")],
        remark="联系人：王某某",
    )
    text = page(client, document.code)
    for part in (document.number, document.title, document.issuer_name, "2026-03-04", document.digest, "现行有效"):
        assert squeezed(part) in text
    for part in ("绝密词语", "档案馆", "王某某"):
        assert part not in text
    assert (
        page(client, numbering.shown(document.code).lower())
        and client.get("/public/verify/", {"code": numbering.shown(document.code)}).status_code == 302
    )


def test_it_says_when_a_document_no_longer_holds(client):
    old, new = issue(), issue()
    with scope.everything("test") as by:
        issuing.revoke(new, reason="涉及王某某的事实有误", by=by, right=RIGHT)
        with pytest.raises(Refused, match="已经失效"):
            issuing.revoke(new, reason="再撤", by=by, right=RIGHT)
        issuing.supersede(old, new, reason="另发", by=by, right=RIGHT)
    text = page(client, new.code)
    assert "已撤销" in text and "不再有效" in text and "2026-03-04" in text and "王某某" not in text
    assert "已被新的文件取代" in page(client, old.code)


def test_an_unknown_code_is_told_calmly(client):
    for code in (numbering.fresh_code(), "x", "%00", "2" * 400):
        answer = client.get(f"/public/verify/{code}/")
        assert answer.status_code == 404 and "没有找到这个核验码" in answer.content.decode()
    assert client.get("/public/verify/", {"code": "<script>"}).status_code == 404
    assert "按核验码查询" in client.get("/public/verify/").content.decode()


def hand_in(client, address, data, name="公文.pdf"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def test_a_pdf_is_compared_with_the_register(client):
    document, other = issue(), issue()
    data = files.read(document)
    one = f"/public/verify/{document.code}/"
    assert "逐字节一致" in hand_in(client, one, data).content.decode()
    assert "不一致" in hand_in(client, one, files.read(other)).content.decode()
    assert "不一致" in hand_in(client, one, data + b" ").content.decode()
    anywhere = hand_in(client, "/public/verify/", data)
    assert document.number in anywhere.content.decode() and "逐字节一致" in anywhere.content.decode()
    stranger = hand_in(client, "/public/verify/", b"%PDF-1.7 of somebody else")
    assert stranger.status_code == 404 and "没有与它完全相同的文件" in stranger.content.decode()
    assert hand_in(client, one, b"PK\x03\x04").status_code == 422
    assert client.post(one).status_code == 422


def test_one_address_cannot_ask_for_ever(client):
    from baozhang.kernel.views.papers import PER_MINUTE

    document = issue()
    for _ in range(PER_MINUTE):
        assert client.get(f"/public/verify/{document.code}/").status_code == 200
    answer = client.get(f"/public/verify/{document.code}/")
    assert (
        answer.status_code == 429 and document.number not in answer.content.decode() and answer.headers["Retry-After"]
    )
    assert Client(REMOTE_ADDR="192.0.2.7").get(f"/public/verify/{document.code}/").status_code == 200


def test_who_gets_the_pdf(as_user):
    place = factories.district("云间区")
    city = factories.organ("江海市机关事务管理局", factories.city(), competence="authority")
    authority = factories.organ("云间区机关事务管理局", place, competence="authority")
    agency, other = factories.organ("云间区教育局", place), factories.organ("云间区卫健委", place)
    document = issue(authority, addressees=[agency.pk])
    people = {
        "clerk": ("asset_clerk", agency),
        "stranger": ("asset_clerk", other),
        "officer": ("supervisor", authority),
        "above": ("support_head", city),
    }
    users = {name: factories.person(name, role, organ) for name, (role, organ) in people.items()}
    codes = {name: as_user(user).get(f"/documents/{document.pk}/pdf/").status_code for name, user in users.items()}
    assert codes == {"clerk": 200, "stranger": 404, "officer": 200, "above": 200}
    assert as_user(users["stranger"]).get(f"/documents/{document.pk}/").status_code == 404
    assert document.number not in as_user(users["stranger"]).get("/documents/").content.decode()
    assert document.number in as_user(users["clerk"]).get("/documents/?q=云机管").content.decode()
    answer = as_user(users["clerk"]).get(f"/documents/{document.pk}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf" and squeezed(document.number) in "".join(
        texts(answer.content)
    )
    assert Client().get(f"/documents/{document.pk}/pdf/").status_code == 302
