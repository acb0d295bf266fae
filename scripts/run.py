"""Starts the product to try it on: builds the demo district where the database is empty, prints accounts, serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).parent / "baozhang"
ROOT = Path(__file__).resolve().parent.parent


def is_empty() -> bool:
    """True where nobody has an account in the database yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baozhang.site.settings")
    import django
    from django.contrib.auth import get_user_model

    django.setup()
    return not get_user_model()._base_manager.exists()


def main() -> None:
    """Builds what is missing and becomes the server, so that Ctrl-C reaches it."""
    if is_empty():
        print("[run] building the demo district", flush=True)
        done = subprocess.run([COMMAND, "demo"], cwd=ROOT, check=False)
        if done.returncode:
            sys.exit(done.returncode)
    else:
        # The table of accounts is printed again: whoever starts the second time has forgotten it.
        subprocess.run([COMMAND, "demo", "--accounts"], cwd=ROOT, check=False)
    os.chdir(ROOT)
    os.execv(COMMAND, [str(COMMAND), "serve", *sys.argv[1:]])


if __name__ == "__main__":
    main()
