"""A finding is judged once and read in either language: list, detail, made again, re-checked, exported."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import translation

from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.patrol import patrol
from tests import factories
from tests.ch2_provision.assets.conftest import agency, card, new_card, staff  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
D = dt.date


@pytest.fixture
def findings(agency: Any, card: Any) -> list[Finding]:  # noqa: F811
    """What the patrol finds in a small ledger: a dear laptop, too many desktops, a car in a stranger's name, an early end."""
    staff(agency, 2, 2)
    card(name="Laptop T14", class_code="A02010108", edition="2022", value="30000", acquired=D(2024, 5, 6))
    for n in range(6):
        card(name=f"PC {n}", class_code="A02010105", edition="2022", acquired=D(2024, 5, 6))
    card(name="Roewe", category="vehicle", class_code="A02030501", edition="2010", plate="沪A12345", holder="Somebody Ltd",
         value="990000", vehicle_use="emergency", acquired=D(2024, 5, 6), acquisition="bought")  # fmt: skip
    patrol()
    found = list(Finding._base_manager.all())
    assert len({one.rule for one in found}) >= 3, [one.rule for one in found]
    return found


def test_sentence_remedy_and_facts_are_said_in_the_readers_language(findings: list[Finding]) -> None:
    for one in findings:
        assert one.words == one.sentence and one.advice == one.remedy and one.fact_words == one.facts
        with translation.override("en"):
            left = CHINESE.findall(f"{one.words} {one.advice} {' '.join(one.fact_words)}")
            left = [word for word in left if word not in ("云间区机关事务管理局", "云间区教育局", "沪")]
            assert not left, (one.rule, one.words, one.advice, left)


def test_an_old_finding_keeps_its_text(findings: list[Finding]) -> None:
    one = findings[0]
    one.told = {}
    factories.save(one)
    with translation.override("en"):
        assert (one.words, one.advice) == (one.sentence, one.remedy)


def test_the_screens_read_english(findings: list[Finding], agency: Any, as_user: Any) -> None:  # noqa: F811
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    client.cookies["django_language"] = "en"
    one = next(found for found in findings if found.rule == "vehicle_over_price")
    with translation.override("en"):
        english, advice = one.words, one.advice
    for address in ("", f"{one.pk}/", f"{one.pk}/replay/", "export.csv"):
        answer = client.get(f"/warnings/findings/{address}")
        page = b"".join(answer).decode() if address.endswith("csv") else answer.content.decode()
        page = page.replace("&#x27;", "'").replace("&quot;", '"')
        assert english in page and one.sentence not in page, address
        if address == f"{one.pk}/":
            assert advice in page and one.remedy not in page
    client.cookies["django_language"] = "zh-hans"
    assert one.sentence in client.get(f"/warnings/findings/{one.pk}/").content.decode()
