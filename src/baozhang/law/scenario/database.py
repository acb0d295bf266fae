"""A throw-away database: scenarios never touch the live data."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.utils import Error
from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Refused


@contextmanager
def throwaway() -> Iterator[None]:
    """This will open an empty database in memory (or a new one on the server) instead of the live one, and drop it after."""
    live = connection.settings_dict["NAME"]
    # The name of the new database must not be that of another check which runs at the same time.
    connection.settings_dict["TEST"]["NAME"] = (
        f"baozhang_check_{secrets.token_hex(6)}" if connection.vendor == "postgresql" else None
    )
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=False, serialize=False)
    except (Error, SystemExit) as error:
        raise Refused(
            _("不能建立试用数据库"), why=str(error), instead=_("请让数据库用户有建库的权限，或改用内置数据库。")
        ) from error
    try:
        yield
    finally:
        connection.creation.destroy_test_db(live, verbosity=0)
