"""States and kinds of terminals, quotas, files, certificates and the way of a new vehicle: value and words in one line."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baozhang.ch2_provision.assets.choices import VehicleUse


class TerminalState(TextChoices):
    """Whether a terminal may report."""

    IN_USE = "in_use", pgettext_lazy("terminal", "在用")
    STOPPED = "stopped", pgettext_lazy("terminal", "停用")
    REMOVED = "removed", pgettext_lazy("terminal", "已拆除")


class Doubt(TextChoices):
    """Why a position is set apart: it says nothing of where the vehicle was."""

    NO_FIX = "no_fix", _("未定位")
    ZERO = "zero", _("坐标为零")
    PLACE = "place", _("坐标不可能")
    NO_TIME = "no_time", _("时间不可读")
    FUTURE = "future", _("时间超前")
    PAST = "past", _("时间过早")
    SPEED = "speed", _("速度不可能")


class Barred(TextChoices):
    """Why a terminal was not let in."""

    UNKNOWN = "unknown", _("未登记的终端")
    STOPPED = "stopped", _("终端已停用或拆除")
    DEVICE = "device", _("终端编号与首次登记不符")
    CODE = "code", _("鉴权码不对")


class Datum(TextChoices):
    """In which coordinates another platform speaks."""

    WGS84 = "wgs84", "WGS-84 / CGCS2000"
    GCJ02 = "gcj02", "GCJ-02"


class LinkState(TextChoices):
    """Whether another platform is connected."""

    IN_USE = "in_use", pgettext_lazy("link", "在用")
    STOPPED = "stopped", pgettext_lazy("link", "停用")


class Trouble(TextChoices):
    """What is wrong with a terminal."""

    SILENT = "silent", _("长时间无联系")
    BLIND = "blind", _("行驶中无定位")
    DOUBTFUL = "doubtful", _("异常定位过多")
    OUTSIDE = "outside", _("未能接入")


class OrderState(TextChoices):
    """Where the mending of a terminal stands."""

    OPENED = "opened", _("待派修")
    ASSIGNED = "assigned", _("检修中")
    DONE = "done", _("待核验")
    CHECKED = "checked", _("已核验")
    DROPPED = "dropped", _("已作废")


UNDER_WAY = (OrderState.OPENED, OrderState.ASSIGNED, OrderState.DONE)
ORDER_COLOURS = {
    OrderState.OPENED: "amber", OrderState.ASSIGNED: "blue", OrderState.DONE: "amber", OrderState.CHECKED: "green", OrderState.DROPPED: "plain",
}  # fmt: skip


class QuotaClass(TextChoices):
    """What a quota is for: the uses of a card, and 一般公务用车 for those that have no approval of their own."""

    GENERAL = "general", _("一般公务用车")
    LEADER = VehicleUse.LEADER.value, VehicleUse.LEADER.label
    CONFIDENTIAL = VehicleUse.CONFIDENTIAL.value, VehicleUse.CONFIDENTIAL.label
    EMERGENCY = VehicleUse.EMERGENCY.value, VehicleUse.EMERGENCY.label
    ENFORCEMENT = VehicleUse.ENFORCEMENT.value, VehicleUse.ENFORCEMENT.label
    SPECIAL = VehicleUse.SPECIAL.value, VehicleUse.SPECIAL.label
    RETIRED = VehicleUse.RETIRED.value, VehicleUse.RETIRED.label
    OTHER = VehicleUse.OTHER.value, VehicleUse.OTHER.label


class QuotaState(TextChoices):
    """Where an approval of a quota stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待核定")
    APPROVED = "approved", _("已核定")
    REJECTED = "rejected", _("不予核定")


class VehicleState(TextChoices):
    """How a vehicle stands, as its card says."""

    IN_USE = "in_use", _("在用")
    IDLE = "idle", _("闲置")
    REPAIR = "repair", _("待修")
    DISPOSING = "disposing", _("待处置")
    GONE = "gone", _("已注销")


class Energy(TextChoices):
    """What a vehicle runs on."""

    PETROL = "petrol", _("汽油")
    DIESEL = "diesel", _("柴油")
    ELECTRIC = "electric", _("纯电动")
    PLUG_IN = "plug_in", _("插电式混合动力")
    EXTENDED = "extended", _("增程式电动")
    FUEL_CELL = "fuel_cell", _("燃料电池")
    HYBRID = "hybrid", _("油电混合（非插电）")
    GAS = "gas", _("天然气")
    OTHER = "other", pgettext_lazy("energy", "其他")


NEW_ENERGY = (Energy.ELECTRIC, Energy.PLUG_IN, Energy.EXTENDED, Energy.FUEL_CELL)


class Body(TextChoices):
    """The kinds of vehicle that standards and the scrapping clock tell apart."""

    CAR = "car", _("轿车")
    OFF_ROAD = "off_road", _("越野车")
    BUS = "bus", _("其他小型客车")
    MIDDLE_BUS = "middle_bus", _("中型客车")
    LARGE_BUS = "large_bus", _("大型客车")
    TRUCK = "truck", _("载货汽车")
    WORK = "work", _("专项作业车")
    WORK_CARGO = "work_cargo", _("有载货功能的专项作业车")
    MOTORCYCLE = "motorcycle", _("摩托车")


