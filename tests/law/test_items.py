"""An asset card is recognized as an item of the standard by its class code in its edition, else by its name."""

from __future__ import annotations

import pytest

from baozhang.law import strictyaml
from baozhang.law.catalogue import catalogue
from baozhang.law.items import TABLE, depreciation_group, is_unverified, item_of, items, unverified


def test_every_item_is_judged_by_catalogued_figures():
    for item in items().values():
        assert item.title and item.title_en and (item.classes or item.words)
        for key in (*item.quantity, item.price, item.years):
            assert key is None or key in catalogue(), item.key
        assert not item.narrows or item.narrows in items()


@pytest.mark.parametrize(
    ("code", "edition", "name", "item"),
    [
        ("A02010105", "2022", "", "desktop"),
        ("A02010105", 2010, "", "laptop"),
        ("A02010104", "2010", "", "desktop"),
        ("A02010104", "2022", "机架式服务器", None),
        ("A02010108", "2022", "", "laptop"),
        ("a02010105 ", "2022", "台式机", "desktop"),
        ("A02010105", None, "", None),
        ("A02010105", None, "笔记本电脑", "laptop"),
        ("", None, "台式 计算机", "desktop"),
        ("ZC-0001", "2022", "联想台式电脑", "desktop"),
        ("A02010100", "2022", "台式计算机", "desktop"),
        ("A02021000", "2022", "激光打印机", "printer"),
        ("A02021000", "2022", "惠普A4黑白激光打印机", "printer_a4_mono"),
        ("A02021003", "2022", "打印机", "printer_a4_mono"),
        ("A0201060102", "2010", "Ａ３彩色打印机", "printer_a3_colour"),
        ("A02021006", "2022", "", "printer_receipt"),
        ("A02021005", "2022", "3D打印机", None),
        ("", "2022", "打印机硒鼓", None),
        ("A02021118", "2022", "", "scanner"),
        ("A02021301", "2022", "", "shredder"),
        ("A02021101", "2010", "", "shredder"),
        ("A02020100", "2022", "", "copier"),
        ("A05010502", "2022", "", "file_cabinet"),
        ("A0602", "2010", "办公桌", "desk"),
        ("", "", "三人沙发", "sofa_triple"),
        ("", "", "小茶几", "tea_table_small"),
        ("A05010204", "2022", "大茶几", "tea_table_large"),
        ("A02030501", "2022", "打印机运输车", None),
        ("A07010000", "2022", "办公桌", None),
        ("", "", "", None),
    ],
)
def test_a_card_is_recognized(code, edition, name, item):
    assert item_of(code, edition, name) == item


@pytest.mark.parametrize(
    ("code", "edition", "structure", "group"),
    [
        ("A02010105", "2022", "", "computer"),
        ("A02030501", "2022", "", "vehicle"),
        ("A02450200", "2022", "", "special"),
        ("A05010201", "2022", "", "furniture"),
        ("A05040403", "2022", "", "utensil"),
        ("A03000000", "2022", "", "none"),
        ("A03100000", "2010", "", "special"),
        ("A05010000", None, "", None),
        ("A02010100", None, "", "computer"),
        ("A01010100", "2022", "钢筋混凝土", "building_frame"),
        ("A01010100", "2022", "砖木", "building_brick"),
        ("A01020000", "2010", "简易", "building_simple"),
        ("A01010100", "2022", "", None),
        ("", "2022", "", None),
    ],
)
def test_a_class_has_its_years_of_depreciation(code, edition, structure, group):
    assert depreciation_group(code, edition, structure) == group
    groups = dict(catalogue()["assets.depreciation"].keys)["group"]
    assert group in (None, "none", *groups)


SEEN = """A01010000 A01010100 A01010200 A02000000 A02010000 A02010100 A02010104 A02010105 A02010108 A02010200 A02010300 A02020000
    A02020700 A02021000 A02021004 A02021301 A02061803 A02061804 A02091001 A02091104 A02100702 A02120201 A02450200 A05000000
    A05010000 A05010103 A05010104 A05010105 A05010203 A05010301 A05010303 A05010304 A05010399 A05010501 A05010502
    A05040403""".split()


def test_what_nobody_has_checked_is_marked():
    """The codes that a public list of the 2022 edition confirms; of 2010 two are told in writing. All others are marked."""
    held = strictyaml.load(TABLE)
    used = {"2022": set(held["depreciation"]["2022"]), "2010": set(held["depreciation"]["2010"])}
    for classes in [*held["families"].values(), *(item.get("classes") or {} for item in held["items"].values())]:
        for edition, codes in classes.items():
            used[edition].update(codes)
    checked = {
        "2022": {code for code in used["2022"] if code.ljust(9, "0") in SEEN},
        "2010": {"A02010104", "A02010105"},
    }
    assert {edition: used[edition] - checked[edition] for edition in used} == {e: unverified(e) for e in used}


@pytest.mark.parametrize(
    ("code", "edition", "doubt"),
    [
        ("A02010105", "2022", False),
        ("A02021118", "2022", True),
        ("A02021003", "2022", True),
        ("A02021000", "2022", False),
        ("A02010601", "2010", True),
        ("", "2022", False),
        ("A09999999", "2022", False),
    ],
)
def test_a_card_known_by_an_unchecked_code_says_so(code, edition, doubt):
    assert is_unverified(code, edition) is doubt
