"""Cloud Storage's emulator as a process: in memory, on the loopback address, with its bucket made.

`python -m infra.local.storage --port 8705 --bucket nanobanana-media` prints `{"event": "ready", …}` once it
listens.
"""

import argparse
import json
import logging
import signal
from http.server import HTTPServer
from threading import Event
from typing import Any, cast

from gcp_storage_emulator.server import create_server

from infra.local.ports import HOST

# The emulator answers one connection after another; with the default queue of 5, a burst of uploads
# waits for the kernel to repeat its connection attempts (1 s, 3 s, …).
WAITING_CONNECTIONS_MAX = 256


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bucket", required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    HTTPServer.request_queue_size = WAITING_CONNECTIONS_MAX
    server: Any = cast("Any", create_server)  # the package has no types
    with server(HOST, arguments.port, in_memory=True, default_bucket=arguments.bucket):
        print(json.dumps({"event": "ready", "url": f"http://{HOST}:{arguments.port}"}), flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
