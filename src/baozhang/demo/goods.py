"""What the ledgers of the demonstration hold: kinds of things with the codes of both editions, prices and places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Good:
    """One kind of thing: how often it occurs, and what its card says."""

    name: str
    codes: tuple[str, str]  # GB/T 14885: 2022, 2010 (empty where not known)
    share: float  # pieces a head of staff
    price: tuple[int, int]  # yuan
    unit: str = "台"
    serial: bool = True
    models: tuple[str, ...] = ("标准型",)
    life: int = 72  # months


EQUIPMENT = (
    Good("台式计算机", ("A02010105", "A02010104"), 0.92, (3800, 4990), models=("M630", "M720", "Z5")),
    Good("便携式计算机", ("A02010108", "A02010105"), 0.38, (5200, 6980), models=("X1", "T14", "S9")),
    Good("A4黑白打印机", ("A02021003", "A02010601"), 0.55, (900, 1190), models=("P2206", "L118")),
    Good("A3黑白打印机", ("A02021001", "A02010601"), 0.06, (5200, 7500), models=("P3306",)),
    Good("复印机", ("A02020100", "A020201"), 0.03, (18000, 33000), models=("C2560",)),
    Good("扫描仪", ("A02021118", "A0201060901"), 0.03, (1800, 3900), models=("DS530",)),
    Good("碎纸机", ("A02021301", ""), 0.04, (500, 980), models=("S220",)),
    Good("投影仪", ("A02020200", "A020202"), 0.03, (5800, 9600), models=("EB97",)),
    Good("空调机", ("A02061804", "A0206180203"), 0.5, (2600, 6800), models=("1.5匹挂机", "3匹柜机"), life=60),
    Good("网络交换机", ("A02010200", ""), 0.08, (1600, 9800), models=("S5720",)),
    Good("服务器", ("A02010104", ""), 0.04, (28000, 86000), models=("R740",)),
)  # fmt: skip
FURNITURE = (
    Good("办公桌", ("A05010201", ""), 1.0, (1600, 2950), "张", False, ("1600×800", "1400×700"), 180),
    Good("办公椅", ("A05010301", ""), 1.05, (380, 790), "把", False, ("网布转椅", "皮面转椅"), 180),
    Good("文件柜", ("A05010502", ""), 0.9, (620, 980), "组", False, ("对开门", "五节柜"), 240),
    Good("书柜", ("A05010501", ""), 0.3, (780, 1180), "组", False, ("两门", "三门"), 180),
    Good("会议椅", ("A05010303", ""), 0.6, (280, 760), "把", False, ("弓形",), 180),
    Good("三人沙发", ("", ""), 0.08, (1800, 2900), "张", False, ("布艺", "皮面"), 180),
)  # fmt: skip
