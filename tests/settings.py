"""The product's own settings with a throw-away home and a quick password hash; the database is chosen as ever."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# In memory where there is room: what is kept is forced to the disk as in production, and tests wait for it for nothing.
_memory = Path("/dev/shm")
_roomy = _memory.is_dir() and os.access(_memory, os.W_OK) and shutil.disk_usage(_memory).free > 4 << 30
_home = tempfile.mkdtemp(prefix="baozhang-tests-", dir=_memory if _roomy else None)
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["BAOZHANG_HOME"] = _home
os.environ["BAOZHANG_SECRET_KEY"] = "used by no real deployment, in tests alone"

from baozhang.site.settings import *  # noqa: E402, F403 -- the home must be chosen first

INSTALLED_APPS = [*INSTALLED_APPS, "tests.specimen"]  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in production: a database in memory knows neither WAL nor waiting for another writer.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_home, "test.sqlite3")}  # noqa: F405, PTH118
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a real hash costs a quarter second a user
# pytest-django puts an object in the place of `string_if_invalid` that fails the test; Django's check wants a word there.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "templates.E002"]  # noqa: F405
