"""Files of a record: told by content, kept whole before their row, read by those who read the record, never lost."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories
from tests.kernel.files_of_all_sorts import BAD, GOOD, pdf, png
from tests.scratch import scratch

from baozhang.ch1_general.organs.choices import Band
from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import access, attachments, clock, ledger, record, scope, signatures
from baozhang.kernel.access import Actor
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.refusal import Forbidden, Invalid, Refused

pytestmark = pytest.mark.django_db
Door = Callable[[Any], Client]
SLUG = "organs/headcounts"


@pytest.fixture
def people() -> dict[str, Any]:
    """The one who keeps headcounts, one who only reads his own, and one of another organ."""
    office, other = (
        factories.organ("管理局", competence="authority"),
        factories.organ("乙局", factories.district("松山区")),
    )
    return {
        "keeper": factories.person("zhao", "support_head", office), "reader": factories.person("qian", "asset_clerk", office),
        "stranger": factories.person("sun", "asset_clerk", other), "organ": office,
    }  # fmt: skip


@pytest.fixture
def heads(people: dict[str, Any]) -> Headcount:
    """A record to attach to."""
    found: Headcount = factories.kept(Headcount, where=people["organ"])
    return found


def actor(user: Any) -> Actor:
    return access.actor_of(user, clock.today())


def status(answer: Any) -> int:
    """The status of an answer that is not read further."""
    if answer.streaming:
        b"".join(answer)
    return int(answer.status_code)


def given(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_known_by_its_content(name: str) -> None:
    assert name.rpartition(".")[2] in signatures.recognize(io.BytesIO(GOOD[name]), name).endings


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_reason(name: str) -> None:
    content, said = BAD[name]
    with pytest.raises(Invalid) as refused:
        signatures.recognize(io.BytesIO(content), name)
    assert said in refused.value.why, refused.value.why
    assert refused.value.instead


def test_a_bomb_is_refused_without_being_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    import zipfile

    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_a, **_k: pytest.fail("a part was unpacked"))
    with pytest.raises(Invalid, match="不能接收"):
        signatures.recognize(io.BytesIO(BAD["炸弹.docx"][0]), "炸弹.docx")


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("C:\\桌面\\合同.pdf", "合同.pdf"), ("../../etc/passwd.txt", "passwd.txt"), ("甲\u202etxt.exe", "甲txt.exe"), ("a\0b\n.pdf", "ab.pdf"),
        (".pdf", "附件.pdf"), ("", "附件"), ("长" * 300 + ".pdf", "长" * 110 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_is_only_a_name(raw: str, plain: str) -> None:
    assert attachments.plain_name(raw) == plain


def test_a_file_goes_in_and_comes_out_as_it_was(people: dict[str, Any], heads: Headcount, as_user: Door) -> None:
    client = as_user(people["keeper"])
    answer = client.post(
        f"/{SLUG}/{heads.pk}/attachments/", {"file": [given("合同.pdf", pdf()), given("照片.png", png())]}
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/{SLUG}/{heads.pk}/")
    page = client.get(f"/{SLUG}/{heads.pk}/").content.decode()
    assert "合同.pdf" in page and "照片.png" in page
    one = Attachment._base_manager.get(name="合同.pdf")
    assert one.path.read_bytes() == pdf() and ledger.sm3(pdf()).hex() == one.digest
    got = client.get(f"/{SLUG}/{heads.pk}/attachments/{one.pk}/")
    assert b"".join(got) == pdf()
    assert got["Content-Disposition"].startswith("attachment") and got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"] and got["Content-Type"] == "application/pdf"
    picture = Attachment._base_manager.get(name="照片.png")
    seen = client.get(f"/{SLUG}/{heads.pk}/attachments/{picture.pk}/preview/")
    assert b"".join(seen) == png()
    assert seen["Content-Disposition"].startswith("inline") and "sandbox" in seen["Content-Security-Policy"]
    acts = ledger.Entry.objects.filter(kind="kernel.attachment").values_list("act", "by_name", "organ_id")
    assert set(acts) == {("attach", "zhao", people["organ"].pk)}


def test_only_pictures_and_pdf_are_shown_in_the_page(people: dict[str, Any], heads: Headcount, as_user: Door) -> None:
    one = attachments.attach(heads, io.BytesIO(GOOD["说明.docx"]), "说明.docx", by=actor(people["keeper"]))
    client = as_user(people["keeper"])
    assert status(client.get(f"/{SLUG}/{heads.pk}/attachments/{one.pk}/preview/")) == 404
    assert status(client.get(f"/{SLUG}/{heads.pk}/attachments/{one.pk}/")) == 200


def test_rights_are_those_of_the_record(people: dict[str, Any], heads: Headcount, as_user: Door) -> None:
    one = attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=actor(people["keeper"]))
    base = f"/{SLUG}/{heads.pk}/attachments/"
    reader, stranger = as_user(people["reader"]), as_user(people["stranger"])
    assert status(reader.get(f"{base}{one.pk}/")) == 200
    assert reader.post(base, {"file": given("二.pdf", pdf() + b" ")}).status_code == 403
    assert reader.post(f"{base}{one.pk}/remove/").status_code == 403
    api = f"/api/{SLUG}/{heads.pk}/attachments"
    for way in (base, f"{base}{one.pk}/", f"{base}{one.pk}/preview/", api, f"{api}/{one.pk}"):
        assert status(stranger.get(way)) == 404, way
    assert stranger.post(base, {"file": given("三.pdf", pdf() + b"  ")}).status_code == 404
    assert stranger.post(f"{base}{one.pk}/remove/").status_code == 404
    assert Attachment._base_manager.filter(removed=False).count() == 1
    with pytest.raises(Forbidden):
        attachments.attach(heads, io.BytesIO(pdf()), "四.pdf", by=actor(people["reader"]))


def test_another_records_file_is_not_reached_through_ones_own(
    people: dict[str, Any], heads: Headcount, as_user: Door
) -> None:
    other = factories.kept(Headcount, where=factories.organ("丙局", factories.district("松山区")))
    with scope.everything("test") as by:
        foreign = attachments.attach(other, io.BytesIO(pdf()), "密.pdf", by=by)
    client = as_user(people["keeper"])
    assert status(client.get(f"/{SLUG}/{heads.pk}/attachments/{foreign.pk}/")) == 404
    assert client.post(f"/{SLUG}/{heads.pk}/attachments/{foreign.pk}/remove/").status_code == 404
    assert status(client.get(f"/api/{SLUG}/{heads.pk}/attachments/{foreign.pk}")) == 404


def test_a_right_of_its_own_is_asked_where_it_is_declared(
    people: dict[str, Any], heads: Headcount, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "organs.headcount:attach"
    monkeypatch.setitem(access.PERMISSIONS, name, access.Permission(name, "附件"))
    monkeypatch.setitem(access.ROLES["asset_clerk"].grants, name, access.Reach.OWN)
    assert attachments.attach(heads, io.BytesIO(pdf()), "甲.pdf", by=actor(people["reader"])).pk
    with pytest.raises(Forbidden):
        attachments.attach(heads, io.BytesIO(png()), "乙.png", by=actor(people["keeper"]))


def test_the_same_file_twice_is_one(people: dict[str, Any], heads: Headcount) -> None:
    by = actor(people["keeper"])
    first, second = (attachments.attach(heads, io.BytesIO(pdf()), name, by=by) for name in ("甲.pdf", "乙.pdf"))
    assert first.pk == second.pk and Attachment._base_manager.count() == 1


def test_one_wrong_file_among_several_leaves_nothing(people: dict[str, Any], heads: Headcount, as_user: Door) -> None:
    files = [given("合同.pdf", pdf()), given("程序.pdf", BAD["程序.pdf"][0])]
    answer = as_user(people["keeper"]).post(f"/{SLUG}/{heads.pk}/attachments/", {"file": files})
    assert (
        answer.status_code == 422
        and "可执行程序" in answer.content.decode()
        and 'role="alert"' in answer.content.decode()
    )
    assert not Attachment._base_manager.exists()


def test_what_does_not_all_fit_is_not_taken_in_part(
    people: dict[str, Any], heads: Headcount, as_user: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST", 1)
    both = [given("a.pdf", pdf()), given("b.png", png())]
    answer = as_user(people["keeper"]).post(f"/{SLUG}/{heads.pk}/attachments/", {"file": both})
    assert answer.status_code == 422 and not Attachment._base_manager.exists()


def test_a_file_stays_once_its_record_has_moved_on_meanwhile(
    people: dict[str, Any], heads: Headcount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Headcount, "loose", ("band", frozenset({heads.band})))
    with scope.within(actor(people["keeper"])) as by:
        one = attachments.attach(heads, io.BytesIO(png()), "a.png", by=by)
        Headcount._base_manager.filter(pk=heads.pk).update(band=next(one for one in Band.values if one != heads.band))
        with pytest.raises(Refused, match="不能移除"):
            attachments.detach(one, heads, by=by)
    assert not Attachment._base_manager.get().removed


def test_a_file_that_is_too_large_is_refused(
    people: dict[str, Any], heads: Headcount, as_user: Door, settings: Any
) -> None:
    settings.ATTACHMENT_LIMIT = 1000
    answer = as_user(people["keeper"]).post(
        f"/{SLUG}/{heads.pk}/attachments/", {"file": given("大.pdf", pdf() + b" " * 1000)}
    )
    assert answer.status_code == 422 and "超过" in answer.content.decode()
    with pytest.raises(Invalid, match="不能接收"):  # also where the caller says nothing of the size
        attachments.attach(heads, io.BytesIO(pdf() + b" " * 1000), "大.pdf", by=actor(people["keeper"]))
    assert list((attachments.folder() / "incoming").glob("*")) == []


def test_nothing_posted_is_said_so(people: dict[str, Any], heads: Headcount, as_user: Door) -> None:
    assert as_user(people["keeper"]).post(f"/{SLUG}/{heads.pk}/attachments/").status_code == 422


def test_what_is_removed_stays_in_the_ledger(people: dict[str, Any], heads: Headcount, as_user: Door) -> None:
    one = attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=actor(people["keeper"]))
    client = as_user(people["keeper"])
    assert client.post(f"/{SLUG}/{heads.pk}/attachments/{one.pk}/remove/").status_code == 302
    assert status(client.get(f"/{SLUG}/{heads.pk}/attachments/{one.pk}/")) == 404
    assert [entry.act for entry in ledger.history("kernel.attachment", one.pk)] == ["attach", "detach"]
    log = client.get(f"/{SLUG}/{heads.pk}/attachments/").content.decode()
    assert "合同.pdf" in log and "已移除" in log and one.digest in log
    again = attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=actor(people["keeper"]))
    assert again.pk != one.pk


def test_programs_do_the_same(people: dict[str, Any], heads: Headcount, as_user: Door) -> None:
    client, base = as_user(people["keeper"]), f"/api/{SLUG}/{heads.pk}/attachments"
    made = client.post(base, {"file": given("合同.pdf", pdf())})
    assert made.status_code == 201, made.content.decode()
    assert made.json()["sm3"] == ledger.sm3(pdf()).hex()
    assert [one["name"] for one in client.get(base).json()] == ["合同.pdf"]
    assert b"".join(client.get(made.json()["url"])) == pdf()
    refused = client.post(base, {"file": given("程序.exe", BAD["程序.exe"][0])})
    assert refused.status_code == 422 and "可执行程序" in refused.json()["why"]
    assert client.delete(made.json()["url"]).status_code == 200
    assert client.get(base).json() == []


def test_a_record_with_files_is_not_taken_back(people: dict[str, Any], heads: Headcount) -> None:
    with scope.everything("test") as by:
        one = attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=by)
        with pytest.raises(Refused, match="附有文件"):
            record.remove(heads, by=by, note="误录")
        attachments.detach(one, heads, by=by)
        record.remove(Headcount._base_manager.get(pk=heads.pk), by=by, note="误录")


def test_a_failure_after_the_file_is_down_leaves_no_row(
    people: dict[str, Any], heads: Headcount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attachments, "keep", broken)
    with pytest.raises(Refused, match="没有存下"):
        attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=actor(people["keeper"]))
    assert not Attachment._base_manager.exists()
    assert (attachments.folder() / ledger.sm3(pdf()).hex()[:2] / ledger.sm3(pdf()).hex()).exists()


def test_the_sweeper_takes_only_what_nobody_uses(people: dict[str, Any], heads: Headcount) -> None:
    kept = attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=actor(people["keeper"]))
    gone = attachments.attach(heads, io.BytesIO(png()), "照片.png", by=actor(people["keeper"]))
    attachments.detach(gone, heads, by=actor(people["keeper"]))
    young = attachments.folder() / "ab" / ("ab" + "0" * 62)
    young.parent.mkdir(exist_ok=True)
    young.write_bytes(b"on its way")
    (attachments.folder() / "incoming" / "dead").write_bytes(b"a crash")
    now = clock.now().timestamp()
    for path in (kept.path, gone.path, attachments.folder() / "incoming" / "dead"):
        os.utime(path, (now - attachments.GRACE - 60,) * 2)
    os.utime(young, (now - 60,) * 2)
    found = attachments.sweep()
    assert found["missing"] == [] and found["removed"] >= 2
    assert kept.path.exists() and young.exists() and not gone.path.exists()
    kept.path.unlink()
    assert attachments.sweep()["missing"] == [kept.pk]
    with pytest.raises(Refused, match="缺失"):
        attachments.opened(kept)


def test_a_file_brought_again_is_fresh_for_the_sweeper(people: dict[str, Any], heads: Headcount) -> None:
    old = attachments.folder() / ledger.sm3(pdf()).hex()[:2] / ledger.sm3(pdf()).hex()
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_bytes(pdf())
    os.utime(old, (1_000_000_000,) * 2)
    attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=actor(people["keeper"]))
    assert old.stat().st_mtime > 1_700_000_000


KILLED = """
import os, sys
import django
django.setup()
from baozhang.kernel import attachments
point = sys.argv[1]
def die(*a, **k): os.kill(os.getpid(), 9)
if point == "received": attachments.signatures.recognize = die
if point == "placed": attachments.keep = die
if point == "half": attachments.os.fsync = die
import io
from baozhang.kernel import access, scope
from baozhang.ch1_general.organs.models import Jurisdiction
from baozhang.kernel.record import keep
with scope.everything("test") as by:
    found = Jurisdiction._base_manager.first() or Jurisdiction(code="1", name="市", level="city")
    if not found.pk: keep(found, by=by)
    attachments.attach(found, io.BytesIO(b"%PDF-1.4 x"), "a.pdf", by=by)
print(attachments.Attachment._base_manager.count())
"""


@pytest.mark.slow
@pytest.mark.once
def test_killed_at_any_point_there_is_no_row_without_its_file(tmp_path: Path) -> None:
    (script := tmp_path / "bring.py").write_text(KILLED)
    with scratch(tmp_path) as place:
        for point in ("half", "received", "placed"):
            assert place.run(sys.executable, script, point).returncode == -9, point
            assert place.ask("select count(*) from kernel_attachment") == [(0,)], point
        whole = place.run(sys.executable, script, "whole")
        assert whole.stdout.strip() == "1", whole.stderr
