"""Where a card belongs: its edition, category, item of the configuration standard, and depreciation group."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.choices.classes import category_of, edition_of, exact, tidy
from baozhang.law.items import depreciation_group, item_of, items

if TYPE_CHECKING:
    from .card import Card

NO_DEPRECIATION = "none"
_NEVER = frozenset({Category.LAND, Category.RELIC, Category.BOOK, Category.LIVING, Category.MATERIAL})
_FAMILY = {"equipment": Category.EQUIPMENT, "furniture": Category.FURNITURE}
_PLATE_NOISE = re.compile(r"[\s·•.\-]")
# What a card without a class code is, by its name; the first that fits.
_NAMED = (
    (Category.LAND, re.compile(r"土地|宗地|地块")),
    (Category.STRUCTURE, re.compile(r"围墙|道路|水池|构筑物|停车棚")),
    (Category.VEHICLE, re.compile(r"轿车|越野车|客车|商务车|面包车|货车|摩托车|汽车$")),
    (Category.HOUSE, re.compile(r"(办公|业务|综合)楼|大楼|大厦|房屋|用房$|宿舍|公寓|车库|食堂$")),
    (Category.INTANGIBLE, re.compile(r"软件|许可证?$|专利|商标")),
    # 电脑桌 is a table, 空调柜机 and 服务器机柜 are no cupboards.
    (Category.FURNITURE, re.compile(r"桌(?!面)|椅|沙发|茶几|床$|(?<![机冷冰])柜(?![机式])")),
    (
        Category.EQUIPMENT,
        re.compile(
            r"空调|冰箱|冷柜|电视|投影|服务器|交换机|路由器|防火墙|相机|摄像|摄影|碎纸|扫描仪|打印|复印|传真|电脑|计算机|笔记本|平板|手机|电话机"
            r"|话筒|麦克风|音响|音箱|功放|洗衣机|热水器|饮水机|净水|除湿|风扇|显示器|硬盘|不间断电源|UPS|发电机|电梯|一体机|打卡机|考勤机|LED"
        ),
    ),
)


def clean_plate(said: str) -> str:
    """A number plate as it is kept: capital letters, without dots and spaces, so that one vehicle is one plate everywhere."""
    return _PLATE_NOISE.sub("", said).upper()


def place(card: Card) -> None:
    """This will set edition, class name, category, item, depreciation group and plate of a card from what its row says."""
    if card.plate:
        card.plate = clean_plate(card.plate)
    if card.class_code and not card.edition:
        card.edition = edition_of(card.class_code, card.class_name or card.name)
    code = card.class_code = tidy(card.class_code) if card.class_code else ""
    if code and not card.class_name and card.edition and (known := exact(card.edition, code)):
        card.class_name = known.name
    card.item = item_of(code, card.edition, card.name) or ""
    card.category = (
        category_of(card.edition, code) if code else ""
    ) or card.category or _category(card.name, card.item, bool(card.plate or card.vin))  # fmt: skip
    card.life_group = _group(code, card.edition, card.category, card.item, card.structure)


@lru_cache(maxsize=50_000)
def _category(name: str, item: str, has_plate: bool) -> str:
    if has_plate:
        return Category.VEHICLE
    if item:
        return _FAMILY.get(items()[item].family, Category.OTHER)
    return next((category for category, words in _NAMED if words.search(name)), Category.OTHER)


@lru_cache(maxsize=50_000)
def _group(code: str, edition: str, category: str, item: str, structure: str) -> str:
    """The depreciation group by code, else by what the card is known to be; empty where it cannot be told."""
    if category in _NEVER:
        return NO_DEPRECIATION
    if code and (found := depreciation_group(code, edition, structure)):
        return found
    if category == Category.HOUSE:
        return depreciation_group("A0101", "2022", structure) or ""
    if category in (Category.VEHICLE, Category.STRUCTURE):
        return str(category)
    if item and (codes := items()[item].classes.get("2022")):
        return depreciation_group(codes[0], "2022") or ""
    return "furniture" if category == Category.FURNITURE and not code else ""
