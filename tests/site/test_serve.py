"""The server refuses a port that somebody listens on already; the gateway beside it gives way, and the pages are served."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from baozhang.site.management.commands import serve


def test_a_taken_port_is_refused_in_words() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CommandError, match="换一个端口"):
            call_command("serve", port=other.getsockname()[1], no_worker=True)


def test_what_runs_beside_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        asked = {"host": "127.0.0.1", "no_worker": False, "gateway": port, "simulate": 5}
        assert serve.Command().others(asked | {"gateway": 0}) == [("worker",)]
        other.listen()
        assert serve.Command().others(asked) == [("worker",)], "pages are worth more than positions"
    real = serve.Command().others(asked)
    assert [words[0] for words in real] == ["worker", "gateway"], "nobody pretends to be a real vehicle"
    (tmp_path / "demo.json").write_text("[]")
    made_up = serve.Command().others(asked)[-1]
    assert made_up[:2] == ("simulate", "terminals") and str(port) in made_up


def test_an_empty_database_is_told_what_it_lacks(tmp_path: Path) -> None:
    empty = {
        **os.environ,
        "BAOZHANG_HOME": str(tmp_path),
        "BAOZHANG_DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}",
    }
    code = "from baozhang.site.command import main; main()"
    for words in (["ledger", "verify"], ["serve", "--port", "0", "--no-worker"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], env=empty, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert "baozhang migrate" in done.stderr


BEHIND_TLS = """
import django, os
django.setup()
from django.conf import settings
from django.test import Client
door = Client(enforce_csrf_checks=True, headers={"host": "bz.example.cn", "x-forwarded-proto": "https"})
page = door.get("/login/")
key = page.cookies["csrftoken"].value
sent = door.post("/i18n/setlang/", {"language": "en", "csrfmiddlewaretoken": key}, headers={"origin": "https://bz.example.cn"})
print(page.status_code, page.headers["strict-transport-security"], sent.status_code, settings.PUBLIC_ADDRESS)
"""


def test_behind_a_proxy_that_ends_tls_forms_are_taken(tmp_path: Path) -> None:
    """The server itself speaks HTTP; that the browser speaks HTTPS, the address and the proxy say."""
    env = {
        **os.environ,
        "BAOZHANG_HOME": str(tmp_path),
        "BAOZHANG_ADDRESS": "https://bz.example.cn/",
        "DJANGO_SETTINGS_MODULE": "baozhang.site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", BEHIND_TLS], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "200 max-age=31536000 302 https://bz.example.cn"
