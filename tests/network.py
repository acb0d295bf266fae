"""No test reaches beyond this machine: a connection elsewhere is refused before it is made."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

NAMES = {"", "localhost", "localhost.localdomain", "0.0.0.0", "::"}


class NetworkForbidden(RuntimeError):
    """A test, or the code under test, tried to reach another machine."""


def is_here(host: object) -> bool:
    """True for this machine: Unix sockets, loopback addresses and their names."""
    if not isinstance(host, (str, bytes)):
        return host is None
    name = host.decode() if isinstance(host, bytes) else host
    if name in NAMES or name == socket.gethostname():
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            raise NetworkForbidden(f"no test may connect to {address[0]}")
        return original(self, address)

    return connect


def forbid() -> None:
    """Guards connections and look-ups of names for the rest of this process."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_here(host):
            raise NetworkForbidden(f"no test may look up {host}")
        return look_up(host, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo
    socket.socket.connect = _guarded(socket.socket.connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(socket.socket.connect_ex)  # type: ignore[method-assign]
