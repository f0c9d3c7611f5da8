"""The server as a process: `python -m infra.local.tasks --help`."""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import signal
import sys
from typing import Any

import uvloop

from infra.local.tasks.server import run_tasks_server


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; see the package's docstring."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.tasks", description="A local Cloud Tasks server.")
    parser.add_argument("--port", type=int, default=8702, help="port of the service, 0 for any free one")
    parser.add_argument("--http-port", type=int, default=8703, help="port of keys, stats and faults, 0 for any")
    parser.add_argument("--queue", action="append", default=[], metavar="NAME[:rate=..,concurrent=..,...]")
    parser.add_argument("--log-dispatches", action="store_true", help="one JSON line for every attempt")
    return parser.parse_args(arguments)


def print_event(event: dict[str, Any]) -> None:
    """One JSON line on standard output; a reader that has gone must not cost a task its retry."""
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(event), flush=True)


def allow_many_connections() -> None:
    """Every attempt in flight holds a connection: take all the open files this process may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS names a limit that it does not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def serve(arguments: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with run_tasks_server(
        arguments.queue,
        port=arguments.port,
        http_port=arguments.http_port,
        log=print_event,
        logs_dispatches=arguments.log_dispatches,
    ) as server:
        print_event(
            {
                "event": "ready",
                "pid": os.getpid(),
                "api_address": server.api_address,
                "port": int(server.api_address.rpartition(":")[2]),
                "http_port": int(server.issuer.rpartition(":")[2]),
                "issuer": server.issuer,
                "jwks_url": server.jwks_url,
                "queues": list(server.stats()),
            }
        )
        await stopped.wait()


def main() -> int:
    """Exit code 0 after a signal, 1 with one line when the server cannot start."""
    allow_many_connections()
    try:
        uvloop.run(serve(read_arguments()))
    except (OSError, ValueError) as error:
        print(f"the local Cloud Tasks server cannot start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
