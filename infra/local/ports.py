"""Which port each part of the local system listens on."""

import os
import random
import socket
from collections.abc import Mapping

import psutil

from infra.functions import FUNCTIONS

HOST = "127.0.0.1"
BASE = 8700
BASE_VARIABLE = "NANOBANANA_PORT_BASE"
# The distance of each port from the base.
OFFSETS: Mapping[str, int] = {
    "telegram": 0,
    "gemini": 1,
    "tasks": 2,
    "tasks_http": 3,
    "firestore": 4,
    "storage": 5,
    "fal": 6,
    "cards": 7,
    "release_telegram": 8,
    "github": 9,
    "telemetry": 50,
    **{name: offset for offset, name in enumerate(FUNCTIONS, start=10)},
}
# Below the ephemeral port range of Linux and macOS: no outgoing connection can take the port of a
# process that is being restarted.
FREE_PORTS = range(15_000, 32_000)


class PortTakenError(RuntimeError):
    """Another program listens on a part's port; the message says what to do."""


def fix_ports(base: int = BASE) -> dict[str, int]:
    """The ports of `make run`."""
    return {name: base + offset for name, offset in OFFSETS.items()}


def read_ports() -> dict[str, int]:
    """The ports of the system that `make run` started, for a command in the same environment."""
    return fix_ports(int(os.environ.get(BASE_VARIABLE, str(BASE))))


def choose_free_ports() -> dict[str, int]:
    """A free port for each part, for tests."""
    chosen: dict[str, int] = {}
    for name in OFFSETS:
        while (port := find_free_port()) in chosen.values():
            pass
        chosen[name] = port
    return chosen


def find_free_port() -> int:
    """A free port, picked at random so that tests running side by side do not meet."""
    while True:
        port = random.choice(FREE_PORTS)  # noqa: S311 — not a secret
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection that lingers from the last run does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_free(ports: Mapping[str, int]) -> None:
    """Raises PortTakenError for the first port that another program holds."""
    for name, port in ports.items():
        if not is_free(port):
            cure = f"Stop it, or choose other ports:  {BASE_VARIABLE}={find_free_base()} make run"
            raise PortTakenError(f"Port {port} ({name}) is taken by {describe_owner(port)}. {cure}")


def find_free_base() -> int:
    """A base from which every port is free now."""
    return next(base for base in range(BASE + 100, 32_000, 100) if all(map(is_free, fix_ports(base).values())))


def describe_owner(port: int) -> str:
    """The name and id of the process that listens on a port, as far as this user may know it."""
    try:
        listening = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
        owner = next(each.pid for each in listening if each.laddr[1:] == (port,))
        return f"{psutil.Process(owner).name()} (process {owner})" if owner else "another program"
    except (psutil.Error, StopIteration):
        return "another program"
