"""The server refuses a port that somebody listens on already."""

import socket

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def test_a_taken_port_is_refused_in_words() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CommandError, match="换一个端口"):
            call_command("serve", port=other.getsockname()[1], no_worker=True)
