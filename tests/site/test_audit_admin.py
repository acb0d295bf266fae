"""The audit administrator: every act, no content of business; the ledger verified, its seals, the proof of an entry."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import clock, jobs, ledger, scope, seals, verification
from baozhang.kernel.customs import CustomField
from baozhang.kernel.ledger import Entry, Seal
from baozhang.kernel.record import keep
from baozhang.kernel.verification import State, Verification
from baozhang.site.admin import reading
from tests import factories
from tests.committed import triggers_down
from tests.conftest import TODAY
from tests.site.conftest import Office

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]


@pytest.fixture
def heads(office: Office) -> Headcount:
    """A business record with two entries and a secret in each place that may hold one."""
    head = factories.person("head", "support_head", office.organ)
    with scope.within(office.actor(head)):
        made = Headcount(organ=office.organ, band="division", quota=4711, actual=10, since=TODAY, document="密件一号")
        keep(made, by=office.actor(head), note="密件说明")
        made.quota, made.document = 4712, "密件二号"
        keep(made, by=office.actor(head), note="再次密件说明")
    return made


def test_he_sees_that_a_field_changed_by_whom_and_when_but_not_what(
    office: Office, heads: Headcount, as_user: Door
) -> None:
    page = as_user(office.audit).get("/admin/ledger/?kind=organs.headcount").content.decode()
    assert "head 修改：依据文号、编制人数（有说明，6 字）" in page
    assert "市管理局" in page and "编制与实有人数" in page
    for secret in ("4711", "4712", "密件"):
        assert secret not in page


def test_what_the_administrators_do_he_reads_in_full(office: Office, as_user: Door) -> None:
    as_user(office.system).post(f"/admin/accounts/{office.clerk.pk}/acts/lock/", {"note": "调离本单位"})
    as_user(office.security).post(
        "/admin/rights/suspend/?role=head&permission=organs.organization:view", {"note": "核查期间"}
    )
    page = as_user(office.audit).get("/admin/ledger/").content.decode()
    assert "sysadmin 停用" in page and "调离本单位" in page and "启用 由 是 改为 否" in page
    assert "secadmin 停用授权" in page and "核查期间" in page


def test_filters_narrow_and_pages_leave_nothing_out(
    office: Office, heads: Headcount, as_user: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(office.audit)
    assert "head 修改" not in client.get("/admin/ledger/?kind=kernel.user").content.decode()
    assert "head 修改" in client.get("/admin/ledger/?who=head&act=change&organ=SGLJ").content.decode()
    assert "没有符合条件" in client.get("/admin/ledger/?day_to=2020-01-01").content.decode()
    assert client.get("/admin/ledger/?day_from=never").status_code == 422
    monkeypatch.setattr(reading, "PAGE", 3)
    seen, url = [], "/admin/ledger/?day_from=2000-01-01"
    for _ in range(50):
        page = client.get(url).content.decode()
        seen += re.findall(r'href="/admin/ledger/(\d+)/"', page)
        older = re.search(r'href="(\?[^"]*before=\d+)"', page)
        if older is None:
            break
        url = f"/admin/ledger/{older.group(1).replace('&amp;', '&')}"
    assert [int(key) for key in seen] == list(Entry.objects.order_by("-id").values_list("pk", flat=True))


def test_the_list_asks_as_much_for_many_as_for_few(office: Office, heads: Headcount, as_user: Door) -> None:
    from django.test.utils import CaptureQueriesContext

    client, counts = as_user(office.audit), []
    for more in (0, 20):
        for _ in range(more):
            factories.kept(Headcount, where=office.organ)
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/ledger/?kind=organs.headcount")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_proof_shows_the_chain_and_keeps_the_content(office: Office, heads: Headcount, as_user: Door) -> None:
    client, entry = as_user(office.audit), ledger.history("organs.headcount", heads.pk).last()
    assert entry is not None
    page = client.get(f"/admin/ledger/{entry.pk}/").content.decode()
    assert (
        bytes(entry.hash).hex() in page
        and bytes(entry.prev).hex() in page
        and "密件" not in page
        and "尚未封账" in page
    )
    with clock.on(TODAY + dt.timedelta(days=1)):
        seals.seal()
        proved = json.loads(client.get(f"/admin/ledger/{entry.pk}/proof.json").content)
    line = proved["entries"][0]
    assert line["body"] is None and line["note"] is None and line["sealed"] and line["sound"]
    assert ledger.climb(bytes.fromhex(line["hash"]), line["path"]).hex() == line["root"]
    assert "密件" not in json.dumps(proved, ensure_ascii=False)
    own = Entry.objects.filter(kind="organs.appointment").first()
    assert own is not None
    assert json.loads(client.get(f"/admin/ledger/{own.pk}/proof.json").content)["entries"][0]["body"]
    assert as_user(office.clerk).get(f"/admin/ledger/{entry.pk}/").status_code == 403


def run_verification(client: Client) -> Verification:
    """A run, done at once in this process."""
    assert client.post("/admin/verify/").status_code == 302
    run = Verification._base_manager.get(state=State.RUNNING)
    job = run.job
    assert job is not None
    page = client.get("/admin/verify/").content.decode()
    assert "等待后台进程" in page and "开始验证</button>" not in page
    jobs.perform(job.pk)
    job.refresh_from_db()
    assert job.state == jobs.State.DONE, job.error
    run.refresh_from_db()
    return run


def test_a_verification_finds_a_sound_ledger_sound(office: Office, heads: Headcount, as_user: Door) -> None:
    client = as_user(office.audit)
    run = run_verification(client)
    assert (run.state, run.problem_count) == (
        State.SOUND,
        0,
    ) and run.entries == Entry.objects.count() - 1  # its own end came later
    page = client.get("/admin/verify/").content.decode()
    assert "完好" in page and "开始验证</button>" in page
    assert [entry.act for entry in ledger.history("kernel.verification", run.pk)] == ["add", "change"]
    assert client.get(f"/admin/verifications/{run.pk}/").status_code == 200


def test_a_verification_finds_what_was_done_past_the_ledger(office: Office, heads: Headcount, as_user: Door) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update organs_headcount set quota = 9999 where id = %s", [heads.pk])
    client = as_user(office.audit)
    run = run_verification(client)
    assert (run.state, run.problem_count) == (State.BROKEN, 1)
    page = client.get("/admin/verify/").content.decode()
    assert "编制人数 绕过账本被改动过" in page and "9999" not in page


def test_a_changed_entry_and_a_changed_seal_are_found(office: Office, heads: Headcount, as_user: Door) -> None:
    with clock.on(TODAY + dt.timedelta(days=1)):
        seals.seal()
        with triggers_down(), connection.cursor() as cursor:
            cursor.execute("update kernel_entry set note = 'x' where kind = 'organs.headcount' and seq = 2")
            cursor.execute("update kernel_seal set count = count + 1")
        run = run_verification(as_user(office.audit))
    assert run.problem_count == 2 and "封账被改动过" in run.problems and "第 2 条的内容被改动过" in run.problems


def test_the_last_seal_is_missed_once_a_run_has_counted_it(office: Office, heads: Headcount, as_user: Door) -> None:
    with clock.on(TODAY + dt.timedelta(days=1)):
        seals.seal()
        assert run_verification(as_user(office.audit)).state == State.SOUND
        with triggers_down(), connection.cursor() as cursor:
            cursor.execute("delete from kernel_seal")
        run = run_verification(as_user(office.audit))
    assert (run.state, run.problem_count) == (State.BROKEN, 1) and "最后的封账被删去" in run.problems


def test_a_second_run_waits_for_the_first(office: Office) -> None:
    by = office.actor(office.audit)
    assert verification.begin(by=by).pk == verification.begin(by=by).pk
    assert jobs.Job.objects.filter(name=verification.WORK).count() == 1


def test_a_run_that_broke_is_begun_again_by_the_same_button(
    office: Office, as_user: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(office.audit)
    client.post("/admin/verify/")
    job = Verification._base_manager.get().job
    assert job is not None
    with monkeypatch.context() as broken:
        broken.setattr(seals, "verify", lambda _progress: 1 / 0)
        jobs.perform(job.pk)
    assert "验证中断" in client.get("/admin/verify/").content.decode()
    client.post("/admin/verify/")
    jobs.perform(job.pk)
    assert Verification._base_manager.get().state == State.SOUND


def test_the_seals_are_listed_with_their_roots(office: Office, heads: Headcount, as_user: Door) -> None:
    with clock.on(TODAY + dt.timedelta(days=1)):
        seals.seal()
        page = as_user(office.audit).get("/admin/seals/").content.decode()
    one = Seal.objects.get()
    assert bytes(one.root).hex() in page and bytes(one.hash).hex() in page and TODAY.isoformat() in page
    assert as_user(office.system).get("/admin/seals/").status_code == 403


def test_a_problem_that_is_gone_at_the_second_look_is_none(
    office: Office, heads: Headcount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes between the reading of entries and that of rows: no false alarm."""
    real, said = seals._verify_record, []

    def first_wrong(model: type, lines: list[Entry], row: object, report: seals.Report) -> None:
        if lines[0].kind == "organs.headcount" and not said:
            said.append(1)
            report.problem("read at two moments")
        else:
            real(model, lines, row, report)  # type: ignore[arg-type]

    monkeypatch.setattr(seals, "_verify_record", first_wrong)
    assert seals.verify().sound and said


def test_custom_fields_are_no_business(office: Office, as_user: Door) -> None:
    with scope.everything("test") as by:
        keep(CustomField(label_of="assets.card", key="policy", words="保险单号"), by=by)
    assert "自定义字段" in as_user(office.audit).get("/admin/ledger/?kind=kernel.customfield").content.decode()
