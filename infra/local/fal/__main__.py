"""The local fal as a process: `python -m infra.local.fal --port 8706 --latency-seconds 4 --log`.

Prints `{"event": "ready", "url": …}` once it listens; ends within a second of SIGTERM. Words in a prompt make it fail,
for trying by hand: #blocked #busy #slow #error #badfile #lost #corrupt; for pictures also #noimage, for videos also
#failed #novideo #uneven #nosound.
"""

import argparse
import os
import sys

from infra.local.fal.running import run_fal
from infra.local.serving import serve_until_stopped


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _read_arguments()
    serve_until_stopped("local fal", arguments.port, run_fal(**vars(arguments)))
    # A picture that a thread still draws must not hold the process.
    sys.stdout.flush()
    os._exit(0)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.fal", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--latency-seconds", type=float, default=3.0, help="how long a picture takes")
    parser.add_argument("--video-seconds", type=float, default=20.0, help="how long a video takes")
    parser.add_argument("--log", action="store_true", help="one JSON line per call on stdout")
    return parser.parse_args()


if __name__ == "__main__":
    main()