class Grade(TextChoices):
    """Which of the caps of its class a vehicle may use; the higher ones need the approving document."""

    ORDINARY = "ordinary", _("一般")
    WORK = "work", _("确因工作需要")
    SPECIAL = "special", _("确因特殊需要")


class PlateKind(TextChoices):
    """The kinds of number plate."""

    SMALL = "small", _("小型汽车")
    LARGE = "large", _("大型汽车")
    NEW_ENERGY = "new_energy", _("新能源汽车")
    POLICE = "police", _("警用汽车")
    MOTORCYCLE = "motorcycle", _("摩托车")
    OTHER = "other", pgettext_lazy("plate", "其他")


class Mark(TextChoices):
    """Whether a vehicle bears the mark of official vehicles."""

    NONE = "none", _("未登记")
    SPRAYED = "sprayed", _("已喷涂")
    STUCK = "stuck", _("已粘贴")
    EXEMPT = "exempt", _("经批准不喷涂")


class Origin(TextChoices):
    """Where a vehicle was made."""

    DOMESTIC = "domestic", _("国产自主品牌")
    JOINT = "joint", _("国产合资品牌")
    IMPORTED = "imported", _("进口")


class CertificateKind(TextChoices):
    """What a certificate of a vehicle proves."""

    LICENCE = "licence", _("机动车行驶证")
    REGISTRATION = "registration", _("机动车登记证书")
    INSPECTION = "inspection", _("安全技术检验")
    COMPULSORY = "compulsory", _("交强险")
    COMMERCIAL = "commercial", _("商业保险")
    PASS = "pass", _("通行证")
    FUEL_CARD = "fuel_card", _("加油卡")
    TOLL = "toll", _("电子不停车收费设备")
    OTHER = "other", pgettext_lazy("certificate", "其他")


MUST_RUN = (CertificateKind.LICENCE, CertificateKind.INSPECTION, CertificateKind.COMPULSORY)  # no driving without


class CertificateState(TextChoices):
    """Where a certificate stands."""

    VALID = "valid", pgettext_lazy("certificate", "有效")
    DUE = "due", _("待续办")
    RENEWED = "renewed", _("已续办")
    ENDED = "ended", pgettext_lazy("certificate", "已终止")


class AdditionKind(TextChoices):
    """Whether a vehicle is added or takes the place of an old one."""

    NEW = "new", _("新增配备")
    RENEWAL = "renewal", _("更新")


class AdditionState(TextChoices):
    """Where the way of a new vehicle stands."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待单位审定")
    AGREED = "agreed", _("待配备审批")
    APPROVED = "approved", _("待采购")
    PURCHASED = "purchased", _("待上牌")
    PLATED = "plated", _("待装终端和标识")
    FITTED = "fitted", _("待入编")
    ENROLLED = "enrolled", _("已入编")
    REJECTED = "rejected", _("不予配备")
    WITHDRAWN = "withdrawn", _("已撤回")


# What of the earth a vehicle of a Chinese office can reach, in millionths of a degree.
SOUTH, NORTH, WEST, EAST = 3_000_000, 54_000_000, 73_000_000, 136_000_000
POOLED = (QuotaClass.CONFIDENTIAL, QuotaClass.EMERGENCY, QuotaClass.RETIRED, QuotaClass.OTHER)  # share 一般公务用车
ON_THE_WAY = (AdditionState.APPROVED,)  # promised by an approval, and not yet a card
ALIVE = (
    AdditionState.SUBMITTED,
    AdditionState.AGREED,
    *ON_THE_WAY,
    AdditionState.PURCHASED,
    AdditionState.PLATED,
    AdditionState.FITTED,
)
REMIND_DAYS = 30  # before a certificate ends; the house's own habit, no statutory figure
QUOTA_COLOURS = {
    QuotaState.DRAFT: "plain",
    QuotaState.SUBMITTED: "amber",
    QuotaState.APPROVED: "green",
    QuotaState.REJECTED: "red",
}
VEHICLE_COLOURS = {
    VehicleState.IN_USE: "green", VehicleState.IDLE: "amber", VehicleState.REPAIR: "amber", VehicleState.DISPOSING: "red", VehicleState.GONE: "plain",
}  # fmt: skip
CERTIFICATE_COLOURS = {
    CertificateState.VALID: "green", CertificateState.DUE: "amber", CertificateState.RENEWED: "plain", CertificateState.ENDED: "plain",
}  # fmt: skip
ADDITION_COLOURS = {
    AdditionState.DRAFT: "plain", AdditionState.SUBMITTED: "blue", AdditionState.AGREED: "blue", AdditionState.APPROVED: "amber",
    AdditionState.PURCHASED: "amber", AdditionState.PLATED: "amber", AdditionState.FITTED: "amber", AdditionState.ENROLLED: "green",
    AdditionState.REJECTED: "red", AdditionState.WITHDRAWN: "plain",
}  # fmt: skip
