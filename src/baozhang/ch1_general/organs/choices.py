"""Kinds of organ, levels, states and rank bands: value and words in one line."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The ten kinds of agency of article 2, and bodies that are no agency but have a part in the work."""

    PARTY = "party", _("中国共产党机关")
    CONGRESS = "congress", _("人大机关")
    ADMINISTRATION = "administration", _("行政机关")
    CPPCC = "cppcc", _("政协机关")
    SUPERVISION = "supervision", _("监察机关")
    COURT = "court", _("审判机关")
    PROCURATORATE = "procuratorate", _("检察机关")
    DEMOCRATIC = "democratic", _("民主党派机关")
    PEOPLE = "people", _("人民团体机关")
    INSTITUTION = "institution", _("参照公务员法管理的事业单位")


class Competence(TextChoices):
    """The part that an organ has in operation support (articles 4, 5 and 42)."""

    NONE = "", _("一般机关")
    AUTHORITY = "authority", _("机关事务管理部门")
    FINANCE = "finance", _("财政部门")
    OVERSIGHT = "oversight", _("监督部门")


class Level(TextChoices):
    """The level of a jurisdiction."""

    CITY = "city", _("市")
    DISTRICT = "district", _("区")
    TOWN = "town", _("乡镇")


class State(TextChoices):
    """Whether an organ exists, and how it ended."""

    ACTIVE = "active", _("正常")
    MERGED = "merged", _("已合并")
    RESTRUCTURED = "restructured", _("已改制")
    ABOLISHED = "abolished", _("已撤销")


class Band(TextChoices):
    """The rank bands that configuration standards tell apart."""

    BUREAU = "bureau", _("司局级")
    DIVISION = "division", _("处级及以下")


# What ledgers and returns call them.
BANDS_SAID = {
    **dict.fromkeys(("局级", "厅局级", "司局", "正局级", "副局级", "司局级及以上"), Band.BUREAU),
    **dict.fromkeys(
        ("处级", "处级以下", "处级及以下人员", "科级", "科级以下", "科级及以下", "正处级", "副处级"), Band.DIVISION
    ),
}
