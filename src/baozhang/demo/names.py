"""Invented names: places, bodies, people, goods. None is borne by a real body; nothing here is drawn from a list of real ones."""

from __future__ import annotations

from baozhang.ch1_general.organs.choices import Kind

CITY = ("990000", "江海市", "江海")
DISTRICTS = (("990101", "云间区", "云"), ("990102", "月泾区", "月"))
TOWNS = (("990101101", "柳汀镇", "柳"), ("990101102", "荻浦镇", "荻"))

AUTHORITY, FINANCE, AUDIT = "机关事务管理局", "财政局", "审计局"

# The agencies of 云间区: kind → names without the district's name before them.
AGENCIES: dict[str, tuple[str, ...]] = {
    Kind.PARTY: ("区委办公室", "区委组织部", "区委宣传部", "区委统战部", "区委政法委", "区委机构编制办"),
    Kind.CONGRESS: ("人大常委会办公室", "人大预算工委"),
    Kind.CPPCC: ("政协办公室", "政协提案委"),
    Kind.SUPERVISION: ("监察委员会",),
    Kind.COURT: ("人民法院",),
    Kind.PROCURATORATE: ("人民检察院",),
    Kind.DEMOCRATIC: ("民主建设联合会", "农工促进会"),
    Kind.PEOPLE: ("总工会", "青年联合会", "妇女联合会", "工商业联合会", "科学技术协会", "残疾人联合会"),
    Kind.ADMINISTRATION: (
        "政府办公室", "发展改革委", "经济信息化委", "教育局", "科学技术局", "民政局", "司法局", "人力资源局", "规划资源局",
        "生态环境局", "建设交通委", "水务局", "农业农村委", "商务委", "文化旅游局", "卫生健康委", "退役军人局", "应急管理局",
        "市场监管局", "统计局", "医疗保障局", "绿化市容局", "体育局", "房屋管理局", "信访办", "民族宗教办", "国有资产办",
        "城市管理执法局", "数据管理局",
    ),
    Kind.INSTITUTION: ("档案馆", "史志办", "供销社", "招商服务中心", "社会保险中心"),
}  # fmt: skip

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹"
GIVEN = (
    "文博", "思远", "雨桐", "嘉禾", "明轩", "若溪", "子衿", "清和", "一鸣", "知行", "安然", "书涵", "景行", "静姝", "怀瑾",
    "云帆", "亦凡", "晓棠", "长风", "采薇", "望舒", "听雨", "南乔", "星野", "予安", "慕白", "念真", "朝阳", "沐晴", "致远",
)  # fmt: skip
DEPARTMENTS = (
    "办公室",
    "组织人事科",
    "财务科",
    "法规科",
    "综合科",
    "业务一科",
    "业务二科",
    "监督科",
    "信息科",
    "后勤科",
)
BRANDS = ("启衡", "星澜", "禾硕", "拓原", "凌川", "雅筑", "安泰恒", "云柯")
VEHICLE_BRANDS = ("远驰 A6", "江翼 E5", "凌岳 S3", "澜途 V7")
SELLERS = ("江海启明办公设备有限公司", "云间诚达家具有限公司", "江海远驰汽车销售有限公司", "江海汇通信息技术有限公司")
STREETS = ("听潮路", "鹭汀路", "云帆北路", "芦荻路", "澄波路", "月泾路", "知行路")


def person(place: int) -> str:
    """The name of the n-th person; a thousand different ones before the first returns."""
    return SURNAMES[place % len(SURNAMES)] + GIVEN[(place // len(SURNAMES) + place * 7) % len(GIVEN)]
