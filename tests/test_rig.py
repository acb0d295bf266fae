"""The rig itself: what it promises to every other test."""

from __future__ import annotations

import socket
import warnings

import pytest
from django.template import engines

from baozhang.kernel import clock
from tests.chance import shuffled, unordered
from tests.conftest import TODAY
from tests.network import NetworkForbidden, is_here


def test_the_clock_stands_still():
    assert clock.today() == TODAY
    assert clock.now() == clock.now()


@pytest.mark.real_clock
def test_the_clock_runs_where_asked():
    assert clock.now() < clock.now()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80)])
def test_the_network_is_closed(address):
    with socket.socket() as line, pytest.raises(NetworkForbidden):
        line.connect(address)
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo(*address)


def test_this_machine_can_be_reached():
    assert is_here("127.0.0.1") and is_here("::1") and is_here("localhost")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_a_warning_is_an_error():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_an_undefined_variable_fails_the_test():
    with pytest.raises(pytest.fail.Exception, match="nowhere"):
        engines["django"].from_string("{{ nowhere }}").render({})


def test_unordered_rows_are_shuffled(db):
    from baozhang.kernel.accounts import User

    User._base_manager.model._base_manager.bulk_create(User(username=f"u{n:03}", name=f"用户{n}") for n in range(30))
    with shuffled("a seed"):
        plain = list(User._base_manager.values_list("username", flat=True))
        ordered = list(User._base_manager.order_by("username").values_list("username", flat=True))
    assert unordered(User._base_manager.all())
    assert plain != ordered == sorted(plain)
