"""The local fal as a process: `python -m infra.local.fal --port 8706 --latency-seconds 4 --log`.

Prints `{"event": "ready", "url": …}` once it listens; ends within a second of SIGTERM. Words in a prompt make it fail,
for trying by hand: #blocked #busy #slow #error #badfile #lost #corrupt; for pictures also #noimage, for videos also
#failed #novideo #uneven #nosound.
"""

import argparse
import asyncio
import json
import os
import signal
import sys

import uvloop

from infra.local.fal.running import run_fal


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _read_arguments()
    try:
        uvloop.run(_serve(arguments))
    except OSError as error:
        problem = f"port {arguments.port} cannot be used ({error.strerror})"
        sys.exit(f"local fal: {problem}; choose another with --port")
    # A picture that a thread still draws must not hold the process.
    sys.stdout.flush()
    os._exit(0)


async def _serve(arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with run_fal(**vars(arguments)) as fal:
        print(json.dumps({"event": "ready", "url": fal.base_url}), flush=True)
        await stopped.wait()


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.fal", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--latency-seconds", type=float, default=3.0, help="how long a picture takes")
    parser.add_argument("--video-seconds", type=float, default=20.0, help="how long a video takes")
    parser.add_argument("--log", action="store_true", help="one JSON line per call on stdout")
    return parser.parse_args()


if __name__ == "__main__":
    main()
