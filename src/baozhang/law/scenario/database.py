"""A throw-away database: scenarios never touch the live data."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.conf import settings
from django.db import connection
from django.db.utils import Error
from django.utils.translation import gettext as _

from baozhang.kernel import empty
from baozhang.kernel.refusal import Refused


@contextmanager
def throwaway() -> Iterator[None]:
    """This will open an empty database in memory (or a new one on the server) instead of the live one, and drop it after."""
    live = connection.settings_dict["NAME"]
    embedded = connection.vendor == "sqlite"
    kept = empty.copy_in(settings.HOME) if embedded else None
    # The name of the new database must not be that of another check which runs at the same time.
    name = f"baozhang_check_{secrets.token_hex(6)}"
    if kept is not None and kept.exists():
        connection.close()
        connection.settings_dict["NAME"] = f"file:{name}?mode=memory&cache=shared"
        connection.ensure_connection()
        with closing(sqlite3.connect(f"file:{kept}?mode=ro", uri=True)) as own:
            own.backup(connection.connection)
    else:
        connection.settings_dict["TEST"]["NAME"] = None if embedded else name
        try:
            connection.creation.create_test_db(verbosity=0, autoclobber=False, serialize=False)
        except (Error, SystemExit) as error:
            raise Refused(
                _("不能建立试用数据库"), why=str(error), instead=_("请让数据库用户有建库的权限，或改用内置数据库。")
            ) from error
        if embedded:
            empty.keep_in(settings.HOME)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(live, verbosity=0)
