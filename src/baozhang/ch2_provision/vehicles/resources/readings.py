"""Who read which track: shown to heads and to those who supervise, written by reading alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.vehicles.models import TrackReading
from baozhang.kernel import access
from baozhang.kernel.access import Reach
from baozhang.kernel.resource import Group, Resource, register


@register
class TrackReadings(Resource):
    """The readings of tracks."""

    model = TrackReading
    slug = "vehicles/track-readings"
    article = "第二十三条第一款"
    chapter = "vehicles"
    icon = "eye"
    place = 62
    words = gettext_lazy("轨迹查看记录")
    purpose = gettext_lazy("谁在哪天查看了哪辆车哪天的轨迹；查看时自动记录，不能修改")
    columns = ("terminal", "track_day", "reader", "reader_organ", "read_on", "organ")
    groups = (Group(gettext_lazy("查看"), ("terminal", "track_day", "reader", "reader_organ", "read_on", "organ")),)
    readonly = frozenset({"terminal", "organ", "reader", "reader_organ", "track_day", "read_on"})
    filters = ("organ", "terminal", "reader", "track_day", "read_on")
    search = ("terminal.plate", "reader.name")
    key_facts = ("track_day", "reader", "read_on")
    importable = addable = False


_SEE = [TrackReading.right("view"), TrackReading.right("export")]
access.grant(roles.HEAD, _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
