"""Whether the database has the tables that this version works with."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _


def behind() -> str:
    """What is to be done first where the database has no tables yet, or those of an earlier version; empty where it is ready."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ""
    return _("数据库里还没有这个版本的表：请先运行 baozhang migrate（make run 会自动完成）。")
