"""Phones bring scans: each is kept once, none is lost, and what two people saw differently stays visible."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import replace

import pytest

from baozhang.ch2_provision.stocktaking.actions import freezing
from baozhang.ch2_provision.stocktaking.models import Difference, Scan
from baozhang.ch2_provision.stocktaking.queries import standing
from baozhang.kernel import acts, clock, ledger, scope
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import RESOURCES
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
PHONE = "/stocktaking/counts/phone/"
NINE = dt.datetime.combine(TODAY, dt.time(9), clock.ZONE)


def test_sent_again_is_kept_once(office):
    office.card("A1")
    count = office.begun()
    one = office.sighting(count, "A1")
    first, again = office.send([one]), office.send([one, one])
    assert (first.accepted, again.known, again.accepted) == ([one.key], [one.key], [])
    scan = Scan._base_manager.get()
    assert (scan.line.number, scan.scanner_name, scan.version) == ("A1", "clerk", 1)
    assert ledger.history("stocktaking.scan", scan.pk).count() == 1


def test_a_label_a_number_and_a_line_name_the_same_card(office):
    card = office.card("A1")
    count = office.begun()
    line = count.lines.get()
    for code, key in ((f"https://x/assets/cards/{card.pk}/", None), (" A1 ", None), ("", line.pk)):
        office.scan(count, "A1", code=code, line=key)
    assert {scan.line_id for scan in Scan._base_manager.all()} == {line.pk}


def test_four_ways_a_thing_and_its_card_can_meet(office):
    office.card("A1")
    count = office.begun()
    for values in ({}, {"place": "302室"}, {"result": "missing", "place": ""}, {"code": "X-9", "place": "302室"}):
        office.scan(count, "A1", **values)
    assert [scan.result for scan in Scan._base_manager.order_by("pk")] == ["found", "misplaced", "missing", "unknown"]


def test_the_later_of_two_counts_and_both_are_seen(office):
    """The order of arrival is not the order of seeing: the phone that was offline longer comes last and is older."""
    office.card("A1")
    count = office.begun()
    with clock.on(NINE + dt.timedelta(hours=2)):
        office.scan(count, "A1", result="missing", place="", at=NINE + dt.timedelta(minutes=60))
        office.scan(count, "A1", who="clerk2", at=NINE + dt.timedelta(minutes=30), place="302室")
    (one,) = standing.standings(count)
    assert (one.outcome, one.disputed, [scan.scanner_name for scan in one.scans]) == (
        "missing",
        True,
        ["clerk2", "clerk"],
    )
    office.take("clerk", "finish", count)
    gap = Difference._base_manager.get()
    assert gap.disputed and gap.scan.scanner_name == "clerk"


def test_a_phone_whose_clock_is_wrong_is_put_right(office):
    office.card("A1")
    count = office.begun()
    fast = NINE + dt.timedelta(days=3)  # the phone believes it is Saturday
    office.send([office.sighting(count, "A1", at=fast - dt.timedelta(minutes=5))], said_now=fast)
    assert Scan._base_manager.get().scanned_at == NINE - dt.timedelta(minutes=5)


def test_scans_that_come_too_late_are_kept_beside(office):
    office.card("A1")
    count = office.begun()
    slow = office.sighting(count, "A1")
    office.scan(count, "A1", result="missing", place="")
    office.take("clerk", "finish", count)
    office.explain(count, cause="lost", handling="lost")
    office.take("clerk", "report", count)
    assert office.send([slow]).late == [slow.key] and office.send([slow]).known == [slow.key]
    assert Scan._base_manager.filter(late=True).count() == 1 and standing.progress(count).late == 1
    assert [one.outcome for one in standing.standings(count)] == ["missing"]


def test_one_bad_scan_loses_no_other(office):
    office.card("A1")
    count = office.begun()
    good = office.sighting(count, "A1")
    bad = [replace(good, key="no-key"), replace(good, key=str(uuid.uuid4()), result="perhaps"),
           replace(good, key=str(uuid.uuid4()), count=count.pk + 99), replace(good, key=str(uuid.uuid4()), code="X", result="missing")]  # fmt: skip
    receipt = office.send([*bad, good])
    assert receipt.accepted == [good.key] and len(receipt.refused) == 4


def test_other_agencies_neither_see_nor_write(office):
    office.card("A1")
    count = office.begun()
    assert office.send([office.sighting(count, "A1")], "stranger").refused
    assert not Scan._base_manager.exists()


def test_staff_count_what_is_theirs_and_what_was_given_to_them(office):
    office.card("A1", custodian="staff", user="")
    office.card("A2", "302室")
    office.card("A3", "303室")
    count = office.begun()
    with scope.within(office("clerk")) as by:
        freezing.assign([office.room(count, "302室")], "staff", by=by, day=TODAY)
        with pytest.raises(Invalid, match="本单位没有"):
            freezing.assign([office.room(count, "303室")], "stranger", by=by, day=TODAY)
    room = office.room(count, "302室")
    with scope.within(office("clerk")) as by:
        said = acts.perform(
            RESOURCES["stocktaking/rooms"], "assign", [office.room(count, "303室")], by=by, values={"counter_name": ""}
        )
        assert "没有填写盘点人" in said, "nobody is told that a room was given to nobody as if it had been given"
    rows = [
        office.sighting(count, "A1", way="self"),
        office.sighting(count, "A2", room=room.pk),
        office.sighting(count, "A3"),
    ]
    receipt = office.send(rows, "staff")
    assert receipt.accepted == [rows[0].key, rows[1].key] and list(receipt.refused) == [rows[2].key]


class TestThePhonesOwnAddresses:
    """What the page asks for, over HTTP."""

    def test_it_takes_along_what_may_be_counted(self, office, as_user):
        office.card("A1", custodian="staff")
        office.card("A2", "302室")
        office.begun()
        (full,) = as_user("clerk").get(f"{PHONE}data.json").json()["counts"]
        (own,) = as_user("staff").get(f"{PHONE}data.json").json()["counts"]
        assert [line[1] for line in full["lines"]] == ["A1", "A2"] and full["full"]
        assert [line[1] for line in own["lines"]] == ["A1"] and [room["all"] for room in own["rooms"]] == [False]
        assert as_user("stranger").get(f"{PHONE}data.json").json()["counts"] == []
        assert as_user("treasurer").get(PHONE).status_code == 403

    def test_it_brings_scans_and_hears_of_others(self, office, as_user):
        office.card("A1")
        office.card("A2")
        count = office.begun()
        office.scan(count, "A2", who="clerk2")
        body = {
            "now": NINE.isoformat(), "device": "d1", "since": {str(count.pk): 0},
            "scans": [{"key": str(uuid.uuid4()), "count": count.pk, "result": "found", "at": NINE.isoformat(), "code": "A1", "place": "301室"}],
        }  # fmt: skip
        client = as_user("clerk")
        said = client.post(f"{PHONE}sync", json.dumps(body), content_type="application/json").json()
        assert len(said["accepted"]) == 1 and [row[4] for row in said["counts"][0]["told"]] == ["clerk2", "clerk"]
        again = client.post(f"{PHONE}sync", json.dumps(body), content_type="application/json").json()
        assert again["known"] == said["accepted"] and Scan._base_manager.count() == 2
        wrong = client.post(
            f"{PHONE}sync", '{"scans": [{}]}', content_type="application/json", headers={"accept": "application/json"}
        )
        assert wrong.status_code == 422
        assert client.post("/api/stocktaking/counts/sync", json.dumps(body), content_type="application/json").json()[
            "known"
        ]

    def test_a_picture_belongs_to_its_scan(self, office, as_user, settings, tmp_path):
        from django.core.files.uploadedfile import SimpleUploadedFile

        from baozhang.kernel import attachments
        from tests.journeys.test_cards_are_worked_with import PICTURE

        settings.MEDIA_ROOT = tmp_path
        office.card("A1")
        count = office.begun()
        office.scan(count, "A1")
        scan = Scan._base_manager.get()
        for _ in range(2):  # a second sending finds it there
            file = SimpleUploadedFile("a.png", PICTURE, "image/png")
            assert as_user("clerk").post(f"{PHONE}photo", {"key": scan.key, "file": file}).status_code == 200
        assert attachments.of(scan).count() == 1
        file = SimpleUploadedFile("a.png", PICTURE, "image/png")
        assert as_user("stranger").post(f"{PHONE}photo", {"key": scan.key, "file": file}).status_code == 404

    def test_the_worker_is_served_beside_its_page(self, office, as_user):
        answer = as_user("clerk").get(f"{PHONE}worker.js")
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/javascript")


def test_scans_are_not_sent_in_the_name_of_whoever_signed_in_since(office, as_user):
    office.card("A1")
    count = office.begun()
    scan = {
        "key": str(uuid.uuid4()),
        "count": count.pk,
        "result": "found",
        "at": NINE.isoformat(),
        "code": "A1",
        "way": "typed",
    }
    body = {"scans": [scan], "who": office("clerk").user_id + 1000}
    client = as_user("clerk")
    answer = client.post(
        f"{PHONE}sync", json.dumps(body), content_type="application/json", HTTP_ACCEPT="application/json"
    )
    assert answer.status_code == 409 and "本人登录" in answer.json()["instead"] and not Scan._base_manager.exists()
    body["who"] = office("clerk").user_id
    assert client.post(f"{PHONE}sync", json.dumps(body), content_type="application/json").json()["accepted"] == [
        scan["key"]
    ]
